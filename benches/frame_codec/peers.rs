//! The peers' codecs, each over a stream in memory, and each as its documentation would have it used for speed.

use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use tokio::io::BufWriter;
use wirewalk::wire::Side;

use super::support::{MOST, Memory, now};

/// The longest message that anybody may have to take.
const LONGEST: usize = 64 << 20;

/// What may wait to be written before it must be.
pub(crate) const GATHERED: usize = 64 * 1024;

/// A stream that gathers what is written, for who writes each frame at once.
pub(crate) fn gathering() -> BufWriter<Memory> {
    BufWriter::with_capacity(GATHERED, Memory::sink())
}

fn next<S: Stream + Unpin>(stream: &mut S) -> S::Item {
    match stream.poll_next_unpin(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Some(item)) => item,
        _ => panic!("memory neither ends nor lets anyone wait"),
    }
}

pub(crate) mod tungstenite {
    //! Reads and writes through buffers of its own.

    use super::{Bytes, LONGEST, Memory, Side};
    use tungstenite::protocol::{Role, WebSocketConfig};
    use tungstenite::{Message, WebSocket};

    fn socket(stream: Memory, side: Side) -> WebSocket<Memory> {
        let role = match side {
            Side::Client => Role::Client,
            Side::Server => Role::Server,
        };
        let config = WebSocketConfig::default().max_message_size(Some(LONGEST)).max_frame_size(Some(LONGEST));
        WebSocket::from_raw_socket(stream, role, Some(config))
    }

    pub(crate) fn decoder(stream: Memory, side: Side) -> impl FnMut() -> usize {
        let mut socket = socket(stream, side);
        move || socket.read().expect("a message").len()
    }

    pub(crate) fn encoder(side: Side, batch: usize, payload: &'static [u8]) -> impl FnMut() {
        let mut socket = socket(Memory::sink(), side);
        move || {
            for _ in 0..batch {
                socket.write(Message::Binary(Bytes::from_static(payload))).expect("it is open");
            }
            socket.flush().expect("it is open");
        }
    }
}

pub(crate) mod tokio_websockets {
    //! Keeps payloads by reference and writes vectored; with SIMD.

    use super::{Bytes, Memory, Side, next, now};
    use futures_util::SinkExt as _;
    use tokio_websockets::{ClientBuilder, Limits, Message, ServerBuilder, WebSocketStream};

    fn socket(stream: Memory, side: Side) -> WebSocketStream<Memory> {
        match side {
            Side::Client => ClientBuilder::new().limits(Limits::unlimited()).take_over(stream),
            Side::Server => ServerBuilder::new().limits(Limits::unlimited()).serve(stream),
        }
    }

    pub(crate) fn decoder(stream: Memory, side: Side) -> impl FnMut() -> usize {
        let mut socket = socket(stream, side);
        move || next(&mut socket).expect("a message").as_payload().len()
    }

    pub(crate) fn encoder(side: Side, batch: usize, payload: &'static [u8]) -> impl FnMut() {
        let mut socket = socket(Memory::sink(), side);
        move || {
            for _ in 0..batch {
                let message = Message::binary(Bytes::from_static(payload));
                now(socket.feed(message)).expect("it is open");
            }
            now(socket.flush()).expect("it is open");
        }
    }
}

pub(crate) mod fastwebsockets {
    //! Writes each frame at once, so what is to go together must be gathered by the stream.

    use super::{LONGEST, Memory, Side, now};
    use fastwebsockets::{FragmentCollector, Frame, OpCode, Payload, Role, WebSocket};
    use tokio::io::{AsyncRead, AsyncWrite};

    fn socket<S: AsyncRead + AsyncWrite + Unpin>(stream: S, side: Side) -> WebSocket<S> {
        let role = match side {
            Side::Client => Role::Client,
            Side::Server => Role::Server,
        };
        let mut socket = WebSocket::after_handshake(stream, role);
        socket.set_max_message_size(LONGEST);
        socket
    }

    pub(crate) fn decoder(stream: Memory, side: Side) -> impl FnMut() -> usize {
        let mut socket = FragmentCollector::new(socket(stream, side));
        move || now(socket.read_frame()).expect("a message").payload.len()
    }

    pub(crate) fn encoder<S: AsyncRead + AsyncWrite + Unpin>(
        stream: S,
        side: Side,
        batch: usize,
        payload: &'static [u8],
    ) -> impl FnMut() {
        let mut socket = socket(stream, side);
        move || {
            for _ in 0..batch {
                let frame = Frame::new(true, OpCode::Binary, None, Payload::Borrowed(payload));
                now(socket.write_frame(frame)).expect("it is open");
            }
            now(socket.flush()).expect("it is open");
        }
    }
}

pub(crate) mod yawc {
    //! With the buffers that it recommends for throughput, and text checked.

    use super::{Bytes, GATHERED, LONGEST, MOST, Memory, Side, next, now};
    use futures_util::SinkExt as _;
    use yawc::{Frame, Options, Role, WebSocket};

    fn socket(stream: Memory, side: Side) -> WebSocket<Memory> {
        let role = match side {
            Side::Client => Role::Client,
            Side::Server => Role::Server,
        };
        let options = Options::default()
            .without_compression()
            .with_utf8()
            .with_limits(LONGEST, LONGEST)
            .with_read_buffer_capacity(MOST)
            .with_backpressure_boundary(GATHERED);
        WebSocket::from_stream(stream, role, options).expect("these options go together")
    }

    pub(crate) fn decoder(stream: Memory, side: Side) -> impl FnMut() -> usize {
        let mut socket = socket(stream, side);
        move || next(&mut socket).payload().len()
    }

    pub(crate) fn encoder(side: Side, batch: usize, payload: &'static [u8]) -> impl FnMut() {
        let mut socket = socket(Memory::sink(), side);
        move || {
            for _ in 0..batch {
                now(socket.feed(Frame::binary(Bytes::from_static(payload)))).expect("it is open");
            }
            now(socket.flush()).expect("it is open");
        }
    }
}
