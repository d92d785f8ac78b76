//! RST (RFC 9293 §3.5.3, §3.10.7; RFC 5961 §3): which one ends a connection, and what shows that one ended nothing.
//!
//! A RST that its receiver must drop gets a mark and changes nothing. Any other ends the connection at once, as at its
//! receiver; the states before it are kept. If then the end in whose name it came goes on as before, and the other with
//! it, the RST ended nothing ([`Fact::GoesOn`]): those states come back.

use super::Flow;
use super::dissection::{Dissection, Packet};
use crate::observe::close_tracker::BeforeReset as CloseBeforeReset;
use crate::observe::facts::{Checksum, Evidence, Fact, Flags, Marks, Segment};
use crate::observe::tcp::direction::{Direction, RelativeSegment};
use crate::observe::tcp::{Event, Machine, Rule, State};
use crate::observe::ws;
use crate::rfc::Rfc;
use crate::wire::{PerSide, Side};

/// Bytes that the capture may have behind their acknowledgment: the numbers of an older connection are further away.
const MAX_AHEAD: i64 = 1 << 20;

/// A connection as it was before a RST.
#[derive(Debug)]
pub(super) struct BeforeReset {
    number: u64,
    from: Side,
    doubt: Doubt,
    tcp: PerSide<Machine>,
    ws: PerSide<ws::Machine>,
    close: CloseBeforeReset,
    /// What each end had sent.
    next_seq: PerSide<i64>,
    /// What the end had acknowledged in whose name the RST came.
    acked: i64,
    /// `true` for an end whose FIN was seen.
    has_fin: PerSide<bool>,
    /// `true` if the end in whose name it came sent something new after it.
    goes_on: bool,
}

/// Whether a RST may be another's than the end's in whose name it came, or be ignored by its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Doubt {
    /// Its number is the one expected, its IP header like the others.
    None,
    /// Its IP header is not that end's.
    OtherHeader,
    /// Its number is not the next: the receiver answers it with a challenge ACK (RFC 5961 §3.2).
    Inexact,
}

impl Dissection<'_> {
    /// Ends the connection at both ends (RFC 9293 §3.5.3).
    pub(super) fn reset(&mut self, packet: &Packet<'_>) {
        let Packet { from, marks, fit, .. } = *packet;
        let number = packet.segment.number;
        let doubt = match () {
            () if marks.has(Marks::INEXACT_RESET) => Doubt::Inexact,
            () if fit.differs() => Doubt::OtherHeader,
            () => Doubt::None,
        };
        let evidence = if doubt == Doubt::Inexact { Evidence::Inferred } else { packet.segment.evidence };
        self.keep_before_reset(number, from, doubt);
        self.tcp(from, Event::SendRst, evidence);
        self.tcp(from.peer(), Event::ReceiveRst, evidence);
        for side in [from.peer(), from] {
            // Acknowledged bytes came before the RST, though the capture may have them behind it.
            if !self.flow.directions[side].bytes.is_missing_acked_bytes() {
                self.finish_bytes(side, number);
            }
        }
        // A closed socket answers with a RST, with an ACK or without.
        let has_no_reader = packet.relative.ack.is_none() || self.flow.directions[from].fin.is_some();
        let is_unread = has_no_reader && self.flow.directions[from.peer()].bytes.has_unacked();
        if packet.relative.ack.is_none() && self.flow.directions[from].fin.is_none() && doubt == Doubt::None {
            self.flow.close.without_socket(from, number);
        }
        self.flow.close.rst(from, number, is_unread.then_some(from.peer()));
        for side in [from, from.peer()] {
            self.application().tcp_ended(side);
            self.application().websocket_closed(side, evidence);
        }
    }

    /// Keeps the states before a RST. Of several in a row the first counts, with the smallest doubt.
    fn keep_before_reset(&mut self, number: u64, from: Side, doubt: Doubt) {
        if let Some(before) = &mut self.flow.before_reset {
            before.doubt = before.doubt.min(doubt);
            return;
        }
        if self.flow.is_over() {
            return;
        }
        let flow = &mut *self.flow;
        let next_seq = |side: Side| flow.directions[side].next_seq().unwrap_or(0);
        flow.before_reset = Some(Box::new(BeforeReset {
            number,
            from,
            doubt,
            tcp: flow.tcp,
            ws: flow.application.machines(),
            close: flow.close.before_reset(),
            next_seq: PerSide { client: next_seq(Side::Client), server: next_seq(Side::Server) },
            acked: flow.directions[from].last_ack.unwrap_or(0),
            has_fin: PerSide {
                client: flow.directions.client.fin.is_some(),
                server: flow.directions.server.fin.is_some(),
            },
            goes_on: false,
        }));
    }

    /// Weighs a packet that comes after a RST: if both ends go on, the RST ended nothing.
    #[cold]
    pub(super) fn reconsider_reset(&mut self, packet: &Packet<'_>) {
        let Packet { ref relative, from, fit, .. } = *packet;
        let Some(before) = &mut self.flow.before_reset else { return };
        if relative.flags.has(Flags::SYN) {
            // An attempt that was refused is made once more.
            if before.tcp[Side::Server].state != State::Established && relative.ack.is_none() {
                self.go_on_opening();
            }
            return;
        }
        let is_challenge = before.doubt == Doubt::Inexact
            && from != before.from
            && relative.length == 0
            && relative.ack.is_some_and(|ack| ack <= before.next_seq[before.from]);
        let is_new = |acked: i64| {
            relative.end() > before.next_seq[from] || relative.ack.is_some_and(|ack| ack > acked)
        };
        let ended_nothing = if from == before.from {
            // What another host sends in this end's name shows nothing of it.
            let goes_on = !fit.differs() && is_new(before.acked);
            before.goes_on |= goes_on;
            goes_on && before.doubt != Doubt::None
        } else {
            let heard_more = relative.ack.is_some_and(|ack| ack > before.next_seq[before.from]);
            is_challenge || (before.goes_on && heard_more)
        };
        if ended_nothing {
            self.go_on();
        }
    }

    /// Restores the states before the RST.
    fn go_on(&mut self) {
        let Some(before) = self.flow.before_reset.take() else { return };
        for side in [Side::Client, Side::Server] {
            let (now, then) = (self.flow.tcp[side].state, before.tcp[side].state);
            if now != then {
                let rule = Rule { from: now, event: Event::NotCaptured, to: then, rfc: Rfc(5961, "3.2") };
                self.emitter.tcp(side, &rule, Evidence::Inferred);
            }
        }
        self.flow.tcp = before.tcp;
        self.application().restore(before.ws);
        self.forget_reset(&before);
        for side in [Side::Client, Side::Server] {
            let direction = &self.flow.directions[side];
            let is_received = direction.fin_received;
            if direction.fin.is_some() && !before.has_fin[side] {
                self.tcp(side, Event::SendFin, Evidence::Inferred);
                if is_received {
                    self.tcp(side.peer(), Event::ReceiveFin, Evidence::Inferred);
                }
            }
        }
    }

    /// The server may answer the next SYN: the attempt goes on.
    fn go_on_opening(&mut self) {
        let Some(before) = self.flow.before_reset.take() else { return };
        self.forget_reset(&before);
        self.flow.directions.server = Direction::new();
        self.tcp(Side::Server, Event::PassiveOpen, Evidence::Inferred);
        self.application().restore(before.ws);
    }

    fn forget_reset(&mut self, before: &BeforeReset) {
        self.flow.close.forget_reset(before.close);
        self.flow.is_close_emitted = false;
        self.emitter.fact(Fact::GoesOn { reset: before.number });
    }
}

impl Flow {
    /// The mark of a segment that its receiver drops, or that belongs to an older connection on the same ports; none if
    /// it counts.
    pub(super) fn mark_of_ignored(&self, segment: &Segment<'_>, it: &RelativeSegment, from: Side) -> Marks {
        let to = from.peer();
        let (sender, receiver) = (&self.directions[from], &self.directions[to]);
        if it.flags.has(Flags::RST) {
            return mark_of_ignored_reset(segment, it, sender, receiver, self.tcp.map(|it| it.state), from);
        }
        // Whoever waits for the answer to its SYN answers anything else with a RST (RFC 9293 §3.5.1, figure 9).
        let is_older = self.tcp[to].state == State::SynSent
            && !it.flags.has(Flags::SYN)
            && it.ack.is_some_and(|ack| !receiver.is_open_ack(ack, MAX_AHEAD));
        if is_older { Marks::OLDER_CONNECTION } else { Marks::NONE }
    }
}

/// The mark of a RST that its receiver must drop: it is damaged, does not acknowledge the SYN that waits for an answer, or
/// lies before what was acknowledged (RFC 9293 §3.1, §3.10.7.3, §3.10.7.4).
fn mark_of_ignored_reset(
    segment: &Segment<'_>,
    it: &RelativeSegment,
    sender: &Direction,
    receiver: &Direction,
    states: PerSide<State>,
    from: Side,
) -> Marks {
    if segment.checksum == Checksum::Wrong && sender.has_right_checksums() {
        return Marks::BAD_CHECKSUM;
    }
    if states[from] == State::SynSent && it.ack.is_none() && sender.next_seq() != Some(it.seq) {
        return Marks::OLDER_CONNECTION;
    }
    let is_void = match states[from.peer()] {
        State::SynSent => it.ack.is_none_or(|ack| !receiver.is_open_ack(ack, 0)),
        _ => receiver.last_ack.is_some_and(|ack| it.seq < ack),
    };
    if is_void { Marks::OUT_OF_WINDOW } else { Marks::NONE }
}

/// Returns `true` if a RST within the window has not the number that its receiver expects next (RFC 5961 §3.2), as far as
/// the capture shows that: the next one of its end, or the one acknowledged last.
pub(super) fn is_inexact(it: &RelativeSegment, sender: &Direction, receiver: &Direction) -> bool {
    it.flags.has(Flags::RST)
        && sender.next_seq().is_some_and(|next| next != it.seq)
        && receiver.last_ack != Some(it.seq)
}
