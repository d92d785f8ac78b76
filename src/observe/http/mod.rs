//! Heads and bodies of HTTP/1, with all of the opening handshake; of HTTP/2, TLS and proxies' protocols the part that
//! concerns a WebSocket.
//!
//! Bytes in, values out; which reader a side has, and what its output means for the connection, is the application layer's.

pub(super) mod body;
mod draft;
pub(super) mod head;
pub(super) mod hello;
mod hpack;
pub(super) mod http2;
mod proxy_header;
pub(super) mod relay;
mod socks;
pub(super) mod detection;
