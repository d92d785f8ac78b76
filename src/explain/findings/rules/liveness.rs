//! Rules about heartbeats, idle timeouts and the age of connections.

use super::CloseRule::{self, EachSide, Once};
use super::RuleContext;
use crate::explain::findings::catalogue::frames::{NOT_ANSWERED, PING_UNANSWERED};
use crate::explain::findings::catalogue::liveness::{
    AWS_NLB_350_S, AZURE_240_S, CLOSED_TOGETHER, CLOUDFLARE_100_S, CLOUDFRONT_600_S, EITHER_WAY,
    GOOGLE_CLOUD_30_S, HEARTBEAT_TOO_SLOW, HEROKU_55_S, IDLE_TIMEOUT, MAXIMUM_AGE, NGINX_60_S, OF_THE_SERVER,
};
use crate::explain::findings::entry::Localized;
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::packet_ref::PacketRef;
use crate::explain::findings::memory::server_close::ServerClose;
use crate::observe::{Close, Layer};
use crate::wire::Side;

pub(in crate::explain::findings) const OF_CLOSES: &[CloseRule] = &[
    EachSide(ping_unanswered),
    Once(idle_timeout),
    EachSide(heartbeat_too_slow),
    Once(maximum_age),
    Once(closed_together),
];

/// Time after which a pong is not expected any more, in nanoseconds.
const PONG_TIMEOUT: u64 = 5_000_000_000;

/// F15, of a ping without a pong at the end.
fn ping_unanswered(context: &RuleContext<'_>, _: &Close, side: Side) -> Option<Finding> {
    let connection = context.connection;
    let (asker, peer) = (&connection.senders[side], side.peer());
    let ping = asker.pings.front()?;
    let waited = connection.last.since(ping.at);
    // No pong is due after a Close frame (RFC 6455 §5.5.2).
    let has_closed = connection.senders[peer]
        .close
        .is_some_and(|close| close.at.time_ns < ping.at.time_ns.saturating_add(PONG_TIMEOUT));
    let is_known = connection.reads_all(peer) && !has_closed && waited >= PONG_TIMEOUT;
    let finding = Finding::new(&PING_UNANSWERED, ping.at.packet).with_frame(ping.frame).with_at_fault(peer);
    let finding = finding
        .with("side", side)
        .with("frame", ping.frame)
        .with("packet", ping.at.packet)
        .with("outcome", NOT_ANSWERED);
    is_known.then_some(finding)
}

/// Known idle timeouts in nanoseconds, with the products whose default each is.
const TIMEOUTS: &[(u64, Localized)] = &[
    (30 * SECOND, GOOGLE_CLOUD_30_S),
    (55 * SECOND, HEROKU_55_S),
    (60 * SECOND, NGINX_60_S),
    (100 * SECOND, CLOUDFLARE_100_S),
    (240 * SECOND, AZURE_240_S),
    (350 * SECOND, AWS_NLB_350_S),
    (600 * SECOND, CLOUDFRONT_600_S),
];

const SECOND: u64 = 1_000_000_000;

/// An end without a Close frame, after a silence as long as a known timeout.
struct IdleEnd {
    side: Side,
    end: PacketRef,
    silence: u64,
    whose: Localized,
    since: PacketRef,
    timeout: u64,
    default_of: Localized,
}

fn idle(context: &RuleContext<'_>, close: &Close) -> Option<IdleEnd> {
    let connection = context.connection;
    let first = close.first.filter(|first| matches!(first.layer, Layer::Fin | Layer::Rst))?;
    let (fin, rst) = (connection.ends[first.side].fin, connection.ends[first.side].rst);
    let (end, _) = if first.layer == Layer::Fin { fin? } else { rst? };
    let has_opened = connection.has_opened.client && connection.has_opened.server;
    if !has_opened || close.frames.client.is_some() || close.frames.server.is_some() {
        return None;
    }
    let silences =
        [(connection.last_payload(), EITHER_WAY), (connection.ends.server.last_payload, OF_THE_SERVER)];
    silences.into_iter().find_map(|(since, whose)| {
        let since = since?;
        let silence = end.since(since);
        // A timer is not early but for rounding, and seldom later than two seconds.
        let is_it = |timeout: u64| (timeout - SECOND / 2..=timeout + 2 * SECOND).contains(&silence);
        let (timeout, default_of) = *TIMEOUTS.iter().find(|(timeout, _)| is_it(*timeout))?;
        Some(IdleEnd { side: first.side, end, silence, whose, since, timeout, default_of })
    })
}

/// L01.
fn idle_timeout(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let it = idle(context, close)?;
    let finding = Finding::new(&IDLE_TIMEOUT, it.since.packet).with_packet(it.end.packet);
    let finding = finding
        .with("side", it.side)
        .with("packet", it.end.packet)
        .with_time("silence", it.silence)
        .with("direction", it.whose);
    Some(
        finding
            .with("since", it.since.packet)
            .with_time("timeout", it.timeout)
            .with("product", it.default_of),
    )
}

/// L02.
fn heartbeat_too_slow(context: &RuleContext<'_>, close: &Close, side: Side) -> Option<Finding> {
    let it = idle(context, close)?;
    let sender = &context.connection.senders[side];
    let (interval, last) = (sender.ping_interval?, sender.last_ping?);
    let finding =
        Finding::new(&HEARTBEAT_TOO_SLOW, last.packet).with_packet(it.end.packet).with_at_fault(side);
    let finding = finding.with("side", side).with_time("interval", interval).with_time("silence", it.silence);
    (interval >= it.timeout / 10 * 9).then_some(finding)
}

/// Number of alike connections from which on they are no coincidence.
const ALIKE: usize = 3;

/// Youngest age that may be a limit, in nanoseconds.
const SHORTEST_AGE: u64 = 10 * SECOND;

/// L03.
fn maximum_age(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let this = ServerClose::of(context.connection, close)?;
    let near = this.age / 100 + SECOND / 2;
    let is_alike = |other: &&ServerClose| {
        other.server == this.server
            && other.age.abs_diff(this.age) <= near
            && other.at.time_ns.abs_diff(this.at.time_ns) > SECOND / 2
            && (other.silence.abs_diff(this.silence) > SECOND || other.is_not_idle() && this.is_not_idle())
    };
    let count = context.capture.server_closes().filter(is_alike).count() + 1;
    let finding = Finding::new(&MAXIMUM_AGE, this.at.packet)
        .with("connections", count as u64)
        .with_time("age", this.age)
        .with("packet", this.at.packet);
    (count == ALIKE && this.age >= SHORTEST_AGE).then_some(finding)
}

/// L04.
fn closed_together(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let this = ServerClose::of(context.connection, close)?;
    let since = |other: &ServerClose| other.at.time_ns.abs_diff(this.at.time_ns);
    let near =
        context.capture.server_closes().filter(|other| other.server == this.server && since(other) <= SECOND);
    let (count, longest) =
        near.fold((1, 0), |(count, longest), other| (count + 1, since(other).max(longest)));
    let finding = Finding::new(&CLOSED_TOGETHER, this.at.packet)
        .with("connections", count as u64)
        .with_time("duration", longest)
        .with("packet", this.at.packet);
    (count == ALIKE).then_some(finding)
}
