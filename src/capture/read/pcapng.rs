//! pcapng (draft-ietf-opsawg-pcapng): the framing of blocks, and which parser reads each.
//!
//! pcap-file parses the blocks it knows ([`parse`]). Where it refuses one, the [`lenient`] parser reads what can be
//! read, so that one malformed option does not hide the packets behind it.

use std::io::{self, Read};

use byteorder_slice::{BigEndian, LittleEndian};
use pcap_file::pcapng::blocks::block_common as kinds;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::interface_statistics::InterfaceStatisticsBlock;
use pcap_file::pcapng::blocks::name_resolution::NameResolutionBlock;
use pcap_file::pcapng::blocks::section_header::SectionHeaderBlock;
use pcap_file::pcapng::{PcapNgBlock, PcapNgState, RawBlock};

use super::blocks::{self, DECRYPTION_SECRETS};
use super::bytes::{Options, Order, high_low, u16_at, u32_at};
use super::clock::Clock;
use super::lenient;
use super::packet_location::{self, LONGEST, PacketLocation};
use super::source::Source;
use crate::capture::{Anomaly, CaptureInfo, Corruption};

/// The first two words of a block, and the byte order magic behind them in a section header.
pub(in crate::capture) const PREFIX: usize = 12;

/// The longest block body that pcap-file parses, in bytes: it collects all options in a `Vec`, which of a block of
/// [`LONGEST`] bytes would take a gigabyte.
const LONGEST_PARSED: usize = 1024 * 1024;

/// The systemd journal, custom blocks and sysdig's events: Wireshark gives them packet numbers.
const NUMBERED: [u32; 6] = [
    kinds::SYSTEMD_JOURNAL_EXPORT_BLOCK,
    kinds::CUSTOM_BLOCK_COPIABLE,
    kinds::CUSTOM_BLOCK_NON_COPIABLE,
    0x204,
    0x216,
    0x221,
];

/// State of the current section.
#[derive(Debug)]
pub(super) struct Pcapng {
    pub(super) order: Order,
    /// The interfaces of the section as pcap-file needs them, in step with `clocks`.
    pub(super) state: PcapNgState,
    /// Index of the section's first interface in [`CaptureInfo::interfaces`].
    pub(super) first_interface: usize,
    /// Timestamp resolution of each interface of the section.
    pub(super) clocks: Vec<Clock>,
    /// Time of the latest packet that has one.
    pub(super) last_ns: u64,
}

/// Content of a block.
pub(super) enum Block {
    Packet(PacketLocation),
    /// Any other block; what is kept of it is in the [`CaptureInfo`].
    Other,
    /// End of the file.
    End,
}

/// The byte order magic of a section header (its third word).
pub(in crate::capture) fn magic(first: [u8; PREFIX]) -> Option<Order> {
    if first[..4] != kinds::SECTION_HEADER_BLOCK.to_be_bytes() {
        return None;
    }
    match first[8..] {
        [0x1A, 0x2B, 0x3C, 0x4D] => Some(Order::Big),
        [0x4D, 0x3C, 0x2B, 0x1A] => Some(Order::Little),
        _ => None,
    }
}

/// Parses a block body with pcap-file; `None` where it refuses the block.
#[inline]
pub(super) fn parse<'b, B: PcapNgBlock<'b>>(order: Order, state: &PcapNgState, body: &'b [u8]) -> Option<B> {
    if body.len() > LONGEST_PARSED {
        return None;
    }
    let parsed = match order {
        Order::Big => B::from_slice::<BigEndian>(state, body),
        Order::Little => B::from_slice::<LittleEndian>(state, body),
    };
    parsed.ok().map(|(_, block)| block)
}

impl Pcapng {
    pub(super) fn new(order: Order) -> Self {
        let state = PcapNgState::default();
        Self { order, state, first_interface: 0, clocks: Vec::new(), last_ns: 0 }
    }

    /// The next packet; none at the end of the file. Other blocks on the way go into `info`.
    #[inline]
    pub(super) fn next(
        &mut self,
        source: &mut Source<impl Read>,
        info: &mut CaptureInfo,
    ) -> Result<Option<PacketLocation>, Corruption> {
        loop {
            match self.next_block(source, info)? {
                Block::Packet(packet) => return Ok(Some(packet)),
                Block::Other => {}
                Block::End => return Ok(None),
            }
        }
    }

    /// Reads one block.
    #[inline]
    pub(super) fn next_block(
        &mut self,
        source: &mut Source<impl Read>,
        info: &mut CaptureInfo,
    ) -> Result<Block, Corruption> {
        source.begin_record();
        let first = source.peek(PREFIX).map_err(|error| packet_location::unreadable(&error))?;
        let Some(first) = first.first_chunk::<PREFIX>() else {
            return match first.len() {
                0 => Ok(Block::End),
                there => Err(packet_location::cut_short(PREFIX, there)),
            };
        };
        if first[..4] == kinds::SECTION_HEADER_BLOCK.to_be_bytes() {
            self.order = magic(*first)
                .ok_or_else(|| Corruption::Malformed("a section header of no known byte order".to_owned()))?;
        }
        let kind = u32_at(self.order, first, 0);
        let total = u32_at(self.order, first, 4);
        if total < PREFIX as u32 {
            return Err(Corruption::Length(total));
        }
        if total > LONGEST {
            Self::skip_block(kind, total, source, info)?;
            return Ok(Block::Other);
        }
        let len = total as usize;
        let block = source.peek(len).map_err(|error| packet_location::unreadable(&error))?;
        if block.len() < len {
            return Err(packet_location::cut_short(len, block.len()));
        }
        // pcap-file refuses a length that is no multiple of four; some writers forget the padding.
        if total.is_multiple_of(4) {
            let framed = match self.order {
                Order::Big => RawBlock::from_slice::<BigEndian>(block).map(drop),
                Order::Little => RawBlock::from_slice::<LittleEndian>(block).map(drop),
            };
            framed.map_err(|error| Corruption::Malformed(chain(&error)))?;
        } else if u32_at(self.order, block, len - 4) != total {
            return Err(Corruption::Length(total));
        }
        let block = source.consume(len);
        let body = block.start + 8..block.end - 4;
        let Some(packet) = self.block(kind, source.bytes(body.clone()), info) else {
            return Ok(Block::Other);
        };
        let shift = |range: std::ops::Range<usize>| range.start + body.start..range.end + body.start;
        Ok(Block::Packet(PacketLocation {
            bytes: shift(packet.bytes),
            options: shift(packet.options),
            ..packet
        }))
    }

    /// Skips a block that is too long for memory.
    #[cold]
    fn skip_block(
        kind: u32,
        total: u32,
        source: &mut Source<impl Read>,
        info: &mut CaptureInfo,
    ) -> Result<(), Corruption> {
        let skipped = source.skip(total.into()).map_err(|error| packet_location::unreadable(&error))?;
        if skipped < u64::from(total) {
            return Err(Corruption::CutShort { needed: total.into(), there: skipped });
        }
        if matches!(kind, kinds::ENHANCED_PACKET_BLOCK | kinds::SIMPLE_PACKET_BLOCK | kinds::PACKET_BLOCK) {
            info.packets += 1;
            info.note(Anomaly::HugePacket);
        } else {
            info.note(Anomaly::HugeBlock);
        }
        Ok(())
    }

    /// Reads the body of a block. The ranges of a packet are those in the body.
    #[inline]
    fn block(&mut self, kind: u32, body: &[u8], info: &mut CaptureInfo) -> Option<PacketLocation> {
        match kind {
            kinds::ENHANCED_PACKET_BLOCK => self.enhanced_packet(body, info),
            kinds::SIMPLE_PACKET_BLOCK => self.simple_packet(body, info),
            kinds::PACKET_BLOCK => self.obsolete_packet(body, info),
            _ => {
                self.other(kind, body, info);
                None
            }
        }
    }

    #[cold]
    fn other(&mut self, kind: u32, body: &[u8], info: &mut CaptureInfo) {
        let needed = match kind {
            kinds::SECTION_HEADER_BLOCK => lenient::SECTION,
            kinds::INTERFACE_DESCRIPTION_BLOCK => lenient::INTERFACE,
            kinds::INTERFACE_STATISTIC_BLOCK => lenient::STATISTICS,
            DECRYPTION_SECRETS => 8,
            _ => 0,
        };
        if body.len() < needed {
            info.note(Anomaly::BadBlock(kind));
            if kind == kinds::INTERFACE_DESCRIPTION_BLOCK {
                // Keeps its index: packets name interfaces by their order.
                self.interface(&[0xFF; 8], info);
            }
            return;
        }
        match kind {
            kinds::SECTION_HEADER_BLOCK => self.section(body, info),
            kinds::INTERFACE_DESCRIPTION_BLOCK => self.interface(body, info),
            kinds::INTERFACE_STATISTIC_BLOCK => self.statistics(body, info),
            kinds::NAME_RESOLUTION_BLOCK => self.names(body, info),
            DECRYPTION_SECRETS => {
                // Not known to pcap-file.
                let len = u32_at(self.order, body, 4) as usize;
                match body[8..].get(..len) {
                    Some(data) => info.add_secrets(u32_at(self.order, body, 0), data),
                    None => info.note(Anomaly::BadBlock(kind)),
                }
            }
            kind if NUMBERED.contains(&kind) => {
                info.packets += 1;
                info.note(Anomaly::NotAPacket(kind));
            }
            kind => info.note(Anomaly::UnknownBlock(kind)),
        }
    }

    fn section(&mut self, body: &[u8], info: &mut CaptureInfo) {
        let major = u16_at(self.order, body, 4);
        if major != 1 {
            info.note(Anomaly::UnknownVersion(major));
        }
        self.first_interface = info.interfaces.len();
        self.clocks.clear();
        self.state = PcapNgState::default();
        info.sections += 1;
        if info.sections > 1 {
            return;
        }
        match parse::<SectionHeaderBlock<'_>>(self.order, &self.state, body) {
            Some(block) => blocks::section(block.options.into_iter().map(Ok), info),
            None => blocks::section(lenient::section(self.order, body), info),
        }
    }

    fn interface(&mut self, body: &[u8], info: &mut CaptureInfo) {
        let link = u16_at(self.order, body, 0);
        let snaplen = u32_at(self.order, body, 4);
        let described = match parse::<InterfaceDescriptionBlock<'_>>(self.order, &self.state, body) {
            Some(block) => {
                let clock = Clock::of(&block.options);
                blocks::interface(link, snaplen, block.options.into_iter().map(Ok), info).map(|()| clock)
            }
            None => blocks::interface(link, snaplen, lenient::interface(self.order, body), info)
                .map(|()| lenient::clock(self.order, body)),
        };
        let Some(clock) = described else { return info.note(Anomaly::TooMuch) };
        let options = match clock.resolution_of_pcap_file() {
            Ok(resolution) => vec![
                InterfaceDescriptionOption::IfTsResol(resolution),
                InterfaceDescriptionOption::IfTsOffset(clock.offset_seconds()),
            ],
            // A resolution that pcap-file does not know: with this offset it refuses each packet as captured before
            // 1970, and the lenient parser reads it.
            Err(_) => vec![InterfaceDescriptionOption::IfTsOffset(i64::MIN)],
        };
        let block = InterfaceDescriptionBlock { linktype: u32::from(link).into(), snaplen, options };
        self.state.update_from_block(&block.into_block());
        self.clocks.push(clock);
    }

    fn statistics(&mut self, body: &[u8], info: &mut CaptureInfo) {
        let interface = u32_at(self.order, body, 0) as usize;
        let index = self.first_interface + interface;
        if let Some(block) = parse::<InterfaceStatisticsBlock<'_>>(self.order, &self.state, body) {
            let time_ns = blocks::time_of(block.timestamp).ns;
            return blocks::statistics(index, time_ns, block.options.into_iter().map(Ok), info);
        }
        let Some(clock) = self.clocks.get(interface) else {
            return info.note(Anomaly::BadBlock(kinds::INTERFACE_STATISTIC_BLOCK));
        };
        let time_ns = clock.time(high_low(self.order, body, 4)).ns;
        blocks::statistics(index, time_ns, lenient::statistics(self.order, *clock, body), info);
    }

    fn names(&mut self, body: &[u8], info: &mut CaptureInfo) {
        let block = parse::<NameResolutionBlock<'_>>(self.order, &self.state, body);
        // pcap-file drops the names of a record behind an empty one: what it would write is then shorter.
        let is_whole = |block: &NameResolutionBlock<'_>| {
            let written = block.write_to::<LittleEndian, _>(&self.state, &mut io::sink());
            written.is_ok_and(|len| len == body.len())
        };
        match block.filter(is_whole) {
            Some(block) => blocks::names(block.records.into_iter().map(Ok), info),
            None => blocks::names(lenient::names(Options { order: self.order, bytes: body }), info),
        }
    }
}

/// An error and its sources.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}
