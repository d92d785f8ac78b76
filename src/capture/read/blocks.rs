//! What stands in the blocks of pcapng that are not packets, as far as it is kept.

use super::bytes::{Options, high_low, text, u64_of};
use super::clock::Clock;
use crate::capture::Anomaly;
use crate::capture::LinkType;
use crate::capture::{CaptureInfo, Interface, ResolvedName, Statistics};

/// The type of the Decryption Secrets Block.
pub(in crate::capture) const DECRYPTION_SECRETS: u32 = 0x0A;

pub(in crate::capture) const COMMENT: u16 = 1;

/// How many interfaces are kept, and how much of a text.
const MOST_INTERFACES: usize = 4096;
const LONGEST_TEXT: usize = 4096;
const MOST_COMMENTS: usize = 16;

/// Calls `each` with every whole option.
fn for_each(
    options: Options<'_>,
    info: &mut CaptureInfo,
    mut each: impl FnMut(u16, &[u8], &mut CaptureInfo),
) {
    for option in options {
        match option {
            Ok(option) => each(option.code, option.value, info),
            Err(_) => info.note(Anomaly::BadOption),
        }
    }
}

fn keep(value: &[u8], info: &mut CaptureInfo) -> String {
    let (text, whole) = text(value);
    if !whole {
        info.note(Anomaly::NotUtf8);
    }
    let end = text.floor_char_boundary(LONGEST_TEXT);
    text[..end].to_owned()
}

fn add_comment(comments: &mut Vec<String>, value: &[u8], info: &mut CaptureInfo) {
    if comments.len() < MOST_COMMENTS {
        comments.push(keep(value, info));
    } else {
        info.note(Anomaly::TooMuch);
    }
}

/// A section header: the first section's is kept.
pub(super) fn section(options: Options<'_>, info: &mut CaptureInfo) {
    info.sections += 1;
    if info.sections > 1 {
        return;
    }
    let mut section = std::mem::take(&mut info.section);
    for_each(options, info, |code, value, info| match code {
        COMMENT => add_comment(&mut section.comments, value, info),
        2 => section.hardware = Some(keep(value, info)),
        3 => section.os = Some(keep(value, info)),
        4 => section.application = Some(keep(value, info)),
        _ => {}
    });
    info.section = section;
}

/// An interface; gives how it counts time, or none if there are too many.
pub(super) fn interface(
    link: u16,
    snaplen: u32,
    options: Options<'_>,
    info: &mut CaptureInfo,
) -> Option<Clock> {
    if info.interfaces.len() >= MOST_INTERFACES {
        return None;
    }
    let mut interface = Interface { snaplen, ..Interface::new(LinkType(link.into())) };
    let mut clock = Clock::MICROSECONDS;
    let order = options.order;
    for_each(options, info, |code, value, info| match (code, value) {
        (COMMENT, _) => add_comment(&mut interface.comments, value, info),
        (2, _) => interface.name = Some(keep(value, info)),
        (3, _) => interface.description = Some(keep(value, info)),
        (9, [resolution]) => clock.set_resolution(*resolution),
        // A filter begins with what language it is in: 0 for words.
        (11, [0, words @ ..]) => interface.filter = Some(keep(words, info)),
        (12, _) => interface.os = Some(keep(value, info)),
        (14, _) if value.len() == 8 => {
            clock.set_offset(u64_of(order, value).expect("eight bytes").cast_signed());
        }
        (15, _) => interface.hardware = Some(keep(value, info)),
        (9 | 14, _) => info.note(Anomaly::BadOption),
        _ => {}
    });
    info.interfaces.push(interface);
    Some(clock)
}

/// What an interface counted.
pub(super) fn statistics(
    interface: usize,
    clock: Clock,
    ticks: u64,
    options: Options<'_>,
    info: &mut CaptureInfo,
) {
    let time_ns = clock.time(ticks).ns;
    let (begin_ns, end_ns, received, dropped, comments) = (None, None, None, None, Vec::new());
    let mut statistics = Statistics { interface, time_ns, begin_ns, end_ns, received, dropped, comments };
    let order = options.order;
    for_each(options, info, |code, value, info| {
        let field = match code {
            COMMENT => return add_comment(&mut statistics.comments, value, info),
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
            info.note(Anomaly::BadOption);
        }
    });
    info.set_statistics(statistics);
}

/// Names of addresses: each record an address and its names, each name with a zero behind it.
pub(super) fn names(records: Options<'_>, info: &mut CaptureInfo) {
    for_each(records, info, |kind, value, info| {
        let (address, names) = match kind {
            1 => match value.split_first_chunk::<4>() {
                Some((address, names)) => ((*address).into(), names),
                None => return info.note(Anomaly::BadOption),
            },
            2 => match value.split_first_chunk::<16>() {
                Some((address, names)) => ((*address).into(), names),
                None => return info.note(Anomaly::BadOption),
            },
            _ => return,
        };
        for name in names.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            let name = keep(name, info);
            info.add_name(ResolvedName { address, name });
        }
    });
}
