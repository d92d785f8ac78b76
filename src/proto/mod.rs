//! The player: a WebSocket endpoint without I/O, server and client side.
//!
//! A [`handshake`] consumes itself into a [`Connection`], so it cannot be skipped. After that, call
//! [`receive`](Connection::receive) for input, then [`poll_transmit`](Connection::poll_transmit) until it returns
//! `None`. The methods of the fast path are optional: they do the same with fewer copies.
//!
//! | family | methods |
//! |---|---|
//! | input | [`receive`](Connection::receive), [`receive_eof`](Connection::receive_eof), [`handle_timeout`](Connection::handle_timeout) |
//! | commands | [`send`](Connection::send), [`ping`](Connection::ping), [`close`](Connection::close) … |
//! | output | [`poll_transmit`](Connection::poll_transmit), [`poll_timeout`](Connection::poll_timeout) |
//! | fast path | [`receive_whole`](Connection::receive_whole), [`receive_rest`](Connection::receive_rest), [`send_through`](Connection::send_through), [`send_frames`](Connection::send_frames), [`lend`](Connection::lend) and [`reclaim`](Connection::reclaim) |
//! | getters | [`ready_state`](Connection::ready_state), [`close_record`](Connection::close_record) … |
//!
//! Protocol state lives here; sockets, buffers of reads and the policy of when to write belong to the caller. Time is
//! an argument: a [`Duration`](std::time::Duration) since any fixed moment that the caller picks.
//!
//! A handshake and an echo, both sides, without a network:
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use wirewalk::proto::handshake::{client, server};
//! use wirewalk::proto::{Config, Connection, Event, Input, Transmit};
//! use wirewalk::wire::http::{Request, ResponseHead};
//! use wirewalk::wire::ws::MaskKey;
//!
//! let now = Duration::ZERO;
//! let config = Arc::new(Config::default());
//!
//! // The opening handshake. A real client draws the nonce and each masking key at random.
//! let ask = client::Ask { host: "localhost", target: "/echo", subprotocols: &[], headers: &[] };
//! let (asked, request) = client::Handshake::request(&ask, [7; 16]);
//! let request = Request::parse(&request, 100)?;
//! let accept = server::Accept { subprotocol: None, config: Arc::clone(&config), now };
//! let (mut server, response) = server::Handshake::read(&request)?.accept(accept);
//! let response = response.encode();
//! let open = client::Open { config, masks: Box::new(|| MaskKey([1, 2, 3, 4])), now };
//! let mut client = asked.finish(&ResponseHead::parse(&response)?, open)?;
//!
//! /// What one end has to send, as a transport would take it.
//! fn written(connection: &mut Connection) -> Vec<u8> {
//!     let mut bytes = Vec::new();
//!     while let Some(Transmit::Bytes(more)) = connection.poll_transmit() {
//!         bytes.extend_from_slice(more);
//!         let len = more.len();
//!         connection.transmitted(len);
//!     }
//!     bytes
//! }
//!
//! client.send_text("Hello")?;
//! let mut bytes = written(&mut client);
//! let mut input = Input::new(&mut bytes);
//! while let Some(event) = server.receive(&mut input, now) {
//!     if let Event::Message(message) = event {
//!         server.send(message.kind, &message.payload)?;
//!     }
//! }
//!
//! let mut bytes = written(&mut server);
//! let echo = client.receive(&mut Input::new(&mut bytes), now);
//! assert!(matches!(echo, Some(Event::Message(message)) if *message.payload == *b"Hello"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assembler;
mod commands;
mod config;
mod connection;
mod decoder;
mod error;
mod event;
mod frames;
pub mod handshake;
mod page_offset_buf;
mod rate;
mod direct_read;
mod state;
mod timers;
mod transmit;
mod fast_path;

pub use config::{Config, Limits, MaskSource, Timers};
pub use connection::Connection;
pub use decoder::Input;
pub use error::{EndCause, ProtocolError, SendError};
pub use event::{Event, Kind, Message, Payload};
pub use frames::{Batch, Frames};
pub use page_offset_buf::PageOffsetBuf;
pub use rate::Rate;
pub use state::CloseRecord;
pub use transmit::Transmit;

#[cfg(test)]
mod tests;
