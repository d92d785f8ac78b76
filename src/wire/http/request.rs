//! A request's head, as far as the opening handshake looks at it.

use std::mem::MaybeUninit;

use super::line_feed::line_feed;
use super::{HeadError, Host, HostError};

/// The schemes of a target in absolute-form: all are this protocol, over TCP or TLS.
const SCHEMES: &[&str] = &["http", "https", "ws", "wss"];

/// The minor version of HTTP/1.x.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1, or a later minor version, which is read as 1.1 (RFC 9110 §6.2).
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
        self.iter().filter(move |(line, _)| is_same(line.as_bytes(), name.as_bytes())).map(|(_, value)| value)
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

    /// Returns `true` if a comma-separated header has this token, whatever its case.
    #[must_use]
    pub fn has_token(&self, name: &str, token: &str) -> bool {
        // Alone, as it nearly always is: seen at once.
        self.all(name).any(|line| is_same(line, token.as_bytes()))
            || self.list(name).any(|element| element.eq_ignore_ascii_case(token))
    }
}

/// Returns `true` if two names are equal but for case. Most have the usual case, which is found in a tenth of the time.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && (one == other || one.eq_ignore_ascii_case(other))
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
    /// The request target, as it came: path and query, or a whole URL (RFC 9112 §3.2).
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
            Err(error) => {
                return match (error, minor_digit(head)) {
                    (httparse::Error::Version, Some(digit)) => Self::parse_later(head, digit, lines),
                    _ => Err(malformed(error, lines)),
                };
            }
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

    /// The same for HTTP/1.2 and later, which httparse does not know. `digit` is the index of the minor version.
    fn parse_later(head: &'a [u8], digit: usize, lines: usize) -> Result<Self, HeadError> {
        let mut line = head[..digit].to_vec();
        line.extend_from_slice(b"1\r\n\r\n");
        // Only for its verdict: it borrows from the copy.
        httparse::Request::new(&mut []).parse(&line).map_err(HeadError::Malformed)?;
        let line = std::str::from_utf8(&head[..digit]).unwrap_or_default();
        let mut words = line.trim_start_matches(['\r', '\n']).split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err(HeadError::Malformed(httparse::Error::Token));
        };
        let mut storage = [httparse::EMPTY_HEADER; 128];
        let storage = storage.get_mut(..lines).ok_or(HeadError::ManyLines(lines))?;
        match httparse::parse_headers(&head[digit + "1\r\n".len()..], storage) {
            Ok(httparse::Status::Complete((_, headers))) => Ok(Self {
                method,
                target,
                version: Version::Http11,
                headers: headers.iter().map(|header| (header.name, header.value)).collect(),
            }),
            Ok(httparse::Status::Partial) => Err(HeadError::Malformed(httparse::Error::NewLine)),
            Err(error) => Err(malformed(error, lines)),
        }
    }

    /// Returns `true` if the client asks for the WebSocket protocol. The handshake checks whether the request is valid.
    #[must_use]
    pub fn wants_websocket(&self) -> bool {
        self.headers.has_token("Upgrade", "websocket")
    }

    /// The target's path, which may be logged.
    #[must_use]
    pub fn path(&self) -> &'a str {
        let (path, _) = self.path_and_query();
        path
    }

    /// The target's query, without the question mark.
    #[must_use]
    pub fn query(&self) -> Option<&'a str> {
        let (_, query) = self.path_and_query();
        query
    }

    /// The host that the request is for: of a target in absolute-form its own, else that of the Host header, which must
    /// be right in any case (RFC 9112 §3.2, §3.2.2). `None`: HTTP/1.0, which needs none.
    ///
    /// # Errors
    /// [`HostError`], to be answered 400.
    pub fn host(&self) -> Result<Option<Host<'a>>, HostError> {
        let host = match self.headers.single("Host").map_err(|_| HostError::Repeated)? {
            Some(value) => Some(Host::parse(value).ok_or(HostError::Malformed)?),
            None if self.version < Version::Http11 => None,
            None => return Err(HostError::Missing),
        };
        match self.url() {
            None => Ok(host),
            Some(Url { authority, .. }) => Ok(Some(authority.ok_or(HostError::Target)?)),
        }
    }

    fn path_and_query(&self) -> (&'a str, Option<&'a str>) {
        match self.url().map(|url| split_query(url.path_and_query)) {
            None => split_query(self.target),
            // A URL without a path asks for the root (RFC 9112 §3.2.1).
            Some(("", query)) => ("/", query),
            Some(parts) => parts,
        }
    }

    /// The target, if it is in absolute-form.
    #[inline]
    fn url(&self) -> Option<Url<'a>> {
        // Nearly all begin so: not to be looked through each time.
        if self.target.starts_with('/') { None } else { Url::split(self.target) }
    }
}

/// A target in absolute-form (RFC 9112 §3.2.2), in its parts.
struct Url<'a> {
    /// `None`: it is none to connect to, or its scheme is another protocol's.
    authority: Option<Host<'a>>,
    path_and_query: &'a str,
}

impl<'a> Url<'a> {
    #[inline(never)]
    fn split(target: &'a str) -> Option<Self> {
        let (scheme, rest) = target.split_once("://")?;
        let (authority, path_and_query) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let is_known = SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme));
        let authority = Host::parse(authority.as_bytes()).filter(|_| is_known);
        Some(Self { authority, path_and_query })
    }
}

/// Path and query. Byte by byte: each upgrade asks for them a few times, and paths are short.
fn split_query(target: &str) -> (&str, Option<&str>) {
    match target.bytes().position(|byte| byte == b'?') {
        None => (target, None),
        Some(mark) => (&target[..mark], Some(&target[mark + 1..])),
    }
}

fn malformed(error: httparse::Error, lines: usize) -> HeadError {
    match error {
        httparse::Error::TooManyHeaders => HeadError::ManyLines(lines),
        error => HeadError::Malformed(error),
    }
}

/// Rewrites a whole head of HTTP/1.2 or later as HTTP/1.1, for libraries that know no later version: a recipient reads
/// it as the highest version that it knows (RFC 9110 §6.2). True if it was such a head.
pub fn lower_version(head: &mut [u8]) -> bool {
    match minor_digit(head) {
        None => false,
        Some(digit) => {
            head[digit] = b'1';
            true
        }
    }
}

/// The index of the minor version in the request line, if it is later than 1.
fn minor_digit(head: &[u8]) -> Option<usize> {
    let begin = head.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    let end = begin + line_feed(&head[begin..])?;
    let (digit, line) = head[..end].strip_suffix(b"\r")?.split_last()?;
    (matches!(digit, b'2'..=b'9') && line.ends_with(b" HTTP/1.")).then_some(line.len())
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

    fn asks(target: &str) -> Request<'_> {
        let headers = [("Host", &b"header.example"[..])].into_iter().collect();
        Request { method: "GET", target, version: Version::Http11, headers }
    }

    #[test]
    fn rfc_9112_section_3_2_2_a_target_in_absolute_form() {
        for (target, host, path, query) in [
            ("/echo?a=http://b/c", "header.example", "/echo", Some("a=http://b/c")),
            ("http://a.example/echo?b=c", "a.example", "/echo", Some("b=c")),
            ("WSS://a.example:443/echo", "a.example:443", "/echo", None),
            ("https://[::1]:9001/", "[::1]:9001", "/", None),
            ("ws://a.example", "a.example", "/", None),
            ("http://a.example?b=/c", "a.example", "/", Some("b=/c")),
            ("*", "header.example", "*", None),
        ] {
            let request = asks(target);
            assert_eq!(request.host().unwrap().map(Host::as_str), Some(host), "{target}");
            assert_eq!((request.path(), request.query()), (path, query), "{target}");
        }
        for target in [
            "http:///echo",
            "http://user@a.example/echo",
            "http://user:secret@a.example/echo",
            "http://a.example:x/echo",
            "http://a.example#b/echo",
            "ftp://a.example/echo",
            "://a.example/echo",
        ] {
            assert_eq!(asks(target).host(), Err(HostError::Target), "{target}");
        }
    }

    /// RFC 9112 §3.2: each of them 400, whatever the target says.
    #[test]
    fn rfc_9112_section_3_2_one_valid_host() {
        for target in ["/echo", "http://a.example/echo"] {
            let host = |values: &[&'static str], version| {
                let headers = values.iter().map(|value| ("host", value.as_bytes())).collect();
                Request { version, headers, ..asks(target) }.host()
            };
            assert_eq!(host(&[], Version::Http11), Err(HostError::Missing));
            assert_eq!(host(&["a", "a"], Version::Http11), Err(HostError::Repeated));
            assert_eq!(host(&["a/b"], Version::Http11), Err(HostError::Malformed));
            assert_eq!(host(&[""], Version::Http10), Err(HostError::Malformed));
            assert!(host(&[], Version::Http10).is_ok());
        }
    }

    #[test]
    fn rfc_9110_section_6_2_a_later_minor_version_is_taken_for_1_1() {
        for minor in '2'..='9' {
            let text = format!("\r\nGET /chat?a=1 HTTP/1.{minor}\r\nHost: x\r\nA:  b \r\n\r\n");
            let mut head = text.replace(&format!("1.{minor}"), "1.1").into_bytes();
            let right = Request::parse(&head, 100).unwrap();
            assert_eq!(Request::parse(text.as_bytes(), 100).as_ref(), Ok(&right));
            assert_eq!(Request::parse(text.as_bytes(), 1), Err(HeadError::ManyLines(1)));
            assert!(!lower_version(&mut head.clone()));
            head = text.into_bytes();
            assert!(lower_version(&mut head));
            assert_eq!(Request::parse(&head, 100).unwrap().target, "/chat?a=1");
        }
        for head in [
            "GET / HTTP/1.2x\r\n\r\n",
            "GET / HTTP/1.22\r\n\r\n",
            "GET / HTTP/1.\r\n\r\n",
            "GET  / HTTP/1.2\r\n\r\n",
            "GET /a b HTTP/1.2\r\n\r\n",
            "GET HTTP/1.2\r\n\r\n",
            "G\0T / HTTP/1.2\r\n\r\n",
            "GET / HTTP/1.2\r\nA : b\r\n\r\n",
            "GET / HTTP/1.2\r\nA: b\r\n folded\r\n\r\n",
            "GET / http/1.2\r\n\r\n",
            "GET / HTTP/3.2\r\n\r\n",
        ] {
            assert!(matches!(Request::parse(head.as_bytes(), 100), Err(HeadError::Malformed(_))), "{head:?}");
        }
    }
}
