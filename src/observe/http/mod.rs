//! Heads: those of HTTP/1, with all of the opening handshake, and of HTTP/2 and TLS the part that concerns a WebSocket.
//!
//! Bytes in, values out; which reader a side has, and what its output means for the connection, is the application layer's.

pub(super) mod head;
pub(super) mod hello;
mod hpack;
pub(super) mod http2;
pub(super) mod detection;
