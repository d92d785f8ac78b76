//! What a proxy between the ends says on a connection: the PROXY protocol, SOCKS (RFC 1928), a tunnel of HTTP.

use std::net::SocketAddr;

use crate::wire::Side;

/// Something that a proxy says, or is asked, before the WebSocket's own bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// The sender.
    pub from: Side,
    /// The packet that has its end.
    pub packet: u64,
    /// Offset in the sender's stream.
    pub offset: u64,
    /// Its length, in bytes; 0 if it stands in the head of a response.
    pub length: u64,
    /// Its content.
    pub event: RelayEvent,
}

/// The content of such a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayEvent {
    /// A header of the PROXY protocol: the ends of the connection that the proxy accepted.
    ProxyHeader {
        /// 1 or 2.
        version: u8,
        /// Source and destination; `None` if it names none (`UNKNOWN`, `LOCAL`).
        ends: Option<(SocketAddr, SocketAddr)>,
    },
    /// A client asks a SOCKS proxy for a connection (RFC 1928 §4).
    SocksRequest {
        /// 4 or 5.
        version: u8,
        /// Host and port.
        target: String,
    },
    /// The proxy's reply (RFC 1928 §6).
    SocksReply {
        /// 4 or 5.
        version: u8,
        /// The reply code.
        code: u8,
    },
    /// A 2xx to CONNECT: what follows goes to the target (RFC 9110 §9.3.6).
    Tunnel {
        /// Host and port.
        target: String,
    },
}

impl RelayEvent {
    /// Returns `true` for a SOCKS reply that grants the request.
    #[must_use]
    pub const fn is_granted(&self) -> bool {
        matches!(self, Self::SocksReply { version: 5, code: 0 } | Self::SocksReply { version: 4, code: 90 })
    }
}
