//! Tests of the observer: a wire to send packets over, and tests by section of the RFCs.

#![expect(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "the numbers are small")]

mod before;
mod closing;
mod copies;
mod deflate;
mod hostile;
mod http2;
mod late;
mod marks;
mod midway;
mod opening;
mod order;
mod reset;
mod silence;
mod streams;
mod websocket;

use super::*;
use crate::testing::Script;
use crate::wire::ws::{Fin, Header, MaskKey, Opcode, ReadyState};
use crate::wire::{PerSide, Side};

const ACK: Flags = Flags::ACK;
const SYN: Flags = Flags::SYN;
const SYN_ACK: Flags = Flags(Flags::SYN.0 | Flags::ACK.0);
const FIN_ACK: Flags = Flags(Flags::FIN.0 | Flags::ACK.0);
const RST: Flags = Flags::RST;
const RST_ACK: Flags = Flags(Flags::RST.0 | Flags::ACK.0);
use Side::{Client, Server};

const REQUEST: &[u8] = b"GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const RESPONSE: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// Two ends, and an observer between them.
struct Wire {
    script: Script,
    observer: Option<Observer>,
}

impl Wire {
    fn new() -> Self {
        Self::with(Config::default())
    }

    fn with(config: Config) -> Self {
        let ends = PerSide { client: ([10, 0, 0, 1], 50_000).into(), server: ([10, 0, 0, 2], 9001).into() };
        let mut script = Script::new(ends, PerSide { client: 1_000, server: u32::MAX - 2 });
        script.syn_options.window_scale = Some(0);
        script.gap_ns = 10_000;
        Self { script, observer: Some(Observer::new(config)) }
    }

    /// A wire with an open TCP connection.
    fn open() -> Self {
        let mut wire = Self::new();
        wire.shake_hands();
        wire
    }

    /// A wire with an open WebSocket.
    fn websocket() -> Self {
        let mut wire = Self::open();
        wire.send(Client, ACK, REQUEST);
        wire.send(Server, ACK, RESPONSE);
        wire
    }

    fn shake_hands(&mut self) {
        for segment in self.script.handshake() {
            self.observer().observe(&segment);
        }
    }

    /// The ends have these ports from now on.
    fn ports(&mut self, client: u16, server: u16) {
        self.script.ends.client.set_port(client);
        self.script.ends.server.set_port(server);
    }

    fn observer(&mut self) -> &mut Observer {
        self.observer.as_mut().unwrap()
    }

    /// The next segment of an end; its peer has got all before.
    fn send(&mut self, from: Side, flags: Flags, payload: &[u8]) -> Observation {
        let segment = self.script.segment(from, flags, payload);
        self.observer().observe(&segment)
    }

    /// A segment with numbers of one's own.
    fn put(&mut self, from: Side, flags: Flags, numbers: (i64, i64), payload: &[u8]) -> Observation {
        self.put_cut(from, flags, numbers, payload, payload.len() as u32)
    }

    /// A segment of which the capture has only a part.
    fn put_cut(
        &mut self,
        from: Side,
        flags: Flags,
        numbers: (i64, i64),
        payload: &[u8],
        length: u32,
    ) -> Observation {
        let segment = Segment { length, ..self.script.segment_at(from, flags, numbers, payload) };
        self.observer().observe(&segment)
    }

    /// The capture ends.
    fn finish(&mut self) -> Vec<Ended> {
        self.observer.take().unwrap().finish().collect()
    }

    /// The capture of one stream ends.
    fn end(&mut self) -> Ended {
        let mut ended = self.finish();
        assert_eq!(ended.len(), 1);
        ended.remove(0)
    }
}

/// Both ends' TCP after a packet, `?` where inferred.
fn tcp(step: &Observation) -> String {
    let one = |known: Known<tcp::State>| format!("{}{}", known.state, question(known.evidence));
    format!("{} {}", one(step.tcp.client), one(step.tcp.server))
}

/// Both ends' WebSocket after a packet, `?` where inferred.
fn ws(step: &Observation) -> String {
    let one = |known: Known<ReadyState>| format!("{}{}", known.state, question(known.evidence));
    step.ws.map_or("none".to_owned(), |ends| format!("{} {}", one(ends.client), one(ends.server)))
}

const fn question(evidence: Evidence) -> &'static str {
    if matches!(evidence, Evidence::Inferred) { "?" } else { "" }
}

/// A frame, masked as its sender must.
fn frame(from: Side, fin: Fin, opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mask = (from == Client).then_some(MaskKey([0x37, 0xFA, 0x21, 0x3D]));
    let mut out = Vec::new();
    Header::new(fin, opcode, payload.len() as u64, mask).unwrap().encode_frame(payload, &mut out);
    out
}

fn text(from: Side, text: &str) -> Vec<u8> {
    frame(from, Fin::Final, Opcode::TEXT, text.as_bytes())
}

fn close(from: Side, code: u16) -> Vec<u8> {
    frame(from, Fin::Final, Opcode::CLOSE, &code.to_be_bytes())
}

fn frames(facts: &[Fact]) -> Vec<&Frame> {
    facts
        .iter()
        .filter_map(|fact| if let Fact::Frame(frame) = fact { Some(&**frame) } else { None })
        .collect()
}

fn messages(facts: &[Fact]) -> Vec<&Message> {
    facts.iter().filter_map(|fact| if let Fact::Message(one) = fact { Some(&**one) } else { None }).collect()
}

fn closed(step: &Observation) -> &Close {
    let close =
        step.facts.iter().find_map(|fact| if let Fact::Close(close) = fact { Some(close) } else { None });
    close.unwrap_or_else(|| panic!("no close among {:?}", step.facts))
}

/// An end's API report, as `code wasClean`.
fn reported(close: &Close) -> String {
    let one = |reported: &Option<Reported>| match reported {
        Some(Reported::Known(close)) => {
            let was_clean = close.was_clean.map_or("?".to_owned(), |was_clean| was_clean.to_string());
            format!("{} {was_clean}", close.code)
        }
        Some(Reported::Unknown(unread)) => format!("unknown: {}", unread.reason),
        Some(Reported::Aborted { packet, .. }) => format!("unknown: aborted in packet {packet}"),
        Some(Reported::NoSocket { packet, .. }) => format!("unknown: no socket in packet {packet}"),
        None => "-".to_owned(),
    };
    format!("{} / {}", one(&close.reported.client), one(&close.reported.server))
}
