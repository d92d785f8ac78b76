//! One direction of a connection: its sequence space, its window, its FIN (RFC 9293 §3.3.1, §3.4).

use super::header_trail::HeaderTrail;
use super::recent_packets::RecentPackets;
use crate::observe::facts::{Checksum, Flags, HeaderFit, Marks, Segment};
use crate::observe::reassembly::Reassembly;

/// A segment with sequence and acknowledgment numbers relative to the two SYNs.
#[derive(Debug, Clone, Copy)]
pub(in crate::observe) struct RelativeSegment {
    pub(in crate::observe) seq: i64,
    pub(in crate::observe) ack: Option<i64>,
    pub(in crate::observe) length: i64,
    pub(in crate::observe) flags: Flags,
    pub(in crate::observe) window: u16,
    pub(in crate::observe) time_ns: u64,
    pub(in crate::observe) number: u64,
}

impl RelativeSegment {
    /// The sequence number after it: SYN and FIN take one each (RFC 9293 §3.4).
    pub(in crate::observe) const fn end(&self) -> i64 {
        self.seq + self.length + self.phantom()
    }

    /// The sequence numbers that SYN and FIN take.
    pub(super) const fn phantom(&self) -> i64 {
        if self.flags.0 & (Flags::SYN.0 | Flags::FIN.0) == 0 { 0 } else { 1 }
    }

    /// Returns `true` if it neither opens nor closes.
    pub(super) const fn is_plain(&self) -> bool {
        self.flags.0 & (Flags::SYN.0 | Flags::FIN.0 | Flags::RST.0) == 0
    }
}

/// The window scale of one end (RFC 7323 §2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scale {
    /// Its SYN was not seen.
    NotSeen,
    /// Its SYN had no such option.
    None,
    Shift(u8),
}

/// Packets of an end that want an answer, since its peer was last heard.
#[derive(Debug, Clone, Copy)]
pub(in crate::observe) struct Unanswered {
    /// The first.
    pub(in crate::observe) packet: u64,
    time_ns: u64,
    last_ns: u64,
    /// Repetitions so far.
    repeats: u32,
}

/// Repetitions without an answer after which an end is called silent.
const SILENT_AFTER: u32 = 3;

/// Shortest time without an answer after which an end is called silent, in nanoseconds: sooner none may be there yet.
const SILENT_FOR: u64 = 500_000_000;

impl Unanswered {
    /// The first packet.
    pub(super) const fn new(it: &RelativeSegment) -> Self {
        Self { packet: it.number, time_ns: it.time_ns, last_ns: it.time_ns, repeats: 0 }
    }

    /// Notes a packet that repeats what was sent.
    pub(super) const fn repeat(&mut self, it: &RelativeSegment) {
        self.repeats += 1;
        self.last_ns = it.time_ns;
    }

    /// Returns `true` if the peer has fallen silent. One repetition of a SYN is enough.
    pub(in crate::observe) const fn shows_silence(&self, is_dialing: bool) -> bool {
        (self.repeats >= SILENT_AFTER || (is_dialing && self.repeats > 0))
            && self.last_ns.saturating_sub(self.time_ns) >= SILENT_FOR
    }
}

/// The bytes that one end sends, and its acknowledgments of the peer's.
#[derive(Debug)]
pub(in crate::observe) struct Direction {
    /// The sequence number of its SYN, or of the byte before the first one seen.
    base: Option<u32>,
    /// The sequence number of its SYN, if that was seen.
    pub(in crate::observe) syn: Option<u32>,
    /// The packet of its first SYN in the capture.
    syn_packet: u64,
    /// The relative sequence number after the highest that was sent.
    pub(super) next_seq: Option<i64>,
    pub(super) next_seq_time_ns: u64,
    /// The highest acknowledgment that the bytes seen allow; one beyond it is of bytes that were not captured.
    pub(super) ack_limit: Option<i64>,
    pub(in crate::observe) last_ack: Option<i64>,
    pub(super) last_ack_time_ns: u64,
    pub(super) window: u16,
    scale: Scale,
    pub(super) duplicate_acks: u32,
    pub(super) last_marks: Marks,
    pub(super) out_of_window_run: u8,
    recent: RecentPackets,
    trail: HeaderTrail,
    right_checksums: u32,
    wrong_checksums: u32,
    /// The relative sequence number of its FIN.
    pub(in crate::observe) fin: Option<i64>,
    pub(in crate::observe) fin_acked: bool,
    /// The packet that acknowledged its FIN first.
    pub(in crate::observe) fin_acked_by: Option<u64>,
    /// `true` if its FIN reached the peer.
    pub(in crate::observe) fin_received: bool,
    /// Packets that want an answer since the peer was last heard.
    pub(in crate::observe) unanswered: Option<Unanswered>,
    pub(in crate::observe) bytes: Reassembly,
}

impl Direction {
    pub(in crate::observe) fn new() -> Self {
        Self {
            base: None,
            syn: None,
            syn_packet: 0,
            next_seq: None,
            next_seq_time_ns: 0,
            ack_limit: None,
            last_ack: None,
            last_ack_time_ns: 0,
            window: 0,
            scale: Scale::NotSeen,
            duplicate_acks: 0,
            last_marks: Marks::NONE,
            out_of_window_run: 0,
            recent: RecentPackets::default(),
            trail: HeaderTrail::default(),
            right_checksums: 0,
            wrong_checksums: 0,
            fin: None,
            fin_acked: false,
            fin_acked_by: None,
            fin_received: false,
            unanswered: None,
            bytes: Reassembly::new(),
        }
    }

    /// Compares a packet's IP header with those of this end's packets, and notes it if the end has sent it itself: a RST
    /// that differs is another's until the opposite shows.
    #[inline]
    pub(in crate::observe) fn note_header(&mut self, segment: &Segment<'_>) -> HeaderFit {
        let fit = self.trail.compare(segment.ip);
        if !(fit.differs() && segment.flags.has(Flags::RST)) {
            self.trail.note(segment.ip);
        }
        match segment.checksum {
            Checksum::Right => self.right_checksums = self.right_checksums.saturating_add(1),
            Checksum::Wrong => self.wrong_checksums = self.wrong_checksums.saturating_add(1),
            Checksum::Partial | Checksum::Unknown => {}
        }
        fit
    }

    /// Returns `true` if the checksums of this end's packets are right but for a few: one that is wrong was damaged, and
    /// not left out by a network card.
    pub(in crate::observe) const fn has_right_checksums(&self) -> bool {
        self.right_checksums > self.wrong_checksums
    }

    /// The relative sequence number after the highest that was sent.
    pub(in crate::observe) const fn next_seq(&self) -> Option<i64> {
        self.next_seq
    }

    /// Returns `true` if an acknowledgment answers the SYN of this end: it acknowledges no more than was sent, or, with
    /// `ahead`, than so many bytes that the capture has later.
    pub(in crate::observe) fn is_open_ack(&self, ack: i64, ahead: i64) -> bool {
        (1..=self.next_seq.unwrap_or(1).max(1) + ahead).contains(&ack)
    }

    /// Notes a packet of this end. Returns `true` if it is a copy of one that was captured just before.
    #[inline]
    pub(in crate::observe) fn note_packet(&mut self, segment: &Segment<'_>) -> bool {
        self.recent.note(segment)
    }

    /// The relative sequence number of a segment of this end. The first one seen sets the base.
    #[inline]
    pub(in crate::observe) fn relative_seq(&mut self, segment: &Segment<'_>) -> i64 {
        let is_syn = segment.flags.has(Flags::SYN);
        let first = if is_syn { segment.seq } else { segment.seq.wrapping_sub(1) };
        self.position(segment.seq, first)
    }

    /// The relative number of an acknowledgment of this end's bytes.
    #[inline]
    pub(in crate::observe) fn relative_ack(&mut self, ack: u32) -> i64 {
        self.position(ack, ack.wrapping_sub(1))
    }

    #[inline]
    fn position(&mut self, number: u32, first: u32) -> i64 {
        self.base.get_or_insert(first);
        self.relative(number).expect("the base was just set")
    }

    /// The relative number of a position in this end's bytes; `None` if none of its numbers is known.
    #[inline]
    pub(in crate::observe) fn relative(&self, number: u32) -> Option<i64> {
        let base = self.base?;
        let near = self.next_seq.unwrap_or(0);
        // Sequence numbers wrap (RFC 9293 §3.4): the candidate nearest to the current position.
        let ahead = number.wrapping_sub(base.wrapping_add(near.cast_unsigned() as u32)).cast_signed();
        Some(near + i64::from(ahead))
    }

    /// Bytes of the peer that this end has acknowledged. Relative numbers count from the SYN, offsets from the byte behind
    /// it.
    pub(in crate::observe) fn acked_bytes(&self) -> u64 {
        self.last_ack.map_or(0, |ack| u64::try_from(ack - 1).unwrap_or(0))
    }

    /// Records a SYN. Call it before its numbers are made relative.
    pub(in crate::observe) fn record_syn(&mut self, segment: &Segment<'_>) {
        if self.syn.is_none() && self.bytes.next() == 1 {
            self.base = Some(segment.seq);
        }
        if self.syn.is_none() {
            self.syn_packet = segment.number;
        }
        self.syn = Some(segment.seq);
        self.scale = segment.options.window_scale.map_or(Scale::None, |shift| Scale::Shift(shift.min(14)));
    }

    /// Returns `true` if the capture has no segment of this end so far.
    pub(in crate::observe) const fn is_unseen(&self) -> bool {
        self.next_seq.is_none()
    }

    /// Returns `true` if a segment has the first SYN of this end.
    pub(super) const fn is_first_syn(&self, it: &RelativeSegment) -> bool {
        it.flags.has(Flags::SYN) && self.syn_packet == it.number
    }

    /// Returns `true` if a SYN of this number stands just before the first byte seen.
    pub(in crate::observe) fn begins_at(&self, syn: u32) -> bool {
        self.base == Some(syn)
    }

    /// A window field of this end in bytes. It is scaled if both SYNs had the option (RFC 7323 §2.2); a peer's SYN that was
    /// not seen is taken to have had it.
    pub(in crate::observe) fn scaled_window(&self, window: u16, flags: Flags, peer: &Self) -> u32 {
        match (self.scale, peer.scale) {
            (Scale::Shift(shift), Scale::Shift(_) | Scale::NotSeen) if !flags.has(Flags::SYN) => {
                u32::from(window) << shift
            }
            _ => u32::from(window),
        }
    }

    /// The right edge of the window that this end gave its peer; `None` if a scale is not known.
    pub(super) fn window_edge(&self, peer: &Self) -> Option<i64> {
        let window = match (self.scale, peer.scale) {
            (Scale::NotSeen, _) | (_, Scale::NotSeen) => return None,
            _ => i64::from(self.scaled_window(self.window, Flags::ACK, peer)),
        };
        self.last_ack.map(|ack| ack + window)
    }
}
