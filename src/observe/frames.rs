//! One side's bytes → frames, read without judging (RFC 6455 §5.2).
//!
//! A reader is pulled: [`FrameReader::next`] takes bytes from the front of a piece until it has something to say.
//! Once the bytes cannot be a frame's header it gives up: where the next frame begins would be a guess.

use sha2::{Digest, Sha256};

use super::fact::{Fact, LostSync, LostSyncReason};
use super::frame::{Frame, FrameEnd, Part};
use super::message::Message;
use super::messages::Assembler;
use super::numbers::Numbers;
use super::preview::Preview;
use super::reassembly::Piece;
use super::segment::Evidence;
use super::told::Told;
use crate::wire::ws::{HeaderView, MAX_CONTROL_PAYLOAD, MAX_HEADER, Opcode};
use crate::wire::{Parsed, Side};

/// A length that no frame has: beyond it a header is taken for something else.
const ABSURD: u64 = 1 << 40;

/// The next numbers of a stream's frames and messages.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    pub(super) frames: u64,
    pub(super) messages: u64,
}

/// What a reader has to say.
#[derive(Debug)]
pub(super) enum Signal {
    /// A frame's header is whole; and the message that it interrupts, which an earlier frame should have ended.
    Begins(Opcode, Option<Box<Message>>),
    /// A frame is whole, and with it perhaps a message.
    Ends(Box<Frame>, Option<Box<Message>>),
    /// Nothing more can be read, and the message that was begun has no end.
    Lost(LostSync, Option<Box<Message>>),
}

/// Where a frame began.
#[derive(Debug, Clone)]
struct Begin {
    offset: u64,
    packet_offset: u32,
    packets: Numbers,
    evidence: Evidence,
}

/// A frame whose payload comes.
#[derive(Debug)]
struct Open {
    begin: Begin,
    header: HeaderView,
    header_len: u8,
    part: Part,
    received: u64,
    missing: u64,
    hash: Sha256,
    preview: Preview,
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "a reader is boxed, and lives in its largest state")]
enum State {
    /// Within a header, of which these bytes came.
    Header {
        bytes: [u8; MAX_HEADER],
        len: u8,
        begin: Option<Begin>,
    },
    Payload(Open),
    Lost,
}

impl State {
    const BETWEEN: Self = Self::Header { bytes: [0; MAX_HEADER], len: 0, begin: None };
}

/// Whether a frame is masked (RFC 6455 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Masking {
    Masked,
    Plain,
}

impl Masking {
    const fn of(header: &HeaderView) -> Self {
        if header.mask().is_some() { Self::Masked } else { Self::Plain }
    }

    const fn right_for(side: Side) -> Self {
        match side {
            Side::Client => Self::Masked,
            Side::Server => Self::Plain,
        }
    }
}

/// Reads one side's frames.
#[derive(Debug)]
pub(super) struct FrameReader {
    from: Side,
    state: State,
    assembler: Assembler,
    /// Whether this side masks, as its frames before show.
    habit: Option<Masking>,
    last_frame: Option<u64>,
    /// How it is known that these are frames at all.
    evidence: Evidence,
}

impl FrameReader {
    pub(super) const fn new(from: Side, assembler: Assembler, evidence: Evidence) -> Self {
        Self { from, state: State::BETWEEN, assembler, habit: None, last_frame: None, evidence }
    }

    /// The memory it takes, itself included.
    pub(super) fn held(&self) -> usize {
        size_of::<Self>() + self.assembler.held()
    }

    /// Takes bytes from the front of `piece`, until there is something to say or it is empty.
    pub(super) fn next(&mut self, piece: &mut Piece<'_>, numbering: &mut Numbering) -> Option<Signal> {
        match &mut self.state {
            State::Header { .. } => self.read_header(piece, numbering),
            State::Payload(open) => {
                let left = open.header.length() - open.received - open.missing;
                let here = usize::try_from(left).unwrap_or(usize::MAX).min(piece.bytes.len());
                if here > 0 {
                    open.take(&piece.bytes[..here], &mut self.assembler);
                    open.begin.packets.push(piece.packet);
                    open.begin.evidence = open.begin.evidence.max(piece.evidence);
                    piece.advance(here);
                }
                (here as u64 == left).then(|| self.end(FrameEnd::Reached, numbering))
            }
            State::Lost => {
                piece.bytes = &[];
                None
            }
        }
    }

    fn read_header(&mut self, piece: &mut Piece<'_>, numbering: &mut Numbering) -> Option<Signal> {
        let State::Header { bytes, len, begin } = &mut self.state else { return None };
        loop {
            let have = usize::from(*len);
            // All of it lies in this piece, nearly always.
            let parsed = HeaderView::parse(if have == 0 { piece.bytes } else { &bytes[..have] });
            let want = match parsed {
                Parsed::Complete { value, len: header_len } => {
                    let begin = begin.take().unwrap_or_else(|| Begin::at(piece, self.evidence));
                    if have == 0 {
                        bytes[..header_len].copy_from_slice(&piece.bytes[..header_len]);
                        *len = header_len as u8;
                        piece.advance(header_len);
                    }
                    let head = *bytes;
                    return Some(self.begin(value, &head[..header_len], begin, piece, numbering));
                }
                Parsed::NeedMore(want) => want,
            };
            if piece.bytes.is_empty() {
                return None;
            }
            let begin = begin.get_or_insert_with(|| Begin::at(piece, self.evidence));
            begin.packets.push(piece.packet);
            begin.evidence = begin.evidence.max(piece.evidence);
            let more = (want - have).min(piece.bytes.len());
            bytes[have..have + more].copy_from_slice(&piece.bytes[..more]);
            *len += more as u8;
            piece.advance(more);
        }
    }

    /// A header is whole: the frame begins, unless it cannot be one.
    fn begin(
        &mut self,
        header: HeaderView,
        head: &[u8],
        begin: Begin,
        piece: &mut Piece<'_>,
        numbering: &mut Numbering,
    ) -> Signal {
        let mut bytes = [0; 16];
        let more = piece.bytes.len().min(bytes.len() - head.len());
        bytes[..head.len()].copy_from_slice(head);
        bytes[head.len()..head.len() + more].copy_from_slice(&piece.bytes[..more]);
        let seen = &bytes[..head.len() + more];
        let reason = if seen.starts_with(b"HTTP/") || seen.starts_with(b"GET /") {
            Some(LostSyncReason::Http)
        } else if oddities(&header, self.habit) >= 2 || !self.may_begin(&header) {
            Some(LostSyncReason::Impossible)
        } else {
            None
        };
        if let Some(reason) = reason {
            piece.bytes = &[];
            let lost = LostSync {
                from: self.from,
                offset: begin.offset,
                packet: begin.packets.first(),
                reason,
                after_frame: self.last_frame,
                bytes,
                bytes_len: (head.len() + more) as u8,
            };
            return self.lose(lost, numbering);
        }
        self.habit = Some(Masking::of(&header));
        let (part, interrupted) = self.assembler.begin(&header);
        self.state = State::Payload(Open {
            begin,
            header,
            header_len: head.len() as u8,
            part,
            received: 0,
            missing: 0,
            hash: Sha256::new(),
            preview: Preview::new(),
        });
        let interrupted = interrupted.map(|message| Box::new(message.number(self.from, numbering)));
        Signal::Begins(header.opcode(), interrupted)
    }

    /// Whether a frame may begin here at all, where that is only inferred: nothing of it must be odd.
    fn may_begin(&self, header: &HeaderView) -> bool {
        self.evidence != Evidence::Inferred || self.last_frame.is_some() || is_regular(self.from, header)
    }

    /// Whether these bytes may be where a side's frames begin: a whole header, with nothing odd about it.
    pub(super) fn is_plausible(from: Side, bytes: &[u8]) -> bool {
        match HeaderView::parse(bytes) {
            Parsed::Complete { value, .. } => is_regular(from, &value),
            Parsed::NeedMore(_) => false,
        }
    }

    fn lose(&mut self, lost: LostSync, numbering: &mut Numbering) -> Signal {
        self.state = State::Lost;
        let message = self.assembler.give_up().map(|message| Box::new(message.number(self.from, numbering)));
        Signal::Lost(lost, message)
    }

    fn end(&mut self, end: FrameEnd, numbering: &mut Numbering) -> Signal {
        let State::Payload(open) = std::mem::replace(&mut self.state, State::BETWEEN) else {
            unreachable!("only an open frame ends");
        };
        let index = numbering.frames;
        numbering.frames += 1;
        self.last_frame = Some(index);
        let frame = open.into_frame(self.from, index, end);
        let message =
            self.assembler.end(&frame).map(|message| Box::new(message.number(self.from, numbering)));
        Signal::Ends(Box::new(frame), message)
    }

    /// Bytes are missing. Within a payload that does no harm: where the frame ends is known.
    pub(super) fn hole(&mut self, gap: Gap, numbering: &mut Numbering) -> [Option<Signal>; 2] {
        let mut ended = None;
        let mut length = gap.length;
        if let State::Payload(open) = &mut self.state {
            let left = open.header.length() - open.received - open.missing;
            let here = left.min(length);
            open.missing += here;
            open.preview.close();
            self.assembler.miss(open.part, here);
            length -= here;
            if here == left {
                ended = Some(self.end(FrameEnd::Reached, numbering));
            }
        }
        if length == 0 || matches!(self.state, State::Lost) {
            return [ended, None];
        }
        let lost = LostSync {
            from: self.from,
            offset: gap.offset + (gap.length - length),
            packet: gap.packet,
            reason: LostSyncReason::Hole,
            after_frame: self.last_frame,
            bytes: [0; 16],
            bytes_len: 0,
        };
        [ended, Some(self.lose(lost, numbering))]
    }

    /// Nothing comes any more: what was begun has no end.
    pub(super) fn finish(&mut self, numbering: &mut Numbering, told: &mut Told) {
        if let State::Payload(open) = &mut self.state {
            open.missing = open.header.length() - open.received;
            self.assembler.miss(open.part, open.missing);
            if let Signal::Ends(frame, message) = self.end(FrameEnd::NotReached, numbering) {
                told.fact(Fact::Frame(frame));
                told.facts.extend(message.map(Fact::Message));
            }
        }
        let message = self.assembler.give_up();
        let message = message.map(|message| Box::new(message.number(self.from, numbering)));
        told.facts.extend(message.map(Fact::Message));
    }
}

/// A hole, and the packet with which it became known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    pub(super) offset: u64,
    pub(super) length: u64,
    pub(super) packet: u64,
}

impl Begin {
    fn at(piece: &Piece<'_>, evidence: Evidence) -> Self {
        Self {
            offset: piece.offset,
            packet_offset: piece.packet_offset,
            packets: Numbers::new(piece.packet),
            evidence: evidence.max(piece.evidence),
        }
    }
}

impl Open {
    fn take(&mut self, masked: &[u8], assembler: &mut Assembler) {
        let Some(key) = self.header.mask() else {
            self.take_plain(masked, assembler);
            return;
        };
        let mut plain = [0; 4096];
        for masked in masked.chunks(plain.len()) {
            let plain = &mut plain[..masked.len()];
            plain.copy_from_slice(masked);
            key.apply(self.received + self.missing, plain);
            self.take_plain(plain, assembler);
        }
    }

    fn take_plain(&mut self, bytes: &[u8], assembler: &mut Assembler) {
        self.hash.update(bytes);
        self.preview.push(bytes);
        assembler.take(self.part, bytes);
        self.received += bytes.len() as u64;
    }

    fn into_frame(self, from: Side, index: u64, end: FrameEnd) -> Frame {
        let sha256 = (self.missing == 0).then(|| self.hash.finalize().into());
        Frame {
            index,
            from,
            packets: self.begin.packets,
            offset: self.begin.offset,
            packet_offset: self.begin.packet_offset,
            header: self.header,
            header_len: self.header_len,
            part: self.part,
            missing: self.missing,
            end,
            payload_sha256: sha256,
            preview: self.preview,
            evidence: self.begin.evidence,
        }
    }
}

/// Whether a header is as it should be, and no fragment of something before.
fn is_regular(from: Side, header: &HeaderView) -> bool {
    oddities(header, Some(Masking::right_for(from))) == 0 && header.opcode() != Opcode::CONTINUATION
}

/// How many rules a header breaks that even careless software keeps. One is a bug to be explained, two at once are no
/// frame.
fn oddities(header: &HeaderView, habit: Option<Masking>) -> u32 {
    let opcode = header.opcode();
    let odd = [
        opcode.is_reserved(),
        header.rsv() != 0 && (header.rsv() & 0b011 != 0 || opcode.is_control() || opcode.is_reserved()),
        opcode.is_control() && !header.fin(),
        opcode.is_control() && header.length() > MAX_CONTROL_PAYLOAD as u64,
        habit.is_some_and(|habit| habit != Masking::of(header)),
        !header.is_minimal(),
        header.length() > ABSURD,
        header.length() >> 63 != 0,
    ];
    odd.into_iter().map(u32::from).sum()
}
