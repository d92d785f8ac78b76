//! The search for a side's frames where neither a handshake nor the frame before shows where one begins: in a capture that
//! begins midway, and behind a loss of synchronization.
//!
//! A candidate begins with a segment, as most frames do. It holds if frame follows frame: regular headers, the masking of
//! one end, and text that is text. Three frames, or a whole Close frame, are enough where a WebSocket is known; where it is
//! not, both sides count together, and frames must also end with their segments. A header without fault is one in 80 of
//! random bytes, so that three are one in half a million segments; ends that fit make it less than one in a thousand
//! million.

use super::plausibility::{Masking, Rsv1};
use crate::observe::facts::Evidence;
use crate::observe::reassembly::{Origin, Piece};
use crate::wire::ws::{CloseCode, HeaderView, Opcode};
use crate::wire::{Parsed, Side};

/// Frames that follow each other and show that there are frames.
const ENOUGH: u32 = 3;

/// Frames of them that end with their segments, where nothing else shows a WebSocket.
const ENOUGH_WHOLE: u32 = 2;

/// The most bytes of a candidate that are kept.
const MAX_BYTES: usize = 16 * 1024;

/// The most segments of a candidate that are kept.
const MAX_SEGMENTS: usize = 64;

/// The longest payload of a candidate, in bytes.
const MAX_PAYLOAD: u64 = 1 << 20;

/// Searches one side's bytes.
#[derive(Debug)]
pub(in crate::observe) struct FrameSearch {
    from: Side,
    rsv1: Rsv1,
    /// Offset of its first byte, and the packet with it.
    start: Option<(u64, u64)>,
    /// Offset behind its last byte.
    end: u64,
    candidate: Option<Candidate>,
    /// Segments so far.
    segments: u32,
}

/// Frames that may be some.
#[derive(Debug)]
struct Candidate {
    /// Offset of the first byte that is kept.
    begin: u64,
    bytes: Vec<u8>,
    /// Where each segment begins in the bytes.
    segments: Vec<(usize, Origin)>,
    /// Offset of the frame that has not ended.
    next: u64,
    /// Bytes before this offset are not kept: those of a frame that is too long.
    skip_to: u64,
    found: Found,
    /// `true` if a message has not had its last frame.
    is_fragmented: bool,
}

/// The frames of a candidate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::observe) struct Found {
    /// Whole frames, continuations left out.
    frames: u32,
    /// Those that end with their segment.
    whole: u32,
    /// A Close frame with a code, at the end of a segment.
    close: u32,
}

impl Found {
    /// Returns `true` if these are frames of a connection that is known to be a WebSocket.
    pub(in crate::observe) const fn is_enough(self) -> bool {
        self.frames >= ENOUGH || self.close > 0
    }

    /// Returns `true` if these of one side and those of the other show that a connection is a WebSocket.
    pub(in crate::observe) const fn shows_websocket(self, other: Self) -> bool {
        let both = self.frames + other.frames >= ENOUGH && self.whole + other.whole >= ENOUGH_WHOLE;
        both || self.close > 0 || other.close > 0
    }
}

/// A whole frame at some place.
struct Frame {
    header: HeaderView,
    header_len: usize,
}

impl FrameSearch {
    pub(in crate::observe) const fn new(from: Side, rsv1: Rsv1) -> Self {
        Self { from, rsv1, start: None, end: 0, candidate: None, segments: 0 }
    }

    /// Counts bytes before the first segment as searched.
    pub(in crate::observe) fn start_at(&mut self, offset: u64, packet: u64) {
        self.start.get_or_insert((offset, packet));
    }

    /// Offset of its first byte, and the packet with it.
    pub(in crate::observe) const fn start(&self) -> Option<(u64, u64)> {
        self.start
    }

    /// Offset behind its last byte.
    pub(in crate::observe) const fn end(&self) -> u64 {
        self.end
    }

    pub(in crate::observe) const fn segments(&self) -> u32 {
        self.segments
    }

    /// Memory in use, the search itself included, in bytes.
    pub(in crate::observe) fn memory(&self) -> usize {
        let kept =
            |one: &Candidate| one.bytes.capacity() + one.segments.capacity() * size_of::<(usize, Origin)>();
        size_of::<Self>() + self.candidate.as_ref().map_or(0, kept)
    }

    /// The frames so far.
    pub(in crate::observe) fn found(&self) -> Found {
        self.candidate.as_ref().map_or(Found::default(), |candidate| candidate.found)
    }

    /// Takes a segment's bytes.
    pub(in crate::observe) fn push(&mut self, piece: &Piece<'_>) {
        self.start.get_or_insert((piece.offset, piece.origin.packet));
        self.segments = self.segments.saturating_add(1);
        self.end = piece.offset + piece.bytes.len() as u64;
        let rules = (self.from, self.rsv1);
        if let Some(candidate) = &mut self.candidate {
            // One header proves little: whole frames in a segment of their own prove more.
            let is_weak = candidate.found.frames == 0 && candidate.next < piece.offset;
            if (is_weak && Candidate::is_whole(rules, piece)) || !candidate.push(rules, piece) {
                self.candidate = None;
            }
        }
        if self.candidate.is_none() && piece.origin.packet_offset == 0 {
            self.candidate = Candidate::new(rules, piece);
        }
    }

    /// Missing bytes: what was found before them is not followed.
    pub(in crate::observe) fn gap(&mut self, offset: u64, length: u64) {
        let is_skipped = |candidate: &Candidate| {
            candidate.end() == offset && candidate.skip_to >= offset.saturating_add(length)
        };
        match &mut self.candidate {
            Some(candidate) if is_skipped(candidate) => candidate.begin += length,
            candidate => *candidate = None,
        }
    }

    /// The bytes in which frames were found, from the first frame on, each with its offset and segment.
    pub(in crate::observe) fn into_bytes(self) -> Vec<(u64, Box<[u8]>, Origin)> {
        let Some(Candidate { begin, bytes, segments, .. }) = self.candidate else { return Vec::new() };
        let ends = segments.iter().skip(1).map(|(at, _)| *at).chain([bytes.len()]);
        let pieces = segments.iter().zip(ends).filter(|((at, _), end)| at < end);
        pieces.map(|((at, origin), end)| (begin + *at as u64, bytes[*at..end].into(), *origin)).collect()
    }
}

impl Candidate {
    /// A candidate that begins with a segment, if a frame does.
    fn new(rules: (Side, Rsv1), piece: &Piece<'_>) -> Option<Self> {
        // Most segments of other bytes are refused by their first.
        if !may_begin(*piece.bytes.first()?) {
            return None;
        }
        let mut candidate = Self {
            begin: piece.offset,
            bytes: Vec::new(),
            segments: Vec::new(),
            next: piece.offset,
            skip_to: 0,
            found: Found::default(),
            is_fragmented: false,
        };
        candidate.push(rules, piece).then_some(candidate)
    }

    /// Returns `true` if a segment is whole frames, and nothing else.
    fn is_whole(rules: (Side, Rsv1), piece: &Piece<'_>) -> bool {
        piece.origin.packet_offset == 0
            && Self::new(rules, piece).is_some_and(|one| one.next == one.end() && one.found.whole > 0)
    }

    /// The offset behind the last byte.
    fn end(&self) -> u64 {
        self.begin + self.bytes.len() as u64
    }

    /// Follows the frames through a segment: `false` if these are none.
    fn push(&mut self, rules: (Side, Rsv1), piece: &Piece<'_>) -> bool {
        let mut piece = *piece;
        if self.end() != piece.offset {
            return false;
        }
        let skipped = self.skip_to.saturating_sub(piece.offset);
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX).min(piece.bytes.len());
        if skipped > 0 {
            piece.advance(skipped);
            self.begin = piece.offset;
        }
        if self.bytes.len() + piece.bytes.len() > MAX_BYTES || self.segments.len() == MAX_SEGMENTS {
            return self.overflow(rules, &piece);
        }
        if !piece.bytes.is_empty() {
            self.segments.push((self.bytes.len(), piece.origin));
            self.bytes.extend_from_slice(piece.bytes);
        }
        self.follow(rules)
    }

    /// Drops what is kept, and follows the frames in a long segment, or behind a long frame.
    fn overflow(&mut self, rules: (Side, Rsv1), piece: &Piece<'_>) -> bool {
        let Some(end) = self.open_end(rules, piece.bytes) else { return false };
        self.bytes.clear();
        self.segments.clear();
        (self.begin, self.skip_to, self.next) = (piece.offset + piece.bytes.len() as u64, end, end);
        // Where the long frame ends within this very segment, the search begins anew.
        end >= self.begin
    }

    /// The end of the frame that has not ended, with more bytes behind those that are kept.
    fn open_end(&self, rules: (Side, Rsv1), more: &[u8]) -> Option<u64> {
        let at = usize::try_from(self.next.checked_sub(self.begin)?).ok()?;
        let kept = self.bytes.get(at..)?;
        let mut header = [0; 14];
        let len = kept.len().min(header.len());
        header[..len].copy_from_slice(&kept[..len]);
        let further = more.len().min(header.len() - len);
        header[len..len + further].copy_from_slice(&more[..further]);
        match HeaderView::parse(&header[..len + further]) {
            Parsed::Complete { value, len } if self.is_regular(rules, &value) => {
                Some(self.next + len as u64 + value.length())
            }
            _ => None,
        }
    }

    /// Counts the frames that have ended: `false` if a header, or a payload, is none.
    fn follow(&mut self, rules: (Side, Rsv1)) -> bool {
        while self.next >= self.begin && self.next < self.end() {
            let at = (self.next - self.begin) as usize;
            let Frame { header, header_len } = match HeaderView::parse(&self.bytes[at..]) {
                Parsed::Complete { value, len } => Frame { header: value, header_len: len },
                Parsed::NeedMore(_) => return may_begin(self.bytes[at]) || self.is_fragmented,
            };
            if !self.is_regular(rules, &header) {
                return false;
            }
            let payload = at + header_len;
            // The length is limited.
            let Some(bytes) = self.bytes.get(payload..payload + header.length() as usize) else {
                return true;
            };
            if !is_payload(&header, bytes) {
                return false;
            }
            let end = payload + bytes.len();
            let is_at_end = end == self.bytes.len() || self.segments.iter().any(|(begin, _)| *begin == end);
            let is_close = header.is_close() && bytes.len() >= 2 && is_at_end;
            if header.opcode() == Opcode::CONTINUATION || !header.opcode().is_control() {
                self.is_fragmented = !header.fin();
            }
            if header.fin() && header.opcode() != Opcode::CONTINUATION {
                self.found.frames += 1;
                self.found.whole += u32::from(is_at_end);
                self.found.close += u32::from(is_close);
            }
            self.next = self.begin + end as u64;
        }
        true
    }

    /// Returns `true` if a header breaks no rule, and is in its place among the frames before.
    fn is_regular(&self, (from, rsv1): (Side, Rsv1), header: &HeaderView) -> bool {
        let opcode = header.opcode();
        let is_continuation = opcode == Opcode::CONTINUATION;
        let is_data = !opcode.is_control();
        let allowed = if is_data && !is_continuation && rsv1 == Rsv1::Extension { 0b100 } else { 0 };
        let is_in_place = match (is_data, self.is_fragmented) {
            (true, true) => is_continuation,
            // Nothing is sent in fragments without a byte in the first.
            (true, false) => {
                !is_continuation && (header.fin() || (header.length() > 0 && self.found.frames > 0))
            }
            (false, _) => header.fin() && header.length() <= 125,
        };
        is_in_place
            && !opcode.is_reserved()
            && header.rsv() & !allowed == 0
            && header.is_minimal()
            && header.length() <= MAX_PAYLOAD
            && Masking::of(header) == Masking::required_of(from)
    }
}

/// The sender of a segment that is whole frames and nothing else, by their masking (RFC 6455 §5.1). Frames without a mask
/// show it only if they are text: so short a header says little.
pub(in crate::observe) fn sender_of(bytes: &[u8]) -> Option<Side> {
    let is_text = matches!(bytes, [0x81, 4..=125, ..]);
    let origin = Origin { packet: 0, packet_offset: 0, evidence: Evidence::Inferred };
    let piece = Piece { offset: 0, bytes, origin };
    let is_of = |side: &Side| {
        (*side == Side::Client || is_text) && Candidate::is_whole((*side, Rsv1::Extension), &piece)
    };
    [Side::Client, Side::Server].into_iter().find(is_of)
}

/// Returns `true` if a frame that ends a message of its own, or a control frame, may begin with this byte.
const fn may_begin(byte: u8) -> bool {
    matches!(byte, 0x81 | 0x82 | 0xC1 | 0xC2 | 0x88 | 0x89 | 0x8A)
}

/// Returns `true` if a payload, as on the wire, is what its header says: text, or a code that a Close frame may have.
fn is_payload(header: &HeaderView, bytes: &[u8]) -> bool {
    let is_text = header.opcode() == Opcode::TEXT && header.rsv() == 0 && header.fin();
    if !is_text && !header.is_close() {
        return true;
    }
    let mut bytes = bytes.to_vec();
    if let Some(key) = header.mask() {
        key.apply(0, &mut bytes);
    }
    if is_text {
        return std::str::from_utf8(&bytes).is_ok();
    }
    match bytes[..] {
        [] => true,
        [high, low, ref reason @ ..] => {
            let code = CloseCode(u16::from_be_bytes([high, low]));
            matches!(code.0, 1000..=1003 | 1007..=1014 | 3000..=4999) && std::str::from_utf8(reason).is_ok()
        }
        [_] => false,
    }
}

#[cfg(test)]
mod tests;
