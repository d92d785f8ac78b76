//! Rules about the closing handshake and the end of TCP after it.

use super::CloseRule::{self, EachSide, Once};
use super::connection_failure::{connection_failed, message_too_big};
use super::early_frame::close_lost;
use super::{FindingRule, RuleContext};
use crate::explain::findings::catalogue::closing::{
    CLIENT_CLOSES_TCP_FIRST, CLOSE_BODY_MALFORMED, CLOSE_BODY_OF_ONE_BYTE, CLOSE_BODY_TOO_LONG,
    CLOSE_CODE_MEANING, CLOSE_CODE_NOT_SENDABLE, CLOSE_REASON_NOT_UTF8, CLOSE_UNANSWERED, CLOSE_WITHOUT_CODE,
    DATA_AFTER_PEER_FIN, FIN_WITHOUT_CLOSE, FRAME_AFTER_CLOSE, FRAME_NOT_KNOWN, MEANS_EXTENSION,
    MEANS_FORBIDDEN, MEANS_GATEWAY, MEANS_GOING_AWAY, MEANS_INTERNAL, MEANS_INVALID, MEANS_LATER,
    MEANS_NORMAL, MEANS_NOT_REGISTERED, MEANS_OTHER, MEANS_POLICY, MEANS_PRIVATE, MEANS_PROTOCOL,
    MEANS_RESTART, MEANS_TIMEOUT, MEANS_TOO_BIG, MEANS_UNAUTHORIZED, MEANS_UNSUPPORTED, NO_FRAME, OWN_END,
    OWN_END_AT_ONCE, PEER_FIN, PEER_RST, RST_AFTER_CLOSE, RST_WITHOUT_CLOSE, STILL_WAITING,
    TCP_LINGERS_AFTER_CLOSE, UNTIL_END, UNTIL_FIN, UNTIL_RST,
};
use crate::explain::findings::catalogue::opening::{
    EXTENSION_NOT_AGREED, SUBPROTOCOL_NOT_CHOSEN, SUBPROTOCOL_NOT_OFFERED,
};
use crate::explain::findings::catalogue::tcp::{PEER_VANISHED, RST_INJECTED, RST_WITH_DATA_UNREAD};
use crate::explain::findings::entry::Localized;
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::packet_ref::PacketRef;
use crate::explain::findings::memory::sender_memory::SentClose;
use crate::observe::{Close, First, Frame, Layer};
use crate::wire::Side::{self, Client, Server};
use crate::wire::ws::{CloseCode, FrameError, Opcode};

pub(in crate::explain::findings) const OF_FRAMES: &[FindingRule<Frame>] = &[
    close_without_code,
    close_code_not_sendable,
    close_body_malformed,
    frame_after_close,
    close_code_meaning,
    message_too_big,
];
pub(in crate::explain::findings) const OF_CLOSES: &[CloseRule] = &[
    Once(fin_without_close),
    Once(rst_without_close),
    EachSide(connection_failed),
    Once(close_unanswered),
    Once(tcp_lingers_after_close),
    Once(client_closes_tcp_first),
    Once(rst_after_close),
    EachSide(data_after_peer_fin),
];

/// Codes with which an end fails the connection for what it received: reported by C12 and F13.
const FAILURES: [CloseCode; 3] = [CloseCode::PROTOCOL_ERROR, CloseCode::INVALID_DATA, CloseCode::TOO_BIG];

/// Time after which an answer to a Close frame is not expected any more, in nanoseconds.
const ANSWER_TIMEOUT: u64 = 5_000_000_000;

/// Time for which TCP may stay open after the closing handshake, in nanoseconds.
const LINGERS: u64 = 3_000_000_000;

/// Time after a Close frame within which a RST did not wait for the answer, in nanoseconds.
const AT_ONCE: u64 = 1_000_000_000;

/// A finding about a Close frame, with the values `side`, `frame` and `packet`.
fn of_close(entry: &'static super::CatalogueEntry, frame: &Frame) -> Option<Finding> {
    (frame.header.opcode() == Opcode::CLOSE).then(|| {
        let finding = Finding::new(entry, 0)
            .with_packets(&frame.packets)
            .with_frame(frame.index)
            .with_at_fault(frame.from);
        finding.with("side", frame.from).with("frame", frame.index).with("packet", frame.packets.last())
    })
}

/// C03.
fn close_without_code(_: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    of_close(&CLOSE_WITHOUT_CODE, frame).filter(|_| frame.header.length() == 0)
}

/// C04.
fn close_code_not_sendable(_: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    match frame.close()? {
        Err(FrameError::CloseCodeNotSendable(code)) => {
            of_close(&CLOSE_CODE_NOT_SENDABLE, frame).map(|it| it.with("code", u64::from(code.0)))
        }
        _ => None,
    }
}

/// C05. One in fragments is [F09](super::frames).
fn close_body_malformed(_: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let what = match frame.close()? {
        Err(FrameError::CloseBodyOfOneByte) => CLOSE_BODY_OF_ONE_BYTE,
        Err(FrameError::CloseReasonNotUtf8) => CLOSE_REASON_NOT_UTF8,
        Err(FrameError::LongControl(..)) if frame.header.fin() => CLOSE_BODY_TOO_LONG,
        _ => return None,
    };
    of_close(&CLOSE_BODY_MALFORMED, frame).map(|finding| finding.with("fault", what))
}

/// C10. A pong after a Close frame is allowed: only data must not follow.
fn frame_after_close(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let close = context.connection.senders[frame.from].close?;
    let opcode = frame.header.opcode();
    let is_wrong = !opcode.is_control() || opcode == Opcode::CLOSE;
    is_wrong.then(|| Finding::of_frame(&FRAME_AFTER_CLOSE, frame).with("close", close.frame))
}

/// C11, of the Close frame that begins the closing handshake.
fn close_code_meaning(context: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let senders = &context.connection.senders;
    let is_earlier = |other: &SentClose| other.at.packet <= frame.packets.last();
    let is_answer = senders[frame.from.peer()].close.as_ref().is_some_and(is_earlier);
    // Where bytes of the peer are waited for, its Close frame may be the first.
    let may_be_answer = context.connection.ends[frame.from.peer()].has_open_gap;
    if is_answer || may_be_answer || senders[frame.from].close.is_some() {
        return None;
    }
    let code = legal_code(frame)?;
    let finding = Finding::new(&CLOSE_CODE_MEANING, frame.packets.last()).with_frame(frame.index);
    let finding = finding
        .with("side", frame.from)
        .with("code", u64::from(code.0))
        .with("name", code.name().unwrap_or("–"));
    let finding = finding.with("packet", frame.packets.last());
    let finding = match &senders[frame.from.peer()].last_data {
        Some(last) => finding.with("last", last.index),
        None if context.connection.reads_all(frame.from.peer()) => finding.with("last", NO_FRAME),
        None => finding.with("last", FRAME_NOT_KNOWN),
    };
    Some(finding.with("meaning", meaning_of(code)))
}

pub(super) fn legal_code(frame: &Frame) -> Option<CloseCode> {
    let code = frame.close()?.ok()?.code();
    Some(code).filter(|code| *code != CloseCode::NO_STATUS)
}

const fn meaning_of(code: CloseCode) -> Localized {
    match code.0 {
        1000 => MEANS_NORMAL,
        1001 => MEANS_GOING_AWAY,
        1002 => MEANS_PROTOCOL,
        1003 => MEANS_UNSUPPORTED,
        1007 => MEANS_INVALID,
        1008 => MEANS_POLICY,
        1009 => MEANS_TOO_BIG,
        1010 => MEANS_EXTENSION,
        1011 => MEANS_INTERNAL,
        1012 => MEANS_RESTART,
        1013 => MEANS_LATER,
        1014 => MEANS_GATEWAY,
        3000 => MEANS_UNAUTHORIZED,
        3003 => MEANS_FORBIDDEN,
        3008 => MEANS_TIMEOUT,
        3001..=3999 => MEANS_NOT_REGISTERED,
        4000..=4999 => MEANS_PRIVATE,
        _ => MEANS_OTHER,
    }
}

/// C13.
fn data_after_peer_fin(context: &RuleContext<'_>, _: &Close, side: Side) -> Option<Finding> {
    let connection = context.connection;
    let late = &connection.ends[side].data_after_fin;
    let (fin, _) = connection.ends[side.peer()].fin?;
    let (first, _) = late.packets.first()?;
    let is_websocket = connection.has_opened.client || connection.has_opened.server;
    let finding = Finding::new(&DATA_AFTER_PEER_FIN, fin.packet)
        .with_at_fault(side)
        .with("side", side)
        .with("length", late.bytes)
        .with("packets", late.count);
    let finding = finding.with("peer", side.peer()).with("fin", fin.packet).with("first", *first);
    // What cannot be read may be its Close frame.
    (is_websocket && connection.reads_all(side))
        .then(|| late.packets.iter().fold(finding, |finding, (packet, _)| finding.with_packet(*packet)))
}

/// Returns `true` if the WebSocket was certainly open, and certainly no Close frame preceded its end.
fn is_without_close(context: &RuleContext<'_>) -> bool {
    let connection = context.connection;
    let has_opened = connection.has_opened.client && connection.has_opened.server;
    // Without the request it is not known whether the client accepted the 101.
    let has_spoken = connection.senders.client.frames > 0 && connection.senders.server.frames > 0;
    let is_taken = connection.opening.first_request.is_some() || has_spoken;
    // Where the peer is gone nothing tells what it reports: T12 says more.
    let has_peer = !connection.has_found(&PEER_VANISHED, None);
    has_opened && has_peer && is_taken && [Client, Server].into_iter().all(|side| connection.reads_all(side))
}

/// Returns `true` if a client ends the connection because of a 101 that it must not accept, or that browsers do not.
pub(super) fn refuses_the_101(context: &RuleContext<'_>, side: Side) -> bool {
    let has_found = |entry| context.connection.has_found(entry, Some(Server));
    side == Client
        && [&SUBPROTOCOL_NOT_CHOSEN, &SUBPROTOCOL_NOT_OFFERED, &EXTENSION_NOT_AGREED]
            .into_iter()
            .any(has_found)
}

/// C01.
fn fin_without_close(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let First { side, packet, .. } = close.first.filter(|first| first.layer == Layer::Fin)?;
    let finding = Finding::new(&FIN_WITHOUT_CLOSE, packet)
        .with("side", side)
        .with("packet", packet)
        .with_at_fault(side);
    (is_without_close(context) && !refuses_the_101(context, side)).then_some(finding)
}

/// C02. A RST whose kind is known is [T06](super::tcp) or T07.
fn rst_without_close(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let First { side, packet, .. } = close.first.filter(|first| first.layer == Layer::Rst)?;
    let is_explained = context.connection.has_found(&RST_WITH_DATA_UNREAD, Some(side))
        || context.connection.has_found(&RST_INJECTED, None);
    let finding = Finding::new(&RST_WITHOUT_CLOSE, packet)
        .with("side", side)
        .with("packet", packet)
        .with_at_fault(side);
    (is_without_close(context) && !is_explained && !refuses_the_101(context, side)).then_some(finding)
}

/// The side that sent a Close frame, and the Close frame, where the other side certainly sent none.
fn unanswered_close(context: &RuleContext<'_>, close: &Close) -> Option<(Side, PacketRef)> {
    let side = match (&close.frames.client, &close.frames.server) {
        (Some(_), None) => Client,
        (None, Some(_)) => Server,
        _ => return None,
    };
    let sent = context.connection.senders[side].close?;
    context.connection.reads_all(side.peer()).then_some((side, sent.at))
}

/// C06. No answer is due to a Close frame that fails the connection (RFC 6455 §7.1.7), to one after the other's FIN, nor
/// to one that may not have arrived.
fn close_unanswered(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let (side, sent) = unanswered_close(context, close)?;
    let peer = side.peer();
    let code = close.frames[side].as_ref().and_then(|seen| seen.code);
    let is_failure = code.is_some_and(|code| FAILURES.contains(&code));
    let is_first = close.first.is_some_and(|first| first.layer == Layer::WebSocket);
    // No answer comes of a peer that is gone (T12).
    let is_gone = context.connection.has_found(&PEER_VANISHED, None);
    let is_lost = is_gone || close_lost(context, close, side).is_some();
    let end = context.connection.senders[side].close.map(|sent| sent.end);
    let has_arrived = end.is_some_and(|end| context.connection.ends[peer].acknowledged >= end)
        || close.rst.is_some_and(|(from, _)| from == peer);
    if is_failure || !is_first || is_lost || !has_arrived || rst_at_once(context, close).is_some() {
        return None;
    }
    let is_late = context.capture.last_ns.saturating_sub(sent.time_ns) >= ANSWER_TIMEOUT;
    let own = connection_fin(context, side).filter(|own| close.fins[peer].is_none_or(|fin| fin > own.packet));
    let is_at_once = own.is_some_and(|own| own.since(sent) < AT_ONCE);
    let (how, packet) = match (close.rst, close.fins[peer], own) {
        (_, Some(fin), Some(_)) if is_at_once => (OWN_END_AT_ONCE, fin),
        (_, Some(fin), Some(_)) => (OWN_END, fin),
        (_, Some(fin), None) => (PEER_FIN, fin),
        (Some((from, rst)), ..) if from == peer => (PEER_RST, rst),
        (Some((_, rst)), ..) => (OWN_END, rst),
        (None, None, Some(own)) if is_late => (OWN_END, own.packet),
        (None, None, None) if is_late => (STILL_WAITING, sent.packet),
        _ => return None,
    };
    let finding = Finding::new(&CLOSE_UNANSWERED, sent.packet).with_packet(packet).with_at_fault(peer);
    Some(finding.with("side", side).with("packet", sent.packet).with("end", how).with("peer", peer))
}

fn connection_fin(context: &RuleContext<'_>, side: Side) -> Option<PacketRef> {
    context.connection.ends[side].fin.map(|(at, _)| at)
}

/// A side that sent a RST at once after its Close frame, that frame, the packet of the RST, and the time between them.
fn rst_at_once(context: &RuleContext<'_>, close: &Close) -> Option<(Side, PacketRef, u64, u64)> {
    let (side, sent) = unanswered_close(context, close)?;
    let (rst, _) = context.connection.ends[side].rst?;
    let is_it = close.rst == Some((side, rst.packet)) && close.fins[side.peer()].is_none();
    (is_it && rst.since(sent) < AT_ONCE).then_some((side, sent, rst.packet, rst.since(sent)))
}

/// C09.
fn rst_after_close(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let (side, sent, rst, after) = rst_at_once(context, close)?;
    let finding = Finding::new(&RST_AFTER_CLOSE, sent.packet).with_packet(rst).with_at_fault(side);
    Some(finding.with("side", side).with("rst", rst).with_time("delay", after).with("packet", sent.packet))
}

/// C07.
fn tcp_lingers_after_close(context: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let connection = context.connection;
    let (client, server) = (connection.senders.client.close?, connection.senders.server.close?);
    let second = if client.at.time_ns > server.at.time_ns { client.at } else { server.at };
    let fins = [Client, Server].into_iter().filter_map(|side| connection.ends[side].fin.map(|(at, _)| at));
    let resets = [Client, Server].into_iter().filter_map(|side| connection.ends[side].rst.map(|(at, _)| at));
    let first = |at: PacketRef, how| (at.packet, at.since(second), how);
    let ends = fins.map(|at| first(at, UNTIL_FIN)).chain(resets.map(|at| first(at, UNTIL_RST)));
    let open = (second.packet, context.capture.last_ns.saturating_sub(second.time_ns), UNTIL_END);
    let (packet, waited, how) = ends.min_by_key(|(packet, ..)| *packet).unwrap_or(open);
    let finding =
        Finding::new(&TCP_LINGERS_AFTER_CLOSE, second.packet).with_packet(packet).with_at_fault(Server);
    let is_read = connection.reads_all(Client) && connection.reads_all(Server);
    (waited >= LINGERS && is_read)
        .then(|| finding.with("packet", second.packet).with_time("duration", waited).with("end", how))
}

/// C08.
fn client_closes_tcp_first(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let fin = close.fins.client?;
    let is_read = context.connection.reads_all(Server);
    let is_first = close.fins.server.map_or(is_read, |server| server > fin);
    let is_websocket = context.connection.has_opened.client && context.connection.knows_sides();
    let is_wanted =
        is_first && is_websocket && close.frames.client.is_some() && close.frames.server.is_some();
    is_wanted.then(|| Finding::new(&CLIENT_CLOSES_TCP_FIRST, fin).with("packet", fin).with_at_fault(Client))
}
