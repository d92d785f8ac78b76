//! Blocks of pcapng that are not packets: what of them is kept in the [`CaptureInfo`], and how much.
//!
//! Options are pcap-file's values, whichever parser read them: its own or the [lenient](super::lenient) one.

use std::borrow::Cow;
use std::time::Duration;

use pcap_file::pcapng::blocks::interface_description::InterfaceDescriptionOption;
use pcap_file::pcapng::blocks::interface_statistics::InterfaceStatisticsOption;
use pcap_file::pcapng::blocks::name_resolution::Record;
use pcap_file::pcapng::blocks::opt_common::CommonOption;
use pcap_file::pcapng::blocks::section_header::SectionHeaderOption;

use super::clock::{Clock, Time};
use super::lenient::BadOption;
use crate::capture::{Anomaly, CaptureInfo, Interface, LinkType, ResolvedName, Statistics};

/// The type of the Decryption Secrets Block, which pcap-file does not know.
pub(in crate::capture) const DECRYPTION_SECRETS: u32 = 0x0A;

/// `opt_comment`
pub(in crate::capture) const COMMENT: u16 = 1;

/// Limit of interfaces.
const MOST_INTERFACES: usize = 4096;
/// Limit of a text, in bytes.
const LONGEST_TEXT: usize = 4096;
/// Limit of comments of one block.
const MOST_COMMENTS: usize = 16;

/// Calls `each` with every well-formed option; counts the others.
fn for_each<T>(
    options: impl Iterator<Item = Result<T, BadOption>>,
    info: &mut CaptureInfo,
    mut each: impl FnMut(T, &mut CaptureInfo),
) {
    for option in options {
        match option {
            Ok(option) => each(option, info),
            Err(BadOption) => info.note(Anomaly::BadOption),
        }
    }
}

/// A text of the file, at most [`LONGEST_TEXT`] bytes of it.
fn limited(value: Cow<'_, str>, info: &mut CaptureInfo) -> String {
    if matches!(value, Cow::Owned(_)) {
        // pcap-file borrows text; the lenient parser owns it where it replaced bytes.
        info.note(Anomaly::NotUtf8);
    }
    // Some writers count the terminating zero as part of the text.
    let mut text = value.into_owned();
    if text.ends_with('\0') {
        text.pop();
    }
    text.truncate(text.floor_char_boundary(LONGEST_TEXT));
    text
}

fn add_comment(comments: &mut Vec<String>, option: CommonOption<'_>, info: &mut CaptureInfo) {
    let CommonOption::Comment(comment) = option else { return };
    if comments.len() < MOST_COMMENTS {
        comments.push(limited(comment, info));
    } else {
        info.note(Anomaly::TooMuch);
    }
}

/// A time of pcap-file in nanoseconds since 1970.
#[inline]
pub(super) fn time_of(time: Duration) -> Time {
    let seconds = time.as_secs().checked_mul(Clock::SECOND);
    match seconds.and_then(|ns| ns.checked_add(time.subsec_nanos().into())) {
        Some(ns) => Time { ns, exact: true },
        None => Time { ns: u64::MAX, exact: false },
    }
}

/// A section header.
pub(super) fn section<'b>(
    options: impl Iterator<Item = Result<SectionHeaderOption<'b>, BadOption>>,
    info: &mut CaptureInfo,
) {
    let mut section = std::mem::take(&mut info.section);
    for_each(options, info, |option, info| match option {
        SectionHeaderOption::Common(option) => add_comment(&mut section.comments, option, info),
        SectionHeaderOption::Hardware(text) => section.hardware = Some(limited(text, info)),
        SectionHeaderOption::OS(text) => section.os = Some(limited(text, info)),
        SectionHeaderOption::UserApplication(text) => section.application = Some(limited(text, info)),
    });
    info.section = section;
}

/// An interface description; `None` if there are too many.
pub(super) fn interface<'b>(
    link: u16,
    snaplen: u32,
    options: impl Iterator<Item = Result<InterfaceDescriptionOption<'b>, BadOption>>,
    info: &mut CaptureInfo,
) -> Option<()> {
    use InterfaceDescriptionOption as Description;
    if info.interfaces.len() >= MOST_INTERFACES {
        return None;
    }
    let mut interface = Interface { snaplen, ..Interface::new(LinkType(link.into())) };
    for_each(options, info, |option, info| match option {
        Description::Common(option) => add_comment(&mut interface.comments, option, info),
        Description::IfName(text) => interface.name = Some(limited(text, info)),
        Description::IfDescription(text) => interface.description = Some(limited(text, info)),
        Description::IfFilter(value) => {
            // The first byte is the filter's language: 0 for a string of libpcap.
            if let [0, filter @ ..] = &*value {
                interface.filter = Some(limited(String::from_utf8_lossy(filter), info));
            }
        }
        Description::IfOs(text) => interface.os = Some(limited(text, info)),
        Description::IfHardware(text) => interface.hardware = Some(limited(text, info)),
        _ => {}
    });
    info.interfaces.push(interface);
    Some(())
}

/// Statistics of an interface.
pub(super) fn statistics<'b>(
    interface: usize,
    time_ns: u64,
    options: impl Iterator<Item = Result<InterfaceStatisticsOption<'b>, BadOption>>,
    info: &mut CaptureInfo,
) {
    use InterfaceStatisticsOption as Counted;
    let (begin_ns, end_ns, received, dropped, comments) = (None, None, None, None, Vec::new());
    let mut statistics = Statistics { interface, time_ns, begin_ns, end_ns, received, dropped, comments };
    for_each(options, info, |option, info| match option {
        Counted::Common(option) => add_comment(&mut statistics.comments, option, info),
        Counted::IsbStartTime(time) => statistics.begin_ns = Some(time_of(time).ns),
        Counted::IsbEndTime(time) => statistics.end_ns = Some(time_of(time).ns),
        Counted::IsbIfRecv(count) => statistics.received = Some(count),
        Counted::IsbIfDrop(count) => statistics.dropped = Some(count),
        _ => {}
    });
    info.set_statistics(statistics);
}

/// Names of addresses.
pub(super) fn names<'b>(
    records: impl Iterator<Item = Result<Record<'b>, BadOption>>,
    info: &mut CaptureInfo,
) {
    for_each(records, info, |record, info| {
        let (address, names) = match record {
            Record::Ipv4(record) => (record.ip_addr.into(), record.names),
            Record::Ipv6(record) => (record.ip_addr.into(), record.names),
            Record::End | Record::Unknown(_) => return,
        };
        for name in names {
            let name = limited(name, info);
            info.add_name(ResolvedName { address, name });
        }
    });
}
