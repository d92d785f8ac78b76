//! A WebSocket endpoint over a TCP connection: the player of `wirewalk::proto`, and the socket it plays on.

use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::sync::Arc;
use std::time::Duration;

use wirewalk::proto::handshake::{client, server};
use wirewalk::proto::{Config, Connection, Event, Input, Kind, ProtocolError, Transmit};
use wirewalk::wire::http::{HeadLimits, HeadScanner, Request, ResponseHead};
use wirewalk::wire::ws::{CloseCode, CloseFrame, Fin, MaskKey};

use super::{Incoming, Socket};

/// No timer runs here, so the time never changes.
const NOW: Duration = Duration::ZERO;

/// An event from the peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PeerEvent {
    Text(String),
    Binary(Vec<u8>),
    Ping(String),
    Pong(String),
    Close(CloseFrame),
    /// The peer broke a rule.
    Wrong(ProtocolError),
    /// FIN.
    End,
    /// RST.
    Reset,
}

/// A WebSocket endpoint.
pub(crate) struct Endpoint {
    pub(crate) connection: Connection,
    socket: Socket,
    heard: VecDeque<PeerEvent>,
}

impl Endpoint {
    /// An endpoint whose opening handshake is done.
    pub(crate) fn new(connection: Connection, socket: Socket) -> Self {
        Self { connection, socket, heard: VecDeque::new() }
    }

    /// The opening handshake between two ends of a TCP connection.
    pub(crate) fn pair(mut client: Socket, mut server: Socket, target: &str) -> io::Result<(Self, Self)> {
        let host = "localhost";
        let ask = client::Ask { host, target, subprotocols: &[], headers: &[] };
        let (asking, request) = client::Handshake::request(&ask, random());
        client.write(&request)?;
        let (head, _) = read_head(&mut server)?;
        let request = Request::parse(&head, 100).map_err(io::Error::other)?;
        let asked = server::Handshake::read(&request).map_err(io::Error::other)?;
        let (connection, response) =
            asked.accept(server::Accept { subprotocol: None, config: Arc::new(Config::default()), now: NOW });
        server.write(&response.encode())?;
        let client = Self::answered(asking, client)?;
        Ok((client, Self::new(connection, server)))
    }

    /// A client, after the server's response to its request.
    pub(crate) fn answered(asking: client::Handshake, mut socket: Socket) -> io::Result<Self> {
        let (head, rest) = read_head(&mut socket)?;
        let response = ResponseHead::parse(&head).map_err(io::Error::other)?;
        let connection = asking.finish(&response, open()).map_err(io::Error::other)?;
        let mut endpoint = Self::new(connection, socket);
        endpoint.receive(rest);
        Ok(endpoint)
    }

    /// Sends a text message.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.connection.send_text(text).map_err(io::Error::other)?;
        self.flush()
    }

    /// Sends a fragment of a text message.
    pub(crate) fn fragment(&mut self, text: &str, fin: Fin) -> io::Result<()> {
        self.connection.send_fragment(Kind::Text, text.as_bytes(), fin).map_err(io::Error::other)?;
        self.flush()
    }

    /// Sends a Ping.
    pub(crate) fn ping(&mut self, payload: &[u8]) -> io::Result<()> {
        self.connection.ping(payload).map_err(io::Error::other)?;
        self.flush()
    }

    /// Sends a Close.
    pub(crate) fn close(&mut self, code: u16, reason: &str) -> io::Result<()> {
        self.connection.close(&CloseFrame::new(CloseCode(code), reason), NOW);
        self.flush()
    }

    /// Waits for the next event. Pings and Closes are answered at once.
    pub(crate) fn next_event(&mut self) -> io::Result<PeerEvent> {
        loop {
            if let Some(heard) = self.heard.pop_front() {
                return Ok(heard);
            }
            match self.socket.read()? {
                Incoming::Bytes(bytes) => self.receive(bytes),
                Incoming::End => {
                    self.connection.receive_eof();
                    self.heard.push_back(PeerEvent::End);
                }
                Incoming::Reset => {
                    self.connection.receive_eof();
                    self.heard.push_back(PeerEvent::Reset);
                }
            }
            self.flush()?;
        }
    }

    fn receive(&mut self, mut bytes: Vec<u8>) {
        let mut input = Input::new(&mut bytes);
        while let Some(event) = self.connection.receive(&mut input, NOW) {
            self.heard.push_back(event.into());
        }
    }

    /// Whether there is unread input, now or within this time.
    pub(crate) fn has_input(&self, patience: Duration) -> io::Result<bool> {
        Ok(!self.heard.is_empty() || self.socket.has_input(patience)?)
    }

    /// Has the kernel acknowledge all input now.
    pub(crate) fn acknowledge(&self) -> io::Result<()> {
        self.socket.acknowledge()
    }

    /// Sends a FIN.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.socket.finish()
    }

    /// Sends a RST: no Close, no FIN. Returns the connection in its last state.
    pub(crate) fn abort(mut self) -> io::Result<Connection> {
        self.socket.abort()?;
        self.connection.receive_eof();
        Ok(self.connection)
    }

    /// Writes the output of the connection.
    fn flush(&mut self) -> io::Result<()> {
        while let Some(transmit) = self.connection.poll_transmit() {
            match transmit {
                Transmit::Bytes(bytes) => {
                    self.socket.write(bytes)?;
                    let written = bytes.len();
                    self.connection.transmitted(written);
                }
                Transmit::Eof => self.socket.finish()?,
            }
        }
        Ok(())
    }
}

/// The parameters of a client, with a new masking key for each frame.
pub(crate) fn open() -> client::Open {
    client::Open { config: Arc::new(Config::default()), masks: Box::new(|| MaskKey(random())), now: NOW }
}

/// A head, up to its empty line, and the bytes that came behind it already.
pub(crate) fn read_head(socket: &mut Socket) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let (mut head, mut scanner) = (Vec::new(), HeadScanner::default());
    loop {
        match socket.read()? {
            Incoming::Bytes(bytes) => head.extend(bytes),
            Incoming::End | Incoming::Reset => return Err(io::ErrorKind::UnexpectedEof.into()),
        }
        if let Some(len) = scanner.scan(&head, &HeadLimits::default()).map_err(io::Error::other)? {
            let rest = head.split_off(len);
            return Ok((head, rest));
        }
    }
}

impl From<Event<'_>> for PeerEvent {
    fn from(event: Event<'_>) -> Self {
        let text = |payload: &[u8]| String::from_utf8_lossy(payload).into_owned();
        match event {
            Event::Message(message) if message.kind == Kind::Text => Self::Text(text(&message.payload)),
            Event::Message(message) => Self::Binary(message.payload.to_vec()),
            Event::Ping(payload) => Self::Ping(text(&payload)),
            Event::Pong(payload) => Self::Pong(text(&payload)),
            Event::Close(frame) => Self::Close(frame),
            Event::Failed(error) => Self::Wrong(error),
        }
    }
}

impl fmt::Display for PeerEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "text {text}"),
            Self::Binary(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Ping(payload) => write!(f, "Ping {payload:?}"),
            Self::Pong(payload) => write!(f, "Pong {payload:?}"),
            Self::Close(frame) => write!(f, "Close {} {:?}", frame.code(), frame.reason()),
            Self::Wrong(error) => error.fmt(f),
            Self::End => f.write_str("FIN"),
            Self::Reset => f.write_str("RST"),
        }
    }
}

/// Unpredictable bytes, from the kernel.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let mut source = File::open("/dev/urandom").expect("the kernel's source of randomness");
    source.read_exact(&mut bytes).expect("it never ends");
    bytes
}
