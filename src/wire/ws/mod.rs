//! WebSocket frames, RFC 6455 section 5.
//!
//! Read in this order: [`Opcode`], [`MaskKey`], [`HeaderView`] (the bits, legal or not) and [`Header`] (only legal
//! ones), [`encode`](Header::encode), [`Utf8`], [`CloseCode`]; [`Deflate`] and [`Inflater`] (RFC 7692).

mod close;
#[cfg(feature = "explain")]
mod deflate;
mod error;
mod header;
mod mask;
mod opcode;
mod state;
mod utf8;
mod view;

pub use close::{CloseCode, CloseFrame, CloseRange};
#[cfg(feature = "explain")]
pub use deflate::{Deflate, InflateError, Inflater, Takeover, Window, WindowReach};
pub use error::FrameError;
pub use header::{Fin, Header, HeaderBytes};
pub use mask::MaskKey;
pub use opcode::Opcode;
pub use state::ReadyState;
pub use utf8::{InvalidUtf8, Utf8};
pub use view::HeaderView;

/// The longest payload of a control frame, in bytes (RFC 6455 §5.5).
pub const MAX_CONTROL_PAYLOAD: usize = 125;

/// The longest frame header: 2 bytes, 8 of extended length, 4 of masking key (RFC 6455 §5.2).
pub const MAX_HEADER: usize = 14;
