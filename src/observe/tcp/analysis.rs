//! Sequence analysis: the marks of a segment among its neighbours, as Wireshark gives them (RFC 9293 §3.4, §3.8).

use super::direction::{Direction, RelativeSegment, Unanswered};
use crate::observe::facts::{Flags, Marks};

/// The time after the last duplicate acknowledgment within which Wireshark calls a retransmission fast.
const FAST_RETRANSMISSION_NS: u64 = 20_000_000;

/// The time within which late bytes count as out of order, not as retransmitted, while no round-trip time is known; as in
/// Wireshark.
const OUT_OF_ORDER_NS: u64 = 3_000_000;

/// Bytes beyond the window that are still accepted: the window may have grown unseen.
const WINDOW_SLACK: i64 = 128 * 1024;

/// Segments in a row beyond the window, after which the capture must have lost those before them.
const MAX_OUT_OF_WINDOW_RUN: u8 = 3;

/// The first round-trip time in nanoseconds, if the handshake was seen.
pub(in crate::observe) type RoundTrip = Option<u64>;

/// Marks a segment of `sender`, and records it in both directions.
#[inline]
pub(in crate::observe) fn analyze(
    sender: &mut Direction,
    receiver: &mut Direction,
    it: &RelativeSegment,
    round_trip: RoundTrip,
) -> Marks {
    if is_out_of_window(sender, receiver, it) {
        return Marks::OUT_OF_WINDOW;
    }
    let mut marks = Marks::NONE;
    let next_seq = sender.next_seq;
    let at_next_seq = next_seq == Some(it.seq);
    let repeats_ack = it.ack.is_some() && it.ack == sender.last_ack;
    if it.length == 1 && at_next_seq && it.is_plain() && receiver.last_ack.is_some() && receiver.window == 0 {
        marks.add(Marks::ZERO_WINDOW_PROBE);
    } else {
        if it.window == 0 && it.is_plain() {
            marks.add(Marks::ZERO_WINDOW);
        }
        if next_seq.is_some_and(|next_seq| it.seq > next_seq) && !it.flags.has(Flags::RST) {
            marks.add(Marks::LOST_SEGMENT);
        }
        if it.is_plain() && it.length <= 1 && next_seq.is_some_and(|next_seq| it.seq == next_seq - 1) {
            marks.add(Marks::KEEP_ALIVE);
        }
        if it.length == 0 && at_next_seq && repeats_ack && it.is_plain() {
            marks.add(repeated_ack_mark(sender, receiver, it));
        }
        if it.length > 0 && it.is_plain() && receiver.window_edge(sender) == Some(it.end()) {
            marks.add(Marks::WINDOW_FULL);
        }
    }
    if let (Some(ack), Some(seen)) = (it.ack, receiver.ack_limit)
        && ack > seen
    {
        marks.add(Marks::ACK_LOST_SEGMENT);
        receiver.ack_limit = receiver.next_seq.max(Some(ack));
    }
    if (it.length > 0 || it.phantom() > 0) && !marks.has(Marks::KEEP_ALIVE) {
        marks.add(retransmission_marks(sender, receiver, it, round_trip));
        let again = Marks::RETRANSMISSION.or(Marks::FAST_RETRANSMISSION).or(Marks::SPURIOUS_RETRANSMISSION);
        if marks.any(again) && it.length > 0 && !sender.bytes.has_seen(it.seq, it.end()) {
            marks.add(Marks::FILLS_GAP);
        }
    }
    record(sender, receiver, it, marks);
    marks
}

/// Returns `true` if a segment lies far beyond the window, where the receiver drops it (RFC 9293 §3.4).
fn is_out_of_window(sender: &mut Direction, receiver: &Direction, it: &RelativeSegment) -> bool {
    let edge = receiver
        .window_edge(sender)
        .map(|edge| edge.max(sender.bytes.next()).max(sender.next_seq.unwrap_or(0)) + WINDOW_SLACK);
    if edge.is_none_or(|edge| it.seq <= edge) || it.flags.has(Flags::SYN) {
        sender.out_of_window_run = 0;
        return false;
    }
    sender.out_of_window_run += 1;
    if sender.out_of_window_run > MAX_OUT_OF_WINDOW_RUN {
        sender.out_of_window_run = 0;
        return false;
    }
    true
}

/// Marks a segment without data that repeats the acknowledgment before it.
fn repeated_ack_mark(sender: &mut Direction, receiver: &Direction, it: &RelativeSegment) -> Marks {
    let probed = |probe| receiver.last_marks.has(probe);
    if it.window == 0 {
        let answers = sender.window == 0 && probed(Marks::ZERO_WINDOW_PROBE);
        return if answers { Marks::ZERO_WINDOW_PROBE_ACK } else { Marks::NONE };
    }
    if it.window != sender.window {
        return Marks::WINDOW_UPDATE;
    }
    if probed(Marks::KEEP_ALIVE) {
        return Marks::KEEP_ALIVE_ACK;
    }
    sender.duplicate_acks += 1;
    Marks::DUPLICATE_ACK
}

/// Marks bytes, a SYN or a FIN that were sent before.
fn retransmission_marks(
    sender: &Direction,
    receiver: &Direction,
    it: &RelativeSegment,
    round_trip: RoundTrip,
) -> Marks {
    let Some(next_seq) = sender.next_seq else { return Marks::NONE };
    // More than one byte at the place of a probe is new data.
    let behind = it.seq < next_seq && !(it.length > 1 && it.seq == next_seq - 1);
    if it.length > 0 && receiver.last_ack.is_some_and(|ack| it.seq + it.length <= ack) {
        return Marks::SPURIOUS_RETRANSMISSION;
    }
    if !behind {
        return Marks::NONE;
    }
    if sender.is_first_syn(it) {
        // Sent once, and captured late.
        return Marks::OUT_OF_ORDER;
    }
    let since_ack = it.time_ns.saturating_sub(receiver.last_ack_time_ns);
    if receiver.duplicate_acks >= 2 && receiver.last_ack == Some(it.seq) && since_ack < FAST_RETRANSMISSION_NS
    {
        return Marks::FAST_RETRANSMISSION;
    }
    let since_next_seq = it.time_ns.saturating_sub(sender.next_seq_time_ns);
    if since_next_seq < round_trip.unwrap_or(OUT_OF_ORDER_NS) && it.end() != next_seq {
        return Marks::OUT_OF_ORDER;
    }
    Marks::RETRANSMISSION
}

fn record(sender: &mut Direction, receiver: &mut Direction, it: &RelativeSegment, marks: Marks) {
    let is_probe = marks.has(Marks::ZERO_WINDOW_PROBE);
    if sender.next_seq.is_none_or(|next_seq| it.end() > next_seq) && !is_probe {
        sender.next_seq = Some(it.end());
        sender.next_seq_time_ns = it.time_ns;
    }
    if sender.ack_limit.is_none_or(|seen| it.seq == seen) && !is_probe {
        sender.ack_limit = sender.next_seq;
    }
    if it.ack != sender.last_ack {
        sender.duplicate_acks = 0;
    }
    if let Some(ack) = it.ack {
        sender.last_ack = Some(ack);
        sender.last_ack_time_ns = it.time_ns;
        receiver.bytes.acknowledge(ack);
    }
    sender.window = it.window;
    sender.last_marks = marks;
    // The sender is alive.
    receiver.unanswered = None;
    let wants_answer = it.length > 0 || it.phantom() > 0 || marks.has(Marks::KEEP_ALIVE);
    if wants_answer {
        let again = Marks::RETRANSMISSION
            .or(Marks::FAST_RETRANSMISSION)
            .or(Marks::KEEP_ALIVE)
            .or(Marks::ZERO_WINDOW_PROBE);
        match &mut sender.unanswered {
            None => sender.unanswered = Some(Unanswered::new(it)),
            Some(unanswered) if marks.any(again) => unanswered.repeat(it),
            Some(_) => {}
        }
    }
}
