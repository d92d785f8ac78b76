//! Bytes ⇄ values, with no connection state, no time and no I/O.
//!
//! Whatever the player ([`crate::proto`]) and the referee (the passive observer) share lives here, so that they agree
//! without importing each other. Anything with a memory, a clock or a socket belongs above.
//!
//! - [`ws`]: the frames of RFC 6455, and their compression (RFC 7692).
//! - [`http`]: the two HTTP heads of the opening handshake, and the accept key.
//!
//! A header has two readings. [`HeaderView`](ws::HeaderView) is lenient: it holds the bits, legal or not, as
//! explaining a broken capture needs. [`Header`](ws::Header) is strict: it cannot hold what RFC 6455 forbids.
//!
//! ```
//! use wirewalk::wire::ws::{Fin, Header, HeaderView, MaskKey, Opcode};
//! use wirewalk::wire::{Parsed, Side};
//!
//! // The masked "Hello" of RFC 6455 §5.7.
//! let key = MaskKey([0x37, 0xfa, 0x21, 0x3d]);
//! let mut frame = Vec::new();
//! Header::new(Fin::Final, Opcode::TEXT, 5, Some(key))?.encode_frame(b"Hello", &mut frame);
//! assert_eq!(frame, [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
//!
//! // Needing more is not an error; the number is what the header takes in all.
//! assert_eq!(HeaderView::parse(&frame[..1]), Parsed::NeedMore(2));
//! let Parsed::Complete { value: view, len } = HeaderView::parse(&frame) else { panic!("the header is whole") };
//! let header = Header::check(&view, Side::Client)?;
//! assert_eq!((header.opcode(), header.length(), len), (Opcode::TEXT, 5, 6));
//!
//! let payload = &mut frame[len..];
//! key.apply(0, payload);
//! assert_eq!(payload, b"Hello");
//! # Ok::<(), wirewalk::wire::ws::FrameError>(())
//! ```

pub mod http;
pub mod ws;

mod side;

pub use side::{PerSide, Side};

/// A parser's result: a value, or how many bytes it needs. Needing more is not an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parsed<T> {
    /// A whole value, and its length on the wire.
    Complete {
        /// The value.
        value: T,
        /// Bytes it took from the start of the input.
        len: usize,
    },
    /// At least this many bytes in all are needed to go on.
    NeedMore(usize),
}
