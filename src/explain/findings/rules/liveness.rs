//! Rules about heartbeats, idle timeouts and the age of connections.

use super::CloseRule::{self, EachSide, Once};
use super::{Certainty, FindingRule, RuleContext};
use crate::explain::findings::catalogue::frames::PING_UNANSWERED;
use crate::explain::findings::catalogue::liveness::{
    ALIKE_IS_A_TIMEOUT, AWS_NLB_350_S, AZURE_240_S, CLOSED_TOGETHER, CLOUDFLARE_100_S, CLOUDFRONT_600_S,
    EITHER_WAY, FORGOTTEN, FORGOTTEN_MEANWHILE, GOOGLE_CLOUD_30_S, HEARTBEAT_TOO_SLOW, HEROKU_55_S,
    IDLE_ALIKE, IDLE_TIMEOUT, MAXIMUM_AGE, NGINX_60_S, OF_THE_SERVER, ONE_DIRECTION_SILENT, SILENCE_ALIKE,
    SILENCE_BEFORE_END, TIMEOUT_ALIKE,
};
use crate::explain::findings::catalogue::tcp::PEER_VANISHED;
use crate::explain::findings::entry::Localized;
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::server_close::ServerClose;
use crate::explain::findings::memory::silent_end::{SHORTEST_SILENCE, SilentEnd};
use crate::observe::{Close, Flags, Layer, Marks, Observation};
use crate::wire::Side;

pub(in crate::explain::findings) const OF_PACKETS: &[FindingRule<Observation>] = &[reset_after_silence];
pub(in crate::explain::findings) const OF_CLOSES: &[CloseRule] = &[
    Once(idle_timeout),
    Once(silence_before_end),
    EachSide(heartbeat_too_slow),
    Once(maximum_age),
    Once(closed_together),
];

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

/// Number of alike connections from which on they are no coincidence.
const ALIKE: usize = 3;

/// An end after a silence, and what is known of its length.
struct IdleEnd {
    end: SilentEnd,
    whose: Localized,
    /// The known default that it is, and whose.
    default: Option<(u64, Localized)>,
    /// Number of connections that ended after the same silence, with this one.
    connections: usize,
}

impl IdleEnd {
    /// Timeout that it suggests, in nanoseconds: one alone suggests a known default only.
    fn timeout(&self) -> Option<u64> {
        let measured = (self.connections >= ALIKE).then_some(self.end.silence);
        self.default.map(|(timeout, _)| timeout).or(measured)
    }

    fn certainty(&self) -> Certainty {
        if self.connections >= ALIKE { Certainty::Likely } else { Certainty::Possible }
    }

    /// Values that all its findings have.
    fn describe(&self, finding: Finding) -> Finding {
        let SilentEnd { side, end, since, silence, .. } = self.end;
        let finding = finding.with_packet(end.packet).with_certainty(self.certainty());
        let finding = finding.with("side", side).with("packet", end.packet).with("since", since.packet);
        let finding = finding.with_time("silence", silence);
        if self.connections < ALIKE {
            return finding;
        }
        finding.with("connections", self.connections as u64)
    }
}

/// Known default of a silence. A timer is not early but for rounding, and seldom later than two seconds.
fn known_default(silence: u64) -> Option<(u64, Localized)> {
    let is_it = |timeout: u64| (timeout - SECOND / 2..=timeout + 2 * SECOND).contains(&silence);
    TIMEOUTS.iter().copied().find(|(timeout, _)| is_it(*timeout))
}

/// The end of a connection after a silence: of both sides, or of the server where that is a known default.
fn idle(context: &RuleContext<'_>, close: &Close) -> Option<IdleEnd> {
    let connection = context.connection;
    let both = SilentEnd::of(connection, close);
    let server = || {
        let since = connection.ends.server.last_payload?;
        let end = SilentEnd::since(connection, close, since)?;
        known_default(end.silence).map(|_| end)
    };
    let (end, whose) = match both.filter(|end| known_default(end.silence).is_some()) {
        Some(end) => (end, EITHER_WAY),
        None => server().map(|end| (end, OF_THE_SERVER)).or(both.map(|end| (end, EITHER_WAY)))?,
    };
    let alike = context.capture.silent_ends().filter(|other| end.is_alike(other)).count();
    let connections = alike + 1;
    // A Close frame is the application's word: only several of them show a timer.
    let is_wordless = end.layer != Layer::WebSocket || connections >= ALIKE;
    // A closer explanation: there was no room to send, other connections ended with it, or the peer was gone or did not
    // answer.
    let ends = &connection.ends;
    let is_explained = ends.client.zero_since.is_some()
        || ends.server.zero_since.is_some()
        || ends_with_others(context, close, &end)
        || connection.has_found(&PEER_VANISHED, None)
        || connection.has_found(&ONE_DIRECTION_SILENT, None)
        || connection.has_found(&PING_UNANSWERED, Some(end.side.peer()));
    let default = known_default(end.silence).filter(|_| end.layer != Layer::WebSocket);
    (is_wordless && !is_explained).then_some(IdleEnd { end, whose, default, connections })
}

/// Returns `true` if the server ended other connections at the same moment, after silences that differ.
fn ends_with_others(context: &RuleContext<'_>, close: &Close, end: &SilentEnd) -> bool {
    let Some(this) = ServerClose::of(context.connection, close) else { return false };
    let is_other = |other: &&ServerClose| {
        this.is_together_with(other) && other.silence.abs_diff(end.silence) > end.silence / 50
    };
    context.capture.server_closes().filter(is_other).count() + 1 >= ALIKE
}

/// L01.
fn idle_timeout(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let it = idle(context, close)?;
    let (timeout, product) = it.default?;
    let finding = it.describe(Finding::new(&IDLE_TIMEOUT, it.end.since.packet));
    let finding = finding.with("direction", it.whose).with_time("timeout", timeout).with("product", product);
    Some(if it.connections < ALIKE {
        finding
    } else {
        finding.with_fact(IDLE_ALIKE).with_inference(TIMEOUT_ALIKE)
    })
}

/// L05.
fn silence_before_end(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let it = idle(context, close).filter(|it| it.default.is_none())?;
    if context.connection.has_found(&SILENCE_BEFORE_END, None) {
        return None;
    }
    let finding = it.describe(Finding::new(&SILENCE_BEFORE_END, it.end.since.packet));
    Some(if it.connections < ALIKE {
        finding
    } else {
        finding.with_fact(SILENCE_ALIKE).with_inference(ALIKE_IS_A_TIMEOUT)
    })
}

/// L05, where the first packet after a silence is answered by a RST.
fn reset_after_silence(context: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let connection = context.connection;
    let resumed = connection.resumption.filter(|it| it.by == step.from.peer())?;
    let end = &connection.ends[step.from];
    let is_reset = step.flags.has(Flags::RST) && !step.marks.has(Marks::OUT_OF_WINDOW) && end.rst.is_none();
    let has_opened = connection.has_opened.client && connection.has_opened.server;
    // Whoever has answered since knows the connection.
    let is_first = end.last.is_some_and(|last| last.packet < resumed.at.packet);
    let is_at_once = context.at.since(resumed.at) < SHORTEST_SILENCE;
    let is_wanted = is_reset && has_opened && is_first && is_at_once && !end.has_ended();
    let finding = Finding::new(&SILENCE_BEFORE_END, resumed.since.packet)
        .with_packet(resumed.at.packet)
        .with_packet(step.number)
        .with_fact(FORGOTTEN)
        .with_inference(FORGOTTEN_MEANWHILE);
    let finding = finding
        .with_time("silence", resumed.at.since(resumed.since))
        .with("since", resumed.since.packet)
        .with("peer", resumed.by)
        .with("packet", resumed.at.packet);
    let finding = finding.with("side", step.from).with("rst", step.number);
    (is_wanted && !connection.has_found(&PEER_VANISHED, None)).then_some(finding)
}

/// L02. Where the timeout is only suspected the race is, too.
fn heartbeat_too_slow(context: &RuleContext<'_>, close: &Close, side: Side) -> Option<Finding> {
    let it = idle(context, close)?;
    let timeout = it.timeout()?;
    let sender = &context.connection.senders[side];
    let (interval, last) = (sender.ping_interval?, sender.last_ping?);
    let finding = Finding::new(&HEARTBEAT_TOO_SLOW, last.packet)
        .with_packet(it.end.end.packet)
        .with_at_fault(side)
        .with_certainty(it.certainty());
    let finding =
        finding.with("side", side).with_time("interval", interval).with_time("silence", it.end.silence);
    (interval >= timeout / 10 * 9).then_some(finding)
}

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
    let near = context.capture.server_closes().filter(|other| this.is_together_with(other));
    let (count, longest) =
        near.fold((1, 0), |(count, longest), other| (count + 1, since(other).max(longest)));
    let finding = Finding::new(&CLOSED_TOGETHER, this.at.packet)
        .with("connections", count as u64)
        .with_time("duration", longest)
        .with("packet", this.at.packet);
    (count == ALIKE).then_some(finding)
}
