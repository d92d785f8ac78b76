//! GRE (RFC 2784, RFC 2890), and what has its own layout in it: NVGRE, `EoIP`, PPTP, WCCP, ERSPAN.

use super::super::layer::{Carried, Content, Step};
use super::super::link_type::LinkType;
use crate::capture::Anomaly;
use crate::capture::anomaly::UnreadProtocol;
use crate::observe::EncapsulationProtocol as Protocol;

const CHECKSUM: u16 = 0x8000;
const ROUTING: u16 = 0x4000;
const KEY: u16 = 0x2000;
const SEQUENCE: u16 = 0x1000;
/// Of version 1 only (RFC 2637 §4.1).
const ACKNOWLEDGMENT: u16 = 0x0080;

/// `EtherType` of Ethernet in GRE.
const TRANSPARENT_BRIDGING: u16 = 0x6558;

pub(super) fn payload(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let (flags, kind) = (carried.number(0)?, carried.number(2)?);
    let has = |flag| flags & flag != 0;
    match flags & 7 {
        0 if has(ROUTING) => return Err(Anomaly::Encapsulated(UnreadProtocol::GreRouting)),
        0 => {}
        1 => {
            let len = 8 + 4 * usize::from(has(SEQUENCE)) + 4 * usize::from(has(ACKNOWLEDGMENT));
            // EoIP of MikroTik: version 1 as PPTP, with a magic number and a length instead of the protocol.
            if flags == 0x2001 && kind == 0x6400 {
                let tunnel = carried.bytes.get(6..8).ok_or(Anomaly::CutInHeader)?;
                let tunnel = u16::from_le_bytes([tunnel[0], tunnel[1]]);
                let step = Step::plain(Content::Link(LinkType::ETHERNET), carried, 8)?;
                return Ok(step.through(Protocol::EthernetInGre, u32::from(tunnel)));
            }
            let call = carried.number(6)?;
            return Step::plain(Content::Ppp, carried, len)
                .map(|step| step.through(Protocol::Pptp, u32::from(call)));
        }
        _ => return Err(Anomaly::BadHeader("GRE")),
    }
    let at = 4 + 4 * usize::from(has(CHECKSUM));
    let len = at + 4 * usize::from(has(KEY)) + 4 * usize::from(has(SEQUENCE));
    let key = if has(KEY) { Some(u32::from_be_bytes(*carried.skip(at)?.first()?)) } else { None };
    let inner = carried.skip(len)?;
    match kind {
        TRANSPARENT_BRIDGING => {
            let step = Step::plain(Content::Link(LinkType::ETHERNET), inner, 0)?;
            // NVGRE (RFC 7637 §3.2): a key, neither checksum nor sequence number.
            match key {
                Some(key) if flags == KEY => Ok(step.through(Protocol::Nvgre, key >> 8)),
                key => Ok(step.through(Protocol::EthernetInGre, key)),
            }
        }
        0x88BE if !has(SEQUENCE) => Step::plain(Content::Link(LinkType::ETHERNET), inner, 0)
            .map(|step| step.through(Protocol::Erspan, None)),
        0x88BE | 0x22EB => erspan(inner),
        // WCCP version 2 puts four bytes in front of IP.
        0x883E if inner.bytes.first().is_some_and(|first| first >> 4 != 4) => {
            Step::plain(Content::Internet, inner, 4).map(|step| step.through(Protocol::Gre, key))
        }
        0x883E => Step::plain(Content::Internet, inner, 0).map(|step| step.through(Protocol::Gre, key)),
        kind => Step::plain(Content::EtherType(kind), inner, 0).map(|step| step.through(Protocol::Gre, key)),
    }
}

/// ERSPAN of type II and III (draft-foschiano-erspan-03 §4): version, session, then Ethernet or IP.
fn erspan(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let session = u32::from(carried.number(2)? & 0x03FF);
    let (len, content) = match carried.number(0)? >> 12 {
        1 => (8, Content::Link(LinkType::ETHERNET)),
        2 => {
            // The frame's type is in bits 10 to 14 of the third word, and in its last bit the platform's eight bytes.
            let last = carried.number(10)?;
            let content = match last >> 10 & 0x1F {
                0 => Content::Link(LinkType::ETHERNET),
                2 => Content::Internet,
                _ => return Err(Anomaly::NoNetwork),
            };
            (if last & 1 == 0 { 12 } else { 20 }, content)
        }
        _ => return Err(Anomaly::BadHeader("ERSPAN")),
    };
    Step::plain(content, carried, len).map(|step| step.through(Protocol::Erspan, session))
}
