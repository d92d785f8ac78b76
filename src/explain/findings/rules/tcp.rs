//! Rules about TCP and reachability.

use super::CloseRule::{self, EachSide, Once};
use super::{FindingRule, RuleContext};
use crate::explain::findings::catalogue::tcp::{
    CLIENT_TIME_WAIT, NEVER_OPENED, OPENED_AGAIN, PEER_SILENT, PLAIN_CLIENT, PLAIN_SERVER,
    SERVER_CLOSED_UNREAD, SIMULTANEOUS_CLOSE, SYN_UNANSWERED, THREE_SEGMENT_CLOSE, TLS_CLIENT, TLS_MISMATCH,
    TLS_SERVER, ZERO_WINDOW_STALL,
};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::packet_ref::PacketRef;
use crate::observe::{Close, Layer, Observation, Opaque, OpaqueKind, Response, TcpClose};
use crate::wire::Side::{self, Client, Server};

pub(in crate::explain::findings) const OF_PACKETS: &[FindingRule<Observation>] = &[zero_window_stall];
pub(in crate::explain::findings) const OF_RESPONSES: &[FindingRule<Response>] = &[tls_to_plain_server];
pub(in crate::explain::findings) const OF_OPAQUE: &[FindingRule<Opaque>] = &[plain_to_tls_server];
pub(in crate::explain::findings) const OF_CLOSES: &[CloseRule] = &[
    Once(syn_unanswered),
    Once(server_closed_unread),
    Once(peer_silent),
    EachSide(zero_window_at_end),
    Once(three_segment_close),
    Once(simultaneous_close),
    Once(client_time_wait),
];

/// Time from which on a closed window is a stall, in nanoseconds.
const STALL: u64 = 200_000_000;

/// The packet that closed a side's window, if that is closed and the peer may still send: after its FIN nobody waits.
fn zero_window(context: &RuleContext<'_>, side: Side) -> Option<PacketRef> {
    let peer_fin = context.connection.ends[side.peer()].fin;
    context.connection.ends[side].zero_since.filter(|_| peer_fin.is_none())
}

/// T08, when the window opens again.
fn zero_window_stall(context: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let since = zero_window(context, step.from)?;
    let closed = context.at.since(since);
    let finding =
        Finding::new(&ZERO_WINDOW_STALL, since.packet).with_packet(step.number).with_at_fault(step.from);
    let finding = finding
        .with("side", step.from)
        .with("packet", since.packet)
        .with_time("duration", closed)
        .with("end", OPENED_AGAIN);
    (step.window > 0 && closed >= STALL).then_some(finding)
}

/// T08, where the window never opens.
fn zero_window_at_end(context: &RuleContext<'_>, _: &Close, side: Side) -> Option<Finding> {
    let since = zero_window(context, side)?;
    let closed = context.connection.last.since(since);
    let finding = Finding::new(&ZERO_WINDOW_STALL, since.packet).with_at_fault(side);
    let finding = finding
        .with("side", side)
        .with("packet", since.packet)
        .with_time("duration", closed)
        .with("end", NEVER_OPENED);
    (closed >= STALL).then_some(finding)
}

/// T04: a client of TLS is answered with HTTP.
fn tls_to_plain_server(context: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let client = &context.connection.ends.client;
    let first = client.first_payload.filter(|_| client.opaque == Some(OpaqueKind::Tls))?;
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
    let is_it = opaque.from == Server && opaque.kind == OpaqueKind::Tls;
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
    (is_it && context.has_ended).then_some(finding)
}

/// T03.
fn server_closed_unread(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let ends = &context.connection.ends;
    let (fin, data) = (close.fins.server?, ends.client.first_payload?);
    let is_it = fin < data.packet && ends.client.syn.is_some() && ends.server.first_payload.is_none();
    let finding = Finding::new(&SERVER_CLOSED_UNREAD, fin).with_packet(data.packet).with_at_fault(Server);
    is_it.then(|| finding.with("fin", fin).with("data", data.packet))
}

/// T05. Not of a side without any packet: that may not have been captured.
fn peer_silent(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let connection = context.connection;
    let first = close.first.filter(|first| first.layer == Layer::Silence)?;
    let asker = &connection.ends[first.side.peer()];
    let is_seen = connection.ends[first.side].packets > 0;
    let since = asker.last_payload.filter(|at| at.packet <= first.packet).or(asker.last_keep_alive);
    let waited = since.map_or(0, |since| connection.last.since(since));
    let finding = Finding::new(&PEER_SILENT, first.packet)
        .with_packet(connection.last.packet)
        .with_at_fault(first.side);
    is_seen
        .then(|| finding.with("side", first.side).with("packet", first.packet).with_time("duration", waited))
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
    let is_orderly = matches!(close.tcp, Some(TcpClose::FourSegment | TcpClose::ThreeSegment));
    let is_it = client < server && is_orderly && context.connection.knows_sides();
    is_it.then(|| Finding::new(&CLIENT_TIME_WAIT, client).with("packet", client))
}
