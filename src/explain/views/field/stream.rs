//! Fields of a segment's payload: the heads and frames that the observer found, and those begun but not ended.
//!
//! Of each side is kept the start of what is unfinished, and of a frame its header: nothing that grows.

use std::collections::HashMap;

use super::{Bytes, Field, Run, Runs, headers};
use crate::observe::{Fact, Flags, Frame, FrameEnd, Head, Observation, Relay};
use crate::wire::ws::{HeaderView, MaskKey, Opcode, ReadyState};
use crate::wire::{Parsed, PerSide, Side};

/// The longest header of a frame, in bytes.
const HEADER: usize = 14;

/// All connections that have not ended.
#[derive(Debug, Default)]
pub(in crate::explain) struct Streams(HashMap<u64, PerSide<Cursor>>);

/// The meaning of a packet's bytes.
#[derive(Debug)]
pub(in crate::explain) struct Explained<'s> {
    /// All of them, each in one run.
    pub(in crate::explain) runs: Vec<Run>,
    /// The frames that end with the packet and whose header no packet has whole.
    pub(in crate::explain) cut: Vec<&'s Frame>,
}

impl Streams {
    pub(in crate::explain) fn explain<'s>(
        &mut self,
        packet: &Bytes<'_>,
        step: &'s Observation,
    ) -> Explained<'s> {
        let (mut runs, payload) = headers(packet);
        let end = payload.end;
        let both = self.0.entry(step.stream).or_default();
        if step.facts.iter().any(|fact| matches!(fact, Fact::Stream(_))) {
            // No byte was read before it is settled who is who.
            *both = PerSide::default();
        }
        let before = PerSide { client: both.client.shown, server: both.server.shown };
        let shown = both[step.from].segment(step, &packet.bytes[payload], &mut runs);
        runs.plain(end.saturating_sub(runs.at), Field::Data);
        runs.plain(packet.bytes.len() - runs.at, Field::Trailer);
        let is_cut = |frame: &&Frame| {
            let begin = i64::try_from(frame.offset).ok();
            let here = frame.from == step.from && shown.iter().any(|shown| Some(*shown) == begin);
            frame.end == FrameEnd::Reached && !here && before[frame.from] != begin
        };
        let frames = step.facts.iter().filter_map(|fact| match fact {
            Fact::Frame(frame) => Some(&**frame),
            _ => None,
        });
        Explained { runs: runs.runs, cut: frames.filter(is_cut).collect() }
    }

    pub(in crate::explain) fn ended(&mut self, stream: u64) {
        self.0.remove(&stream);
    }
}

/// Position in a side's stream.
#[derive(Debug, Default)]
struct Cursor {
    /// All before this was assigned to runs, as far as it came.
    at: i64,
    /// Start of the element in progress there.
    begin: i64,
    /// The header of the frame that begins there, as far as it came.
    header: Vec<u8>,
    /// Start of the frame that has not ended, if one packet has all of its header.
    shown: Option<i64>,
    /// From here on bytes are opaque.
    opaque: Option<i64>,
    /// `true` if it has come to speak frames.
    frames: bool,
}

/// Something of this side that the packet makes whole.
enum Whole<'f> {
    Head(&'f Head, Field),
    Frame(&'f Frame),
    Relay(&'f Relay),
}

impl Whole<'_> {
    fn range(&self) -> std::ops::Range<i64> {
        let (offset, len) = match self {
            Self::Head(head, _) => (head.offset, head.length),
            Self::Frame(frame) => (frame.offset, u64::from(frame.header_len) + frame.header.length()),
            Self::Relay(relay) => (relay.offset, relay.length),
        };
        let wide = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        wide(offset)..wide(offset).saturating_add(wide(len))
    }

    /// Returns `true` if it is a frame, and its whole header stands there.
    fn has_header(&self, place: std::ops::Range<i64>) -> bool {
        match self {
            Self::Frame(frame) => {
                let begin = self.range().start;
                begin == place.start && begin + i64::from(frame.header_len) <= place.end
            }
            Self::Head(..) | Self::Relay(_) => false,
        }
    }

    /// The runs of some bytes of it: those that stand at this place in it.
    fn runs(&self, at: usize, bytes: &[u8], runs: &mut Runs) {
        match self {
            Self::Head(_, first) => lines(bytes, if at == 0 { *first } else { Field::HttpHeader }, runs),
            Self::Frame(frame) => frame_runs(&frame.header, at, bytes, runs),
            Self::Relay(_) => runs.plain(bytes.len(), Field::Data),
        }
    }
}

impl Cursor {
    /// Gives where the frames begin of which this packet has the whole header.
    fn segment(&mut self, step: &Observation, payload: &[u8], runs: &mut Runs) -> Vec<i64> {
        let mut shown = Vec::new();
        let mut whole: Vec<Whole<'_>> =
            step.facts.iter().filter_map(|fact| self.whole(step.from, fact)).collect();
        whole.sort_by_key(|it| it.range().start);
        // A SYN takes a number of its own.
        let begin = if step.flags.has(Flags::SYN) { step.seq } else { step.seq - 1 };
        let end = begin + wide(payload.len());
        let mut at = begin;
        // Those that end before `at` are behind it for good: a packet may be full of frames.
        let mut ahead = whole.iter().map(|it| (it, it.range())).peekable();
        while at < end {
            let rest = &payload[narrow(at - begin)..];
            while ahead.next_if(|(_, range)| range.end <= at).is_some() {}
            let first = ahead.peek();
            let next = first.map_or(end, |(_, range)| range.start.min(end));
            let until = match first.filter(|(_, range)| range.contains(&at)) {
                Some((it, range)) => {
                    let until = range.end.min(end);
                    it.runs(narrow(at - range.start), &rest[..narrow(until - at)], runs);
                    if it.has_header(at..until) {
                        shown.push(at);
                    }
                    self.restart(range.end);
                    until
                }
                None if self.opaque.is_some_and(|opaque| at >= opaque) => {
                    runs.plain(narrow(next - at), Field::Data);
                    self.at = self.at.max(next);
                    next
                }
                None if at < self.at => {
                    let until = self.at.min(next);
                    runs.plain(narrow(until - at), Field::Again);
                    until
                }
                None if at > self.at => {
                    runs.plain(narrow(next - at), Field::Ahead);
                    next
                }
                None => {
                    let taken = self.go_on(step, &rest[..narrow(next - at)], runs);
                    at + wide(taken)
                }
            };
            at = until;
        }
        // What was made whole may end behind this packet: the bytes there came before.
        if let Some(last) = whole.last().map(|last| last.range().end).filter(|last| *last > self.begin) {
            self.restart(last);
        }
        shown
    }

    /// The head or frame of this side that a fact makes whole, if it does.
    fn whole<'f>(&mut self, from: Side, fact: &'f Fact) -> Option<Whole<'f>> {
        match fact {
            Fact::Request(request) if from == Side::Client => {
                Some(Whole::Head(&request.head, Field::HttpRequestLine))
            }
            Fact::Response(response) if from == Side::Server => {
                Some(Whole::Head(&response.head, Field::HttpStatusLine))
            }
            Fact::Frame(frame) if frame.from == from => Some(Whole::Frame(frame)),
            Fact::Relay(relay) if relay.from == from => Some(Whole::Relay(relay)),
            Fact::Opaque(opaque) if opaque.from == from => {
                self.opaque = i64::try_from(opaque.offset).ok();
                None
            }
            Fact::LostSync(lost) if lost.from == from => {
                self.opaque = i64::try_from(lost.offset).ok();
                None
            }
            _ => None,
        }
    }

    /// Something ended; the next thing begins behind it.
    fn restart(&mut self, end: i64) {
        self.begin = end;
        self.at = self.at.max(end);
        self.header.clear();
        self.shown = None;
    }

    /// Assigns bytes to the element that goes on, or begins, at the current position; returns their number.
    fn go_on(&mut self, step: &Observation, bytes: &[u8], runs: &mut Runs) -> usize {
        let place = narrow(self.at - self.begin);
        let state = step.ws.map(|ws| ws[step.from].state);
        self.frames |= matches!(state, Some(ReadyState::Open | ReadyState::Closing));
        if !self.frames {
            let first = match step.from {
                Side::Client => Field::HttpRequestLine,
                Side::Server => Field::HttpStatusLine,
            };
            match state {
                Some(ReadyState::Connecting) => {
                    lines(bytes, if place == 0 { first } else { Field::HttpHeader }, runs);
                }
                _ => runs.plain(bytes.len(), Field::Data),
            }
            self.at += wide(bytes.len());
            return bytes.len();
        }
        let had = self.header.len();
        self.header.extend_from_slice(&bytes[..bytes.len().min(HEADER - had)]);
        let (view, len) = match HeaderView::parse(&self.header) {
            Parsed::Complete { value, len } => (value, len),
            // Only what is there of it.
            Parsed::NeedMore(_) => {
                begun(&self.header, place, bytes, runs);
                self.at += wide(bytes.len());
                return bytes.len();
            }
        };
        self.header.truncate(len);
        let all = usize::try_from(view.length()).unwrap_or(usize::MAX).saturating_add(len);
        let taken = bytes.len().min(all.saturating_sub(place)).max(1);
        frame_runs(&view, place, &bytes[..taken], runs);
        if place == 0 && taken >= len {
            self.shown = Some(self.begin);
        }
        self.at += wide(taken);
        if place + taken >= all {
            self.restart(self.begin.saturating_add(wide(all)));
        }
        taken
    }
}

fn wide(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn narrow(bytes: i64) -> usize {
    usize::try_from(bytes).unwrap_or(0)
}

/// The beginning of a header that goes on in a later segment.
fn begun(header: &[u8], place: usize, bytes: &[u8], runs: &mut Runs) {
    // With the bytes that are missing, whatever they will be, its fields stand where they stand.
    let mut whole = header.to_vec();
    whole.resize(HEADER, 0);
    if let Parsed::Complete { value, .. } = HeaderView::parse(&whole) {
        frame_runs(&value, place, bytes, runs);
    }
}

/// The runs of some bytes of a frame: those that stand at this place in it.
fn frame_runs(header: &HeaderView, place: usize, bytes: &[u8], runs: &mut Runs) {
    let extended = match header.length_field() {
        126 => (2, Field::FrameLength16),
        127 => (8, Field::FrameLength64),
        _ => (0, Field::FrameLength16),
    };
    let key = if header.mask().is_some() { 4 } else { 0 };
    let is_close = header.opcode() == Opcode::CLOSE && header.length() >= 2;
    let code = if is_close { 2 } else { 0 };
    let payload = if is_close { Field::CloseReason } else { Field::FramePayload };
    let fields = [
        (1, Field::FrameFirst),
        (1, Field::FrameSecond),
        extended,
        (key, Field::FrameKey),
        (code, Field::CloseCode),
    ];
    let end = place + bytes.len();
    let mut begin = 0;
    for (len, field) in fields {
        let part = (begin + len).min(end).saturating_sub(begin.max(place));
        if part > 0 {
            let whole = part == len && field == Field::CloseCode;
            let value = whole.then(|| close_code(header.mask(), &bytes[begin - place..]).to_string());
            runs.push(part, field, value);
        }
        begin += len;
    }
    let from = begin.max(place);
    if end > from {
        // Where it stands in the payload: the masking key is counted from there.
        runs.push(end - from, payload, Some((from - begin + code).to_string()));
    }
}

fn close_code(mask: Option<MaskKey>, bytes: &[u8]) -> u16 {
    let MaskKey(key) = mask.unwrap_or(MaskKey([0; 4]));
    u16::from_be_bytes([bytes[0] ^ key[0], bytes[1] ^ key[1]])
}

/// Lines of a head.
fn lines(bytes: &[u8], first: Field, runs: &mut Runs) {
    let mut field = first;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let is_empty = matches!(line, b"\r\n" | b"\n");
        runs.plain(line.len(), if is_empty { Field::HttpEnd } else { field });
        field = Field::HttpHeader;
    }
}
