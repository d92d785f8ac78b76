//! The blocks of pcapng that hold a packet: enhanced, simple, and the obsolete Packet Block.

use pcap_file::pcapng::blocks::block_common as kinds;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::opt_common::CommonOption;
use pcap_file::pcapng::blocks::packet::{PacketBlock, PacketOption};
use pcap_file::pcapng::blocks::simple_packet::SimplePacketBlock;

use super::blocks::{COMMENT, time_of};
use super::bytes::{Options, high_low, padded, text, u16_at, u32_at};
use super::clock::Time;
use super::packet_location::{PacketLocation, PacketMarks};
use super::pcapng::{Pcapng, parse};
use super::reader::REBUILT;
use crate::capture::{Anomaly, CaptureInfo};
use crate::observe::Evidence;

/// Bytes in front of the packet in an Enhanced Packet Block and in the obsolete one.
const ENHANCED: usize = 20;
/// Bytes in front of the packet in a Simple Packet Block.
const SIMPLE: usize = 4;

/// `epb_flags`
const FLAGS: u16 = 2;

/// Fields of a packet, whichever block it is in.
struct Fields {
    /// Index in the section.
    interface: usize,
    /// `None` in a Simple Packet Block.
    time: Option<Time>,
    /// Offset of the packet's bytes in the body.
    begin: usize,
    /// Bytes of it in the body.
    captured: usize,
    /// Bytes of it on the wire.
    original: u32,
}

impl Pcapng {
    #[inline]
    pub(super) fn enhanced_packet(&mut self, body: &[u8], info: &mut CaptureInfo) -> Option<PacketLocation> {
        info.packets += 1;
        if body.len() < ENHANCED {
            return bad(kinds::ENHANCED_PACKET_BLOCK, info);
        }
        let captured = u32_at(self.order, body, 12) as usize;
        // For a block without options pcap-file takes 188 instructions more than the lenient parser, which would make
        // `explain --json` 1.1 % slower. For one with options it is the faster one.
        if padded(captured) < body.len() - ENHANCED
            && let Some(packet) = self.parsed_packet(body, info)
        {
            return Some(packet);
        }
        self.lenient_packet(u32_at(self.order, body, 0) as usize, body, info)
    }

    /// An Enhanced Packet Block as pcap-file parses it; `None` if it refuses it.
    #[inline(never)]
    fn parsed_packet(&mut self, body: &[u8], info: &mut CaptureInfo) -> Option<PacketLocation> {
        let block = parse::<EnhancedPacketBlock<'_>>(self.order, &self.state, body)?;
        let mut marks = PacketMarks::NONE;
        for option in &block.options {
            match option {
                EnhancedPacketOption::Flags(flags) => marks.flags = Some(*flags),
                EnhancedPacketOption::Common(option) => mark(&mut marks, option, info),
                _ => {}
            }
        }
        let fields = Fields {
            interface: block.interface_id as usize,
            time: Some(time_of(block.timestamp)),
            begin: ENHANCED,
            captured: block.data.len(),
            original: block.original_len,
        };
        Some(PacketLocation { marks, ..self.locate(&fields, body, info) })
    }

    #[cold]
    pub(super) fn obsolete_packet(&mut self, body: &[u8], info: &mut CaptureInfo) -> Option<PacketLocation> {
        info.packets += 1;
        if body.len() < ENHANCED {
            return bad(kinds::PACKET_BLOCK, info);
        }
        let Some(block) = parse::<PacketBlock<'_>>(self.order, &self.state, body) else {
            return self.lenient_packet(u16_at(self.order, body, 0).into(), body, info);
        };
        let mut marks = PacketMarks::NONE;
        for option in &block.options {
            match option {
                PacketOption::Flags(flags) => marks.flags = Some(*flags),
                PacketOption::Common(option) => mark(&mut marks, option, info),
                PacketOption::Hash(_) => {}
            }
        }
        let fields = Fields {
            interface: block.interface_id.into(),
            time: Some(time_of(block.timestamp)),
            begin: ENHANCED,
            captured: block.data.len(),
            original: block.original_len,
        };
        Some(PacketLocation { marks, ..self.locate(&fields, body, info) })
    }

    pub(super) fn simple_packet(&mut self, body: &[u8], info: &mut CaptureInfo) -> Option<PacketLocation> {
        info.packets += 1;
        let (original, captured) = match parse::<SimplePacketBlock<'_>>(self.order, &self.state, body) {
            Some(block) => (block.original_len, block.data.len()),
            // A block that ends before the packet does, without padding, or without an interface.
            None if body.len() < SIMPLE => return bad(kinds::SIMPLE_PACKET_BLOCK, info),
            None => {
                let original = u32_at(self.order, body, 0);
                let snaplen = info.interfaces.get(self.first_interface).map_or(0, |first| first.snaplen);
                let most = if snaplen == 0 { u32::MAX } else { snaplen };
                (original, (original.min(most) as usize).min(body.len() - SIMPLE))
            }
        };
        if self.clocks.is_empty() {
            info.note(Anomaly::UnknownInterface);
            return None;
        }
        let fields = Fields { interface: 0, time: None, begin: SIMPLE, captured, original };
        let location = self.locate(&fields, body, info);
        Some(self.with_marks(location, body, info))
    }

    /// Reads a packet without options, or one that pcap-file refuses; `interface` is its interface's index in the
    /// section.
    #[inline]
    fn lenient_packet(
        &mut self,
        interface: usize,
        body: &[u8],
        info: &mut CaptureInfo,
    ) -> Option<PacketLocation> {
        let Some(clock) = self.clocks.get(interface) else {
            info.note(Anomaly::UnknownInterface);
            return None;
        };
        let time = clock.time(high_low(self.order, body, 4));
        let [captured, original] = [12, 16].map(|at| u32_at(self.order, body, at));
        let captured = captured as usize;
        if captured > body.len() - ENHANCED {
            info.note(Anomaly::LongerThanBlock);
        }
        let captured = captured.min(body.len() - ENHANCED);
        let fields = Fields { interface, time: Some(time), begin: ENHANCED, captured, original };
        let location = self.locate(&fields, body, info);
        if location.options.is_empty() { Some(location) } else { Some(self.with_marks(location, body, info)) }
    }

    /// Location of the packet in the body; notes the anomalies of its fields.
    #[expect(clippy::inline_always, reason = "a packet without options takes 32 instructions less")]
    #[inline(always)]
    fn locate(&mut self, fields: &Fields, body: &[u8], info: &mut CaptureInfo) -> PacketLocation {
        let &Fields { begin, captured, original, .. } = fields;
        let interface = self.first_interface + fields.interface;
        let snaplen = info.interfaces[interface].snaplen;
        if snaplen != 0 && captured > snaplen as usize {
            info.note(Anomaly::AboveSnaplen);
        }
        if (original as usize) < captured {
            info.note(Anomaly::ShorterThanCaptured);
        }
        match &fields.time {
            Some(time) => {
                if !time.exact {
                    info.note(Anomaly::TimeOutOfRange);
                }
                self.last_ns = time.ns;
            }
            None => info.note(Anomaly::NoTime),
        }
        PacketLocation {
            interface,
            time_ns: self.last_ns,
            original_length: original.max(captured as u32),
            bytes: begin..begin + captured,
            options: (begin + padded(captured)).min(body.len())..body.len(),
            order: self.order,
            marks: PacketMarks::NONE,
        }
    }

    /// The packet with what its options say, as far as they are well-formed.
    #[cold]
    fn with_marks(&self, location: PacketLocation, body: &[u8], info: &mut CaptureInfo) -> PacketLocation {
        let mut marks = PacketMarks::NONE;
        for option in (Options { order: self.order, bytes: &body[location.options.clone()] }) {
            match option {
                Ok(option) if option.code == COMMENT => {
                    let (comment, is_utf8) = text(option.value);
                    if !is_utf8 {
                        info.note(Anomaly::NotUtf8);
                    }
                    mark(&mut marks, &CommonOption::Comment(comment), info);
                }
                Ok(option) if option.code == FLAGS && option.value.len() == 4 => {
                    marks.flags = Some(u32_at(self.order, option.value, 0));
                }
                Ok(option) if option.code == FLAGS => info.note(Anomaly::BadOption),
                Ok(_) => {}
                Err(_) => info.note(Anomaly::BadOption),
            }
        }
        PacketLocation { marks, ..location }
    }
}

/// A comment of wirewalk says whether the packet was captured or rebuilt.
fn mark(marks: &mut PacketMarks, option: &CommonOption<'_>, info: &CaptureInfo) {
    let CommonOption::Comment(comment) = option else { return };
    let is_ours = info.section.application.as_deref().is_some_and(|name| name.starts_with("wirewalk "));
    if is_ours && comment.contains(REBUILT) {
        marks.evidence = Evidence::Rebuilt;
    }
}

#[cold]
fn bad<T>(kind: u32, info: &mut CaptureInfo) -> Option<T> {
    info.note(Anomaly::BadBlock(kind));
    None
}
