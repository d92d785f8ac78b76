//! A capture made to measure: WebSocket connections as a server of online users has them, every time the same.
//!
//! Each connection has its handshake, its Upgrade, frames both ways (JSON of 20 bytes to a few hundred, now and then
//! binary data of several segments, fragments, pings), acknowledgments of their own, the closing handshake and four
//! segments at last. A packet takes about 180 bytes in the file.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use wirewalk::capture::{
    BuiltPacket, Flush, Interface, LinkType, Record, Section, TcpEndpoint, Times, Writer,
};
use wirewalk::wire::Side;
use wirewalk::wire::http::Key;
use wirewalk::wire::ws::{CloseCode, CloseFrame, Fin, Header, MaskKey, Opcode};

use super::script::{BEGIN_NS, Script};

/// What the connections are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Each is over after some hundred packets; sixty-four are open at any time.
    Many,
    /// One, as long as the file.
    One,
}

/// How many exchanges a connection of [`Shape::Many`] has.
const SHORT: u64 = 30;

/// How many of them are open.
const OPEN: usize = 64;

/// Size of a capture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CaptureSize {
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
}

/// Makes a capture of at least so many bytes.
pub(crate) fn make(path: &Path, shape: Shape, bytes: u64) -> io::Result<CaptureSize> {
    let section = Section { application: Some("made to measure".to_owned()), ..Section::default() };
    let counted = Counted { file: File::create(path)?, bytes: 0 };
    let mut writer = Writer::new(counted, &section, Flush::WhenFull, Times::Keep)?;
    writer.interface(&Interface::new(LinkType::ETHERNET))?;
    let mut out = Out { writer, packets: 0, written: 0, packet: Vec::new() };
    let mut random = Random(0x5EED);
    let open = if shape == Shape::Many { OPEN } else { 1 };
    let mut talks: Vec<Talk> = (0..open as u64).map(Talk::new).collect();
    let mut next = open as u64;
    while out.written < bytes {
        for talk in &mut talks {
            if talk.exchanges == SHORT && shape == Shape::Many {
                talk.end(&mut out)?;
                *talk = Talk::new(next);
                next += 1;
            }
            talk.exchange(&mut random, &mut out)?;
        }
    }
    for mut talk in talks {
        talk.end(&mut out)?;
    }
    let packets = out.packets;
    Ok(CaptureSize { packets, bytes: out.writer.finish()?.bytes })
}

/// A file, and how much was written to it.
struct Counted {
    file: File,
    bytes: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Time from each packet to the next, in nanoseconds.
const STEP_NS: u64 = 10_000_000;

/// The capture, to which packets go.
struct Out {
    writer: Writer<Counted>,
    packets: u64,
    /// How many bytes the packets take in the file.
    written: u64,
    packet: Vec<u8>,
}

impl Out {
    const fn now(&self) -> u64 {
        BEGIN_NS + self.packets * STEP_NS
    }

    /// Takes the packets of a script.
    fn packets(&mut self, script: &mut Script) -> io::Result<()> {
        script.packets.drain(..).try_for_each(|built| self.packet(&built))
    }

    fn packet(&mut self, built: &BuiltPacket) -> io::Result<()> {
        let ethernet: [&[u8]; 2] = match built.from {
            Side::Client => [&[2, 0, 0, 0, 0, 2], &[2, 0, 0, 0, 0, 1]],
            Side::Server => [&[2, 0, 0, 0, 0, 1], &[2, 0, 0, 0, 0, 2]],
        };
        self.packet.clear();
        self.packet.extend(ethernet.into_iter().flatten().chain(&[8, 0]));
        self.packet.extend_from_slice(&built.bytes);
        let bytes = self.packet.as_slice();
        let (original_length, time_ns) = (bytes.len() as u32, self.now());
        let record = Record { interface: 0, time_ns, original_length, bytes, direction: None, comments: &[] };
        self.writer.packet(&record)?;
        self.packets += 1;
        self.written += (bytes.len().next_multiple_of(4) + 32) as u64;
        Ok(())
    }
}

/// Knuth's MMIX: the same numbers every time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// A connection.
struct Talk {
    script: Script,
    number: u64,
    exchanges: u64,
}

impl Talk {
    fn new(number: u64) -> Self {
        // Ports come again when their connection has been over for long.
        let (host, port) = ((number / 50_000 % 250) as u8, (10_000 + number % 50_000) as u16);
        let client = TcpEndpoint::linux(([10, 0, 1 + host, 1], port).into(), 1_000 + number as u32 * 65_537);
        let server = TcpEndpoint::linux(([10, 0, 0, 1], 9_001).into(), 5_000 + number as u32 * 39_119);
        Self { script: Script::between(client, server).timed(0, STEP_NS), number, exchanges: 0 }
    }

    fn open(&mut self, out: &mut Out) -> io::Result<()> {
        let key = Key::from_nonce([self.number as u8; 16]);
        let request = format!(
            "GET /message HTTP/1.1\r\nHost: example.com:9001\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Origin: https://example.com\r\nUser-Agent: made to measure\r\nSec-WebSocket-Key: {}\r\n\
             Sec-WebSocket-Version: 13\r\n\r\n",
            key.as_str()
        );
        let response = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {}\r\n\r\n",
            key.accept()
        );
        self.script.at_ns(out.now()).handshake();
        out.packets(&mut self.script)?;
        self.write(Side::Client, request.as_bytes(), out)?;
        self.write(Side::Server, response.as_bytes(), out)
    }

    /// One write, and the acknowledgment of it.
    fn write(&mut self, from: Side, bytes: &[u8], out: &mut Out) -> io::Result<()> {
        self.script.at_ns(out.now()).write(from, bytes);
        out.packets(&mut self.script)?;
        self.script.at_ns(out.now()).ack(from.peer());
        out.packets(&mut self.script)
    }

    fn exchange(&mut self, random: &mut Random, out: &mut Out) -> io::Result<()> {
        if self.exchanges == 0 {
            self.open(out)?;
        }
        self.exchanges += 1;
        let (kind, length) = match random.below(40) {
            0 => (Opcode::PING, 8),
            1 => (Opcode::BINARY, 1_000 + random.below(4_000)),
            2..8 => (Opcode::TEXT, 300 + random.below(500)),
            _ => (Opcode::TEXT, 20 + random.below(180)),
        };
        let payload: Vec<u8> = match kind {
            Opcode::TEXT => text(length, random),
            _ => (0..length).map(|_| random.below(256) as u8).collect(),
        };
        let keys = [(); 2].map(|()| MaskKey((random.below(1 << 31) as u32 * 2 + 1).to_be_bytes()));
        let mut bytes = Vec::new();
        if random.below(50) == 0 && kind == Opcode::TEXT {
            let (first, last) = payload.split_at(payload.len() / 2);
            frame(Fin::More, kind, first, Some(keys[0]), &mut bytes);
            frame(Fin::Final, Opcode::CONTINUATION, last, Some(keys[1]), &mut bytes);
        } else {
            frame(Fin::Final, kind, &payload, Some(keys[0]), &mut bytes);
        }
        self.write(Side::Client, &bytes, out)?;
        bytes.clear();
        let (kind, payload) = match kind {
            Opcode::PING => (Opcode::PONG, payload),
            _ => (Opcode::TEXT, text(30 + random.below(100), random)),
        };
        frame(Fin::Final, kind, &payload, None, &mut bytes);
        self.write(Side::Server, &bytes, out)
    }

    fn end(&mut self, out: &mut Out) -> io::Result<()> {
        let mut body = Vec::new();
        CloseFrame::new(CloseCode::NORMAL, "bye").encode_body(&mut body);
        for (from, key) in [(Side::Client, Some(MaskKey([7; 4]))), (Side::Server, None)] {
            let mut bytes = Vec::new();
            frame(Fin::Final, Opcode::CLOSE, &body, key, &mut bytes);
            self.write(from, &bytes, out)?;
        }
        for from in [Side::Server, Side::Client] {
            self.script.at_ns(out.now()).fin(from).ack(from.peer());
            out.packets(&mut self.script)?;
        }
        Ok(())
    }
}

/// A message as programs send them.
fn text(length: u64, random: &mut Random) -> Vec<u8> {
    let mut text = format!(r#"{{"code":200,"online":{},"message":""#, random.below(1_000)).into_bytes();
    while (text.len() as u64) < length {
        text.push(b'a' + random.below(26) as u8);
    }
    text.extend_from_slice(br#""}"#);
    text
}

fn frame(fin: Fin, kind: Opcode, payload: &[u8], key: Option<MaskKey>, out: &mut Vec<u8>) {
    let header = Header::new(fin, kind, payload.len() as u64, key).expect("a legal frame");
    header.encode_frame(payload, out);
}
