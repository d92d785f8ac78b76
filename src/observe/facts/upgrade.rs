//! The two heads of the opening handshake as they were seen (RFC 6455 §4, RFC 9112), however wrong.

use super::numbers::Numbers;
use super::segment::Evidence;
use crate::wire::http::{HeadError, Headers, KeyError, Status};

/// A request's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Where it is, and its header lines.
    pub head: Head,
    /// The method.
    pub method: String,
    /// The request target.
    pub target: String,
    /// The version, as it stands there: `HTTP/1.1`.
    pub version: String,
    /// Whether it asks for the WebSocket protocol: `Upgrade: websocket`, or, where that was lost on the way, a
    /// `Sec-WebSocket-Key`.
    pub asks: Asks,
    /// The `Sec-WebSocket-Key`, and what is wrong with it.
    pub key: Option<(String, Result<(), KeyError>)>,
    /// The `Sec-WebSocket-Accept` that answers the key, if it is valid.
    pub accept_expected: Option<String>,
    /// How long the body behind it is, if it asks for plain HTTP.
    pub body: Body,
}

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// The WebSocket protocol.
    WebSocket,
    /// The WebSocket protocol, it seems: a `Sec-WebSocket-Key`, but no `Upgrade: websocket` (any more).
    WebSocketWithoutUpgrade,
    /// Plain HTTP.
    Http,
}

/// A response's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Where it is, and its header lines.
    pub head: Head,
    /// The version, as it stands there: `HTTP/1.1`.
    pub version: String,
    /// The status; 0 if it cannot be read.
    pub status: Status,
    /// The reason phrase.
    pub phrase: String,
    /// What it makes of the request for the WebSocket protocol; `None` if there was none.
    pub upgrade: Option<Upgrade>,
    /// How long the body behind it is, if it does not switch protocols.
    pub body: Body,
}

/// How long the body behind a head is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// So many bytes.
    Bytes(u64),
    /// In chunks, or its length cannot be read.
    NotTold,
    /// No header tells: none after a request, the rest of the connection after a response.
    NoLength,
}

/// A head, as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The packets that carry it.
    pub packets: Numbers,
    /// Where it begins in its side's stream.
    pub offset: u64,
    /// How many bytes it takes, the empty line included.
    pub length: u64,
    /// Those bytes.
    pub raw: Vec<u8>,
    /// The header lines in their order; a line without a colon has an empty name.
    pub lines: Vec<(String, Vec<u8>)>,
    /// Why the strict parser refuses it.
    pub refused: Option<HeadError>,
    /// How it is known.
    pub evidence: Evidence,
}

impl Head {
    /// The header lines, to be asked by name.
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        self.lines.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect()
    }
}

/// What a response makes of the request for the WebSocket protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// The `Sec-WebSocket-Key` of the request.
    pub key: Option<String>,
    /// The `Sec-WebSocket-Accept` of the response.
    pub accept: Option<String>,
    /// What it should be; `None` if the request was not captured or its key is not valid.
    pub accept_expected: Option<String>,
    /// The subprotocol that was chosen.
    pub subprotocol: Option<String>,
    /// The extensions that were accepted, with their parameters.
    pub extensions: Vec<String>,
    /// What is wrong with the 101; empty too if the status is another.
    pub faults: Vec<Fault>,
}

impl Upgrade {
    /// Whether the `Sec-WebSocket-Accept` is the right one.
    #[must_use]
    pub fn accept_ok(&self) -> bool {
        self.accept.is_some() && self.accept == self.accept_expected
    }
}

/// What is wrong with a 101 (RFC 6455 §4.1, §4.2.2).
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
