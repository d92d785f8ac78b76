//! Heads of HTTP/1, the opening handshake's among them, read leniently: a head that the strict parser of
//! [`crate::wire::http`] refuses is read all the same, with the reason.

use super::detection::{Detection, MAX_METHOD, detect};
use crate::observe::facts::{Body, Evidence, Fault, Head, Numbers, Request, RequestKind, Response, Upgrade};
use crate::observe::reassembly::Piece;
use crate::wire::Side;
use crate::wire::http::{self, HeadLimits, HeadScanner, Key, ResponseHead, Status};

/// The longest head that is read, in bytes: more than any server accepts.
const MAX_HEAD: usize = 64 * 1024;

/// Collects a head up to its empty line.
#[derive(Debug, Default)]
pub(in crate::observe) struct HeadCollector {
    bytes: Vec<u8>,
    /// Offset, packets, and evidence.
    start: Option<(u64, Numbers, Evidence)>,
    /// Bytes of the open line, CR left out.
    line: usize,
    /// Complete lines.
    lines: usize,
}

/// The state of a head.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::observe) enum HeadProgress {
    NeedMore,
    Complete,
    TooLong,
}

impl HeadCollector {
    /// Consumes bytes at the front of `piece`, up to the end of the head.
    pub(in crate::observe) fn push(&mut self, piece: &mut Piece<'_>) -> HeadProgress {
        let start = self
            .start
            .get_or_insert_with(|| (piece.offset, Numbers::new(piece.origin.packet), piece.origin.evidence));
        start.1.push(piece.origin.packet);
        start.2 = start.2.max(piece.origin.evidence);
        for (at, byte) in piece.bytes.iter().enumerate() {
            match byte {
                b'\n' if self.line == 0 && self.lines > 0 => {
                    self.bytes.extend_from_slice(&piece.bytes[..=at]);
                    piece.advance(at + 1);
                    return HeadProgress::Complete;
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
        if self.bytes.len() > MAX_HEAD { HeadProgress::TooLong } else { HeadProgress::NeedMore }
    }

    pub(in crate::observe) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(in crate::observe) const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(in crate::observe) const fn memory(&self) -> usize {
        self.bytes.capacity()
    }

    /// The protocol that its first bytes show.
    pub(in crate::observe) fn detect(&self, from: Side) -> Detection {
        detect(from, &self.bytes[..self.bytes.len().min(2 * MAX_METHOD)])
    }

    /// Its offset, and its first packet.
    pub(in crate::observe) fn start(&self) -> Option<(u64, u64)> {
        self.start.as_ref().map(|(offset, packets, _)| (*offset, packets.first()))
    }

    /// The first line, and the head.
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
            self.start.clone().unwrap_or_else(|| (0, Numbers::new(0), Evidence::Inferred));
        let (length, raw) = (self.bytes.len() as u64, self.bytes.clone());
        (first, Head { packets, offset, length, raw, lines, refused, evidence })
    }

    /// The reason why the strict parser refuses it.
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
        let kind = match (headers.has_token("Upgrade", "websocket"), &key) {
            (true, _) => RequestKind::WebSocket,
            (false, Some(_)) => RequestKind::WebSocketWithoutUpgrade,
            (false, None) => RequestKind::Http,
        };
        drop(headers);
        Some(Request {
            method: method.to_owned(),
            target: target.trim().to_owned(),
            version: version.to_owned(),
            kind,
            accept_expected: key.as_ref().and_then(|(_, key)| key.ok()).map(|key| key.accept()),
            key: key.map(|(text, key)| (text, key.map(|_| ()))),
            body: body(&head),
            head,
        })
    }

    /// The head as the answer to a request.
    pub(in crate::observe) fn response(&self, request: Option<&PendingRequest>) -> Response {
        let (first, head) = self.read(self.strict(ResponseHead::parse));
        let mut words = first.splitn(3, ' ');
        let version = words.next().unwrap_or_default().to_owned();
        let status = Status(words.next().and_then(|code| code.parse().ok()).unwrap_or_default());
        let phrase = words.next().unwrap_or_default().to_owned();
        let is_switch = status == Status::SWITCHING_PROTOCOLS;
        let wanted = request.is_some_and(|request| request.kind != RequestKind::Http)
            || (is_switch && head.headers().has_token("Upgrade", "websocket"));
        let upgrade = wanted.then(|| upgrade(&head, is_switch, request));
        let has_body = !matches!(status.0, 100 | 102..=199 | 204 | 304)
            && !request.is_some_and(|request| request.is_head);
        let body = if has_body { body(&head) } else { Body::Bytes(0) };
        Response { head, version, status, phrase, upgrade, body }
    }
}

/// The part of a request that its answer is checked against.
#[derive(Debug)]
pub(in crate::observe) struct PendingRequest {
    pub(in crate::observe) kind: RequestKind,
    is_head: bool,
    key: Option<String>,
    accept: Option<String>,
    subprotocols: Vec<String>,
    extensions: Vec<String>,
}

impl PendingRequest {
    pub(in crate::observe) fn new(request: &Request) -> Self {
        let headers = request.head.headers();
        let list = |name| headers.list(name).map(str::to_owned).collect::<Vec<_>>();
        Self {
            kind: request.kind,
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

fn upgrade(head: &Head, is_switch: bool, request: Option<&PendingRequest>) -> Upgrade {
    let headers = head.headers();
    let text = |value: &[u8]| String::from_utf8_lossy(value.trim_ascii()).into_owned();
    let mut accepts = headers.all("Sec-WebSocket-Accept").map(text);
    let accept = accepts.next();
    let one_accept = accepts.next().is_none();
    let accept_expected = request.and_then(|request| request.accept.clone());
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
    if let Some(request) = request {
        let offered = |name: &&str| request.subprotocols.iter().any(|offered| offered == name);
        // A line with nothing in it chooses what was not offered, too.
        let is_one = subprotocols.len() == 1 || headers.all("Sec-WebSocket-Protocol").next().is_none();
        check(!is_one || !subprotocols.iter().all(offered), Fault::Subprotocol);
        let offered = |name: &String| request.extensions.iter().any(|offered| offered == extension(name));
        check(!extensions.iter().all(offered), Fault::Extension);
    }
    Upgrade {
        key: request.and_then(|request| request.key.clone()),
        accept,
        accept_expected,
        subprotocol: subprotocols.first().map(|&name| name.to_owned()),
        extensions,
        faults,
    }
}

/// The length of the body behind a head (RFC 9112 §6.3).
fn body(head: &Head) -> Body {
    let headers = head.headers();
    if headers.all("Transfer-Encoding").next().is_some() {
        return Body::Unknown;
    }
    let Some(length) = headers.all("Content-Length").next() else { return Body::NoLength };
    // Digits only: a sign would be read as well.
    let digits =
        std::str::from_utf8(length).ok().filter(|length| length.bytes().all(|it| it.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).map_or(Body::Unknown, Body::Bytes)
}
