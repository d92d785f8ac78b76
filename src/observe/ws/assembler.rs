//! One side's frames → messages: fragments joined, control frames let through between them (RFC 6455 §5.4), and what
//! is compressed inflated (RFC 7692 §7.2.2).

use sha2::{Digest, Sha256};

use super::frame_reader::Numbering;
use crate::observe::facts::frame::{Frame, FrameEnd, Part};
use crate::observe::facts::message::{Coding, Inflated, Message, MessageEnd, Text};
use crate::observe::facts::numbers::Numbers;
use crate::observe::facts::preview::Preview;
use crate::wire::Side;
use crate::wire::ws::{HeaderView, Inflater, Opcode, Utf8, Window};

/// Joins one side's fragments.
#[derive(Debug)]
pub(in crate::observe) struct Assembler {
    /// If permessage-deflate was agreed on; a compressed message has it while it is open.
    inflater: Option<Inflater>,
    open: Option<Begun>,
}

/// A message that has begun.
#[derive(Debug)]
struct Begun {
    kind: Opcode,
    /// `None` until its first frame has ended.
    frames: Option<Numbers>,
    length: u64,
    missing: u64,
    /// `None` if it is of one frame, which is hashed already.
    hash: Option<Sha256>,
    content: Content,
    /// If it is compressed.
    inflating: Option<Box<Inflating>>,
}

/// The bytes as the application gets them.
#[derive(Debug)]
struct Content {
    length: u64,
    preview: Preview,
    text: Judgement,
}

/// How inflating a message goes.
#[derive(Debug)]
struct Inflating {
    inflater: Inflater,
    hash: Sha256,
    /// Why it goes no further.
    failed: Option<Inflated>,
}

/// What is known of a text so far.
#[derive(Debug)]
enum Judgement {
    Good(Utf8),
    /// Good up to this offset; the frame is named when it ends.
    Bad {
        frame: Option<u64>,
        offset: u64,
    },
    None,
}

/// A message that is over, but has no number yet.
#[derive(Debug)]
pub(in crate::observe) struct Over {
    begun: Begun,
    end: MessageEnd,
    coding: Coding,
    /// Of the bytes on the wire.
    wire_sha256: Option<[u8; 32]>,
    /// Of the bytes as the application gets them.
    sha256: Option<[u8; 32]>,
}

impl Assembler {
    /// For a side that compresses like this, if that was agreed on.
    pub(in crate::observe) fn new(window: Option<Window>) -> Self {
        Self { inflater: window.map(|window| Inflater::new(window, Message::MOST_INFLATED)), open: None }
    }

    /// The memory it holds, besides itself.
    pub(in crate::observe) fn held(&self) -> usize {
        let in_use = self.open.as_ref().and_then(|begun| begun.inflating.as_ref()).map(|it| &it.inflater);
        self.inflater.as_ref().or(in_use).map_or(0, Inflater::held)
    }

    /// A frame begins: which part of a message it is, and the message that it interrupts, if it breaks that rule.
    pub(in crate::observe) fn begin(&mut self, header: &HeaderView) -> (Part, Option<Over>) {
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
        let interrupted = self.close(MessageEnd::Interrupted, None);
        let part = match (&interrupted, header.fin()) {
            (Some(_), _) => Part::Interrupting,
            (None, true) => Part::Whole,
            (None, false) => Part::First,
        };
        let is_compressed = header.rsv() & 0b100 != 0;
        let inflater = if is_compressed { self.inflater.take() } else { None };
        self.open = Some(Begun::new(header, inflater));
        (part, interrupted)
    }

    /// Payload of the frame that has begun, unmasked.
    pub(in crate::observe) fn take(&mut self, part: Part, bytes: &[u8]) {
        if let Some(begun) = self.message_of(part) {
            begun.take(bytes);
        }
    }

    /// Payload is missing.
    pub(in crate::observe) fn miss(&mut self, part: Part, length: u64) {
        if let Some(begun) = self.message_of(part)
            && length > 0
        {
            begun.missing += length;
            begun.content.close();
            if let Some(it) = &mut begun.inflating {
                it.give_up(Inflated::BytesMissing);
            }
        }
    }

    const fn message_of(&mut self, part: Part) -> Option<&mut Begun> {
        match part {
            Part::Control | Part::Orphan => None,
            _ => self.open.as_mut(),
        }
    }

    /// The frame ends, and with it perhaps the message.
    pub(in crate::observe) fn end(&mut self, frame: &Frame) -> Option<Over> {
        let begun = self.message_of(frame.part)?;
        match &mut begun.frames {
            None => begun.frames = Some(Numbers::new(frame.index)),
            Some(frames) => frames.push(frame.index),
        }
        if let Judgement::Bad { frame: named @ None, .. } = &mut begun.content.text {
            *named = Some(frame.index);
        }
        let end = match (frame.end, frame.header.fin()) {
            (FrameEnd::NotReached, _) => MessageEnd::NotReached,
            (FrameEnd::Reached, true) => MessageEnd::Final,
            (FrameEnd::Reached, false) => return None,
        };
        self.close(end, frame.payload_sha256)
    }

    /// No more frames can be read.
    pub(in crate::observe) fn give_up(&mut self) -> Option<Over> {
        let over = self.close(MessageEnd::NotReached, None);
        self.inflater = None;
        over
    }

    /// The message that has begun is over; with the hash of its frame, if that is all of it.
    fn close(&mut self, end: MessageEnd, frame_sha256: Option<[u8; 32]>) -> Option<Over> {
        let mut begun = self.open.take()?;
        let is_whole = begun.missing == 0 && end == MessageEnd::Final;
        let wire_sha256 = match begun.hash.take() {
            Some(hash) => is_whole.then(|| hash.finalize().into()),
            None => frame_sha256.filter(|_| is_whole),
        };
        let (coding, sha256) = match begun.inflating.take() {
            None => (Coding::Plain, wire_sha256),
            Some(mut it) => {
                let inflated = it.finish(end, begun.content.length);
                let Inflating { inflater, hash, .. } = *it;
                self.inflater = Some(inflater);
                let sha256 = matches!(inflated, Inflated::Whole(_)).then(|| hash.finalize().into());
                if sha256.is_none() {
                    begun.content.close();
                }
                (Coding::Deflate(inflated), sha256)
            }
        };
        Some(Over { begun, end, coding, wire_sha256, sha256 })
    }
}

impl Begun {
    fn new(header: &HeaderView, inflater: Option<Inflater>) -> Self {
        let kind = header.opcode();
        Self {
            kind,
            frames: None,
            length: 0,
            missing: 0,
            hash: (!header.fin()).then(Sha256::new),
            content: Content::new(kind),
            inflating: inflater.map(|inflater| Box::new(Inflating::new(inflater))),
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        if let Some(hash) = &mut self.hash {
            hash.update(bytes);
        }
        match &mut self.inflating {
            None => self.content.take(bytes),
            Some(it) => it.take(bytes, &mut self.content),
        }
    }
}

impl Content {
    fn new(kind: Opcode) -> Self {
        let text = if kind == Opcode::TEXT { Judgement::Good(Utf8::default()) } else { Judgement::None };
        Self { length: 0, preview: Preview::new(), text }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.preview.push(bytes);
        if let Judgement::Good(utf8) = &mut self.text {
            let before = *utf8;
            if utf8.push(bytes).is_err() {
                let offset = self.length - before.pending().len() as u64 + good(before.pending(), bytes);
                self.text = Judgement::Bad { frame: None, offset };
            }
        }
        self.length += bytes.len() as u64;
    }

    /// What follows is not known.
    const fn close(&mut self) {
        self.preview.close();
        self.text = Judgement::None;
    }
}

/// How many bytes at the front of both are UTF-8.
fn good(pending: &[u8], bytes: &[u8]) -> u64 {
    let all = [pending, bytes].concat();
    std::str::from_utf8(&all).map_or_else(|error| error.valid_up_to(), str::len) as u64
}

impl Inflating {
    fn new(inflater: Inflater) -> Self {
        Self { inflater, hash: Sha256::new(), failed: None }
    }

    fn take(&mut self, bytes: &[u8], content: &mut Content) {
        if self.failed.is_none() {
            let Self { inflater, hash, failed } = self;
            let result = inflater.push(bytes, |plain| {
                hash.update(plain);
                content.take(plain);
            });
            *failed = result.err().map(Inflated::Failed);
        }
    }

    fn give_up(&mut self, why: Inflated) {
        if self.failed.is_none() {
            self.inflater.give_up();
            self.failed = Some(why);
        }
    }

    /// The message is over: what came of it, and its hash.
    fn finish(&mut self, end: MessageEnd, length: u64) -> Inflated {
        if end != MessageEnd::Final {
            self.give_up(Inflated::NoEnd);
        }
        match self.failed {
            Some(failed) => failed,
            None => self.inflater.finish().map_or_else(Inflated::Failed, |()| Inflated::Whole(length)),
        }
    }
}

impl Over {
    /// Gives it its place among the stream's messages.
    pub(in crate::observe) fn number(self, from: Side, numbering: &mut Numbering) -> Message {
        let Self { begun, end, coding, wire_sha256, sha256 } = self;
        let index = numbering.messages;
        numbering.messages += 1;
        let frames = begun.frames.unwrap_or_else(|| Numbers::new(numbering.frames));
        let Content { length, preview, text } = begun.content;
        let is_whole = begun.missing == 0 && end == MessageEnd::Final;
        let text = match text {
            Judgement::Good(utf8) if is_whole && utf8.finish().is_ok() => Text::Utf8,
            Judgement::Good(utf8) if is_whole => {
                let offset = length - utf8.pending().len() as u64;
                Text::NotUtf8 { frame: frames.last(), offset }
            }
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
            coding,
            wire_sha256,
            sha256,
            preview,
            text,
        }
    }
}
