//! The events of a connection.

use std::ops::Deref;

use super::error::ProtocolError;
use super::page_offset_buf::PageOffsetBuf;
use crate::wire::ws::{CloseFrame, Opcode};

/// Something that the peer did.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'b> {
    /// A whole message.
    Message(Message<'b>),
    /// A Ping; its Pong is already on the way out.
    Ping(Payload<'b>),
    /// A Pong, solicited or not.
    Pong(Payload<'b>),
    /// The peer's Close; unless we sent ours first, its answer is already on the way out.
    Close(CloseFrame),
    /// The peer broke a rule; our Close is on the way out, and nothing it sends is read any more.
    Failed(ProtocolError),
}

/// The kind of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// UTF-8, checked.
    Text,
    /// Any bytes.
    Binary,
}

impl Kind {
    /// The opcode of a message's first frame.
    #[must_use]
    pub const fn opcode(self) -> Opcode {
        match self {
            Self::Text => Opcode::TEXT,
            Self::Binary => Opcode::BINARY,
        }
    }

    /// The kind of a message whose first frame has this opcode.
    #[inline]
    pub(super) const fn of(opcode: Opcode) -> Option<Self> {
        match opcode {
            Opcode::TEXT => Some(Self::Text),
            Opcode::BINARY => Some(Self::Binary),
            _ => None,
        }
    }
}

/// A whole message, as it was sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Message<'b> {
    /// Text, checked as UTF-8, or binary.
    pub kind: Kind,
    /// The bytes.
    pub payload: Payload<'b>,
}

/// An unmasked payload: in the buffer it was read into, or gathered from several reads or frames.
#[derive(Debug)]
pub enum Payload<'b> {
    /// Whole in the read buffer: nothing was copied.
    Borrowed(&'b mut [u8]),
    /// Copied from several pieces.
    Gathered(PageOffsetBuf),
}

impl Deref for Payload<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Gathered(bytes) => bytes,
        }
    }
}

/// Payloads are equal if their bytes are, however they came.
impl PartialEq for Payload<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Payload<'_> {}
