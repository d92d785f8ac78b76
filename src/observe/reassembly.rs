//! One side's bytes, put in order (RFC 9293 §3.4): what is early waits, what comes again is compared, what never comes
//! is reported as a hole. Positions are counted from the SYN, which has 0; the first byte has 1.

use std::collections::{BTreeMap, VecDeque};

use super::facts::fact::{Agreement, GapReason};
use super::facts::segment::Evidence;
use super::position::{behind, between};

/// How many packets of the stream may follow an acknowledgment of missing bytes before they are given up: captures
/// that are taken on several queues have packets a little out of order.
const PATIENCE: u8 = 3;

/// How many delivered bytes are kept to be compared, as long as they are not acknowledged.
const TAIL: usize = 16 * 1024;

/// What a waiting piece costs besides its bytes.
const OVERHEAD: usize = 128;

/// Bytes of a packet, in their order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'p> {
    /// Where they begin in the side's stream, from the first byte after the SYN.
    pub(super) offset: u64,
    pub(super) bytes: &'p [u8],
    pub(super) packet: u64,
    /// Where they begin in the packet's payload.
    pub(super) packet_offset: u32,
    pub(super) evidence: Evidence,
}

impl Piece<'_> {
    /// Takes bytes off its front.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.bytes = &self.bytes[bytes..];
        self.offset += bytes as u64;
        self.packet_offset += bytes as u32;
    }
}

/// What comes out of the reassembly.
#[derive(Debug)]
pub(super) enum Delivery<'p> {
    Bytes(Piece<'p>),
    Gap { offset: u64, length: u64, reason: GapReason },
    Overlap { offset: u64, length: u64, agreement: Agreement },
}

/// A packet's payload, where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival<'p> {
    pub(super) position: i64,
    pub(super) bytes: &'p [u8],
    /// Bytes that follow but were cut off when the packet was captured.
    pub(super) cut: u32,
    pub(super) packet: u64,
    pub(super) evidence: Evidence,
}

/// A payload, or a part of one, that waits for what is before it.
#[derive(Debug)]
struct Waiting {
    bytes: Box<[u8]>,
    cut: u32,
    packet: u64,
    packet_offset: u32,
    evidence: Evidence,
}

impl Waiting {
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
    /// How many packets came since bytes were acknowledged that are missing.
    waited: u8,
    waiting: BTreeMap<i64, Waiting>,
    waiting_cost: usize,
    /// The last bytes before `next`, as far as they are not acknowledged.
    tail: VecDeque<u8>,
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
            waited: 0,
            waiting: BTreeMap::new(),
            waiting_cost: 0,
            tail: VecDeque::new(),
        }
    }

    /// The position of the next byte to deliver.
    pub(super) const fn next(&self) -> i64 {
        self.next
    }

    /// Whether bytes are missing that were acknowledged: they were sent, and the capture may have them late.
    pub(super) const fn is_awaited(&self) -> bool {
        self.acked > self.next
    }

    /// The memory it holds.
    pub(super) fn held(&self) -> usize {
        self.waiting_cost + self.tail.capacity()
    }

    /// Takes a payload; `room` is how much may wait.
    #[inline]
    pub(super) fn push(&mut self, arrival: Arrival<'_>, room: usize, mut told: impl FnMut(Delivery<'_>)) {
        if arrival.position == self.next && self.waiting.is_empty() {
            self.deliver(arrival, 0, &mut told);
        } else {
            self.push_unexpected(arrival, room, &mut told);
        }
    }

    fn deliver(&mut self, arrival: Arrival<'_>, packet_offset: u32, told: &mut impl FnMut(Delivery<'_>)) {
        let Arrival { bytes, cut, packet, evidence, .. } = arrival;
        if !bytes.is_empty() {
            told(Delivery::Bytes(Piece {
                offset: offset(self.next),
                bytes,
                packet,
                packet_offset,
                evidence,
            }));
            self.next = behind(self.next, bytes.len());
            self.remember(bytes);
        }
        if cut > 0 {
            self.skip(self.next + i64::from(cut), GapReason::CutPacket, told);
        }
    }

    /// Keeps bytes that were delivered and are not acknowledged.
    fn remember(&mut self, bytes: &[u8]) {
        let unacked = between(self.acked.max(1), self.next);
        let keep = &bytes[bytes.len() - unacked.min(TAIL).min(bytes.len())..];
        let excess = (self.tail.len() + keep.len()).saturating_sub(TAIL);
        self.tail.drain(..excess);
        self.tail.extend(keep);
    }

    fn skip(&mut self, to: i64, reason: GapReason, told: &mut impl FnMut(Delivery<'_>)) {
        if to > self.next {
            told(Delivery::Gap { offset: offset(self.next), length: between(self.next, to) as u64, reason });
            self.next = to;
            self.tail.clear();
        }
    }

    #[cold]
    fn push_unexpected(&mut self, arrival: Arrival<'_>, room: usize, told: &mut impl FnMut(Delivery<'_>)) {
        let Arrival { mut position, mut bytes, mut cut, .. } = arrival;
        let end = behind(position, bytes.len()) + i64::from(cut);
        if position < self.next {
            self.compare(position, bytes, end, told);
            if end <= self.next {
                return;
            }
            let old = between(position, self.next);
            cut = u32::try_from(end - self.next).unwrap_or(u32::MAX).min(cut);
            bytes = bytes.get(old..).unwrap_or_default();
            position = self.next;
        }
        let packet_offset = between(arrival.position, position) as u32;
        let arrival = Arrival { position, bytes, cut, ..arrival };
        if position == self.next && self.waiting.is_empty() {
            self.deliver(arrival, packet_offset, told);
            return;
        }
        self.keep(arrival, packet_offset, told);
        self.drain(told);
        while self.waiting_cost > room
            && let Some((&start, _)) = self.waiting.first_key_value()
        {
            self.skip(start, GapReason::NoRoom, told);
            self.drain(told);
        }
    }

    /// Compares bytes that come again with those that were delivered. To come again just as before is a
    /// retransmission, and a mark tells it; what is told here is what is more than that.
    fn compare(&self, position: i64, bytes: &[u8], end: i64, told: &mut impl FnMut(Delivery<'_>)) {
        let upto = end.min(self.next);
        let first = position.max(1);
        if upto <= first {
            return;
        }
        // The tail reaches back so far.
        let old = between(first, self.next).min(self.tail.len());
        let begin = self.tail.len() - old;
        let held = self.next - behind(0, old);
        let mine = bytes.get(between(position, held)..).unwrap_or_default();
        let known = between(held, upto).min(mine.len());
        let same = self.tail.range(begin..).zip(&mine[..known]).all(|(old, new)| old == new);
        let agreement = match (same, known == between(first, upto)) {
            (false, _) => Agreement::Different,
            // Bytes before, and new ones behind: segments cut otherwise.
            (true, true) if end > self.next => Agreement::Same,
            (true, false) if end > self.next => Agreement::Unknown,
            (true, _) => return,
        };
        told(Delivery::Overlap { offset: offset(first), length: between(first, upto) as u64, agreement });
    }

    /// Lets the parts of a payload wait that no other covers: of two that overlap the first counts.
    fn keep(&mut self, arrival: Arrival<'_>, packet_offset: u32, told: &mut impl FnMut(Delivery<'_>)) {
        let end = behind(arrival.position, arrival.bytes.len()) + i64::from(arrival.cut);
        let before = self.waiting.range(..arrival.position).next_back();
        let from = before.filter(|(start, one)| one.end(**start) > arrival.position).map(|(start, _)| *start);
        let mut free = Vec::new();
        let mut at = arrival.position;
        for (&start, one) in self.waiting.range(from.unwrap_or(arrival.position)..end) {
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
                told(Delivery::Overlap {
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
            let one = Waiting {
                bytes: bytes.into(),
                cut: (upto - begin - bytes.len()) as u32,
                packet: arrival.packet,
                packet_offset: packet_offset + begin as u32,
                evidence: arrival.evidence,
            };
            self.waiting_cost += one.cost();
            self.waiting.insert(part.start, one);
        }
    }

    /// Delivers what need not wait any more.
    fn drain(&mut self, told: &mut impl FnMut(Delivery<'_>)) {
        while let Some(entry) = self.waiting.first_entry()
            && *entry.key() == self.next
        {
            let (position, one) = entry.remove_entry();
            self.waiting_cost -= one.cost();
            let Waiting { ref bytes, cut, packet, packet_offset, evidence } = one;
            self.deliver(Arrival { position, bytes, cut, packet, evidence }, packet_offset, told);
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

    /// Gives up bytes that were acknowledged but do not come. Called once for each packet of the stream. `end` is where
    /// the stream ends, if that is known.
    #[inline]
    pub(super) fn settle(&mut self, end: Option<i64>, told: impl FnMut(Delivery<'_>)) {
        if self.is_awaited() {
            self.settle_ahead(end, told);
        } else {
            self.waited = 0;
        }
    }

    #[cold]
    fn settle_ahead(&mut self, end: Option<i64>, mut told: impl FnMut(Delivery<'_>)) {
        self.waited = self.waited.saturating_add(1);
        if self.waited <= PATIENCE {
            return;
        }
        while let Some((&start, _)) = self.waiting.first_key_value()
            && start <= self.acked
        {
            self.skip(start, GapReason::NotCaptured, &mut told);
            self.drain(&mut told);
        }
        if let Some(end) = end
            && self.acked > end
        {
            self.skip(end, GapReason::NotCaptured, &mut told);
        }
    }

    /// Nothing comes any more: delivers what waits, with the holes before it.
    pub(super) fn finish(&mut self, end: Option<i64>, mut told: impl FnMut(Delivery<'_>)) {
        let reason = |acked: i64, to: i64| {
            if acked >= to { GapReason::NotCaptured } else { GapReason::StreamEnded }
        };
        while let Some((&start, _)) = self.waiting.first_key_value() {
            self.skip(start, reason(self.acked, start), &mut told);
            self.drain(&mut told);
        }
        if let Some(end) = end {
            self.skip(end, reason(self.acked, end), &mut told);
        } else {
            self.skip(self.acked, GapReason::NotCaptured, &mut told);
        }
        self.tail = VecDeque::new();
    }
}
