//! Objects of the JSON contract, with their names in their order. Other programs rely on them: fields may be added, but
//! not changed.

use std::net::{IpAddr, SocketAddr};

use serde::{Serialize, Serializer};

use super::text::hexadecimal;
use crate::explain::findings::key::{accept, is_right};
use crate::explain::text::printed_if_any;
use crate::observe::{self, Coding, Flags, Marks, Numbers, Reported, tcp, ws};
use crate::rfc::Rfc;
use crate::wire::ws::Opcode;
use crate::wire::{PerSide, Side};

/// A value for each end, the client's first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Both<T> {
    client: T,
    server: T,
}

impl<T> Both<T> {
    fn of<U>(ends: PerSide<U>, value: impl FnMut(U) -> T) -> Self {
        let PerSide { client, server } = ends.map(value);
        Self { client, server }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Address {
    address: IpAddr,
    port: u16,
}

/// The ends of a connection.
pub(super) type Ends = Both<Address>;

impl Ends {
    pub(super) fn new(ends: PerSide<SocketAddr>) -> Self {
        Self::of(ends, |end| Address { address: end.ip(), port: end.port() })
    }
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Packet {
    number: u64,
    time_ns: u64,
    from: &'static str,
    #[serde(serialize_with = "flags")]
    flags: Flags,
    seq: i64,
    ack: Option<i64>,
    len: u32,
    window: u32,
    #[serde(serialize_with = "marks")]
    marks: Marks,
    tcp: Both<&'static str>,
    ws: Option<Both<&'static str>>,
}

impl Packet {
    pub(super) fn new(packet: &observe::Observation) -> Self {
        let &observe::Observation { number, time_ns, from, flags, seq, ack, length, window, marks, .. } =
            packet;
        Self {
            number,
            time_ns,
            from: from.name(),
            flags,
            seq,
            ack,
            len: length,
            window,
            marks,
            tcp: Both::of(packet.tcp, |known| tcp::State::name(known.state)),
            ws: packet.ws.map(|ends| Both::of(ends, |known| ws::name(known.state))),
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Transition {
    packet: Option<u64>,
    side: &'static str,
    layer: &'static str,
    from: &'static str,
    to: &'static str,
    event: &'static str,
    #[serde(serialize_with = "printed")]
    rfc: Rfc,
    evidence: &'static str,
}

impl Transition {
    pub(super) const fn new(transition: &observe::Transition) -> Self {
        let observe::Transition { packet, side, change, rfc, evidence } = *transition;
        Self {
            packet,
            side: side.name(),
            layer: change.layer(),
            from: change.from(),
            to: change.to(),
            event: change.event(),
            rfc,
            evidence: evidence.name(),
        }
    }
}

#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Upgrade {
    request: Option<Request>,
    response: Option<Response>,
    key: Option<String>,
    accept: Option<String>,
    accept_expected: Option<String>,
    accept_ok: Option<bool>,
    subprotocol: Option<String>,
    extensions: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Request {
    #[serde(serialize_with = "numbers")]
    packets: Numbers,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
}

#[derive(Debug, Clone, Serialize)]
struct Response {
    #[serde(serialize_with = "numbers")]
    packets: Numbers,
    status: u16,
    headers: Vec<(String, String)>,
}

fn header_lines(head: &observe::Head) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    head.lines.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

impl Upgrade {
    /// As far as the request shows.
    pub(super) fn requested(request: &observe::Request) -> Self {
        let head = Request {
            packets: request.head.packets.clone(),
            method: request.method.clone(),
            target: request.target.clone(),
            headers: header_lines(&request.head),
        };
        let key = request.key.as_ref().map(|(key, _)| key.clone());
        let accept_expected = key.as_deref().map(accept);
        Self { request: Some(head), key, accept_expected, ..Self::default() }
    }

    /// With the response to it.
    pub(super) fn answered(self, response: &observe::Response, upgrade: &observe::Upgrade) -> Self {
        let head = Response {
            packets: response.head.packets.clone(),
            status: response.status.0,
            headers: header_lines(&response.head),
        };
        let key = upgrade.key.clone().or(self.key);
        let is_right = is_right(upgrade).filter(|_| head.status == 101);
        Self {
            request: self.request,
            response: Some(head),
            accept: upgrade.accept.clone(),
            accept_ok: is_right,
            accept_expected: key.as_deref().map(accept),
            key,
            subprotocol: upgrade.subprotocol.clone(),
            extensions: upgrade.extensions.clone(),
        }
    }
}

#[derive(Debug, Clone, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the contract")]
pub(super) struct Frame<'f> {
    #[serde(serialize_with = "numbers")]
    packets: &'f Numbers,
    offset: u64,
    from: &'static str,
    fin: bool,
    rsv1: bool,
    rsv2: bool,
    rsv3: bool,
    opcode: &'static str,
    masked: bool,
    masking_key: Option<Hexadecimal<4>>,
    length: u64,
    payload_sha256: Option<Hexadecimal<32>>,
    preview: Preview<'f>,
}

impl<'f> Frame<'f> {
    pub(super) fn new(frame: &'f observe::Frame) -> Self {
        let header = &frame.header;
        let (opcode, rsv) = (header.opcode(), header.rsv());
        let preview = match frame.close() {
            Some(Ok(close)) if close.reason().is_empty() && header.length() > 0 => {
                Preview::Close(close.code().to_string())
            }
            Some(Ok(close)) if header.length() > 0 => {
                Preview::Close(format!("{} {}", close.code(), close.reason()))
            }
            // Compressed, or an unknown extension's.
            _ if rsv != 0 => Preview::of(Opcode::BINARY, &frame.preview),
            _ => Preview::of(opcode, &frame.preview),
        };
        Self {
            packets: &frame.packets,
            offset: frame.offset,
            from: frame.from.name(),
            fin: header.fin(),
            rsv1: rsv & 4 != 0,
            rsv2: rsv & 2 != 0,
            rsv3: rsv & 1 != 0,
            opcode: opcode.name(),
            masked: header.mask().is_some(),
            masking_key: header.mask().map(|key| Hexadecimal(key.0)),
            length: header.length(),
            payload_sha256: frame.payload_sha256.map(Hexadecimal),
            preview,
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Message<'m> {
    from: &'static str,
    kind: &'static str,
    #[serde(serialize_with = "numbers")]
    frames: &'m Numbers,
    length: Option<u64>,
    compressed: bool,
    sha256: Option<Hexadecimal<32>>,
    preview: Option<Preview<'m>>,
}

impl<'m> Message<'m> {
    pub(super) fn new(message: &'m observe::Message) -> Self {
        // A message that could not be inflated has what came out before the error.
        let has_preview = message.plain_length().is_some() || !message.preview.bytes().is_empty();
        Self {
            from: message.from.name(),
            kind: message.kind.name(),
            frames: &message.frames,
            length: message.plain_length(),
            compressed: message.coding != Coding::Plain,
            sha256: message.sha256.map(Hexadecimal),
            preview: has_preview.then(|| Preview::of(message.kind, &message.preview)),
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Close {
    #[serde(serialize_with = "printed_if_any")]
    first: Option<Side>,
    layer: Option<&'static str>,
    client_code: Option<u16>,
    server_code: Option<u16>,
    tcp: Option<&'static str>,
    clean: bool,
    reported: Both<Option<String>>,
}

impl Close {
    /// Of an open connection.
    pub(super) const OPEN: Self = Self {
        first: None,
        layer: None,
        client_code: None,
        server_code: None,
        tcp: None,
        clean: false,
        reported: Both { client: None, server: None },
    };

    pub(super) fn new(close: &observe::Close) -> Self {
        let code = |side: Side| close.frames[side].as_ref().and_then(|seen| seen.code).map(|code| code.0);
        let client = |it: &Reported| format!("{} wasClean={}", it.code, it.was_clean);
        Self {
            first: close.first.map(|first| first.side),
            layer: close.first.map(|first| first.layer.name()),
            client_code: code(Side::Client),
            server_code: code(Side::Server),
            tcp: close.tcp.map(observe::TcpClose::name),
            clean: close.is_clean(),
            reported: Both {
                client: close.reported.client.as_ref().map(client),
                server: close.reported.server.as_ref().map(|it| it.code.to_string()),
            },
        }
    }
}

/// The beginning of a payload: text as it is, all else in hexadecimal; `…` at its end if there is more.
#[derive(Debug, Clone)]
enum Preview<'p> {
    /// Code and reason.
    Close(String),
    Text(&'p str, &'p observe::Preview),
    Hexadecimal(&'p observe::Preview),
}

impl<'p> Preview<'p> {
    fn of(kind: Opcode, preview: &'p observe::Preview) -> Self {
        match preview.text().filter(|_| kind != Opcode::BINARY && !kind.is_reserved()) {
            Some(text) => Self::Text(text, preview),
            None => Self::Hexadecimal(preview),
        }
    }
}

impl Serialize for Preview<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Close(text) => to.serialize_str(text),
            Self::Text(text, preview) if preview.is_cut() => to.collect_str(&format_args!("{text}…")),
            Self::Text(text, _) => to.serialize_str(text),
            Self::Hexadecimal(preview) => {
                let mut digits = [0; 2 * observe::Preview::MOST];
                let digits = hexadecimal(preview.bytes(), &mut digits);
                if preview.is_cut() {
                    to.collect_str(&format_args!("{digits}…"))
                } else {
                    to.serialize_str(digits)
                }
            }
        }
    }
}

/// Bytes in hexadecimal.
#[derive(Debug, Clone, Copy)]
struct Hexadecimal<const N: usize>([u8; N]);

impl<const N: usize> Serialize for Hexadecimal<N> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(hexadecimal(&self.0, &mut [0; 64]))
    }
}

fn numbers<S: Serializer>(numbers: &Numbers, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(numbers.iter())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a field by reference")]
fn flags<S: Serializer>(flags: &Flags, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(flags.names())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a field by reference")]
fn marks<S: Serializer>(marks: &Marks, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(marks.names())
}

fn printed<S: Serializer>(value: &impl std::fmt::Display, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}
