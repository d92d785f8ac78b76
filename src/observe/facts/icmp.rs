//! ICMP errors about a TCP segment (RFC 792, RFC 1812 §5.2.7, RFC 4443 §3).

use std::net::{IpAddr, SocketAddr};

/// An ICMP error that quotes a TCP segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IcmpError {
    /// The packet's place in its file, from 1.
    pub number: u64,
    /// Nanoseconds since 1970.
    pub time_ns: u64,
    /// The router or host that sent it.
    pub sender: IpAddr,
    /// Type and code.
    pub code: IcmpCode,
    /// Source of the quoted segment.
    pub source: SocketAddr,
    /// Destination of the quoted segment.
    pub destination: SocketAddr,
    /// Sequence number of the quoted segment, as on the wire.
    pub seq: u32,
}

/// Type and code of an ICMP message, by its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IcmpCode {
    /// ICMP (RFC 792).
    V4 {
        /// The type.
        kind: u8,
        /// The code.
        code: u8,
    },
    /// `ICMPv6` (RFC 4443).
    V6 {
        /// The type.
        kind: u8,
        /// The code.
        code: u8,
    },
}

/// Meaning of an ICMP error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IcmpMeaning {
    /// No route to the network.
    NetworkUnreachable,
    /// The host does not answer on its link, or is not there.
    HostUnreachable,
    /// The host does not speak the protocol.
    ProtocolUnreachable,
    /// Nothing listens on the port, or a filter says so.
    PortUnreachable,
    /// The packet is larger than a link allows, and must not be fragmented.
    TooBig,
    /// A filter forbids it.
    Prohibited,
    /// Unreachable for another reason.
    Unreachable,
    /// Too many hops.
    HopLimitExceeded,
    /// Fragments of the packet did not arrive in time.
    ReassemblyTimeExceeded,
    /// The router cannot keep up; obsolete (RFC 6633).
    SourceQuench,
    /// There is a better way.
    Redirect,
    /// A header field cannot be processed.
    ParameterProblem,
}

impl IcmpCode {
    /// Type and code.
    #[must_use]
    pub const fn numbers(self) -> (u8, u8) {
        match self {
            Self::V4 { kind, code } | Self::V6 { kind, code } => (kind, code),
        }
    }

    /// Returns `true` if the message is an error, and so quotes a packet.
    #[must_use]
    pub const fn is_error(self) -> bool {
        self.meaning().is_some()
    }

    /// Meaning of an error; `None` for any other message.
    #[must_use]
    pub const fn meaning(self) -> Option<IcmpMeaning> {
        use IcmpMeaning as It;
        Some(match self {
            Self::V4 { kind: 3, code: 0 | 6 | 11 } | Self::V6 { kind: 1, code: 0 } => It::NetworkUnreachable,
            Self::V4 { kind: 3, code: 1 | 7 | 12 } | Self::V6 { kind: 1, code: 3 } => It::HostUnreachable,
            Self::V4 { kind: 3, code: 2 } => It::ProtocolUnreachable,
            Self::V4 { kind: 3, code: 3 } | Self::V6 { kind: 1, code: 4 } => It::PortUnreachable,
            Self::V4 { kind: 3, code: 4 } | Self::V6 { kind: 2, .. } => It::TooBig,
            Self::V4 { kind: 3, code: 9 | 10 | 13 } | Self::V6 { kind: 1, code: 1 | 5 } => It::Prohibited,
            Self::V4 { kind: 3, .. } | Self::V6 { kind: 1, .. } => It::Unreachable,
            Self::V4 { kind: 4, .. } => It::SourceQuench,
            Self::V4 { kind: 5, .. } => It::Redirect,
            Self::V4 { kind: 11, code: 0 } | Self::V6 { kind: 3, code: 0 } => It::HopLimitExceeded,
            Self::V4 { kind: 11, .. } | Self::V6 { kind: 3, .. } => It::ReassemblyTimeExceeded,
            Self::V4 { kind: 12, .. } | Self::V6 { kind: 4, .. } => It::ParameterProblem,
            _ => return None,
        })
    }
}

/// An ICMP error and the stream that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IcmpReport {
    /// The stream.
    pub stream: u64,
    /// The sender of the quoted segment.
    pub about: crate::wire::Side,
    /// Sequence number of the quoted segment, counted from the sender's SYN; `None` if none of its numbers is known.
    pub seq: Option<i64>,
    /// The error.
    pub error: IcmpError,
}
