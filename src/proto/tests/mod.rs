//! Tests of the endpoint without I/O; a file for each section of RFC 6455.

mod cuts;
mod pair;
mod direct_read;
mod section_4;
mod section_5;
mod section_7;
mod section_8;
mod time;

use std::sync::Arc;
use std::time::Duration;

use super::handshake::{client, server};
use super::{Config, Connection, Event, Input, Limits, Message, Payload, Transmit};
use crate::wire::http::{Request, ResponseHead};
use crate::wire::ws::{Fin, Header, MaskKey, Opcode};

const NOW: Duration = Duration::from_secs(1);
const KEY: MaskKey = MaskKey([1, 2, 3, 4]);

/// An event, owned: independent of the buffer that it borrowed from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(u16, String),
    Failed(u16),
}

impl From<Event<'_>> for Seen {
    fn from(event: Event<'_>) -> Self {
        match event {
            Event::Message(message) => match message.kind {
                super::Kind::Text => Self::Text(String::from_utf8(message.payload.to_vec()).unwrap()),
                super::Kind::Binary => Self::Binary(message.payload.to_vec()),
            },
            Event::Ping(payload) => Self::Ping(payload.to_vec()),
            Event::Pong(payload) => Self::Pong(payload.to_vec()),
            Event::Close(frame) => Self::Close(frame.code().0, frame.reason().to_owned()),
            Event::Failed(error) => Self::Failed(error.close_code().0),
        }
    }
}

/// Both ends after an opening handshake through bytes.
fn pair(config: Config) -> (Connection, Connection) {
    let config = Arc::new(config);
    let ask = client::Ask { host: "localhost", target: "/echo", subprotocols: &["chat"], headers: &[] };
    let (handshake, request) = client::Handshake::request(&ask, [7; 16]);
    let request = Request::parse(&request, 100).unwrap();
    let accept = server::Accept { subprotocol: Some("chat"), config: config.clone(), now: NOW };
    let (server, response) = server::Handshake::read(&request).unwrap().accept(accept);
    let response = response.encode();
    let mut next = 0u32;
    let masks = Box::new(move || {
        next = next.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        MaskKey(next.to_be_bytes())
    });
    let open = client::Open { config, masks, now: NOW };
    let client = handshake.finish(&ResponseHead::parse(&response).unwrap(), open).unwrap();
    (client, server)
}

fn server() -> Connection {
    pair(Config::default()).1
}

fn server_with(limits: Limits) -> Connection {
    pair(Config { limits, ..Config::default() }).1
}

/// All events of bytes that come at once.
fn receive_all(connection: &mut Connection, bytes: &[u8]) -> Vec<Seen> {
    let mut bytes = bytes.to_vec();
    let mut input = Input::new(&mut bytes);
    let seen = std::iter::from_fn(|| connection.receive(&mut input, NOW).map(Seen::from)).collect();
    assert!(input.is_empty(), "all is consumed");
    seen
}

/// The same by the fast path first.
fn receive_all_fast(connection: &mut Connection, bytes: &[u8]) -> Vec<Seen> {
    let (mut seen, mut bytes) = (Vec::new(), bytes.to_vec());
    let mut input = Input::new(&mut bytes);
    loop {
        if let Some((kind, payload)) = connection.receive_whole(&mut input) {
            seen.push(Seen::from(Event::Message(Message { kind, payload: Payload::Borrowed(payload) })));
        } else if let Some(event) = connection.receive(&mut input, NOW) {
            seen.push(Seen::from(event));
        } else {
            assert!(input.is_empty(), "all is consumed");
            return seen;
        }
    }
}

/// All output of a connection, and whether it ends with FIN.
fn transmit_all(connection: &mut Connection) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    loop {
        let len = match connection.poll_transmit() {
            None => return (out, false),
            Some(Transmit::Eof) => return (out, true),
            Some(Transmit::Bytes(bytes)) => {
                out.extend_from_slice(bytes);
                bytes.len()
            }
        };
        connection.transmitted(len);
    }
}

/// A client's frame.
fn frame(fin: Fin, opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Header::new(fin, opcode, payload.len() as u64, Some(KEY)).unwrap().encode_frame(payload, &mut out);
    out
}

fn text(text: &str) -> Vec<u8> {
    frame(Fin::Final, Opcode::TEXT, text.as_bytes())
}
