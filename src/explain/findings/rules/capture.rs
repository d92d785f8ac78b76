//! The rules about the capture itself.

use super::OfClose::{self, EachSide, Once};
use super::{Rule, RuleContext, Severity};
use crate::explain::findings::catalogue::capture::*;
use crate::explain::findings::catalogue::tcp::T04;
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
    let is_it = about.begins_midway() && !scene.is_syn && !scene.connection.has_told(&X04, None);
    is_it.then(|| Finding::new(&X04, scene.at.packet).with(scene.at.packet))
}

/// X03.
fn larger_than_mss(scene: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let mss = u64::from(scene.connection.ends[step.from.peer()].mss?);
    let is_large = u64::from(step.length) > mss && !scene.connection.has_told(&X03, None);
    let found = Finding::new(&X03, step.number).with(step.number).with(step.from);
    is_large.then(|| found.with(u64::from(step.length)).with(mss))
}

/// X07.
fn steps_back(scene: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let back = scene.connection.last.since(scene.at);
    let is_new = back >= STEP_BACK && !scene.connection.has_told(&X07, None);
    is_new.then(|| Finding::new(&X07, step.number).with_time(back).with(step.number))
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
    let found = Finding::new(&X09, syn.packet).and_by(syn_ack.packet).and_by(step.number);
    is_clear.then(|| found.with_time(first).with_time(second).with(near).with(far))
}

/// About missing bytes: how many, of whom, and from where on.
fn of_hole(entry: &'static super::Entry, scene: &RuleContext<'_>, hole: &Gap) -> Option<Finding> {
    let is_new = !scene.connection.ends[hole.from].is_missing;
    let found = Finding::new(entry, scene.at.packet).with(hole.length).with(hole.from).with(hole.offset);
    is_new.then_some(found)
}

/// X05.
fn cut_packets(scene: &RuleContext<'_>, hole: &Gap) -> Option<Finding> {
    of_hole(&X05, scene, hole).filter(|_| hole.reason == GapReason::CutPacket)
}

/// X06.
fn missing(scene: &RuleContext<'_>, hole: &Gap) -> Option<Finding> {
    let why = match hole.reason {
        GapReason::CutPacket => return None,
        GapReason::NotCaptured => NOT_CAPTURED,
        GapReason::NoRoom => NO_ROOM,
        GapReason::StreamEnded => STREAM_ENDED,
    };
    of_hole(&X06, scene, hole).map(|found| found.with(why))
}

/// X08, once both ends speak TLS: one that is alone with it is [T04](super::tcp).
fn tls(scene: &RuleContext<'_>, opaque: &Opaque) -> Option<Finding> {
    let first = &scene.connection.ends[opaque.from.peer()];
    let begun = first.first_payload.filter(|_| first.opaque == Some(OpaqueKind::Tls))?;
    let is_answer = opaque.kind == OpaqueKind::Tls && !scene.connection.has_told(&X08, None);
    is_answer.then(|| of_tls(opaque.from.peer(), begun).and_by(opaque.packet))
}

fn of_tls(from: Side, begun: PacketRef) -> Finding {
    Finding::new(&X08, begun.packet).with(from).with(begun.packet)
}

/// X08, where the other end never said anything.
fn tls_unanswered(scene: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let connection = scene.connection;
    let alone =
        [Client, Server].into_iter().find(|side| connection.ends[*side].opaque == Some(OpaqueKind::Tls))?;
    let begun = connection.ends[alone].first_payload?;
    let is_told = connection.has_told(&X08, None) || connection.has_told(&T04, Some(Client));
    (!is_told).then(|| of_tls(alone, begun))
}

/// X01.
fn twice(scene: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let connection = scene.connection;
    let found = Finding::new(&X01, connection.first.packet).with(connection.doubled).with(connection.packets);
    (scene.is_over && connection.is_doubled()).then_some(found)
}

/// X02: they are not there yet; or all are wrong, which a network does not do; or some are.
fn checksums(scene: &RuleContext<'_>, _: &Close, side: Side) -> Option<Finding> {
    let sums = &scene.connection.ends[side].checksums;
    let first = sums.first?;
    let found = Finding::new(&X02, first.packet);
    let (found, count) = match sums {
        Checksums { partial: 1.., .. } => (found, sums.partial),
        Checksums { right: 0, .. } => (found.inferring(ALL_WRONG), sums.wrong),
        _ => (found.graver(Severity::Warning).inferring(DAMAGED), sums.wrong),
    };
    let found = found.with(count).with(sums.checked()).with(side).with(first.packet);
    scene.is_over.then_some(found)
}

/// X10.
fn rebuilt(scene: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let connection = scene.connection;
    let found = Finding::new(&X10, connection.first.packet).with(connection.rebuilt).with(connection.packets);
    (scene.is_over && connection.rebuilt > 0).then_some(found)
}
