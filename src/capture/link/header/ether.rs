//! Ethernet, and what an `EtherType` names: tags, labels, `PPPoE`, provider bridges, IEEE 802.2.

use etherparse::Ethernet2HeaderSlice;

use super::super::layer::{Carried, Content, Step, internet};
use super::super::link_type::LinkType;
use crate::capture::Anomaly;
use crate::capture::anomaly::UnreadProtocol;
use crate::observe::EncapsulationProtocol as Protocol;

/// IPv4 and IPv6.
const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86DD;

/// Tags: `EtherType`, bytes up to and with the next `EtherType`, protocol.
const TAGS: [(u16, usize, Protocol); 7] = [
    (0x8100, 4, Protocol::Vlan),
    (0x88A8, 4, Protocol::Vlan),
    // The older numbers of the outer tag.
    (0x9100, 4, Protocol::Vlan),
    (0x9200, 4, Protocol::Vlan),
    (0x893F, 8, Protocol::ETag),
    (0x8926, 6, Protocol::VnTag),
    (0x8909, 8, Protocol::CiscoMetaData),
];

/// An Ethernet header.
#[inline]
pub(in crate::capture::link) fn ethernet(frame: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let header = Ethernet2HeaderSlice::from_slice(frame.bytes).map_err(|_| Anomaly::CutInHeader)?;
    Step::plain(Content::EtherType(header.ether_type().0), frame, header.slice().len())
}

/// The payload of a frame with this `EtherType`.
#[inline]
pub(in crate::capture::link) fn payload(kind: u16, carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    match kind {
        IPV4 | IPV6 => Step::plain(Content::Internet, carried, 0),
        other => encapsulated(other, carried),
    }
}

#[inline(never)]
fn encapsulated(kind: u16, carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    if let Some((_, len, protocol)) = TAGS.iter().find(|(tag, ..)| *tag == kind) {
        let step = Step::plain(Content::EtherType(carried.number(len - 2)?), carried, *len)?;
        let id = match protocol {
            Protocol::CiscoMetaData => carried.number(4)?,
            Protocol::ETag => carried.number(2)? & 0x3FFF,
            _ => carried.number(0)? & 0x0FFF,
        };
        return Ok(step.through(*protocol, u32::from(id)));
    }
    match kind {
        // PPPoE session (RFC 2516 §4).
        0x8864 => {
            let session = carried.number(2)?;
            Step::plain(Content::Ppp, carried, 6)
                .map(|step| step.through(Protocol::Pppoe, u32::from(session)))
        }
        0x8847 | 0x8848 => mpls(carried),
        // The tag of a backbone service instance, then the customer's frame (IEEE 802.1Q §9.7).
        0x88E7 => {
            let tag = u32::from_be_bytes(*carried.first()?);
            let step = Step::plain(Content::Link(LinkType::ETHERNET), carried, 4)?;
            Ok(step.through(Protocol::Pbb, tag & 0xFF_FFFF))
        }
        0x88E5 => Err(Anomaly::Encapsulated(UnreadProtocol::MacSec)),
        0x894F => Err(Anomaly::Encapsulated(UnreadProtocol::Nsh)),
        0x22F3 => Err(Anomaly::Encapsulated(UnreadProtocol::Trill)),
        0x88B6 => Err(Anomaly::Encapsulated(UnreadProtocol::Redacted)),
        // Transparent Ethernet Bridging, as in GRE and Geneve.
        0x6558 => Step::plain(Content::Link(LinkType::ETHERNET), carried, 0),
        0x880B => Step::plain(Content::Ppp, carried, 0),
        0..=1500 => llc(carried),
        other => Err(Anomaly::NotIp(other)),
    }
}

/// IEEE 802.2, and IP perhaps in its SNAP (RFC 1042), or as itself.
pub(in crate::capture::link) fn llc(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    match carried.bytes {
        [0xAA, 0xAA, 0x03, 0, 0, 0 | 0xF8, high, low, ..] => {
            let kind = u16::from_be_bytes([*high, *low]);
            if kind <= 1500 {
                Err(Anomaly::NoNetwork)
            } else {
                Step::plain(Content::EtherType(kind), carried, 8)
            }
        }
        // IEEE 802.3 in ATM, bridged (RFC 2684 §5.2), with its checksum or without.
        [0xAA, 0xAA, 0x03, 0x00, 0x80, 0xC2, 0x00, 0x01 | 0x07, ..] => {
            Step::plain(Content::Link(LinkType::ETHERNET), carried, 10)
        }
        [0x06, 0x06, 0x03, ..] => internet(carried, 3),
        _ => Err(Anomaly::NoNetwork),
    }
}

/// MPLS labels (RFC 3032 §2.1). The last one does not say what follows: IP by its version, or the Ethernet frame of a
/// pseudowire, with a control word (RFC 4448 §4.6) or without.
pub(in crate::capture::link) fn mpls(mut carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    loop {
        let label = u32::from_be_bytes(*carried.first()?);
        carried = carried.skip(4)?;
        if label & 0x100 == 0 {
            continue;
        }
        let id = label >> 12;
        let first = *carried.bytes.first().ok_or(Anomaly::CutInHeader)?;
        return match first >> 4 {
            4 | 6 if !is_frame(carried.bytes) || is_internet(carried.bytes) => {
                Step::plain(Content::Internet, carried, 0).map(|step| step.through(Protocol::Mpls, id))
            }
            _ if is_frame(carried.bytes) => Step::plain(Content::Link(LinkType::ETHERNET), carried, 0)
                .map(|step| step.through(Protocol::Pseudowire, id)),
            0 if carried.bytes.get(4..).is_some_and(is_frame) => {
                Step::plain(Content::Link(LinkType::ETHERNET), carried, 4)
                    .map(|step| step.through(Protocol::Pseudowire, id))
            }
            _ => Err(Anomaly::NoNetwork),
        };
    }
}

/// True if the bytes read as an IP header: its lengths fit.
pub(in crate::capture::link) fn is_internet(bytes: &[u8]) -> bool {
    match bytes {
        [first @ 0x45..=0x4F, _, high, low, ..] => {
            let total = u16::from_be_bytes([*high, *low]);
            total == 0 || usize::from(total) >= usize::from(first & 15) * 4
        }
        [first, ..] => first >> 4 == 6 && bytes.len() >= 40,
        [] => false,
    }
}

/// True if the bytes read as an Ethernet frame that carries IP, ARP or a tag.
pub(in crate::capture::link) fn is_frame(bytes: &[u8]) -> bool {
    let Some(kind) = bytes.get(12..).and_then(<[u8]>::first_chunk) else { return false };
    match u16::from_be_bytes(*kind) {
        IPV4 => bytes.get(14).is_none_or(|first| first >> 4 == 4),
        IPV6 => bytes.get(14).is_none_or(|first| first >> 4 == 6),
        0x0806 | 0x8847 | 0x8848 | 0x8863 | 0x8864 => true,
        kind => TAGS.iter().any(|(tag, ..)| *tag == kind),
    }
}
