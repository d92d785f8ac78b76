//! L2TP: version 2 in UDP with PPP in it (RFC 2661 §3.1), version 3 in UDP or IP with a link's frame in it (RFC 3931 §4).

use super::super::header::ether;
use super::super::layer::{Carried, Content, Step};
use super::super::link_type::LinkType;
use crate::capture::Anomaly;
use crate::capture::anomaly::UnreadProtocol;
use crate::observe::EncapsulationProtocol as Protocol;

const CONTROL: u16 = 0x8000;
const LENGTH: u16 = 0x4000;
const SEQUENCE: u16 = 0x0800;
const OFFSET: u16 = 0x0200;

/// A message in UDP.
pub(super) fn over_udp(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let flags = carried.number(0)?;
    match flags & 15 {
        _ if flags & CONTROL != 0 => Err(Anomaly::NotTcp(17)),
        2 => {
            let at = 2 + 2 * usize::from(flags & LENGTH != 0);
            let session = carried.number(at + 2)?;
            let mut len = at + 4 + 4 * usize::from(flags & SEQUENCE != 0);
            if flags & OFFSET != 0 {
                len += 2 + usize::from(carried.number(len)?);
            }
            Step::plain(Content::Ppp, carried, len)
                .map(|step| step.through(Protocol::L2tp, u32::from(session)))
        }
        3 => session(carried.skip(4)?),
        _ => Err(Anomaly::NotTcp(17)),
    }
}

/// A message directly in IP; the session 0 is control.
pub(super) fn over_ip(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    if carried.bytes.starts_with(&[0; 4]) { Err(Anomaly::NotTcp(115)) } else { session(carried) }
}

/// The session, and behind it what only the two ends know: a cookie of 0, 4 or 8 bytes, a sublayer of 4, then a frame.
/// The first place where an Ethernet frame, PPP or IP stands is taken.
fn session(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let id = u32::from_be_bytes(*carried.first()?);
    for len in [4, 8, 12, 16] {
        let Some(inner) = carried.bytes.get(len..) else { break };
        let content = match inner {
            _ if ether::is_frame(inner) => Content::Link(LinkType::ETHERNET),
            [0xFF, 0x03, 0x00, 0x21 | 0x57, ..] => Content::Ppp,
            _ => continue,
        };
        return Step::plain(content, carried, len).map(|step| step.through(Protocol::L2tpV3, id));
    }
    for len in [4, 8, 12, 16] {
        if carried.bytes.get(len..).is_some_and(ether::is_internet) {
            return Step::plain(Content::Internet, carried, len)
                .map(|step| step.through(Protocol::L2tpV3, id));
        }
    }
    Err(Anomaly::Encapsulated(UnreadProtocol::L2tpV3))
}
