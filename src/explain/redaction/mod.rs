//! What may stand in place of what a connection said, so that a capture can be shown to others: of the same length, and
//! seen by the observer as the original is.
//!
//! What stays: methods, versions, status codes, the names of headers, the values that the course of a connection depends
//! on (lengths, codings, extensions), the slashes of a target, and of each frame its header, masking key and close code.
//! All else is replaced: text by `x`, binary payloads by zeros, a compressed message by one that inflates to `x`, bytes
//! that are neither head nor frame by 0xFF. Equal pings and subprotocols stay equal, different ones different. A key
//! becomes another key; the accept that answers it right answers the other one right.
//!
//! Nothing is copied from a packet: the bytes at an offset of a stream follow from what was understood of the whole
//! capture. So what is sent again is the same again, and where nothing was understood nothing is kept.

mod head;
mod payload;
mod words;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::SocketAddr;

use super::View;
use super::finding::File;
use super::findings::Found;
use crate::observe::{
    Asks, Both, Ended, Fact, Flags, Frame, Message, Opaque, OpaqueKind, Part, Request, Response, Step,
};
use crate::wire::Side;
use crate::wire::http::Status;
use payload::Payload;
use words::{LETTER, Words};

/// What stands where nothing was understood. It is no head and no frame: as a frame's header it would be too long for
/// what is left, or break several rules at once.
const OPAQUE: u8 = 0xFF;

/// So many bytes may be the begin of a request's method.
const LONGEST_WORD: u64 = 24;

/// Gathers from a whole capture what is to stand in place of each byte. Memory grows with the heads and frames.
#[derive(Debug, Default)]
pub struct Redaction {
    streams: HashMap<u64, Redacted>,
    words: Words,
}

/// A connection.
#[derive(Debug)]
struct Redacted {
    ends: Both<SocketAddr>,
    halves: Both<Half>,
}

/// What one side says.
#[derive(Debug)]
struct Half {
    side: Side,
    /// What is known, by where it begins.
    runs: BTreeMap<u64, Run>,
    /// Where a head must begin that is not whole; `None` if nothing more is read as one.
    next_head: Option<u64>,
    /// The frames of the message that has not ended, and how many bytes are before each.
    message: Vec<(u64, u64)>,
}

/// Bytes that were understood.
#[derive(Debug)]
enum Run {
    Head(Vec<u8>),
    Frame { header: Vec<u8>, payload: Payload },
}

impl Run {
    fn len(&self) -> u64 {
        match self {
            Self::Head(bytes) => bytes.len() as u64,
            Self::Frame { header, payload } => (header.len() as u64).saturating_add(payload.length()),
        }
    }

    /// The bytes from a place in it on.
    fn fill(&self, from: u64, into: &mut [u8]) {
        let (Self::Head(whole) | Self::Frame { header: whole, .. }) = self;
        let begin = usize::try_from(from).unwrap_or(usize::MAX).min(whole.len());
        let known = (whole.len() - begin).min(into.len());
        into[..known].copy_from_slice(&whole[begin..begin + known]);
        if let Self::Frame { payload, .. } = self {
            let place = from.saturating_sub(whole.len() as u64);
            payload.fill(place, &mut into[known..]);
        }
    }
}

impl Half {
    const fn new(side: Side) -> Self {
        Self { side, runs: BTreeMap::new(), next_head: Some(0), message: Vec::new() }
    }

    /// A frame, and with it a part of a message.
    fn frame(&mut self, frame: &Frame, words: &mut Words) {
        let payload = Payload::of(frame, words);
        self.runs.insert(frame.offset, Run::Frame { header: frame.header.to_bytes(), payload });
        let before = match frame.part {
            Part::Control => return,
            Part::Whole | Part::First | Part::Orphan | Part::Interrupting => {
                self.message.clear();
                0
            }
            Part::Middle | Part::Last => self.message.last().map_or(0, |(offset, before)| {
                before + self.runs.get(offset).map_or(0, |run| run.payload().map_or(0, Payload::length))
            }),
        };
        self.message.push((frame.offset, before));
    }

    /// A message has ended: what its frames carry is known.
    fn message(&mut self, message: &Message) {
        let parts = std::mem::take(&mut self.message);
        for (place, (offset, before)) in (0_usize..).zip(&parts) {
            let frame = message.frames.iter().nth(place);
            if let Some(Run::Frame { payload, .. }) = self.runs.get_mut(offset) {
                payload.part_of(message, frame, *before);
            }
        }
    }

    /// From somewhere on the bytes are not looked at.
    fn opaque(&mut self, opaque: &Opaque, known_from: Option<u64>) {
        if matches!(opaque.kind, OpaqueKind::LongHead | OpaqueKind::AfterHole) {
            // Up to there it is to be seen as a head again.
            self.next_head = self.next_head.and(Some(opaque.offset));
            return;
        }
        self.next_head = None;
        // Before, it was the begin of a word, and could become a method.
        let before = known_from.and_then(|from| from.checked_sub(opaque.offset));
        if let Some(word) = before.filter(|word| (1..=LONGEST_WORD).contains(word)) {
            self.runs.insert(opaque.offset, Run::Head(vec![LETTER; word as usize]));
        }
    }

    /// The bytes from an offset on.
    fn fill(&self, mut offset: i64, mut into: &mut [u8]) {
        while !into.is_empty() {
            let at = u64::try_from(offset).ok();
            let before = at.and_then(|at| self.runs.range(..=at).next_back());
            let run = before.filter(|(begin, run)| at.is_some_and(|at| at - **begin < run.len()));
            let next = self.runs.range(at.unwrap_or(0)..).next().map(|(begin, _)| *begin);
            let end = match (run, next) {
                (Some((begin, run)), _) => Some(begin.saturating_add(run.len())),
                (None, next) => next,
            };
            let left = end.map_or(u64::MAX, |end| end.saturating_sub(at.unwrap_or(0)));
            let left = left.saturating_add(offset.min(0).unsigned_abs());
            let (here, rest) = into.split_at_mut(usize::try_from(left).unwrap_or(usize::MAX).min(into.len()));
            match (run, at) {
                (Some((begin, run)), Some(at)) => run.fill(at - begin, here),
                _ => self.unknown(offset, here),
            }
            offset = offset.saturating_add_unsigned(here.len() as u64);
            into = rest;
        }
    }

    /// Bytes that are no run: the begin of a head without an end, or what is not looked at.
    fn unknown(&self, offset: i64, into: &mut [u8]) {
        for (at, byte) in (offset..).zip(into) {
            let of_head = self.next_head.and_then(|head| u64::try_from(at).ok()?.checked_sub(head));
            *byte = of_head.map_or(OPAQUE, |at| head::unfinished(self.side, at));
        }
    }
}

impl Run {
    const fn payload(&self) -> Option<&Payload> {
        match self {
            Self::Frame { payload, .. } => Some(payload),
            Self::Head(_) => None,
        }
    }
}

impl Redaction {
    /// Puts the bytes that stand for those of a stream at this offset, counted from the first byte after the SYN, of
    /// what `source` sends. Asked for when the capture was observed whole.
    pub fn fill(&self, stream: u64, source: SocketAddr, offset: i64, into: &mut [u8]) {
        match self.streams.get(&stream) {
            Some(redacted) => {
                let side = if source == redacted.ends.client { Side::Client } else { Side::Server };
                redacted.halves[side].fill(offset, into);
            }
            None => into.fill(OPAQUE),
        }
    }

    /// `from` is where the bytes begin with which they became known.
    fn facts(&mut self, stream: u64, facts: &[Fact], from: Option<u64>) {
        for fact in facts {
            if let Fact::Stream(about) = fact {
                let new = || Redacted {
                    ends: about.ends,
                    halves: Both { client: Half::new(Side::Client), server: Half::new(Side::Server) },
                };
                self.streams.entry(stream).or_insert_with(new).ends = about.ends;
            }
            let Some(Redacted { halves, .. }) = self.streams.get_mut(&stream) else { continue };
            match fact {
                Fact::Request(request) => halves.request(request, &mut self.words),
                Fact::Response(response) => halves.response(response, &mut self.words),
                Fact::Frame(frame) => {
                    for side in [Side::Client, Side::Server] {
                        halves[side].next_head = None;
                    }
                    halves[frame.from].frame(frame, &mut self.words);
                }
                Fact::Message(message) => halves[message.from].message(message),
                Fact::Opaque(opaque) => halves[opaque.from].opaque(opaque, from),
                Fact::LostSync(lost) => halves[lost.from].next_head = None,
                _ => {}
            }
        }
    }
}

impl Both<Half> {
    fn request(&mut self, request: &Request, words: &mut Words) {
        let head = &request.head;
        self.client.runs.insert(head.offset, Run::Head(head::request(request, words)));
        let body = if request.asks == Asks::Http { head::body(head) } else { 0 };
        self.client.next_head = self.client.next_head.map(|_| head.offset + head.length + body);
    }

    fn response(&mut self, response: &Response, words: &mut Words) {
        let head = &response.head;
        self.server.runs.insert(head.offset, Run::Head(head::response(response, words)));
        let body = if matches!(response.status.0, 100..=199 | 204 | 304) { 0 } else { head::body(head) };
        self.server.next_head = self.server.next_head.map(|_| head.offset + head.length + body);
        if response.status == Status::SWITCHING_PROTOCOLS && response.upgrade.is_some() {
            self.server.next_head = None;
        }
    }
}

impl View for Redaction {
    fn step(&mut self, step: &Step) -> io::Result<()> {
        let from = step.seq + i64::from(step.flags.has(Flags::SYN)) - 1;
        self.facts(step.stream, &step.facts, u64::try_from(from).ok());
        Ok(())
    }

    /// What was found says nothing of where secrets are.
    fn finding(&mut self, _: u64, _: &Found) -> io::Result<()> {
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.facts(ended.stream, &ended.facts, None);
        Ok(())
    }

    fn finish(&mut self, _: &File) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
