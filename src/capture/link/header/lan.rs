//! Local networks beside Ethernet: FDDI, ARCNET.

use super::super::layer::{Carried, Content, Step};
use crate::capture::Anomaly;

/// FDDI (RFC 1390): frame control, two addresses, IEEE 802.2.
pub(in crate::capture::link) fn fddi(frame: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    match frame.bytes.first() {
        // An LLC frame, of either class and priority.
        Some(control) if control & 0x30 == 0x10 => Step::plain(Content::Llc, frame, 13),
        Some(_) => Err(Anomaly::NoNetwork),
        None => Err(Anomaly::CutInHeader),
    }
}

/// ARCNET as BSD captures it: source, destination, type.
pub(in crate::capture::link) fn arcnet(frame: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let system = *frame.bytes.get(2).ok_or(Anomaly::CutInHeader)?;
    // An exception packet (RFC 1201 §3): its first flag is followed by padding, then the real one.
    let is_exception = frame.bytes.get(3) == Some(&0xFF);
    arcnet_payload(system, frame.skip(if is_exception { 7 } else { 3 })?)
}

/// ARCNET as Linux captures it: source, destination, offset, type.
pub(in crate::capture::link) fn arcnet_linux(frame: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let system = *frame.bytes.get(4).ok_or(Anomaly::CutInHeader)?;
    arcnet_payload(system, frame.skip(5)?)
}

fn arcnet_payload(system: u8, carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    match system {
        // RFC 1201: flag and sequence number; the flag is not zero in a fragment.
        212 | 196 => match carried.bytes.first() {
            Some(0) => Step::plain(Content::Internet, carried, 3),
            Some(_) => Err(Anomaly::Fragment),
            None => Err(Anomaly::CutInHeader),
        },
        // RFC 1051.
        240 => Step::plain(Content::Internet, carried, 0),
        _ => Err(Anomaly::NoNetwork),
    }
}
