//! Our own codec.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use bytes::BufMut as _;
use bytes::buf::Limit;
use criterion::Bencher;
use wirewalk::proto::handshake::{client, server};
use wirewalk::proto::{Config, Connection, Event, Input, Kind, Transmit};
use wirewalk::wire::Side;
use wirewalk::wire::http::{Request, ResponseHead};
use wirewalk::wire::ws::{Fin, Header, MaskKey, Opcode};

use super::Frames;
use super::peers::GATHERED;
use super::support::{MOST, Memory, PageOffsetBuf};

const NOW: Duration = Duration::ZERO;

/// From where a peer has its keys too.
fn key() -> MaskKey {
    MaskKey(fastrand::u32(..).to_ne_bytes())
}

/// One end of a connection, after an opening handshake through bytes.
fn endpoint(side: Side) -> Connection {
    let config = Arc::new(Config::default());
    let ask = client::Ask { host: "localhost", target: "/echo", subprotocols: &[], headers: &[] };
    let (handshake, request) = client::Handshake::request(&ask, [7; 16]);
    let request = Request::parse(&request, 100).expect("our own request");
    let accept = server::Accept { subprotocol: None, config: config.clone(), now: NOW };
    let (server, response) = server::Handshake::read(&request).expect("a right request").accept(accept);
    let open = client::Open { config, masks: Box::new(key), now: NOW };
    let response = response.encode();
    let response = ResponseHead::parse(&response).expect("our own response");
    match side {
        Side::Client => handshake.finish(&response, open).expect("a right response"),
        Side::Server => server,
    }
}

/// Takes in what lies in `bytes`; gives how many messages ended there.
#[inline]
fn take_in(connection: &mut Connection, bytes: &mut [u8], payload: usize) -> usize {
    let mut messages = 0;
    let mut input = Input::new(bytes);
    loop {
        if let Some(whole) = connection.receive_whole(&mut input) {
            assert_eq!(black_box(whole).1.len(), payload, "the message");
        } else if let Some(event) = connection.receive(&mut input, NOW) {
            see(event, payload);
        } else {
            return messages;
        }
        messages += 1;
    }
}

#[inline]
fn see(event: Event<'_>, payload: usize) {
    let Event::Message(message) = black_box(event) else { panic!("the frame is a message") };
    assert_eq!(message.payload.len(), payload, "the message");
}

/// A round reads all frames and decodes them, the rest of a long one that a read cuts where its message is gathered.
pub(crate) fn decoder(frames: &Frames, side: Side) -> impl FnMut(&mut Bencher<'_>) {
    let mut connection = endpoint(side);
    let mut buffer = PageOffsetBuf::at(1024, MOST);
    move |bench| {
        bench.iter(|| {
            let (mut messages, mut stream) = (0, black_box(&frames.bytes[..]));
            while !stream.is_empty() {
                let read = |room: &mut Limit<&mut Vec<u8>>| {
                    let read = stream.len().min(room.remaining_mut()).min(MOST);
                    room.put_slice(&stream[..read]);
                    read
                };
                if let Some((read, event)) = connection.receive_rest(NOW, read) {
                    stream = &stream[read..];
                    if let Some(event) = event {
                        see(event, frames.payload);
                        messages += 1;
                    }
                    continue;
                }
                let (piece, rest) = stream.split_at(stream.len().min(MOST));
                let buffer = &mut buffer[..piece.len()];
                buffer.copy_from_slice(piece);
                messages += take_in(&mut connection, buffer, frames.payload);
                stream = rest;
            }
            assert_eq!(messages, frames.number, "the messages");
        });
    }
}

/// A round decodes all frames where they lie.
pub(crate) fn in_place(frames: &Frames, side: Side) -> impl FnMut(&mut Bencher<'_>) {
    let mut connection = endpoint(side);
    let mut buffer = PageOffsetBuf::source(&frames.bytes);
    move |bench| {
        bench.iter(|| {
            let messages = take_in(&mut connection, black_box(&mut buffer), frames.payload);
            assert_eq!(messages, frames.number, "the messages");
        });
    }
}

/// From this length on the server writes a message from where it lies, and shorter ones together.
const LONG: usize = 16 * 1024;

/// A round sends so many messages, and gives the stream what is to be written.
pub(crate) fn encoder(side: Side, batch: usize, payload: &[u8]) -> impl FnMut() {
    let mut connection = endpoint(side);
    let mut stream = Memory::sink();
    move || {
        for _ in 0..batch {
            let payload = black_box(payload);
            let sent = if payload.len() < LONG {
                connection.send(Kind::Binary, payload)
            } else {
                connection
                    .send_through(Kind::Binary, payload, |head, body| stream.put(head) + stream.put(body))
            };
            sent.expect("the connection is open");
            if connection.unsent() >= GATHERED {
                write(&mut connection, &mut stream);
            }
        }
        write(&mut connection, &mut stream);
    }
}

/// Writes what waits.
#[inline]
fn write(connection: &mut Connection, stream: &mut Memory) {
    while let Some(Transmit::Bytes(bytes)) = connection.poll_transmit() {
        let len = stream.put(bytes);
        connection.transmitted(len);
    }
}

/// A round writes so many frames into memory that is there.
pub(crate) fn to_memory(side: Side, batch: usize, payload: &[u8]) -> impl FnMut(&mut Bencher<'_>) {
    let mut out = Vec::with_capacity(batch * (payload.len() + 14));
    move |bench| {
        bench.iter(|| {
            out.clear();
            for _ in 0..batch {
                let (payload, mask) = (black_box(payload), (side == Side::Client).then(key));
                let header = Header::new(Fin::Final, Opcode::BINARY, payload.len() as u64, mask);
                header.expect("a legal frame").encode_frame(payload, &mut out);
            }
            black_box(&out);
        });
    }
}
