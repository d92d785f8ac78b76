//! One packet's way through a flow (RFC 9293 §3.10.7): the two TCP machines, the reassembly, then the application layer.

use super::Flow;
use crate::observe::application::Dissector;
use crate::observe::emitter::Emitter;
use crate::observe::facts::{Evidence, Fact, Flags, HeaderFit, Marks, Segment, TcpClose};
use crate::observe::reassembly::{Arrival, Delivery, Origin};
use crate::observe::tcp::direction::RelativeSegment;
use crate::observe::tcp::{Event, State};
use crate::wire::Side;

/// A packet, with all that is known of it before its dissection.
#[derive(Debug)]
pub(super) struct Packet<'p> {
    pub(super) segment: &'p Segment<'p>,
    pub(super) relative: RelativeSegment,
    pub(super) from: Side,
    pub(super) marks: Marks,
    pub(super) fit: HeaderFit,
    /// Bytes of a side that may be queued behind a gap.
    pub(super) max_pending: usize,
}

/// A flow while a packet passes through it, and what that emits.
#[derive(Debug)]
pub(super) struct Dissection<'f> {
    pub(super) flow: &'f mut Flow,
    pub(super) emitter: Emitter,
}

/// `Yes` if a segment acknowledges a FIN for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AcksFin {
    Yes,
    No,
}

impl Dissection<'_> {
    /// Applies a packet to its sender and its receiver.
    pub(super) fn packet(&mut self, packet: &Packet<'_>) {
        if packet.relative.flags.has(Flags::RST) {
            self.reset(packet);
        } else {
            if self.flow.before_reset.is_some() {
                self.reconsider_reset(packet);
            }
            self.open(packet);
            let acks_fin = self.acknowledge_fin(packet);
            self.send_fin(packet);
            self.deliver(packet);
            self.receive_fin(packet, acks_fin);
            if self.flow.directions.client.fin.is_some() && self.flow.directions.server.fin.is_some() {
                self.close_websockets(packet);
            }
        }
        self.flow.close.acknowledged(packet.from, packet.relative.ack);
        if self.flow.is_over() && !self.flow.is_close_emitted {
            self.flow.is_close_emitted = true;
            self.emitter.fact(Fact::Close(Box::new(self.flow.close())));
        }
    }

    /// Drives one end's TCP machine. That anything reaches an end that has fallen silent is inferred.
    pub(super) fn tcp(&mut self, side: Side, event: Event, evidence: Evidence) {
        let evidence = if self.flow.silent_end() == Some(side) { Evidence::Inferred } else { evidence };
        let Self { flow, emitter } = self;
        flow.tcp[side].step(event, evidence, |rule, evidence| emitter.tcp(side, rule, evidence));
    }

    pub(super) fn application(&mut self) -> Dissector<'_> {
        let silent = self.flow.silent_end();
        let Flow { application, close, .. } = &mut *self.flow;
        Dissector { layer: application, close, emitter: &mut self.emitter, silent }
    }

    /// SYNs and their acknowledgments (RFC 9293 §3.5), and what data implies of a handshake that was not captured.
    #[inline]
    fn open(&mut self, packet: &Packet<'_>) {
        let Packet { relative, from, .. } = *packet;
        let (to, evidence) = (from.peer(), packet.segment.evidence);
        if relative.flags.has(Flags::SYN) {
            let is_answer = relative.ack.is_some();
            let crosses = !is_answer
                && self.flow.tcp[from].state == State::SynReceived
                && self.flow.directions[to].syn.is_some();
            if crosses && relative.seq == 0 && !self.emitter.facts.contains(&Fact::SimultaneousOpen) {
                self.emitter.fact(Fact::SimultaneousOpen);
            }
            let (sends, receives) = if is_answer {
                (Event::SendSynAck, Event::ReceiveSynAck)
            } else {
                (Event::SendSyn, Event::ReceiveSyn)
            };
            if !is_answer && self.is_late_syn(packet) {
                return;
            }
            self.tcp(from, sends, evidence);
            if is_answer {
                self.flow.tcp[from].confirm(State::SynReceived, evidence);
            }
            // A SYN that passes need not arrive: its answer shows that it did. One that acknowledges another SYN is
            // answered by a RST (RFC 9293 §3.5.1).
            match relative.ack {
                None if evidence == Evidence::Captured => self.tcp(to, receives, Evidence::Inferred),
                None => self.tcp(to, receives, evidence),
                Some(1..) => self.tcp(to, receives, evidence),
                Some(_) => {}
            }
            return;
        }
        let has_data = relative.length > 0;
        self.tcp(from, if has_data { Event::SendData } else { Event::SendAck }, evidence);
        if self.flow.tcp[to].state == State::SynReceived && relative.ack.is_some_and(|ack| ack > 0) {
            self.tcp(to, Event::ReceiveAckOfSyn, evidence);
        }
        if has_data {
            self.tcp(to, Event::ReceiveData, evidence);
        }
    }

    /// Returns `true` for a SYN that the capture has behind what its sender sent after it.
    fn is_late_syn(&self, packet: &Packet<'_>) -> bool {
        packet.marks.has(Marks::OUT_OF_ORDER) || self.flow.tcp[packet.from].state.is_synchronized()
    }

    /// Both ends have sent a FIN. The WebSocket of an end is closed once TCP is (RFC 6455 §7.1.4), so when the peer's has
    /// come too: one that has only received a FIN can still send.
    #[cold]
    fn close_websockets(&mut self, packet: &Packet<'_>) {
        for side in [packet.from.peer(), packet.from] {
            if self.flow.directions[side.peer()].fin_received {
                self.application().websocket_closed(side, packet.segment.evidence);
            }
        }
    }

    /// Records the first acknowledgment of the receiver's FIN. What an end acknowledges it has received, even if bytes
    /// before it were not captured.
    #[inline]
    fn acknowledge_fin(&mut self, packet: &Packet<'_>) -> AcksFin {
        let (from, evidence) = (packet.from, packet.segment.evidence);
        let direction = &mut self.flow.directions[from.peer()];
        let (Some(fin), Some(ack)) = (direction.fin, packet.relative.ack) else { return AcksFin::No };
        if ack <= fin || direction.fin_acked {
            return AcksFin::No;
        }
        direction.fin_acked = true;
        direction.fin_acked_by = Some(packet.segment.number);
        if !direction.fin_received {
            direction.fin_received = true;
            self.tcp(from, Event::ReceiveFin, evidence);
            // The missing bytes came before: if the capture has them late, they are still read for a while.
            self.application().tcp_ended(from);
        }
        AcksFin::Yes
    }

    /// A FIN leaves (RFC 9293 §3.6).
    fn send_fin(&mut self, packet: &Packet<'_>) {
        let Packet { relative, from, .. } = *packet;
        if !relative.flags.has(Flags::FIN) || self.flow.directions[from].fin.is_some() {
            return;
        }
        let (sender, receiver) = self.flow.directions.pair_mut(from);
        let fin = relative.seq + relative.length + i64::from(relative.flags.has(Flags::SYN));
        if fin < sender.bytes.next() {
            // No stream ends before bytes that were delivered.
            return;
        }
        sender.fin = Some(fin);
        let crosses = receiver.fin.is_some() && !receiver.fin_acked;
        let event = if crosses { Event::SendFinCrossing } else { Event::SendFin };
        let kind = match receiver.fin {
            _ if crosses => TcpClose::Simultaneous,
            // Acknowledged by this very segment, or by one before.
            Some(_) if receiver.fin_acked_by == Some(relative.number) => TcpClose::ThreeSegment,
            _ => TcpClose::FourSegment,
        };
        let is_received = crosses && receiver.fin_received;
        self.flow.close.fin(from, relative.number, kind);
        self.tcp(from, event, packet.segment.evidence);
        if is_received {
            // It was taken as received when it passed, too early: it comes after this one.
            self.tcp(from, Event::ReceiveFin, packet.segment.evidence);
        }
    }

    /// Hands the payload to the reassembly, and what is in order to the application layer.
    #[inline]
    fn deliver(&mut self, packet: &Packet<'_>) {
        let Packet { segment, relative, from, marks, max_pending, .. } = *packet;
        let Self { flow, emitter } = self;
        let silent = flow.silent_end();
        let Flow { directions, application, close, .. } = &mut **flow;
        let mut above = Dissector { layer: application, close, emitter, silent };
        let position = relative.seq + i64::from(relative.flags.has(Flags::SYN));
        let sender = &mut directions[from];
        let is_behind_fin = sender.fin.is_some_and(|fin| position >= fin);
        if relative.length > 0 && !marks.has(Marks::KEEP_ALIVE) && !is_behind_fin {
            let bytes = segment.payload.get(..segment.length as usize).unwrap_or(segment.payload);
            let origin = Origin { packet: segment.number, packet_offset: 0, evidence: segment.evidence };
            let cut = segment.length - bytes.len() as u32;
            let arrival = Arrival { position, bytes, cut, origin };
            sender
                .bytes
                .push(arrival, max_pending, |delivery| above.delivery(from, segment.number, delivery));
        }
        for side in [from, from.peer()] {
            let direction = &mut directions[side];
            let emit = |delivery: Delivery<'_>| above.delivery(side, segment.number, delivery);
            direction.bytes.give_up_missing(direction.fin, emit);
        }
    }

    /// A FIN comes once all before it has (RFC 9293 §3.6), and with it perhaps the acknowledgment of the end's own. To an
    /// end that has fallen silent it comes only with its acknowledgment.
    #[inline]
    fn receive_fin(&mut self, packet: &Packet<'_>, acks_fin: AcksFin) {
        let (end, evidence) = (packet.from.peer(), packet.segment.evidence);
        let is_silent = self.flow.silent_end() == Some(end);
        let direction = &mut self.flow.directions[packet.from];
        let is_whole = direction.fin.is_some_and(|fin| direction.bytes.next() >= fin);
        let comes = !direction.fin_received && !is_silent && is_whole;
        direction.fin_received |= comes;
        let event = match (comes, acks_fin) {
            (true, AcksFin::Yes) => Event::ReceiveFinAndAckOfFin,
            (true, AcksFin::No) => Event::ReceiveFin,
            (false, AcksFin::Yes) => Event::ReceiveAckOfFin,
            (false, AcksFin::No) => return,
        };
        self.tcp(end, event, evidence);
        if comes {
            self.flow.close.tcp_ended(end);
            self.application().fin(packet.from);
        }
    }

    /// Ends a side's bytes: what is queued is delivered, with the gaps before it.
    pub(super) fn finish_bytes(&mut self, from: Side, packet: u64) {
        let Self { flow, emitter } = self;
        let silent = flow.silent_end();
        let Flow { directions, application, close, .. } = &mut **flow;
        let mut above = Dissector { layer: application, close, emitter, silent };
        let direction = &mut directions[from];
        direction.bytes.finish(direction.fin, |delivery| above.delivery(from, packet, delivery));
    }
}
