//! The state of a WebSocket connection, as every API names it.

use std::fmt;

/// The state of a connection as RFC 6455 and the browsers' `readyState` spell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadyState {
    /// The opening handshake has not ended (RFC 6455 §4.1).
    Connecting,
    /// Messages may flow (RFC 6455 §4.1, end).
    Open,
    /// A Close frame was sent or received (RFC 6455 §7.1.3).
    Closing,
    /// The TCP connection has ended (RFC 6455 §7.1.4).
    Closed,
}

impl fmt::Display for ReadyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "CONNECTING",
            Self::Open => "OPEN",
            Self::Closing => "CLOSING",
            Self::Closed => "CLOSED",
        })
    }
}
