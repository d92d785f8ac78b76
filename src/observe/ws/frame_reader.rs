//! One side's bytes → frames, read leniently (RFC 6455 §5.2).
//!
//! A reader is pulled: [`FrameReader::next`] consumes bytes of a piece until it has a [`Signal`]. Bytes that cannot be a
//! frame's header end it: where the next frame begins would be a guess.

mod foreign;
mod loss;

use sha2::{Digest, Sha256};

use self::foreign::ForeignBytes;
use super::assembler::Assembler;
use super::numbering::Numbering;
pub(in crate::observe) use super::plausibility::Rsv1;
use super::plausibility::{HeaderContext, Masking, Previous, is_http, is_impossible, is_regular};
use crate::observe::facts::{
    Evidence, Frame, FrameEnd, LostSync, LostSyncReason, Message, Numbers, Part, Preview,
};
use crate::observe::reassembly::Piece;
use crate::wire::ws::{HeaderView, MAX_HEADER};
use crate::wire::{Parsed, Side};

/// The output of a reader.
#[derive(Debug)]
pub(in crate::observe) enum Signal {
    /// A frame's header is complete; with the message that it interrupts.
    Begins(HeaderView, Option<Box<Message>>),
    /// A frame is complete, and with it perhaps a message.
    Ends(Box<Frame>, Option<Box<Message>>),
    /// Nothing more can be read; with the open message.
    Lost(LostSync, Option<Box<Message>>),
    /// The open message will never end.
    MessageEnds(Box<Message>),
}

/// The start of a frame.
#[derive(Debug, Clone)]
struct Start {
    offset: u64,
    packet_offset: u32,
    packets: Numbers,
    evidence: Evidence,
}

/// A frame whose payload is still to come.
#[derive(Debug, Clone)]
struct OpenFrame {
    start: Start,
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
    /// Within a header, with its first `len` bytes.
    Header {
        bytes: [u8; MAX_HEADER],
        len: u8,
        start: Option<Start>,
    },
    Payload(OpenFrame),
    /// The bytes are no header. Some more are collected as a sample, however they are cut into segments.
    Losing(LostSync, Option<Box<Message>>),
    /// Within a head of HTTP.
    Head(ForeignBytes),
    /// Within a chunk's framing, with what is lost if it is none.
    Chunk(ForeignBytes, LostSync),
    Lost,
}

/// The framing of a chunked body around the frames, which no 101 may have (RFC 9112 §6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chunks {
    None,
    /// The 101 declared it.
    Declared,
    /// It was reported.
    Reported,
}

/// The start of the next frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Boundary {
    Known,
    /// Behind a head of HTTP: a header without fault shows that frames go on.
    Presumed,
}

impl State {
    const BETWEEN: Self = Self::Header { bytes: [0; MAX_HEADER], len: 0, start: None };
}

/// Reads one side's frames.
#[derive(Debug)]
pub(in crate::observe) struct FrameReader {
    from: Side,
    state: State,
    assembler: Assembler,
    context: HeaderContext,
    last_frame: Option<u64>,
    chunks: Chunks,
    boundary: Boundary,
    /// The evidence that the bytes are frames at all.
    evidence: Evidence,
}

impl FrameReader {
    pub(in crate::observe) const fn new(
        from: Side,
        assembler: Assembler,
        rsv1: Rsv1,
        evidence: Evidence,
    ) -> Self {
        let context = HeaderContext { masking: None, rsv1, previous: Previous::Minimal };
        Self {
            from,
            state: State::BETWEEN,
            assembler,
            context,
            last_frame: None,
            chunks: Chunks::None,
            boundary: Boundary::Known,
            evidence,
        }
    }

    /// Expects the framing of a chunked body around the frames, as the 101 declared.
    pub(in crate::observe) const fn expect_chunks(&mut self) {
        self.chunks = Chunks::Declared;
    }

    /// Memory in use, the reader itself included, in bytes.
    pub(in crate::observe) fn memory(&self) -> usize {
        size_of::<Self>() + self.assembler.memory()
    }

    /// Consumes bytes at the front of `piece`, until there is a signal or the piece is empty.
    pub(in crate::observe) fn next(
        &mut self,
        piece: &mut Piece<'_>,
        numbering: &mut Numbering,
    ) -> Option<Signal> {
        match &mut self.state {
            State::Header { .. } => self.read_header(piece, numbering),
            State::Payload(open) => {
                let left = open.header.length() - open.received - open.missing;
                let here = usize::try_from(left).unwrap_or(usize::MAX).min(piece.bytes.len());
                if here > 0 {
                    open.push(&piece.bytes[..here], &mut self.assembler);
                    open.start.packets.push(piece.origin.packet);
                    open.start.evidence = open.start.evidence.max(piece.origin.evidence);
                    piece.advance(here);
                }
                (here as u64 == left).then(|| self.end(FrameEnd::Reached, numbering))
            }
            State::Losing(lost, _) => {
                let have = usize::from(lost.bytes_len);
                let more = piece.bytes.len().min(lost.bytes.len() - have);
                lost.bytes[have..have + more].copy_from_slice(&piece.bytes[..more]);
                lost.bytes_len += more as u8;
                piece.advance(more);
                let is_full = usize::from(lost.bytes_len) == lost.bytes.len();
                if is_full { self.give_up_header() } else { None }
            }
            State::Head(_) => {
                self.skip_head(piece);
                if piece.bytes.is_empty() { None } else { self.next(piece, numbering) }
            }
            State::Chunk(..) => match self.read_chunk(piece) {
                Some(signal) => Some(signal),
                None if piece.bytes.is_empty() => None,
                None => self.next(piece, numbering),
            },
            State::Lost => {
                piece.bytes = &[];
                None
            }
        }
    }

    fn read_header(&mut self, piece: &mut Piece<'_>, numbering: &mut Numbering) -> Option<Signal> {
        if self.chunks != Chunks::None && self.begins_chunk(piece) {
            let lost = self.lost(piece.offset, piece.origin.packet, LostSyncReason::Chunk);
            self.state = State::Chunk(ForeignBytes::chunk(), lost);
            return self.next(piece, numbering);
        }
        let State::Header { bytes, len, start } = &mut self.state else { return None };
        loop {
            let have = usize::from(*len);
            // Nearly always all of it lies in this piece.
            let parsed = HeaderView::parse(if have == 0 { piece.bytes } else { &bytes[..have] });
            let want = match parsed {
                Parsed::Complete { value, len: header_len } => {
                    let start = start.take().unwrap_or_else(|| Start::at(piece, self.evidence));
                    if have == 0 {
                        bytes[..header_len].copy_from_slice(&piece.bytes[..header_len]);
                        *len = header_len as u8;
                        piece.advance(header_len);
                    }
                    let head = *bytes;
                    match self.start_frame(value, &head[..header_len], start, piece, numbering) {
                        Some(signal) => return Some(signal),
                        // Not a header: collect the sample.
                        None => return self.next(piece, numbering),
                    }
                }
                Parsed::NeedMore(want) => want,
            };
            if piece.bytes.is_empty() {
                return None;
            }
            let start = start.get_or_insert_with(|| Start::at(piece, self.evidence));
            start.packets.push(piece.origin.packet);
            start.evidence = start.evidence.max(piece.origin.evidence);
            let more = (want - have).min(piece.bytes.len());
            bytes[have..have + more].copy_from_slice(&piece.bytes[..more]);
            *len += more as u8;
            piece.advance(more);
        }
    }

    /// Starts the frame of a complete header; `None` if it cannot be one.
    fn start_frame(
        &mut self,
        header: HeaderView,
        head: &[u8],
        start: Start,
        piece: &mut Piece<'_>,
        numbering: &mut Numbering,
    ) -> Option<Signal> {
        let mut bytes = [0; 16];
        let more = piece.bytes.len().min(bytes.len() - head.len());
        bytes[..head.len()].copy_from_slice(head);
        bytes[head.len()..head.len() + more].copy_from_slice(&piece.bytes[..more]);
        let is_http = is_http(&bytes[..head.len() + more]);
        if is_http || is_impossible(&header, self.context) || !self.may_start(&header) {
            piece.advance(more);
            let lost = self.lost(start.offset, start.packets.first(), LostSyncReason::Impossible);
            let lost = LostSync { bytes, bytes_len: (head.len() + more) as u8, ..lost };
            let message =
                if is_http { self.break_off_message(numbering) } else { self.give_up_message(numbering) };
            self.state = match self.boundary {
                Boundary::Known => State::Losing(lost, message),
                // The loss was reported already.
                Boundary::Presumed => State::Lost,
            };
            return None;
        }
        self.boundary = Boundary::Known;
        self.context.masking = Some(Masking::of(&header));
        self.context.previous = if header.is_minimal() { Previous::Minimal } else { Previous::NotMinimal };
        let (part, interrupted) = self.assembler.start(&header);
        self.state = State::Payload(OpenFrame {
            start,
            header,
            header_len: head.len() as u8,
            part,
            received: 0,
            missing: 0,
            hash: Sha256::new(),
            preview: Preview::new(),
        });
        let interrupted = interrupted.map(|message| Box::new(message.number(self.from, numbering)));
        Some(Signal::Begins(header, interrupted))
    }

    /// The open frame, as far as it has come. It gets the index that it has if it ends next.
    pub(in crate::observe) fn open_frame(&self, numbering: &Numbering) -> Option<Box<Frame>> {
        let State::Payload(open) = &self.state else { return None };
        let open = OpenFrame { missing: open.header.length() - open.received, ..open.clone() };
        Some(Box::new(open.into_frame(self.from, numbering.frames, FrameEnd::NotReached)))
    }

    /// Returns `true` if a frame may start here. Where frames are only inferred, the first header must break no rule.
    fn may_start(&self, header: &HeaderView) -> bool {
        let is_known = self.evidence != Evidence::Inferred || self.last_frame.is_some();
        (is_known && self.boundary == Boundary::Known) || is_regular(self.from, header)
    }

    /// Returns `true` if bytes may be the start of a side's frames: a complete header that breaks no rule.
    pub(in crate::observe) fn is_plausible(from: Side, bytes: &[u8]) -> bool {
        match HeaderView::parse(bytes) {
            Parsed::Complete { value, .. } => is_regular(from, &value),
            Parsed::NeedMore(_) => false,
        }
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

    /// Ends the stream: an open frame and an open message have no end.
    pub(in crate::observe) fn finish(&mut self, numbering: &mut Numbering) -> [Option<Signal>; 2] {
        let mut last = self.give_up_header();
        if let State::Payload(open) = &mut self.state {
            open.missing = open.header.length() - open.received;
            self.assembler.skip(open.part, open.missing);
            last = Some(self.end(FrameEnd::NotReached, numbering));
        }
        [last, self.give_up_message(numbering).map(Signal::MessageEnds)]
    }
}

/// A gap, and the packet with which it became known.
#[derive(Debug, Clone, Copy)]
pub(in crate::observe) struct MissingBytes {
    pub(in crate::observe) offset: u64,
    pub(in crate::observe) length: u64,
    pub(in crate::observe) packet: u64,
}

impl Start {
    fn at(piece: &Piece<'_>, evidence: Evidence) -> Self {
        Self {
            offset: piece.offset,
            packet_offset: piece.origin.packet_offset,
            packets: Numbers::new(piece.origin.packet),
            evidence: evidence.max(piece.origin.evidence),
        }
    }
}

impl OpenFrame {
    fn push(&mut self, masked: &[u8], assembler: &mut Assembler) {
        let Some(key) = self.header.mask() else {
            self.push_plain(masked, assembler);
            return;
        };
        let mut plain = [0; 512];
        for masked in masked.chunks(plain.len()) {
            let plain = &mut plain[..masked.len()];
            plain.copy_from_slice(masked);
            key.apply(self.received + self.missing, plain);
            self.push_plain(plain, assembler);
        }
    }

    fn push_plain(&mut self, bytes: &[u8], assembler: &mut Assembler) {
        self.hash.update(bytes);
        self.preview.push(bytes);
        assembler.push(self.part, bytes);
        self.received += bytes.len() as u64;
    }

    fn into_frame(self, from: Side, index: u64, end: FrameEnd) -> Frame {
        let sha256 = (self.missing == 0).then(|| self.hash.finalize().into());
        Frame {
            index,
            from,
            packets: self.start.packets,
            offset: self.start.offset,
            packet_offset: self.start.packet_offset,
            header: self.header,
            header_len: self.header_len,
            part: self.part,
            missing: self.missing,
            end,
            payload_sha256: sha256,
            preview: self.preview,
            evidence: self.start.evidence,
        }
    }
}
