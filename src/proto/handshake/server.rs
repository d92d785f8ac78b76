//! The server's side of the opening handshake (RFC 6455 §4.2).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::proto::{Config, Connection};
use crate::rfc::Rfc;
use crate::wire::Side;
use crate::wire::http::{Key, KeyError, Request, Response, Status, Version};

/// A client's opening handshake that was found right, and waits for the answer.
#[derive(Debug)]
pub struct Handshake<'r> {
    request: &'r Request<'r>,
    key: Key,
    host: &'r str,
    origin: Option<&'r str>,
}

impl<'r> Handshake<'r> {
    /// Checks a request for all that RFC 6455 §4.2.1 asks.
    ///
    /// # Errors
    /// [`Refusal`] with the first thing found wrong; [`Refusal::response`] is what to answer.
    pub fn read(request: &'r Request<'r>) -> Result<Self, Refusal> {
        let headers = &request.headers;
        if request.method != "GET" {
            return Err(Refusal::Method);
        }
        if request.version < Version::Http11 {
            return Err(Refusal::HttpVersion);
        }
        if !request.target.starts_with('/') {
            return Err(Refusal::Target);
        }
        let single = |name| headers.single(name).map_err(|repeated| Refusal::Repeated(repeated.0));
        let host = match single("Host")? {
            Some(host) if !host.is_empty() => visible(host).ok_or(Refusal::Host)?,
            _ => return Err(Refusal::Host),
        };
        // A body would be taken for frames: the classic of request smuggling.
        let no_body = single("Content-Length")?.is_none_or(|length| length == b"0");
        if !no_body || headers.all("Transfer-Encoding").next().is_some() {
            return Err(Refusal::Body);
        }
        if !request.wants_websocket() {
            return Err(Refusal::NoUpgrade);
        }
        if !headers.has_token("Connection", "Upgrade") {
            return Err(Refusal::NoConnectionUpgrade);
        }
        let mut versions = headers.all("Sec-WebSocket-Version");
        match (versions.next(), versions.next()) {
            (Some(b"13"), None) => {}
            _ => return Err(Refusal::WebSocketVersion),
        }
        let key = match single("Sec-WebSocket-Key")? {
            Some(key) => Key::parse(key).map_err(Refusal::Key)?,
            None => return Err(Refusal::NoKey),
        };
        let origin = match headers.single("Origin") {
            Ok(None) => None,
            Ok(Some(origin)) => Some(visible(origin).ok_or(Refusal::Origin)?),
            Err(_) => return Err(Refusal::Origin),
        };
        Ok(Self { request, key, host, origin })
    }

    /// The request.
    #[must_use]
    pub const fn request(&self) -> &'r Request<'r> {
        self.request
    }

    /// The Host header: the name and port that the client connected to.
    #[must_use]
    pub const fn host(&self) -> &'r str {
        self.host
    }

    /// The Origin header: whose page opened the connection, if a browser did (RFC 6455 §10.2).
    #[must_use]
    pub const fn origin(&self) -> Option<&'r str> {
        self.origin
    }

    /// The first subprotocol the client offers that is among `known` (RFC 6455 §4.2.2, item 5).
    #[must_use]
    pub fn choose_subprotocol<'k>(&self, known: &[&'k str]) -> Option<&'k str> {
        self.request
            .headers
            .list("Sec-WebSocket-Protocol")
            .find_map(|offered| known.iter().copied().find(|name| *name == offered))
    }

    /// Accepts: the connection, and the 101 to send before anything of it.
    #[must_use]
    pub fn accept(self, answer: Accept<'_>) -> (Connection, Response) {
        let response = Response::switching_protocols(&self.key, answer.subprotocol);
        (Connection::new(Side::Server, answer.config, None, answer.now), response)
    }
}

/// What a server decides when it accepts.
#[derive(Debug)]
pub struct Accept<'s> {
    /// The subprotocol, of those offered.
    pub subprotocol: Option<&'s str>,
    /// Limits and timers.
    pub config: Arc<Config>,
    /// The time from which timers count.
    pub now: Duration,
}

/// A header's value, if it is visible ASCII.
fn visible(value: &[u8]) -> Option<&str> {
    value.iter().all(u8::is_ascii_graphic).then(|| std::str::from_utf8(value).ok())?
}

/// Why an opening handshake is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The method is not GET.
    Method,
    /// HTTP/1.0 knows no Upgrade.
    HttpVersion,
    /// The request target is not a path.
    Target,
    /// Host is missing or unreadable.
    Host,
    /// Origin is unreadable, or came twice.
    Origin,
    /// A header came twice that may come once.
    Repeated(&'static str),
    /// The request has a body.
    Body,
    /// No `Upgrade: websocket`.
    NoUpgrade,
    /// No `Connection: Upgrade`.
    NoConnectionUpgrade,
    /// `Sec-WebSocket-Version` is not 13.
    WebSocketVersion,
    /// No `Sec-WebSocket-Key`.
    NoKey,
    /// A wrong `Sec-WebSocket-Key`.
    Key(KeyError),
}

impl Refusal {
    /// The status to answer with.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::WebSocketVersion | Self::NoUpgrade => Status::UPGRADE_REQUIRED,
            Self::Origin => Status::FORBIDDEN,
            _ => Status::BAD_REQUEST,
        }
    }

    /// The rule that was broken.
    #[must_use]
    pub const fn rfc(self) -> Rfc {
        match self {
            Self::Body => Rfc(9112, "6"),
            Self::Origin => Rfc(6455, "10.2"),
            Self::WebSocketVersion => Rfc(6455, "4.4"),
            _ => Rfc(6455, "4.2.1"),
        }
    }

    /// The response to send, after which the connection is closed.
    #[must_use]
    pub fn response(self) -> Response {
        let response = Response::refusal(self.status(), &self.to_string());
        match self {
            Self::WebSocketVersion => response.header("Sec-WebSocket-Version", "13"),
            Self::NoUpgrade => response.header("Upgrade", "websocket").header("Sec-WebSocket-Version", "13"),
            _ => response,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method => f.write_str("the opening handshake is a GET")?,
            Self::HttpVersion => f.write_str("the opening handshake needs HTTP/1.1")?,
            Self::Target => f.write_str("the request target must be a path")?,
            Self::Host => f.write_str("one Host header is needed")?,
            Self::Origin => f.write_str("Origin not allowed")?,
            Self::Repeated(name) => write!(f, "{name} may come only once")?,
            Self::Body => f.write_str("the opening handshake has no body")?,
            Self::NoUpgrade => f.write_str("only WebSocket is spoken here: Upgrade: websocket")?,
            Self::NoConnectionUpgrade => f.write_str("Connection: Upgrade is missing")?,
            Self::WebSocketVersion => f.write_str("Sec-WebSocket-Version must be 13")?,
            Self::NoKey => f.write_str("Sec-WebSocket-Key is missing")?,
            Self::Key(error) => error.fmt(f)?,
        }
        write!(f, " ({})", self.rfc())
    }
}

impl std::error::Error for Refusal {}
