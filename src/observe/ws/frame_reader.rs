//! One side's bytes → frames, read without judging (RFC 6455 §5.2).
//!
//! A reader is pulled: [`FrameReader::next`] takes bytes from the front of a piece until it has something to say.
//! Once the bytes cannot be a frame's header it gives up: where the next frame begins would be a guess.

use sha2::{Digest, Sha256};

use super::assembler::Assembler;
pub(in crate::observe) use super::plausibility::Rsv1;
use super::plausibility::{Before, Masking, Measure, is_http, is_impossible, is_regular};
use crate::observe::emitter::Emitter;
use crate::observe::facts::fact::{Fact, LostSync, LostSyncReason};
use crate::observe::facts::frame::{Frame, FrameEnd, Part};
use crate::observe::facts::message::Message;
use crate::observe::facts::numbers::Numbers;
use crate::observe::facts::preview::Preview;
use crate::observe::facts::segment::Evidence;
use crate::observe::reassembly::Piece;
use crate::wire::ws::{HeaderView, MAX_HEADER};
use crate::wire::{Parsed, Side};

/// The next numbers of a stream's frames and messages.
#[derive(Debug, Default)]
pub(in crate::observe) struct Numbering {
    pub(in crate::observe) frames: u64,
    pub(in crate::observe) messages: u64,
}

/// What a reader has to say.
#[derive(Debug)]
pub(in crate::observe) enum Signal {
    /// A frame's header is whole; and the message that it interrupts, which an earlier frame should have ended.
    Begins(HeaderView, Option<Box<Message>>),
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
#[derive(Debug, Clone)]
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
    /// These bytes are no header: some more are awaited, to be shown, however they are cut into segments.
    Losing(LostSync, Option<Box<Message>>),
    Lost,
}

impl State {
    const BETWEEN: Self = Self::Header { bytes: [0; MAX_HEADER], len: 0, begin: None };
}

/// Reads one side's frames.
#[derive(Debug)]
pub(in crate::observe) struct FrameReader {
    from: Side,
    state: State,
    assembler: Assembler,
    measure: Measure,
    last_frame: Option<u64>,
    /// How it is known that these are frames at all.
    evidence: Evidence,
}

impl FrameReader {
    pub(in crate::observe) const fn new(
        from: Side,
        assembler: Assembler,
        rsv1: Rsv1,
        evidence: Evidence,
    ) -> Self {
        let measure = Measure { habit: None, rsv1, before: Before::Trusted };
        Self { from, state: State::BETWEEN, assembler, measure, last_frame: None, evidence }
    }

    /// The memory it takes, itself included.
    pub(in crate::observe) fn held(&self) -> usize {
        size_of::<Self>() + self.assembler.held()
    }

    /// Takes bytes from the front of `piece`, until there is something to say or it is empty.
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
                    open.take(&piece.bytes[..here], &mut self.assembler);
                    open.begin.packets.push(piece.packet);
                    open.begin.evidence = open.begin.evidence.max(piece.evidence);
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
                if is_full { self.settle() } else { None }
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
                    match self.begin(value, &head[..header_len], begin, piece, numbering) {
                        Some(signal) => return Some(signal),
                        // More bytes of what is no header are wanted.
                        None => return self.next(piece, numbering),
                    }
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

    /// A header is whole: the frame begins, unless it cannot be one; then nothing is to be said yet.
    fn begin(
        &mut self,
        header: HeaderView,
        head: &[u8],
        begin: Begin,
        piece: &mut Piece<'_>,
        numbering: &mut Numbering,
    ) -> Option<Signal> {
        let mut bytes = [0; 16];
        let more = piece.bytes.len().min(bytes.len() - head.len());
        bytes[..head.len()].copy_from_slice(head);
        bytes[head.len()..head.len() + more].copy_from_slice(&piece.bytes[..more]);
        let is_http = is_http(&bytes[..head.len() + more]);
        if is_http || is_impossible(&header, self.measure) || !self.may_begin(&header) {
            piece.advance(more);
            let lost = LostSync {
                from: self.from,
                offset: begin.offset,
                packet: begin.packets.first(),
                reason: LostSyncReason::Impossible,
                after_frame: self.last_frame,
                bytes,
                bytes_len: (head.len() + more) as u8,
            };
            self.state = State::Losing(lost, self.give_up(numbering));
            return None;
        }
        self.measure.habit = Some(Masking::of(&header));
        self.measure.before = if header.is_minimal() { Before::Trusted } else { Before::Doubted };
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
        Some(Signal::Begins(header, interrupted))
    }

    /// The frame whose payload is still to come, as far as it has come.
    pub(in crate::observe) fn begun(&self, numbering: &Numbering) -> Option<Box<Frame>> {
        let State::Payload(open) = &self.state else { return None };
        let open = Open { missing: open.header.length() - open.received, ..open.clone() };
        Some(Box::new(open.into_frame(self.from, numbering.frames, FrameEnd::NotReached)))
    }

    /// Whether a frame may begin here at all, where that is only inferred: nothing of it must be odd.
    fn may_begin(&self, header: &HeaderView) -> bool {
        self.evidence != Evidence::Inferred || self.last_frame.is_some() || is_regular(self.from, header)
    }

    /// Whether these bytes may be where a side's frames begin: a whole header, with nothing odd about it.
    pub(in crate::observe) fn is_plausible(from: Side, bytes: &[u8]) -> bool {
        match HeaderView::parse(bytes) {
            Parsed::Complete { value, .. } => is_regular(from, &value),
            Parsed::NeedMore(_) => false,
        }
    }

    /// No more bytes are awaited, if they were: that frames cannot be told from each other any more.
    pub(in crate::observe) fn settle(&mut self) -> Option<Signal> {
        let State::Losing(lost, message) = &mut self.state else { return None };
        let (mut lost, message) = (*lost, message.take());
        if is_http(&lost.bytes[..usize::from(lost.bytes_len)]) {
            lost.reason = LostSyncReason::Http;
        }
        self.state = State::Lost;
        Some(Signal::Lost(lost, message))
    }

    /// The message that was begun has no end.
    fn give_up(&mut self, numbering: &mut Numbering) -> Option<Box<Message>> {
        self.assembler.give_up().map(|message| Box::new(message.number(self.from, numbering)))
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
    pub(in crate::observe) fn hole(
        &mut self,
        gap: MissingBytes,
        numbering: &mut Numbering,
    ) -> [Option<Signal>; 2] {
        let mut ended = self.settle();
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
            reason: LostSyncReason::Gap,
            after_frame: self.last_frame,
            bytes: [0; 16],
            bytes_len: 0,
        };
        self.state = State::Lost;
        [ended, Some(Signal::Lost(lost, self.give_up(numbering)))]
    }

    /// Nothing comes any more: what was begun has no end.
    pub(in crate::observe) fn finish(&mut self, numbering: &mut Numbering, told: &mut Emitter) {
        if let Some(Signal::Lost(lost, message)) = self.settle() {
            told.fact(Fact::LostSync(lost));
            told.facts.extend(message.map(Fact::Message));
        }
        if let State::Payload(open) = &mut self.state {
            open.missing = open.header.length() - open.received;
            self.assembler.miss(open.part, open.missing);
            if let Signal::Ends(frame, message) = self.end(FrameEnd::NotReached, numbering) {
                told.fact(Fact::Frame(frame));
                told.facts.extend(message.map(Fact::Message));
            }
        }
        let message = self.give_up(numbering);
        told.facts.extend(message.map(Fact::Message));
    }
}

/// A hole, and the packet with which it became known.
#[derive(Debug, Clone, Copy)]
pub(in crate::observe) struct MissingBytes {
    pub(in crate::observe) offset: u64,
    pub(in crate::observe) length: u64,
    pub(in crate::observe) packet: u64,
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
        let mut plain = [0; 512];
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
