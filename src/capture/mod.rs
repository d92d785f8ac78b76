//! Captures: reads and writes what Wireshark reads and writes.
//!
//! In reading order, from bytes to segments:
//!
//! - [`Reader`] reads a capture and gives [`Packet`]s, each with its TCP [`Segment`](crate::observe::Segment).
//! - [`Facts`] is what is known of a capture as a whole: interfaces, [`Note`]s on what is odd, the [`Damage`] where it
//!   is broken.
//! - [`Writer`] writes a capture, [`Growing`] one that is being taken; [`annotate()`] copies one with comments
//!   added, [`redact()`] one without what it tells of people and machines.
//! - [`create_output`] opens the file for one: private, through no symbolic link, over nothing of another kind.
//! - [`Conversation`] builds the packets of a connection of which only a socket tells.
//! - [`Rebuild`] turns what a socket does into such packets; [`SocketFacts`] is what the kernel tells of one, [`Arrival`]
//!   when it received what was read.
//! - [`PacketSocket`] captures what really passes an interface, [`Allow`] is the command that allows it;
//!   [`enter_private_network`] gives a process a network of its own, in which it may.
//! - [`Raw`] is a packet by itself; [`Raw::decode`] finds the segment in it.

mod allow;
mod annotate;
#[cfg(target_os = "linux")]
mod arrival;
mod blocks;
mod build;
mod bytes;
mod checksum;
mod clock;
#[cfg(target_os = "linux")]
mod control;
mod decode;
mod error;
mod facts;
mod frame;
mod growing;
mod link;
mod note;
mod output_file;
#[cfg(target_os = "linux")]
mod packet_filter;
#[cfg(target_os = "linux")]
mod packet_socket;
mod pcap;
mod pcapng;
#[cfg(target_os = "linux")]
mod private_network;
mod reader;
mod rebuild;
mod redact;
#[cfg(target_os = "linux")]
mod socket_facts;
#[cfg(target_os = "linux")]
mod sockopt;
mod source;
mod transcode;
mod writer;

pub use allow::Allow;
pub use annotate::annotate;
#[cfg(target_os = "linux")]
pub use arrival::Arrival;
pub use build::{Built, Conversation, End};
#[cfg(feature = "app")]
pub(crate) use clock::now_ns;
pub use decode::Raw;
pub use error::OpenError;
pub use facts::{Facts, Format, Interface, Name, Secrets, Section, Statistics};
pub use growing::Growing;
pub use link::LinkType;
pub use note::{Damage, Flaw, Note, Oddity};
pub use output_file::{Contents, OutputError, OutputKind, Overwrite, create_output};
#[cfg(target_os = "linux")]
pub use packet_socket::{Caught, Checksums, PacketSocket, Watch};
#[cfg(target_os = "linux")]
pub use private_network::enter_private_network;
pub use reader::{Direction, Packet, REBUILT, Reader};
pub use rebuild::{Opening, Rebuild, Rebuilt, SocketEvent};
pub use redact::redact;
#[cfg(target_os = "linux")]
pub use socket_facts::SocketFacts;
pub use source::Compression;
pub use writer::{Flush, Record, Times, Writer};
