//! The headers in front of a TCP payload: link types, tags and tunnels, IP with its extensions and fragments, TCP and its
//! checksum.
//!
//! ```text
//!   link_type ─→ header ─┐           one header each: bytes in, what follows it out
//!   ip ────────→ tunnel ─┴→ decapsulation ─→ RawPacket ─→ Decoder ─→ observe::Segment
//! ```
//!
//! - [`header`] and [`tunnel`] read one header each, and know nothing of each other.
//! - [`decapsulation`] follows them through a packet; [`RawPacket`] decodes what it finds: functions of bytes only.
//! - [`Decoder`] has the one state from packet to packet: [`fragments`] of IP packets that are not complete.

pub(super) mod checksum;
mod decapsulation;
mod decoder;
mod fragments;
mod header;
mod icmp;
pub mod ip;
mod layer;
mod link_type;
mod raw_packet;
mod tunnel;

pub(super) use decapsulation::first_internet;
pub use decapsulation::innermost_internet;
pub use decoder::{Decoded, Decoder};
pub use fragments::LostFragments;
pub use link_type::LinkType;
pub(super) use link_type::is_read;
pub use raw_packet::RawPacket;
