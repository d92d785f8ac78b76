//! Packets rebuilt from the events of a socket, where capturing is not permitted.
//!
//! Payloads and their order are facts; the segments around them are made up, and each packet's comment says so.

mod segment_builder;
#[cfg(target_os = "linux")]
mod socket_info;
mod socket_replay;

pub use segment_builder::{BuiltPacket, SegmentBuilder, TcpEndpoint};
#[cfg(target_os = "linux")]
pub use socket_info::SocketInfo;
pub use socket_replay::{AcceptedConnection, ReplayedPacket, SocketEvent, SocketReplay};
