//! One side's bytes, as far as they are understood: heads and frames, by their offsets.

use std::collections::BTreeMap;

use super::head;
use super::payload::Payload;
use super::words::{LETTER, Words};
use crate::observe::{Body, Frame, Head, Message, Opaque, OpaqueKind, Part, Request, Response, Switch};
use crate::wire::{PerSide, Side};

/// The byte in place of those that were not understood. It is no head and no frame: as a frame's header it would be too
/// long for what is left, or break several rules at once.
pub(super) const OPAQUE: u8 = 0xFF;

/// So many bytes may be the begin of a request's method.
const LONGEST_WORD: u64 = 24;

/// The most frames of a message that are remembered until it has ended.
const MOST_PARTS: usize = 64 * 1024;

/// The redaction of one side's stream.
#[derive(Debug)]
pub(super) struct SideRedaction {
    side: Side,
    /// Understood bytes, by offset.
    runs: BTreeMap<u64, Run>,
    /// Offset of the next head, which is not whole; `None` if nothing more is read as one.
    pub(super) next_head: Option<u64>,
    /// The frames of the message that has not ended, and how many bytes are before each.
    message: Vec<(u64, u64)>,
    /// Number of its bytes so far.
    message_length: u64,
    /// Up to here nothing that comes changes what stands in place of its bytes.
    settled: u64,
    /// Runs that begin before this were requested to their end.
    passed: u64,
    /// Memory of the runs not yet requested to their end, in bytes, about.
    pub(super) ahead: usize,
    /// Memory of the others, in bytes, about.
    pub(super) behind: usize,
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

    /// Its memory, in bytes, about.
    const fn cost(&self) -> usize {
        const RUN: usize = 2 * size_of::<Run>() + 64;
        RUN + match self {
            Self::Head(bytes) => bytes.len(),
            Self::Frame { payload, .. } => payload.known(),
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

impl SideRedaction {
    pub(super) const fn new(side: Side) -> Self {
        Self {
            side,
            runs: BTreeMap::new(),
            next_head: Some(0),
            message: Vec::new(),
            message_length: 0,
            settled: 0,
            passed: 0,
            ahead: 0,
            behind: 0,
        }
    }

    fn insert(&mut self, offset: u64, run: Run) {
        self.ahead += run.cost();
        if let Some(before) = self.runs.insert(offset, run) {
            self.ahead = self.ahead.saturating_sub(before.cost());
        }
    }

    /// Returns `true` if no later fact changes the replacement of the bytes up to here.
    pub(super) const fn is_settled(&self, end: u64) -> bool {
        end <= self.settled
    }

    /// Nothing more becomes known of it.
    pub(super) const fn end(&mut self) {
        self.settled = u64::MAX;
    }

    /// Extends the settled part: all facts of a packet have come.
    pub(super) fn extend_settled(&mut self) {
        if self.message.is_empty() {
            let known = self.runs.last_key_value().map_or(0, |(begin, run)| begin.saturating_add(run.len()));
            self.settled = self.settled.max(known).max(self.next_head.unwrap_or(0));
        }
    }

    /// All up to here was requested: reports each run for which this is so from now on.
    pub(super) fn pass(&mut self, end: u64, mut each: impl FnMut(u64)) {
        let is_passed = |(begin, run): &(&u64, &Run)| begin.saturating_add(run.len()) <= end;
        for (begin, run) in self.runs.range(self.passed..).take_while(is_passed) {
            self.passed = begin + 1;
            self.ahead = self.ahead.saturating_sub(run.cost());
            self.behind += run.cost();
            each(*begin);
        }
    }

    /// Forgets what was asked for; what it took.
    pub(super) fn forget(&mut self, begin: u64) -> usize {
        let cost = self.runs.remove(&begin).map_or(0, |run| run.cost());
        self.behind = self.behind.saturating_sub(cost);
        cost
    }

    /// A frame, and with it a part of a message.
    pub(super) fn frame(&mut self, frame: &Frame, words: &mut Words) {
        let payload = Payload::of(frame, words);
        let length = payload.length();
        self.insert(frame.offset, Run::Frame { header: frame.header.to_bytes(), payload });
        match frame.part {
            Part::Control => return,
            Part::Whole | Part::First | Part::Orphan | Part::Interrupting => {
                self.message.clear();
                self.message_length = 0;
            }
            Part::Middle | Part::Last => {}
        }
        if self.message.len() < MOST_PARTS {
            self.message.push((frame.offset, self.message_length));
        }
        self.message_length = self.message_length.saturating_add(length);
    }

    /// A message has ended: what its frames carry is known.
    pub(super) fn message(&mut self, message: &Message) {
        let parts = std::mem::take(&mut self.message);
        let frames = message.frames.iter().map(Some).chain(std::iter::repeat(None));
        for ((offset, before), frame) in parts.iter().zip(frames) {
            if let Some(Run::Frame { payload, .. }) = self.runs.get_mut(offset) {
                payload.part_of(message, frame, *before);
            }
        }
    }

    /// From somewhere on the bytes are not looked at.
    pub(super) fn opaque(&mut self, opaque: &Opaque, known_from: Option<u64>) {
        self.settled = u64::MAX;
        if matches!(opaque.kind, OpaqueKind::LongHead(_) | OpaqueKind::AfterGap) {
            // Up to there it is to be seen as a head again.
            self.next_head = self.next_head.and(Some(opaque.offset));
            return;
        }
        self.next_head = None;
        // Before, it was the begin of a word, and could become a method.
        let before = known_from.and_then(|from| from.checked_sub(opaque.offset));
        if let Some(word) = before.filter(|word| (1..=LONGEST_WORD).contains(word)) {
            self.insert(opaque.offset, Run::Head(vec![LETTER; word as usize]));
        }
    }

    /// The bytes from an offset on.
    pub(super) fn fill(&self, mut offset: i64, mut into: &mut [u8]) {
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

impl PerSide<SideRedaction> {
    pub(super) fn request(&mut self, request: &Request, words: &mut Words) {
        let head = &request.head;
        self.client.insert(head.offset, Run::Head(head::request(request, words)));
        self.client.next_head = self.client.next_head.and_then(|_| behind(head, request.body));
    }

    pub(super) fn response(&mut self, response: &Response, words: &mut Words) {
        let head = &response.head;
        self.server.insert(head.offset, Run::Head(head::response(response, words)));
        self.server.next_head = self.server.next_head.and_then(|_| behind(head, response.body));
        if matches!(response.switch, Switch::WebSocket | Switch::Other(_)) {
            self.server.next_head = None;
        }
    }
}

/// Offset of the next head; `None` where it depends on the body.
fn behind(head: &Head, body: Body) -> Option<u64> {
    let end = head.offset.saturating_add(head.length);
    match body {
        Body::Bytes(length) => Some(end.saturating_add(length)),
        Body::Unknown => Some(end),
        Body::Chunked | Body::ToEnd => None,
    }
}
