//! Rules about TCP and reachability.

use super::CloseRule::{self, EachSide, Once};
use super::{FindingRule, RuleContext};
use crate::explain::findings::catalogue::tcp::{
    CLIENT_TIME_WAIT, NEVER_OPENED, NOBODY_WAITED, OPENED_AGAIN, PEER_VANISHED, PLAIN_CLIENT, PLAIN_SERVER,
    SERVER_CLOSED_UNREAD, SIMULTANEOUS_CLOSE, SYN_UNANSWERED, THREE_SEGMENT_CLOSE, TLS_CLIENT, TLS_MISMATCH,
    TLS_SERVER, ZERO_WINDOW_STALL,
};
use crate::explain::findings::finding::Finding;
use crate::observe::tcp::State;
use crate::observe::{Close, Observation, Opaque, OpaqueKind, Response, TcpClose};
use crate::wire::Side::{self, Client, Server};

pub(in crate::explain::findings) const OF_PACKETS: &[FindingRule<Observation>] = &[zero_window_stall];
pub(in crate::explain::findings) const OF_RESPONSES: &[FindingRule<Response>] = &[tls_to_plain_server];
pub(in crate::explain::findings) const OF_OPAQUE: &[FindingRule<Opaque>] = &[plain_to_tls_server];
pub(in crate::explain::findings) const OF_CLOSES: &[CloseRule] = &[
    Once(syn_unanswered),
    Once(server_closed_unread),
    EachSide(zero_window_at_end),
    Once(three_segment_close),
    Once(simultaneous_close),
];

/// Of what stands at the end, whatever came late.
pub(in crate::explain::findings) const OF_ENDS: &[CloseRule] = &[Once(client_time_wait)];

/// Time from which on a closed window is a stall, in nanoseconds.
const STALL: u64 = 200_000_000;

/// T08 until a time. An end that has sent its FIN waits for no window. Without probes it is not known whether it waited.
fn stall(context: &RuleContext<'_>, side: Side, until_ns: u64) -> Option<Finding> {
    let connection = context.connection;
    let (end, peer) = (&connection.ends[side], &connection.ends[side.peer()]);
    let since = end.zero_since?;
    let fin_ns = peer.fin.map_or(u64::MAX, |(fin, _)| fin.time_ns);
    let closed = until_ns.min(fin_ns).saturating_sub(since.time_ns);
    let finding = Finding::new(&ZERO_WINDOW_STALL, since.packet).with_at_fault(side);
    let finding = finding
        .with("side", side)
        .with("packet", since.packet)
        .with_time("duration", closed)
        .with("probes", end.zero_probes);
    let finding = if end.zero_probes > 0 {
        finding
    } else {
        finding.with_inference(NOBODY_WAITED).with_certainty(super::Certainty::Possible)
    };
    let is_gone = connection.has_found(&PEER_VANISHED, None);
    (closed >= STALL && !is_gone).then_some(finding)
}

/// T08, when the window opens again.
fn zero_window_stall(context: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let finding = stall(context, step.from, step.time_ns).filter(|_| step.window > 0 && !step.is_reset())?;
    Some(finding.with_packet(step.number).with("end", OPENED_AGAIN))
}

/// T08, where the window never opens.
fn zero_window_at_end(context: &RuleContext<'_>, close: &Close, side: Side) -> Option<Finding> {
    let end = if super::is_over(close) { NEVER_OPENED } else { context.watch_end() };
    stall(context, side, context.watched_until(close)).map(|finding| finding.with("end", end))
}

/// T04: a client of TLS is answered with HTTP.
fn tls_to_plain_server(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let client = &context.connection.ends.client;
    let first = client.first_payload.filter(|_| client.opaque == Some(OpaqueKind::Tls))?;
    // TLS in a tunnel begins behind its CONNECT.
    if context.connection.opening.first_request.is_some() {
        return None;
    }
    let answer = response.head.packets.last();
    let finding = Finding::new(&TLS_MISMATCH, first.packet).with_packet(answer).with_at_fault(Client);
    Some(
        finding
            .with("client", TLS_CLIENT)
            .with("client_packet", first.packet)
            .with("server", PLAIN_SERVER)
            .with("server_packet", answer),
    )
}

/// T04: a client of HTTP is answered with TLS.
fn plain_to_tls_server(context: &RuleContext<'_>, opaque: &Opaque) -> Option<Finding> {
    let asked = context.connection.opening.first_request?;
    let is_mismatch = context.connection.ends.client.opaque != Some(OpaqueKind::Tls);
    let is_it = opaque.from == Server && opaque.kind == OpaqueKind::Tls && is_mismatch;
    let finding = Finding::new(&TLS_MISMATCH, asked.packet).with_packet(opaque.packet).with_at_fault(Client);
    is_it.then(|| {
        finding
            .with("client", PLAIN_CLIENT)
            .with("client_packet", asked.packet)
            .with("server", TLS_SERVER)
            .with("server_packet", opaque.packet)
    })
}

/// T01. A client that sent more than SYNs was answered, though the answer was not captured.
fn syn_unanswered(context: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let ends = &context.connection.ends;
    let first = ends.client.syn?;
    let last = context.connection.last;
    let is_it = ends.server.packets == 0 && ends.client.syns > 1 && ends.client.packets == ends.client.syns;
    let finding = Finding::new(&SYN_UNANSWERED, first.packet).with_packet(last.packet);
    let finding = finding
        .with("syns", ends.client.syns)
        .with("first", first.packet)
        .with("last", last.packet)
        .with_time("duration", last.since(first));
    // An ICMP error says more (T13).
    (is_it && context.has_ended && ends.client.icmp.is_empty()).then_some(finding)
}

/// T03.
fn server_closed_unread(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let ends = &context.connection.ends;
    let (fin, data) = (close.fins.server?, ends.client.first_payload?);
    let is_read = context.connection.reads_all(Client) && context.connection.reads_all(Server);
    let is_it =
        fin < data.packet && ends.client.syn.is_some() && ends.server.first_payload.is_none() && is_read;
    let finding = Finding::new(&SERVER_CLOSED_UNREAD, fin).with_packet(data.packet).with_at_fault(Server);
    is_it.then(|| finding.with("fin", fin).with("data", data.packet))
}

/// T09.
fn three_segment_close(_: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let (client, server) = (close.fins.client?, close.fins.server?);
    let (side, second) = if client > server { (Client, client) } else { (Server, server) };
    let is_it = close.tcp == Some(TcpClose::ThreeSegment);
    is_it.then(|| {
        Finding::new(&THREE_SEGMENT_CLOSE, client.min(server))
            .with_packet(second)
            .with("packet", second)
            .with("side", side)
    })
}

/// T10.
fn simultaneous_close(_: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let (client, server) = (close.fins.client?, close.fins.server?);
    let (first, second) = (client.min(server), client.max(server));
    let is_it = close.tcp == Some(TcpClose::Simultaneous);
    is_it.then(|| {
        Finding::new(&SIMULTANEOUS_CLOSE, first)
            .with_packet(second)
            .with("first", first)
            .with("second", second)
    })
}

/// T11.
fn client_time_wait(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let (client, server) = (close.fins.client?, close.fins.server?);
    let waits = context.connection.tcp.client == State::TimeWait;
    let is_it = client < server && waits && context.connection.knows_sides();
    is_it.then(|| Finding::new(&CLIENT_TIME_WAIT, client).with("packet", client))
}
