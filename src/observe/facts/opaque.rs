//! Bytes of other protocols, and what is read in them: the hello of TLS (RFC 8446), frames of HTTP/2 (RFC 9113).

use super::coverage::UnreadReason;
use super::upgrade::{Draft, ProtocolName};
use crate::wire::Side;

/// Bytes of a side that are not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opaque {
    /// The sender of the bytes.
    pub from: Side,
    /// Offset of the first byte in the sender's stream.
    pub offset: u64,
    /// The packet that has the first of them.
    pub packet: u64,
    /// Their kind.
    pub kind: OpaqueKind,
}

/// The kind of opaque bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpaqueKind {
    /// TLS: a record begins (RFC 8446 §5.1).
    Tls,
    /// HTTP/2: a preface (RFC 9113 §3.4).
    Http2,
    /// An HTTP body whose end is unknown (RFC 9112 §6, §7).
    HttpBody,
    /// An HTTP head beyond a limit.
    LongHead(HeadLimit),
    /// HTTP after a gap, where head and body cannot be distinguished.
    AfterGap,
    /// The protocol that a 101 switched to, which is not WebSocket (RFC 9110 §7.8).
    Upgraded(ProtocolName),
    /// Frames of a draft that RFC 6455 replaced.
    Draft(Draft),
    /// Something else.
    Unknown,
}

/// A limit of heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadLimit {
    /// Its length, in bytes.
    Length,
    /// The number of its lines.
    Lines,
    /// The empty lines before it, in bytes.
    EmptyLines,
}

impl OpaqueKind {
    /// The reason why such bytes are not read.
    #[must_use]
    pub const fn unread_reason(self) -> UnreadReason {
        match self {
            Self::Tls => UnreadReason::Encrypted,
            Self::HttpBody => UnreadReason::Body,
            Self::LongHead(_) => UnreadReason::LongHead,
            Self::AfterGap => UnreadReason::Desync,
            Self::Http2 | Self::Upgraded(_) | Self::Draft(_) | Self::Unknown => UnreadReason::OtherProtocol,
        }
    }
}

/// A TLS hello. A server's names no protocol from TLS 1.3 on: the extension is encrypted there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The sender.
    pub from: Side,
    /// The packet that has its end.
    pub packet: u64,
    /// The ALPN protocols: those that a client offers, or the one that a server chose.
    pub protocols: Vec<String>,
}

/// A frame of HTTP/2 that concerns a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Http2 {
    /// The sender.
    pub from: Side,
    /// The packet that has its end.
    pub packet: u64,
    /// Its stream; 0 for the connection.
    pub stream: u32,
    /// Its content.
    pub event: Http2Event,
}

/// The content of such a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Http2Event {
    /// Settings, and in them `SETTINGS_ENABLE_CONNECT_PROTOCOL` if it is there (RFC 8441 §3).
    Settings {
        /// The value of the setting.
        enable_connect_protocol: Option<u32>,
    },
    /// A request for a WebSocket: an extended CONNECT with `:protocol` `websocket` (RFC 8441 §4).
    Connect,
    /// A server's head, and its `:status` if it is readable.
    Status(Option<u16>),
    /// The stream is reset (RFC 9113 §6.4).
    Reset(ErrorCode),
    /// The connection ends (RFC 9113 §6.8).
    GoAway {
        /// The last stream that was, or may have been, processed.
        last: u32,
        /// Why.
        code: ErrorCode,
    },
}

/// An error code of HTTP/2 (RFC 9113 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode(pub u32);

impl ErrorCode {
    /// No error.
    pub const NO_ERROR: Self = Self(0x0);
    /// HTTP/1.1 is to be used for the request.
    pub const HTTP_1_1_REQUIRED: Self = Self(0xD);

    /// The name in the RFC; `None` if it has no such code.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0 => "NO_ERROR",
            0x1 => "PROTOCOL_ERROR",
            0x2 => "INTERNAL_ERROR",
            0x3 => "FLOW_CONTROL_ERROR",
            0x4 => "SETTINGS_TIMEOUT",
            0x5 => "STREAM_CLOSED",
            0x6 => "FRAME_SIZE_ERROR",
            0x7 => "REFUSED_STREAM",
            0x8 => "CANCEL",
            0x9 => "COMPRESSION_ERROR",
            0xA => "CONNECT_ERROR",
            0xB => "ENHANCE_YOUR_CALM",
            0xC => "INADEQUATE_SECURITY",
            0xD => "HTTP_1_1_REQUIRED",
            _ => return None,
        })
    }
}
