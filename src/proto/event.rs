//! What comes out of a connection.

use std::ops::Deref;

use super::error::ProtocolError;
use super::page_offset_buf::PageOffsetBuf;
use crate::wire::ws::{CloseFrame, Opcode};

/// Something the peer did that the application may want to know.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'b> {
    /// A whole message.
    Message(Message<'b>),
    /// A Ping; its Pong is already on the way out.
    Ping(Payload<'b>),
    /// A Pong, asked for or not.
    Pong(Payload<'b>),
    /// The peer's Close; unless we sent ours first, its answer is already on the way out.
    Close(CloseFrame),
    /// The peer broke a rule; our Close is on the way out, and nothing it sends is read any more.
    Failed(ProtocolError),
}

/// What a message is made of.
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

    /// What a message is whose first frame has this opcode.
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
    /// Text or binary. Text was found to be UTF-8.
    pub kind: Kind,
    /// The bytes.
    pub payload: Payload<'b>,
}

/// Bytes that lie unmasked in the buffer they were read into, or that were gathered from several reads or frames.
#[derive(Debug)]
pub enum Payload<'b> {
    /// They lay whole in the buffer: nothing was copied.
    Borrowed(&'b mut [u8]),
    /// They came in pieces.
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
