//! Captures: reads and writes what Wireshark reads and writes.
//!
//! In reading order, from bytes to segments:
//!
//! - [`Reader`] reads a capture and gives [`Packet`]s, each with its TCP [`Segment`](crate::observe::Segment).
//! - [`Facts`] is what is known of a capture as a whole: interfaces, [`Note`]s on what is odd, the [`Damage`] where it
//!   is broken.
//! - [`Raw`] is a packet by itself; [`Raw::decode`] finds the segment in it.

mod blocks;
mod bytes;
mod clock;
mod decode;
mod error;
mod facts;
mod frame;
mod link;
mod note;
mod pcap;
mod pcapng;
mod reader;
mod source;

pub use decode::Raw;
pub use error::OpenError;
pub use facts::{Facts, Format, Interface, Name, Secrets, Section, Statistics};
pub use link::LinkType;
pub use note::{Damage, Flaw, Note, Oddity};
pub use reader::{Direction, Packet, REBUILT, Reader};
pub use source::Compression;
