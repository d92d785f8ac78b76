//! What is remembered of an open connection: little, and no more of a long one than of a short one.

use std::collections::VecDeque;

use super::early::is_early;
use super::ends::End;
use super::fault::Fault;
use super::fragments::Fragments;
use super::history::History;
use super::http2;
use super::opening::Opening;
use super::turns::Turns;
use crate::explain::findings::entry::Entry;
use crate::explain::findings::finding::Finding;
use crate::observe::{
    Change, Evidence, Fact, Flags, Frame, Gap, Marks, Message, Observation, Opaque, Part, Preview,
    RoleSource, Stream,
};
use crate::wire::ws::{Deflate, HeaderView, MaskKey, Opcode, ReadyState};
use crate::wire::{PerSide, Side};

/// How often one finding is told of one side of a connection.
const MOST_OF_ONE: u8 = 4;

/// How many pings may wait for their pongs.
pub(in crate::explain::findings) const MOST_PINGS: usize = 8;

/// No retransmission comes so soon, in nanoseconds.
const TWICE_WITHIN: u64 = 200_000;

/// A packet, and when it came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::explain::findings) struct PacketRef {
    pub(in crate::explain::findings) packet: u64,
    pub(in crate::explain::findings) time_ns: u64,
}

impl PacketRef {
    pub(in crate::explain::findings) const fn of(step: &Observation) -> Self {
        Self { packet: step.number, time_ns: step.time_ns }
    }

    /// How long after another, in nanoseconds; none if it came before.
    pub(in crate::explain::findings) const fn since(self, other: Self) -> u64 {
        self.time_ns.saturating_sub(other.time_ns)
    }
}

/// A connection.
#[derive(Debug)]
pub(in crate::explain::findings) struct ConnectionMemory {
    pub(in crate::explain::findings) about: Stream,
    pub(in crate::explain::findings) first: PacketRef,
    /// The last packet.
    pub(in crate::explain::findings) last: PacketRef,
    pub(in crate::explain::findings) last_from: Side,
    pub(in crate::explain::findings) packets: u64,
    /// Packets that carry something, and those of them that were there just before already.
    weighty: u64,
    pub(in crate::explain::findings) doubled: u64,
    pub(in crate::explain::findings) rebuilt: u64,
    /// The longest time without a byte either way that it lived through, in nanoseconds.
    pub(in crate::explain::findings) survived: u64,
    /// The last packet that carries something.
    before: Option<(Side, i64, Option<i64>, u32, u64)>,
    pub(in crate::explain::findings) ends: PerSide<End>,
    pub(in crate::explain::findings) opening: Opening,
    pub(in crate::explain::findings) http2: http2::Opening,
    pub(in crate::explain::findings) senders: PerSide<Sender>,
    /// For whom the WebSocket was open at some time.
    pub(in crate::explain::findings) has_opened: PerSide<bool>,
    /// The close was told of.
    pub(in crate::explain::findings) is_close_told: bool,
    /// What was told, of whom, how often.
    told: Vec<(&'static str, Option<Side>, u8)>,
}

/// One end's frames.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct Sender {
    pub(in crate::explain::findings) frames: u64,
    pub(in crate::explain::findings) last: Option<LastFrame>,
    pub(in crate::explain::findings) key: Option<MaskKey>,
    pub(in crate::explain::findings) close: Option<SentClose>,
    /// Pings without an answer, in their order.
    pub(in crate::explain::findings) pings: VecDeque<Ping>,
    pub(in crate::explain::findings) ping_interval: Option<u64>,
    pub(in crate::explain::findings) last_ping: Option<PacketRef>,
    /// The largest of its messages and frames, in bytes.
    pub(in crate::explain::findings) largest: u64,
    /// The last of its frames that is no Close, and where it ends.
    pub(in crate::explain::findings) latest: Option<(u64, PacketRef)>,
    /// The first thing in its bytes for which the peer may fail the connection.
    pub(in crate::explain::findings) fault: Option<Fault>,
    /// Its last frame, if the length of that is not written in its shortest form: perhaps it is not all of the length.
    pub(in crate::explain::findings) long_form: Option<Box<Frame>>,
    /// The frame that it had begun when the peer's Close frame came, as long as it has not ended.
    pub(in crate::explain::findings) begun: Option<Box<Frame>>,
    pub(in crate::explain::findings) history: History,
    pub(in crate::explain::findings) turns: Turns,
    /// Its last message, if it is one that Apple's clients may not inflate.
    pub(in crate::explain::findings) fragments: Option<Fragments>,
}

/// The last frame of data.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct LastFrame {
    pub(in crate::explain::findings) index: u64,
    pub(in crate::explain::findings) packet: u64,
    pub(in crate::explain::findings) header: HeaderView,
    pub(in crate::explain::findings) preview: Preview,
    /// Whether it is a message by itself, and all of it is in the preview.
    pub(in crate::explain::findings) is_whole: bool,
}

#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct SentClose {
    pub(in crate::explain::findings) at: PacketRef,
    pub(in crate::explain::findings) frame: u64,
    /// The peer's last frame of data before it.
    pub(in crate::explain::findings) answers: Option<u64>,
    /// Whether it came with the head.
    pub(in crate::explain::findings) is_early: bool,
}

#[derive(Debug, Clone)]
pub(in crate::explain::findings) struct Ping {
    pub(in crate::explain::findings) frame: u64,
    pub(in crate::explain::findings) at: PacketRef,
    pub(in crate::explain::findings) body: Box<[u8]>,
    /// Whether it came with the head.
    pub(in crate::explain::findings) is_early: bool,
}

impl ConnectionMemory {
    pub(in crate::explain::findings) fn new(about: Stream, step: &Observation) -> Self {
        Self {
            about,
            first: PacketRef::of(step),
            last: PacketRef::of(step),
            last_from: step.from,
            packets: 0,
            weighty: 0,
            doubled: 0,
            survived: 0,
            before: None,
            rebuilt: 0,
            ends: PerSide::default(),
            opening: Opening::default(),
            http2: http2::Opening::default(),
            senders: PerSide::default(),
            has_opened: PerSide::default(),
            is_close_told: false,
            told: Vec::new(),
        }
    }

    /// Who is who; they may have been taken for each other.
    pub(in crate::explain::findings) fn about(&mut self, about: Stream) {
        if self.about.ends != about.ends {
            std::mem::swap(&mut self.ends.client, &mut self.ends.server);
            self.last_from = self.last_from.peer();
        }
        self.about = about;
    }

    /// Whether it is certain which end is the client.
    pub(in crate::explain::findings) const fn knows_sides(&self) -> bool {
        matches!(self.about.role_source, RoleSource::Syn | RoleSource::Http)
            && !matches!(self.about.evidence, Evidence::Inferred)
    }

    /// Whether bytes of a side may still come that lie before others of it.
    pub(in crate::explain::findings) const fn awaits_bytes(&self) -> bool {
        self.ends.client.is_awaited || self.ends.server.is_awaited
    }

    /// Whether all that a side sent is known, so that what was not seen was not sent.
    pub(in crate::explain::findings) fn knows_all_of(&self, side: Side) -> bool {
        let end = &self.ends[side];
        // Who still sends frames has sent no Close frame before the capture began.
        let knows_begin =
            !self.about.begins_midway() || self.opening.is_upgraded || self.senders[side].frames > 0;
        knows_begin && !end.is_missing && !end.is_lost && end.opaque.is_none()
    }

    /// Whether the capture shows each packet twice.
    pub(in crate::explain::findings) const fn is_doubled(&self) -> bool {
        self.doubled > 2 && self.doubled * 5 >= self.weighty * 2
    }

    /// When the last byte of payload came by, either way.
    pub(in crate::explain::findings) fn last_payload(&self) -> Option<PacketRef> {
        let PerSide { client, server } = &self.ends;
        client.last_payload.max_by_time(server.last_payload)
    }

    pub(in crate::explain::findings) fn has_told(&self, entry: &Entry, side: Option<Side>) -> bool {
        self.told.iter().any(|(id, of, _)| *id == entry.id && *of == side)
    }

    /// Whether a finding is still to be told, and not one of very many.
    pub(in crate::explain::findings) fn admits(&mut self, found: &Finding) -> bool {
        if let (Some(fault), Some(side)) = (Fault::of(found), found.at_fault()) {
            self.senders[side].fault.get_or_insert(fault);
        }
        let key = (found.id(), found.at_fault());
        if let Some((_, _, count)) = self.told.iter_mut().find(|(id, side, _)| (*id, *side) == key) {
            *count = count.saturating_add(1);
            return *count <= MOST_OF_ONE;
        }
        self.told.push((key.0, key.1, 1));
        true
    }

    /// Remembers a packet, after it was looked at.
    pub(in crate::explain::findings) fn note(&mut self, step: &Observation) {
        let at = PacketRef::of(step);
        let carries = step.length > 0 && !step.marks.has(Marks::KEEP_ALIVE);
        if carries && let Some(last) = self.last_payload() {
            self.survived = self.survived.max(at.since(last));
        }
        let peers_fin = self.ends[step.from.peer()].fin;
        if step.marks.has(Marks::ACK_LOST_SEGMENT) {
            self.ends[step.from.peer()].is_awaited = true;
        }
        let end = &mut self.ends[step.from];
        end.note(step);
        if let Some((_, fin)) = peers_fin {
            end.note_late(step, fin);
        }
        if carries {
            end.first_payload.get_or_insert(at);
            end.last_payload = Some(at);
            end.last_length = step.length;
        }
        end.is_awaited |= step.marks.has(Marks::LOST_SEGMENT);
        let phantom = step.flags.0 & (Flags::SYN.0 | Flags::FIN.0) != 0;
        end.next = end.next.max(step.seq + i64::from(step.length) + i64::from(phantom));
        if step.marks.has(Marks::KEEP_ALIVE) {
            end.keep_alives += 1;
            end.last_keep_alive = Some(at);
        }
        if step.flags.0 & (Flags::SYN.0 | Flags::FIN.0 | Flags::RST.0) != 0 {
            end.note_control(step);
        }
        if step.window > 0 {
            end.zero_since = None;
        } else if step.marks.has(Marks::ZERO_WINDOW) {
            end.zero_since.get_or_insert(at);
        }
        if step.length > 0 || phantom {
            self.note_weighty(step);
        }
        self.packets += 1;
        self.rebuilt += u64::from(step.evidence == Evidence::Rebuilt);
        self.last = at;
        self.last_from = step.from;
        for transition in &step.transitions {
            if matches!(transition.change, Change::WebSocket { to: ReadyState::Open, .. }) {
                self.has_opened[transition.side] = true;
            }
        }
        if let Some(ws) = step.ws {
            // Where the capture begins midway it may be open at once.
            self.has_opened.client |= ws.client.state == ReadyState::Open;
            self.has_opened.server |= ws.server.state == ReadyState::Open;
        }
    }

    /// A packet that carries something; to repeat an acknowledgment is nothing special.
    fn note_weighty(&mut self, step: &Observation) {
        let this = (step.from, step.seq, step.ack, step.length, step.time_ns);
        let is_again = self.before.is_some_and(|(from, seq, ack, length, time_ns)| {
            (from, seq, ack, length) == (step.from, step.seq, step.ack, step.length)
                && step.time_ns.abs_diff(time_ns) < TWICE_WITHIN
        });
        self.weighty += 1;
        self.doubled += u64::from(is_again);
        self.before = Some(this);
    }

    /// Remembers a fact, after it was looked at.
    pub(in crate::explain::findings) fn note_fact(&mut self, fact: &Fact, at: PacketRef) {
        match fact {
            Fact::Request(request) => self.opening.note_request(request, at),
            Fact::Response(response) => self.opening.note_response(response),
            Fact::OpenFrame(frame) => self.senders[frame.from].begun = Some(frame.clone()),
            Fact::Http2(frame) => self.http2.note(frame),
            Fact::Frame(frame) => self.note_frame(frame, at),
            Fact::Message(message) => self.note_message(message, at),
            Fact::Gap(Gap { from, .. }) => self.ends[*from].is_missing = true,
            Fact::LostSync(lost) => self.ends[lost.from].is_lost = true,
            Fact::Opaque(Opaque { from, kind, .. }) => self.ends[*from].opaque = Some(*kind),
            _ => {}
        }
    }

    fn note_frame(&mut self, frame: &Frame, at: PacketRef) {
        let agreed = self.deflate();
        let answers = self.senders[frame.from.peer()].last.map(|last| last.index);
        let is_early = is_early(self, frame);
        let sender = &mut self.senders[frame.from];
        sender.begun = None;
        sender.frames += 1;
        sender.key = frame.header.mask();
        match frame.header.opcode() {
            Opcode::CLOSE if sender.close.is_none() && frame.header.is_close() => {
                sender.close = Some(SentClose { at, frame: frame.index, answers, is_early });
            }
            Opcode::PING if sender.close.is_none() => {
                sender.ping_interval = sender.last_ping.map(|last| at.since(last));
                sender.last_ping = Some(at);
                if sender.pings.len() == MOST_PINGS {
                    sender.pings.pop_front();
                }
                let body = frame.preview.bytes().into();
                sender.pings.push_back(Ping { frame: frame.index, at, body, is_early });
            }
            Opcode::PONG => {
                let pings = &mut self.senders[frame.from.peer()].pings;
                let answered = pings.iter().rposition(|ping| *ping.body == *frame.preview.bytes());
                // One pong may answer all pings before it (RFC 6455 §5.5.3).
                let answered = answered.map_or(usize::from(!pings.is_empty()), |place| place + 1);
                pings.drain(..answered);
            }
            _ => {}
        }
        let sender = &mut self.senders[frame.from];
        if let Some(deflate) = agreed {
            sender.history.note(frame, deflate.of(frame.from));
        }
        if frame.header.opcode() != Opcode::CLOSE {
            sender.largest = sender.largest.max(frame.header.length());
            sender.latest = Some((frame.index, PacketRef { packet: frame.packets.last(), ..at }));
        }
        if frame.part != Part::Control {
            let Frame { index, header, preview, .. } = *frame;
            let is_whole = frame.part == Part::Whole && frame.missing == 0 && !preview.is_cut();
            sender.last = Some(LastFrame { index, packet: frame.packets.last(), header, preview, is_whole });
        }
    }

    fn note_message(&mut self, message: &Message, at: PacketRef) {
        let length = message.plain_length().unwrap_or(message.length).max(message.length);
        let sender = &mut self.senders[message.from];
        sender.largest = sender.largest.max(length);
        sender.turns.speaks(message, at);
        sender.fragments = Fragments::of(message);
        self.senders[message.from.peer()].turns.hears();
    }

    /// What was agreed on about compression.
    pub(in crate::explain::findings) fn deflate(&self) -> Option<Deflate> {
        self.opening.deflate
    }
}

/// The later of two, where there are two.
pub(in crate::explain::findings) trait Later {
    fn max_by_time(self, other: Self) -> Self;
}

impl Later for Option<PacketRef> {
    fn max_by_time(self, other: Self) -> Self {
        match (self, other) {
            (Some(one), Some(two)) if two.time_ns > one.time_ns => Some(two),
            (Some(one), _) => Some(one),
            (None, other) => other,
        }
    }
}
