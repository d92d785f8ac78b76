//! Rules about the capture itself.

use super::CloseRule::{self, EachSide, Once};
use super::{FindingRule, RuleContext, Severity};
use crate::explain::findings::catalogue::capture::{
    ALL_WRONG, BYTES_MISSING, BYTES_UNREAD, CAPTURE_BEGINS_MIDWAY, CAPTURE_POINT_NEAR_ONE_END,
    CHECKSUMS_WRONG, CLOCK_STEPS_BACK, DAMAGED, KEYS_IN_FILE, LONG_HEAD_CONFIRM, NO_ROOM, NOT_CAPTURED,
    OPEN_IN_WIRESHARK, PACKETS_CAPTURED_TWICE, PACKETS_CUT_SHORT, PACKETS_REBUILT, SEGMENT_LARGER_THAN_MSS,
    STREAM_ENDED, TLS_ENCRYPTED,
};
use crate::explain::findings::catalogue::tcp::TLS_MISMATCH;
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::checksum_counts::ChecksumCounts;
use crate::explain::findings::unread_total::UnreadTotal;
use crate::observe::{Close, Flags, Gap, GapReason, Observation, Opaque, OpaqueKind, Stream};
use crate::wire::Side::{self, Client, Server};

pub(in crate::explain::findings) const OF_STREAMS: &[FindingRule<Stream>] = &[capture_begins_midway];
pub(in crate::explain::findings) const OF_PACKETS: &[FindingRule<Observation>] =
    &[segment_larger_than_mss, clock_steps_back, capture_point_near_one_end];
pub(in crate::explain::findings) const OF_GAPS: &[FindingRule<Gap>] = &[packets_cut_short, bytes_missing];
pub(in crate::explain::findings) const OF_OPAQUE: &[FindingRule<Opaque>] = &[tls_encrypted];
pub(in crate::explain::findings) const OF_CLOSES: &[CloseRule] = &[Once(tls_of_one_side)];
pub(in crate::explain::findings) const OF_ENDS: &[CloseRule] =
    &[Once(packets_captured_twice), EachSide(checksums_wrong), Once(packets_rebuilt), Once(bytes_unread)];

/// Step back of the clock from which on there is a finding, in nanoseconds: clocks of processors differ by less.
pub(in crate::explain::findings) const STEP_BACK: u64 = 1_000_000;

/// Shortest round trip that shows where the capture was made, in nanoseconds.
const SHORTEST_ROUND_TRIP: u64 = 2_000_000;

/// X04.
fn capture_begins_midway(context: &RuleContext<'_>, about: &Stream) -> Option<Finding> {
    let is_it = about.begins_midway()
        && !context.is_syn
        && !context.connection.has_found(&CAPTURE_BEGINS_MIDWAY, None);
    let finding = Finding::new(&CAPTURE_BEGINS_MIDWAY, context.at.packet).with("packet", context.at.packet);
    is_it.then(|| finding.with("port", u64::from(about.ends.server.port())))
}

/// X03.
fn segment_larger_than_mss(context: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let mss = u64::from(context.connection.ends[step.from.peer()].mss?);
    let is_large =
        u64::from(step.length) > mss && !context.connection.has_found(&SEGMENT_LARGER_THAN_MSS, None);
    let finding = Finding::new(&SEGMENT_LARGER_THAN_MSS, step.number)
        .with("packet", step.number)
        .with("side", step.from);
    is_large.then(|| finding.with("length", u64::from(step.length)).with("mss", mss))
}

/// X07.
fn clock_steps_back(context: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let back = context.connection.last.since(context.at);
    let is_new = back >= STEP_BACK && !context.connection.has_found(&CLOCK_STEPS_BACK, None);
    is_new.then(|| {
        Finding::new(&CLOCK_STEPS_BACK, step.number).with_time("step", back).with("packet", step.number)
    })
}

/// X09, from the client's ACK of the SYN,ACK.
fn capture_point_near_one_end(context: &RuleContext<'_>, step: &Observation) -> Option<Finding> {
    let ends = &context.connection.ends;
    let (syn, syn_ack) = (ends.client.syn?, ends.server.syn?);
    let is_third = step.from == Client && ends.client.packets == 1 && ends.server.packets == 1;
    if !is_third || !step.flags.has(Flags::ACK) {
        return None;
    }
    let (first, second) = (syn_ack.since(syn), context.at.since(syn_ack));
    let (near, far) = if first > second { (Client, Server) } else { (Server, Client) };
    let is_clear = first.max(second) >= SHORTEST_ROUND_TRIP && first.max(second) / 10 > first.min(second);
    let finding = Finding::new(&CAPTURE_POINT_NEAR_ONE_END, syn.packet)
        .with_packet(syn_ack.packet)
        .with_packet(step.number);
    is_clear.then(|| {
        finding
            .with_time("syn_ack_delay", first)
            .with_time("ack_delay", second)
            .with("near", near)
            .with("far", far)
    })
}

/// A finding about the first gap of a side, with the values `length`, `side` and `offset`.
fn of_gap(entry: &'static super::CatalogueEntry, context: &RuleContext<'_>, gap: &Gap) -> Option<Finding> {
    let end = &context.connection.ends[gap.from];
    // Of a side without any packet X12 tells it.
    let is_new = !end.has_gap && end.packets > 0;
    let finding = Finding::new(entry, context.at.packet)
        .with("length", gap.length)
        .with("side", gap.from)
        .with("offset", gap.offset);
    is_new.then_some(finding)
}

/// X05.
fn packets_cut_short(context: &RuleContext<'_>, gap: &Gap) -> Option<Finding> {
    of_gap(&PACKETS_CUT_SHORT, context, gap).filter(|_| gap.reason == GapReason::CutPacket)
}

/// X06.
fn bytes_missing(context: &RuleContext<'_>, gap: &Gap) -> Option<Finding> {
    let why = match gap.reason {
        GapReason::CutPacket => return None,
        GapReason::NotCaptured => NOT_CAPTURED,
        GapReason::NoRoom => NO_ROOM,
        GapReason::StreamEnded => STREAM_ENDED,
    };
    of_gap(&BYTES_MISSING, context, gap).map(|finding| finding.with("reason", why))
}

/// X12, of a connection that is or may become a WebSocket.
fn bytes_unread(context: &RuleContext<'_>, close: &Close) -> Option<Finding> {
    let connection = context.connection;
    let is_websocket = connection.has_opened.client
        || connection.has_opened.server
        || connection.opening.is_upgraded
        || connection.opening.request.is_some();
    let totals = UnreadTotal::of(close);
    let mut packets = [Client, Server].into_iter().filter_map(|side| connection.first_unread_at(side));
    let first = packets.next().unwrap_or(connection.first);
    let finding = Finding::new(&BYTES_UNREAD, first.packet);
    let finding = packets.fold(finding, |finding, at| finding.with_packet(at.packet));
    let is_limit = totals.iter().all(UnreadTotal::is_beyond_limit);
    let finding = if is_limit { finding.with_confirm(LONG_HEAD_CONFIRM) } else { finding };
    (is_websocket && !totals.is_empty()).then(|| finding.with("unread", totals))
}

/// X08, once both ends speak TLS. TLS of one end and plain text of the other is [T04](super::tcp).
fn tls_encrypted(context: &RuleContext<'_>, opaque: &Opaque) -> Option<Finding> {
    let first = &context.connection.ends[opaque.from.peer()];
    let first_packet = first.opaque_since.filter(|_| first.opaque == Some(OpaqueKind::Tls))?;
    let is_answer = opaque.kind == OpaqueKind::Tls && !context.connection.has_found(&TLS_ENCRYPTED, None);
    is_answer.then(|| of_tls(context, opaque.from.peer(), first_packet).with_packet(opaque.packet))
}

fn of_tls(context: &RuleContext<'_>, from: Side, first: u64) -> Finding {
    let finding = Finding::new(&TLS_ENCRYPTED, first).with("side", from).with("packet", first);
    if context.capture.has_tls_secrets {
        finding.with_inference(KEYS_IN_FILE).with_confirm(OPEN_IN_WIRESHARK)
    } else {
        finding
    }
}

/// X08, where the other end sent nothing.
fn tls_of_one_side(context: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let connection = context.connection;
    let alone =
        [Client, Server].into_iter().find(|side| connection.ends[*side].opaque == Some(OpaqueKind::Tls))?;
    let first = connection.ends[alone].opaque_since?;
    let is_known =
        connection.has_found(&TLS_ENCRYPTED, None) || connection.has_found(&TLS_MISMATCH, Some(Client));
    (!is_known).then(|| of_tls(context, alone, first))
}

/// X01.
fn packets_captured_twice(context: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let connection = context.connection;
    let finding = Finding::new(&PACKETS_CAPTURED_TWICE, connection.first.packet)
        .with("copies", connection.copies)
        .with("packets", connection.packets + connection.copies);
    (context.has_ended && connection.copies > 0).then_some(finding)
}

/// X02: checksums that the network card fills in later (some are partial), that were never updated (all are wrong), or of
/// damaged packets (some are wrong).
fn checksums_wrong(context: &RuleContext<'_>, _: &Close, side: Side) -> Option<Finding> {
    let sums = &context.connection.ends[side].checksums;
    let first = sums.first?;
    let finding = Finding::new(&CHECKSUMS_WRONG, first.packet);
    let (finding, count) = match sums {
        ChecksumCounts { partial: 1.., .. } => (finding, sums.partial),
        ChecksumCounts { right: 0, .. } => (finding.with_inference(ALL_WRONG), sums.wrong),
        _ => (finding.with_severity(Severity::Warning).with_inference(DAMAGED), sums.wrong),
    };
    let finding = finding
        .with("wrong", count)
        .with("checked", sums.checked())
        .with("side", side)
        .with("packet", first.packet);
    context.has_ended.then_some(finding)
}

/// X10.
fn packets_rebuilt(context: &RuleContext<'_>, _: &Close) -> Option<Finding> {
    let connection = context.connection;
    let finding = Finding::new(&PACKETS_REBUILT, connection.first.packet)
        .with("rebuilt", connection.rebuilt)
        .with("packets", connection.packets);
    (context.has_ended && connection.rebuilt > 0).then_some(finding)
}
