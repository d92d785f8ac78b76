//! The lenient parser: reads the blocks of pcapng that pcap-file refuses, as far as they can be read.
//!
//! pcap-file refuses a whole block for any of the following, which real files have:
//!
//! - text that is not UTF-8: comments, names of interfaces, of the system, of hosts;
//! - an option of a length that its code does not allow, or that ends beyond its block;
//! - a last option without its padding, or a custom option without its enterprise number;
//! - `if_tsresol` finer than nanoseconds (10^-12 s of some capture cards) or than 2^-29 s;
//! - a reserved field of an interface that is not zero;
//! - names without an end of records, or an address without a name;
//! - a packet whose captured length is above the original length, or above what its block holds;
//! - a time before 1970 after `if_tsoffset`;
//! - an interface that is not described.
//!
//! The values are pcap-file's own, so that [`super::blocks`] does not know which parser read them.

use std::borrow::Cow;
use std::time::Duration;

use pcap_file::pcapng::blocks::interface_description::InterfaceDescriptionOption;
use pcap_file::pcapng::blocks::interface_statistics::InterfaceStatisticsOption;
use pcap_file::pcapng::blocks::name_resolution::{Ipv4Record, Ipv6Record, Record};
use pcap_file::pcapng::blocks::opt_common::CommonOption;
use pcap_file::pcapng::blocks::section_header::SectionHeaderOption;

use super::blocks::COMMENT;
use super::bytes::{Opt, Options, Order, high_low, u64_of};
use super::clock::Clock;

/// Bytes in front of the options of a section header.
pub(super) const SECTION: usize = 16;
/// Bytes in front of the options of an interface description.
pub(super) const INTERFACE: usize = 8;
/// Bytes in front of the options of interface statistics.
pub(super) const STATISTICS: usize = 12;

/// `if_tsresol`
const RESOLUTION: u16 = 9;
/// `if_tsoffset`
const OFFSET: u16 = 14;

/// A malformed option, or one that ends beyond its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadOption;

/// Converts every option that `convert` knows.
fn convert<'b, T>(
    options: Options<'b>,
    convert: impl Fn(Opt<'b>) -> Result<Option<T>, BadOption>,
) -> impl Iterator<Item = Result<T, BadOption>> {
    options.filter_map(move |option| option.map_err(|_| BadOption).and_then(&convert).transpose())
}

fn string(value: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(value)
}

fn comment(value: &[u8]) -> CommonOption<'_> {
    CommonOption::Comment(string(value))
}

/// Options of a section header.
pub(super) fn section(
    order: Order,
    body: &[u8],
) -> impl Iterator<Item = Result<SectionHeaderOption<'_>, BadOption>> {
    use SectionHeaderOption as Section;
    convert(Options { order, bytes: &body[SECTION..] }, |Opt { code, value }| {
        Ok(Some(match code {
            COMMENT => Section::Common(comment(value)),
            2 => Section::Hardware(string(value)),
            3 => Section::OS(string(value)),
            4 => Section::UserApplication(string(value)),
            _ => return Ok(None),
        }))
    })
}

/// Options of an interface description, but for its time resolution and offset.
pub(super) fn interface(
    order: Order,
    body: &[u8],
) -> impl Iterator<Item = Result<InterfaceDescriptionOption<'_>, BadOption>> {
    use InterfaceDescriptionOption as Interface;
    convert(Options { order, bytes: &body[INTERFACE..] }, |Opt { code, value }| {
        Ok(Some(match code {
            COMMENT => Interface::Common(comment(value)),
            2 => Interface::IfName(string(value)),
            3 => Interface::IfDescription(string(value)),
            11 => Interface::IfFilter(value.into()),
            12 => Interface::IfOs(string(value)),
            15 => Interface::IfHardware(string(value)),
            RESOLUTION if value.len() != 1 => return Err(BadOption),
            OFFSET if value.len() != 8 => return Err(BadOption),
            _ => return Ok(None),
        }))
    })
}

/// Time resolution and offset of an interface.
pub(super) fn clock(order: Order, body: &[u8]) -> Clock {
    let mut clock = Clock::MICROSECONDS;
    for Opt { code, value } in (Options { order, bytes: &body[INTERFACE..] }).filter_map(Result::ok) {
        match (code, value) {
            (RESOLUTION, [resolution]) => clock.set_resolution(*resolution),
            (OFFSET, _) => {
                if let Some(offset) = u64_of(order, value) {
                    clock.set_offset(offset.cast_signed());
                }
            }
            _ => {}
        }
    }
    clock
}

/// Options of interface statistics.
pub(super) fn statistics(
    order: Order,
    clock: Clock,
    body: &[u8],
) -> impl Iterator<Item = Result<InterfaceStatisticsOption<'_>, BadOption>> {
    use InterfaceStatisticsOption as Statistics;
    convert(Options { order, bytes: &body[STATISTICS..] }, move |Opt { code, value }| {
        let count = || u64_of(order, value).ok_or(BadOption);
        let time = || count().map(|_| Duration::from_nanos(clock.time(high_low(order, value, 0)).ns));
        Ok(Some(match code {
            COMMENT => Statistics::Common(comment(value)),
            2 => Statistics::IsbStartTime(time()?),
            3 => Statistics::IsbEndTime(time()?),
            4 => Statistics::IsbIfRecv(count()?),
            5 => Statistics::IsbIfDrop(count()?),
            _ => return Ok(None),
        }))
    })
}

/// Records of name resolution: an address and its names, each terminated by a zero byte.
pub(super) fn names(records: Options<'_>) -> impl Iterator<Item = Result<Record<'_>, BadOption>> {
    fn all(names: &[u8]) -> Vec<Cow<'_, str>> {
        names.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(string).collect()
    }
    convert(records, |Opt { code, value }| {
        Ok(Some(match code {
            1 => {
                let (address, names) = value.split_first_chunk::<4>().ok_or(BadOption)?;
                Record::Ipv4(Ipv4Record { ip_addr: (*address).into(), names: all(names) })
            }
            2 => {
                let (address, names) = value.split_first_chunk::<16>().ok_or(BadOption)?;
                Record::Ipv6(Ipv6Record { ip_addr: (*address).into(), names: all(names) })
            }
            _ => return Ok(None),
        }))
    })
}
