//! Tests of the observer: a wire to send packets over, and tests by section of the RFCs.

#![expect(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "the numbers are small")]

mod closing;
mod deflate;
mod hostile;
mod http2;
mod late;
mod marks;
mod midway;
mod opening;
mod order;
mod streams;
mod websocket;

use std::net::SocketAddr;

use super::*;
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

/// Two ends that number their bytes, and an observer between them.
struct Wire {
    observer: Option<Observer>,
    ports: PerSide<u16>,
    /// The first sequence numbers.
    isn: PerSide<u32>,
    /// The next offset that each end sends, and expects, counted from the SYNs.
    next: PerSide<i64>,
    expects: PerSide<i64>,
    number: u64,
    time_ns: u64,
    window: u16,
    evidence: Evidence,
}

impl Wire {
    fn new() -> Self {
        Self::with(Config::default())
    }

    fn with(config: Config) -> Self {
        Self {
            observer: Some(Observer::new(config)),
            ports: PerSide { client: 50_000, server: 9001 },
            isn: PerSide { client: 1_000, server: u32::MAX - 2 },
            next: PerSide::default(),
            expects: PerSide::default(),
            number: 0,
            time_ns: 1_700_000_000_000_000_000,
            window: 64_240,
            evidence: Evidence::Captured,
        }
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
        self.send(Client, SYN, b"");
        self.send(Server, SYN_ACK, b"");
        self.send(Client, ACK, b"");
    }

    fn address(&self, side: Side) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, 1 + u8::from(side == Server)], self.ports[side]))
    }

    fn observer(&mut self) -> &mut Observer {
        self.observer.as_mut().unwrap()
    }

    /// The next segment of an end; its peer has got all before.
    fn send(&mut self, from: Side, flags: Flags, payload: &[u8]) -> Observation {
        let (seq, ack) = (self.next[from], self.expects[from]);
        let step = self.put(from, flags, (seq, ack), payload);
        let phantom = i64::from(flags.has(SYN)) + i64::from(flags.has(Flags::FIN));
        self.next[from] += payload.len() as i64 + phantom;
        self.expects[from.peer()] = self.next[from];
        step
    }

    /// A segment with numbers of one's own.
    fn put(&mut self, from: Side, flags: Flags, (seq, ack): (i64, i64), payload: &[u8]) -> Observation {
        let length = payload.len() as u32;
        self.put_cut(from, flags, (seq, ack), payload, length)
    }

    /// A segment of which the capture has only a part.
    fn put_cut(
        &mut self,
        from: Side,
        flags: Flags,
        (seq, ack): (i64, i64),
        payload: &[u8],
        length: u32,
    ) -> Observation {
        self.number += 1;
        self.time_ns += 10_000;
        let segment = Segment {
            number: self.number,
            time_ns: self.time_ns,
            source: self.address(from),
            destination: self.address(from.peer()),
            ip: None,
            seq: self.isn[from].wrapping_add(seq as u32),
            ack: flags.has(ACK).then(|| self.isn[from.peer()].wrapping_add(ack as u32)),
            flags,
            window: self.window,
            options: Options { window_scale: flags.has(SYN).then_some(0), ..Options::default() },
            payload,
            length,
            evidence: self.evidence,
            checksum: Checksum::Unknown,
        };
        self.observer.as_mut().unwrap().observe(&segment)
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
        Some(reported) => format!("{} {}", reported.code, reported.was_clean),
        None => "-".to_owned(),
    };
    format!("{} / {}", one(&close.reported.client), one(&close.reported.server))
}
