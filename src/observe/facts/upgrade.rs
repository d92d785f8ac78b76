//! The two heads of the opening handshake as they were seen, valid or not (RFC 6455 §4, RFC 9112).

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
    /// The length of the body behind it, if it asks for plain HTTP.
    pub body: Body,
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
    /// The length of the body behind it, if it does not switch protocols.
    pub body: Body,
}

/// The length of the body behind a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// A number of bytes.
    Bytes(u64),
    /// Chunked, or not readable.
    Unknown,
    /// Not given: no body after a request, the rest of the connection after a response.
    NoLength,
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
    /// The faults of a 101; empty for any other status.
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
