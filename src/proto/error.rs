//! The errors of an endpoint: a rule that the peer broke, a command that cannot be obeyed.

use std::fmt;

use crate::rfc::Rfc;
use crate::wire::ws::{CloseCode, FrameError};

/// A rule that the peer broke: of the protocol, or of this endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtocolError {
    /// A frame that is illegal by itself.
    Frame(FrameError),
    /// A continuation frame without a message to continue.
    NothingToContinue,
    /// A new message before the last fragment of the one before.
    MessageInsideMessage,
    /// Text that is not UTF-8.
    NotUtf8,
    /// A message longer than this many bytes.
    MessageTooBig(u64),
    /// A message of more fragments than this.
    TooManyFragments(u32),
    /// A message of more empty fragments than this.
    TooManyEmptyFragments(u32),
    /// A message whose fragments took too long.
    MessageTooSlow,
    /// Pings came too often.
    TooManyPings,
    /// Messages came too often.
    TooManyMessages,
    /// The memory budget of the process for messages and answers is spent.
    NoRoom,
}

impl ProtocolError {
    /// The close code to fail the connection with.
    #[must_use]
    pub const fn close_code(self) -> CloseCode {
        match self {
            Self::Frame(error) => error.close_code(),
            Self::NothingToContinue | Self::MessageInsideMessage => CloseCode::PROTOCOL_ERROR,
            Self::NotUtf8 => CloseCode::INVALID_DATA,
            Self::MessageTooBig(_) => CloseCode::TOO_BIG,
            Self::TooManyFragments(_)
            | Self::TooManyEmptyFragments(_)
            | Self::MessageTooSlow
            | Self::TooManyPings
            | Self::TooManyMessages => CloseCode::POLICY_VIOLATION,
            Self::NoRoom => CloseCode::TRY_AGAIN_LATER,
        }
    }

    /// The rule that was broken, or that permits the endpoint its own limit.
    #[must_use]
    pub const fn rfc(self) -> Rfc {
        match self {
            Self::Frame(error) => error.rfc(),
            Self::NothingToContinue | Self::MessageInsideMessage => Rfc(6455, "5.4"),
            Self::NotUtf8 => Rfc(6455, "8.1"),
            Self::MessageTooBig(_) | Self::TooManyFragments(_) | Self::TooManyEmptyFragments(_) => {
                Rfc(6455, "10.4")
            }
            Self::MessageTooSlow | Self::TooManyPings | Self::TooManyMessages | Self::NoRoom => {
                Rfc(6455, "7.4.1")
            }
        }
    }
}

impl From<FrameError> for ProtocolError {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(error) => error.fmt(f),
            Self::NothingToContinue => f.write_str("continuation without a message to continue"),
            Self::MessageInsideMessage => f.write_str("new message inside a fragmented one"),
            Self::NotUtf8 => f.write_str("text is not UTF-8"),
            Self::MessageTooBig(limit) => write!(f, "message of more than {limit} bytes"),
            Self::TooManyFragments(limit) => write!(f, "message of more than {limit} fragments"),
            Self::TooManyEmptyFragments(limit) => write!(f, "message of more than {limit} empty fragments"),
            Self::MessageTooSlow => f.write_str("message took too long to end"),
            Self::TooManyPings => f.write_str("too many pings"),
            Self::TooManyMessages => f.write_str("too many messages"),
            Self::NoRoom => f.write_str("too much under way at once"),
        }
    }
}

impl std::error::Error for ProtocolError {}

/// The cause that ended a connection, other than an orderly closing handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndCause {
    /// The peer broke a rule, and we failed the connection (RFC 6455 §7.1.7).
    Failed(ProtocolError),
    /// TCP ended, by FIN or RST, before the closing handshake did.
    TransportEnded,
    /// No answer to our Ping.
    PingTimeout,
    /// The closing handshake took too long.
    CloseTimeout,
}

impl fmt::Display for EndCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::TransportEnded => f.write_str("TCP ended without a closing handshake"),
            Self::PingTimeout => f.write_str("no answer to a ping"),
            Self::CloseTimeout => f.write_str("no answer to a close"),
        }
    }
}

/// The reason why something cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendError {
    /// A Close frame was sent or received: nothing may follow it (RFC 6455 §5.5.1).
    Closing,
    /// A fragmented message must be ended first (RFC 6455 §5.4).
    MessageUnfinished,
    /// A control frame holds 125 bytes (RFC 6455 §5.5).
    LongControl,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closing => "the connection is closing",
            Self::MessageUnfinished => "a fragmented message must be ended first",
            Self::LongControl => "a control frame holds 125 bytes at most",
        })
    }
}

impl std::error::Error for SendError {}
