//! The objects of the JSON document, with their names in their order. Other programs rely on them: they may be added to,
//! but not changed.
//!
//! Those of which a connection has few are written by serde. Those of which it has many, in a module each, write
//! themselves, and can be packed to be kept until they are written: see [`Object`].

mod frame;
pub(in crate::explain::views) mod items;
mod listed;
mod message;
mod packet;
mod transition;

use std::net::SocketAddr;

use serde::{Serialize, Serializer};

use crate::explain::findings::key::{accept, is_right};
use crate::explain::text::printed_if_any;
use crate::explain::views::json::text::Text;
use crate::observe::{self, Numbers, Reported};
use crate::wire::{PerSide, Side};

pub(in crate::explain::views) use frame::Frame;
pub(in crate::explain::views) use message::Message;
pub(in crate::explain::views) use packet::Packet;
pub(in crate::explain::views) use transition::Transition;

/// An object of which a connection has many.
pub(in crate::explain::views) trait Object<'b>: Sized {
    /// Writes its names and values, without the braces.
    fn write(&self, to: &mut Text);

    /// Client and server were taken for each other.
    fn swap_ends(&mut self);

    /// Appends it as bytes.
    fn pack(&self, to: &mut Vec<u8>);

    /// Takes it off the front of such bytes.
    ///
    /// # Panics
    /// If the bytes are not those of such an object.
    fn unpack(from: &mut &'b [u8]) -> Self;
}

/// A side, packed as a number.
const fn side(number: u8) -> Side {
    if number == Side::Client as u8 { Side::Client } else { Side::Server }
}

/// The ends of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(in crate::explain::views) struct Ends {
    client: Address,
    server: Address,
}

impl Ends {
    pub(in crate::explain::views) fn of(ends: PerSide<SocketAddr>) -> Self {
        let PerSide { client, server } = ends.map(|end| Address { address: end.ip(), port: end.port() });
        Self { client, server }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Address {
    address: std::net::IpAddr,
    port: u16,
}

#[derive(Debug, Clone, Default, Serialize)]
pub(in crate::explain::views) struct Upgrade {
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
    /// As far as a request tells.
    pub(in crate::explain::views) fn asked(request: &observe::Request) -> Self {
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
    pub(in crate::explain::views) fn answered(
        self,
        response: &observe::Response,
        upgrade: &observe::Upgrade,
    ) -> Self {
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
pub(in crate::explain::views) struct Close {
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
    pub(in crate::explain::views) const OPEN: Self = Self {
        first: None,
        layer: None,
        client_code: None,
        server_code: None,
        tcp: None,
        clean: false,
        reported: ReportedBy { client: None, server: None },
    };

    pub(in crate::explain::views) fn of(close: &observe::Close) -> Self {
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

fn numbers<S: Serializer>(numbers: &Numbers, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(numbers.iter())
}
