//! Bytes ⇄ values, with no connection state, no time and no I/O.
//!
//! What the player ([`crate::proto`]) and the referee (the passive observer) both need lives here, so that they
//! can agree without importing each other.
//!
//! - [`ws`]: the frames of RFC 6455, and their compression (RFC 7692).
//! - [`http`]: the two HTTP heads of the opening handshake, and the accept key.

pub mod http;
pub mod ws;

mod side;

pub use side::{PerSide, Side};

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
