//! Heads of HTTP/1, the opening handshake's among them, read leniently: a head that the strict parser of
//! [`crate::wire::http`] refuses is read all the same, with the reason.

use super::detection::{Detection, MAX_METHOD, detect};
use super::draft::{draft_of_request, draft_of_response};
use crate::observe::facts::{
    Body, Draft, Evidence, Fault, Head, HeadLimit, Numbers, ProtocolName, Request, RequestKind, Response,
    Switch, Upgrade,
};
use crate::observe::reassembly::Piece;
use crate::wire::Side;
use crate::wire::http::{self, HeadLimits, HeadScanner, Key, ResponseHead, Status};

/// The longest head that is read, in bytes: more than any server accepts. Empty lines before it may be as long.
const MAX_HEAD: usize = 64 * 1024;

/// The most lines of a head that is read.
const MAX_LINES: usize = 1000;

/// Bytes behind the head of a request of hixie-76, which no header counts: a part of its challenge.
const CHALLENGE: u64 = 8;

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
    TooLong(HeadLimit),
}

impl HeadCollector {
    /// Consumes bytes at the front of `piece`, up to the end of the head. The limits count bytes and lines, not segments:
    /// a head beyond one is so however it was cut.
    pub(in crate::observe) fn push(&mut self, piece: &mut Piece<'_>) -> HeadProgress {
        let start = self
            .start
            .get_or_insert_with(|| (piece.offset, Numbers::new(piece.origin.packet), piece.origin.evidence));
        start.1.push(piece.origin.packet);
        start.2 = start.2.max(piece.origin.evidence);
        let room = MAX_HEAD - self.bytes.len().min(MAX_HEAD);
        let mut limit = (piece.bytes.len() > room).then_some(HeadLimit::Length);
        for (at, byte) in piece.bytes.iter().take(room).enumerate() {
            match byte {
                b'\n' if self.line == 0 && self.lines > 0 => {
                    self.bytes.extend_from_slice(&piece.bytes[..=at]);
                    piece.advance(at + 1);
                    return HeadProgress::Complete;
                }
                b'\n' => {
                    self.lines += usize::from(self.line > 0);
                    self.line = 0;
                    if self.lines > MAX_LINES {
                        limit = Some(HeadLimit::Lines);
                        break;
                    }
                }
                b'\r' => {}
                _ => self.line += 1,
            }
        }
        self.bytes.extend_from_slice(piece.bytes);
        piece.advance(piece.bytes.len());
        match limit {
            Some(HeadLimit::Length) if self.lines == 0 && self.line == 0 => {
                HeadProgress::TooLong(HeadLimit::EmptyLines)
            }
            Some(limit) => HeadProgress::TooLong(limit),
            None => HeadProgress::NeedMore,
        }
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
        let draft = draft_of_request(&headers, kind);
        drop(headers);
        Some(Request {
            method: method.to_owned(),
            target: target.trim().to_owned(),
            version: version.to_owned(),
            kind,
            accept_expected: key.as_ref().and_then(|(_, key)| key.ok()).map(|key| key.accept()),
            key: key.map(|(text, key)| (text, key.map(|_| ()))),
            body: if draft == Some(Draft::Hixie76) {
                Body::Bytes(CHALLENGE)
            } else {
                body(&head, Body::Bytes(0))
            },
            draft,
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
        let switch = match status.0 {
            101 if wanted => Switch::WebSocket,
            101 => Switch::Other(upgrade_name(&head)),
            200..=299 if request.is_some_and(|request| request.connect_target.is_some()) => Switch::Tunnel,
            200..=299 if upgrade.is_some() && is_like_tunnel(&phrase) => Switch::LikeTunnel,
            _ => Switch::None,
        };
        let has_body = !matches!(status.0, 100..=199 | 204 | 304)
            && !matches!(switch, Switch::Tunnel)
            && !request.is_some_and(|request| request.is_head);
        let body = if has_body { body(&head, Body::ToEnd) } else { Body::Bytes(0) };
        Response { head, version, status, phrase, upgrade, body, switch }
    }
}

/// Returns `true` for the reason phrase with which proxies answer CONNECT; no server gives it to another request.
fn is_like_tunnel(phrase: &str) -> bool {
    let phrase = phrase.to_ascii_lowercase();
    phrase.contains("connection established") || phrase.contains("tunnel established")
}

/// The first protocol that a 101 names.
fn upgrade_name(head: &Head) -> ProtocolName {
    ProtocolName::new(head.headers().list("Upgrade").next().unwrap_or_default())
}

/// The part of a request that its answer is checked against.
#[derive(Debug)]
pub(in crate::observe) struct PendingRequest {
    pub(in crate::observe) kind: RequestKind,
    /// The target of a CONNECT.
    pub(in crate::observe) connect_target: Option<String>,
    draft: Option<Draft>,
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
            connect_target: (request.method == "CONNECT").then(|| request.target.clone()),
            draft: request.draft,
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
    let draft = request.and_then(|request| request.draft).or_else(|| draft_of_response(&headers));
    let has_handshake_of_rfc = !matches!(draft, Some(Draft::Hixie75 | Draft::Hixie76));
    let mut faults = Vec::new();
    let mut check = |wrong: bool, fault: Fault| {
        if wrong && is_switch && has_handshake_of_rfc {
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
        draft,
        faults,
    }
}

/// The body behind a head (RFC 9112 §6.3); `otherwise` if no line is about it.
fn body(head: &Head, otherwise: Body) -> Body {
    let headers = head.headers();
    if let Some(last) = headers.list("Transfer-Encoding").last() {
        return match otherwise {
            _ if last.eq_ignore_ascii_case("chunked") => Body::Chunked,
            Body::ToEnd => Body::ToEnd,
            _ => Body::Unknown,
        };
    }
    let mut lengths = headers.list("Content-Length");
    let Some(length) = lengths.next() else {
        return if headers.all("Content-Length").next().is_some() { Body::Unknown } else { otherwise };
    };
    // Digits only: a sign would be read as well. The same length several times is one (RFC 9110 §8.6).
    let is_number = length.bytes().all(|it| it.is_ascii_digit()) && lengths.all(|other| other == length);
    if is_number { length.parse().map_or(Body::Unknown, Body::Bytes) } else { Body::Unknown }
}
