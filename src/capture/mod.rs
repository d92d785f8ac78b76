//! Captures: reads and writes what Wireshark reads and writes.
//!
//! In reading order, from bytes to segments:
//!
//! - [`Reader`] reads a capture and gives [`Packet`]s, each with its TCP [`Segment`](crate::observe::Segment).
//! - [`CaptureInfo`] is what is known of a capture as a whole: interfaces, [`Note`]s on what is odd, the [`Damage`] where it
//!   is broken.
//! - [`Writer`] writes a capture, [`CaptureFile`] one that is being taken; [`annotate()`] copies one with comments
//!   added, [`redact()`] one without what it tells of people and machines.
//! - [`create_output`] opens the file for one: private, through no symbolic link, over nothing of another kind.
//! - [`SegmentBuilder`] builds the packets of a connection of which only a socket tells.
//! - [`SocketReplay`] turns what a socket does into such packets; [`SocketInfo`] is what the kernel tells of one, [`TimestampedRead`]
//!   when it received what was read.
//! - [`PacketSocket`] captures what really passes an interface, [`SetcapCommand`] is the command that allows it;
//!   [`enter_private_network`] gives a process a network of its own, in which it may.
//! - [`RawPacket`] is a packet by itself; [`RawPacket::decode`] finds the segment in it.

mod anomaly;
mod capture_info;
pub mod link;
mod live;
mod read;
mod redact;
mod replay;
mod write;

pub use anomaly::{Anomaly, Corruption, Damage, Note};
pub use capture_info::{CaptureInfo, Format, Interface, ResolvedName, Secrets, Section, Statistics};
pub use link::{LinkType, RawPacket};
pub(crate) use live::now_ns;
pub use live::{CaptureFile, SetcapCommand};
#[cfg(target_os = "linux")]
pub use live::{CaptureOptions, CapturedPacket, Checksums, PacketSocket, TimestampedRead};
pub use read::{Compression, Direction, OpenError, Packet, REBUILT, Reader};
pub use redact::redact;
#[cfg(target_os = "linux")]
pub use replay::SocketInfo;
pub use replay::{
    AcceptedConnection, BuiltPacket, ReplayedPacket, SegmentBuilder, SocketEvent, SocketReplay, TcpEndpoint,
};
pub use write::{
    Contents, Flush, OutputError, OutputKind, Overwrite, Record, Times, Writer, annotate, create_output,
};
