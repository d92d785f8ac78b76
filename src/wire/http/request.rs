//! A request's head, as far as the opening handshake looks at it.

use std::mem::MaybeUninit;

use super::HeadError;

/// The minor version of HTTP/1.x.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
}

/// Header lines in the order they came; a name may come more than once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers<'a>(Vec<(&'a str, &'a [u8])>);

impl<'a> Headers<'a> {
    /// All lines.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> + '_ {
        self.0.iter().copied()
    }

    /// The values of a header, whatever the case of its name.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a [u8]> + 's {
        self.iter().filter(move |(line, _)| line.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The value of a header that must not come more than once.
    ///
    /// # Errors
    /// [`Repeated`] if it does.
    pub fn single(&self, name: &'static str) -> Result<Option<&'a [u8]>, Repeated> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() { Err(Repeated(name)) } else { Ok(first) }
    }

    /// The elements of a comma-separated header, over all its lines (RFC 9110 §5.6.1); empty ones are skipped.
    /// Bytes that are not UTF-8 make an element that is skipped too.
    pub fn list<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a str> + 's {
        self.all(name)
            .flat_map(|line| line.split(|byte| *byte == b','))
            .filter_map(|element| std::str::from_utf8(element.trim_ascii()).ok())
            .filter(|element| !element.is_empty())
    }

    /// Whether a comma-separated header has this token, whatever its case.
    #[must_use]
    pub fn has_token(&self, name: &str, token: &str) -> bool {
        self.list(name).any(|element| element.eq_ignore_ascii_case(token))
    }
}

impl<'a> FromIterator<(&'a str, &'a [u8])> for Headers<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a [u8])>>(lines: I) -> Self {
        Self(lines.into_iter().collect())
    }
}

/// The parameters of a query, in their order and as they came; one without `=` has an empty value.
pub fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// A header came twice that may come once: which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeated(pub &'static str);

/// A request's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<'a> {
    /// The method, as it came.
    pub method: &'a str,
    /// The request target, as it came: path and query, for an Upgrade.
    pub target: &'a str,
    /// The version of HTTP.
    pub version: Version,
    /// The header lines.
    pub headers: Headers<'a>,
}

impl<'a> Request<'a> {
    /// Parses a whole head, as [`HeadScanner`](super::HeadScanner) delimits it.
    ///
    /// # Errors
    /// [`HeadError::Malformed`] if it is not an HTTP/1 request, [`HeadError::ManyLines`] beyond `lines`.
    pub fn parse(head: &'a [u8], lines: usize) -> Result<Self, HeadError> {
        let mut storage = [const { MaybeUninit::uninit() }; 128];
        let storage = storage.get_mut(..lines).ok_or(HeadError::ManyLines(lines))?;
        let mut request = httparse::Request::new(&mut []);
        match request.parse_with_uninit_headers(head, storage) {
            Ok(httparse::Status::Complete(_)) => {}
            Ok(httparse::Status::Partial) => return Err(HeadError::Malformed(httparse::Error::NewLine)),
            Err(httparse::Error::TooManyHeaders) => return Err(HeadError::ManyLines(lines)),
            Err(error) => return Err(HeadError::Malformed(error)),
        }
        let (Some(method), Some(target), Some(version)) = (request.method, request.path, request.version)
        else {
            return Err(HeadError::Malformed(httparse::Error::Token));
        };
        Ok(Self {
            method,
            target,
            version: if version == 0 { Version::Http10 } else { Version::Http11 },
            headers: request.headers.iter().map(|header| (header.name, header.value)).collect(),
        })
    }

    /// Whether the client asks for the WebSocket protocol. Whether it asks rightly is for the handshake to say.
    #[must_use]
    pub fn wants_websocket(&self) -> bool {
        self.headers.has_token("Upgrade", "websocket")
    }

    /// The target without its query: what may be logged.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The target's query, without the question mark.
    #[must_use]
    pub fn query(&self) -> Option<&'a str> {
        self.target.split_once('?').map(|(_, query)| query)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_2_1_reads_what_the_handshake_needs() {
        let head = b"GET /chat?a=1 HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nupgrade: foo , WebSocket\r\n\r\n";
        let request = Request::parse(head, 100).unwrap();
        assert_eq!((request.method, request.path(), request.query()), ("GET", "/chat", Some("a=1")));
        assert!(request.wants_websocket());
        assert_eq!(request.headers.single("HOST"), Ok(Some(&b"x"[..])));
        assert_eq!(request.headers.single("upgrade"), Err(Repeated("upgrade")));
    }

    #[test]
    fn rfc_9112_what_is_not_http() {
        for head in [
            "GET / HTTP/1.1\r\nA : b\r\n\r\n",
            "GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
            "GET / HTTP/1.1\r\nA: b\0c\r\n\r\n",
            "GET / HTTP/2.0\r\n\r\n",
            "\x16\x03\x01\x02\r\n\r\n",
        ] {
            assert!(matches!(Request::parse(head.as_bytes(), 100), Err(HeadError::Malformed(_))), "{head:?}");
        }
        assert_eq!(Request::parse(b"GET / HTTP/1.1\r\nA:\r\nB:\r\n\r\n", 1), Err(HeadError::ManyLines(1)));
    }
}
