//! Packets from captures: files that Wireshark reads and writes, interfaces, and sockets.
//!
//! ```text
//!   file, pipe ─→ read ──┐
//!   interface ──→ live ──┼─→ RawPacket ─→ link ─→ observe::Segment
//!   socket ─────→ replay ┘       └──────→ write, redact ─→ pcapng
//! ```
//!
//! - [`Reader`] reads pcap and pcapng and gives [`Packet`]s, each with its TCP [`Segment`](crate::observe::Segment);
//!   [`CaptureInfo`] holds what is known of the capture as a whole: interfaces, [`Note`]s on each [`Anomaly`], the
//!   [`Damage`] that ends it.
//! - [`RawPacket::decode`] finds the TCP segment behind a link header, tags, tunnels and IP; a [`Decoder`] puts IP
//!   fragments together, too, and reads ICMP errors about TCP.
//! - [`Writer`] writes pcapng. [`annotate()`] copies a capture with added comments, [`redact()`] one without names,
//!   addresses and payloads. [`create_output`] opens the file: private, through no symbolic link, over no other kind of
//!   file.
//! - [`PacketSocket`] captures from an interface; [`SetcapCommand`] prints the command that permits it. [`CaptureFile`]
//!   is a capture that grows, readable at any moment.
//! - [`SocketReplay`] rebuilds packets from [`SocketEvent`]s where capturing is not permitted; [`SegmentBuilder`] builds
//!   each of them, [`SocketInfo`] and [`TimestampedRead`] are what the kernel knows of a socket.
//!
//! The meaning of a segment for its connection does not belong here: that is [`observe`](crate::observe).

mod anomaly;
mod capture_info;
pub mod link;
mod live;
mod read;
mod redact;
mod replay;
mod write;

pub use anomaly::{Anomaly, Corruption, Damage, Note, UnreadProtocol};
pub use capture_info::{CaptureInfo, Format, Interface, ResolvedName, Secrets, Section, Statistics};
pub use link::{Decoded, Decoder, LinkType, LostFragments, RawPacket};
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
