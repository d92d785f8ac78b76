//! The objects of the JSON document, with their names in their order. Other programs rely on them: they may be added to,
//! but not changed.

use std::net::SocketAddr;

use serde::Serialize;

use super::accept::{accept, is_right};
use super::encode::{
    digest, flags, hexadecimal, listed, marks, printed, printed_if_any, tcp_states, ws_states,
};
use crate::observe::{self, Both, Coding, Flags, Marks, Numbers, Preview, Reported, tcp};
use crate::rfc::Rfc;
use crate::wire::Side;
use crate::wire::ws::{Opcode, ReadyState};

/// The ends of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Ends {
    client: Address,
    server: Address,
}

impl Ends {
    pub(super) fn of(ends: Both<SocketAddr>) -> Self {
        let Both { client, server } = ends.map(|end| Address { address: end.ip(), port: end.port() });
        Self { client, server }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Address {
    address: std::net::IpAddr,
    port: u16,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Packet {
    number: u64,
    time_ns: u64,
    #[serde(serialize_with = "printed")]
    from: Side,
    #[serde(serialize_with = "flags")]
    flags: Flags,
    seq: i64,
    ack: Option<i64>,
    len: u32,
    window: u32,
    #[serde(serialize_with = "marks")]
    marks: Marks,
    #[serde(serialize_with = "tcp_states")]
    tcp: Both<tcp::State>,
    #[serde(serialize_with = "ws_states")]
    ws: Option<Both<ReadyState>>,
}

impl Packet {
    pub(super) fn of(step: &observe::Step) -> Self {
        let &observe::Step { number, time_ns, from, flags, seq, ack, window, marks, .. } = step;
        let tcp = step.tcp.map(|known| known.state);
        let ws = step.ws.map(|ends| ends.map(|known| known.state));
        Self { number, time_ns, from, flags, seq, ack, len: step.length, window, marks, tcp, ws }
    }

    /// Client and server were taken for each other.
    pub(super) const fn swap_ends(&mut self) {
        self.from = self.from.peer();
        self.tcp = Both { client: self.tcp.server, server: self.tcp.client };
        if let Some(ws) = self.ws {
            self.ws = Some(Both { client: ws.server, server: ws.client });
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Transition {
    packet: Option<u64>,
    #[serde(serialize_with = "printed")]
    side: Side,
    layer: &'static str,
    from: &'static str,
    to: &'static str,
    event: &'static str,
    #[serde(serialize_with = "printed")]
    rfc: Rfc,
    #[serde(serialize_with = "printed")]
    evidence: observe::Evidence,
}

impl Transition {
    pub(super) const fn of(one: &observe::Transition) -> Self {
        let observe::Transition { packet, side, change, rfc, evidence } = *one;
        let (layer, from, to, event) = (change.layer(), change.from(), change.to(), change.event());
        Self { packet, side, layer, from, to, event, rfc, evidence }
    }

    /// Client and server were taken for each other.
    pub(super) const fn swap_ends(&mut self) {
        self.side = self.side.peer();
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
    #[serde(serialize_with = "listed")]
    packets: Numbers,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
}

#[derive(Debug, Clone, Serialize)]
struct Response {
    #[serde(serialize_with = "listed")]
    packets: Numbers,
    status: u16,
    headers: Vec<(String, String)>,
}

fn header_lines(head: &observe::Head) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    head.lines.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

impl Upgrade {
    /// As far as a request tells.
    pub(super) fn asked(request: &observe::Request) -> Self {
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

    /// With what the response to it makes of it.
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
#[expect(clippy::struct_excessive_bools, reason = "the bits of a header")]
pub(super) struct Frame {
    #[serde(serialize_with = "listed")]
    packets: Numbers,
    offset: u64,
    #[serde(serialize_with = "printed")]
    from: Side,
    fin: bool,
    rsv1: bool,
    rsv2: bool,
    rsv3: bool,
    #[serde(serialize_with = "printed")]
    opcode: Opcode,
    masked: bool,
    masking_key: Option<String>,
    length: u64,
    #[serde(serialize_with = "digest")]
    payload_sha256: Option<[u8; 32]>,
    preview: String,
}

impl Frame {
    pub(super) fn of(frame: &observe::Frame) -> Self {
        let header = &frame.header;
        let (opcode, rsv) = (header.opcode(), header.rsv());
        let preview = match frame.close() {
            Some(Ok(close)) if close.reason().is_empty() && header.length() > 0 => close.code().to_string(),
            Some(Ok(close)) if header.length() > 0 => format!("{} {}", close.code(), close.reason()),
            // Compressed, or what an unknown extension makes of it.
            _ if rsv != 0 => preview(Opcode::BINARY, &frame.preview),
            _ => preview(opcode, &frame.preview),
        };
        Self {
            packets: frame.packets.clone(),
            offset: frame.offset,
            from: frame.from,
            fin: header.fin(),
            rsv1: rsv & 4 != 0,
            rsv2: rsv & 2 != 0,
            rsv3: rsv & 1 != 0,
            opcode,
            masked: header.mask().is_some(),
            masking_key: header.mask().map(|key| hexadecimal(&key.0)),
            length: header.length(),
            payload_sha256: frame.payload_sha256,
            preview,
        }
    }

    /// Client and server were taken for each other.
    pub(super) const fn swap_ends(&mut self) {
        self.from = self.from.peer();
    }
}

/// Text as it is, all else in hexadecimal; `…` if there is more.
pub(super) fn preview(kind: Opcode, preview: &Preview) -> String {
    let text = preview.text().filter(|_| kind != Opcode::BINARY && !kind.is_reserved());
    let mut shown = text.map_or_else(|| hexadecimal(preview.bytes()), str::to_owned);
    if preview.is_cut() {
        shown.push('…');
    }
    shown
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Message {
    #[serde(serialize_with = "printed")]
    from: Side,
    #[serde(serialize_with = "printed")]
    kind: Opcode,
    #[serde(serialize_with = "listed")]
    frames: Numbers,
    length: Option<u64>,
    compressed: bool,
    #[serde(serialize_with = "digest")]
    sha256: Option<[u8; 32]>,
    preview: Option<String>,
}

impl Message {
    pub(super) fn of(message: &observe::Message) -> Self {
        // Of a message that could not be inflated there is what came out before.
        let is_told = message.plain_length().is_some() || !message.preview.bytes().is_empty();
        Self {
            from: message.from,
            kind: message.kind,
            frames: message.frames.clone(),
            length: message.plain_length(),
            compressed: message.coding != Coding::Plain,
            sha256: message.sha256,
            preview: is_told.then(|| preview(message.kind, &message.preview)),
        }
    }

    /// Client and server were taken for each other.
    pub(super) const fn swap_ends(&mut self) {
        self.from = self.from.peer();
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
    reported: ReportedBy,
}

#[derive(Debug, Clone, Serialize)]
struct ReportedBy {
    client: Option<String>,
    server: Option<String>,
}

impl Close {
    /// Of a connection that is open.
    pub(super) const OPEN: Self = Self {
        first: None,
        layer: None,
        client_code: None,
        server_code: None,
        tcp: None,
        clean: false,
        reported: ReportedBy { client: None, server: None },
    };

    pub(super) fn of(close: &observe::Close) -> Self {
        let code = |side: Side| close.frames[side].as_ref().and_then(|seen| seen.code).map(|code| code.0);
        let client = |it: &Reported| format!("{} wasClean={}", it.code, it.was_clean);
        Self {
            first: close.first.map(|first| first.side),
            layer: close.first.map(|first| first.layer.name()),
            client_code: code(Side::Client),
            server_code: code(Side::Server),
            tcp: close.tcp.map(observe::TcpClose::name),
            clean: close.is_clean(),
            reported: ReportedBy {
                client: close.reported.client.as_ref().map(client),
                server: close.reported.server.as_ref().map(|it| it.code.to_string()),
            },
        }
    }
}
