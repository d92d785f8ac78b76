//! TCP between the two ends, as far as an observer sees it: numbers, acknowledgments, repetitions.

use std::net::SocketAddr;

use wirewalk::observe::{Checksum, Close, Config, Evidence, Flags, Observer, Options, Segment};
use wirewalk::wire::Side;
use wirewalk::wire::ws::ReadyState;

/// What one end has sent.
#[derive(Debug, Default)]
struct Sent {
    isn: u32,
    /// Counted from the SYN.
    next: u32,
    /// The last segment.
    last: (u32, Vec<u8>),
}

/// The wire, and the observer beside it.
pub(super) struct Wire {
    observer: Observer,
    sent: [Sent; 2],
    number: u64,
    states: [ReadyState; 2],
    close: Option<Close>,
}

impl Wire {
    /// A wire with an open TCP connection.
    pub(super) fn open(client_isn: u32, server_isn: u32) -> Self {
        let sent = [client_isn, server_isn].map(|isn| Sent { isn, ..Sent::default() });
        let observer = Observer::new(Config::default());
        let mut wire = Self { observer, sent, number: 0, states: [ReadyState::Closed; 2], close: None };
        wire.put(Side::Client, Flags::SYN, 0, b"");
        wire.sent[0].next = 1;
        wire.put(Side::Server, Flags::SYN | Flags::ACK, 0, b"");
        wire.sent[1].next = 1;
        wire.acknowledge(Side::Client);
        wire
    }

    /// What is observed of an end.
    pub(super) const fn state(&self, side: Side) -> ReadyState {
        self.states[side as usize]
    }

    /// How it closed.
    pub(super) fn close(self) -> Close {
        let last = self.observer.finish().next().expect("one stream");
        if let Some(told) = self.close {
            assert_eq!(told, last.close, "what is told when TCP is done is what is told at the end");
        }
        last.close
    }

    pub(super) fn data(&mut self, from: Side, bytes: &[u8]) {
        let seq = self.sent[from as usize].next;
        self.put(from, Flags::ACK | Flags::PSH, seq, bytes);
        let sent = &mut self.sent[from as usize];
        sent.next += bytes.len() as u32;
        sent.last = (seq, bytes.to_vec());
    }

    /// Two segments, of which the second is seen first.
    pub(super) fn swapped(&mut self, from: Side, first: &[u8], second: &[u8]) {
        let seq = self.sent[from as usize].next;
        self.put(from, Flags::ACK, seq + first.len() as u32, second);
        self.put(from, Flags::ACK, seq, first);
        self.sent[from as usize].next += (first.len() + second.len()) as u32;
    }

    /// The last segment once more.
    pub(super) fn repeat(&mut self, from: Side) {
        let (seq, bytes) = self.sent[from as usize].last.clone();
        if !bytes.is_empty() {
            self.put(from, Flags::ACK, seq, &bytes);
        }
    }

    pub(super) fn acknowledge(&mut self, from: Side) {
        let seq = self.sent[from as usize].next;
        self.put(from, Flags::ACK, seq, b"");
    }

    pub(super) fn fin(&mut self, from: Side) {
        let seq = self.sent[from as usize].next;
        self.put(from, Flags::FIN | Flags::ACK, seq, b"");
        self.sent[from as usize].next += 1;
        self.acknowledge(from.peer());
    }

    pub(super) fn reset(&mut self, from: Side) {
        let seq = self.sent[from as usize].next;
        self.put(from, Flags::RST | Flags::ACK, seq, b"");
    }

    fn put(&mut self, from: Side, flags: Flags, seq: u32, payload: &[u8]) {
        self.number += 1;
        let at = |side: Side| SocketAddr::from(([127, 0, 0, 1], [50_000, 9001][side as usize]));
        let (mine, peers) = (&self.sent[from as usize], &self.sent[from.peer() as usize]);
        let segment = Segment {
            number: self.number,
            time_ns: self.number * 1000,
            source: at(from),
            destination: at(from.peer()),
            ip: None,
            seq: mine.isn.wrapping_add(seq),
            ack: flags.has(Flags::ACK).then(|| peers.isn.wrapping_add(peers.next)),
            flags,
            window: 65_535,
            options: Options { window_scale: flags.has(Flags::SYN).then_some(7), ..Options::default() },
            payload,
            length: payload.len() as u32,
            evidence: Evidence::Captured,
            checksum: Checksum::Unknown,
        };
        let step = self.observer.observe(&segment);
        let ws = step.ws.expect("a WebSocket, as far as is known");
        self.states = [ws.client.state, ws.server.state];
        for fact in step.facts {
            if let wirewalk::observe::Fact::Close(close) = fact {
                self.close = Some(*close);
            }
        }
    }
}
