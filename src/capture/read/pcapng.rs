//! The framing of pcapng (draft-ietf-opsawg-pcapng): blocks of many types, packets among them.
//!
//! pcap-file checks each block's frame; what is inside is read here, so that a flaw in one block, of which real files
//! are full, does not hide all the others.

use std::io::Read;

use byteorder_slice::{BigEndian, LittleEndian};
use pcap_file::pcapng::RawBlock;
use pcap_file::pcapng::blocks::block_common as kinds;

use super::blocks::{self, DECRYPTION_SECRETS};
use super::bytes::{Options, Order, high_low, padded, u16_at, u32_at};
use super::clock::Clock;
use super::packet_location::{self, LONGEST, PacketLocation};
use super::source::Source;
use crate::capture::CaptureInfo;
use crate::capture::{Anomaly, Corruption};

/// The first two words of a block, and the byte order magic behind them in a section header.
pub(in crate::capture) const PREFIX: usize = 12;

/// The systemd journal, custom blocks and sysdig's events: Wireshark gives them packet numbers.
const NUMBERED: [u32; 6] = [
    kinds::SYSTEMD_JOURNAL_EXPORT_BLOCK,
    kinds::CUSTOM_BLOCK_COPIABLE,
    kinds::CUSTOM_BLOCK_NON_COPIABLE,
    0x204,
    0x216,
    0x221,
];

/// What must be remembered from block to block.
#[derive(Debug)]
pub(super) struct Pcapng {
    order: Order,
    /// Where the interfaces of this section begin among those of the file.
    first_interface: usize,
    /// How each interface of this section counts time.
    clocks: Vec<Clock>,
    /// The time of the latest packet that has one.
    last_ns: u64,
}

/// What a block was.
pub(super) enum Step {
    Packet(PacketLocation),
    /// Another block; what is kept of it is in the facts.
    Other,
    /// None: the file is over.
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

impl Pcapng {
    pub(super) const fn new(order: Order) -> Self {
        Self { order, first_interface: 0, clocks: Vec::new(), last_ns: 0 }
    }

    /// The next packet; none at the end of the file. Other blocks on the way go into the facts.
    #[inline]
    pub(super) fn next(
        &mut self,
        source: &mut Source<impl Read>,
        info: &mut CaptureInfo,
    ) -> Result<Option<PacketLocation>, Corruption> {
        loop {
            match self.step(source, info)? {
                Step::Packet(frame) => return Ok(Some(frame)),
                Step::Other => {}
                Step::End => return Ok(None),
            }
        }
    }

    /// Reads one block.
    #[inline]
    pub(super) fn step(
        &mut self,
        source: &mut Source<impl Read>,
        info: &mut CaptureInfo,
    ) -> Result<Step, Corruption> {
        source.begin_record();
        let first = source.peek(PREFIX).map_err(|error| packet_location::unreadable(&error))?;
        let Some(first) = first.first_chunk::<PREFIX>() else {
            return match first.len() {
                0 => Ok(Step::End),
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
            return Ok(Step::Other);
        }
        let len = total as usize;
        let block = source.peek(len).map_err(|error| packet_location::unreadable(&error))?;
        if block.len() < len {
            return Err(packet_location::cut_short(len, block.len()));
        }
        // A length that is no multiple of four is wrong, and yet what some writers meant.
        if total.is_multiple_of(4) {
            let framed = match self.order {
                Order::Big => RawBlock::from_slice::<BigEndian>(block).map(drop),
                Order::Little => RawBlock::from_slice::<LittleEndian>(block).map(drop),
            };
            framed.map_err(|error| Corruption::Malformed(chain(&error)))?;
        } else if u32_at(self.order, block, len - 4) != total {
            return Err(Corruption::Length(total));
        }
        let block = source.take(len);
        let body = block.start + 8..block.end - 4;
        let Some(frame) = self.block(kind, source.taken(body.clone()), info) else { return Ok(Step::Other) };
        let shift = |range: std::ops::Range<usize>| range.start + body.start..range.end + body.start;
        Ok(Step::Packet(PacketLocation { bytes: shift(frame.bytes), options: shift(frame.options), ..frame }))
    }

    #[cold]
    fn skip_block(
        kind: u32,
        total: u32,
        source: &mut Source<impl Read>,
        info: &mut CaptureInfo,
    ) -> Result<(), Corruption> {
        let passed = source.skip(total.into()).map_err(|error| packet_location::unreadable(&error))?;
        if passed < u64::from(total) {
            return Err(Corruption::CutShort { needed: total.into(), there: passed });
        }
        if matches!(kind, kinds::ENHANCED_PACKET_BLOCK | kinds::SIMPLE_PACKET_BLOCK | kinds::PACKET_BLOCK) {
            info.packets += 1;
        }
        info.note(Anomaly::HugeBlock);
        Ok(())
    }

    /// Reads what is inside a block. The frame's places are those in the body.
    #[inline]
    fn block(&mut self, kind: u32, body: &[u8], info: &mut CaptureInfo) -> Option<PacketLocation> {
        match kind {
            kinds::ENHANCED_PACKET_BLOCK => {
                info.packets += 1;
                if body.len() < 20 {
                    return bad(kind, info);
                }
                let [interface, captured, original] = [0, 12, 16].map(|at| u32_at(self.order, body, at));
                let ticks = high_low(self.order, body, 4);
                let place = Place { interface, ticks: Some(ticks), begin: 20, captured, original };
                self.packet(place, body, info)
            }
            kinds::SIMPLE_PACKET_BLOCK => {
                info.packets += 1;
                if body.len() < 4 {
                    return bad(kind, info);
                }
                let original = u32_at(self.order, body, 0);
                let snaplen = info.interfaces.get(self.first_interface).map_or(0, |first| first.snaplen);
                let captured =
                    original.min(if snaplen == 0 { u32::MAX } else { snaplen }).min(body.len() as u32 - 4);
                self.packet(Place { interface: 0, ticks: None, begin: 4, captured, original }, body, info)
            }
            kinds::PACKET_BLOCK => {
                info.packets += 1;
                if body.len() < 20 {
                    return bad(kind, info);
                }
                let interface = u16_at(self.order, body, 0).into();
                let [captured, original] = [12, 16].map(|at| u32_at(self.order, body, at));
                let ticks = high_low(self.order, body, 4);
                let place = Place { interface, ticks: Some(ticks), begin: 20, captured, original };
                self.packet(place, body, info)
            }
            _ => {
                self.other(kind, body, info);
                None
            }
        }
    }

    #[inline]
    fn packet(&mut self, place: Place, body: &[u8], info: &mut CaptureInfo) -> Option<PacketLocation> {
        let Some(clock) = self.clocks.get(place.interface as usize) else {
            info.note(Anomaly::UnknownInterface);
            return None;
        };
        let interface = self.first_interface + place.interface as usize;
        let snaplen = info.interfaces[interface].snaplen;
        let mut captured = place.captured as usize;
        if captured > body.len() - place.begin {
            captured = body.len() - place.begin;
            info.note(Anomaly::LongerThanBlock);
        }
        if snaplen != 0 && captured > snaplen as usize {
            info.note(Anomaly::AboveSnaplen);
        }
        if (place.original as usize) < captured {
            info.note(Anomaly::ShorterThanCaptured);
        }
        let time_ns = if let Some(ticks) = place.ticks {
            let time = clock.time(ticks);
            if !time.exact {
                info.note(Anomaly::TimeOutOfRange);
            }
            self.last_ns = time.ns;
            time.ns
        } else {
            info.note(Anomaly::NoTime);
            self.last_ns
        };
        let end = place.begin + captured;
        Some(PacketLocation {
            interface,
            time_ns,
            original_length: place.original.max(captured as u32),
            bytes: place.begin..end,
            options: (place.begin + padded(captured)).min(body.len())..body.len(),
            order: self.order,
        })
    }

    #[cold]
    fn other(&mut self, kind: u32, body: &[u8], info: &mut CaptureInfo) {
        let order = self.order;
        let needed = match kind {
            kinds::SECTION_HEADER_BLOCK => 16,
            kinds::INTERFACE_DESCRIPTION_BLOCK | DECRYPTION_SECRETS => 8,
            kinds::INTERFACE_STATISTIC_BLOCK => 12,
            _ => 0,
        };
        if body.len() < needed {
            info.note(Anomaly::BadBlock(kind));
            if kind == kinds::INTERFACE_DESCRIPTION_BLOCK {
                // Keeps its place: packets name interfaces by their order.
                self.interface(&[0xFF; 8], info);
            }
            return;
        }
        let options = Options { order, bytes: &body[needed..] };
        match kind {
            kinds::SECTION_HEADER_BLOCK => {
                let major = u16_at(order, body, 4);
                if major != 1 {
                    info.note(Anomaly::UnknownVersion(major));
                }
                self.first_interface = info.interfaces.len();
                self.clocks.clear();
                blocks::section(options, info);
            }
            kinds::INTERFACE_DESCRIPTION_BLOCK => self.interface(body, info),
            kinds::INTERFACE_STATISTIC_BLOCK => {
                let interface = u32_at(order, body, 0) as usize;
                match self.clocks.get(interface) {
                    Some(clock) => {
                        let place = self.first_interface + interface;
                        blocks::statistics(place, *clock, high_low(order, body, 4), options, info);
                    }
                    None => info.note(Anomaly::BadBlock(kind)),
                }
            }
            kinds::NAME_RESOLUTION_BLOCK => blocks::names(Options { order, bytes: body }, info),
            DECRYPTION_SECRETS => {
                let len = u32_at(order, body, 4) as usize;
                match body[8..].get(..len) {
                    Some(data) => info.add_secrets(u32_at(order, body, 0), data),
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

    fn interface(&mut self, body: &[u8], info: &mut CaptureInfo) {
        let link = u16_at(self.order, body, 0);
        let snaplen = u32_at(self.order, body, 4);
        let options = Options { order: self.order, bytes: &body[8..] };
        match blocks::interface(link, snaplen, options, info) {
            Some(clock) => self.clocks.push(clock),
            None => info.note(Anomaly::TooMuch),
        }
    }
}

/// Where a packet stands in the body of its block.
#[derive(Clone, Copy)]
struct Place {
    interface: u32,
    /// None for a packet without a time.
    ticks: Option<u64>,
    begin: usize,
    captured: u32,
    original: u32,
}

#[cold]
fn bad<T>(kind: u32, info: &mut CaptureInfo) -> Option<T> {
    info.note(Anomaly::BadBlock(kind));
    None
}

/// An error and what is behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}
