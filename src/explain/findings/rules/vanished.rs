//! Rules about a peer that is not heard any more: its path or its host is gone, for a while or for good (RFC 9293 §3.8.3).

use super::CloseRule::{self, EachSide};
use super::{FindingRule, RuleContext};
use crate::explain::findings::catalogue::tcp::{
    BY_CLOSE_FRAME, BY_FIN, BY_RST, GAVE_UP, PATH_INTERRUPTED, PEER_VANISHED, RST_AFTER_VANISHING,
    VANISHED_AND_FORGOT,
};
use crate::explain::findings::entry::Localized;
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::packet_ref::PacketRef;
use crate::explain::findings::memory::unanswered::Unanswered;
use crate::observe::{Close, Flags, Marks, Observation};
use crate::wire::Side;

pub(in crate::explain::findings) const OF_PACKETS: &[FindingRule<Observation>] = &[heard_again];
pub(in crate::explain::findings) const OF_CLOSES: &[CloseRule] = &[EachSide(peer_vanished)];

/// Retransmissions or probes without an answer after which a peer is gone.
const MOST_REPEATS: u64 = 3;

/// The same where their sender then gave up.
const MOST_REPEATS_GIVEN_UP: u64 = 2;

/// Shortest time without an answer after which a peer is gone, in nanoseconds: retransmissions come sooner only where the
/// round trip is short.
const GONE_FOR: u64 = 1_000_000_000;

/// Shortest such time that is worth a finding where the peer came back, in nanoseconds.
const INTERRUPTED_FOR: u64 = 3_000_000_000;

/// Packets to `gone` without an answer; `None` if another explanation fits: a handshake that was not finished, a direction
/// that was not captured, a close that was complete.
fn unanswered(context: &RuleContext<'_>, gone: Side) -> Option<Unanswered> {
    let ends = &context.connection.ends;
    let (end, asker) = (&ends[gone], &ends[gone.peer()]);
    let unanswered = asker.unanswered?;
    // What its peer acknowledges and the capture lacks was sent: the capture does not show all of it.
    let is_captured = end.packets > 0 && end.acked.is_none_or(|acked| acked <= end.next);
    (is_captured && !end.has_ended()).then_some(unanswered)
}

/// The first packet with which a side gave up after another, and how.
fn gives_up(context: &RuleContext<'_>, side: Side, after: PacketRef) -> Option<(PacketRef, Localized)> {
    let connection = context.connection;
    let end = &connection.ends[side];
    [
        (connection.senders[side].close.map(|close| close.at), BY_CLOSE_FRAME),
        (end.fin.map(|(at, _)| at), BY_FIN),
        (end.rst.map(|(at, _)| at), BY_RST),
    ]
    .into_iter()
    .filter_map(|(at, how)| at.filter(|at| at.packet > after.packet).map(|at| (at, how)))
    .min_by_key(|(at, _)| at.packet)
}

/// T12 about `gone`, with all values but those of its end.
fn vanished(
    context: &RuleContext<'_>,
    gone: Side,
    unanswered: &Unanswered,
    duration: u64,
) -> Option<Finding> {
    let connection = context.connection;
    let (asker, first) = (gone.peer(), unanswered.first);
    let last = connection.ends[gone].last?;
    let pings = connection.senders[asker].pings.iter().filter(|ping| ping.at.packet >= first.packet);
    let finding = Finding::new(&PEER_VANISHED, last.packet)
        .with_packet(first.packet)
        .with("side", gone)
        .with("peer", asker)
        .with("last", last.packet)
        .with("first", first.packet)
        .with_time("duration", duration);
    Some(
        finding
            .with("length", connection.ends[asker].unacked())
            .with("pings", pings.count() as u64)
            .with("repeats", unanswered.repeats),
    )
}

/// T12, where nothing more comes of the peer.
fn peer_vanished(context: &RuleContext<'_>, close: &Close, gone: Side) -> Option<Finding> {
    let unanswered = unanswered(context, gone)?;
    // Whoever ends at once does not give up: what it repeats afterwards says that its peer is gone.
    let is_late = |(at, _): &(PacketRef, Localized)| at.since(unanswered.first) >= GONE_FOR;
    let given_up = gives_up(context, gone.peer(), unanswered.first).filter(is_late);
    let until = given_up.map_or_else(|| context.watched_until(close), |(at, _)| at.time_ns);
    let duration = until.saturating_sub(unanswered.first.time_ns);
    let fewest = if given_up.is_some() { MOST_REPEATS_GIVEN_UP } else { MOST_REPEATS };
    if unanswered.repeats < fewest || duration < GONE_FOR {
        return None;
    }
    let finding = vanished(context, gone, &unanswered, duration)?;
    Some(match given_up {
        Some((at, how)) => {
            finding.with_packet(at.packet).with("end", how).with("until", at.packet).with_fact(GAVE_UP)
        }
        None => finding.with_packet(unanswered.last.packet).with("end", context.watch_end()),
    })
}

/// T05, where the peer is heard again; T12 where that is a RST, so that nothing is left of the connection.
fn heard_again(context: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let unanswered = unanswered(context, step.from)?;
    let duration = context.at.since(unanswered.first);
    let is_missing_more = step.marks.has(Marks::OUT_OF_WINDOW) || step.marks.has(Marks::LOST_SEGMENT);
    if is_missing_more || unanswered.repeats < MOST_REPEATS || duration < GONE_FOR {
        return None;
    }
    if step.flags.has(Flags::RST) {
        let finding = vanished(context, step.from, &unanswered, duration)?.with_packet(step.number);
        let finding = finding.with_fact(RST_AFTER_VANISHING).with_inference(VANISHED_AND_FORGOT);
        return Some(finding.with("until", step.number));
    }
    let first = unanswered.first.packet;
    let finding = Finding::new(&PATH_INTERRUPTED, first)
        .with_packet(step.number)
        .with("side", step.from)
        .with("peer", step.from.peer())
        .with("first", first);
    let finding = finding
        .with("repeats", unanswered.repeats)
        .with_time("duration", duration)
        .with("packet", step.number);
    (duration >= INTERRUPTED_FOR).then_some(finding)
}
