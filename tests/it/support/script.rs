//! TCP conversations made packet by packet: the one builder of all tests and benches that need a capture of their own.

use std::fs::File;
use std::path::Path;

use wirewalk::capture::{
    BuiltPacket, Flush, Interface, LinkType, Record, Section, SegmentBuilder, TcpEndpoint, Times, Writer,
};
use wirewalk::wire::Side::{self, Client, Server};

/// Time of the first packet, in nanoseconds since 1970.
pub(crate) const BEGIN_NS: u64 = 1_700_000_000_000_000_000;

/// Nanoseconds in a millisecond.
const MS: u64 = 1_000_000;

/// The request of RFC 6455 §1.3.
pub(crate) const REQUEST: &[u8] =
    b"GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// The response to [`REQUEST`].
pub(crate) const RESPONSE: &[u8] =
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// A conversation, and its packets so far. Each step has the time after the one before; the segments of one write have
/// the same.
#[derive(Debug)]
pub(crate) struct Script {
    builder: SegmentBuilder,
    /// The packets so far. A long capture drains them as it grows.
    pub(crate) packets: Vec<BuiltPacket>,
    now_ns: u64,
    gap_ns: u64,
}

impl Script {
    /// A conversation of these ends before its first packet: it begins at [`BEGIN_NS`], a step takes a millisecond.
    pub(crate) fn between(client: TcpEndpoint, server: TcpEndpoint) -> Self {
        let builder = SegmentBuilder::new(client, server);
        Self { builder, packets: Vec::new(), now_ns: BEGIN_NS, gap_ns: MS }
    }

    /// A conversation of two hosts of one network, as Linux would have it.
    pub(crate) fn new() -> Self {
        let (client, server) = (([10, 0, 0, 1], 50_000).into(), ([10, 0, 0, 2], 8_080).into());
        Self::between(TcpEndpoint::linux(client, 1_000), TcpEndpoint::linux(server, 5_000))
    }

    /// The same with other times: of the first step, and from each step to the next.
    pub(crate) fn timed(self, now_ns: u64, gap_ns: u64) -> Self {
        Self { now_ns, gap_ns, ..self }
    }

    /// The next step is at this time.
    pub(crate) fn at_ns(&mut self, now_ns: u64) -> &mut Self {
        self.now_ns = now_ns;
        self
    }

    /// The next step is so many milliseconds after [`BEGIN_NS`].
    pub(crate) fn at_ms(&mut self, ms: u64) -> &mut Self {
        self.at_ns(BEGIN_NS + ms * MS)
    }

    /// One packet of the builder's.
    pub(crate) fn step(&mut self, step: impl FnOnce(&mut SegmentBuilder, u64) -> BuiltPacket) -> &mut Self {
        self.packets.push(step(&mut self.builder, self.now_ns));
        self.now_ns += self.gap_ns;
        self
    }

    /// SYN, SYN-ACK, ACK.
    pub(crate) fn handshake(&mut self) -> &mut Self {
        self.step(|to, now| to.syn(Client, now)).step(|to, now| to.syn_ack(Server, now)).ack(Client)
    }

    /// TCP's handshake, and the opening handshake of RFC 6455 §1.3.
    pub(crate) fn websocket(&mut self) -> &mut Self {
        self.handshake().write(Client, REQUEST).write(Server, RESPONSE)
    }

    /// One write of the application, in as many segments as the MSS makes of it.
    pub(crate) fn write(&mut self, from: Side, bytes: &[u8]) -> &mut Self {
        self.packets.extend(self.builder.data(from, self.now_ns, bytes));
        self.now_ns += self.gap_ns;
        self
    }

    pub(crate) fn ack(&mut self, from: Side) -> &mut Self {
        self.step(|to, now| to.ack(from, now))
    }

    pub(crate) fn fin(&mut self, from: Side) -> &mut Self {
        self.step(|to, now| to.fin(from, now))
    }

    /// Three segments that end TCP: FIN, FIN and ACK, ACK.
    pub(crate) fn fins(&mut self, first: Side) -> &mut Self {
        self.fin(first).fin(first.peer()).ack(first)
    }

    /// The last packet once more, as a retransmission has it.
    pub(crate) fn repeat(&mut self) -> &mut Self {
        self.packets.extend(self.packets.last().cloned());
        self
    }

    /// Segments from now on arrive at `side` when [`release`](Self::release) says so.
    pub(crate) fn hold(&mut self, side: Side) -> &mut Self {
        self.builder.hold(side);
        self
    }

    pub(crate) fn release(&mut self, side: Side) -> &mut Self {
        self.builder.release(side);
        self
    }

    /// Writes the packets as a capture.
    pub(crate) fn save(&self, path: &Path) {
        save(&self.packets, path);
    }
}

/// A frame whose first byte is given, masked if there is a key.
///
/// # Panics
/// If the payload takes a length of 64 bits.
pub(crate) fn frame(first: u8, key: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let masked = if key.is_some() { 0x80 } else { 0 };
    let mut frame = vec![first];
    match u16::try_from(payload.len()).expect("a payload below 64 KiB") {
        short @ ..126 => frame.push(masked | short as u8),
        long => {
            frame.push(masked | 0x7E);
            frame.extend(long.to_be_bytes());
        }
    }
    frame.extend(key.iter().flatten());
    let key = key.unwrap_or_default();
    frame.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

/// Writes packets as a capture of ours, from their IP headers on.
pub(crate) fn save(packets: &[BuiltPacket], path: &Path) {
    let file = File::create(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut writer = Writer::new(file, &Section::ours(Vec::new()), Flush::WhenFull, Times::Keep).unwrap();
    let interface = writer.interface(&Interface::new(LinkType::RAW)).unwrap();
    for packet in packets {
        let (time_ns, bytes) = (packet.time_ns, packet.bytes.as_slice());
        let original_length = bytes.len() as u32;
        let record = Record { interface, time_ns, original_length, bytes, direction: None, comments: &[] };
        writer.packet(&record).unwrap();
    }
    writer.finish().unwrap();
}
