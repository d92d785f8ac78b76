//! The server's side of the opening handshake (RFC 6455 §4.2).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::proto::{Config, Connection};
use crate::rfc::Rfc;
use crate::wire::Side;
use crate::wire::http::{
    HostError, Key, KeyError, Request, Response, Status, Version, are_extensions, are_subprotocols,
};

/// A valid opening handshake of a client that awaits its response.
#[derive(Debug)]
pub struct Handshake<'r> {
    request: &'r Request<'r>,
    key: Key,
    host: &'r str,
    origin: Option<&'r str>,
}

impl<'r> Handshake<'r> {
    /// Checks a request as RFC 6455 §4.2.1 requires.
    ///
    /// # Errors
    /// [`Refusal`] for the first violation; answer with its [`Refusal::response`].
    pub fn read(request: &'r Request<'r>) -> Result<Self, Refusal> {
        let headers = &request.headers;
        if request.method != "GET" {
            return Err(Refusal::Method);
        }
        if request.version < Version::Http11 {
            return Err(Refusal::HttpVersion);
        }
        let host = request.host().map_err(Refusal::Host)?.ok_or(Refusal::Host(HostError::Missing))?.as_str();
        // Neither a path nor a URL: the host of a URL was checked above.
        if !request.path().starts_with('/') {
            return Err(Refusal::Host(HostError::Target));
        }
        let single = |name| headers.single(name).map_err(|repeated| Refusal::Repeated(repeated.0));
        // A body would be read as frames: the classic of request smuggling.
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
        if !are_subprotocols(headers.all("Sec-WebSocket-Protocol")) {
            return Err(Refusal::Subprotocols);
        }
        if !headers.all("Sec-WebSocket-Extensions").all(are_extensions) {
            return Err(Refusal::Extensions);
        }
        Ok(Self { request, key, host, origin })
    }

    /// The request.
    #[must_use]
    pub const fn request(&self) -> &'r Request<'r> {
        self.request
    }

    /// The host and port that the client connected to: the target's, if it is in absolute-form, else the Host header's.
    #[must_use]
    pub const fn host(&self) -> &'r str {
        self.host
    }

    /// The Origin header: the site whose page opened the connection, if a browser did (RFC 6455 §10.2).
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

    /// Accepts: the connection, and the 101 to send before its first bytes.
    #[must_use]
    pub fn accept(self, answer: Accept<'_>) -> (Connection, Response) {
        let response = Response::switching_protocols(&self.key, answer.subprotocol);
        (Connection::new(Side::Server, answer.config, None, answer.now), response)
    }
}

/// The parameters of a server's connection.
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

/// The reason why an opening handshake is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The method is not GET.
    Method,
    /// HTTP/1.0 knows no Upgrade.
    HttpVersion,
    /// Host is missing, came twice or is not valid, or the request target is neither a path nor a URL.
    Host(HostError),
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
    /// `Sec-WebSocket-Protocol` is not a list of different tokens.
    Subprotocols,
    /// `Sec-WebSocket-Extensions` is not a list of extensions.
    Extensions,
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
            Self::Host(_) => Rfc(9112, "3.2"),
            Self::Body => Rfc(9112, "6"),
            Self::Origin => Rfc(6455, "10.2"),
            Self::WebSocketVersion => Rfc(6455, "4.4"),
            Self::Subprotocols => Rfc(6455, "11.3.4"),
            Self::Extensions => Rfc(6455, "9.1"),
            _ => Rfc(6455, "4.2.1"),
        }
    }

    /// The response to send, after which the connection is closed.
    #[must_use]
    pub fn response(self) -> Response {
        match self.status() {
            Status::UPGRADE_REQUIRED => Response::upgrade_required(&self.to_string()),
            status => Response::refusal(status, &self.to_string()),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method => f.write_str("the opening handshake is a GET")?,
            Self::HttpVersion => f.write_str("the opening handshake needs HTTP/1.1")?,
            Self::Host(error) => error.fmt(f)?,
            Self::Origin => f.write_str("Origin not allowed")?,
            Self::Repeated(name) => write!(f, "{name} may come only once")?,
            Self::Body => f.write_str("the opening handshake has no body")?,
            Self::NoUpgrade => f.write_str("only WebSocket is spoken here: Upgrade: websocket")?,
            Self::NoConnectionUpgrade => f.write_str("Connection: Upgrade is missing")?,
            Self::WebSocketVersion => f.write_str("Sec-WebSocket-Version must be 13")?,
            Self::NoKey => f.write_str("Sec-WebSocket-Key is missing")?,
            Self::Key(error) => error.fmt(f)?,
            Self::Subprotocols => {
                f.write_str(
                    "Sec-WebSocket-Protocol must be a list of tokens, no two the same and none empty",
                )?;
            }
            Self::Extensions => {
                f.write_str(
                    "Sec-WebSocket-Extensions must be a list of extensions, each `name; parameter=value`",
                )?;
            }
        }
        write!(f, " ({})", self.rfc())
    }
}

impl std::error::Error for Refusal {}
