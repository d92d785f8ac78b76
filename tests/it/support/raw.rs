//! A WebSocket peer that keeps no rule: it sends any bytes, and gives the frames that come back as they are.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use wirewalk::wire::Parsed;
use wirewalk::wire::ws::{HeaderView, MaskKey};

use super::http;
use super::ws::read_head;

/// A frame as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) header: HeaderView,
    /// As on the wire: still masked, if a server should ever mask.
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    pub(crate) fn opcode(&self) -> u8 {
        self.header.opcode().bits()
    }

    /// The code of a Close; `None`: it is no Close, or one without a code.
    pub(crate) fn close_code(&self) -> Option<u16> {
        let code = self.payload.first_chunk::<2>().filter(|_| self.opcode() == 8)?;
        Some(u16::from_be_bytes(*code))
    }
}

/// How the server ended the connection, or that it did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// FIN.
    Fin,
    /// RST.
    Reset,
    /// The time ran out and the connection still stood.
    StillOpen,
}

/// Everything received until the end.
#[derive(Debug)]
pub(crate) struct Rest {
    pub(crate) frames: Vec<Frame>,
    /// What came after the last whole frame.
    pub(crate) left: Vec<u8>,
    pub(crate) end: End,
}

impl Rest {
    /// The code of the last frame, if it is a Close.
    pub(crate) fn close_code(&self) -> Option<u16> {
        self.frames.last().and_then(Frame::close_code)
    }
}

/// A TCP connection, after an opening handshake done by hand.
#[derive(Debug)]
pub(crate) struct Raw {
    stream: TcpStream,
    bytes: Vec<u8>,
}

/// A connection that somebody else made.
impl From<TcpStream> for Raw {
    fn from(stream: TcpStream) -> Self {
        Self { stream, bytes: Vec::new() }
    }
}

impl Raw {
    /// TCP only: not even the handshake is done.
    ///
    /// # Panics
    /// If the connection cannot be made.
    pub(crate) fn tcp(to: SocketAddr) -> Self {
        Self { stream: http::connect(to), bytes: Vec::new() }
    }

    /// # Panics
    /// If the server does not answer 101.
    pub(crate) fn connect(to: SocketAddr, target: &str) -> Self {
        Self::connect_with(to, target, b"")
    }

    /// The same, with bytes in the very segment of the request.
    ///
    /// # Panics
    /// If the server does not answer 101.
    pub(crate) fn connect_with(to: SocketAddr, target: &str, early: &[u8]) -> Self {
        let mut raw = Self::tcp(to);
        let request = Self::request(to, target);
        raw.send(&[request.as_bytes(), early].concat());
        let head = read_head(&mut raw.stream).unwrap_or_else(|why| panic!("{target}: {why}"));
        assert!(head.starts_with(b"HTTP/1.1 101 "), "{target}: {}", http::shown(&head));
        raw
    }

    /// A right opening handshake, to send or to spoil.
    pub(crate) fn request(to: SocketAddr, target: &str) -> String {
        format!(
            "GET {target} HTTP/1.1\r\nHost: {to}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
    }

    /// Sends these bytes as they are. That the server no longer takes them is no error: it shows in what comes back.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// A client's frame with `first` as its first byte, whatever that means: masked, its length in the shortest form.
    pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload.len() {
            short @ 0..=125 => bytes.push(0x80 | short as u8),
            medium @ 126..=0xFFFF => {
                bytes.push(0x80 | 0x7E);
                bytes.extend_from_slice(&(medium as u16).to_be_bytes());
            }
            long => {
                bytes.push(0x80 | 0x7F);
                bytes.extend_from_slice(&(long as u64).to_be_bytes());
            }
        }
        let key = MaskKey([0x37, 0xFA, 0x21, 0x3D]);
        bytes.extend_from_slice(&key.0);
        let start = bytes.len();
        bytes.extend_from_slice(payload);
        key.apply(0, &mut bytes[start..]);
        bytes
    }

    /// Half-closes: FIN, and still reads.
    pub(crate) fn finish(&self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Ends with RST, unread data or not.
    pub(crate) fn reset(self) {
        let socket = socket2::Socket::from(self.stream);
        socket.set_linger(Some(Duration::ZERO)).expect("a TCP socket");
    }

    pub(crate) fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// The next frame; the end, if none comes before it.
    pub(crate) fn frame_within(&mut self, timeout: Duration) -> Result<Frame, End> {
        let begin = Instant::now();
        loop {
            if let Some(frame) = self.take_frame() {
                return Ok(frame);
            }
            self.read(timeout.saturating_sub(begin.elapsed()))?;
        }
    }

    /// All frames until the server ends, or `timeout`.
    pub(crate) fn rest(&mut self, timeout: Duration) -> Rest {
        let begin = Instant::now();
        let mut frames = Vec::new();
        loop {
            match self.frame_within(timeout.saturating_sub(begin.elapsed())) {
                Ok(frame) => frames.push(frame),
                Err(end) => return Rest { frames, left: std::mem::take(&mut self.bytes), end },
            }
        }
    }

    /// All bytes until the server ends, or `timeout`: for answers that are not frames.
    pub(crate) fn bytes(&mut self, timeout: Duration) -> (Vec<u8>, End) {
        let begin = Instant::now();
        loop {
            if let Err(end) = self.read(timeout.saturating_sub(begin.elapsed())) {
                return (std::mem::take(&mut self.bytes), end);
            }
        }
    }

    fn take_frame(&mut self) -> Option<Frame> {
        let Parsed::Complete { value: header, len } = HeaderView::parse(&self.bytes) else { return None };
        let end = usize::try_from(header.length()).ok()?.checked_add(len)?;
        if self.bytes.len() < end {
            return None;
        }
        let payload = self.bytes[len..end].to_vec();
        self.bytes.drain(..end);
        Some(Frame { header, payload })
    }

    fn read(&mut self, timeout: Duration) -> Result<(), End> {
        if timeout.is_zero() {
            return Err(End::StillOpen);
        }
        let mut buffer = [0; 8 * 1024];
        self.stream.set_read_timeout(Some(timeout.max(Duration::from_millis(1)))).expect("not zero");
        match self.stream.read(&mut buffer) {
            Ok(0) => Err(End::Fin),
            Ok(len) => {
                self.bytes.extend_from_slice(&buffer[..len]);
                Ok(())
            }
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => Err(End::StillOpen),
                ErrorKind::Interrupted => Ok(()),
                _ => Err(End::Reset),
            },
        }
    }
}

#[test]
fn section_5_7_the_masked_hello() {
    let bytes = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58];
    assert_eq!(Raw::frame(0x81, b"Hello"), bytes);
    assert_eq!(Raw::frame(0x82, &[0; 126])[..4], [0x82, 0xFE, 0, 126]);
    assert_eq!(Raw::frame(0x82, &vec![0; 65536])[..10], [0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0]);
}

#[test]
fn frames_and_the_end_are_distinguished() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut raw = Raw::tcp(address);
    let (mut server, _) = listener.accept().unwrap();
    server.write_all(b"\x81\x02Hi\x88\x02\x03\xE8\x81").unwrap();
    assert_eq!(raw.frame_within(super::PATIENCE).unwrap().payload, b"Hi");
    let open = raw.rest(Duration::from_millis(20));
    assert_eq!(
        (open.close_code(), open.left.as_slice(), open.end),
        (Some(1000), &[0x81][..], End::StillOpen)
    );
    drop(server);
    assert_eq!(raw.rest(super::PATIENCE).end, End::Fin);

    let mut raw = Raw::tcp(address);
    let (server, _) = listener.accept().unwrap();
    socket2::Socket::from(server).set_linger(Some(Duration::ZERO)).unwrap();
    assert_eq!(raw.bytes(super::PATIENCE), (Vec::new(), End::Reset));
}
