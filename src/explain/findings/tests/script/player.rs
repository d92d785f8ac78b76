//! Player of scripts: makes packets of the acts.

use std::net::SocketAddr;

use super::{Act, Cut, MS};
use crate::explain::findings::{Finding, Inspector};
use crate::observe::{Checksum, Ended, Evidence, Flags, Ip, Observation, Observer, Options, Segment};
use crate::wire::{PerSide, Side};

/// An event that a view receives.
pub(super) enum ViewEvent {
    Observation(Observation),
    Finding(u64, Finding),
    Ended(Ended),
}

#[derive(Debug, Clone)]
pub(super) struct Half {
    next: u32,
    /// Position after the last byte received from the peer.
    received: u32,
    is_held: bool,
    window: u16,
    last: Option<(u32, Flags, Vec<u8>)>,
}

impl Half {
    /// One that will begin here, and acknowledges what its peer begins with.
    pub(super) const fn new(isn: u32, peers: u32) -> Self {
        Self { next: isn, received: peers, is_held: false, window: 64_240, last: None }
    }
}

pub(super) struct Player {
    pub(super) observer: Observer,
    pub(super) inspector: Inspector,
    pub(super) events: Vec<ViewEvent>,
    pub(super) number: u64,
    pub(super) time_ns: u64,
    pub(super) ends: PerSide<SocketAddr>,
    pub(super) halves: PerSide<Half>,
    pub(super) evidence: Evidence,
    pub(super) mss: u16,
    /// Captured bytes of the next segment, if that is cut.
    pub(super) kept: Option<usize>,
    pub(super) ttls: PerSide<u8>,
    pub(super) checksum: Checksum,
}

impl Player {
    pub(super) fn act(&mut self, act: &Act, cut: Cut) {
        match act {
            Act::Segment { from, flags, payload } if cut == Cut::Bytes && payload.len() > 1 => {
                for byte in payload.chunks(1) {
                    self.time_ns += 1_000;
                    self.segment(*from, *flags, byte);
                }
            }
            Act::Segment { from, flags, payload } => {
                self.time_ns += MS / 4;
                self.segment(*from, *flags, payload);
            }
            Act::Again(from) => {
                if let Some((seq, flags, payload)) = self.halves[*from].last.clone() {
                    self.time_ns += 2_000;
                    self.put(*from, seq, flags, &payload);
                }
            }
            Act::Off { from, flags, by } => {
                self.time_ns += MS / 4;
                self.put(*from, self.halves[*from].next.wrapping_add_signed(*by), *flags, &[]);
            }
            Act::Window { of, window } => self.halves[*of].window = *window,
            Act::Ttl(side, ttl) => self.ttls[*side] = *ttl,
            Act::Hold(side) => self.halves[*side].is_held = true,
            Act::Release(side) => {
                self.halves[*side].is_held = false;
                self.halves[*side].received = self.halves[side.peer()].next;
            }
            Act::Wait(ns) => self.time_ns += ns,
            Act::Back(ns) => self.time_ns -= ns,
            Act::Miss(from, bytes) => {
                self.halves[*from].next += bytes;
                let next = self.halves[*from].next;
                self.halves[from.peer()].received = next;
            }
            Act::Cut { from, payload, kept } => {
                self.kept = Some(*kept);
                self.segment(*from, Flags::ACK, payload);
                self.kept = None;
            }
            Act::Checksum(checksum) => self.checksum = *checksum,
            Act::Connection(port) => {
                self.ends.client.set_port(*port);
                self.halves = PerSide { client: Half::new(1_000, 5_000), server: Half::new(5_000, 1_000) };
            }
        }
    }

    fn segment(&mut self, from: Side, flags: Flags, payload: &[u8]) {
        let seq = self.halves[from].next;
        self.put(from, seq, flags, payload);
        let phantom = u32::from(flags.has(Flags::SYN)) + u32::from(flags.has(Flags::FIN));
        let half = &mut self.halves[from];
        half.next = half.next.wrapping_add(payload.len() as u32 + phantom);
        half.last = Some((seq, flags, payload.to_vec()));
        let next = half.next;
        let peer = &mut self.halves[from.peer()];
        if !peer.is_held {
            peer.received = next;
        }
    }

    fn put(&mut self, from: Side, seq: u32, flags: Flags, payload: &[u8]) {
        self.number += 1;
        let is_syn = flags.has(Flags::SYN);
        let options = Options { mss: is_syn.then_some(self.mss), ..Options::default() };
        let segment = Segment {
            number: self.number,
            time_ns: self.time_ns,
            source: self.ends[from],
            destination: self.ends[from.peer()],
            ip: Some(Ip { ttl: self.ttls[from], id: Some(self.number as u16) }),
            seq,
            ack: flags.has(Flags::ACK).then(|| self.halves[from].received),
            flags,
            window: if flags.has(Flags::RST) { 0 } else { self.halves[from].window },
            options,
            payload: &payload[..self.kept.unwrap_or(payload.len())],
            length: payload.len() as u32,
            evidence: self.evidence,
            checksum: self.checksum,
        };
        let step = self.observer.observe(&segment);
        while let Some(ended) = self.observer.poll_ended() {
            self.ended(ended);
        }
        let found = self
            .inspector
            .step(&step)
            .map(|found| ViewEvent::Finding(step.stream, found))
            .collect::<Vec<_>>();
        self.events.push(ViewEvent::Observation(step));
        self.events.extend(found);
    }

    pub(super) fn ended(&mut self, ended: Ended) {
        self.events.extend(self.inspector.ended(&ended).map(|found| ViewEvent::Finding(ended.stream, found)));
        self.events.push(ViewEvent::Ended(ended));
    }
}
