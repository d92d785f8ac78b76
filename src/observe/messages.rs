//! One side's frames → messages: fragments joined, control frames let through between them (RFC 6455 §5.4).

use sha2::{Digest, Sha256};

use super::frame::{Frame, FrameEnd, Part};
use super::frames::Numbering;
use super::message::{Coding, Message, MessageEnd, Text};
use super::numbers::Numbers;
use super::preview::Preview;
use crate::wire::Side;
use crate::wire::ws::{HeaderView, Opcode, Utf8};

/// Whether permessage-deflate was agreed on (RFC 7692 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deflate {
    Agreed,
    NotAgreed,
}

/// Joins one side's fragments.
#[derive(Debug)]
pub(super) struct Assembler {
    deflate: Deflate,
    open: Option<Begun>,
}

/// A message that has begun.
#[derive(Debug)]
struct Begun {
    kind: Opcode,
    coding: Coding,
    /// `None` until its first frame has ended.
    frames: Option<Numbers>,
    length: u64,
    missing: u64,
    /// `None` if it is of one frame, which is hashed already.
    hash: Option<Sha256>,
    preview: Preview,
    text: Judgement,
}

/// What is known of a text so far.
#[derive(Debug)]
enum Judgement {
    Good(Utf8),
    /// Bad since the piece at this offset; the frame is named when it ends.
    Bad {
        frame: Option<u64>,
        offset: u64,
    },
    None,
}

/// A message that is over, but has no number yet.
#[derive(Debug)]
pub(super) struct Over {
    begun: Begun,
    end: MessageEnd,
    /// The hash of its one frame.
    sha256: Option<[u8; 32]>,
}

impl Assembler {
    pub(super) const fn new(deflate: Deflate) -> Self {
        Self { deflate, open: None }
    }

    /// A frame begins: which part of a message it is, and the message that it interrupts, if it breaks that rule.
    pub(super) fn begin(&mut self, header: &HeaderView) -> (Part, Option<Over>) {
        let opcode = header.opcode();
        if opcode.is_control() {
            return (Part::Control, None);
        }
        if opcode == Opcode::CONTINUATION {
            let part = match (&self.open, header.fin()) {
                (None, _) => Part::Orphan,
                (Some(_), false) => Part::Middle,
                (Some(_), true) => Part::Last,
            };
            return (part, None);
        }
        let interrupted =
            self.open.take().map(|begun| Over { begun, end: MessageEnd::Interrupted, sha256: None });
        let part = match (&interrupted, header.fin()) {
            (Some(_), _) => Part::Interrupting,
            (None, true) => Part::Whole,
            (None, false) => Part::First,
        };
        self.open = Some(Begun::new(header, self.deflate));
        (part, interrupted)
    }

    /// Payload of the frame that has begun, unmasked.
    pub(super) fn take(&mut self, part: Part, bytes: &[u8]) {
        if let Some(begun) = self.message_of(part) {
            begun.take(bytes);
        }
    }

    /// Payload is missing.
    pub(super) fn miss(&mut self, part: Part, length: u64) {
        if let Some(begun) = self.message_of(part)
            && length > 0
        {
            begun.missing += length;
            begun.preview.close();
            begun.text = Judgement::None;
        }
    }

    const fn message_of(&mut self, part: Part) -> Option<&mut Begun> {
        match part {
            Part::Control | Part::Orphan => None,
            _ => self.open.as_mut(),
        }
    }

    /// The frame ends, and with it perhaps the message.
    pub(super) fn end(&mut self, frame: &Frame) -> Option<Over> {
        let begun = self.message_of(frame.part)?;
        match &mut begun.frames {
            None => begun.frames = Some(Numbers::new(frame.index)),
            Some(frames) => frames.push(frame.index),
        }
        if let Judgement::Bad { frame: named @ None, .. } = &mut begun.text {
            *named = Some(frame.index);
        }
        let end = match (frame.end, frame.header.fin()) {
            (FrameEnd::NotReached, _) => MessageEnd::NotReached,
            (FrameEnd::Reached, true) => MessageEnd::Final,
            (FrameEnd::Reached, false) => return None,
        };
        let begun = self.open.take()?;
        Some(Over { begun, end, sha256: frame.payload_sha256 })
    }

    /// No more frames can be read.
    pub(super) fn give_up(&mut self) -> Option<Over> {
        self.open.take().map(|begun| Over { begun, end: MessageEnd::NotReached, sha256: None })
    }
}

impl Begun {
    fn new(header: &HeaderView, deflate: Deflate) -> Self {
        let kind = header.opcode();
        let coding = match deflate {
            Deflate::Agreed if header.rsv() & 0b100 != 0 => Coding::Deflate,
            _ => Coding::Plain,
        };
        let is_text = kind == Opcode::TEXT && coding == Coding::Plain;
        Self {
            kind,
            coding,
            frames: None,
            length: 0,
            missing: 0,
            hash: (!header.fin()).then(Sha256::new),
            preview: Preview::new(),
            text: if is_text { Judgement::Good(Utf8::default()) } else { Judgement::None },
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        if let Some(hash) = &mut self.hash {
            hash.update(bytes);
        }
        self.preview.push(bytes);
        if let Judgement::Good(utf8) = &mut self.text
            && utf8.push(bytes).is_err()
        {
            self.text = Judgement::Bad { frame: None, offset: self.length };
        }
        self.length += bytes.len() as u64;
    }
}

impl Over {
    /// Gives it its place among the stream's messages.
    pub(super) fn number(self, from: Side, numbering: &mut Numbering) -> Message {
        let Self { begun, end, sha256 } = self;
        let index = numbering.messages;
        numbering.messages += 1;
        let frames = begun.frames.unwrap_or_else(|| Numbers::new(numbering.frames));
        let whole = begun.missing == 0 && end == MessageEnd::Final;
        let wire_sha256 = match begun.hash {
            Some(hash) => whole.then(|| hash.finalize().into()),
            None => sha256.filter(|_| whole),
        };
        let text = match begun.text {
            Judgement::Good(utf8) if whole && utf8.finish().is_ok() => Text::Utf8,
            Judgement::Good(_) if whole => Text::NotUtf8 { frame: frames.last(), offset: begun.length },
            Judgement::Bad { frame, offset } => {
                Text::NotUtf8 { frame: frame.unwrap_or(frames.last()), offset }
            }
            Judgement::Good(_) | Judgement::None => Text::NotJudged,
        };
        Message {
            index,
            from,
            kind: begun.kind,
            frames,
            length: begun.length,
            missing: begun.missing,
            end,
            coding: begun.coding,
            wire_sha256,
            // An inflater belongs here: fed in `Begun::take`, asked here.
            sha256: wire_sha256.filter(|_| begun.coding == Coding::Plain),
            preview: begun.preview,
            text,
        }
    }
}
