//! The rules about TCP and reachability.

use super::OfClose::{self, EachSide, Once};
use super::{Rule, RuleContext};
use crate::explain::findings::catalogue::tcp::*;
use crate::explain::findings::finding::Finding;
use crate::observe::{Close, Flags, Layer, Marks, Observation, Opaque, OpaqueKind, Response, TcpClose};
use crate::wire::Side::{self, Client, Server};

pub(in crate::explain::findings) const OF_PACKETS: &[Rule<Observation>] =
    &[refused, forged, unread, injected, stalled];
pub(in crate::explain::findings) const OF_RESPONSES: &[Rule<Response>] = &[tls_to_plain];
pub(in crate::explain::findings) const OF_OPAQUE: &[Rule<Opaque>] = &[plain_to_tls];
pub(in crate::explain::findings) const OF_CLOSES: &[OfClose] = &[
    Once(no_answer),
    Once(closed_unread),
    Once(silent),
    EachSide(stalls),
    Once(three_segments),
    Once(crossed),
    Once(client_waits),
];

/// A RST so soon after data came is about the data.
const AT_ONCE: u64 = 100_000_000;

/// A window that is closed for less is nobody's fault.
const STALL: u64 = 200_000_000;

/// T02.
fn refused(scene: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let ends = &scene.connection.ends;
    let syn = ends.client.syn?;
    let is_answer = step.from == Server && step.flags.has(Flags::RST | Flags::ACK);
    let is_first = ends.server.packets == 0 && !step.marks.has(Marks::OUT_OF_WINDOW);
    let found = Finding::new(&T02, syn.packet).and_by(step.number).blamed_on(Server);
    let port = u64::from(scene.connection.about.ends.server.port());
    (is_answer && is_first).then(|| found.with(syn.packet).with(step.number).with(port))
}

/// T06: of a WebSocket, where an end that closes has something to say.
fn unread(scene: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let connection = scene.connection;
    let is_reset = step.flags.has(Flags::RST) && !step.marks.has(Marks::OUT_OF_WINDOW);
    // One that somebody else sent says nothing of this end's socket.
    if !is_reset || !connection.has_opened.server || connection.has_told(&T07, None) {
        return None;
    }
    let (own, peer) = (&connection.ends[step.from], &connection.ends[step.from.peer()]);
    let data = peer.last_payload?;
    let after = scene.at.since(data);
    let is_next = own.packets == 0 || step.seq == own.next;
    let why = match own.fin {
        Some((fin, _)) if data.packet > fin.packet => CLOSED_ALREADY,
        None if is_next && own.last_payload.is_none_or(|last| last.packet < data.packet) => UNREAD,
        _ => return None,
    };
    let found = Finding::new(&T06, data.packet).and_by(step.number).blamed_on(step.from);
    let found = found.with(step.from).with(step.number).with_time(after).with(u64::from(peer.last_length));
    let found = found.with(step.from.peer()).with(data.packet).with(why);
    let found = if why == CLOSED_ALREADY { found.inferring(NOBODY_READS) } else { found };
    (own.rst.is_none() && after < AT_ONCE).then_some(found)
}

/// So many packets of an end must have had one TTL for another to tell something.
const HABIT: u64 = 3;

/// T07: a RST that came another way than all that its end sent before.
fn forged(scene: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let end = &scene.connection.ends[step.from];
    let is_reset = step.flags.has(Flags::RST) && !step.marks.has(Marks::OUT_OF_WINDOW);
    let (ip, before) = (step.ip?, end.hops.last?);
    let is_other = !end.hops.varies && end.hops.alike >= HABIT && ip.ttl != before.ttl;
    if !is_reset || !is_other || end.rst.is_some() {
        return None;
    }
    let found = Finding::new(&T07, step.number).surer(super::Certainty::Possible).saying(OTHER_TTL);
    let found = found.with(step.from).with(step.number).with(u64::from(ip.ttl)).with(end.hops.alike);
    let found = found.with(u64::from(before.ttl));
    let id = |found: Finding, id: Option<u16>| match id {
        Some(id) => found.with(u64::from(id)),
        None => found.with(NO_ID),
    };
    Some(id(id(found, ip.id), before.id))
}

/// T07: who resets a connection sends nothing more on it.
fn injected(scene: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let (rst, seq) = scene.connection.ends[step.from].rst?;
    let is_new = step.length > 0 && step.seq >= seq;
    let goes_on = is_new && step.flags.0 & (Flags::SYN.0 | Flags::RST.0) == 0;
    let found = Finding::new(&T07, rst.packet).and_by(step.number);
    (goes_on && !scene.connection.has_told(&T07, None))
        .then(|| found.with(step.from).with(rst.packet).with(step.number))
}

/// T08, when the window opens again.
fn stalled(scene: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let since = scene.connection.ends[step.from].zero_since?;
    let closed = scene.at.since(since);
    let found = Finding::new(&T08, since.packet).and_by(step.number).blamed_on(step.from);
    let found = found.with(step.from).with(since.packet).with_time(closed).with(OPENED_AGAIN);
    (step.window > 0 && closed >= STALL).then_some(found)
}

/// T08, if the window never opens.
fn stalls(scene: &RuleContext<'_>, _: &Close, side: Side) -> Option<Finding> {
    let since = scene.connection.ends[side].zero_since?;
    let closed = scene.connection.last.since(since);
    let found = Finding::new(&T08, since.packet).blamed_on(side);
    let found = found.with(side).with(since.packet).with_time(closed).with(NEVER_OPENED);
    (closed >= STALL).then_some(found)
}

/// T04: a client of TLS is answered with HTTP.
fn tls_to_plain(scene: &RuleContext<'_>, response: &Response) -> Option<Finding> {
    let client = &scene.connection.ends.client;
    let begun = client.first_payload.filter(|_| client.opaque == Some(OpaqueKind::Tls))?;
    let answer = response.head.packets.last();
    let found = Finding::new(&T04, begun.packet).and_by(answer).blamed_on(Client);
    Some(found.with(TLS_CLIENT).with(begun.packet).with(PLAIN_SERVER).with(answer))
}

/// T04: a client of HTTP is answered with TLS.
fn plain_to_tls(scene: &RuleContext<'_>, opaque: &Opaque) -> Option<Finding> {
    let asked = scene.connection.opening.first_request?;
    let is_it = opaque.from == Server && opaque.kind == OpaqueKind::Tls;
    let found = Finding::new(&T04, asked.packet).and_by(opaque.packet).blamed_on(Client);
    is_it.then(|| found.with(PLAIN_CLIENT).with(asked.packet).with(TLS_SERVER).with(opaque.packet))
}

/// T01. Who says more than SYN was answered, though the capture does not have it.
fn no_answer(scene: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let ends = &scene.connection.ends;
    let first = ends.client.syn?;
    let last = scene.connection.last;
    let is_it = ends.server.packets == 0 && ends.client.syns > 1 && ends.client.packets == ends.client.syns;
    let is_long = scene.is_over && !scene.connection.is_doubled();
    let found = Finding::new(&T01, first.packet).and_by(last.packet);
    let found =
        found.with(ends.client.syns).with(first.packet).with(last.packet).with_time(last.since(first));
    (is_it && is_long).then_some(found)
}

/// T03.
fn closed_unread(scene: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let ends = &scene.connection.ends;
    let (fin, data) = (close.fins.server?, ends.client.first_payload?);
    let is_it = fin < data.packet && ends.client.syn.is_some() && ends.server.first_payload.is_none();
    let found = Finding::new(&T03, fin).and_by(data.packet).blamed_on(Server);
    is_it.then(|| found.with(fin).with(data.packet))
}

/// T05. A side that was never seen at all may only not have been captured.
fn silent(scene: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let connection = scene.connection;
    let first = close.first.filter(|first| first.layer == Layer::Silence)?;
    let asker = &connection.ends[first.side.peer()];
    let is_seen = connection.ends[first.side].packets > 0 && !connection.is_doubled();
    let since = asker.last_payload.filter(|at| at.packet <= first.packet).or(asker.last_keep_alive);
    let waited = since.map_or(0, |since| connection.last.since(since));
    let found = Finding::new(&T05, first.packet).and_by(connection.last.packet).blamed_on(first.side);
    is_seen.then(|| found.with(first.side).with(first.packet).with_time(waited))
}

/// T09.
fn three_segments(_: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let (client, server) = (close.fins.client?, close.fins.server?);
    let (side, second) = if client > server { (Client, client) } else { (Server, server) };
    let is_it = close.tcp == Some(TcpClose::ThreeSegment);
    is_it.then(|| Finding::new(&T09, client.min(server)).and_by(second).with(second).with(side))
}

/// T10.
fn crossed(_: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let (client, server) = (close.fins.client?, close.fins.server?);
    let (first, second) = (client.min(server), client.max(server));
    let is_it = close.tcp == Some(TcpClose::Simultaneous);
    is_it.then(|| Finding::new(&T10, first).and_by(second).with(first).with(second))
}

/// T11.
fn client_waits(scene: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let (client, server) = (close.fins.client?, close.fins.server?);
    let is_orderly = matches!(close.tcp, Some(TcpClose::FourSegment | TcpClose::ThreeSegment));
    let is_it = client < server && is_orderly && scene.connection.knows_sides();
    is_it.then(|| Finding::new(&T11, client).with(client))
}
