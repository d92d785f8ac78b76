//! What may stand in place of what a connection said, so that a capture can be shown to others: of the same length, and
//! seen by the observer as the original is.
//!
//! What stays: methods, versions, status codes, the names of headers, the values that the course of a connection depends
//! on (lengths, codings, extensions), the slashes of a target, and of each frame its header, masking key and close code.
//! All else is replaced: text by `x`, binary payloads by zeros, a compressed message by one that inflates to `x`, bytes
//! that are neither head nor frame by 0xFF. Equal pings and subprotocols stay equal, different ones different. A key
//! becomes another key; the accept that answers it right answers the other one right.
//!
//! Nothing is copied from a packet: the bytes at an offset of a stream follow from what was understood of it. So what is
//! sent again is the same again, and where nothing was understood nothing is kept.
//!
//! What a segment carries is known when what it is part of has ended. So whoever asks for the bytes of a packet observes
//! ahead until they are [known](Redaction::knows), and no further: memory does not grow with the capture. Where too much
//! would have to be held for that, they count as not understood.

mod half;
mod head;
mod payload;
mod words;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;

use crate::explain::findings::{File, Finding};
use crate::explain::views::{Findings, View};
use crate::observe::{Ended, Fact, Flags, Observation};
use crate::wire::{PerSide, Side};
use half::{Half, OPAQUE};
use words::Words;

/// So much may be held of what was not asked for yet, in bytes.
const AHEAD: usize = 8 * 1024 * 1024;

/// So much is held of what was asked for, as it may be sent again.
const BEHIND: usize = 2 * 1024 * 1024;

/// A stream that was observed to its end, and not asked for to it, takes about this.
const STREAM: usize = size_of::<Redacted>() + 64;

/// Gathers from a capture what is to stand in place of each byte.
#[derive(Debug, Default)]
pub struct Redaction {
    streams: HashMap<u64, Redacted>,
    words: Words,
    /// The packets that were observed and not asked for.
    places: VecDeque<Place>,
    /// The streams that have ended, behind their last packets.
    ended: BTreeSet<(u64, u64)>,
    /// What was asked for and is held, the oldest first.
    passed: VecDeque<(u64, Side, u64)>,
    /// What those take that were not asked for to their end, and those that were.
    ahead: usize,
    behind: usize,
}

/// Where a packet's payload begins in its stream.
#[derive(Debug, Clone, Copy)]
struct Place {
    packet: u64,
    stream: u64,
    from: Side,
    offset: i64,
}

/// A connection.
#[derive(Debug)]
struct Redacted {
    ends: PerSide<SocketAddr>,
    halves: PerSide<Half>,
}

impl Redaction {
    /// Whether the bytes that stand for this packet's payload, which is so long, are known as well as they can be. If not,
    /// more of the capture is to be observed. Packets are asked about in their order.
    #[must_use]
    pub fn knows(&self, packet: u64, length: usize) -> bool {
        let Some(place) = self.places.front().filter(|place| place.packet <= packet) else { return false };
        let end = place.offset.saturating_add_unsigned(length as u64);
        let is_settled = |redacted: &Redacted| {
            u64::try_from(end).is_ok_and(|end| redacted.halves[place.from].is_settled(end))
        };
        length == 0 || self.is_full() || self.streams.get(&place.stream).is_none_or(is_settled)
    }

    /// Puts the bytes that stand for the payload of a packet that `source` sends; each packet is asked for once, in their
    /// order.
    pub fn fill(&mut self, packet: u64, source: SocketAddr, into: &mut [u8]) {
        while let Some(place) = self.places.pop_front_if(|place| place.packet <= packet) {
            if place.packet == packet {
                self.stand_in(place.stream, source, place.offset, into);
                self.pass(place, source, into.len());
            }
        }
        while let Some((_, stream)) = self.ended.first().copied().filter(|(last, _)| *last <= packet) {
            self.ended.pop_first();
            if let Some(Redacted { halves, .. }) = self.streams.remove(&stream) {
                self.ahead -= halves.client.ahead + halves.server.ahead;
                self.behind -= halves.client.behind + halves.server.behind;
            }
        }
    }

    /// The bytes that stand for those of a stream at this offset, counted from the first byte after the SYN.
    fn stand_in(&self, stream: u64, source: SocketAddr, offset: i64, into: &mut [u8]) {
        match self.streams.get(&stream) {
            Some(redacted) => redacted.halves[redacted.side(source)].fill(offset, into),
            None => into.fill(OPAQUE),
        }
    }

    fn is_full(&self) -> bool {
        let places = self.places.len() * size_of::<Place>();
        self.ahead + places + self.ended.len() * STREAM > AHEAD
    }

    /// A packet's payload was asked for: what it ended is held for a while.
    fn pass(&mut self, place: Place, source: SocketAddr, length: usize) {
        let Some(redacted) = self.streams.get_mut(&place.stream) else { return };
        let side = redacted.side(source);
        let half = &mut redacted.halves[side];
        let before = (half.ahead, half.behind);
        let end = place.offset.saturating_add_unsigned(length as u64);
        half.pass(u64::try_from(end).unwrap_or(0), |begin| {
            self.passed.push_back((place.stream, side, begin));
        });
        self.ahead -= before.0 - half.ahead;
        self.behind += half.behind - before.1;
        // Those of streams that are gone take their places only.
        while self.behind + self.passed.len() * size_of::<(u64, Side, u64)>() > BEHIND
            && let Some((stream, side, begin)) = self.passed.pop_front()
        {
            let redacted = self.streams.get_mut(&stream);
            self.behind -= redacted.map_or(0, |redacted| redacted.halves[side].forget(begin));
        }
    }

    /// `from` is where the bytes begin with which they became known.
    fn facts(&mut self, stream: u64, facts: &[Fact], from: Option<u64>) {
        for fact in facts {
            if let Fact::Stream(about) = fact {
                let new = || Redacted {
                    ends: about.ends,
                    halves: PerSide { client: Half::new(Side::Client), server: Half::new(Side::Server) },
                };
                self.streams.entry(stream).or_insert_with(new).ends = about.ends;
            }
            let Some(Redacted { halves, .. }) = self.streams.get_mut(&stream) else { continue };
            let before = halves.client.ahead + halves.server.ahead;
            match fact {
                Fact::Request(request) => halves.request(request, &mut self.words),
                Fact::Response(response) => halves.response(response, &mut self.words),
                Fact::Frame(frame) => {
                    for side in [Side::Client, Side::Server] {
                        halves[side].next_head = None;
                    }
                    halves[frame.from].frame(frame, &mut self.words);
                }
                Fact::Message(message) => halves[message.from].message(message),
                Fact::Opaque(opaque) => halves[opaque.from].opaque(opaque, from),
                Fact::LostSync(lost) => {
                    halves[lost.from].next_head = None;
                    halves[lost.from].end();
                }
                _ => {}
            }
            self.ahead = self.ahead + halves.client.ahead + halves.server.ahead - before;
        }
        if let Some(Redacted { halves, .. }) = self.streams.get_mut(&stream).filter(|_| !facts.is_empty()) {
            halves.client.settle();
            halves.server.settle();
        }
    }
}

impl Redacted {
    fn side(&self, source: SocketAddr) -> Side {
        if source == self.ends.client { Side::Client } else { Side::Server }
    }
}

impl View for Redaction {
    fn findings(&self) -> Findings {
        Findings::Ignored
    }

    fn step(&mut self, step: &Observation) -> io::Result<()> {
        let offset = step.seq + i64::from(step.flags.has(Flags::SYN)) - 1;
        self.facts(step.stream, &step.facts, u64::try_from(offset).ok());
        self.places.push_back(Place { packet: step.number, stream: step.stream, from: step.from, offset });
        Ok(())
    }

    fn finding(&mut self, _: u64, _: &Finding) -> io::Result<()> {
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.facts(ended.stream, &ended.facts, None);
        if let Some(Redacted { halves, .. }) = self.streams.get_mut(&ended.stream) {
            halves.client.end();
            halves.server.end();
        }
        self.ended.insert((ended.last_packet, ended.stream));
        Ok(())
    }

    fn finish(&mut self, _: &File) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
