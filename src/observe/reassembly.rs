//! Reassembly of one side's bytes (RFC 9293 §3.4): segments ahead of a gap are queued, bytes that come again are compared,
//! bytes that never come are reported as a gap.
//!
//! Positions are relative to the SYN, which has 0; the first byte has 1. They are signed, since bytes before the first
//! one that the capture knows may come again.

use std::collections::{BTreeMap, VecDeque};

use super::facts::{Agreement, Evidence, GapReason};

/// Packets of the stream that may follow an acknowledgment of missing bytes before these are given up: captures taken on
/// several queues have packets a little out of order.
const MAX_PACKETS_AFTER_MISSING: u8 = 3;

/// Delivered bytes that are retained for comparison until they are acknowledged.
const MAX_TAIL: usize = 16 * 1024;

/// Memory of a queued segment besides its bytes, in bytes.
const OVERHEAD: usize = 128;

/// Contiguous bytes of one packet, in stream order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'p> {
    /// Offset of the first byte in the side's stream, from the first byte after the SYN.
    pub(super) offset: u64,
    pub(super) bytes: &'p [u8],
    pub(super) origin: Origin,
}

/// The packet that carries bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) packet: u64,
    /// Offset of the first byte in the packet's payload.
    pub(super) packet_offset: u32,
    pub(super) evidence: Evidence,
}

impl Piece<'_> {
    /// Consumes bytes at the front.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.bytes = &self.bytes[bytes..];
        self.offset += bytes as u64;
        self.origin.packet_offset += bytes as u32;
    }
}

/// An output of the reassembly.
#[derive(Debug, Clone, Copy)]
pub(super) enum Delivery<'p> {
    Bytes(Piece<'p>),
    Gap { offset: u64, length: u64, reason: GapReason },
    Overlap { offset: u64, length: u64, agreement: Agreement },
}

/// A packet's payload at its position.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival<'p> {
    pub(super) position: i64,
    pub(super) bytes: &'p [u8],
    /// Bytes that follow but were cut off when the packet was captured.
    pub(super) cut: u32,
    pub(super) origin: Origin,
}

/// A payload, or a part of one, queued behind a gap.
#[derive(Debug)]
struct PendingSegment {
    bytes: Box<[u8]>,
    cut: u32,
    origin: Origin,
}

impl PendingSegment {
    fn end(&self, start: i64) -> i64 {
        behind(start, self.bytes.len()) + i64::from(self.cut)
    }

    const fn cost(&self) -> usize {
        self.bytes.len() + OVERHEAD
    }
}

/// One side's bytes.
#[derive(Debug)]
pub(super) struct Reassembly {
    /// The position of the next byte to deliver.
    next: i64,
    /// The highest acknowledgment.
    acked: i64,
    /// Packets of the stream since bytes were acknowledged that are missing.
    packets_since_missing: u8,
    pending: BTreeMap<i64, PendingSegment>,
    pending_cost: usize,
    /// The last bytes before `next`, as far as they are not acknowledged.
    tail: VecDeque<u8>,
}

/// The bytes between two positions; 0 if `to` is not behind `from`.
fn between(from: i64, to: i64) -> usize {
    usize::try_from(to.saturating_sub(from)).unwrap_or(0)
}

/// The position that many bytes further on.
fn behind(position: i64, bytes: usize) -> i64 {
    position.saturating_add(i64::try_from(bytes).unwrap_or(i64::MAX))
}

/// The offset of a position: the first byte has 0.
fn offset(position: i64) -> u64 {
    between(1, position) as u64
}

impl Reassembly {
    pub(super) const fn new() -> Self {
        Self {
            next: 1,
            acked: 0,
            packets_since_missing: 0,
            pending: BTreeMap::new(),
            pending_cost: 0,
            tail: VecDeque::new(),
        }
    }

    /// The position of the next byte to deliver.
    pub(super) const fn next(&self) -> i64 {
        self.next
    }

    /// Returns `true` if acknowledged bytes are missing: they were sent, and the capture may have them late.
    pub(super) const fn is_missing_acked_bytes(&self) -> bool {
        self.acked > self.next
    }

    /// Returns `true` if bytes are missing: acknowledged ones, or some before others or before `end`, the FIN.
    pub(super) fn is_incomplete(&self, end: Option<i64>) -> bool {
        // The peer acknowledges the FIN as well.
        !self.pending.is_empty() || end.unwrap_or(self.acked) > self.next
    }

    /// Returns `true` if a byte between two positions was captured before.
    pub(super) fn has_seen(&self, from: i64, to: i64) -> bool {
        let before = self.pending.range(..to).next_back();
        from < self.next || before.is_some_and(|(start, one)| one.end(*start) > from)
    }

    /// Returns `true` if delivered bytes are not acknowledged.
    pub(super) const fn has_unacked(&self) -> bool {
        self.next > 1 && self.acked < self.next
    }

    /// Memory in use, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.pending_cost + self.tail.capacity()
    }

    /// Delivers a payload, or queues it behind a gap. Beyond `max_pending` bytes the first gap is given up.
    #[inline]
    pub(super) fn push(
        &mut self,
        arrival: Arrival<'_>,
        max_pending: usize,
        mut emit: impl FnMut(Delivery<'_>),
    ) {
        if arrival.position == self.next && self.pending.is_empty() {
            self.deliver(arrival, &mut emit);
        } else {
            self.push_unexpected(arrival, max_pending, &mut emit);
        }
    }

    fn deliver(&mut self, arrival: Arrival<'_>, emit: &mut impl FnMut(Delivery<'_>)) {
        let Arrival { bytes, cut, origin, .. } = arrival;
        if !bytes.is_empty() {
            emit(Delivery::Bytes(Piece { offset: offset(self.next), bytes, origin }));
            self.next = behind(self.next, bytes.len());
            self.retain(bytes);
        }
        if cut > 0 {
            self.skip_gap(self.next + i64::from(cut), GapReason::CutPacket, emit);
        }
    }

    /// Retains delivered bytes that are not acknowledged yet.
    fn retain(&mut self, bytes: &[u8]) {
        let unacked = between(self.acked.max(1), self.next);
        let retained = &bytes[bytes.len() - unacked.min(MAX_TAIL).min(bytes.len())..];
        let excess = (self.tail.len() + retained.len()).saturating_sub(MAX_TAIL);
        self.tail.drain(..excess);
        self.tail.extend(retained);
    }

    fn skip_gap(&mut self, to: i64, reason: GapReason, emit: &mut impl FnMut(Delivery<'_>)) {
        if to > self.next {
            emit(Delivery::Gap { offset: offset(self.next), length: between(self.next, to) as u64, reason });
            self.next = to;
            self.tail.clear();
        }
    }

    #[cold]
    fn push_unexpected(
        &mut self,
        arrival: Arrival<'_>,
        max_pending: usize,
        emit: &mut impl FnMut(Delivery<'_>),
    ) {
        let Arrival { mut position, mut bytes, mut cut, .. } = arrival;
        let end = behind(position, bytes.len()) + i64::from(cut);
        if position < self.next {
            self.compare_overlap(position, bytes, end, emit);
            if end <= self.next {
                return;
            }
            let old = between(position, self.next);
            cut = u32::try_from(end - self.next).unwrap_or(u32::MAX).min(cut);
            bytes = bytes.get(old..).unwrap_or_default();
            position = self.next;
        }
        let mut origin = arrival.origin;
        origin.packet_offset += between(arrival.position, position) as u32;
        let arrival = Arrival { position, bytes, cut, origin };
        if position == self.next && self.pending.is_empty() {
            self.deliver(arrival, emit);
            return;
        }
        self.enqueue(arrival, emit);
        self.deliver_pending(emit);
        while self.pending_cost > max_pending
            && let Some((&start, _)) = self.pending.first_key_value()
        {
            self.skip_gap(start, GapReason::NoRoom, emit);
            self.deliver_pending(emit);
        }
    }

    /// Compares bytes that come again with those delivered. Identical ones are a plain retransmission, which a mark
    /// reports; anything else is an overlap.
    fn compare_overlap(&self, position: i64, bytes: &[u8], end: i64, emit: &mut impl FnMut(Delivery<'_>)) {
        let upto = end.min(self.next);
        let first = position.max(1);
        if upto <= first {
            return;
        }
        // The tail reaches back so far.
        let old = between(first, self.next).min(self.tail.len());
        let begin = self.tail.len() - old;
        let retained = self.next - behind(0, old);
        let mine = bytes.get(between(position, retained)..).unwrap_or_default();
        let known = between(retained, upto).min(mine.len());
        let same = self.tail.range(begin..).zip(&mine[..known]).all(|(old, new)| old == new);
        let agreement = match (same, known == between(first, upto)) {
            (false, _) => Agreement::Different,
            // Bytes before, and new ones behind: segments cut otherwise.
            (true, true) if end > self.next => Agreement::Same,
            (true, false) if end > self.next => Agreement::Unknown,
            (true, _) => return,
        };
        emit(Delivery::Overlap { offset: offset(first), length: between(first, upto) as u64, agreement });
    }

    /// Queues the parts of a payload that no queued segment covers: of two that overlap the first counts.
    fn enqueue(&mut self, arrival: Arrival<'_>, emit: &mut impl FnMut(Delivery<'_>)) {
        let end = behind(arrival.position, arrival.bytes.len()) + i64::from(arrival.cut);
        let before = self.pending.range(..arrival.position).next_back();
        let from = before.filter(|(start, one)| one.end(**start) > arrival.position).map(|(start, _)| *start);
        let mut free = Vec::new();
        let mut at = arrival.position;
        for (&start, one) in self.pending.range(from.unwrap_or(arrival.position)..end) {
            if start > at {
                free.push(at..start);
            }
            let (first, upto) = (start.max(arrival.position), one.end(start).min(end));
            let old = one.bytes.get(between(start, first)..).unwrap_or_default();
            let new = arrival.bytes.get(between(arrival.position, first)..).unwrap_or_default();
            let known = old.len().min(new.len()).min(between(first, upto));
            let same = old[..known] == new[..known];
            let whole = start == arrival.position && one.end(start) == end;
            if !same || !whole {
                let agreement = match (same, known == between(first, upto)) {
                    (false, _) => Agreement::Different,
                    (true, true) => Agreement::Same,
                    (true, false) => Agreement::Unknown,
                };
                emit(Delivery::Overlap {
                    offset: offset(first),
                    length: between(first, upto) as u64,
                    agreement,
                });
            }
            at = at.max(one.end(start));
        }
        if at < end {
            free.push(at..end);
        }
        for part in free {
            let begin = between(arrival.position, part.start);
            let upto = between(arrival.position, part.end);
            let bytes = arrival.bytes.get(begin..upto.min(arrival.bytes.len())).unwrap_or_default();
            let one = PendingSegment {
                bytes: bytes.into(),
                cut: (upto - begin - bytes.len()) as u32,
                origin: Origin {
                    packet_offset: arrival.origin.packet_offset + begin as u32,
                    ..arrival.origin
                },
            };
            self.pending_cost += one.cost();
            self.pending.insert(part.start, one);
        }
    }

    /// Delivers queued segments that are next.
    fn deliver_pending(&mut self, emit: &mut impl FnMut(Delivery<'_>)) {
        while let Some(entry) = self.pending.first_entry()
            && *entry.key() == self.next
        {
            let (position, one) = entry.remove_entry();
            self.pending_cost -= one.cost();
            let PendingSegment { ref bytes, cut, origin } = one;
            self.deliver(Arrival { position, bytes, cut, origin }, emit);
        }
    }

    /// The peer has acknowledged all before `position`.
    #[inline]
    pub(super) fn acknowledge(&mut self, position: i64) {
        if position > self.acked {
            self.acked = position;
            let unacked = between(position, self.next);
            self.tail.drain(..self.tail.len().saturating_sub(unacked));
        }
    }

    /// Gives up acknowledged bytes that do not come. Call it once for each packet of the stream. `end` is the position of
    /// the FIN, if it is known.
    #[inline]
    pub(super) fn give_up_missing(&mut self, end: Option<i64>, emit: impl FnMut(Delivery<'_>)) {
        if self.is_missing_acked_bytes() {
            self.give_up_missing_slow(end, emit);
        } else {
            self.packets_since_missing = 0;
        }
    }

    #[cold]
    fn give_up_missing_slow(&mut self, end: Option<i64>, mut emit: impl FnMut(Delivery<'_>)) {
        self.packets_since_missing = self.packets_since_missing.saturating_add(1);
        if self.packets_since_missing <= MAX_PACKETS_AFTER_MISSING {
            return;
        }
        while let Some((&start, _)) = self.pending.first_key_value()
            && start <= self.acked
        {
            self.skip_gap(start, GapReason::NotCaptured, &mut emit);
            self.deliver_pending(&mut emit);
        }
        if let Some(end) = end
            && self.acked > end
        {
            self.skip_gap(end, GapReason::NotCaptured, &mut emit);
        }
    }

    /// Ends the stream: delivers queued segments, with the gaps before them.
    pub(super) fn finish(&mut self, end: Option<i64>, mut emit: impl FnMut(Delivery<'_>)) {
        let reason = |acked: i64, to: i64| {
            if acked >= to { GapReason::NotCaptured } else { GapReason::StreamEnded }
        };
        while let Some((&start, _)) = self.pending.first_key_value() {
            self.skip_gap(start, reason(self.acked, start), &mut emit);
            self.deliver_pending(&mut emit);
        }
        if let Some(end) = end {
            self.skip_gap(end, reason(self.acked, end), &mut emit);
        } else {
            self.skip_gap(self.acked, GapReason::NotCaptured, &mut emit);
        }
        self.tail = VecDeque::new();
    }
}
