//! What stands in the blocks of pcapng that are not packets, as far as it is kept.

use super::bytes::{Options, high_low, text, u64_of};
use super::clock::Clock;
use crate::capture::LinkType;
use crate::capture::Oddity;
use crate::capture::{Facts, Interface, Name, Statistics};

/// The type of the Decryption Secrets Block.
pub(in crate::capture) const DECRYPTION_SECRETS: u32 = 0x0A;

pub(in crate::capture) const COMMENT: u16 = 1;

/// How many interfaces are kept, and how much of a text.
const MOST_INTERFACES: usize = 4096;
const LONGEST_TEXT: usize = 4096;
const MOST_COMMENTS: usize = 16;

/// Calls `each` with every whole option.
fn for_each(options: Options<'_>, facts: &mut Facts, mut each: impl FnMut(u16, &[u8], &mut Facts)) {
    for option in options {
        match option {
            Ok(option) => each(option.code, option.value, facts),
            Err(_) => facts.note(Oddity::BadOption),
        }
    }
}

fn keep(value: &[u8], facts: &mut Facts) -> String {
    let (text, whole) = text(value);
    if !whole {
        facts.note(Oddity::NotUtf8);
    }
    let end = text.floor_char_boundary(LONGEST_TEXT);
    text[..end].to_owned()
}

fn keep_comment(comments: &mut Vec<String>, value: &[u8], facts: &mut Facts) {
    if comments.len() < MOST_COMMENTS {
        comments.push(keep(value, facts));
    } else {
        facts.note(Oddity::TooMuch);
    }
}

/// A section header: the first section's is kept.
pub(super) fn section(options: Options<'_>, facts: &mut Facts) {
    facts.sections += 1;
    if facts.sections > 1 {
        return;
    }
    let mut section = std::mem::take(&mut facts.section);
    for_each(options, facts, |code, value, facts| match code {
        COMMENT => keep_comment(&mut section.comments, value, facts),
        2 => section.hardware = Some(keep(value, facts)),
        3 => section.os = Some(keep(value, facts)),
        4 => section.application = Some(keep(value, facts)),
        _ => {}
    });
    facts.section = section;
}

/// An interface; gives how it counts time, or none if there are too many.
pub(super) fn interface(link: u16, snaplen: u32, options: Options<'_>, facts: &mut Facts) -> Option<Clock> {
    if facts.interfaces.len() >= MOST_INTERFACES {
        return None;
    }
    let mut interface = Interface { snaplen, ..Interface::new(LinkType(link.into())) };
    let mut clock = Clock::MICROSECONDS;
    let order = options.order;
    for_each(options, facts, |code, value, facts| match (code, value) {
        (COMMENT, _) => keep_comment(&mut interface.comments, value, facts),
        (2, _) => interface.name = Some(keep(value, facts)),
        (3, _) => interface.description = Some(keep(value, facts)),
        (9, [resolution]) => clock.set_resolution(*resolution),
        // A filter begins with what language it is in: 0 for words.
        (11, [0, words @ ..]) => interface.filter = Some(keep(words, facts)),
        (12, _) => interface.os = Some(keep(value, facts)),
        (14, _) if value.len() == 8 => {
            clock.set_offset(u64_of(order, value).expect("eight bytes").cast_signed());
        }
        (15, _) => interface.hardware = Some(keep(value, facts)),
        (9 | 14, _) => facts.note(Oddity::BadOption),
        _ => {}
    });
    facts.interfaces.push(interface);
    Some(clock)
}

/// What an interface counted.
pub(super) fn statistics(
    interface: usize,
    clock: Clock,
    ticks: u64,
    options: Options<'_>,
    facts: &mut Facts,
) {
    let time_ns = clock.time(ticks).ns;
    let (begin_ns, end_ns, received, dropped, comments) = (None, None, None, None, Vec::new());
    let mut statistics = Statistics { interface, time_ns, begin_ns, end_ns, received, dropped, comments };
    let order = options.order;
    for_each(options, facts, |code, value, facts| {
        let field = match code {
            COMMENT => return keep_comment(&mut statistics.comments, value, facts),
            2 => &mut statistics.begin_ns,
            3 => &mut statistics.end_ns,
            4 => &mut statistics.received,
            5 => &mut statistics.dropped,
            _ => return,
        };
        *field = match code {
            2 | 3 if value.len() == 8 => Some(clock.time(high_low(order, value, 0)).ns),
            _ => u64_of(order, value),
        };
        if field.is_none() {
            facts.note(Oddity::BadOption);
        }
    });
    facts.keep_statistics(statistics);
}

/// Names of addresses: each record an address and its names, each name with a zero behind it.
pub(super) fn names(records: Options<'_>, facts: &mut Facts) {
    for_each(records, facts, |kind, value, facts| {
        let (address, names) = match kind {
            1 => match value.split_first_chunk::<4>() {
                Some((address, names)) => ((*address).into(), names),
                None => return facts.note(Oddity::BadOption),
            },
            2 => match value.split_first_chunk::<16>() {
                Some((address, names)) => ((*address).into(), names),
                None => return facts.note(Oddity::BadOption),
            },
            _ => return,
        };
        for name in names.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            let name = keep(name, facts);
            facts.keep_name(Name { address, name });
        }
    });
}
