//! What frames of HTTP/2 tell of a WebSocket on it: whether the server takes an extended CONNECT, that a client sends one,
//! and how it is answered (RFC 9113 §4, RFC 8441). What is in DATA is not looked at.

use super::hpack;
use crate::observe::emitter::Emitter;
use crate::observe::facts::fact::Fact;
use crate::observe::reassembly::Piece;
use crate::wire::Side;

/// Something that a frame of HTTP/2 says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Http2 {
    /// Who sent it.
    pub from: Side,
    /// The packet that has its end.
    pub packet: u64,
    /// Of which stream it is; 0 for the connection.
    pub stream: u32,
    /// What it says.
    pub says: Says,
}

/// What a frame of HTTP/2 says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Settings, and in them `SETTINGS_ENABLE_CONNECT_PROTOCOL` if it is there (RFC 8441 §3).
    Settings {
        /// Whether an extended CONNECT is taken.
        enable_connect_protocol: Option<u32>,
    },
    /// A request for a WebSocket: an extended CONNECT with `:protocol` `websocket` (RFC 8441 §4).
    Connect,
    /// A server's head, and its `:status` if that can be told.
    Status(Option<u16>),
    /// The stream is reset (RFC 9113 §6.4).
    Reset(ErrorCode),
    /// The connection ends (RFC 9113 §6.8).
    GoAway {
        /// The last stream that was, or may have been, looked at.
        last: u32,
        /// Why.
        code: ErrorCode,
    },
}

/// An error code of HTTP/2 (RFC 9113 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode(pub u32);

impl ErrorCode {
    /// No error.
    pub const NO_ERROR: Self = Self(0x0);
    /// HTTP/1.1 is to be used for the request.
    pub const HTTP_1_1_REQUIRED: Self = Self(0xD);

    /// The name in the RFC; `None` if it has no such code.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0 => "NO_ERROR",
            0x1 => "PROTOCOL_ERROR",
            0x2 => "INTERNAL_ERROR",
            0x3 => "FLOW_CONTROL_ERROR",
            0x4 => "SETTINGS_TIMEOUT",
            0x5 => "STREAM_CLOSED",
            0x6 => "FRAME_SIZE_ERROR",
            0x7 => "REFUSED_STREAM",
            0x8 => "CANCEL",
            0x9 => "COMPRESSION_ERROR",
            0xA => "CONNECT_ERROR",
            0xB => "ENHANCE_YOUR_CALM",
            0xC => "INADEQUATE_SECURITY",
            0xD => "HTTP_1_1_REQUIRED",
            _ => return None,
        })
    }
}

/// What a client begins with (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How many bytes a frame's header has (RFC 9113 §4.1).
const HEADER: usize = 9;

/// The longest frame, and the longest head, that is looked into.
const MOST: usize = 64 * 1024;

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

/// A number of any size, its highest byte first.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Whether a server begins with HTTP/2: with SETTINGS, which are six bytes each (RFC 9113 §3.4, §6.5); `None` if there are
/// too few bytes to tell.
pub(in crate::observe) fn is_begun_by_server(bytes: &[u8]) -> Option<bool> {
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
    /// Of the preface so many bytes came.
    Preface(usize),
    /// Of a frame's header these.
    Header(Vec<u8>),
    /// Of a frame's payload these.
    Payload(Head, Vec<u8>),
    /// So many bytes are not looked at.
    Skipping(u64),
}

/// What became of a side's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) enum Progress {
    Read,
    /// They are no HTTP/2, or not any more.
    Lost,
}

impl Reader {
    pub(in crate::observe) fn new(from: Side) -> Self {
        let state = match from {
            Side::Client => State::Preface(0),
            Side::Server => State::Header(Vec::new()),
        };
        Self { from, state, block: None, is_first: true }
    }

    /// The memory it holds.
    pub(in crate::observe) fn held(&self) -> usize {
        let state = match &self.state {
            State::Preface(_) | State::Skipping(_) => 0,
            State::Header(bytes) | State::Payload(_, bytes) => bytes.capacity(),
        };
        size_of::<Self>() + state + self.block.as_ref().map_or(0, |(_, block)| block.capacity())
    }

    /// Bytes are missing: within what is not looked at they do no harm.
    pub(in crate::observe) fn hole(&mut self, length: u64) -> Progress {
        match &mut self.state {
            State::Skipping(left) if *left >= length => {
                *left -= length;
                Progress::Read
            }
            _ => Progress::Lost,
        }
    }

    /// Takes all bytes of a piece.
    pub(in crate::observe) fn push(&mut self, piece: &mut Piece<'_>, told: &mut Emitter) -> Progress {
        while !piece.bytes.is_empty() {
            if self.step(piece, told) == Progress::Lost {
                return Progress::Lost;
            }
        }
        Progress::Read
    }

    fn step(&mut self, piece: &mut Piece<'_>, told: &mut Emitter) -> Progress {
        match &mut self.state {
            State::Preface(have) => {
                let more = (PREFACE.len() - *have).min(piece.bytes.len());
                if piece.bytes[..more] != PREFACE[*have..*have + more] {
                    return Progress::Lost;
                }
                piece.advance(more);
                *have += more;
                if *have == PREFACE.len() {
                    self.state = State::Header(Vec::new());
                }
            }
            State::Header(bytes) => {
                take(bytes, HEADER, piece);
                if let Some(bytes) = bytes.first_chunk::<HEADER>() {
                    let head = Head::read(bytes);
                    return self.begin(head, piece.packet, told);
                }
            }
            State::Payload(head, bytes) => {
                take(bytes, head.length, piece);
                if bytes.len() == head.length {
                    let (head, bytes) = (*head, std::mem::take(bytes));
                    self.state = State::Header(Vec::new());
                    self.end(head, &bytes, piece.packet, told);
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
        Progress::Read
    }

    /// A frame's header is whole.
    fn begin(&mut self, head: Head, packet: u64, told: &mut Emitter) -> Progress {
        let is_first = std::mem::replace(&mut self.is_first, false);
        if is_first && head.kind != SETTINGS {
            return Progress::Lost;
        }
        let is_of_interest = matches!(head.kind, HEADERS | RST_STREAM | SETTINGS | GOAWAY | CONTINUATION);
        self.state = match head.length {
            0 => State::Header(Vec::new()),
            length if is_of_interest && length <= MOST => State::Payload(head, Vec::new()),
            length => State::Skipping(length as u64),
        };
        if head.length == 0 && is_of_interest {
            self.end(head, &[], packet, told);
        }
        Progress::Read
    }

    /// A frame is whole.
    fn end(&mut self, head: Head, payload: &[u8], packet: u64, told: &mut Emitter) {
        if let Some(says) = self.says(head, payload) {
            told.fact(Fact::Http2(Http2 { from: self.from, packet, stream: head.stream, says }));
        }
    }

    fn says(&mut self, head: Head, payload: &[u8]) -> Option<Says> {
        match head.kind {
            SETTINGS if !head.has(ACK) => {
                let all = payload.chunks_exact(6).map(|it| (number(&it[..2]), number(&it[2..])));
                let mut wanted = all.filter(|(id, _)| *id == ENABLE_CONNECT_PROTOCOL);
                Some(Says::Settings { enable_connect_protocol: wanted.next_back().map(|(_, value)| value) })
            }
            RST_STREAM => Some(Says::Reset(ErrorCode(number(payload.get(..4)?)))),
            GOAWAY => {
                let (last, code) = (number(payload.get(..4)?) & 0x7FFF_FFFF, number(payload.get(4..8)?));
                Some(Says::GoAway { last, code: ErrorCode(code) })
            }
            HEADERS => {
                self.block = Some((head.stream, fragment(head, payload)?.to_vec()));
                self.block_ends(head)
            }
            CONTINUATION => {
                let (stream, block) = self.block.as_mut()?;
                if *stream != head.stream || block.len() + payload.len() > MOST {
                    self.block = None;
                    return None;
                }
                block.extend_from_slice(payload);
                self.block_ends(head)
            }
            _ => None,
        }
    }

    fn block_ends(&mut self, head: Head) -> Option<Says> {
        let (_, block) = self.block.take_if(|_| head.has(END_HEADERS))?;
        match self.from {
            Side::Client => hpack::spells(&block, ":protocol", "websocket").then_some(Says::Connect),
            Side::Server => Some(Says::Status(hpack::status(&block))),
        }
    }
}

/// Takes bytes until there are so many.
fn take(bytes: &mut Vec<u8>, wanted: usize, piece: &mut Piece<'_>) {
    let more = (wanted - bytes.len()).min(piece.bytes.len());
    bytes.extend_from_slice(&piece.bytes[..more]);
    piece.advance(more);
}

/// The part of a head that is in a HEADERS frame, without padding and priority (RFC 9113 §6.2).
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
