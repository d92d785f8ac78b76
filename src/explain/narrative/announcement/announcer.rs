//! From packets to announcements.

use super::{Announcement, IsSecond, MessageKind, Outcome, RequestLine, ResetOf, body_of};
use crate::explain::findings::key::is_right;
use crate::observe::tcp::State;
use crate::observe::{
    Change, Fact, Flags, Frame, Marks, Message, MessageEnd, Observation, Part, RequestKind, Response,
};
use crate::wire::ws::Opcode;
use crate::wire::{PerSide, Side};

/// What of a connection's past its next announcement needs: the size does not grow.
#[derive(Debug, Default)]
pub(in crate::explain) struct Announcer {
    syn_ns: Option<u64>,
    /// Time of the last request, as long as it has no answer.
    request: Option<(RequestKind, u64)>,
    /// Hash and time of each side's last message, as long as it was not sent back.
    last_message: PerSide<Option<([u8; 32], u64)>>,
    closed_ns: PerSide<Option<u64>>,
    fins: PerSide<bool>,
}

impl Announcer {
    /// What a packet brought; `round_trip_ns` is that of the pong in it.
    pub(in crate::explain) fn note(
        &mut self,
        step: &Observation,
        round_trip_ns: Option<u64>,
    ) -> Option<Announcement> {
        let by = step.from;
        if step.marks.has_no_effect() {
            return None;
        }
        if step.flags.has(Flags::RST) {
            let of = if refuses(step) { ResetOf::Attempt } else { ResetOf::Connection };
            return Some(Announcement::Reset { by, of });
        }
        if step.flags.has(Flags::SYN) {
            return Some(self.syn(step));
        }
        let fin = self.fin(step);
        let facts = step.facts.iter().filter_map(|fact| self.fact(fact, step, round_trip_ns)).last();
        facts.or(fin).or_else(|| opened(step, self.syn_ns)).or_else(|| ended(step)).or_else(|| {
            let again = [Marks::RETRANSMISSION, Marks::FAST_RETRANSMISSION, Marks::SPURIOUS_RETRANSMISSION];
            again.iter().any(|mark| step.marks.has(*mark)).then_some(Announcement::SentAgain(by))
        })
    }

    /// Client and server were taken for each other.
    pub(in crate::explain) const fn swap_roles(&mut self) {
        self.last_message.swap();
        self.closed_ns.swap();
        self.fins.swap();
    }

    fn syn(&mut self, step: &Observation) -> Announcement {
        if step.flags.has(Flags::ACK) {
            return Announcement::SynAck(step.from);
        }
        self.syn_ns.get_or_insert(step.time_ns);
        Announcement::Syn(step.from)
    }

    fn fin(&mut self, step: &Observation) -> Option<Announcement> {
        if !step.flags.has(Flags::FIN) || std::mem::replace(&mut self.fins[step.from], true) {
            return None;
        }
        let is_second = if self.fins[step.from.peer()] { IsSecond::Second } else { IsSecond::First };
        Some(Announcement::Fin { by: step.from, is_second })
    }

    fn fact(&mut self, fact: &Fact, step: &Observation, round_trip_ns: Option<u64>) -> Option<Announcement> {
        match fact {
            Fact::Request(request) => {
                self.request = Some((request.kind, step.time_ns));
                let path = request.target.split('?').next().unwrap_or_default().to_owned();
                let what = match request.kind {
                    RequestKind::WebSocket => RequestLine::Upgrade { path },
                    _ => RequestLine::Other { method: request.method.clone(), path },
                };
                Some(Announcement::Request { by: step.from, what })
            }
            Fact::Response(response) => {
                let asked = self.request.take();
                let after_ns = asked.map(|(_, asked_ns)| step.time_ns.saturating_sub(asked_ns));
                let outcome = outcome(response, asked.map(|(kind, _)| kind));
                Some(Announcement::Response { by: step.from, outcome, after_ns })
            }
            Fact::Frame(frame) => self.frame(frame, step, round_trip_ns),
            Fact::Message(message) => self.message(message, step.time_ns),
            _ => None,
        }
    }

    fn frame(
        &mut self,
        frame: &Frame,
        step: &Observation,
        round_trip_ns: Option<u64>,
    ) -> Option<Announcement> {
        let (by, length) = (frame.from, frame.header.length());
        match (frame.header.opcode(), frame.part) {
            (Opcode::PING, _) => Some(Announcement::Ping { by, length }),
            (Opcode::PONG, _) => Some(Announcement::Pong { by, length, after_ns: round_trip_ns }),
            (Opcode::CLOSE, _) => {
                self.closed_ns[by].get_or_insert(step.time_ns);
                let answers_after_ns = self.closed_ns[by.peer()].map(|ns| step.time_ns.saturating_sub(ns));
                Some(Announcement::Close { by, body: body_of(frame), answers_after_ns })
            }
            (_, Part::First | Part::Middle) => Some(Announcement::Fragment { by, length }),
            _ => None,
        }
    }

    fn message(&mut self, message: &Message, time_ns: u64) -> Option<Announcement> {
        if message.end != MessageEnd::Final {
            return None;
        }
        let by = message.from;
        let kind = match message.kind {
            Opcode::TEXT => MessageKind::Text,
            Opcode::BINARY => MessageKind::Binary,
            _ => return None,
        };
        let sent = self.last_message[by.peer()];
        let echo = sent.filter(|(hash, _)| message.sha256 == Some(*hash));
        if echo.is_some() {
            self.last_message[by.peer()] = None;
        } else {
            self.last_message[by] = message.sha256.map(|hash| (hash, time_ns));
        }
        let length = message.plain_length().unwrap_or(message.length);
        let echo_after_ns = echo.map(|(_, sent_ns)| time_ns.saturating_sub(sent_ns));
        Some(Announcement::Message { by, kind, length, frames: message.frames.count(), echo_after_ns })
    }
}

/// A RST of the end that was asked for a connection, to the one that asks.
fn refuses(step: &Observation) -> bool {
    let is_refused = |change| matches!(change, Change::Tcp { from: State::SynSent, .. });
    step.transitions.iter().any(|it| it.side != step.from && is_refused(it.change))
}

fn outcome(response: &Response, asked: Option<RequestKind>) -> Outcome {
    let is_upgrade = asked.is_some_and(|kind| kind != RequestKind::Http);
    match response.upgrade.as_ref() {
        Some(upgrade) if response.status.0 == 101 => match is_right(upgrade) {
            Some(true) => Outcome::Switched,
            Some(false) => Outcome::WrongAccept,
            None => Outcome::Other(response.status),
        },
        _ if is_upgrade && response.status.0 >= 300 => Outcome::Refused(response.status),
        _ => Outcome::Other(response.status),
    }
}

/// The packet with which both ends are ESTABLISHED.
fn opened(step: &Observation, syn_ns: Option<u64>) -> Option<Announcement> {
    let is_open = [Side::Client, Side::Server].iter().all(|side| step.tcp[*side].state == State::Established);
    let opens = |change| matches!(change, Change::Tcp { to: State::Established, .. });
    let after_ns = syn_ns.map(|syn_ns| step.time_ns.saturating_sub(syn_ns));
    let is_new = step.transitions.iter().any(|it| opens(it.change));
    (is_open && is_new).then_some(Announcement::Opened { by: step.from, after_ns })
}

/// The packet that ends TCP without a FIN of its own: the last acknowledgment.
fn ended(step: &Observation) -> Option<Announcement> {
    if !step.facts.iter().any(|fact| matches!(fact, Fact::Close(_))) {
        return None;
    }
    let waits = |side: &Side| step.tcp[*side].state == State::TimeWait;
    Some(Announcement::Ended([Side::Client, Side::Server].into_iter().find(waits)))
}
