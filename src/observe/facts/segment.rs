//! One TCP segment as it was seen between the ends (RFC 9293 §3.1): from a file, from a packet socket, or rebuilt from our
//! own sockets. Only its [`Evidence`] distinguishes them.

use std::fmt;
use std::net::SocketAddr;

/// The evidence for a statement, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Evidence {
    /// A captured packet shows it.
    Captured,
    /// A packet shows it that was rebuilt from socket events.
    Rebuilt,
    /// No packet shows it; something later implies it.
    Inferred,
}

impl Evidence {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::Rebuilt => "rebuilt",
            Self::Inferred => "inferred",
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The control bits (RFC 9293 §3.1, RFC 3168 for ECE and CWR).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u8);

impl Flags {
    /// No more data from the sender.
    pub const FIN: Self = Self(0x01);
    /// Synchronize sequence numbers.
    pub const SYN: Self = Self(0x02);
    /// Reset the connection.
    pub const RST: Self = Self(0x04);
    /// Push: hand what came to the application now.
    pub const PSH: Self = Self(0x08);
    /// The acknowledgment field is significant.
    pub const ACK: Self = Self(0x10);
    /// The urgent pointer is significant.
    pub const URG: Self = Self(0x20);
    /// ECN-Echo.
    pub const ECE: Self = Self(0x40);
    /// Congestion Window Reduced.
    pub const CWR: Self = Self(0x80);

    /// The names, in the order in which they are read out.
    const NAMES: [(Self, &'static str); 8] = [
        (Self::SYN, "SYN"),
        (Self::FIN, "FIN"),
        (Self::RST, "RST"),
        (Self::PSH, "PSH"),
        (Self::ACK, "ACK"),
        (Self::URG, "URG"),
        (Self::ECE, "ECE"),
        (Self::CWR, "CWR"),
    ];

    /// Returns `true` if all of `flags` are set.
    #[must_use]
    pub const fn has(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// The names of those that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(flag, _)| self.has(*flag)).map(|(_, name)| name)
    }
}

impl std::ops::BitOr for Flags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Writes names with commas between them.
pub(in crate::observe) fn write_list(
    f: &mut fmt::Formatter<'_>,
    names: impl Iterator<Item = &'static str>,
) -> fmt::Result {
    for (place, name) in names.enumerate() {
        write!(f, "{}{name}", if place > 0 { "," } else { "" })?;
    }
    Ok(())
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_list(f, self.names())
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({self})")
    }
}

/// The options that a connection depends on (RFC 9293 §3.2, RFC 7323, RFC 2018).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Maximum segment size, in bytes.
    pub mss: Option<u16>,
    /// Window scale: the window is shifted left by so many bits.
    pub window_scale: Option<u8>,
    /// `true` if selective acknowledgments are permitted.
    pub sack_permitted: bool,
    /// Timestamp value and echo reply.
    pub timestamps: Option<(u32, u32)>,
}

/// The result of verifying a TCP checksum (RFC 9293 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Checksum {
    /// It fits the packet.
    Right,
    /// Not computed yet: the field is empty, or has the sum of the pseudo-header alone, and the network card does the rest
    /// (checksum offload).
    Partial,
    /// It fits neither.
    Wrong,
    /// Not verified, or the packet was cut.
    Unknown,
}

/// The fields of an IP header that hint at the host that made the packet (RFC 791 §3.1, RFC 8200 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ip {
    /// The hops that are left: TTL, or hop limit. All packets of an end arrive with the same while the route stays the
    /// same.
    pub ttl: u8,
    /// The identification; IPv6 has none.
    pub id: Option<u16>,
}

/// A TCP segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment<'p> {
    /// The packet's place in its file, from 1, as Wireshark counts.
    pub number: u64,
    /// Nanoseconds since 1970.
    pub time_ns: u64,
    /// The sender.
    pub source: SocketAddr,
    /// The receiver.
    pub destination: SocketAddr,
    /// Its IP header; `None` if the packet was rebuilt.
    pub ip: Option<Ip>,
    /// The sequence number of its first byte, as on the wire.
    pub seq: u32,
    /// The acknowledgment number; `None` without the ACK flag.
    pub ack: Option<u32>,
    /// The control bits.
    pub flags: Flags,
    /// The window field, not scaled.
    pub window: u16,
    /// The options.
    pub options: Options,
    /// The payload as far as it was captured.
    pub payload: &'p [u8],
    /// The payload's length on the wire; more than `payload` holds if the capture cut the packet.
    pub length: u32,
    /// Evidence of the packet: captured or rebuilt.
    pub evidence: Evidence,
    /// The check of its checksum.
    pub checksum: Checksum,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_9293_section_3_1_flags_are_read_out_by_name() {
        assert_eq!((Flags::SYN | Flags::ACK).to_string(), "SYN,ACK");
        assert_eq!((Flags::FIN | Flags::PSH | Flags::ACK).to_string(), "FIN,PSH,ACK");
        assert_eq!(Flags::default().to_string(), "");
    }
}
