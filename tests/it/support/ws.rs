//! A blocking WebSocket client on the crate's own player: a fair client.
//!
//! For what only an unfair one would send there is [`Raw`](super::raw::Raw).

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use wirewalk::proto::handshake::client::{Ask, Handshake, Open};
use wirewalk::proto::{self, CloseRecord, Config, Connection, Input, Kind, ProtocolError, Transmit};
use wirewalk::wire::http::ResponseHead;
use wirewalk::wire::ws::{CloseCode, CloseFrame, Fin, MaskKey, ReadyState};

use super::http::{self, Answer};
use super::{PATIENCE, random};

/// An event, owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(CloseFrame),
    /// The server broke a rule.
    Failed(ProtocolError),
    /// TCP ended too; from now on each [`Client::next`] gives this.
    End(CloseRecord),
}

impl From<proto::Event<'_>> for Event {
    fn from(event: proto::Event<'_>) -> Self {
        match event {
            proto::Event::Message(message) => match message.kind {
                Kind::Text => Self::Text(String::from_utf8(message.payload.to_vec()).expect("checked")),
                Kind::Binary => Self::Binary(message.payload.to_vec()),
            },
            proto::Event::Ping(payload) => Self::Ping(payload.to_vec()),
            proto::Event::Pong(payload) => Self::Pong(payload.to_vec()),
            proto::Event::Close(frame) => Self::Close(frame),
            proto::Event::Failed(error) => Self::Failed(error),
        }
    }
}

/// An open connection, and what was read of it but not asked for yet.
#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
    connection: Connection,
    begin: Instant,
    events: std::collections::VecDeque<Event>,
}

impl Client {
    /// Connects and shakes hands, with further header lines. A refusal is the error.
    ///
    /// # Panics
    /// If there is no answer, or a 101 that is not right.
    pub(crate) fn connect(to: SocketAddr, target: &str, headers: &[(&str, &str)]) -> Result<Self, Answer> {
        Self::connect_with(to, target, headers, &[])
    }

    /// The same, offering subprotocols.
    ///
    /// # Panics
    /// If there is no answer, or a 101 that is not right.
    pub(crate) fn connect_with(
        to: SocketAddr,
        target: &str,
        headers: &[(&str, &str)],
        subprotocols: &[&str],
    ) -> Result<Self, Answer> {
        let mut stream = http::connect(to);
        let host = to.to_string();
        let nonce = std::array::from_fn(|_| random()[0]);
        let (handshake, request) =
            Handshake::request(&Ask { host: &host, target, subprotocols, headers }, nonce);
        stream.write_all(&request).unwrap_or_else(|error| panic!("{target}: {error}"));
        let head = read_head(&mut stream).unwrap_or_else(|why| panic!("{target}: {why}"));
        let response = ResponseHead::parse(&head).unwrap_or_else(|error| panic!("{target}: {error}"));
        if response.status.0 != 101 {
            let mut answer = http::parse_head(&head[..head.len() - 4]).expect("parsed once already");
            let length = answer.header("Content-Length").and_then(|length| length.parse().ok());
            let _ = match length {
                Some(length) => {
                    answer.body.resize(length, 0);
                    stream.read_exact(&mut answer.body)
                }
                None => stream.read_to_end(&mut answer.body).map(|_| ()),
            };
            return Err(answer);
        }
        // What the tests send and ask back may be long; the limits under test are the server's.
        let mut config = Config::default();
        config.limits.message = 1 << 30;
        let open = Open {
            config: Arc::new(config),
            masks: Box::new(|| MaskKey(*random().first_chunk().expect("eight bytes"))),
            now: Duration::ZERO,
        };
        let connection =
            handshake.finish(&response, open).unwrap_or_else(|error| panic!("{target}: {error}"));
        let client = Self { stream, connection, begin: Instant::now(), events: [].into() };
        Ok(client)
    }

    /// # Panics
    /// If the connection is closing.
    pub(crate) fn send_text(&mut self, text: &str) {
        self.connection.send_text(text).expect("open");
        self.flush();
    }

    /// # Panics
    /// If the connection is closing.
    pub(crate) fn send_binary(&mut self, bytes: &[u8]) {
        self.connection.send(Kind::Binary, bytes).expect("open");
        self.flush();
    }

    /// # Panics
    /// If the connection is closing.
    pub(crate) fn send_fragment(&mut self, kind: Kind, bytes: &[u8], fin: Fin) {
        self.connection.send_fragment(kind, bytes, fin).expect("open");
        self.flush();
    }

    /// # Panics
    /// If the connection is closing, or `bytes` are more than 125.
    pub(crate) fn ping(&mut self, bytes: &[u8]) {
        self.connection.ping(bytes).expect("open");
        self.flush();
    }

    /// Begins the closing handshake; [`next`](Self::next) then sees the server's part of it.
    pub(crate) fn close(&mut self, code: u16, reason: &str) {
        self.connection.close(&CloseFrame::new(CloseCode(code), reason), self.begin.elapsed());
        self.flush();
    }

    /// The next event; `None`: nothing within `timeout`.
    pub(crate) fn next(&mut self, timeout: Duration) -> Option<Event> {
        let begin = Instant::now();
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            if self.connection.ready_state() == ReadyState::Closed {
                return self.close_record().map(Event::End);
            }
            let left = timeout.checked_sub(begin.elapsed()).filter(|left| !left.is_zero())?;
            self.read(left);
        }
    }

    /// The next text message; Pings and Pongs before it are passed over.
    ///
    /// # Panics
    /// If something else comes, or nothing in time.
    pub(crate) fn text(&mut self) -> String {
        loop {
            match self.next(PATIENCE) {
                Some(Event::Text(text)) => return text,
                Some(Event::Ping(_) | Event::Pong(_)) => {}
                other => panic!("expected a text message, got {other:?}"),
            }
        }
    }

    /// The next text message, which must be JSON.
    ///
    /// # Panics
    /// If it is not, or as [`text`](Self::text) does.
    pub(crate) fn json(&mut self) -> serde_json::Value {
        let text = self.text();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Reads on to the end of TCP, closing if the server did not begin to.
    ///
    /// # Panics
    /// If the end does not come in time.
    pub(crate) fn end(&mut self) -> CloseRecord {
        self.close(1000, "");
        loop {
            match self.next(PATIENCE) {
                Some(Event::End(record)) => return record,
                Some(_) => {}
                None => panic!("no end within {PATIENCE:?}"),
            }
        }
    }

    /// What is known of the close, once it has begun.
    pub(crate) fn close_record(&self) -> Option<CloseRecord> {
        self.connection.close_record().cloned()
    }

    /// The address of this end, by which the server's log names it.
    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.stream.local_addr().expect("connected")
    }

    fn read(&mut self, timeout: Duration) {
        let mut buffer = vec![0; 64 * 1024];
        self.stream.set_read_timeout(Some(timeout.max(Duration::from_millis(1)))).expect("not zero");
        match self.stream.read(&mut buffer) {
            Ok(0) => self.connection.receive_eof(),
            Ok(len) => {
                let now = self.begin.elapsed();
                let mut input = Input::new(&mut buffer[..len]);
                while let Some(event) = self.connection.receive(&mut input, now) {
                    self.events.push_back(event.into());
                }
            }
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => {}
                _ => self.connection.receive_eof(),
            },
        }
        self.flush();
    }

    /// Writes what is due. That the server no longer takes it shows when reading.
    fn flush(&mut self) {
        while let Some(transmit) = self.connection.poll_transmit() {
            match transmit {
                Transmit::Bytes(bytes) => {
                    let len = bytes.len();
                    let _ = self.stream.write_all(bytes);
                    self.connection.transmitted(len);
                }
                Transmit::Eof => {
                    let _ = self.stream.shutdown(Shutdown::Write);
                }
            }
        }
    }
}

/// Reads a head, the empty line included, and not a byte more: what follows 101 belongs to the connection.
pub(crate) fn read_head(stream: &mut TcpStream) -> Result<Vec<u8>, String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        match stream.read(&mut byte) {
            Ok(1) if head.len() < 64 * 1024 => head.push(byte[0]),
            Ok(1) => return Err("an endless head".to_owned()),
            Ok(_) => return Err(format!("closed within the head {:?}", http::shown(&head))),
            Err(error) => return Err(format!("{error} within the head {:?}", http::shown(&head))),
        }
    }
    Ok(head)
}
