//! One side's frames → messages: fragments joined, control frames let through between them (RFC 6455 §5.4), and what
//! is compressed inflated (RFC 7692 §7.2.2).

use sha2::{Digest, Sha256};

use super::numbering::Numbering;
use crate::observe::facts::{
    Coding, Frame, FrameEnd, Inflated, Message, MessageEnd, Numbers, Part, Preview, Text,
};
use crate::wire::Side;
use crate::wire::ws::{HeaderView, InflateError, Inflater, Opcode, Utf8, Window, WindowReach};

/// Joins one side's fragments.
#[derive(Debug)]
pub(in crate::observe) struct Assembler {
    /// Present if permessage-deflate was negotiated; an open compressed message has it.
    inflater: Option<Inflater>,
    open: Option<OpenMessage>,
    /// `true` if the window was given up for lack of room.
    window_given_up: bool,
}

/// The open message: its last frame has not ended.
#[derive(Debug)]
struct OpenMessage {
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
    text: Utf8Check,
}

/// The inflation of the open message.
#[derive(Debug)]
struct Inflating {
    inflater: Inflater,
    hash: Sha256,
    /// The reason why it stopped.
    failed: Option<Inflated>,
}

/// The UTF-8 check of a text so far.
#[derive(Debug)]
enum Utf8Check {
    Good(Utf8),
    /// Good up to this offset. The frame is set when it ends.
    Bad {
        frame: Option<u64>,
        offset: u64,
    },
    None,
}

/// A message that has ended, without an index yet.
#[derive(Debug)]
pub(in crate::observe) struct EndedMessage {
    open: OpenMessage,
    end: MessageEnd,
    coding: Coding,
    reach: WindowReach,
    /// Of the bytes on the wire.
    wire_sha256: Option<[u8; 32]>,
    /// Of the bytes as the application gets them.
    sha256: Option<[u8; 32]>,
}

impl Assembler {
    /// `window` is that of the side's permessage-deflate, if it was negotiated.
    pub(in crate::observe) fn new(window: Option<Window>) -> Self {
        let inflater = window.map(|window| Inflater::new(window, Message::MOST_INFLATED));
        Self { inflater, open: None, window_given_up: false }
    }

    /// Memory of the window of compression, in bytes.
    pub(in crate::observe) fn window(&self) -> usize {
        let in_use = self.open.as_ref().and_then(|open| open.inflating.as_ref()).map(|it| &it.inflater);
        self.inflater.as_ref().or(in_use).map_or(0, Inflater::held)
    }

    /// Gives up the window of compression, for lack of room: no message that may refer to an earlier one is inflated
    /// from here on.
    pub(in crate::observe) fn give_up_window(&mut self) {
        if let Some(it) = self.open.as_mut().and_then(|open| open.inflating.as_mut()) {
            it.give_up(Inflated::NoRoom);
        }
        if let Some(inflater) = &mut self.inflater {
            inflater.give_up();
        }
        self.window_given_up = true;
    }

    /// A frame begins: which part of a message it is, and the message that it interrupts, if it breaks that rule.
    pub(in crate::observe) fn start(&mut self, header: &HeaderView) -> (Part, Option<EndedMessage>) {
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
        let interrupted = self.end_message(MessageEnd::Interrupted, None);
        let part = match (&interrupted, header.fin()) {
            (Some(_), _) => Part::Interrupting,
            (None, true) => Part::Whole,
            (None, false) => Part::First,
        };
        let is_compressed = header.rsv() & 0b100 != 0;
        let inflater = if is_compressed { self.inflater.take() } else { None };
        self.open = Some(OpenMessage::new(header, inflater));
        (part, interrupted)
    }

    /// Payload of the frame that has open, unmasked.
    pub(in crate::observe) fn push(&mut self, part: Part, bytes: &[u8]) {
        if let Some(open) = self.message_of(part) {
            open.push(bytes);
        }
    }

    /// Payload is missing.
    pub(in crate::observe) fn skip(&mut self, part: Part, length: u64) {
        if let Some(open) = self.message_of(part)
            && length > 0
        {
            open.missing += length;
            open.content.seal();
            if let Some(it) = &mut open.inflating {
                it.give_up(Inflated::BytesMissing);
            }
        }
    }

    const fn message_of(&mut self, part: Part) -> Option<&mut OpenMessage> {
        match part {
            Part::Control | Part::Orphan => None,
            _ => self.open.as_mut(),
        }
    }

    /// The frame ends, and with it perhaps the message.
    pub(in crate::observe) fn end(&mut self, frame: &Frame) -> Option<EndedMessage> {
        let open = self.message_of(frame.part)?;
        match &mut open.frames {
            None => open.frames = Some(Numbers::new(frame.index)),
            Some(frames) => frames.push(frame.index),
        }
        if let Utf8Check::Bad { frame: named @ None, .. } = &mut open.content.text {
            *named = Some(frame.index);
        }
        let end = match (frame.end, frame.header.fin()) {
            (FrameEnd::NotReached, _) => MessageEnd::NotReached,
            (FrameEnd::Reached, true) => MessageEnd::Final,
            (FrameEnd::Reached, false) => return None,
        };
        self.end_message(end, frame.payload_sha256)
    }

    /// The open message ends without its last frame; others may follow.
    pub(in crate::observe) fn break_off(&mut self) -> Option<EndedMessage> {
        self.end_message(MessageEnd::NotReached, None)
    }

    /// No more frames can be read.
    pub(in crate::observe) fn give_up(&mut self) -> Option<EndedMessage> {
        let ended = self.break_off();
        self.inflater = None;
        ended
    }

    /// Messages before are not known: what refers to them cannot be inflated.
    pub(in crate::observe) fn lose_context(&mut self) {
        if let Some(inflater) = &mut self.inflater {
            inflater.give_up();
        }
    }

    /// The message that has open is ended; with the hash of its frame, if that is all of it.
    fn end_message(&mut self, end: MessageEnd, frame_sha256: Option<[u8; 32]>) -> Option<EndedMessage> {
        let mut open = self.open.take()?;
        let is_whole = open.missing == 0 && end == MessageEnd::Final;
        let wire_sha256 = match open.hash.take() {
            Some(hash) => is_whole.then(|| hash.finalize().into()),
            None => frame_sha256.filter(|_| is_whole),
        };
        let mut reach = WindowReach::Within;
        let (coding, sha256) = match open.inflating.take() {
            None => (Coding::Plain, wire_sha256),
            Some(mut it) => {
                let inflated = match it.finish(end, open.content.length) {
                    Inflated::Failed(InflateError::ContextLost) if self.window_given_up => Inflated::NoRoom,
                    inflated => inflated,
                };
                let Inflating { inflater, hash, .. } = *it;
                reach = inflater.reach();
                self.inflater = Some(inflater);
                let sha256 = matches!(inflated, Inflated::Whole(_)).then(|| hash.finalize().into());
                if sha256.is_none() {
                    open.content.seal();
                }
                (Coding::Deflate(inflated), sha256)
            }
        };
        Some(EndedMessage { open, end, coding, reach, wire_sha256, sha256 })
    }
}

impl OpenMessage {
    fn new(header: &HeaderView, inflater: Option<Inflater>) -> Self {
        let kind = header.opcode();
        // Without the extension that the reserved bits belong to, the meaning of the payload is not known.
        let is_readable = header.rsv() == 0 || (header.rsv() == 0b100 && inflater.is_some());
        let text = if kind == Opcode::TEXT && is_readable {
            Utf8Check::Good(Utf8::default())
        } else {
            Utf8Check::None
        };
        Self {
            kind,
            frames: None,
            length: 0,
            missing: 0,
            hash: (!header.fin()).then(Sha256::new),
            content: Content::new(text),
            inflating: inflater.map(|inflater| Box::new(Inflating::new(inflater))),
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        if let Some(hash) = &mut self.hash {
            hash.update(bytes);
        }
        match &mut self.inflating {
            None => self.content.push(bytes),
            Some(it) => it.push(bytes, &mut self.content),
        }
    }
}

impl Content {
    const fn new(text: Utf8Check) -> Self {
        Self { length: 0, preview: Preview::new(), text }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.preview.push(bytes);
        if let Utf8Check::Good(utf8) = &mut self.text {
            let before = *utf8;
            if utf8.push(bytes).is_err() {
                let offset =
                    self.length - before.pending().len() as u64 + valid_prefix(before.pending(), bytes);
                self.text = Utf8Check::Bad { frame: None, offset };
            }
        }
        self.length += bytes.len() as u64;
    }

    /// Marks the bytes that follow as unknown.
    const fn seal(&mut self) {
        self.preview.seal();
        self.text = Utf8Check::None;
    }
}

/// Number of bytes at the front of both that are UTF-8.
fn valid_prefix(pending: &[u8], bytes: &[u8]) -> u64 {
    let all = [pending, bytes].concat();
    std::str::from_utf8(&all).map_or_else(|error| error.valid_up_to(), str::len) as u64
}

impl Inflating {
    fn new(inflater: Inflater) -> Self {
        Self { inflater, hash: Sha256::new(), failed: None }
    }

    fn push(&mut self, bytes: &[u8], content: &mut Content) {
        if self.failed.is_none() {
            let Self { inflater, hash, failed } = self;
            let result = inflater.push(bytes, |plain| {
                hash.update(plain);
                content.push(plain);
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

    /// The message is ended: what came of it, and its hash.
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

impl EndedMessage {
    /// Gives it its place among the stream's messages.
    pub(in crate::observe) fn number(self, from: Side, numbering: &mut Numbering) -> Message {
        let Self { open, end, coding, reach, wire_sha256, sha256 } = self;
        let index = numbering.messages;
        numbering.messages += 1;
        let frames = open.frames.unwrap_or_else(|| Numbers::new(numbering.frames));
        let Content { length, preview, text } = open.content;
        let is_whole = open.missing == 0 && end == MessageEnd::Final;
        let text = match text {
            Utf8Check::Good(utf8) if is_whole && utf8.finish().is_ok() => Text::Utf8,
            Utf8Check::Good(utf8) if is_whole => {
                let offset = length - utf8.pending().len() as u64;
                Text::NotUtf8 { frame: frames.last(), offset }
            }
            Utf8Check::Bad { frame, offset } => {
                Text::NotUtf8 { frame: frame.unwrap_or(frames.last()), offset }
            }
            Utf8Check::Good(_) | Utf8Check::None => Text::NotJudged,
        };
        Message {
            index,
            from,
            kind: open.kind,
            frames,
            length: open.length,
            missing: open.missing,
            end,
            coding,
            reach,
            wire_sha256,
            sha256,
            preview,
            text,
        }
    }
}
