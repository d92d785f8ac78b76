//! Reads pcap and pcapng, plain or gzip, from a file or a pipe.
//!
//! [`Reader`] pulls bytes from a source with one bounded buffer, one record or block at a time. pcap-file parses each
//! record; the lenient parsers read what it refuses, so that one malformed option does not end a capture. The formats,
//! byte orders, options and timestamps live here; the headers of a packet are read in [`link`](super::link).

mod blocks;
mod bytes;
mod clock;
mod lenient;
mod open_error;
mod packet_block;
mod packet_location;
pub(super) mod pcap;
pub(super) mod pcapng;
mod reader;
mod source;

pub(super) use blocks::{COMMENT, DECRYPTION_SECRETS};
pub(super) use bytes::{Opt, Order, padded, text};
pub use open_error::OpenError;
pub use reader::{Direction, Packet, REBUILT, Reader};
pub use source::Compression;
