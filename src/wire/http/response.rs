//! The answer to an opening handshake: 101, or a refusal that says why.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::json_string::JsonString;
use super::{HeadError, Headers, Key};

/// An HTTP status (RFC 9110 §15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status(pub u16);

/// Defines the constants and, from the same rows, the reason phrases.
macro_rules! statuses {
    ($($name:ident = $code:literal $phrase:literal)*) => {
        impl Status {
            $(#[doc = concat!(stringify!($code), " ", $phrase)] pub const $name: Self = Self($code);)*

            /// The reason phrase; empty for a status not known here.
            #[must_use]
            pub const fn phrase(self) -> &'static str {
                match self.0 { $($code => $phrase,)* _ => "" }
            }
        }
    };
}

statuses! {
    SWITCHING_PROTOCOLS = 101 "Switching Protocols"
    OK = 200 "OK"
    BAD_REQUEST = 400 "Bad Request"
    UNAUTHORIZED = 401 "Unauthorized"
    FORBIDDEN = 403 "Forbidden"
    NOT_FOUND = 404 "Not Found"
    REQUEST_TIMEOUT = 408 "Request Timeout"
    CONFLICT = 409 "Conflict"
    URI_TOO_LONG = 414 "URI Too Long"
    MISDIRECTED = 421 "Misdirected Request"
    UPGRADE_REQUIRED = 426 "Upgrade Required"
    TOO_MANY_REQUESTS = 429 "Too Many Requests"
    HEADERS_TOO_LARGE = 431 "Request Header Fields Too Large"
    INTERNAL_ERROR = 500 "Internal Server Error"
    SERVICE_UNAVAILABLE = 503 "Service Unavailable"
}

/// A response to send: a status line, header lines, a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    status: Status,
    headers: Vec<(&'static str, Cow<'static, str>)>,
    body: String,
}

impl Response {
    /// A response without header lines of its own.
    #[must_use]
    pub const fn new(status: Status) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    /// `101 Switching Protocols` for this key (RFC 6455 §4.2.2), with the subprotocol if one was chosen.
    #[must_use]
    pub fn switching_protocols(key: &Key, subprotocol: Option<&str>) -> Self {
        let response = Self::new(Status::SWITCHING_PROTOCOLS)
            .header("Upgrade", "websocket")
            .header("Connection", "Upgrade")
            .header("Sec-WebSocket-Accept", key.accept());
        match subprotocol {
            Some(name) => response.header("Sec-WebSocket-Protocol", name.to_owned()),
            None => response,
        }
    }

    /// A refusal after which the connection is closed, its body `{"code":…,"message":…,"data":null}` as in every
    /// JSON answer of this server.
    #[must_use]
    pub fn refusal(status: Status, message: &str) -> Self {
        Self::new(status).header("Connection", "close").error_body(message)
    }

    /// `426 Upgrade Required`, as a [refusal](Self::refusal): it names the protocol and the version that are spoken
    /// here (RFC 9110 §15.5.22, RFC 6455 §4.4), and Connection names Upgrade (RFC 9110 §7.8).
    #[must_use]
    pub fn upgrade_required(message: &str) -> Self {
        Self::new(Status::UPGRADE_REQUIRED)
            .header("Connection", "Upgrade, close")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .error_body(message)
    }

    fn error_body(self, message: &str) -> Self {
        let mut response = self.header("Content-Type", "application/json; charset=utf-8");
        let message = JsonString(message);
        response.body = format!(r#"{{"code":{},"message":{message},"data":null}}"#, response.status.0);
        response
    }

    /// Adds a header line.
    ///
    /// # Panics
    /// If the value holds a line break: it would split the response (RFC 9112 §11.1).
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        let value = value.into();
        let breaks = value.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | b'\0'));
        assert!(!breaks, "a header value cannot hold a line break");
        self.headers.push((name, value));
        self
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The header lines, without the Content-Length that [`encode`](Self::encode) adds.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.as_ref()))
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The bytes of the whole response, without a Date, as a server without a clock sends it (RFC 9110 §6.6.1).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.encode_lines(&[])
    }

    /// The bytes of the whole response with this Date, in the format of RFC 9110 §5.6.7.
    #[must_use]
    pub fn encode_with_date(&self, date: &str) -> Vec<u8> {
        self.encode_lines(&["Date: ", date, "\r\n"])
    }

    /// The bytes of the whole response, with `last` behind its own header lines.
    fn encode_lines(&self, last: &[&str]) -> Vec<u8> {
        let Status(code) = self.status;
        let mut out = String::with_capacity(200 + self.body.len());
        // Writing to a String cannot fail.
        let _ = write!(out, "HTTP/1.1 {code} {}\r\n", self.status.phrase());
        for (name, value) in &self.headers {
            out.extend([name, ": ", value, "\r\n"]);
        }
        if self.status != Status::SWITCHING_PROTOCOLS {
            let _ = write!(out, "Content-Length: {}\r\n", self.body.len());
        }
        out.extend(last.iter().copied());
        out.push_str("\r\n");
        out.push_str(&self.body);
        out.into_bytes()
    }
}

/// A response's head, as a client reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseHead<'a> {
    /// The status.
    pub status: Status,
    /// The header lines.
    pub headers: Headers<'a>,
}

impl<'a> ResponseHead<'a> {
    /// Parses a whole head, as [`HeadScanner`](super::HeadScanner) delimits it.
    ///
    /// # Errors
    /// [`HeadError`] if it is not an HTTP/1 response.
    pub fn parse(head: &'a [u8]) -> Result<Self, HeadError> {
        let mut storage = [httparse::EMPTY_HEADER; 128];
        let mut response = httparse::Response::new(&mut storage);
        match response.parse(head) {
            Ok(httparse::Status::Complete(_)) => {}
            Ok(httparse::Status::Partial) => return Err(HeadError::Malformed(httparse::Error::NewLine)),
            Err(error) => return Err(HeadError::Malformed(error)),
        }
        Ok(Self {
            status: Status(response.code.unwrap_or_default()),
            headers: response.headers.iter().map(|header| (header.name, header.value)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_2_2_the_101_there_and_back() {
        let key = Key::from_nonce(*b"the sample nonce");
        let bytes = Response::switching_protocols(&key, Some("chat")).encode();
        assert_eq!(
            String::from_utf8(bytes.clone()).unwrap(),
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n"
        );
        let head = ResponseHead::parse(&bytes).unwrap();
        assert_eq!(head.status, Status::SWITCHING_PROTOCOLS);
        assert!(head.headers.has_token("connection", "upgrade"));
    }

    #[test]
    fn rfc_9110_section_6_6_1_the_date() {
        let response = Response::switching_protocols(&Key::from_nonce(*b"the sample nonce"), None);
        let bytes = response.encode_with_date("Sun, 06 Nov 1994 08:49:37 GMT");
        let head = ResponseHead::parse(&bytes).unwrap();
        assert_eq!(head.headers.single("Date"), Ok(Some(&b"Sun, 06 Nov 1994 08:49:37 GMT"[..])));
        assert_eq!(head.headers.iter().count(), 4);
        assert!(bytes.ends_with(b"GMT\r\n\r\n"));
    }

    #[test]
    fn rfc_9110_section_15_5_22_a_426_names_the_protocol() {
        let bytes = Response::upgrade_required("no").encode();
        let head = ResponseHead::parse(&bytes).unwrap();
        assert_eq!(head.status, Status::UPGRADE_REQUIRED);
        assert_eq!(head.headers.single("Upgrade"), Ok(Some(&b"websocket"[..])));
        assert_eq!(head.headers.single("Sec-WebSocket-Version"), Ok(Some(&b"13"[..])));
        assert!(
            head.headers.has_token("Connection", "upgrade") && head.headers.has_token("Connection", "close")
        );
    }

    #[test]
    fn a_refusal_is_json_and_closes() {
        let bytes = Response::refusal(Status::BAD_REQUEST, "no \"key\"").encode();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"));
        assert!(text.ends_with("\r\n\r\n{\"code\":400,\"message\":\"no \\\"key\\\"\",\"data\":null}"));
    }
}
