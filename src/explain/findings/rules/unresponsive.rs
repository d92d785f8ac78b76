//! Rules about a peer that acknowledges and does not answer: its TCP lives, and what is above it does not speak.

use super::CloseRule::{self, EachSide};
use super::{Certainty, RuleContext};
use crate::explain::findings::catalogue::frames::{PING_UNANSWERED, PINGED_AND_SILENT};
use crate::explain::findings::catalogue::liveness::ONE_DIRECTION_SILENT;
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::packet_ref::PacketRef;
use crate::observe::Close;
use crate::wire::Side::{self, Client, Server};
use crate::wire::ws::CloseCode;

pub(in crate::explain::findings) const OF_CLOSES: &[CloseRule] =
    &[EachSide(one_direction_silent), EachSide(ping_unanswered)];

const SECOND: u64 = 1_000_000_000;

/// Time after which a pong is not expected any more, in nanoseconds.
const PONG_TIMEOUT: u64 = 5 * SECOND;

/// Fewest frames without a reply from which on a direction is silent.
const FEWEST_FRAMES: u64 = 3;

/// Shortest time for which a direction is silent, in nanoseconds.
const SILENT_FOR: u64 = 5 * SECOND;

/// The same where nothing is due but what the peer used to send.
const SILENT_AGAINST_HABIT_FOR: u64 = 10 * SECOND;

/// Time after which a Close frame in return is due, in nanoseconds.
const CLOSE_DUE: u64 = SECOND;

/// Time up to which both directions of TCP were open, in nanoseconds since 1970.
fn open_until(context: &RuleContext<'_>, close: &Close) -> u64 {
    let ends = &context.connection.ends;
    let ends = [&ends.client, &ends.server];
    let fins = ends.iter().filter_map(|end| end.fin.map(|(at, _)| at));
    let resets = ends.iter().filter_map(|end| end.rst.map(|(at, _)| at));
    fins.chain(resets).map(|at| at.time_ns).min().unwrap_or_else(|| context.watched_until(close))
}

/// A frame of `asker` for which something of its peer is due, and did not come until a time.
fn is_due(context: &RuleContext<'_>, close: &Close, asker: Side, first: PacketRef, until_ns: u64) -> bool {
    let sender = &context.connection.senders[asker];
    let waited = |at: PacketRef| until_ns.saturating_sub(at.time_ns);
    let pong = sender.pings.iter().find(|ping| ping.at.packet >= first.packet);
    // No answer is due to a Close frame that fails the connection (RFC 6455 §7.1.7).
    let code = close.frames[asker].as_ref().and_then(|seen| seen.code);
    let fails =
        matches!(code, Some(CloseCode::PROTOCOL_ERROR | CloseCode::INVALID_DATA | CloseCode::TOO_BIG));
    let answer = sender.close.filter(|sent| !fails && sent.at.packet >= first.packet);
    pong.is_some_and(|ping| waited(ping.at) >= PONG_TIMEOUT)
        || answer.is_some_and(|sent| waited(sent.at) >= CLOSE_DUE)
        || (sender.unreplied.had_replies() && waited(first) >= SILENT_AGAINST_HABIT_FOR)
}

/// L06. A side that only listens is none: something must be due, a pong, a Close frame, or a reply as to each frame before.
fn one_direction_silent(context: &RuleContext<'_>, close: &Close, silent: Side) -> Option<Finding> {
    let connection = context.connection;
    let asker = silent.peer();
    let sender = &connection.senders[asker];
    let first = sender.unreplied.first?;
    let until_ns = open_until(context, close);
    let duration = until_ns.saturating_sub(first.time_ns);
    let has_opened = connection.has_opened.client && connection.has_opened.server;
    let knows_all = [Client, Server].into_iter().all(|side| connection.reads_all(side));
    let is_seen = has_opened && knows_all && connection.senders[silent].close.is_none();
    // It lives: its TCP acknowledges all.
    let is_alive = connection.ends[asker].unacked() == 0 && connection.ends[asker].acked.is_some();
    let is_long = sender.unreplied.frames >= FEWEST_FRAMES && duration >= SILENT_FOR;
    if !(is_seen && is_alive && is_long && is_due(context, close, asker, first, until_ns)) {
        return None;
    }
    let since = connection.ends[silent].last_payload.unwrap_or(connection.first);
    let last = sender.close.map(|sent| sent.at).or(sender.last_frame.map(|(_, at)| at)).unwrap_or(first);
    let finding = Finding::new(&ONE_DIRECTION_SILENT, first.packet).with_packet(last.packet);
    let finding = finding
        .with("side", silent)
        .with("peer", asker)
        .with("since", since.packet)
        .with_time("duration", duration);
    Some(
        finding.with("frames", sender.unreplied.frames).with("first", first.packet).with("last", last.packet),
    )
}

/// F15, of a ping without a pong. Its TCP must have acknowledged the ping: otherwise the path may be gone (T12).
fn ping_unanswered(context: &RuleContext<'_>, close: &Close, side: Side) -> Option<Finding> {
    let connection = context.connection;
    let (asker, peer) = (&connection.senders[side], side.peer());
    let ping = asker.pings.front()?;
    // No pong is due after a Close frame (RFC 6455 §5.5.2).
    let frames = [asker.close, connection.senders[peer].close].into_iter().flatten();
    let closed = frames.map(|sent| sent.at.time_ns).min().unwrap_or(u64::MAX);
    let waited = open_until(context, close).min(closed).saturating_sub(ping.at.time_ns);
    let is_received = connection.ends[side].acked.is_some_and(|acked| acked >= ping.end);
    let is_silent = connection.has_found(&ONE_DIRECTION_SILENT, None);
    if !is_received || is_silent || !connection.reads_all(peer) || waited < PONG_TIMEOUT {
        return None;
    }
    let finding = Finding::new(&PING_UNANSWERED, ping.at.packet).with_frame(ping.frame).with_at_fault(peer);
    let finding = finding.with("side", side).with("frame", ping.frame).with("packet", ping.at.packet);
    let finding = finding.with_time("duration", waited);
    let speaks = connection.senders[peer].last_frame.is_some_and(|(_, at)| at.time_ns > ping.at.time_ns);
    let finding = if speaks {
        finding
    } else {
        finding.with_inference(PINGED_AND_SILENT).with_certainty(Certainty::Possible)
    };
    Some(finding)
}
