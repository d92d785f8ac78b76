//! Packets rebuilt from what a socket does, where capturing is not allowed.

mod segment_builder;
#[cfg(target_os = "linux")]
mod socket_info;
mod socket_replay;

pub use segment_builder::{BuiltPacket, SegmentBuilder, TcpEndpoint};
#[cfg(target_os = "linux")]
pub use socket_info::SocketInfo;
pub use socket_replay::{AcceptedConnection, ReplayedPacket, SocketEvent, SocketReplay};
