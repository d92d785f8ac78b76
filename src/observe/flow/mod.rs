//! One TCP connection: ties the sequence numbers, the two TCP machines, the reassembly and the dialogue together.
//! One packet in, one [`Observation`] out.

pub(super) mod close_tracker;
mod release;
mod reset;
pub(super) mod roles;

use std::net::SocketAddr;

use crate::observe::application::Dialogue;
use crate::observe::emitter::Emitter;
use crate::observe::facts::close::TcpClose;
use crate::observe::facts::fact::{Fact, Gap, Overlap, Stream};
use crate::observe::facts::marks::Marks;
use crate::observe::facts::observation::{Known, Observation};
use crate::observe::facts::segment::{Evidence, Flags, Segment};
use crate::observe::reassembly::{Arrival, Delivery};
use crate::observe::tcp::direction::{Half, Placed, RoundTrip, judge};
use crate::observe::tcp::{Event, Machine, State};
use crate::observe::ws::frame_reader::MissingBytes;
use crate::wire::PerSide;
use crate::wire::Side;
use close_tracker::Closing;
use roles::{Opening, WhoIsWho};

/// One TCP connection.
#[derive(Debug)]
pub(in crate::observe) struct Flow {
    pub(in crate::observe) id: u64,
    ends: PerSide<SocketAddr>,
    who: WhoIsWho,
    stream: Option<Stream>,
    halves: PerSide<Half>,
    tcp: PerSide<Machine>,
    dialogue: Dialogue,
    closing: Closing,
    close_told: bool,
    syn_time_ns: Option<u64>,
    round_trip: RoundTrip,
    packets: u64,
    last_packet: u64,
    pub(in crate::observe) last_time_ns: u64,
}

impl Flow {
    pub(in crate::observe) fn new(id: u64, opening: &Opening) -> Self {
        let stream = opening.stream;
        let is_begun = !stream.begins_midway();
        Self {
            id,
            ends: stream.ends,
            who: opening.who,
            stream: Some(stream),
            halves: PerSide { client: Half::new(), server: Half::new() },
            tcp: stream.before.map(Machine::new),
            dialogue: if is_begun {
                Dialogue::from_the_beginning()
            } else {
                Dialogue::midway(opening.assume)
            },
            closing: Closing::default(),
            close_told: false,
            syn_time_ns: None,
            round_trip: None,
            packets: 0,
            last_packet: 0,
            last_time_ns: 0,
        }
    }

    /// Both ends are done.
    pub(in crate::observe) const fn is_over(&self) -> bool {
        self.tcp.client.state.is_over() && self.tcp.server.state.is_over()
    }

    /// The memory it holds, besides itself.
    pub(in crate::observe) fn held(&self) -> usize {
        self.halves.client.bytes.held() + self.halves.server.bytes.held() + self.dialogue.held()
    }

    fn side_of(&self, source: SocketAddr) -> Side {
        if source == self.ends.client { Side::Client } else { Side::Server }
    }

    /// Whether a segment begins a new connection on the same ports: a SYN with a number of its own.
    pub(in crate::observe) fn is_succeeded_by(&self, segment: &Segment<'_>) -> bool {
        if !segment.flags.has(Flags::SYN) || segment.flags.has(Flags::ACK) {
            return false;
        }
        let half = &self.halves[self.side_of(segment.source)];
        match half.syn {
            Some(syn) => syn != segment.seq,
            // Captured late: it stands just before the first byte of the stream.
            None if half.begins_at(segment.seq) => false,
            None => self.is_over() || !self.dialogue.is_silent(),
        }
    }

    /// Takes a packet; `room` is how many bytes may wait for others before them.
    pub(in crate::observe) fn packet(&mut self, segment: &Segment<'_>, room: usize) -> Observation {
        let mut told = Emitter::by(Some(segment.number));
        self.correct(segment);
        if let Some(stream) = self.stream.take() {
            told.fact(Fact::Stream(stream));
        }
        let from = self.side_of(segment.source);
        let it = self.place(segment, from);
        let (sender, receiver) = self.halves.pair_mut(from);
        let marks = if reset::is_void(&it, receiver, self.tcp[from.peer()].state) {
            Marks::OUT_OF_WINDOW
        } else {
            judge(sender, receiver, &it, self.round_trip)
        };
        self.packets += 1;
        self.last_packet = segment.number;
        self.last_time_ns = segment.time_ns;
        // Without SYN, RST and ACK a segment is dropped (RFC 9293 §3.10.7.4, "fifth").
        let is_dropped = segment.flags.0 & (Flags::SYN.0 | Flags::RST.0 | Flags::ACK.0) == 0;
        if !marks.has(Marks::OUT_OF_WINDOW) && !is_dropped {
            self.drive(segment, &it, marks, room, &mut told);
        }
        let known = |machine: Machine| Known { state: machine.state, evidence: machine.evidence };
        Observation {
            stream: self.id,
            number: segment.number,
            time_ns: segment.time_ns,
            from,
            ip: segment.ip,
            flags: segment.flags,
            seq: it.seq,
            ack: it.ack,
            length: segment.length,
            window: self.halves[from].scaled(segment.window, segment.flags, &self.halves[from.peer()]),
            options: segment.options,
            evidence: segment.evidence,
            checksum: segment.checksum,
            marks,
            tcp: self.tcp.map(known),
            ws: self.dialogue.states(),
            transitions: told.transitions,
            facts: told.facts,
        }
    }

    /// Corrects who is who, as long as only ports told.
    fn correct(&mut self, segment: &Segment<'_>) {
        if self.who.is_certain() || !self.dialogue.is_silent() {
            return;
        }
        let Some((side, told_by)) = WhoIsWho::of(segment) else { return };
        if side != self.side_of(segment.source) {
            self.ends.swap();
            self.halves.swap();
            self.tcp.swap();
        }
        self.who = WhoIsWho::certain();
        if self.packets > 0 {
            let before = PerSide { client: State::Established, server: State::Established };
            let evidence = segment.evidence;
            self.stream = Some(Stream { ends: self.ends, told_by, evidence, before, reuses_ports_of: None });
        }
    }

    /// Counts a segment's numbers from the two SYNs.
    #[inline]
    fn place(&mut self, segment: &Segment<'_>, from: Side) -> Placed {
        let (sender, receiver) = self.halves.pair_mut(from);
        let flags = segment.flags;
        if flags.has(Flags::SYN) {
            sender.note_syn(segment);
            self.syn_time_ns.get_or_insert(segment.time_ns);
        }
        let it = Placed {
            seq: sender.place(segment),
            ack: segment.ack.map(|ack| receiver.place_ack(ack)),
            length: i64::from(segment.length),
            flags,
            window: segment.window,
            time_ns: segment.time_ns,
            number: segment.number,
        };
        if self.round_trip.is_none()
            && let Some(begin) = self.syn_time_ns
            && from == Side::Client
            && !flags.has(Flags::SYN)
            && it.ack == Some(1)
        {
            self.round_trip = Some(segment.time_ns.saturating_sub(begin));
        }
        it
    }

    /// What the segment does at its sender and at its receiver.
    fn drive(&mut self, segment: &Segment<'_>, it: &Placed, marks: Marks, room: usize, told: &mut Emitter) {
        let from = self.side_of(segment.source);
        let evidence = segment.evidence;
        if it.flags.has(Flags::RST) {
            self.reset(segment, from, told);
        } else {
            self.open(it, from, evidence, told);
            let acks_fin = self.acknowledge_fin(it, from, segment, told);
            self.send_fin(it, from, segment, told);
            self.deliver(segment, it, marks, room, told);
            self.receive_fin(from.peer(), acks_fin, segment, told);
        }
        if self.is_over() && !self.close_told {
            self.close_told = true;
            told.fact(Fact::Close(Box::new(self.close())));
        }
    }

    fn tcp(&mut self, side: Side, event: Event, evidence: Evidence, told: &mut Emitter) {
        self.tcp[side].step(event, evidence, |rule, evidence| told.tcp(side, rule, evidence));
    }

    /// RFC 9293 §3.5: SYNs and their acknowledgments; and what data tells of a handshake that was not captured.
    #[inline]
    fn open(&mut self, it: &Placed, from: Side, evidence: Evidence, told: &mut Emitter) {
        let to = from.peer();
        if it.flags.has(Flags::SYN) {
            let is_answer = it.ack.is_some();
            let crosses =
                !is_answer && self.tcp[from].state == State::SynReceived && self.halves[to].syn.is_some();
            if crosses && it.seq == 0 && !told.facts.contains(&Fact::SimultaneousOpen) {
                told.fact(Fact::SimultaneousOpen);
            }
            let (sends, receives) = if is_answer {
                (Event::SendSynAck, Event::ReceiveSynAck)
            } else {
                (Event::SendSyn, Event::ReceiveSyn)
            };
            self.tcp(from, sends, evidence, told);
            // One that acknowledges another SYN is answered by a RST (RFC 9293 §3.5.1).
            if it.ack.is_none_or(|ack| ack > 0) {
                self.tcp(to, receives, evidence, told);
            }
            return;
        }
        self.tcp(from, if it.length > 0 { Event::SendData } else { Event::SendAck }, evidence, told);
        if self.tcp[to].state == State::SynReceived && it.ack.is_some_and(|ack| ack > 0) {
            self.tcp(to, Event::ReceiveAckOfSyn, evidence, told);
        }
        if it.length > 0 {
            self.tcp(to, Event::ReceiveData, evidence, told);
        }
    }

    /// Whether the segment acknowledges the receiver's FIN for the first time. What its sender acknowledges it has
    /// received, even if bytes before it were not captured.
    #[inline]
    fn acknowledge_fin(
        &mut self,
        it: &Placed,
        from: Side,
        segment: &Segment<'_>,
        told: &mut Emitter,
    ) -> AcksFin {
        let to = from.peer();
        let half = &mut self.halves[to];
        let (Some(fin), Some(ack)) = (half.fin, it.ack) else { return AcksFin::No };
        if ack <= fin || half.fin_acked {
            return AcksFin::No;
        }
        half.fin_acked = true;
        half.fin_acked_by = Some(segment.number);
        if !half.fin_received {
            half.fin_received = true;
            self.tcp(from, Event::ReceiveFin, segment.evidence, told);
            // Bytes that are missing came before: if the capture has them late, they are taken for a while yet.
            self.dialogue.tcp_ended(from, segment.evidence, told);
        }
        AcksFin::Yes
    }

    /// RFC 9293 §3.6: a FIN leaves.
    fn send_fin(&mut self, it: &Placed, from: Side, segment: &Segment<'_>, told: &mut Emitter) {
        if !it.flags.has(Flags::FIN) || self.halves[from].fin.is_some() {
            return;
        }
        let (sender, receiver) = self.halves.pair_mut(from);
        let fin = it.seq + it.length + i64::from(it.flags.has(Flags::SYN));
        if fin < sender.bytes.next() {
            // Where bytes were that have come, no stream can end.
            return;
        }
        sender.fin = Some(fin);
        let crosses = receiver.fin.is_some() && !receiver.fin_acked;
        let event = if crosses { Event::SendFinCrossing } else { Event::SendFin };
        let kind = match receiver.fin {
            _ if crosses => TcpClose::Simultaneous,
            // Acknowledged by this very segment, or by one before.
            Some(_) if receiver.fin_acked_by == Some(it.number) => TcpClose::ThreeSegment,
            _ => TcpClose::FourSegment,
        };
        let is_received = crosses && receiver.fin_received;
        self.closing.fin(from, segment.number, kind);
        self.tcp(from, event, segment.evidence, told);
        if is_received {
            // It was taken as received when it passed, too early: it comes after this one.
            self.tcp(from, Event::ReceiveFin, segment.evidence, told);
        }
    }

    /// Puts the payload in its place, and gives on what is in order.
    #[inline]
    fn deliver(&mut self, segment: &Segment<'_>, it: &Placed, marks: Marks, room: usize, told: &mut Emitter) {
        let from = self.side_of(segment.source);
        let Self { halves, dialogue, closing, .. } = self;
        let position = it.seq + i64::from(it.flags.has(Flags::SYN));
        let sender = &mut halves[from];
        let is_behind_fin = sender.fin.is_some_and(|fin| position >= fin);
        if it.length > 0 && !marks.has(Marks::KEEP_ALIVE) && !is_behind_fin {
            let bytes = segment.payload.get(..segment.length as usize).unwrap_or(segment.payload);
            let arrival = Arrival {
                position,
                bytes,
                cut: segment.length - bytes.len() as u32,
                packet: segment.number,
                evidence: segment.evidence,
            };
            sender.bytes.push(arrival, room, hear(dialogue, closing, told, (from, segment.number)));
        }
        for side in [from, from.peer()] {
            let half = &mut halves[side];
            half.bytes.settle(half.fin, hear(dialogue, closing, told, (side, segment.number)));
        }
    }

    /// RFC 9293 §3.6: a FIN comes once all before it has, and with it perhaps the acknowledgment of the end's own.
    #[inline]
    fn receive_fin(&mut self, end: Side, acks_fin: AcksFin, segment: &Segment<'_>, told: &mut Emitter) {
        let half = &mut self.halves[end.peer()];
        let comes = !half.fin_received && half.fin.is_some_and(|fin| half.bytes.next() >= fin);
        half.fin_received |= comes;
        let event = match (comes, acks_fin) {
            (true, AcksFin::Yes) => Event::ReceiveFinAndAckOfFin,
            (true, AcksFin::No) => Event::ReceiveFin,
            (false, AcksFin::Yes) => Event::ReceiveAckOfFin,
            (false, AcksFin::No) => return,
        };
        self.tcp(end, event, segment.evidence, told);
        if comes {
            self.closing.tcp_ended(end);
            self.dialogue.fin(end.peer(), segment.evidence, told);
        }
    }

    fn finish_bytes(&mut self, from: Side, packet: u64, told: &mut Emitter) {
        let Self { halves, dialogue, closing, .. } = self;
        let half = &mut halves[from];
        half.bytes.finish(half.fin, hear(dialogue, closing, told, (from, packet)));
    }
}

/// Whether a segment acknowledges a FIN for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AcksFin {
    Yes,
    No,
}

/// What happens with what the reassembly tells of a side.
fn hear<'h>(
    dialogue: &'h mut Dialogue,
    closing: &'h mut Closing,
    told: &'h mut Emitter,
    (from, packet): (Side, u64),
) -> impl FnMut(Delivery<'_>) + 'h {
    move |delivery| match delivery {
        Delivery::Bytes(piece) => dialogue.bytes(from, piece, closing, told),
        Delivery::Gap { offset, length, reason } => {
            told.fact(Fact::Gap(Gap { from, offset, length, reason }));
            dialogue.hole(from, MissingBytes { offset, length, packet }, closing, told);
        }
        Delivery::Overlap { offset, length, agreement } => {
            told.fact(Fact::Overlap(Overlap { from, offset, length, agreement }));
        }
    }
}
