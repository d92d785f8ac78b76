//! The player: a WebSocket endpoint without I/O, for the server's side and the client's.
//!
//! A [`handshake`] consumes itself into a [`Connection`], so it cannot be skipped. A connection is driven by five
//! families of methods, the fourth of which nobody needs:
//!
//! | family | methods |
//! |---|---|
//! | what happened | [`receive`](Connection::receive), [`receive_eof`](Connection::receive_eof), [`handle_timeout`](Connection::handle_timeout) |
//! | commands | [`send`](Connection::send), [`ping`](Connection::ping), [`close`](Connection::close) … |
//! | what to do | [`poll_transmit`](Connection::poll_transmit), [`poll_timeout`](Connection::poll_timeout) |
//! | in the shortest way | [`receive_whole`](Connection::receive_whole), [`receive_rest`](Connection::receive_rest), [`send_through`](Connection::send_through), [`send_frames`](Connection::send_frames); with [`lend`](Connection::lend) and [`reclaim`](Connection::reclaim) no memory while idle |
//! | how it stands | [`ready_state`](Connection::ready_state), [`close_record`](Connection::close_record) … |
//!
//! Time is an argument: a [`Duration`](std::time::Duration) since any fixed moment that the caller picks.

mod assembler;
mod commands;
mod config;
mod connection;
mod decoder;
mod error;
mod event;
mod frames;
pub mod handshake;
mod placed;
mod rate;
mod rest;
mod state;
mod timers;
mod transmit;
mod whole;

pub use config::{Config, Limits, MaskSource, Timers};
pub use connection::Connection;
pub use decoder::Input;
pub use error::{EndCause, ProtocolError, SendError};
pub use event::{Event, Kind, Message, Payload};
pub use frames::{Batch, Frames};
pub use placed::Placed;
pub use rate::Rate;
pub use state::CloseRecord;
pub use transmit::Transmit;

#[cfg(test)]
mod tests;
