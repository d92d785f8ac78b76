//! The rules about how connections close.

use super::OfClose::{self, EachSide, Once};
use super::early::close_lost;
use super::{Rule, RuleContext, compression, frames};
use crate::explain::findings::catalogue::closing::*;
use crate::explain::findings::catalogue::frames::{DECLARES_TOO_MUCH, MESSAGE_TOO_BIG};
use crate::explain::findings::catalogue::opening::{
    EXTENSION_NOT_AGREED, SUBPROTOCOL_NOT_CHOSEN, SUBPROTOCOL_NOT_OFFERED,
};
use crate::explain::findings::catalogue::tcp::{RST_INJECTED, RST_WITH_DATA_UNREAD};
use crate::explain::findings::entry::Localized as Phrase;
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::connection_memory::PacketRef;
use crate::explain::findings::memory::fault::Fault;
use crate::observe::{Close, First, Frame, Layer};
use crate::wire::Side::{self, Client, Server};
use crate::wire::ws::{CloseCode, FrameError, Opcode};

pub(in crate::explain::findings) const OF_FRAMES: &[Rule<Frame>] =
    &[empty_body, not_sendable, malformed, after_close, meaning, too_big];
pub(in crate::explain::findings) const OF_CLOSES: &[OfClose] = &[
    Once(without_close_frame),
    Once(by_reset),
    EachSide(failed),
    Once(unanswered),
    Once(lingering),
    Once(client_first),
    Once(reset_after_close),
    EachSide(after_fin),
];

/// The codes with which an end fails the connection for what came: C12 and F13 tell of them.
const FAILURES: [CloseCode; 3] = [CloseCode::PROTOCOL_ERROR, CloseCode::INVALID_DATA, CloseCode::TOO_BIG];

/// A close that has not come after so long does not come.
const LONG: u64 = 5_000_000_000;

/// TCP that is open so long after the closing handshake waits for something.
const LINGERS: u64 = 3_000_000_000;

/// A RST within this time of a Close frame did not wait for its answer.
const AT_ONCE: u64 = 1_000_000_000;

/// About a Close frame: its sender, its number and its packet are the first three values.
fn of_close(entry: &'static super::Entry, frame: &Frame) -> Option<Finding> {
    (frame.header.opcode() == Opcode::CLOSE).then(|| {
        let found = Finding::new(entry, 0)
            .with_packets(&frame.packets)
            .with_frame(frame.index)
            .with_at_fault(frame.from);
        found.with("side", frame.from).with("frame", frame.index).with("packet", frame.packets.last())
    })
}

/// C03.
fn empty_body(_: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    of_close(&CLOSE_WITHOUT_CODE, frame).filter(|_| frame.header.length() == 0)
}

/// C04.
fn not_sendable(_: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    match frame.close()? {
        Err(FrameError::CloseCodeNotSendable(code)) => {
            of_close(&CLOSE_CODE_NOT_SENDABLE, frame).map(|it| it.with("code", u64::from(code.0)))
        }
        _ => None,
    }
}

/// C05. One in fragments is [F09](super::frames).
fn malformed(_: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let what = match frame.close()? {
        Err(FrameError::CloseBodyOfOneByte) => ONE_BYTE,
        Err(FrameError::CloseReasonNotUtf8) => NOT_UTF8,
        Err(FrameError::LongControl(..)) if frame.header.fin() => TOO_LONG,
        _ => return None,
    };
    of_close(&CLOSE_BODY_MALFORMED, frame).map(|found| found.with("fault", what))
}

/// C10. A pong after a Close frame is allowed: only data must not follow.
fn after_close(scene: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let close = scene.connection.senders[frame.from].close?;
    let opcode = frame.header.opcode();
    let is_wrong = !opcode.is_control() || opcode == Opcode::CLOSE;
    is_wrong.then(|| Finding::of_frame(&FRAME_AFTER_CLOSE, frame).with("close", close.frame))
}

/// C11, of the Close frame that begins the closing handshake.
fn meaning(scene: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    let senders = &scene.connection.senders;
    if senders.client.close.is_some() || senders.server.close.is_some() {
        return None;
    }
    let code = legal_code(frame)?;
    let found = Finding::new(&CLOSE_CODE_MEANING, frame.packets.last()).with_frame(frame.index);
    let found = found
        .with("side", frame.from)
        .with("code", u64::from(code.0))
        .with("name", code.name().unwrap_or("–"));
    let found = found.with("packet", frame.packets.last());
    let found = match &senders[frame.from.peer()].last {
        Some(last) => found.with("last", last.index),
        None => found.with("last", NO_FRAME),
    };
    Some(found.with("meaning", meant(code)))
}

fn legal_code(frame: &Frame) -> Option<CloseCode> {
    let code = frame.close()?.ok()?.code();
    Some(code).filter(|code| *code != CloseCode::NO_STATUS)
}

const fn meant(code: CloseCode) -> Phrase {
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

/// F13: a Close frame says it, so it is told with that.
fn too_big(scene: &RuleContext<'_>, frame: &Frame) -> Option<Finding> {
    if legal_code(frame) != Some(CloseCode::TOO_BIG) {
        return None;
    }
    let sender = frame.from.peer();
    let of_sender = &scene.connection.senders[sender];
    let begun = of_sender.begun.as_deref().filter(|begun| begun.header.length() > of_sender.largest);
    if let Some(begun) = begun {
        let packet = begun.packets.first();
        let found =
            Finding::new(&MESSAGE_TOO_BIG, frame.packets.last()).with_packet(packet).with_at_fault(sender);
        let found = found.with("side", frame.from).with("packet", frame.packets.last()).with("peer", sender);
        return Some(
            found.with("length", begun.header.length()).with("begin", packet).with_fact(DECLARES_TOO_MUCH),
        );
    }
    let (index, packet) = of_sender
        .last
        .map(|last| (last.index, last.packet))
        .or_else(|| of_sender.latest.map(|(index, at)| (index, at.packet)))?;
    let found = Finding::new(&MESSAGE_TOO_BIG, frame.packets.last())
        .with_packet(packet)
        .with_frame(index)
        .with_at_fault(sender);
    Some(
        found
            .with("side", frame.from)
            .with("packet", frame.packets.last())
            .with("peer", sender)
            .with("length", of_sender.largest),
    )
}

/// C12, once all is known of what came before. For 1009 F13 says it.
fn failed(scene: &RuleContext<'_>, close: &Close, side: Side) -> Option<Finding> {
    let code = close.frames[side].as_ref().filter(|seen| seen.is_legal)?.code?;
    let sent = scene.connection.senders[side].close?;
    if !matches!(code, CloseCode::PROTOCOL_ERROR | CloseCode::INVALID_DATA) {
        return None;
    }
    let culprit = side.peer();
    let found = Finding::new(&CONNECTION_FAILED, sent.at.packet).with_at_fault(culprit);
    let found =
        found.with("side", side).with("code", u64::from(code.0)).with("name", code.name().unwrap_or("–"));
    let found = found.with("packet", sent.at.packet).with("peer", culprit);
    let fault = scene.connection.senders[culprit].fault.or_else(|| fault_of_begun(scene, culprit));
    Some(match (fault, sent.answers) {
        (Some(Fault { entry, frame: Some(frame), .. }), _) => {
            found.with_frame(frame).with("frame", frame).with("fault", entry.id).with_fact(FOR_A_FAULT)
        }
        (Some(Fault { entry, packet, .. }), _) => {
            found.with_packet(packet).with("begin", packet).with("fault", entry.id).with_fact(FOR_BYTES)
        }
        (None, Some(frame)) => found
            .with_frame(frame)
            .with("frame", frame)
            .with("fault", NO_BROKEN_RULE)
            .with_certainty(super::Certainty::Possible),
        (None, None) => return None,
    })
}

/// What is wrong with the header of a frame whose end has not come, and may never.
fn fault_of_begun(scene: &RuleContext<'_>, side: Side) -> Option<Fault> {
    let begun = scene.connection.senders[side].begun.as_deref()?;
    let rules = compression::OF_FRAMES.iter().chain(frames::OF_FRAMES);
    let fault = rules.filter_map(|rule| rule(scene, begun)).find_map(|found| Fault::of(&found))?;
    Some(Fault { frame: None, packet: begun.packets.first(), ..fault })
}

/// C13.
fn after_fin(scene: &RuleContext<'_>, _: &Close, side: Side) -> Option<Finding> {
    let connection = scene.connection;
    let late = &connection.ends[side].late;
    let (fin, _) = connection.ends[side.peer()].fin?;
    let (first, _) = late.packets.first()?;
    let is_websocket = connection.has_opened.client || connection.has_opened.server;
    let found = Finding::new(&DATA_AFTER_PEER_FIN, fin.packet)
        .with_at_fault(side)
        .with("side", side)
        .with("length", late.bytes)
        .with("packets", late.count);
    let found = found.with("peer", side.peer()).with("fin", fin.packet).with("first", *first);
    is_websocket.then(|| late.packets.iter().fold(found, |found, (packet, _)| found.with_packet(*packet)))
}

/// Whether it is known that the WebSocket was open, and that what began its end was not preceded by a Close frame.
fn is_without_close(scene: &RuleContext<'_>) -> bool {
    let connection = scene.connection;
    let has_opened = connection.has_opened.client && connection.has_opened.server;
    // Without the request it is not known whether the client took the 101.
    let has_spoken = connection.senders.client.frames > 0 && connection.senders.server.frames > 0;
    let is_taken = connection.opening.first_request.is_some() || has_spoken;
    has_opened && is_taken && [Client, Server].into_iter().all(|side| connection.knows_all_of(side))
}

/// Whether a client that ends the connection does what a 101 that it must not take, or that browsers do not, asks for.
fn is_refused_by(scene: &RuleContext<'_>, side: Side) -> bool {
    let has_told = |entry| scene.connection.has_told(entry, Some(Server));
    side == Client
        && [&SUBPROTOCOL_NOT_CHOSEN, &SUBPROTOCOL_NOT_OFFERED, &EXTENSION_NOT_AGREED]
            .into_iter()
            .any(has_told)
}

/// C01.
fn without_close_frame(scene: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let First { side, packet, .. } = close.first.filter(|first| first.layer == Layer::Fin)?;
    let found = Finding::new(&FIN_WITHOUT_CLOSE, packet)
        .with("side", side)
        .with("packet", packet)
        .with_at_fault(side);
    (is_without_close(scene) && !is_refused_by(scene, side)).then_some(found)
}

/// C02. A RST whose kind is known is [T06](super::tcp) or T07.
fn by_reset(scene: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let First { side, packet, .. } = close.first.filter(|first| first.layer == Layer::Rst)?;
    let is_told = scene.connection.has_told(&RST_WITH_DATA_UNREAD, Some(side))
        || scene.connection.has_told(&RST_INJECTED, None);
    let found = Finding::new(&RST_WITHOUT_CLOSE, packet)
        .with("side", side)
        .with("packet", packet)
        .with_at_fault(side);
    (is_without_close(scene) && !is_told && !is_refused_by(scene, side)).then_some(found)
}

/// The side that sent a Close frame to which the other, of which all is known, sent none.
fn one_sided(scene: &RuleContext<'_>, close: &Close) -> Option<(Side, PacketRef)> {
    let side = match (&close.frames.client, &close.frames.server) {
        (Some(_), None) => Client,
        (None, Some(_)) => Server,
        _ => return None,
    };
    let sent = scene.connection.senders[side].close?;
    scene.connection.knows_all_of(side.peer()).then_some((side, sent.at))
}

/// C06. A Close frame that fails the connection awaits no answer (RFC 6455 §7.1.7), nor does one behind the other's FIN.
fn unanswered(scene: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let (side, sent) = one_sided(scene, close)?;
    let peer = side.peer();
    let code = close.frames[side].as_ref().and_then(|seen| seen.code);
    let is_failure = code.is_some_and(|code| FAILURES.contains(&code));
    let is_first = close.first.is_some_and(|first| first.layer == Layer::WebSocket);
    let is_lost = close_lost(scene, close, side).is_some();
    if is_failure || !is_first || is_lost || reset_at_once(scene, close).is_some() {
        return None;
    }
    let is_late = scene.capture.last_ns.saturating_sub(sent.time_ns) >= LONG;
    let own = connection_fin(scene, side).filter(|own| close.fins[peer].is_none_or(|fin| fin > own.packet));
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
    let found = Finding::new(&CLOSE_UNANSWERED, sent.packet).with_packet(packet).with_at_fault(peer);
    Some(found.with("side", side).with("packet", sent.packet).with("end", how).with("peer", peer))
}

fn connection_fin(scene: &RuleContext<'_>, side: Side) -> Option<PacketRef> {
    scene.connection.ends[side].fin.map(|(at, _)| at)
}

/// The RST with which a side ended at once after its own Close frame, and how long after it.
fn reset_at_once(scene: &RuleContext<'_>, close: &Close) -> Option<(Side, PacketRef, u64, u64)> {
    let (side, sent) = one_sided(scene, close)?;
    let (rst, _) = scene.connection.ends[side].rst?;
    let is_it = close.rst == Some((side, rst.packet)) && close.fins[side.peer()].is_none();
    (is_it && rst.since(sent) < AT_ONCE).then_some((side, sent, rst.packet, rst.since(sent)))
}

/// C09.
fn reset_after_close(scene: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let (side, sent, rst, after) = reset_at_once(scene, close)?;
    let found = Finding::new(&RST_AFTER_CLOSE, sent.packet).with_packet(rst).with_at_fault(side);
    Some(found.with("side", side).with("rst", rst).with_time("delay", after).with("packet", sent.packet))
}

/// C07.
fn lingering(scene: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let connection = scene.connection;
    let (client, server) = (connection.senders.client.close?, connection.senders.server.close?);
    let second = if client.at.time_ns > server.at.time_ns { client.at } else { server.at };
    let fins = [Client, Server].into_iter().filter_map(|side| connection.ends[side].fin.map(|(at, _)| at));
    let resets = [Client, Server].into_iter().filter_map(|side| connection.ends[side].rst.map(|(at, _)| at));
    let first = |at: PacketRef, how| (at.packet, at.since(second), how);
    let ends = fins.map(|at| first(at, UNTIL_FIN)).chain(resets.map(|at| first(at, UNTIL_RST)));
    let open = (second.packet, scene.capture.last_ns.saturating_sub(second.time_ns), UNTIL_END);
    let (packet, waited, how) = ends.min_by_key(|(packet, ..)| *packet).unwrap_or(open);
    let found =
        Finding::new(&TCP_LINGERS_AFTER_CLOSE, second.packet).with_packet(packet).with_at_fault(Server);
    (waited >= LINGERS)
        .then(|| found.with("packet", second.packet).with_time("duration", waited).with("end", how))
}

/// C08.
fn client_first(scene: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let fin = close.fins.client?;
    let is_first = close.fins.server.is_none_or(|server| server > fin);
    let is_websocket = scene.connection.has_opened.client && scene.connection.knows_sides();
    let is_wanted =
        is_first && is_websocket && close.frames.client.is_some() && close.frames.server.is_some();
    is_wanted.then(|| Finding::new(&CLIENT_CLOSES_TCP_FIRST, fin).with("packet", fin).with_at_fault(Client))
}
