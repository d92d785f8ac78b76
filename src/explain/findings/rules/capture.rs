//! The rules about the capture itself.

use super::OfClose::{self, EachSide, Once};
use super::{Rule, RuleContext, Severity};
use crate::explain::findings::catalogue::capture::*;
use crate::explain::findings::catalogue::tcp::TLS_MISMATCH;
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::checksums::Checksums;
use crate::explain::findings::memory::connection_memory::PacketRef;
use crate::observe::{Close, Flags, Gap, GapReason, Observation, Opaque, OpaqueKind, Stream};
use crate::wire::Side::{self, Client, Server};

pub(in crate::explain::findings) const OF_STREAMS: &[Rule<Stream>] = &[begins_midway];
pub(in crate::explain::findings) const OF_PACKETS: &[Rule<Observation>] =
    &[larger_than_mss, steps_back, vantage];
pub(in crate::explain::findings) const OF_HOLES: &[Rule<Gap>] = &[cut_packets, missing];
pub(in crate::explain::findings) const OF_OPAQUE: &[Rule<Opaque>] = &[tls];
pub(in crate::explain::findings) const OF_CLOSES: &[OfClose] = &[Once(tls_unanswered)];
pub(in crate::explain::findings) const OF_ENDS: &[OfClose] =
    &[Once(twice), EachSide(checksums), Once(rebuilt)];

/// Processors differ by less.
pub(in crate::explain::findings) const STEP_BACK: u64 = 1_000_000;

/// A round trip that is shorter tells nothing of where the capture was made.
const TELLING: u64 = 2_000_000;

/// X04.
fn begins_midway(scene: &RuleContext<'_>, about: &Stream) -> Option<Finding> {
    let is_it =
        about.begins_midway() && !scene.is_syn && !scene.connection.has_told(&CAPTURE_BEGINS_MIDWAY, None);
    is_it.then(|| Finding::new(&CAPTURE_BEGINS_MIDWAY, scene.at.packet).with("packet", scene.at.packet))
}

/// X03.
fn larger_than_mss(scene: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let mss = u64::from(scene.connection.ends[step.from.peer()].mss?);
    let is_large = u64::from(step.length) > mss && !scene.connection.has_told(&SEGMENT_LARGER_THAN_MSS, None);
    let found = Finding::new(&SEGMENT_LARGER_THAN_MSS, step.number)
        .with("packet", step.number)
        .with("side", step.from);
    is_large.then(|| found.with("length", u64::from(step.length)).with("mss", mss))
}

/// X07.
fn steps_back(scene: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let back = scene.connection.last.since(scene.at);
    let is_new = back >= STEP_BACK && !scene.connection.has_told(&CLOCK_STEPS_BACK, None);
    is_new.then(|| {
        Finding::new(&CLOCK_STEPS_BACK, step.number).with_time("step", back).with("packet", step.number)
    })
}

/// X09, by the client's ACK of the SYN,ACK.
fn vantage(scene: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let ends = &scene.connection.ends;
    let (syn, syn_ack) = (ends.client.syn?, ends.server.syn?);
    let is_third = step.from == Client && ends.client.packets == 1 && ends.server.packets == 1;
    if !is_third || !step.flags.has(Flags::ACK) {
        return None;
    }
    let (first, second) = (syn_ack.since(syn), scene.at.since(syn_ack));
    let (near, far) = if first > second { (Client, Server) } else { (Server, Client) };
    let is_clear = first.max(second) >= TELLING && first.max(second) / 10 > first.min(second);
    let found = Finding::new(&CAPTURE_POINT_NEAR_ONE_END, syn.packet)
        .with_packet(syn_ack.packet)
        .with_packet(step.number);
    is_clear.then(|| {
        found
            .with_time("syn_ack_delay", first)
            .with_time("ack_delay", second)
            .with("near", near)
            .with("far", far)
    })
}

/// About missing bytes: how many, of whom, and from where on.
fn of_hole(entry: &'static super::Entry, scene: &RuleContext<'_>, hole: &Gap) -> Option<Finding> {
    let is_new = !scene.connection.ends[hole.from].is_missing;
    let found = Finding::new(entry, scene.at.packet)
        .with("length", hole.length)
        .with("side", hole.from)
        .with("offset", hole.offset);
    is_new.then_some(found)
}

/// X05.
fn cut_packets(scene: &RuleContext<'_>, hole: &Gap) -> Option<Finding> {
    of_hole(&PACKETS_CUT_SHORT, scene, hole).filter(|_| hole.reason == GapReason::CutPacket)
}

/// X06.
fn missing(scene: &RuleContext<'_>, hole: &Gap) -> Option<Finding> {
    let why = match hole.reason {
        GapReason::CutPacket => return None,
        GapReason::NotCaptured => NOT_CAPTURED,
        GapReason::NoRoom => NO_ROOM,
        GapReason::StreamEnded => STREAM_ENDED,
    };
    of_hole(&BYTES_MISSING, scene, hole).map(|found| found.with("reason", why))
}

/// X08, once both ends speak TLS: one that is alone with it is [T04](super::tcp).
fn tls(scene: &RuleContext<'_>, opaque: &Opaque) -> Option<Finding> {
    let first = &scene.connection.ends[opaque.from.peer()];
    let begun = first.first_payload.filter(|_| first.opaque == Some(OpaqueKind::Tls))?;
    let is_answer = opaque.kind == OpaqueKind::Tls && !scene.connection.has_told(&TLS_ENCRYPTED, None);
    is_answer.then(|| of_tls(opaque.from.peer(), begun).with_packet(opaque.packet))
}

fn of_tls(from: Side, begun: PacketRef) -> Finding {
    Finding::new(&TLS_ENCRYPTED, begun.packet).with("side", from).with("packet", begun.packet)
}

/// X08, where the other end never said anything.
fn tls_unanswered(scene: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let connection = scene.connection;
    let alone =
        [Client, Server].into_iter().find(|side| connection.ends[*side].opaque == Some(OpaqueKind::Tls))?;
    let begun = connection.ends[alone].first_payload?;
    let is_told =
        connection.has_told(&TLS_ENCRYPTED, None) || connection.has_told(&TLS_MISMATCH, Some(Client));
    (!is_told).then(|| of_tls(alone, begun))
}

/// X01.
fn twice(scene: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let connection = scene.connection;
    let found = Finding::new(&PACKETS_CAPTURED_TWICE, connection.first.packet)
        .with("copies", connection.doubled)
        .with("packets", connection.packets);
    (scene.is_over && connection.is_doubled()).then_some(found)
}

/// X02: they are not there yet; or all are wrong, which a network does not do; or some are.
fn checksums(scene: &RuleContext<'_>, _: &Close, side: Side) -> Option<Finding> {
    let sums = &scene.connection.ends[side].checksums;
    let first = sums.first?;
    let found = Finding::new(&CHECKSUMS_WRONG, first.packet);
    let (found, count) = match sums {
        Checksums { partial: 1.., .. } => (found, sums.partial),
        Checksums { right: 0, .. } => (found.with_inference(ALL_WRONG), sums.wrong),
        _ => (found.with_severity(Severity::Warning).with_inference(DAMAGED), sums.wrong),
    };
    let found = found
        .with("wrong", count)
        .with("checked", sums.checked())
        .with("side", side)
        .with("packet", first.packet);
    scene.is_over.then_some(found)
}

/// X10.
fn rebuilt(scene: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let connection = scene.connection;
    let found = Finding::new(&PACKETS_REBUILT, connection.first.packet)
        .with("rebuilt", connection.rebuilt)
        .with("packets", connection.packets);
    (scene.is_over && connection.rebuilt > 0).then_some(found)
}
