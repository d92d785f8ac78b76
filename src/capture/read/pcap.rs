//! pcap (draft-ietf-opsawg-pcap): a header, then records of one packet each.
//!
//! pcap-file parses the header and the records, as raw ones: its checked ones are refused for a captured length above
//! the snapshot length (also where that is 0 for "no limit") or above the original length, and for a fraction of a second
//! that is more than a second. It does not know the modified pcap, whose records have eight more bytes, and files before
//! version 2.3, whose records have the two lengths in the other order: those are parsed here.

use std::io::Read;

use pcap_file::pcap::PcapParser;

use super::bytes::{Order, u16_at, u32_at};
use super::clock::Clock;
use super::packet_location::{self, PacketLocation, PacketMarks};
use super::source::Source;
use crate::capture::{Anomaly, CaptureInfo, Corruption, Format, Interface, LinkType};

/// Length of the file's header.
pub(super) const HEADER: usize = 24;

/// The longest packet that is read whatever the snapshot length says, in bytes: as long as Wireshark's limit.
const BELIEVED: u32 = 262_144;

/// State of a pcap file: what its header says.
#[derive(Debug)]
pub(super) struct Pcap {
    /// `None` for the formats that pcap-file does not know.
    parser: Option<PcapParser>,
    order: Order,
    format: Format,
    /// The order of a record's two lengths.
    lengths: Lengths,
    snaplen: u32,
    /// Limit of a packet's captured length: beyond it the record is corrupt.
    limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lengths {
    CapturedFirst,
    /// Before version 2.3.
    OriginalFirst,
}

/// Byte order and format, if the first four bytes are those of a pcap file.
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
        let lengths = if (major, minor) < (2, 3) { Lengths::OriginalFirst } else { Lengths::CapturedFirst };
        let parser = PcapParser::new(header).ok().map(|(_, parser)| parser);
        let parser = parser.filter(|_| lengths == Lengths::CapturedFirst);
        Self { parser, order, format, lengths, snaplen, limit }
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
        let captured = match self.lengths {
            Lengths::CapturedFirst => u32_at(self.order, header, 8),
            Lengths::OriginalFirst => u32_at(self.order, header, 12),
        };
        if captured > self.limit {
            return Err(Corruption::Length(captured));
        }
        let len = header_len + captured as usize;
        let record = source.peek(len).map_err(|error| packet_location::unreadable(&error))?;
        if record.len() < len {
            return Err(packet_location::cut_short(len, record.len()));
        }
        info.packets += 1;
        let (seconds, fraction, original) = self.fields(record);
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
        source.consume(header_len);
        Ok(Some(PacketLocation {
            interface: 0,
            time_ns: u64::from(seconds) * Clock::SECOND + u64::from(fraction) * unit,
            original_length: original.max(captured),
            bytes: source.consume(captured as usize),
            options: 0..0,
            order: self.order,
            marks: PacketMarks::NONE,
        }))
    }

    /// Seconds, their fraction, and the original length of a record.
    #[inline]
    fn fields(&self, record: &[u8]) -> (u32, u32, u32) {
        if let Some(parser) = &self.parser
            && let Ok((_, packet)) = parser.next_raw_packet(record)
        {
            return (packet.ts_sec, packet.ts_frac, packet.orig_len);
        }
        let original = match self.lengths {
            Lengths::CapturedFirst => u32_at(self.order, record, 12),
            Lengths::OriginalFirst => u32_at(self.order, record, 8),
        };
        (u32_at(self.order, record, 0), u32_at(self.order, record, 4), original)
    }
}
