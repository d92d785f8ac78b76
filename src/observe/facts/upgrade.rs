//! The two heads of the opening handshake as they were seen, valid or not (RFC 6455 §4, RFC 9112).

use std::fmt;

use super::numbers::Numbers;
use super::segment::Evidence;
use crate::wire::http::{HeadError, Headers, KeyError, Status};

/// A request's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its place and its header lines.
    pub head: Head,
    /// The method.
    pub method: String,
    /// The request target.
    pub target: String,
    /// The version as written: `HTTP/1.1`.
    pub version: String,
    /// The protocol that it asks for.
    pub kind: RequestKind,
    /// The `Sec-WebSocket-Key`, and its fault.
    pub key: Option<(String, Result<(), KeyError>)>,
    /// The `Sec-WebSocket-Accept` that answers the key, if it is valid.
    pub accept_expected: Option<String>,
    /// The body behind it.
    pub body: Body,
    /// The draft of the protocol that it speaks instead of RFC 6455.
    pub draft: Option<Draft>,
}

/// A draft of the protocol, which RFC 6455 replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draft {
    /// draft-hixie-thewebsocketprotocol-75: neither key nor version.
    Hixie75,
    /// draft-hixie-thewebsocketprotocol-76, and draft-ietf-hybi-thewebsocketprotocol-00 to -03: two keys, and eight bytes
    /// behind the head.
    Hixie76,
    /// draft-ietf-hybi-thewebsocketprotocol-04 and later, by their `Sec-WebSocket-Version`, which is less than 13.
    Hybi(u8),
}

impl Draft {
    /// Returns `true` if its frames are those of RFC 6455, as from draft-ietf-hybi-thewebsocketprotocol-07 on.
    #[must_use]
    pub const fn has_frames_of_rfc_6455(self) -> bool {
        matches!(self, Self::Hybi(7..))
    }
}

/// `hixie-76`, or `hybi, version 8`
impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hixie75 => f.write_str("hixie-75"),
            Self::Hixie76 => f.write_str("hixie-76"),
            Self::Hybi(version) => write!(f, "hybi, version {version}"),
        }
    }
}

/// The protocol that a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    /// WebSocket: it has `Upgrade: websocket`.
    WebSocket,
    /// WebSocket, it seems: a `Sec-WebSocket-Key`, but no `Upgrade: websocket`, which a proxy may have removed.
    WebSocketWithoutUpgrade,
    /// Plain HTTP.
    Http,
}

/// A response's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Its place and its header lines.
    pub head: Head,
    /// The version as written: `HTTP/1.1`.
    pub version: String,
    /// The status; 0 if it cannot be read.
    pub status: Status,
    /// The reason phrase.
    pub phrase: String,
    /// Its answer to an upgrade request; `None` if there was none.
    pub upgrade: Option<Upgrade>,
    /// The body behind it; none if it switches protocols or opens a tunnel.
    pub body: Body,
    /// The meaning of its status for the bytes behind it.
    pub switch: Switch,
}

/// The meaning of a response's status for the bytes behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// HTTP goes on.
    None,
    /// A 101 to the WebSocket protocol.
    WebSocket,
    /// A 101 to another protocol (RFC 9110 §7.8).
    Other(ProtocolName),
    /// A 2xx to CONNECT: what follows is a tunnel (RFC 9110 §9.3.6).
    Tunnel,
    /// It looks like a proxy's answer to CONNECT, but answers another request.
    LikeTunnel,
}

/// The name of a protocol, at most 16 bytes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProtocolName {
    bytes: [u8; 16],
    len: u8,
}

impl ProtocolName {
    /// The beginning of a name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut bytes = [0; 16];
        let len = (0..=name.len().min(16)).rev().find(|len| name.is_char_boundary(*len)).unwrap_or(0);
        bytes[..len].copy_from_slice(&name.as_bytes()[..len]);
        Self { bytes, len: len as u8 }
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

/// The body behind a head, by what says where it ends (RFC 9112 §6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// A number of bytes; 0 if there is no body.
    Bytes(u64),
    /// Chunks, of which the last has no bytes.
    Chunked,
    /// All that comes until the connection ends.
    ToEnd,
    /// Its length cannot be read.
    Unknown,
}

/// A head, as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The packets that carry it.
    pub packets: Numbers,
    /// Offset in its side's stream.
    pub offset: u64,
    /// Its length with the empty line, in bytes.
    pub length: u64,
    /// Those bytes.
    pub raw: Vec<u8>,
    /// The header lines in order; a line without a colon has an empty name.
    pub lines: Vec<(String, Vec<u8>)>,
    /// The reason why the strict parser refuses it.
    pub refused: Option<HeadError>,
    /// Its evidence.
    pub evidence: Evidence,
}

impl Head {
    /// The header lines, indexed by name.
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        self.lines.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect()
    }
}

/// The answer to an upgrade request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// The `Sec-WebSocket-Key` of the request.
    pub key: Option<String>,
    /// The `Sec-WebSocket-Accept` of the response.
    pub accept: Option<String>,
    /// The right one; `None` if the request was not captured or its key is not valid.
    pub accept_expected: Option<String>,
    /// The subprotocol that was chosen.
    pub subprotocol: Option<String>,
    /// The extensions that were accepted, with their parameters.
    pub extensions: Vec<String>,
    /// The draft that it speaks instead of RFC 6455.
    pub draft: Option<Draft>,
    /// The faults of a 101; empty for any other status, and for a draft with another handshake.
    pub faults: Vec<Fault>,
}

impl Upgrade {
    /// Returns `true` if the `Sec-WebSocket-Accept` is the right one.
    #[must_use]
    pub fn accept_ok(&self) -> bool {
        self.accept.is_some() && self.accept == self.accept_expected
    }
}

/// A fault of a 101 (RFC 6455 §4.1, §4.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No `Upgrade: websocket`.
    NoUpgrade,
    /// No `Connection: Upgrade`.
    NoConnectionUpgrade,
    /// No `Sec-WebSocket-Accept`.
    NoAccept,
    /// A `Sec-WebSocket-Accept` that does not answer the key, or more than one.
    WrongAccept,
    /// A subprotocol that was not offered, or more than one.
    Subprotocol,
    /// An extension that was not offered.
    Extension,
}
