//! Bytes → the two heads of the opening handshake, read leniently: what the strict parser of [`crate::wire::http`]
//! refuses is shown all the same, with its reason.

use super::http2;
use crate::observe::facts::fact::OpaqueKind;
use crate::observe::facts::numbers::Numbers;
use crate::observe::facts::segment::Evidence;
use crate::observe::facts::upgrade::{Asks, Body, Fault, Head, Request, Response, Upgrade};
use crate::observe::reassembly::Piece;
use crate::wire::Side;
use crate::wire::http::{self, HeadLimits, HeadScanner, Key, ResponseHead, Status, is_token};

/// The longest head that is looked at: more than any server takes.
const MOST: usize = 64 * 1024;

/// The longest method that is taken for one.
const LONGEST_METHOD: usize = 24;

/// What the first bytes of a side are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) enum Sniff {
    Request,
    Response,
    /// Too few to tell.
    Open,
    Other(OpaqueKind),
}

/// Tells from its first bytes what a side speaks.
pub(in crate::observe) fn sniff(from: Side, bytes: &[u8]) -> Sniff {
    if from == Side::Server && bytes.first() == Some(&0) {
        return match http2::is_begun_by_server(bytes) {
            None => Sniff::Open,
            Some(true) => Sniff::Other(OpaqueKind::Http2),
            Some(false) => Sniff::Other(OpaqueKind::Unknown),
        };
    }
    let begin = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(bytes.len());
    let bytes = &bytes[begin..];
    match bytes {
        [] | [0x15 | 0x16] => return Sniff::Open,
        [0x15 | 0x16, 0x03, ..] => return Sniff::Other(OpaqueKind::Tls),
        _ => {}
    }
    if bytes.starts_with(b"HTTP/") {
        return Sniff::Response;
    }
    let word = bytes.iter().position(|byte| !is_token(*byte)).unwrap_or(bytes.len());
    match bytes.get(word) {
        _ if word > LONGEST_METHOD => Sniff::Other(OpaqueKind::Unknown),
        Some(b' ') if &bytes[..word] == b"PRI" => Sniff::Other(OpaqueKind::Http2),
        Some(b' ') if word > 0 => Sniff::Request,
        None => Sniff::Open,
        // `HTTP/` is on its way.
        Some(b'/') if &bytes[..word] == b"HTTP" && bytes.len() < 5 => Sniff::Open,
        Some(_) => Sniff::Other(OpaqueKind::Unknown),
    }
}

/// Collects a head, until its empty line.
#[derive(Debug, Default)]
pub(in crate::observe) struct Collector {
    bytes: Vec<u8>,
    begin: Option<(u64, Numbers, Evidence)>,
    /// Bytes of the line that has begun, CR left out.
    line: usize,
    /// Lines that have ended.
    lines: usize,
}

/// What a collector makes of a piece.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::observe) enum Collected {
    /// It takes all of it, and wants more.
    More,
    /// The head is whole.
    Whole,
    /// It is too long to be looked at.
    TooLong,
}

impl Collector {
    /// Takes bytes from the front of `piece`.
    pub(in crate::observe) fn push(&mut self, piece: &mut Piece<'_>) -> Collected {
        let begin =
            self.begin.get_or_insert_with(|| (piece.offset, Numbers::new(piece.packet), piece.evidence));
        begin.1.push(piece.packet);
        begin.2 = begin.2.max(piece.evidence);
        for (at, byte) in piece.bytes.iter().enumerate() {
            match byte {
                b'\n' if self.line == 0 && self.lines > 0 => {
                    self.bytes.extend_from_slice(&piece.bytes[..=at]);
                    piece.advance(at + 1);
                    return Collected::Whole;
                }
                b'\n' => {
                    self.lines += usize::from(self.line > 0);
                    self.line = 0;
                }
                b'\r' => {}
                _ => self.line += 1,
            }
        }
        self.bytes.extend_from_slice(piece.bytes);
        piece.advance(piece.bytes.len());
        if self.bytes.len() > MOST { Collected::TooLong } else { Collected::More }
    }

    pub(in crate::observe) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(in crate::observe) const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(in crate::observe) const fn held(&self) -> usize {
        self.bytes.capacity()
    }

    /// What the first bytes of it are.
    pub(in crate::observe) fn sniff(&self, from: Side) -> Sniff {
        sniff(from, &self.bytes[..self.bytes.len().min(2 * LONGEST_METHOD)])
    }

    /// Where it begins, and in which packet.
    pub(in crate::observe) fn begin(&self) -> Option<(u64, u64)> {
        self.begin.as_ref().map(|(offset, packets, _)| (*offset, packets.first()))
    }

    /// The words of the first line, and the rest.
    fn read(&self, refused: Option<http::HeadError>) -> (String, Head) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes.trim_ascii()).into_owned();
        let mut lines = self
            .bytes
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::trim_ascii_end)
            .filter(|line| !line.is_empty());
        let first = lines.next().map(text).unwrap_or_default();
        let field = |line: &[u8]| match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (text(&line[..colon]), line[colon + 1..].trim_ascii().to_vec()),
            None => (String::new(), line.to_vec()),
        };
        let lines = lines.map(field).collect();
        let (offset, packets, evidence) =
            self.begin.clone().unwrap_or_else(|| (0, Numbers::new(0), Evidence::Inferred));
        let (length, raw) = (self.bytes.len() as u64, self.bytes.clone());
        (first, Head { packets, offset, length, raw, lines, refused, evidence })
    }

    /// The strict parsers' judgement.
    fn strict<'b, T>(
        &'b self,
        parse: impl Fn(&'b [u8]) -> Result<T, http::HeadError>,
    ) -> Option<http::HeadError> {
        let limits = HeadLimits::default();
        HeadScanner::default().scan(&self.bytes, &limits).err().or_else(|| parse(&self.bytes).err())
    }

    /// The head as a request's; `None` if its first line has no version of HTTP/1.
    pub(in crate::observe) fn request(&self) -> Option<Request> {
        let refused = self.strict(|head| http::Request::parse(head, HeadLimits::default().lines));
        let (first, head) = self.read(refused);
        let (line, version) = first.rsplit_once(' ')?;
        if !version.starts_with("HTTP/") {
            return None;
        }
        let (method, target) = line.split_once(' ').unwrap_or((line, ""));
        let headers = head.headers();
        let key = headers
            .all("Sec-WebSocket-Key")
            .next()
            .map(|key| (String::from_utf8_lossy(key).into_owned(), Key::parse(key)));
        let asks = match (headers.has_token("Upgrade", "websocket"), &key) {
            (true, _) => Asks::WebSocket,
            (false, Some(_)) => Asks::WebSocketWithoutUpgrade,
            (false, None) => Asks::Http,
        };
        drop(headers);
        Some(Request {
            method: method.to_owned(),
            target: target.trim().to_owned(),
            version: version.to_owned(),
            asks,
            accept_expected: key.as_ref().and_then(|(_, key)| key.ok()).map(|key| key.accept()),
            key: key.map(|(text, key)| (text, key.map(|_| ()))),
            body: body(&head),
            head,
        })
    }

    /// The head as a response's to this request.
    pub(in crate::observe) fn response(&self, asked: Option<&Asked>) -> Response {
        let (first, head) = self.read(self.strict(ResponseHead::parse));
        let mut words = first.splitn(3, ' ');
        let version = words.next().unwrap_or_default().to_owned();
        let status = Status(words.next().and_then(|code| code.parse().ok()).unwrap_or_default());
        let phrase = words.next().unwrap_or_default().to_owned();
        let is_switch = status == Status::SWITCHING_PROTOCOLS;
        let wanted = asked.is_some_and(|asked| asked.asks != Asks::Http)
            || (is_switch && head.headers().has_token("Upgrade", "websocket"));
        let upgrade = wanted.then(|| upgrade(&head, is_switch, asked));
        let has_body =
            !matches!(status.0, 100 | 102..=199 | 204 | 304) && !asked.is_some_and(|asked| asked.is_head);
        let body = if has_body { body(&head) } else { Body::Bytes(0) };
        Response { head, version, status, phrase, upgrade, body }
    }
}

/// What of a request its answer is measured by.
#[derive(Debug)]
pub(in crate::observe) struct Asked {
    pub(in crate::observe) asks: Asks,
    is_head: bool,
    key: Option<String>,
    accept: Option<String>,
    subprotocols: Vec<String>,
    extensions: Vec<String>,
}

impl Asked {
    pub(in crate::observe) fn new(request: &Request) -> Self {
        let headers = request.head.headers();
        let list = |name| headers.list(name).map(str::to_owned).collect::<Vec<_>>();
        Self {
            asks: request.asks,
            is_head: request.method == "HEAD",
            key: request.key.as_ref().map(|(key, _)| key.clone()),
            accept: request.accept_expected.clone(),
            subprotocols: list("Sec-WebSocket-Protocol"),
            extensions: list("Sec-WebSocket-Extensions")
                .iter()
                .map(|one| extension(one).to_owned())
                .collect(),
        }
    }
}

/// An extension's name, without its parameters.
pub(in crate::observe) fn extension(element: &str) -> &str {
    element.split(';').next().unwrap_or_default().trim()
}

fn upgrade(head: &Head, is_switch: bool, asked: Option<&Asked>) -> Upgrade {
    let headers = head.headers();
    let text = |value: &[u8]| String::from_utf8_lossy(value.trim_ascii()).into_owned();
    let mut accepts = headers.all("Sec-WebSocket-Accept").map(text);
    let accept = accepts.next();
    let one_accept = accepts.next().is_none();
    let accept_expected = asked.and_then(|asked| asked.accept.clone());
    let subprotocols: Vec<_> = headers.list("Sec-WebSocket-Protocol").collect();
    let extensions: Vec<_> = headers.list("Sec-WebSocket-Extensions").map(str::to_owned).collect();
    let mut faults = Vec::new();
    let mut check = |wrong: bool, fault: Fault| {
        if wrong && is_switch {
            faults.push(fault);
        }
    };
    check(!headers.has_token("Upgrade", "websocket"), Fault::NoUpgrade);
    check(!headers.has_token("Connection", "Upgrade"), Fault::NoConnectionUpgrade);
    check(accept.is_none(), Fault::NoAccept);
    let is_wrong = accept_expected.is_some() && accept != accept_expected;
    check(accept.is_some() && (is_wrong || !one_accept), Fault::WrongAccept);
    if let Some(asked) = asked {
        let offered = |name: &&str| asked.subprotocols.iter().any(|offered| offered == name);
        // A line with nothing in it chooses what was not offered, too.
        let is_one = subprotocols.len() == 1 || headers.all("Sec-WebSocket-Protocol").next().is_none();
        check(!is_one || !subprotocols.iter().all(offered), Fault::Subprotocol);
        let offered = |name: &String| asked.extensions.iter().any(|offered| offered == extension(name));
        check(!extensions.iter().all(offered), Fault::Extension);
    }
    Upgrade {
        key: asked.and_then(|asked| asked.key.clone()),
        accept,
        accept_expected,
        subprotocol: subprotocols.first().map(|&name| name.to_owned()),
        extensions,
        faults,
    }
}

/// How long the body is that follows a head (RFC 9112 §6.3), if one does.
fn body(head: &Head) -> Body {
    let headers = head.headers();
    if headers.all("Transfer-Encoding").next().is_some() {
        return Body::NotTold;
    }
    let Some(length) = headers.all("Content-Length").next() else { return Body::NoLength };
    // Digits only: a sign would be read as well.
    let digits =
        std::str::from_utf8(length).ok().filter(|length| length.bytes().all(|it| it.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).map_or(Body::NotTold, Body::Bytes)
}

/// Whether a payload begins as a request does, or as a response does; stricter than [`Collector::sniff`], to tell who
/// is who in a stream that begins midway.
pub(in crate::observe) fn begins_as(payload: &[u8]) -> Option<Sniff> {
    if payload.starts_with(b"HTTP/1.") {
        return Some(Sniff::Response);
    }
    let line = payload.split(|byte| *byte == b'\n').next()?.trim_ascii_end();
    let version = line.len().checked_sub(9)?;
    let is_request = line[version..].starts_with(b" HTTP/1.") && line[0].is_ascii_uppercase();
    is_request.then_some(Sniff::Request)
}
