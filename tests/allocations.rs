//! Nothing is allocated per frame: a thousand frames cost as many allocations as the growth of one buffer.
//!
//! In a binary of its own, because it counts all allocations of its process.

use std::alloc::System;
use std::sync::Arc;
use std::time::Duration;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use wirewalk::proto::handshake::server::{Accept, Handshake};
use wirewalk::proto::{Config, Event, Input, Transmit};
use wirewalk::wire::http::Request;
use wirewalk::wire::ws::{Fin, Header, MaskKey, Opcode};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const HANDSHAKE: &[u8] =
    b"GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

#[test]
fn nothing_is_allocated_per_frame() {
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
    let change = region.change();

    assert_eq!((messages, len), (667, 1000 * 18));
    // The buffer of what is to be sent: begun once, doubled on its way to 18 KB, and given back.
    assert!(change.allocations <= 1 && change.reallocations <= 12, "{change:?}");
    assert_eq!(change.bytes_allocated, change.bytes_deallocated, "nothing is held when all is written");
}
