//! PPP (RFC 1661), its framings, and Cisco HDLC.

use super::super::layer::{Carried, Content, Step};
use super::ether;
use crate::capture::Anomaly;

/// A frame of PPP in HDLC-like framing (RFC 1662 §3), or of Cisco HDLC, which shares the link types.
pub(in crate::capture::link) fn frame(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    match carried.bytes {
        [0x0F | 0x8F, 0x00, ..] => cisco(carried),
        _ => Step::plain(Content::Ppp, carried, 0),
    }
}

/// Cisco HDLC (RFC 1547 §4.3.1): an `EtherType` instead of PPP's protocol.
pub(in crate::capture::link) fn cisco(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let kind = carried.number(2)?;
    Step::plain(Content::EtherType(kind), carried, 4)
}

/// `PPPoE` without Ethernet (RFC 2516 §4).
pub(in crate::capture::link) fn over_ethernet(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    ether::payload(0x8864, carried)
}

/// PPP: address and control, which may be left out (RFC 1661 §6.6), then the protocol, one byte if it is odd, two
/// otherwise.
pub(in crate::capture::link) fn protocol(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let carried = if carried.bytes.starts_with(&[0xFF, 0x03]) { carried.skip(2)? } else { carried };
    match carried.bytes {
        [0x00, 0x21 | 0x57, ..] => Step::plain(Content::Internet, carried, 2),
        [0x21 | 0x57, ..] => Step::plain(Content::Internet, carried, 1),
        [0x02, 0x81 | 0x83, ..] => ether::mpls(carried.skip(2)?),
        // Bridged Ethernet (RFC 3518 §4.2): flags, then the kind of MAC frame.
        [0x00, 0x31, _, 0x01, ..] => Step::plain(Content::Link(super::super::LinkType::ETHERNET), carried, 4),
        [] => Err(Anomaly::CutInHeader),
        _ => Err(Anomaly::NoNetwork),
    }
}
