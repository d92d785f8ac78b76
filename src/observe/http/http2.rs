//! Frames of HTTP/2 that concern a WebSocket: the setting that allows an extended CONNECT, the CONNECT, and its answer
//! (RFC 9113 §4, RFC 8441). DATA is skipped.

use super::hpack;
use crate::observe::facts::{ErrorCode, Http2, Http2Event};
use crate::observe::reassembly::Piece;
use crate::wire::Side;

/// The bytes that a client begins with (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The length of a frame's header, in bytes (RFC 9113 §4.1).
const HEADER: usize = 9;

/// The longest frame, and the longest field block, that is read, in bytes.
const MAX_BLOCK: usize = 64 * 1024;

const HEADERS: u8 = 0x1;
const RST_STREAM: u8 = 0x3;
const SETTINGS: u8 = 0x4;
const GOAWAY: u8 = 0x7;
const CONTINUATION: u8 = 0x9;

const ACK: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;

const ENABLE_CONNECT_PROTOCOL: u32 = 0x8;

/// A number of any width, in network byte order.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Returns `true` if a server's first bytes are HTTP/2: SETTINGS, which are six bytes each (RFC 9113 §3.4, §6.5);
/// `None` if they are too few to decide.
pub(in crate::observe) fn is_server_preface(bytes: &[u8]) -> Option<bool> {
    let (length, rest) = bytes.split_at(bytes.len().min(3));
    let rest = &rest[..rest.len().min(HEADER - 3)];
    let is_length = length.first() == Some(&0) && (length.len() < 3 || number(length).is_multiple_of(6));
    if !is_length || !([SETTINGS, 0, 0, 0, 0, 0].starts_with(rest)) {
        return Some(false);
    }
    (rest.len() == HEADER - 3).then_some(true)
}

/// A frame's header.
#[derive(Debug, Clone, Copy)]
struct Head {
    length: usize,
    kind: u8,
    flags: u8,
    stream: u32,
}

impl Head {
    fn read(bytes: &[u8; HEADER]) -> Self {
        let [.., kind, flags, _, _, _, _] = *bytes;
        let stream = number(&bytes[5..]) & 0x7FFF_FFFF;
        Self { length: number(&bytes[..3]) as usize, kind, flags, stream }
    }

    fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// Reads one side's frames.
///
/// A reader is pulled: [`Reader::next`] consumes bytes of a piece until a frame has something to say.
#[derive(Debug)]
pub(in crate::observe) struct Reader {
    from: Side,
    state: State,
    /// A head that goes on in the next frame, and its stream.
    block: Option<(u32, Vec<u8>)>,
    is_first: bool,
}

#[derive(Debug)]
enum State {
    /// Number of bytes of the preface that came.
    Preface(usize),
    /// The bytes of a frame's header that came.
    Header(Vec<u8>),
    /// The bytes of a frame's payload that came.
    Payload(Head, Vec<u8>),
    /// Number of bytes of a payload that are still to be skipped.
    Skipping(u64),
}

/// The bytes are no HTTP/2, or not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) struct NotHttp2;

impl Reader {
    pub(in crate::observe) fn new(from: Side) -> Self {
        let state = match from {
            Side::Client => State::Preface(0),
            Side::Server => State::Header(Vec::new()),
        };
        Self { from, state, block: None, is_first: true }
    }

    /// Memory in use, the reader itself included, in bytes.
    pub(in crate::observe) fn memory(&self) -> usize {
        let state = match &self.state {
            State::Preface(_) | State::Skipping(_) => 0,
            State::Header(bytes) | State::Payload(_, bytes) => bytes.capacity(),
        };
        size_of::<Self>() + state + self.block.as_ref().map_or(0, |(_, block)| block.capacity())
    }

    /// Skips missing bytes: within a payload that is skipped anyway they do no harm.
    pub(in crate::observe) fn gap(&mut self, length: u64) -> Result<(), NotHttp2> {
        match &mut self.state {
            State::Skipping(left) if *left >= length => {
                *left -= length;
                Ok(())
            }
            _ => Err(NotHttp2),
        }
    }

    /// Consumes bytes at the front of `piece`, until a frame has something to say or the piece is empty.
    pub(in crate::observe) fn next(&mut self, piece: &mut Piece<'_>) -> Result<Option<Http2>, NotHttp2> {
        while !piece.bytes.is_empty() {
            let event = self.step(piece)?;
            if event.is_some() {
                return Ok(event);
            }
        }
        Ok(None)
    }

    fn step(&mut self, piece: &mut Piece<'_>) -> Result<Option<Http2>, NotHttp2> {
        match &mut self.state {
            State::Preface(have) => {
                let more = (PREFACE.len() - *have).min(piece.bytes.len());
                if piece.bytes[..more] != PREFACE[*have..*have + more] {
                    return Err(NotHttp2);
                }
                piece.advance(more);
                *have += more;
                if *have == PREFACE.len() {
                    self.state = State::Header(Vec::new());
                }
            }
            State::Header(bytes) => {
                fill(bytes, HEADER, piece);
                if let Some(bytes) = bytes.first_chunk::<HEADER>() {
                    let head = Head::read(bytes);
                    return self.start_frame(head, piece.origin.packet);
                }
            }
            State::Payload(head, bytes) => {
                fill(bytes, head.length, piece);
                if bytes.len() == head.length {
                    let (head, bytes) = (*head, std::mem::take(bytes));
                    self.state = State::Header(Vec::new());
                    return Ok(self.end_frame(head, &bytes, piece.origin.packet));
                }
            }
            State::Skipping(left) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX).min(piece.bytes.len());
                piece.advance(here);
                *left -= here as u64;
                if *left == 0 {
                    self.state = State::Header(Vec::new());
                }
            }
        }
        Ok(None)
    }

    /// A frame's header is complete. Returns the event of a frame without a payload.
    fn start_frame(&mut self, head: Head, packet: u64) -> Result<Option<Http2>, NotHttp2> {
        let is_first = std::mem::replace(&mut self.is_first, false);
        if is_first && head.kind != SETTINGS {
            return Err(NotHttp2);
        }
        let is_relevant = matches!(head.kind, HEADERS | RST_STREAM | SETTINGS | GOAWAY | CONTINUATION);
        self.state = match head.length {
            0 => State::Header(Vec::new()),
            length if is_relevant && length <= MAX_BLOCK => State::Payload(head, Vec::new()),
            length => State::Skipping(length as u64),
        };
        let is_complete = head.length == 0 && is_relevant;
        Ok(is_complete.then(|| self.end_frame(head, &[], packet)).flatten())
    }

    /// A frame is complete.
    fn end_frame(&mut self, head: Head, payload: &[u8], packet: u64) -> Option<Http2> {
        let event = self.event(head, payload)?;
        Some(Http2 { from: self.from, packet, stream: head.stream, event })
    }

    fn event(&mut self, head: Head, payload: &[u8]) -> Option<Http2Event> {
        match head.kind {
            SETTINGS if !head.has(ACK) => {
                let all = payload.chunks_exact(6).map(|it| (number(&it[..2]), number(&it[2..])));
                let mut values = all.filter(|(id, _)| *id == ENABLE_CONNECT_PROTOCOL);
                let enable_connect_protocol = values.next_back().map(|(_, value)| value);
                Some(Http2Event::Settings { enable_connect_protocol })
            }
            RST_STREAM => Some(Http2Event::Reset(ErrorCode(number(payload.get(..4)?)))),
            GOAWAY => {
                let (last, code) = (number(payload.get(..4)?) & 0x7FFF_FFFF, number(payload.get(4..8)?));
                Some(Http2Event::GoAway { last, code: ErrorCode(code) })
            }
            HEADERS => {
                self.block = Some((head.stream, fragment(head, payload)?.to_vec()));
                self.end_block(head)
            }
            CONTINUATION => {
                let (stream, block) = self.block.as_mut()?;
                if *stream != head.stream || block.len() + payload.len() > MAX_BLOCK {
                    self.block = None;
                    return None;
                }
                block.extend_from_slice(payload);
                self.end_block(head)
            }
            _ => None,
        }
    }

    /// Reads the head in the field block, if this frame ends it.
    fn end_block(&mut self, head: Head) -> Option<Http2Event> {
        let (_, block) = self.block.take_if(|_| head.has(END_HEADERS))?;
        match self.from {
            Side::Client => {
                hpack::has_literal(&block, ":protocol", "websocket").then_some(Http2Event::Connect)
            }
            Side::Server => Some(Http2Event::Status(hpack::status(&block))),
        }
    }
}

/// Moves bytes from the piece, up to `wanted` in all.
fn fill(bytes: &mut Vec<u8>, wanted: usize, piece: &mut Piece<'_>) {
    let more = (wanted - bytes.len()).min(piece.bytes.len());
    bytes.extend_from_slice(&piece.bytes[..more]);
    piece.advance(more);
}

/// The field block fragment of a HEADERS frame, without padding and priority (RFC 9113 §6.2).
fn fragment(head: Head, mut payload: &[u8]) -> Option<&[u8]> {
    let mut padding = 0;
    if head.has(PADDED) {
        let (length, rest) = payload.split_first()?;
        (padding, payload) = (usize::from(*length), rest);
    }
    if head.has(PRIORITY) {
        payload = payload.get(5..)?;
    }
    payload.get(..payload.len().checked_sub(padding)?)
}
