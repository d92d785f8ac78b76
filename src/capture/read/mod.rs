//! Reads pcap and pcapng, plain or gzip, from a file or a pipe.
//!
//! The two formats, byte order, options and timestamps live here, and nothing that looks into a packet.

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
