//! Rules about frames in the segments of the opening handshake (H16). A server may send them in the segment of its 101; a
//! client must wait for that (RFC 6455 §4.1). An HTTP parser that drops the bytes after a head loses them.

use super::{Certainty, CloseRule, FindingRule, RuleContext};
use crate::explain::findings::catalogue::opening::{
    BEFORE_THE_101, CLIENT_MUST_WAIT, CLOSE_LOST, DROPPED_AFTER_HEAD, FRAME_WITH_HEAD, IN_THE_SEGMENT,
    PING_LOST, SEND_IT_LATER, SENT_BEFORE_101,
};
use crate::explain::findings::entry::{Localized, Severity};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::packet_ref::PacketRef;
use crate::observe::{Close, Frame};
use crate::wire::Side::{self, Client, Server};
use crate::wire::ws::Opcode;

pub(in crate::explain::findings) const OF_FRAMES: &[FindingRule<Frame>] =
    &[frame_with_head, frame_before_101, ping_lost];
pub(in crate::explain::findings) const OF_CLOSES: &[CloseRule] = &[CloseRule::EachSide(close_lost)];

/// Time without an answer after which a frame is taken for lost, if a later one was answered, in nanoseconds.
const LOST_AFTER: u64 = 1_000_000_000;

fn is_first_and_early(context: &RuleContext<'_>, frame: &Frame) -> bool {
    context.connection.senders[frame.from].frames == 0 && context.connection.is_early(frame)
}

/// H16, as information: it is legal.
fn frame_with_head(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let is_it = frame.from == Server && is_first_and_early(context, frame);
    is_it.then(|| Finding::of_frame(&FRAME_WITH_HEAD, frame))
}

/// H16, as a warning: a client must wait for the 101.
fn frame_before_101(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let (first, _) = context.connection.opening.answer?;
    if frame.from != Client || !is_first_and_early(context, frame) {
        return None;
    }
    let finding =
        Finding::of_frame(&FRAME_WITH_HEAD, frame).with_severity(Severity::Warning).with_packet(first);
    Some(finding.with("response", first).with_fact(SENT_BEFORE_101).with_inference(CLIENT_MUST_WAIT))
}

/// H16, as an error: a frame that was lost, and a later frame that shows it.
struct LostFrame {
    of: Side,
    frame: u64,
    at: PacketRef,
    later: (u64, PacketRef),
}

impl LostFrame {
    fn finding(&self, fact: Localized, certainty: Certainty) -> Finding {
        let reader = self.of.peer();
        let how = if self.of == Server { IN_THE_SEGMENT } else { BEFORE_THE_101 };
        let (frame, at) = self.later;
        let finding =
            Finding::new(&FRAME_WITH_HEAD, self.at.packet).with_packet(at.packet).with_frame(self.frame);
        let finding = finding.with_at_fault(reader).with_severity(Severity::Error).with_certainty(certainty);
        let finding = finding.with_fact(fact).with_inference(DROPPED_AFTER_HEAD).with_confirm(SEND_IT_LATER);
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

/// A lost ping, shown by the pong to the next one. One pong may answer several pings that came together (RFC 6455 §5.5.3),
/// so the two must be apart.
fn ping_lost(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let of = frame.from.peer();
    let waiting = &context.connection.senders[of].pings;
    let (first, next) = (waiting.front()?, waiting.get(1)?);
    let is_answer = frame.header.opcode() == Opcode::PONG && frame.missing == 0;
    let is_of_next = is_answer && *next.body == *frame.preview.bytes();
    let is_lost = first.is_early && next.at.since(first.at) >= LOST_AFTER;
    let lost = LostFrame { of, frame: first.frame, at: first.at, later: (next.frame, next.at) };
    (is_of_next && is_lost)
        .then(|| lost.finding(PING_LOST, Certainty::Likely).with_packet(frame.packets.last()))
}

/// A lost Close frame, shown by later frames of the other end. It is no [C06](super::closing) then.
pub(in crate::explain::findings) fn close_lost(
    context: &RuleContext<'_>,
    _: &Close,
    of: Side,
) -> Option<Finding> {
    let (connection, reader) = (context.connection, of.peer());
    let sent = connection.senders[of].close.filter(|sent| sent.is_early)?;
    let later = connection.senders[reader].last_frame?;
    let is_lost = connection.senders[reader].close.is_none() && later.1.since(sent.at) >= LOST_AFTER;
    let lost = LostFrame { of, frame: sent.frame, at: sent.at, later };
    (is_lost && connection.reads_all(reader)).then(|| lost.finding(CLOSE_LOST, Certainty::Possible))
}
