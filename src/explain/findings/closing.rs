//! The rules about how connections close.

use super::catalogue::closing::*;
use super::catalogue::frames::F13;
use super::entry::Both as Phrase;
use super::found::Found;
use super::watched::At;
use super::{Rule, Scene};
use crate::observe::{Close, Fact, First, Frame, Layer, Step};
use crate::wire::Side::{self, Client, Server};
use crate::wire::ws::{CloseCode, FrameError, Opcode};

pub(super) const OF_FRAMES: &[Rule<Frame>] =
    &[empty_body, not_sendable, malformed, after_close, meaning, too_big, failed];
pub(super) const OF_PACKETS: &[Rule<Step>] = &[after_fin];
pub(super) const OF_CLOSES: &[Rule<Close>] =
    &[without_close_frame, by_reset, unanswered, lingering, client_first, reset_after_close];

/// A close that has not come after so long does not come.
const LONG: u64 = 5_000_000_000;

/// TCP that is open so long after the closing handshake waits for something.
const LINGERS: u64 = 3_000_000_000;

/// A RST within this time of a Close frame did not wait for its answer.
const AT_ONCE: u64 = 1_000_000_000;

/// About a Close frame: its sender, its number and its packet are the first three values.
fn of_close(entry: &'static super::Entry, frame: &Frame) -> Option<Found> {
    (frame.header.opcode() == Opcode::CLOSE).then(|| {
        let found = Found::new(entry, 0).shown_by(&frame.packets).in_frame(frame.index).blamed_on(frame.from);
        found.with(frame.from).with(frame.index).with(frame.packets.last())
    })
}

/// C03.
fn empty_body(_: &Scene<'_>, frame: &Frame) -> Option<Found> {
    of_close(&C03, frame).filter(|_| frame.header.length() == 0)
}

/// C04.
fn not_sendable(_: &Scene<'_>, frame: &Frame) -> Option<Found> {
    match frame.close()? {
        Err(FrameError::CloseCodeNotSendable(code)) => {
            of_close(&C04, frame).map(|it| it.with(u64::from(code.0)))
        }
        _ => None,
    }
}

/// C05. One that is too long for a control frame is [F09](super::frames).
fn malformed(_: &Scene<'_>, frame: &Frame) -> Option<Found> {
    let what = match frame.close()? {
        Err(FrameError::CloseBodyOfOneByte) => ONE_BYTE,
        Err(FrameError::CloseReasonNotUtf8) => NOT_UTF8,
        _ => return None,
    };
    of_close(&C05, frame).map(|found| found.with(what))
}

/// C10. A pong after a Close frame is allowed: only data must not follow.
fn after_close(scene: &Scene<'_>, frame: &Frame) -> Option<Found> {
    let close = scene.connection.senders[frame.from].close?;
    let opcode = frame.header.opcode();
    let is_wrong = !opcode.is_control() || opcode == Opcode::CLOSE;
    is_wrong.then(|| Found::of_frame(&C10, frame).with(frame.from).with(close.frame))
}

/// C11, of the Close frame that begins the closing handshake.
fn meaning(scene: &Scene<'_>, frame: &Frame) -> Option<Found> {
    let senders = &scene.connection.senders;
    if senders.client.close.is_some() || senders.server.close.is_some() {
        return None;
    }
    let code = legal_code(frame)?;
    let found = Found::new(&C11, frame.packets.last()).in_frame(frame.index);
    let found = found.with(frame.from).with(u64::from(code.0)).with(code.name().unwrap_or("–"));
    let found = found.with(frame.packets.last());
    let found = match &senders[frame.from.peer()].last {
        Some(last) => found.with(last.index),
        None => found.with(NO_FRAME),
    };
    Some(found.with(meant(code)))
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
        3000..=3999 => MEANS_REGISTERED,
        4000..=4999 => MEANS_PRIVATE,
        _ => MEANS_OTHER,
    }
}

/// F13: a Close frame says it, so it is told with that.
fn too_big(scene: &Scene<'_>, frame: &Frame) -> Option<Found> {
    if legal_code(frame) != Some(CloseCode::TOO_BIG) {
        return None;
    }
    let sender = frame.from.peer();
    let of_sender = &scene.connection.senders[sender];
    let (index, packet) = of_sender.last.map(|last| (last.index, last.packet)).or(of_sender.latest)?;
    let found = Found::new(&F13, frame.packets.last()).and_by(packet).in_frame(index).blamed_on(sender);
    Some(found.with(frame.from).with(frame.packets.last()).with(sender).with(of_sender.largest))
}

/// C12. For 1009 F13 says it.
fn failed(scene: &Scene<'_>, frame: &Frame) -> Option<Found> {
    let code = legal_code(frame)?;
    if !matches!(code, CloseCode::PROTOCOL_ERROR | CloseCode::INVALID_DATA) {
        return None;
    }
    let culprit = frame.from.peer();
    let of_culprit = &scene.connection.senders[culprit];
    let last = of_culprit.last.map(|last| last.index);
    let offending = of_culprit.fault.map(|(frame, _)| frame).or(last)?;
    let found = Found::new(&C12, frame.packets.last()).in_frame(offending).blamed_on(culprit);
    let found = found.with(frame.from).with(u64::from(code.0)).with(code.name().unwrap_or("–"));
    let found = found.with(frame.packets.last()).with(culprit).with(offending);
    Some(match of_culprit.fault {
        Some((_, id)) => found.with(id),
        None => found.with(NO_BROKEN_RULE).surer(super::Certainty::Possible),
    })
}

/// C13. Not a Close frame: to answer one after the other's FIN is late, but does no harm.
fn after_fin(scene: &Scene<'_>, step: &Step) -> Option<Found> {
    let connection = scene.connection;
    let (fin, end) = connection.ends[step.from.peer()].fin?;
    let is_new = step.length > 0 && step.seq >= connection.ends[step.from].next;
    let knew = step.ack.is_some_and(|ack| ack >= end);
    let is_close = |fact: &Fact| matches!(fact, Fact::Frame(frame) if frame.header.opcode() == Opcode::CLOSE);
    let is_websocket = connection.has_opened.client || connection.has_opened.server;
    if !is_new || !knew || !is_websocket || step.facts.iter().any(is_close) {
        return None;
    }
    let found = Found::new(&C13, fin.packet).and_by(step.number).blamed_on(step.from);
    let found = found.with(step.from).with(u64::from(step.length)).with(step.number);
    Some(found.with(step.from.peer()).with(fin.packet))
}

/// Whether it is known that the WebSocket was open and neither end sent a Close frame.
fn is_without_close(scene: &Scene<'_>, close: &Close) -> bool {
    let connection = scene.connection;
    let has_opened = connection.has_opened.client && connection.has_opened.server;
    let knows_all = [Client, Server].into_iter().all(|side| connection.knows_all_of(side));
    has_opened && knows_all && close.frames.client.is_none() && close.frames.server.is_none()
}

/// C01.
fn without_close_frame(scene: &Scene<'_>, close: &Close) -> Option<Found> {
    let First { side, packet, .. } = close.first.filter(|first| first.layer == Layer::Fin)?;
    let found = Found::new(&C01, packet).with(side).with(packet).blamed_on(side);
    is_without_close(scene, close).then_some(found)
}

/// C02.
fn by_reset(scene: &Scene<'_>, close: &Close) -> Option<Found> {
    let First { side, packet, .. } = close.first.filter(|first| first.layer == Layer::Rst)?;
    let found = Found::new(&C02, packet).with(side).with(packet).blamed_on(side);
    is_without_close(scene, close).then_some(found)
}

/// The side that sent a Close frame to which the other, of which all is known, sent none.
fn one_sided(scene: &Scene<'_>, close: &Close) -> Option<(Side, At)> {
    let side = match (&close.frames.client, &close.frames.server) {
        (Some(_), None) => Client,
        (None, Some(_)) => Server,
        _ => return None,
    };
    let sent = scene.connection.senders[side].close?;
    scene.connection.knows_all_of(side.peer()).then_some((side, sent.at))
}

/// C06.
fn unanswered(scene: &Scene<'_>, close: &Close) -> Option<Found> {
    let (side, sent) = one_sided(scene, close)?;
    let peer = side.peer();
    let (how, packet) = match (close.rst, close.fins[peer], close.fins[side]) {
        _ if reset_at_once(scene, close).is_some() => return None,
        (_, Some(fin), _) => (PEER_FIN, fin),
        (Some((from, rst)), ..) if from == peer => (PEER_RST, rst),
        (Some((_, rst)), ..) => (OWN_END, rst),
        (None, None, Some(fin)) if scene.capture.last_ns.saturating_sub(sent.time_ns) >= LONG => {
            (OWN_END, fin)
        }
        (None, None, None) if scene.capture.last_ns.saturating_sub(sent.time_ns) >= LONG => {
            (STILL_WAITING, sent.packet)
        }
        _ => return None,
    };
    let found = Found::new(&C06, sent.packet).and_by(packet).blamed_on(peer);
    Some(found.with(side).with(sent.packet).with(how).with(peer))
}

/// The RST with which a side ended at once after its own Close frame, and how long after it.
fn reset_at_once(scene: &Scene<'_>, close: &Close) -> Option<(Side, At, u64, u64)> {
    let (side, sent) = one_sided(scene, close)?;
    let (rst, _) = scene.connection.ends[side].rst?;
    let is_it = close.rst == Some((side, rst.packet)) && close.fins[side.peer()].is_none();
    (is_it && rst.since(sent) < AT_ONCE).then_some((side, sent, rst.packet, rst.since(sent)))
}

/// C09.
fn reset_after_close(scene: &Scene<'_>, close: &Close) -> Option<Found> {
    let (side, sent, rst, after) = reset_at_once(scene, close)?;
    let found = Found::new(&C09, sent.packet).and_by(rst).blamed_on(side);
    Some(found.with(side).with(rst).with_time(after).with(sent.packet))
}

/// C07.
fn lingering(scene: &Scene<'_>, _: &Close) -> Option<Found> {
    let connection = scene.connection;
    let (client, server) = (connection.senders.client.close?, connection.senders.server.close?);
    let second = if client.at.time_ns > server.at.time_ns { client.at } else { server.at };
    let fins = [Client, Server].into_iter().filter_map(|side| connection.ends[side].fin.map(|(at, _)| at));
    let resets = [Client, Server].into_iter().filter_map(|side| connection.ends[side].rst.map(|(at, _)| at));
    let first = |at: At, how| (at.packet, at.since(second), how);
    let ends = fins.map(|at| first(at, UNTIL_FIN)).chain(resets.map(|at| first(at, UNTIL_RST)));
    let open = (second.packet, scene.capture.last_ns.saturating_sub(second.time_ns), UNTIL_END);
    let (packet, waited, how) = ends.min_by_key(|(packet, ..)| *packet).unwrap_or(open);
    let found = Found::new(&C07, second.packet).and_by(packet).blamed_on(Server);
    (waited >= LINGERS).then(|| found.with(second.packet).with_time(waited).with(how))
}

/// C08.
fn client_first(scene: &Scene<'_>, close: &Close) -> Option<Found> {
    let fin = close.fins.client?;
    let is_first = close.fins.server.is_none_or(|server| server > fin);
    let is_websocket = scene.connection.has_opened.client && scene.connection.knows_sides();
    let is_wanted =
        is_first && is_websocket && close.frames.client.is_some() && close.frames.server.is_some();
    is_wanted.then(|| Found::new(&C08, fin).with(fin).blamed_on(Client))
}
