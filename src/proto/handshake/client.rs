//! The client's side of the opening handshake (RFC 6455 §4.1).

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use crate::proto::{Config, Connection, MaskSource};
use crate::rfc::Rfc;
use crate::wire::Side;
use crate::wire::http::{Key, ResponseHead, Status};

/// The request of a client.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The server's name and port, for the Host header.
    pub host: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// Subprotocols, the preferred ones first.
    pub subprotocols: &'a [&'a str],
    /// Further header lines.
    pub headers: &'a [(&'a str, &'a str)],
}

/// An opening handshake that was sent and awaits its response.
#[derive(Debug)]
pub struct Handshake {
    key: Key,
    subprotocols: Vec<String>,
}

impl Handshake {
    /// The request to send. `nonce` must be new and unpredictable (RFC 6455 §4.1).
    ///
    /// # Panics
    /// If a value holds a line break: it would split the request (RFC 9112 §11.1).
    #[must_use]
    pub fn request(ask: &Ask<'_>, nonce: [u8; 16]) -> (Self, Vec<u8>) {
        let key = Key::from_nonce(nonce);
        let mut head = String::new();
        let mut line = |name: &str, value: &str| {
            assert!(!name.contains(['\r', '\n', ':']) && !value.contains(['\r', '\n', '\0']), "a line break");
            let _ = write!(head, "{name}: {value}\r\n");
        };
        line("Host", ask.host);
        line("Upgrade", "websocket");
        line("Connection", "Upgrade");
        line("Sec-WebSocket-Key", key.as_str());
        line("Sec-WebSocket-Version", "13");
        if !ask.subprotocols.is_empty() {
            line("Sec-WebSocket-Protocol", &ask.subprotocols.join(", "));
        }
        for (name, value) in ask.headers {
            line(name, value);
        }
        assert!(!ask.target.contains(|c: char| c.is_ascii_whitespace() || c.is_control()), "a line break");
        let request = format!("GET {} HTTP/1.1\r\n{head}\r\n", ask.target).into_bytes();
        let subprotocols = ask.subprotocols.iter().map(|&name| name.to_owned()).collect();
        (Self { key, subprotocols }, request)
    }

    /// Checks the response as RFC 6455 §4.1 requires, and opens the connection.
    ///
    /// # Errors
    /// [`HandshakeError`] for the first violation; TCP must then be closed.
    pub fn finish(self, response: &ResponseHead<'_>, open: Open) -> Result<Connection, HandshakeError> {
        let headers = &response.headers;
        if response.status != Status::SWITCHING_PROTOCOLS {
            return Err(HandshakeError::Status(response.status));
        }
        if !headers.has_token("Upgrade", "websocket") {
            return Err(HandshakeError::NoUpgrade);
        }
        if !headers.has_token("Connection", "Upgrade") {
            return Err(HandshakeError::NoConnectionUpgrade);
        }
        match headers.single("Sec-WebSocket-Accept") {
            Ok(None) => return Err(HandshakeError::NoAccept),
            Ok(Some(accept)) if accept.trim_ascii() == self.key.accept().as_bytes() => {}
            _ => return Err(HandshakeError::WrongAccept),
        }
        if headers.all("Sec-WebSocket-Extensions").next().is_some() {
            return Err(HandshakeError::Extension);
        }
        let mut chosen = headers.list("Sec-WebSocket-Protocol");
        match (chosen.next(), chosen.next()) {
            // An empty header line chooses what was not offered, too.
            (None, _) if headers.all("Sec-WebSocket-Protocol").next().is_none() => {}
            (Some(name), None) if self.subprotocols.iter().any(|offered| offered == name) => {}
            _ => return Err(HandshakeError::Subprotocol),
        }
        Ok(Connection::new(Side::Client, open.config, Some(open.masks), open.now))
    }
}

/// The parameters of a client's connection.
pub struct Open {
    /// Limits and timers.
    pub config: Arc<Config>,
    /// The source of masking keys.
    pub masks: MaskSource,
    /// The time from which timers count.
    pub now: Duration,
}

impl fmt::Debug for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Open").field("now", &self.now).finish_non_exhaustive()
    }
}

/// The violation in a server's response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandshakeError {
    /// The status is not 101.
    Status(Status),
    /// No `Upgrade: websocket`.
    NoUpgrade,
    /// No `Connection: Upgrade`.
    NoConnectionUpgrade,
    /// No `Sec-WebSocket-Accept`.
    NoAccept,
    /// `Sec-WebSocket-Accept` does not answer our key.
    WrongAccept,
    /// An extension that was not offered.
    Extension,
    /// A subprotocol that was not offered.
    Subprotocol,
}

impl HandshakeError {
    /// The rule that was broken.
    #[must_use]
    pub const fn rfc(self) -> Rfc {
        Rfc(6455, "4.1")
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the server answered {} {}", status.0, status.phrase()),
            Self::NoUpgrade => f.write_str("the 101 lacks Upgrade: websocket"),
            Self::NoConnectionUpgrade => f.write_str("the 101 lacks Connection: Upgrade"),
            Self::NoAccept => f.write_str("the 101 lacks Sec-WebSocket-Accept"),
            Self::WrongAccept => f.write_str("Sec-WebSocket-Accept does not answer our key"),
            Self::Extension => f.write_str("the server chose an extension that was not offered"),
            Self::Subprotocol => f.write_str("the server chose a subprotocol that was not offered"),
        }
    }
}

impl std::error::Error for HandshakeError {}
