//! H16: frames that come with a head of HTTP. A server's may, in the segment of its 101; a client has to wait for that
//! (RFC 6455 §4.1). Who reads a head together with what is behind it, and drops that, loses them.

use super::{Certainty, CloseRule, Rule, RuleContext};
use crate::explain::findings::catalogue::opening::*;
use crate::explain::findings::entry::{Localized as Phrase, Severity};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::early_frame::is_early;
use crate::explain::findings::memory::packet_ref::PacketRef;
use crate::observe::{Close, Frame};
use crate::wire::Side::{self, Client, Server};
use crate::wire::ws::Opcode;

pub(in crate::explain::findings) const OF_FRAMES: &[Rule<Frame>] =
    &[frame_with_head, frame_before_101, ping_lost];
pub(in crate::explain::findings) const OF_CLOSES: &[CloseRule] = &[CloseRule::EachSide(close_lost)];

/// Who answers what comes later, and has not answered for so long, has not got what came with the head.
const QUIET: u64 = 1_000_000_000;

fn is_first_and_early(context: &RuleContext<'_>, frame: &Frame) -> bool {
    context.connection.senders[frame.from].frames == 0 && is_early(context.connection, frame)
}

/// H16, where it is legal.
fn frame_with_head(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let is_it = frame.from == Server && is_first_and_early(context, frame);
    is_it.then(|| Finding::of_frame(&FRAME_WITH_HEAD, frame))
}

/// H16, where it is not.
fn frame_before_101(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let (first, _) = context.connection.opening.answer?;
    let is_it = frame.from == Client && is_first_and_early(context, frame);
    let finding =
        Finding::of_frame(&FRAME_WITH_HEAD, frame).with_severity(Severity::Warning).with_packet(first);
    is_it.then(|| finding.with("response", first).with_fact(TOO_EARLY).with_inference(MUST_WAIT))
}

/// H16, where it was lost: what came early, and what shows that it was.
struct Lost {
    of: Side,
    frame: u64,
    at: PacketRef,
    later: (u64, PacketRef),
}

impl Lost {
    fn finding(&self, fact: Phrase, certainty: Certainty) -> Finding {
        let reader = self.of.peer();
        let how = if self.of == Server { IN_THE_SEGMENT } else { BEFORE_IT };
        let (frame, at) = self.later;
        let finding =
            Finding::new(&FRAME_WITH_HEAD, self.at.packet).with_packet(at.packet).with_frame(self.frame);
        let finding = finding.with_at_fault(reader).with_severity(Severity::Error).with_certainty(certainty);
        let finding = finding.with_fact(fact).with_inference(DROPPED_BEHIND_HEAD).with_confirm(SEND_IT_LATER);
        let finding = finding
            .with("side", self.of)
            .with("frame", self.frame)
            .with("packet", self.at.packet)
            .with("place", how);
        finding
            .with_time("duration", at.since(self.at))
            .with("later_frame", frame)
            .with("later_packet", at.packet)
            .with("peer", reader)
    }
}

/// A ping, shown by the pong to the next one. One pong may answer several pings that came together (RFC 6455 §5.5.3), so
/// the two must be apart.
fn ping_lost(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let of = frame.from.peer();
    let waiting = &context.connection.senders[of].pings;
    let (first, next) = (waiting.front()?, waiting.get(1)?);
    let is_answer = frame.header.opcode() == Opcode::PONG && frame.missing == 0;
    let is_of_next = is_answer && *next.body == *frame.preview.bytes();
    let is_lost = first.is_early && next.at.since(first.at) >= QUIET;
    let lost = Lost { of, frame: first.frame, at: first.at, later: (next.frame, next.at) };
    (is_of_next && is_lost)
        .then(|| lost.finding(PING_LOST, Certainty::Likely).with_packet(frame.packets.last()))
}

/// A Close frame, shown by the frames with which the other end goes on. Then it is no [C06](super::closing).
pub(in crate::explain::findings) fn close_lost(
    context: &RuleContext<'_>,
    _: &Close,
    of: Side,
) -> Option<Finding> {
    let (connection, reader) = (context.connection, of.peer());
    let sent = connection.senders[of].close.filter(|sent| sent.is_early)?;
    let later = connection.senders[reader].last_frame?;
    let is_lost = connection.senders[reader].close.is_none() && later.1.since(sent.at) >= QUIET;
    let lost = Lost { of, frame: sent.frame, at: sent.at, later };
    (is_lost && connection.knows_all_of(reader)).then(|| lost.finding(CLOSE_LOST, Certainty::Possible))
}
