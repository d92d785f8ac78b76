//! Memory of an open connection: bounded, however long that lasts.

use super::data_frame::DataFrame;
use super::end_memory::EndMemory;
use super::fragmented_message::FragmentedMessage;
use super::http2_opening::Http2Opening;
use super::opening::OpeningMemory;
use super::packet_ref::PacketRef;
use super::reset_memory::ResetMemory;
use super::sender_memory::{MOST_PINGS, Ping, SenderMemory, SentClose};
use super::silent_end::SHORTEST_SILENCE;
use super::suspect::Suspects;
use super::unanswered::{Unanswered, is_probe};
use crate::explain::findings::entry::CatalogueEntry;
use crate::explain::findings::finding::Finding;
use crate::observe::tcp::State;
use crate::observe::{
    Change, Close, Coverage, Evidence, Fact, Flags, Frame, Gap, Marks, Message, Observation, Opaque, Part,
    RoleSource, Stream, Unread, UnreadReason,
};
use crate::wire::ws::{Deflate, Opcode, ReadyState};
use crate::wire::{PerSide, Side};

/// The most findings of one entry about one side of a connection.
const MOST_OF_ENTRY: u8 = 4;

/// Memory of an open connection.
#[derive(Debug)]
pub(in crate::explain::findings) struct ConnectionMemory {
    pub(in crate::explain::findings) about: Stream,
    pub(in crate::explain::findings) first: PacketRef,
    pub(in crate::explain::findings) last: PacketRef,
    pub(in crate::explain::findings) last_from: Side,
    pub(in crate::explain::findings) packets: u64,
    /// Packets that were captured a second time; not among `packets`, nor anywhere else.
    pub(in crate::explain::findings) copies: u64,
    /// States of TCP after its last packet.
    pub(in crate::explain::findings) tcp: PerSide<State>,
    pub(in crate::explain::findings) rebuilt: u64,
    /// The longest time without payload after which the connection went on, in nanoseconds.
    pub(in crate::explain::findings) longest_silence: u64,
    /// The last packet with payload that ended a silence of all packets, and the packet before the silence.
    pub(in crate::explain::findings) resumption: Option<Resumption>,
    pub(in crate::explain::findings) ends: PerSide<EndMemory>,
    /// The first RST that ended the connection.
    pub(in crate::explain::findings) reset: Option<ResetMemory>,
    /// The first RST that answered a SYN, though a later one may have been answered otherwise.
    pub(in crate::explain::findings) refusal: Option<ResetMemory>,
    pub(in crate::explain::findings) opening: OpeningMemory,
    pub(in crate::explain::findings) http2: Http2Opening,
    pub(in crate::explain::findings) senders: PerSide<SenderMemory>,
    /// `true` if the WebSocket was open for each side at some time.
    pub(in crate::explain::findings) has_opened: PerSide<bool>,
    /// `true` if the rules about closes were applied.
    pub(in crate::explain::findings) is_close_inspected: bool,
    /// The first bytes of each side that were not read, as far as the connection has come.
    first_unread: PerSide<Option<(Unread, PacketRef)>>,
    /// What each side's bytes were read as, once the connection has ended.
    close_coverage: Option<Box<PerSide<Coverage>>>,
    /// Findings so far: entry, side at fault, how many.
    found: Vec<(&'static CatalogueEntry, Option<Side>, u8)>,
    /// Those that may explain its end.
    pub(in crate::explain::findings) suspects: Suspects,
}

/// The end of a silence.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct Resumption {
    pub(in crate::explain::findings) by: Side,
    /// The last packet before it, of either side.
    pub(in crate::explain::findings) since: PacketRef,
    pub(in crate::explain::findings) at: PacketRef,
}

impl ConnectionMemory {
    pub(in crate::explain::findings) fn new(about: Stream, step: &Observation) -> Self {
        Self {
            about,
            first: PacketRef::of(step),
            last: PacketRef::of(step),
            last_from: step.from,
            packets: 0,
            copies: 0,
            tcp: step.tcp.map(|known| known.state),
            longest_silence: 0,
            resumption: None,
            rebuilt: 0,
            ends: PerSide::default(),
            reset: None,
            refusal: None,
            opening: OpeningMemory::default(),
            http2: Http2Opening::default(),
            senders: PerSide::default(),
            has_opened: PerSide::default(),
            is_close_inspected: false,
            first_unread: PerSide::default(),
            close_coverage: None,
            found: Vec::new(),
            suspects: Suspects::default(),
        }
    }

    /// Updates the facts about the connection. Client and server are swapped where they were taken for each other.
    pub(in crate::explain::findings) fn about(&mut self, about: Stream) {
        if self.about.ends != about.ends {
            std::mem::swap(&mut self.ends.client, &mut self.ends.server);
            self.last_from = self.last_from.peer();
        }
        self.about = about;
    }

    /// Returns `true` if it is certain which end is the client.
    pub(in crate::explain::findings) const fn knows_sides(&self) -> bool {
        matches!(self.about.role_source, RoleSource::Syn | RoleSource::Http)
            && !matches!(self.about.evidence, Evidence::Inferred)
    }

    /// Returns `true` if bytes of a side are missing that may still come.
    pub(in crate::explain::findings) const fn has_open_gap(&self) -> bool {
        self.ends.client.has_open_gap || self.ends.server.has_open_gap
    }

    /// The first bytes of a side that were not read and may hold a frame, as far as the connection has come; `None` if all
    /// was read. Ask it before any claim of absence.
    pub(in crate::explain::findings) fn unread(&self, side: Side) -> Option<Unread> {
        if let Some(close) = &self.close_coverage {
            return close[side].unread(side, None);
        }
        let unknown = |reason| Unread { from: side, offset: 0, length: None, reason };
        // A side that sends frames had sent no Close frame before the capture began.
        let knows_begin =
            !self.about.begins_midway() || self.opening.is_upgraded || self.senders[side].frames > 0;
        let is_unseen = self.ends[side].packets == 0;
        let begin = if is_unseen { UnreadReason::OneDirection } else { UnreadReason::BeforeCapture };
        let is_missing = self.ends[side].has_open_gap;
        self.first_unread[side]
            .map(|(unread, _)| unread)
            .or_else(|| (is_unseen || !knows_begin).then(|| unknown(begin)))
            .or_else(|| is_missing.then(|| unknown(UnreadReason::Gap)))
    }

    /// The packet from which on bytes of a side were not read.
    pub(in crate::explain::findings) fn first_unread_at(&self, side: Side) -> Option<PacketRef> {
        self.first_unread[side].map(|(_, at)| at)
    }

    /// Returns `true` if all that a side sent was read, as far as the connection has come: what was not seen was not sent.
    pub(in crate::explain::findings) fn reads_all(&self, side: Side) -> bool {
        self.unread(side).is_none()
    }

    /// Notes what was read until the end.
    pub(in crate::explain::findings) fn note_close(&mut self, close: &Close) {
        self.close_coverage = Some(Box::new(close.coverage.clone()));
    }

    /// The last packet with payload, of either side.
    pub(in crate::explain::findings) fn last_payload(&self) -> Option<PacketRef> {
        let PerSide { client, server } = &self.ends;
        PacketRef::later(client.last_payload, server.last_payload)
    }

    /// Returns `true` if there was a finding of this entry with this side at fault.
    pub(in crate::explain::findings) fn has_found(&self, entry: &CatalogueEntry, side: Option<Side>) -> bool {
        self.found.iter().any(|(it, of, _)| *it == entry && *of == side)
    }

    /// Records a finding: `false` if there were enough of its entry.
    pub(in crate::explain::findings) fn record(&mut self, finding: &Finding, at: PacketRef) -> bool {
        let key = (finding.entry(), finding.at_fault());
        if let Some((_, _, count)) = self.found.iter_mut().find(|(entry, side, _)| (*entry, *side) == key) {
            *count = count.saturating_add(1);
            return *count <= MOST_OF_ENTRY;
        }
        self.found.push((key.0, key.1, 1));
        self.suspects.record(finding, at);
        true
    }

    /// Notes that a packet shows missing bytes, before the rules are applied to its facts.
    pub(in crate::explain::findings) const fn note_missing(&mut self, step: &Observation) {
        let (sender, receiver) = self.ends.pair_mut(step.from);
        sender.has_open_gap |= step.marks.has(Marks::LOST_SEGMENT);
        receiver.has_open_gap |= step.marks.has(Marks::ACK_LOST_SEGMENT);
    }

    /// Notes a packet, after the rules were applied to it.
    pub(in crate::explain::findings) fn note(&mut self, step: &Observation) {
        let at = PacketRef::of(step);
        let carries = step.length > 0 && !step.marks.has(Marks::KEEP_ALIVE);
        if carries && let Some(last) = self.last_payload() {
            self.longest_silence = self.longest_silence.max(at.since(last));
        }
        self.suspects.note(step);
        if step.is_reset() {
            self.note_reset(step);
        }
        let (sender, peer) = self.ends.pair_mut(step.from);
        if carries && sender.unanswered.is_none() && at.since(self.last) >= SHORTEST_SILENCE {
            self.resumption = Some(Resumption { by: step.from, since: self.last, at });
        }
        if !step.marks.has(Marks::OUT_OF_WINDOW) {
            // The sender is alive.
            peer.unanswered = None;
            peer.acked = peer.acked.max(step.ack);
            Unanswered::note(&mut sender.unanswered, step);
            peer.zero_probes += u64::from(peer.zero_since.is_some() && is_probe(step.marks));
        }
        let peers_fin = self.ends[step.from.peer()].fin;
        let end = &mut self.ends[step.from];
        end.note(step);
        if let Some((_, fin)) = peers_fin {
            end.note_data_after_fin(step, fin);
        }
        if carries {
            end.first_payload.get_or_insert(at);
            end.last_payload = Some(at);
            end.silence_before_payload = at.since(self.last);
            end.last_length = step.length;
        }
        if step.flags.0 & (Flags::SYN.0 | Flags::FIN.0 | Flags::RST.0) != 0 {
            end.note_flags(step);
        }
        let phantom = step.flags.0 & (Flags::SYN.0 | Flags::FIN.0) != 0;
        end.next = end.next.max(step.seq + i64::from(step.length) + i64::from(phantom));
        if step.marks.has(Marks::KEEP_ALIVE) {
            end.keep_alives += 1;
            end.last_keep_alive = Some(at);
        }
        if step.is_reset() {
            // Its window says nothing: whoever resets receives nothing more.
        } else if step.window > 0 {
            (end.zero_since, end.zero_probes) = (None, 0);
        } else if step.marks.has(Marks::ZERO_WINDOW) {
            end.zero_since.get_or_insert(at);
        }
        self.packets += 1;
        self.tcp = step.tcp.map(|known| known.state);
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

    /// Notes a RST, before its end's own record of it.
    fn note_reset(&mut self, step: &Observation) {
        let reset = ResetMemory::new(self, step);
        if self.ends.server.packets == 0 && self.ends.client.syn.is_some() {
            self.refusal.get_or_insert(reset);
        }
        self.reset.get_or_insert(reset);
    }

    /// A RST ended nothing: it is forgotten, and returned.
    pub(in crate::explain::findings) fn forget_reset(&mut self) -> Option<ResetMemory> {
        let reset = self.reset.take()?;
        self.ends[reset.from].rst = None;
        self.is_close_inspected = false;
        Some(reset)
    }

    /// Notes a packet that was captured a second time: it counts for nothing else.
    pub(in crate::explain::findings) const fn note_copy(&mut self) {
        self.copies += 1;
    }

    /// Notes a fact, after the rules were applied to it.
    pub(in crate::explain::findings) fn note_fact(&mut self, fact: &Fact, at: PacketRef) {
        match fact {
            Fact::Request(request) => self.opening.note_request(request, at),
            Fact::Response(response) => self.opening.note_response(response, at),
            Fact::OpenFrame(frame) => self.senders[frame.from].partial_frame = Some(frame.clone()),
            Fact::Http2(frame) => self.http2.note(frame),
            Fact::Frame(frame) => self.note_frame(frame, at),
            Fact::Message(message) => self.note_message(message, at),
            Fact::Gap(Gap { from, .. }) => self.ends[*from].has_gap = true,
            Fact::Unread(unread) => _ = self.first_unread[unread.from].get_or_insert((*unread, at)),
            Fact::LostSync(lost) => {
                self.ends[lost.from].has_lost_sync = true;
                // Frames that are found again do not follow the one before.
                self.senders[lost.from].long_form = None;
            }
            Fact::Opaque(Opaque { from, kind, packet, .. }) => {
                self.ends[*from].opaque = Some(*kind);
                self.ends[*from].opaque_since = Some(*packet);
            }
            _ => {}
        }
    }

    /// Returns `true` if a frame of the server begins in the last segment of the 101, or a frame of the client before
    /// its first.
    pub(in crate::explain::findings) fn is_early(&self, frame: &Frame) -> bool {
        let Some((first, last)) = self.opening.answer else { return false };
        let begin = frame.packets.first();
        match frame.from {
            Side::Server => begin == last,
            // A 101 that was captured late proves nothing.
            Side::Client => begin < first && !self.ends.server.has_open_gap,
        }
    }

    fn note_frame(&mut self, frame: &Frame, at: PacketRef) {
        let agreed = self.deflate();
        let last_peer_frame = self.senders[frame.from.peer()].last_data.map(|last| last.index);
        let is_early = self.is_early(frame);
        let begin = frame.packets.first();
        let payload_before = if begin == at.packet {
            self.last_payload()
        } else {
            self.resumption.filter(|it| it.at.packet == begin).map(|it| it.since)
        };
        self.senders[frame.from.peer()].unreplied.note_reply();
        let sender = &mut self.senders[frame.from];
        sender.partial_frame = None;
        sender.frames += 1;
        sender.unreplied.note_sent(at);
        sender.key = frame.header.mask();
        match frame.header.opcode() {
            Opcode::CLOSE if sender.close.is_none() && frame.header.is_close() => {
                // Relative numbers count from the SYN.
                let end = frame.end().cast_signed() + 1;
                let index = frame.index;
                sender.close =
                    Some(SentClose { at, frame: index, end, last_peer_frame, is_early, payload_before });
            }
            Opcode::PING if sender.close.is_none() => {
                sender.ping_interval = sender.last_ping.map(|last| at.since(last));
                sender.last_ping = Some(at);
                if sender.pings.len() == MOST_PINGS {
                    sender.pings.pop_front();
                }
                let body = frame.preview.bytes().into();
                let missing = frame.missing;
                let end = 1 + frame.offset + u64::from(frame.header_len) + frame.header.length();
                let end = i64::try_from(end).unwrap_or(i64::MAX);
                sender.pings.push_back(Ping { frame: frame.index, at, body, missing, is_early, end });
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
            sender.last_frame = Some((frame.index, PacketRef { packet: frame.packets.last(), ..at }));
        }
        if frame.part != Part::Control {
            let Frame { index, header, preview, .. } = *frame;
            let is_whole = frame.part == Part::Whole && frame.missing == 0 && !preview.is_cut();
            sender.last_data =
                Some(DataFrame { index, packet: frame.packets.last(), header, preview, is_whole });
        }
    }

    fn note_message(&mut self, message: &Message, at: PacketRef) {
        let length = message.plain_length().unwrap_or(message.length).max(message.length);
        let sender = &mut self.senders[message.from];
        sender.largest = sender.largest.max(length);
        sender.replies.note_sent(message, at);
        sender.inflation.note(message);
        sender.fragments = FragmentedMessage::of(message);
        self.senders[message.from.peer()].replies.note_reply();
    }

    /// Agreed parameters of permessage-deflate.
    pub(in crate::explain::findings) fn deflate(&self) -> Option<Deflate> {
        self.opening.deflate
    }
}
