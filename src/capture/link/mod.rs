//! The headers in front of a TCP payload: link types, tags and tunnels, IP with its extensions, TCP and its checksum.
//!
//! Functions of bytes only: no state from packet to packet, so fragments are not reassembled.

pub(super) mod checksum;
pub mod ip;
mod link_type;
mod raw_packet;

pub use link_type::LinkType;
pub(super) use link_type::ip_packet;
pub use raw_packet::RawPacket;
