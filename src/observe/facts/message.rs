//! A message as it was seen: the data of one frame, or of several fragments (RFC 6455 §5.4).

use super::numbers::Numbers;
use super::preview::Preview;
use crate::wire::Side;
use crate::wire::ws::{InflateError, Opcode, WindowReach};

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its place among the stream's messages of both sides, from 0, in the order in which they end.
    pub index: u64,
    /// The sender.
    pub from: Side,
    /// Text or binary, as its first frame says; or a reserved opcode.
    pub kind: Opcode,
    /// Its frames, by [`index`](super::Frame::index).
    pub frames: Numbers,
    /// Bytes on the wire, unmasked, in all frames that came by.
    pub length: u64,
    /// Bytes of them that are missing.
    pub missing: u64,
    /// Its end.
    pub end: MessageEnd,
    /// Its compression (RFC 7692 §6).
    pub coding: Coding,
    /// The reach of its compression beyond the agreed window.
    pub reach: WindowReach,
    /// The SHA-256 of the whole as it is on the wire, unmasked; `None` if bytes are missing.
    pub wire_sha256: Option<[u8; 32]>,
    /// The SHA-256 of the whole as the application gets it; `None` if bytes are missing, or if it could not be inflated.
    pub sha256: Option<[u8; 32]>,
    /// Its beginning, as the application gets it.
    pub preview: Preview,
    /// The check of its text as UTF-8.
    pub text: Text,
}

/// The end of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageEnd {
    /// With its last fragment.
    Final,
    /// Another message began before it ended (RFC 6455 §5.4 forbids that).
    Interrupted,
    /// The stream ended before, or its frames are out of sync.
    NotReached,
}

/// The compression of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// As it is.
    Plain,
    /// By permessage-deflate: the extension was agreed on, and RSV1 is set.
    Deflate(Inflated),
}

/// The outcome of inflating a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inflated {
    /// Inflated to this many bytes.
    Whole(u64),
    /// Not inflated: bytes of it are missing.
    BytesMissing,
    /// Not inflated: it has no end.
    NoEnd,
    /// Not inflated: the window was given up, because there was no room for it.
    NoRoom,
    /// It cannot be inflated. [`InflateError::TooLong`] means beyond [`Message::MOST_INFLATED`].
    Failed(InflateError),
}

impl Message {
    /// The most bytes that a message is inflated to: a longer one is a bomb, and has no hash.
    pub const MOST_INFLATED: u64 = 64 * 1024 * 1024;

    /// The bytes that the application gets, those too that are missing here; `None` if it has no end, or could not be
    /// inflated.
    #[must_use]
    pub const fn plain_length(&self) -> Option<u64> {
        match self.coding {
            Coding::Plain if matches!(self.end, MessageEnd::Final) => Some(self.length + self.missing),
            Coding::Plain => None,
            Coding::Deflate(Inflated::Whole(length)) => Some(length),
            Coding::Deflate(_) => None,
        }
    }
}

/// The check of a message as UTF-8, as text must be (RFC 6455 §8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// It is.
    Utf8,
    /// It is not: the character at this offset has an invalid byte in this frame, or the message ends within it.
    NotUtf8 {
        /// The frame that has the bad byte, or ends too early.
        frame: u64,
        /// Bytes of the message, inflated, before the character: all of them are UTF-8.
        offset: u64,
    },
    /// Not judged: binary, or bytes are missing, or it could not be inflated, or reserved bits of its first frame give the
    /// payload a meaning that is not known.
    NotJudged,
}
