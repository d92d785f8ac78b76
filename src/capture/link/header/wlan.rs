//! IEEE 802.11, and the headers that drivers put in front of it: radiotap, AVS, Prism.

use super::super::layer::{Carried, Content, Step};
use super::super::link_type::LinkType;
use crate::capture::Anomaly;
use crate::capture::anomaly::UnreadProtocol;

/// A data frame, not encrypted (IEEE 802.11 §9.2): IEEE 802.2 behind its header.
pub(in crate::capture::link) fn frame(frame: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let header = Header::read(&frame)?;
    payload(&header, frame.skip(header.len)?)
}

/// What a data frame says of itself.
#[derive(Debug)]
struct Header {
    len: usize,
    /// Several packets in one frame (A-MSDU).
    is_aggregate: bool,
}

impl Header {
    fn read(frame: &Carried<'_>) -> Result<Self, Anomaly> {
        let [kind, flags] = *frame.first()?;
        // Management, control and extension frames, and data frames without data.
        if kind & 0x0F != 0x08 || kind & 0x40 != 0 {
            return Err(Anomaly::NoNetwork);
        }
        if flags & 0x40 != 0 {
            return Err(Anomaly::Encapsulated(UnreadProtocol::Wlan));
        }
        let sequence = frame.bytes.get(22).ok_or(Anomaly::CutInHeader)?;
        // More fragments, or a fragment's number.
        if flags & 0x04 != 0 || sequence & 0x0F != 0 {
            return Err(Anomaly::Encapsulated(UnreadProtocol::WlanFragment));
        }
        // The fourth address, QoS control, and HT control.
        let len = if flags & 0x03 == 0x03 { 30 } else { 24 };
        let has_qos = kind & 0x80 != 0;
        let qos = if has_qos { *frame.bytes.get(len).ok_or(Anomaly::CutInHeader)? } else { 0 };
        let len = len + if has_qos { 2 } else { 0 } + if has_qos && flags & 0x80 != 0 { 4 } else { 0 };
        Ok(Self { len, is_aggregate: qos & 0x80 != 0 })
    }
}

fn payload<'p>(header: &Header, carried: Carried<'p>) -> Result<Step<'p>, Anomaly> {
    if !header.is_aggregate {
        return Step::plain(Content::Llc, carried, 0);
    }
    // A-MSDU (IEEE 802.11 §9.3.2.2): two addresses and a length, then the packet. A second packet is not read.
    let len = usize::from(carried.number(12)?);
    let next = (14 + len).next_multiple_of(4);
    // Less than a header may be a check sequence.
    if carried.wire > next + 14 {
        return Err(Anomaly::Encapsulated(UnreadProtocol::WlanAggregate));
    }
    Step::plain(Content::Llc, carried.part(0, 14 + len), 14)
}

/// Radiotap: its length, and whether padding follows the frame's header.
pub(in crate::capture::link) fn radiotap(packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let [_, _, low, high] = *packet.first()?;
    let len = usize::from(u16::from_le_bytes([low, high])).max(8);
    let inner = packet.skip(len)?;
    if !is_padded(&packet.bytes[..len]) {
        return frame(inner);
    }
    let header = Header::read(&inner)?;
    payload(&header, inner.skip(header.len.next_multiple_of(4))?)
}

/// True if the flags of a radiotap header say that the frame's header is padded to 32 bits.
fn is_padded(header: &[u8]) -> bool {
    const TIME: u8 = 1;
    const FLAGS: u8 = 2;
    // Words of which fields are there; the highest bit of each says that another follows.
    let words = header[4..].chunks_exact(4).take_while(|word| word[3] & 0x80 != 0).count() + 1;
    let present = header[4];
    let mut at = 4 + words * 4;
    if present & TIME != 0 {
        at = at.next_multiple_of(8) + 8;
    }
    present & FLAGS != 0 && header.get(at).is_some_and(|flags| flags & 0x20 != 0)
}

/// AVS: a magic number, its length.
pub(in crate::capture::link) fn avs(packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let [0x80, 0x21, 0x10, _, len @ ..]: [u8; 8] = *packet.first()? else {
        return Err(Anomaly::BadHeader("AVS"));
    };
    let len = (u32::from_be_bytes(len) as usize).max(8);
    Step::plain(Content::Link(LinkType::IEEE802_11), packet, len)
}

/// Prism, or AVS in its place.
pub(in crate::capture::link) fn prism(packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    const LEN: u32 = 144;
    let header: &[u8; 8] = packet.first()?;
    if header.starts_with(&[0x80, 0x21, 0x10]) {
        return avs(packet);
    }
    let len: [u8; 4] = *header[4..].first_chunk().expect("eight bytes");
    if u32::from_le_bytes(len) != LEN && u32::from_be_bytes(len) != LEN {
        return Err(Anomaly::BadHeader("Prism"));
    }
    Step::plain(Content::Link(LinkType::IEEE802_11), packet, LEN as usize)
}
