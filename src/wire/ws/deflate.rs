//! Compressed messages: permessage-deflate (RFC 7692). The agreed parameters, and decompression.

mod reach;

use std::fmt;

use flate2::{Decompress, FlushDecompress, Status};

use crate::rfc::Rfc;
use crate::wire::Side;
use reach::ReachCheck;
pub use reach::WindowReach;

/// The extension's name (RFC 7692 §7).
const NAME: &str = "permessage-deflate";

/// The largest window, which holds if nothing else was agreed on: 2^15 bytes (RFC 7692 §7.1.2).
const MAX_WINDOW_BITS: u8 = 15;

/// The bytes that a sender omits at the end of a message and a receiver adds (RFC 7692 §7.2.1, §7.2.2): the lengths of
/// an empty block without compression, of which the header has come.
const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];

/// Such a block with its header: between two blocks it changes nothing, within one it is data.
const EMPTY_BLOCK: [u8; 5] = [0x00, 0x00, 0x00, 0xFF, 0xFF];

/// The agreed parameters of both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deflate {
    /// The client's: `client_no_context_takeover`, `client_max_window_bits`.
    pub client: Window,
    /// The server's: `server_no_context_takeover`, `server_max_window_bits`.
    pub server: Window,
}

/// The parameters of one side's compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The use of the window for the next message (RFC 7692 §7.1.1).
    pub takeover: Takeover,
    /// The base-2 logarithm of the window in bytes, 8 to 15 (RFC 7692 §7.1.2).
    pub max_bits: u8,
}

/// The treatment of the window between messages: kept or dropped (RFC 7692 §7.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takeover {
    /// A message may refer to those before it.
    Kept,
    /// Each message stands for itself.
    Dropped,
}

impl Default for Window {
    fn default() -> Self {
        Self { takeover: Takeover::Kept, max_bits: MAX_WINDOW_BITS }
    }
}

impl Deflate {
    /// Reads an element of the `Sec-WebSocket-Extensions` of a 101; `None` if it is another extension. What cannot be
    /// read, or has no meaning, is passed over.
    #[must_use]
    pub fn read(element: &str) -> Option<Self> {
        let mut parts = element.split(';').map(str::trim);
        if !parts.next()?.eq_ignore_ascii_case(NAME) {
            return None;
        }
        let mut agreed = Self { client: Window::default(), server: Window::default() };
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().trim_matches('"');
            let (side, name) = match name.trim().to_ascii_lowercase() {
                name if name.starts_with("client_") => (&mut agreed.client, name),
                name => (&mut agreed.server, name),
            };
            match (name.as_str(), value.parse()) {
                ("client_no_context_takeover" | "server_no_context_takeover", _) => {
                    side.takeover = Takeover::Dropped;
                }
                ("client_max_window_bits" | "server_max_window_bits", Ok(bits @ 8..=MAX_WINDOW_BITS)) => {
                    side.max_bits = bits;
                }
                _ => {}
            }
        }
        Some(agreed)
    }

    /// The parameters of a side.
    #[must_use]
    pub const fn of(self, side: Side) -> Window {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }
}

/// Why a message cannot be inflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InflateError {
    /// The bytes are not DEFLATE data (RFC 1951).
    Corrupt,
    /// The message ends within a block.
    Unfinished,
    /// It is longer, inflated, than was allowed.
    TooLong,
    /// An earlier message could not be inflated, and this one may refer to it.
    ContextLost,
}

impl InflateError {
    /// The rule that was broken, or that makes it so.
    #[must_use]
    pub const fn rfc(self) -> Rfc {
        match self {
            Self::Corrupt | Self::Unfinished | Self::TooLong => Rfc(7692, "7.2.2"),
            Self::ContextLost => Rfc(7692, "7.1.1"),
        }
    }
}

impl fmt::Display for InflateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Corrupt => "not DEFLATE data",
            Self::Unfinished => "the compressed message ends within a block",
            Self::TooLong => "the message is too long when inflated",
            Self::ContextLost => "the message may refer to an earlier one that could not be inflated",
        })
    }
}

impl std::error::Error for InflateError {}

/// Inflates the messages of one side, each in as many pieces as it comes in. It holds no bytes but the window.
///
/// A window of fewer bits is read with the largest: that reads what any smaller one wrote. Whether a message refers further
/// back than the agreed one is told by [`reach`](Self::reach).
#[derive(Debug)]
pub struct Inflater {
    takeover: Takeover,
    /// The most bytes that a message may inflate to.
    most: u64,
    state: State,
    /// Made when the first byte comes.
    zlib: Option<Decompress>,
    /// Bytes that the message inflated to so far.
    inflated: u64,
    /// Present where a smaller window than the largest was agreed on.
    check: Option<Box<ReachCheck>>,
    reach: WindowReach,
}

/// The state of the DEFLATE stream; with takeover it continues from message to message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// A final block has come (BFINAL, RFC 7692 §7.2.3.4): what follows begins a stream anew.
    Ended,
    /// Messages that may refer to earlier ones cannot be inflated any more.
    Lost,
}

impl Inflater {
    /// Memory of an open stream without its window, in bytes: measured, and rounded up.
    const OPEN: usize = 16 * 1024;

    /// One for a side that compresses like this; a message may inflate to `most` bytes.
    #[must_use]
    pub fn new(window: Window, most: u64) -> Self {
        let Window { takeover, max_bits } = window;
        let check = (max_bits < MAX_WINDOW_BITS).then(|| Box::new(ReachCheck::new(max_bits)));
        let reach = WindowReach::Within;
        Self { takeover, most, state: State::Open, zlib: None, inflated: 0, check, reach }
    }

    /// The reach of the message that has ended last.
    #[must_use]
    pub const fn reach(&self) -> WindowReach {
        self.reach
    }

    /// The next piece of a message. Its inflated bytes are passed to `take`, at most 4 KiB at a time.
    ///
    /// # Errors
    /// [`InflateError`]: no more of this message is to be pushed. The one after it is inflated if it cannot refer to
    /// this one.
    pub fn push(&mut self, piece: &[u8], take: impl FnMut(&[u8])) -> Result<(), InflateError> {
        if let Some(check) = &mut self.check {
            check.push(piece);
        }
        self.feed(piece, take)
    }

    fn feed(&mut self, piece: &[u8], take: impl FnMut(&[u8])) -> Result<(), InflateError> {
        self.inflate(piece, take).inspect_err(|_| self.give_up())
    }

    /// The message has ended.
    ///
    /// # Errors
    /// [`InflateError`] if it does not end between two blocks.
    pub fn finish(&mut self) -> Result<(), InflateError> {
        // Some end with a final block, and nothing behind it.
        if self.state != State::Ended {
            let mut is_data = false;
            self.feed(&TAIL, |_| is_data = true)?;
            if self.feed(&EMPTY_BLOCK, |_| is_data = true).is_err() || is_data {
                self.give_up();
                return Err(InflateError::Unfinished);
            }
        }
        self.inflated = 0;
        self.reach = self.check.as_mut().map_or(WindowReach::Within, |check| check.finish());
        if self.takeover == Takeover::Dropped {
            self.begin_anew();
        }
        Ok(())
    }

    /// The message has no end, or bytes of it are missing.
    pub fn give_up(&mut self) {
        self.inflated = 0;
        self.reach = WindowReach::Within;
        if let Some(check) = &mut self.check {
            check.clear();
        }
        self.begin_anew();
        if self.takeover == Takeover::Kept {
            self.state = State::Lost;
        }
    }

    fn begin_anew(&mut self) {
        self.state = State::Open;
        self.zlib = None;
    }

    /// Memory besides the value itself, in bytes. Of the window that counts which was written: the rest of its pages are
    /// not in use yet.
    #[must_use]
    pub fn held(&self) -> usize {
        let window = |zlib: &Decompress| zlib.total_out().min(1 << MAX_WINDOW_BITS) as usize;
        let zlib = self.zlib.as_ref().map_or(0, |zlib| Self::OPEN + window(zlib).next_multiple_of(4096));
        zlib + self.check.as_ref().map_or(0, |check| check.memory())
    }

    fn inflate(&mut self, mut piece: &[u8], mut take: impl FnMut(&[u8])) -> Result<(), InflateError> {
        if self.state == State::Lost {
            return Err(InflateError::ContextLost);
        }
        let zlib = self.zlib.get_or_insert_with(|| Decompress::new(false));
        let mut plain = [0; 4096];
        loop {
            if self.state == State::Ended {
                if piece.is_empty() {
                    return Ok(());
                }
                zlib.reset(false);
                self.state = State::Open;
            }
            let (before_in, before_out) = (zlib.total_in(), zlib.total_out());
            let status = zlib
                .decompress(piece, &mut plain, FlushDecompress::None)
                .map_err(|_| InflateError::Corrupt)?;
            let took = (zlib.total_in() - before_in) as usize;
            let gave = (zlib.total_out() - before_out) as usize;
            self.inflated += gave as u64;
            if self.inflated > self.most {
                return Err(InflateError::TooLong);
            }
            if gave > 0 {
                take(&plain[..gave]);
            }
            piece = &piece[took..];
            if status == Status::StreamEnd {
                self.state = State::Ended;
            } else if piece.is_empty() && gave < plain.len() {
                return Ok(());
            } else if took + gave == 0 {
                return Err(InflateError::Corrupt);
            }
        }
    }
}

#[cfg(test)]
mod tests;
