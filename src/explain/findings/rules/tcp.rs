//! Rules about TCP and reachability.

use super::CloseRule::{self, EachSide, Once};
use super::{FindingRule, RuleContext};
use crate::explain::findings::catalogue::tcp::{
    CLIENT_TIME_WAIT, CLOSED_ALREADY, CONNECTION_REFUSED, NEVER_OPENED, NO_ID, OPENED_AGAIN, OTHER_TTL,
    PEER_SILENT, PLAIN_CLIENT, PLAIN_SERVER, RST_INJECTED, RST_WITH_DATA_UNREAD, SERVER_CLOSED_UNREAD,
    SIMULTANEOUS_CLOSE, SOCKET_CLOSED, SYN_UNANSWERED, THREE_SEGMENT_CLOSE, TLS_CLIENT, TLS_MISMATCH,
    TLS_SERVER, UNREAD, ZERO_WINDOW_STALL,
};
use crate::explain::findings::finding::{Finding, Value};
use crate::observe::{Close, Flags, Layer, Marks, Observation, Opaque, OpaqueKind, Response, TcpClose};
use crate::wire::Side::{self, Client, Server};

pub(in crate::explain::findings) const OF_PACKETS: &[FindingRule<Observation>] =
    &[connection_refused, rst_with_other_ttl, rst_with_data_unread, rst_injected, zero_window_stall];
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

/// Time after data within which a RST is about that data, in nanoseconds.
const AT_ONCE: u64 = 100_000_000;

/// Time from which on a closed window is a stall, in nanoseconds.
const STALL: u64 = 200_000_000;

/// T02.
fn connection_refused(context: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let ends = &context.connection.ends;
    let syn = ends.client.syn?;
    let is_answer = step.from == Server && step.flags.has(Flags::RST | Flags::ACK);
    let is_first = ends.server.packets == 0 && !step.marks.has(Marks::OUT_OF_WINDOW);
    let finding =
        Finding::new(&CONNECTION_REFUSED, syn.packet).with_packet(step.number).with_at_fault(Server);
    let port = u64::from(context.connection.about.ends.server.port());
    (is_answer && is_first)
        .then(|| finding.with("syn", syn.packet).with("rst", step.number).with("port", port))
}

/// T06, of a WebSocket: an end that closes should send a Close frame.
fn rst_with_data_unread(context: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let connection = context.connection;
    let is_reset = step.flags.has(Flags::RST) && !step.marks.has(Marks::OUT_OF_WINDOW);
    // An injected RST says nothing about this end's socket.
    if !is_reset || !connection.has_opened.server || connection.has_found(&RST_INJECTED, None) {
        return None;
    }
    let (own, peer) = (&connection.ends[step.from], &connection.ends[step.from.peer()]);
    let data = peer.last_payload?;
    let after = context.at.since(data);
    let is_next = own.packets == 0 || step.seq == own.next;
    let why = match own.fin {
        Some((fin, _)) if data.packet > fin.packet => CLOSED_ALREADY,
        None if is_next && own.last_payload.is_none_or(|last| last.packet < data.packet) => UNREAD,
        _ => return None,
    };
    let finding =
        Finding::new(&RST_WITH_DATA_UNREAD, data.packet).with_packet(step.number).with_at_fault(step.from);
    let finding = finding
        .with("side", step.from)
        .with("rst", step.number)
        .with_time("delay", after)
        .with("length", u64::from(peer.last_length));
    let finding = finding.with("peer", step.from.peer()).with("data", data.packet).with("state", why);
    let finding = if why == CLOSED_ALREADY { finding.with_inference(SOCKET_CLOSED) } else { finding };
    (own.rst.is_none() && after < AT_ONCE).then_some(finding)
}

/// Number of packets with one TTL from which on another TTL is odd.
const TTL_SAMPLES: u64 = 3;

/// T07, from a RST with another TTL than all packets of its end before.
fn rst_with_other_ttl(context: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let end = &context.connection.ends[step.from];
    let is_reset = step.flags.has(Flags::RST) && !step.marks.has(Marks::OUT_OF_WINDOW);
    let (ip, before) = (step.ip?, end.ttl.last?);
    let is_other = !end.ttl.varies && end.ttl.alike >= TTL_SAMPLES && ip.ttl != before.ttl;
    if !is_reset || !is_other || end.rst.is_some() {
        return None;
    }
    let finding = Finding::new(&RST_INJECTED, step.number)
        .with_certainty(super::Certainty::Possible)
        .with_fact(OTHER_TTL);
    let finding = finding
        .with("side", step.from)
        .with("rst", step.number)
        .with("ttl", u64::from(ip.ttl))
        .with("packets", end.ttl.alike);
    let finding = finding.with("usual_ttl", u64::from(before.ttl));
    let id = |id: Option<u16>| id.map_or(Value::from(NO_ID), |id| u64::from(id).into());
    Some(finding.with("ip_id", id(ip.id)).with("last_ip_id", id(before.id)))
}

/// T07, from a packet after the RST: an end that resets a connection sends nothing more on it.
fn rst_injected(context: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let (rst, seq) = context.connection.ends[step.from].rst?;
    let is_new = step.length > 0 && step.seq >= seq;
    let goes_on = is_new && step.flags.0 & (Flags::SYN.0 | Flags::RST.0) == 0;
    let finding = Finding::new(&RST_INJECTED, rst.packet).with_packet(step.number);
    (goes_on && !context.connection.has_found(&RST_INJECTED, None))
        .then(|| finding.with("side", step.from).with("rst", rst.packet).with("packet", step.number))
}

/// T08, when the window opens again.
fn zero_window_stall(context: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let since = context.connection.ends[step.from].zero_since?;
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
    let since = context.connection.ends[side].zero_since?;
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
    // An ICMP error says more (T13).
    let is_long = context.has_ended && !context.connection.is_captured_twice() && ends.client.icmp.is_empty();
    let finding = Finding::new(&SYN_UNANSWERED, first.packet).with_packet(last.packet);
    let finding = finding
        .with("syns", ends.client.syns)
        .with("first", first.packet)
        .with("last", last.packet)
        .with_time("duration", last.since(first));
    (is_it && is_long).then_some(finding)
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
    let is_seen = connection.ends[first.side].packets > 0 && !connection.is_captured_twice();
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
