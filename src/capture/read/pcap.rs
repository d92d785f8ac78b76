//! The framing of pcap (draft-ietf-opsawg-pcap): a header, then packets one behind the other.
//!
//! Not by pcap-file: it does not know the modified pcap, and what it reads is fixed at 8 MB of buffer.

use std::io::Read;

use super::bytes::{Order, u16_at, u32_at};
use super::clock::Clock;
use super::packet_location::{self, PacketLocation};
use super::source::Source;
use crate::capture::LinkType;
use crate::capture::{Anomaly, Corruption};
use crate::capture::{CaptureInfo, Format, Interface};

pub(super) const HEADER: usize = 24;

/// What is believed of a packet's length whatever the snapshot length says: as much as Wireshark takes.
const BELIEVED: u32 = 262_144;

/// The header of the file.
#[derive(Debug)]
pub(super) struct Pcap {
    order: Order,
    format: Format,
    /// Before version 2.3 the two lengths of a packet stood the other way round.
    swapped: bool,
    snaplen: u32,
    /// Whether packets above the snapshot length are worth a word.
    limit: u32,
}

/// What the first four bytes say, if they are those of a pcap file.
pub(in crate::capture) fn magic(first: [u8; 4]) -> Option<(Order, Format)> {
    let (order, number) = match first[0] {
        0xA1 => (Order::Big, u32::from_be_bytes(first)),
        _ => (Order::Little, u32::from_le_bytes(first)),
    };
    match number {
        0xA1B2_C3D4 => Some((order, Format::Pcap)),
        0xA1B2_3C4D => Some((order, Format::NanosecondPcap)),
        0xA1B2_CD34 => Some((order, Format::ModifiedPcap)),
        _ => None,
    }
}

impl Pcap {
    /// Reads the header, which must be there in whole.
    pub(super) fn new(order: Order, format: Format, header: &[u8], info: &mut CaptureInfo) -> Self {
        let (major, minor) = (u16_at(order, header, 4), u16_at(order, header, 6));
        if (major, minor) > (2, 4) {
            info.note(Anomaly::UnknownVersion(major));
        }
        let snaplen = u32_at(order, header, 16);
        // The upper 16 bits are the length of the frame check sequence, and reserved.
        let link = LinkType(u32_at(order, header, 20) & 0xFFFF);
        info.interfaces.push(Interface { snaplen, ..Interface::new(link) });
        let limit = snaplen.clamp(BELIEVED, packet_location::LONGEST);
        Self { order, format, swapped: (major, minor) < (2, 3), snaplen, limit }
    }

    /// The next packet; none at the end of the file.
    #[inline]
    pub(super) fn next(
        &self,
        source: &mut Source<impl Read>,
        info: &mut CaptureInfo,
    ) -> Result<Option<PacketLocation>, Corruption> {
        let header_len = if self.format == Format::ModifiedPcap { 24 } else { 16 };
        source.begin_record();
        let header = source.peek(header_len).map_err(|error| packet_location::unreadable(&error))?;
        if header.len() < header_len {
            return match header.len() {
                0 => Ok(None),
                there => Err(packet_location::cut_short(header_len, there)),
            };
        }
        let [seconds, fraction, captured, original] = [0, 4, 8, 12].map(|at| u32_at(self.order, header, at));
        let (captured, original) = if self.swapped { (original, captured) } else { (captured, original) };
        if captured > self.limit {
            return Err(Corruption::Length(captured));
        }
        let len = header_len + captured as usize;
        let there = source.peek(len).map_err(|error| packet_location::unreadable(&error))?.len();
        if there < len {
            return Err(packet_location::cut_short(len, there));
        }
        info.packets += 1;
        let (unit, second) = match self.format {
            Format::NanosecondPcap => (1, 1_000_000_000),
            _ => (1000, 1_000_000),
        };
        if fraction >= second {
            info.note(Anomaly::SubsecondTooLarge);
        }
        if self.snaplen != 0 && captured > self.snaplen {
            info.note(Anomaly::AboveSnaplen);
        }
        if original < captured {
            info.note(Anomaly::ShorterThanCaptured);
        }
        source.take(header_len);
        Ok(Some(PacketLocation {
            interface: 0,
            time_ns: u64::from(seconds) * Clock::SECOND + u64::from(fraction) * unit,
            original_length: original.max(captured),
            bytes: source.take(captured as usize),
            options: 0..0,
            order: self.order,
        }))
    }
}
