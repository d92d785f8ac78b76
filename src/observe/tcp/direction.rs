//! One direction of a connection: sequence numbers, the window, and what marks a segment (RFC 9293 §3.4, §3.8).

use crate::observe::facts::marks::Marks;
use crate::observe::facts::segment::{Flags, Segment};
use crate::observe::reassembly::Reassembly;

/// Wireshark calls it a fast retransmission within this time of the last duplicate acknowledgment.
const FAST_RETRANSMISSION_NS: u64 = 20_000_000;

/// Without a round-trip time, what comes late within this time is out of order, not sent again; as in Wireshark.
const OUT_OF_ORDER_NS: u64 = 3_000_000;

/// How far beyond the window a segment may lie that still counts: the window may have grown unseen.
const SLACK: i64 = 128 * 1024;

/// After so many segments beyond the window, one after the other, the capture must have lost what was between.
const STRAYS: u8 = 3;

/// A segment with its numbers counted from the two SYNs.
#[derive(Debug, Clone, Copy)]
pub(in crate::observe) struct Placed {
    pub(in crate::observe) seq: i64,
    pub(in crate::observe) ack: Option<i64>,
    pub(in crate::observe) length: i64,
    pub(in crate::observe) flags: Flags,
    pub(in crate::observe) window: u16,
    pub(in crate::observe) time_ns: u64,
    pub(in crate::observe) number: u64,
}

impl Placed {
    /// The position after it: SYN and FIN take one each (RFC 9293 §3.4).
    const fn end(&self) -> i64 {
        self.seq + self.length + self.phantom()
    }

    const fn phantom(&self) -> i64 {
        if self.flags.0 & (Flags::SYN.0 | Flags::FIN.0) == 0 { 0 } else { 1 }
    }

    const fn is_plain(&self) -> bool {
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

/// What one end sends.
#[derive(Debug)]
pub(in crate::observe) struct Half {
    /// The sequence number of its SYN, or of the byte before the first one seen.
    base: Option<u32>,
    /// Whether `base` is from a SYN.
    pub(in crate::observe) syn: Option<u32>,
    /// The position after the highest that was sent.
    top: Option<i64>,
    top_time_ns: u64,
    /// Beyond this an acknowledgment tells of bytes that were not seen.
    seen_upto: Option<i64>,
    pub(in crate::observe) last_ack: Option<i64>,
    last_ack_time_ns: u64,
    window: u16,
    scale: Scale,
    duplicate_acks: u32,
    last_marks: Marks,
    strays: u8,
    /// The position of its FIN.
    pub(in crate::observe) fin: Option<i64>,
    pub(in crate::observe) fin_acked: bool,
    /// The packet that acknowledged its FIN first.
    pub(in crate::observe) fin_acked_by: Option<u64>,
    /// Whether its FIN came to the peer.
    pub(in crate::observe) fin_received: bool,
    /// Since it last heard from its peer: the first packet that wants an answer, and how many repeat it.
    unanswered: Option<(u64, u32)>,
    pub(in crate::observe) bytes: Reassembly,
}

impl Half {
    pub(in crate::observe) const fn new() -> Self {
        Self {
            base: None,
            syn: None,
            top: None,
            top_time_ns: 0,
            seen_upto: None,
            last_ack: None,
            last_ack_time_ns: 0,
            window: 0,
            scale: Scale::NotSeen,
            duplicate_acks: 0,
            last_marks: Marks::NONE,
            strays: 0,
            fin: None,
            fin_acked: false,
            fin_acked_by: None,
            fin_received: false,
            unanswered: None,
            bytes: Reassembly::new(),
        }
    }

    /// Where a sequence number of this end stands; the first one seen tells where counting begins.
    #[inline]
    pub(in crate::observe) fn place(&mut self, segment: &Segment<'_>) -> i64 {
        let is_syn = segment.flags.has(Flags::SYN);
        let first = if is_syn { segment.seq } else { segment.seq.wrapping_sub(1) };
        self.position(segment.seq, first)
    }

    /// Where an acknowledgment of this end's bytes stands.
    #[inline]
    pub(in crate::observe) fn place_ack(&mut self, ack: u32) -> i64 {
        self.position(ack, ack.wrapping_sub(1))
    }

    #[inline]
    fn position(&mut self, number: u32, first: u32) -> i64 {
        let base = *self.base.get_or_insert(first);
        let near = self.top.unwrap_or(0);
        // Sequence numbers wrap (RFC 9293 §3.4): of all that it can mean, the nearest to where the stream is.
        let ahead = number.wrapping_sub(base.wrapping_add(near.cast_unsigned() as u32)).cast_signed();
        near + i64::from(ahead)
    }

    /// Remembers what a SYN tells. Called before anything is placed.
    pub(in crate::observe) fn note_syn(&mut self, segment: &Segment<'_>) {
        if self.syn.is_none() && self.bytes.next() == 1 {
            self.base = Some(segment.seq);
        }
        self.syn = Some(segment.seq);
        self.scale = segment.options.window_scale.map_or(Scale::None, |shift| Scale::Shift(shift.min(14)));
    }

    /// Whether a SYN of this number is the one before the first byte that was seen.
    pub(in crate::observe) fn begins_at(&self, syn: u32) -> bool {
        self.base == Some(syn)
    }

    /// The bytes that a window field of this end's stands for: both SYNs must have had the option, and one that was not
    /// seen is taken to have had it.
    pub(in crate::observe) fn scaled(&self, window: u16, flags: Flags, peer: &Self) -> u32 {
        match (self.scale, peer.scale) {
            (Scale::Shift(shift), Scale::Shift(_) | Scale::NotSeen) if !flags.has(Flags::SYN) => {
                u32::from(window) << shift
            }
            _ => u32::from(window),
        }
    }

    /// Where the room ends that this end, as a receiver, gave its peer; `None` if that is not known.
    fn edge(&self, peer: &Self) -> Option<i64> {
        let window = match (self.scale, peer.scale) {
            (Scale::NotSeen, _) | (_, Scale::NotSeen) => return None,
            _ => i64::from(self.scaled(self.window, Flags::ACK, peer)),
        };
        self.last_ack.map(|ack| ack + window)
    }

    pub(in crate::observe) const fn unanswered(&self) -> Option<(u64, u32)> {
        self.unanswered
    }
}

/// What the first round trip took, if the handshake was seen.
pub(in crate::observe) type RoundTrip = Option<u64>;

/// Marks a segment that `sender` sends, as Wireshark's sequence analysis does, and remembers it.
#[inline]
pub(in crate::observe) fn judge(
    sender: &mut Half,
    receiver: &mut Half,
    it: &Placed,
    round_trip: RoundTrip,
) -> Marks {
    if is_stray(sender, receiver, it) {
        return Marks::OUT_OF_WINDOW;
    }
    let mut marks = Marks::NONE;
    let top = sender.top;
    let at_top = top == Some(it.seq);
    let repeats_ack = it.ack.is_some() && it.ack == sender.last_ack;
    if it.length == 1 && at_top && it.is_plain() && receiver.last_ack.is_some() && receiver.window == 0 {
        marks.add(Marks::ZERO_WINDOW_PROBE);
    } else {
        if it.window == 0 && it.is_plain() {
            marks.add(Marks::ZERO_WINDOW);
        }
        if top.is_some_and(|top| it.seq > top) && !it.flags.has(Flags::RST) {
            marks.add(Marks::LOST_SEGMENT);
        }
        if it.is_plain() && it.length <= 1 && top.is_some_and(|top| it.seq == top - 1) {
            marks.add(Marks::KEEP_ALIVE);
        }
        if it.length == 0 && at_top && repeats_ack && it.is_plain() {
            marks.add(repeated_ack(sender, receiver, it));
        }
        if it.length > 0 && it.is_plain() && receiver.edge(sender) == Some(it.end()) {
            marks.add(Marks::WINDOW_FULL);
        }
    }
    if let (Some(ack), Some(seen)) = (it.ack, receiver.seen_upto)
        && ack > seen
    {
        marks.add(Marks::ACK_LOST_SEGMENT);
        receiver.seen_upto = receiver.top.max(Some(ack));
    }
    if (it.length > 0 || it.phantom() > 0) && !marks.has(Marks::KEEP_ALIVE) {
        marks.add(sent_again(sender, receiver, it, round_trip));
    }
    remember(sender, receiver, it, marks);
    marks
}

/// Whether a segment lies far beyond the window, where the receiver drops it (RFC 9293 §3.4).
fn is_stray(sender: &mut Half, receiver: &Half, it: &Placed) -> bool {
    let edge =
        receiver.edge(sender).map(|edge| edge.max(sender.bytes.next()).max(sender.top.unwrap_or(0)) + SLACK);
    if edge.is_none_or(|edge| it.seq <= edge) || it.flags.has(Flags::SYN) {
        sender.strays = 0;
        return false;
    }
    sender.strays += 1;
    if sender.strays > STRAYS {
        sender.strays = 0;
        return false;
    }
    true
}

/// A segment that says what the one before said.
fn repeated_ack(sender: &mut Half, receiver: &Half, it: &Placed) -> Marks {
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

/// Bytes, a SYN or a FIN that do not lie at the top of what was sent.
fn sent_again(sender: &Half, receiver: &Half, it: &Placed, round_trip: RoundTrip) -> Marks {
    let Some(top) = sender.top else { return Marks::NONE };
    // More than one byte at the place of a probe is new data.
    let behind = it.seq < top && !(it.length > 1 && it.seq == top - 1);
    if it.length > 0 && receiver.last_ack.is_some_and(|ack| it.seq + it.length <= ack) {
        return Marks::SPURIOUS_RETRANSMISSION;
    }
    if !behind {
        return Marks::NONE;
    }
    let since_ack = it.time_ns.saturating_sub(receiver.last_ack_time_ns);
    if receiver.duplicate_acks >= 2 && receiver.last_ack == Some(it.seq) && since_ack < FAST_RETRANSMISSION_NS
    {
        return Marks::FAST_RETRANSMISSION;
    }
    let since_top = it.time_ns.saturating_sub(sender.top_time_ns);
    if since_top < round_trip.unwrap_or(OUT_OF_ORDER_NS) && it.end() != top {
        return Marks::OUT_OF_ORDER;
    }
    Marks::RETRANSMISSION
}

fn remember(sender: &mut Half, receiver: &mut Half, it: &Placed, marks: Marks) {
    let is_probe = marks.has(Marks::ZERO_WINDOW_PROBE);
    if sender.top.is_none_or(|top| it.end() > top) && !is_probe {
        sender.top = Some(it.end());
        sender.top_time_ns = it.time_ns;
    }
    if sender.seen_upto.is_none_or(|seen| it.seq == seen) && !is_probe {
        sender.seen_upto = sender.top;
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
    // Who is heard from is there.
    receiver.unanswered = None;
    let wants_answer = it.length > 0 || it.phantom() > 0 || marks.has(Marks::KEEP_ALIVE);
    if wants_answer {
        let again = Marks::RETRANSMISSION
            .or(Marks::FAST_RETRANSMISSION)
            .or(Marks::KEEP_ALIVE)
            .or(Marks::ZERO_WINDOW_PROBE);
        match &mut sender.unanswered {
            None => sender.unanswered = Some((it.number, 0)),
            Some((_, repeats)) if marks.any(again) => *repeats += 1,
            Some(_) => {}
        }
    }
}
