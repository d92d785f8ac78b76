//! Two endpoints of `proto`, from their opening handshake on, with commands at random.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use wirewalk::proto::handshake::{client, server};
use wirewalk::proto::{CloseRecord, Config, Connection, Input, Kind, Transmit};
use wirewalk::wire::http::{Request, Response, ResponseHead, Status};
use wirewalk::wire::ws::{CloseCode, CloseFrame, Fin, MaskKey, ReadyState};

const NOW: Duration = Duration::ZERO;

/// Numbers that look random and are the same for the same seed (`SplitMix64`).
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to one less than `end`.
    pub(super) const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(super) const fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(super) fn command(&mut self) -> Command {
        let length = if self.one_in(4) { self.below(2000) } else { self.below(100) };
        match self.below(40) {
            0..16 => Command::Text(length as usize),
            16..28 => {
                let fin = if self.one_in(3) { Fin::Final } else { Fin::More };
                Command::Fragment(length as usize, fin)
            }
            28..34 => Command::Ping(length as usize % 126),
            34..38 => Command::Pong(length as usize % 126),
            _ => Command::Close([1000, 1001, 1005, 3000, 4999][self.below(5) as usize]),
        }
    }
}

/// What an application may ask of its end.
#[derive(Debug)]
pub(super) enum Command {
    Text(usize),
    Fragment(usize, Fin),
    Ping(usize),
    Pong(usize),
    Close(u16),
}

/// How far an end has come.
enum Stage {
    /// Its opening handshake, and what came of the peer's head.
    Asks(client::Handshake, Vec<u8>),
    IsAsked {
        head: Vec<u8>,
        refuses: bool,
    },
    Plays(Box<Connection>),
    /// Refused, or has refused; so long is the body of the answer.
    Refused {
        body: usize,
    },
}

/// One end.
pub(super) struct End {
    stage: Stage,
    /// Heads that wait to be sent.
    outgoing: VecDeque<u8>,
    sent_fin: bool,
    told_eof: bool,
    got_eof: bool,
    /// What was visible before the peer's FIN: closed is an end for which TCP is, once its own FIN leaves.
    before_eof: Option<ReadyState>,
}

impl End {
    fn new(stage: Stage, outgoing: Vec<u8>) -> Self {
        Self {
            stage,
            outgoing: outgoing.into(),
            sent_fin: false,
            told_eof: false,
            got_eof: false,
            before_eof: None,
        }
    }

    pub(super) fn client() -> Self {
        let ask = client::Ask { host: "x", target: "/", subprotocols: &[], headers: &[] };
        let (handshake, request) = client::Handshake::request(&ask, *b"the sample nonce");
        Self::new(Stage::Asks(handshake, Vec::new()), request)
    }

    pub(super) fn server(refuses: bool) -> Self {
        Self::new(Stage::IsAsked { head: Vec::new(), refuses }, Vec::new())
    }

    pub(super) fn state(&self) -> ReadyState {
        match &self.stage {
            // TCP has ended before there was a WebSocket.
            Stage::Asks(..) | Stage::IsAsked { .. } if self.got_eof => ReadyState::Closed,
            Stage::Asks(..) | Stage::IsAsked { .. } => ReadyState::Connecting,
            Stage::Plays(connection) => connection.ready_state(),
            // The answer's head tells.
            Stage::Refused { body } if self.outgoing.len() > *body => ReadyState::Connecting,
            Stage::Refused { .. } => ReadyState::Closed,
        }
    }

    pub(super) fn record(&self) -> Option<&CloseRecord> {
        match &self.stage {
            Stage::Plays(connection) => connection.close_record(),
            _ => None,
        }
    }

    /// Its state without the moves of its own that are not on the wire yet: a 101, and the header of a Close.
    pub(super) fn visible_state(&self) -> ReadyState {
        if let Some(before) = self.before_eof
            && !self.sent_fin
        {
            return before;
        }
        let Stage::Plays(connection) = &self.stage else { return self.state() };
        match connection.close_record() {
            _ if connection.ready_state() == ReadyState::Closed => ReadyState::Closed,
            _ if !self.outgoing.is_empty() => ReadyState::Connecting,
            // The Close is the last thing that an end sends.
            Some(CloseRecord { sent: Some(sent), received: None, .. }) => {
                let mut body = Vec::new();
                sent.encode_body(&mut body);
                if connection.unsent() > body.len() { ReadyState::Open } else { ReadyState::Closing }
            }
            _ => connection.ready_state(),
        }
    }

    fn has_unsent(&self) -> bool {
        !self.outgoing.is_empty()
            || matches!(&self.stage, Stage::Plays(connection) if connection.unsent() > 0)
    }

    /// Whether giving up leaves nothing half sent, and has a meaning.
    pub(super) fn may_shut(&self) -> bool {
        !self.sent_fin && !self.has_unsent() && self.state() == ReadyState::Open
    }

    /// Gives up: the shell closes TCP without a word.
    pub(super) const fn shut(&mut self) {
        self.sent_fin = true;
    }

    /// Takes up to `most` bytes that are to be sent.
    pub(super) fn take(&mut self, most: usize) -> Vec<u8> {
        if self.sent_fin {
            return Vec::new();
        }
        let heads = most.min(self.outgoing.len());
        let mut bytes: Vec<u8> = self.outgoing.drain(..heads).collect();
        if let Stage::Plays(connection) = &mut self.stage
            && self.outgoing.is_empty()
        {
            match connection.poll_transmit() {
                Some(Transmit::Bytes(waiting)) => {
                    let here = waiting.len().min(most - bytes.len());
                    bytes.extend_from_slice(&waiting[..here]);
                    connection.transmitted(here);
                }
                Some(Transmit::Eof) => self.told_eof = true,
                None => {}
            }
        }
        bytes
    }

    /// Whether the shell ends its side now: it was told to, or the connection is closed.
    pub(super) fn wants_fin(&mut self) -> bool {
        if self.outgoing.is_empty()
            && let Stage::Plays(connection) = &mut self.stage
            && let Some(Transmit::Eof) = connection.poll_transmit()
        {
            self.told_eof = true;
        }
        let over = self.state() == ReadyState::Closed && (self.got_eof || !self.has_unsent());
        let wants = !self.sent_fin && (over || (self.told_eof && !self.has_unsent()));
        self.sent_fin |= wants;
        wants
    }

    pub(super) fn execute(&mut self, command: &Command) {
        let Stage::Plays(connection) = &mut self.stage else { return };
        if self.sent_fin {
            return;
        }
        // What may not be sent now is refused, which is as well.
        let _ = match command {
            Command::Text(length) => connection.send_text(&"t".repeat(*length)),
            Command::Fragment(length, fin) => connection.send_fragment(Kind::Binary, &vec![7; *length], *fin),
            Command::Ping(length) => connection.ping(&vec![b'?'; *length]),
            Command::Pong(length) => connection.pong(&vec![b'!'; *length]),
            Command::Close(code) => {
                connection.close(&CloseFrame::new(CloseCode(*code), "bye"), NOW);
                Ok(())
            }
        };
    }

    pub(super) fn receive(&mut self, bytes: &[u8]) {
        let rest = match &mut self.stage {
            Stage::Plays(_) => bytes.to_vec(),
            Stage::Asks(_, head) | Stage::IsAsked { head, .. } => {
                head.extend_from_slice(bytes);
                let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") else { return };
                let rest = head.split_off(end + 4);
                self.shake_hands();
                rest
            }
            Stage::Refused { .. } => return,
        };
        if let Stage::Plays(connection) = &mut self.stage {
            let mut rest = rest;
            let mut input = Input::new(&mut rest);
            while connection.receive(&mut input, NOW).is_some() {}
        }
    }

    /// The peer's head is whole.
    fn shake_hands(&mut self) {
        let config = Arc::new(Config::default());
        self.stage = match std::mem::replace(&mut self.stage, Stage::Refused { body: 0 }) {
            Stage::IsAsked { refuses: true, .. } => {
                let response = Response::refusal(Status::FORBIDDEN, "no");
                self.outgoing.extend(response.encode());
                Stage::Refused { body: response.body().len() }
            }
            Stage::IsAsked { head, .. } => {
                let request = Request::parse(&head, 100).expect("a request");
                let handshake = server::Handshake::read(&request).expect("a right one");
                let accept = server::Accept { subprotocol: None, config, now: NOW };
                let (connection, response) = handshake.accept(accept);
                self.outgoing.extend(response.encode());
                Stage::Plays(Box::new(connection))
            }
            Stage::Asks(handshake, head) => {
                let response = ResponseHead::parse(&head).expect("a response");
                let open = client::Open { config, masks: Box::new(|| MaskKey([1, 2, 3, 4])), now: NOW };
                handshake
                    .finish(&response, open)
                    .map_or(Stage::Refused { body: 0 }, |one| Stage::Plays(Box::new(one)))
            }
            other => other,
        };
    }

    /// TCP has ended both ways.
    pub(super) fn receive_reset(&mut self) {
        self.receive_eof();
        self.before_eof = None;
    }

    pub(super) fn receive_eof(&mut self) {
        self.before_eof.get_or_insert(self.visible_state());
        self.got_eof = true;
        self.outgoing.clear();
        if let Stage::Plays(connection) = &mut self.stage {
            connection.receive_eof();
        }
    }
}
