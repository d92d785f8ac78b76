//! Nothing is allocated per frame, nor per packet of a capture: a thousand cost as much as the growth of one buffer.
//!
//! In a binary of its own, because it counts all allocations of its process.

#[path = "it/support/script.rs"]
#[allow(dead_code, reason = "the other tests use the rest")]
mod script;

use std::alloc::System;
use std::sync::Arc;
use std::time::Duration;

use script::Script;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use wirewalk::capture::{Flush, Interface, LinkType, Reader, Record, Section, TcpEndpoint, Times, Writer};
use wirewalk::proto::handshake::server::{Accept, Handshake};
use wirewalk::proto::{Config, Event, Input, Transmit};
use wirewalk::wire::Side;
use wirewalk::wire::http::Request;
use wirewalk::wire::ws::{Fin, Header, MaskKey, Opcode};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const HANDSHAKE: &[u8] =
    b"GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/// One test, because two at a time would count each other.
#[test]
fn nothing_is_allocated_per_frame_or_packet() {
    frames();
    packets();
}

fn packets() {
    let mut writer = Writer::new(Vec::new(), &Section::default(), Flush::WhenFull, Times::Keep).unwrap();
    let interface = writer.interface(&Interface::new(LinkType::RAW)).unwrap();
    let [client, server] = ["10.0.0.1:1", "10.0.0.2:2"].map(|at| TcpEndpoint::linux(at.parse().unwrap(), 1));
    let mut script = Script::between(client, server);
    for time_ns in 0..10_000 {
        script.at_ns(time_ns).write(Side::Client, b"fifty bytes, or so");
    }
    for packet in &script.packets {
        let (time_ns, bytes) = (packet.time_ns, packet.bytes.as_slice());
        let original_length = bytes.len() as u32;
        let record = Record { interface, time_ns, original_length, bytes, direction: None, comments: &[] };
        writer.packet(&record).unwrap();
    }
    let file = writer.finish().unwrap();

    let mut reader = Reader::new(&file[..]).unwrap();
    // The interface is described before the first packet, and that is allocated.
    assert!(reader.next_packet().is_some_and(|packet| packet.segment.is_ok()));
    let region = Region::new(ALLOCATOR);
    let mut segments = 1;
    while let Some(packet) = reader.next_packet() {
        segments += usize::from(packet.segment.is_ok());
    }
    let change = region.change();
    assert_eq!(segments, 10_000);
    assert_eq!((change.allocations, change.reallocations), (0, 0), "{change:?}");
}

fn frames() {
    let request = Request::parse(HANDSHAKE, 100).unwrap();
    let accept = Accept { subprotocol: None, config: Arc::new(Config::default()), now: Duration::ZERO };
    let (mut server, _) = Handshake::read(&request).unwrap().accept(accept);
    let mut bytes = Vec::new();
    for i in 0..1000 {
        let opcode = [Opcode::TEXT, Opcode::BINARY, Opcode::PING][i % 3];
        let header = Header::new(Fin::Final, opcode, 16, Some(MaskKey([1, 2, 3, 4]))).unwrap();
        header.encode_frame(b"sixteen bytes ok", &mut bytes);
    }

    let region = Region::new(ALLOCATOR);
    let mut input = Input::new(&mut bytes);
    let mut messages = 0;
    while let Some(event) = server.receive(&mut input, Duration::ZERO) {
        if let Event::Message(message) = event {
            server.send(message.kind, &message.payload).unwrap();
            messages += 1;
        }
    }
    let Some(Transmit::Bytes(out)) = server.poll_transmit() else { panic!("echoes and pongs to write") };
    let len = out.len();
    server.transmitted(len);
    drop(server.reclaim());
    let change = region.change();

    assert_eq!((messages, len), (667, 1000 * 18));
    // The buffer of what is to be sent: begun once, doubled on its way to 18 KB, and given back.
    assert!(change.allocations <= 1 && change.reallocations <= 12, "{change:?}");
    assert_eq!(change.bytes_allocated, change.bytes_deallocated, "nothing is held when all is written");
}
