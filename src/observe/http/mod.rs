//! Heads of HTTP/1, and of HTTP/2 and TLS what concerns a WebSocket.

pub(super) mod head;
pub(super) mod hello;
mod hpack;
pub(super) mod http2;
