//! The opening handshake (RFC 6455 section 4). It consumes itself: the only way to a
//! [`Connection`](super::Connection) leads through [`server::Handshake::accept`] or [`client::Handshake::finish`].

pub mod client;
pub mod server;
