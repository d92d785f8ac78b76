//! Bytes ⇄ values, with no connection state, no time and no I/O.
//!
//! What the player ([`crate::proto`]) and the referee (the passive observer) both need lives here, so that they
//! can agree without importing each other.
//!
//! - [`ws`]: the frames of RFC 6455, and their compression (RFC 7692).
//! - [`http`]: the two HTTP heads of the opening handshake, and the accept key.
//! - [`ip`]: the headers below TCP, for those who read packets.

pub mod http;
pub mod ip;
pub mod ws;

use std::fmt;

/// One end of a connection. Which end sent a frame decides whether it is masked (RFC 6455 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The end that opened the connection.
    Client,
    /// The end that accepted it.
    Server,
}

impl Side {
    /// The end across.
    #[must_use]
    pub const fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }

    /// `client` or `server`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a parser makes of the bytes it was given: a value, or the wish for more. Needing more is not an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parsed<T> {
    /// A whole value, and how many bytes it took.
    Complete {
        /// The value.
        value: T,
        /// Bytes it took from the start of the input.
        len: usize,
    },
    /// At least this many bytes in all are needed to go on.
    NeedMore(usize),
}
