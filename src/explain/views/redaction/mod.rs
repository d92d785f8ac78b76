//! Replacements for what a connection said, so that a capture can be shown to others: of the same length, and seen by
//! the observer as the original is.
//!
//! Kept: methods, versions, status codes, the names of headers, the values that the course of a connection depends on
//! (lengths, codings, extensions), the slashes of a target, and of each frame its header, masking key and close code.
//! All else is replaced: text by `x`, binary payloads by zeros, a compressed message by one that inflates to `x`, bytes
//! that are neither head nor frame by 0xFF. Equal pings and subprotocols stay equal, different ones different. A key
//! becomes another key; the accept that answers it right answers the other one right.
//!
//! Nothing is copied from a packet: the bytes at an offset of a stream follow from what was understood of it. So what is
//! sent again is the same again, and where nothing was understood nothing is kept.
//!
//! The meaning of a segment is known when the frame or head that it is part of has ended. So the caller that asks for
//! the bytes of a packet observes ahead until they are [known](Redaction::knows), and no further: memory does not grow
//! with the capture. Where that would need too much memory, they count as not understood.

mod head;
mod payload;
mod side_redaction;
mod words;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;

use crate::explain::findings::{File, Finding};
use crate::explain::views::{Findings, View};
use crate::observe::{Ended, Fact, Flags, Observation};
use crate::wire::{PerSide, Side};
use side_redaction::{OPAQUE, SideRedaction};
use words::Words;

/// Memory limit for packets not requested yet, in bytes.
const AHEAD: usize = 8 * 1024 * 1024;

/// Memory limit for runs already requested, in bytes: they may be sent again.
const BEHIND: usize = 2 * 1024 * 1024;

/// Memory of a stream that was observed to its end, and not requested to it, in bytes, about.
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
    /// Runs that were requested and are kept, the oldest first.
    passed: VecDeque<(u64, Side, u64)>,
    /// Memory of the runs not yet requested to their end, and of the others.
    ahead: usize,
    behind: usize,
}

/// Offset of a packet's payload in its stream.
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
    sides: PerSide<SideRedaction>,
}

impl Redaction {
    /// Returns `true` if the bytes that stand for this packet's payload, which is so long, are known as well as they
    /// can be. If not, more of the capture is to be observed. Packets are asked about in their order.
    #[must_use]
    pub fn knows(&self, packet: u64, length: usize) -> bool {
        let Some(place) = self.places.front().filter(|place| place.packet <= packet) else { return false };
        let end = place.offset.saturating_add_unsigned(length as u64);
        let is_settled = |redacted: &Redacted| {
            u64::try_from(end).is_ok_and(|end| redacted.sides[place.from].is_settled(end))
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
            if let Some(Redacted { sides, .. }) = self.streams.remove(&stream) {
                self.ahead -= sides.client.ahead + sides.server.ahead;
                self.behind -= sides.client.behind + sides.server.behind;
            }
        }
    }

    /// The bytes that stand for those of a stream at this offset, counted from the first byte after the SYN.
    fn stand_in(&self, stream: u64, source: SocketAddr, offset: i64, into: &mut [u8]) {
        match self.streams.get(&stream) {
            Some(redacted) => redacted.sides[redacted.side(source)].fill(offset, into),
            None => into.fill(OPAQUE),
        }
    }

    fn is_full(&self) -> bool {
        let places = self.places.len() * size_of::<Place>();
        self.ahead + places + self.ended.len() * STREAM > AHEAD
    }

    /// A packet's payload was requested: what it ended is kept for a while.
    fn pass(&mut self, place: Place, source: SocketAddr, length: usize) {
        let Some(redacted) = self.streams.get_mut(&place.stream) else { return };
        let side = redacted.side(source);
        let redaction = &mut redacted.sides[side];
        let before = (redaction.ahead, redaction.behind);
        let end = place.offset.saturating_add_unsigned(length as u64);
        redaction.pass(u64::try_from(end).unwrap_or(0), |begin| {
            self.passed.push_back((place.stream, side, begin));
        });
        self.ahead -= before.0 - redaction.ahead;
        self.behind += redaction.behind - before.1;
        // Those of streams that are gone take their places only.
        while self.behind + self.passed.len() * size_of::<(u64, Side, u64)>() > BEHIND
            && let Some((stream, side, begin)) = self.passed.pop_front()
        {
            let redacted = self.streams.get_mut(&stream);
            self.behind -= redacted.map_or(0, |redacted| redacted.sides[side].forget(begin));
        }
    }

    /// `from` is where the bytes begin with which they became known.
    fn facts(&mut self, stream: u64, facts: &[Fact], from: Option<u64>) {
        for fact in facts {
            if let Fact::Stream(about) = fact {
                let new = || Redacted {
                    ends: about.ends,
                    sides: PerSide {
                        client: SideRedaction::new(Side::Client),
                        server: SideRedaction::new(Side::Server),
                    },
                };
                self.streams.entry(stream).or_insert_with(new).ends = about.ends;
            }
            let Some(Redacted { sides, .. }) = self.streams.get_mut(&stream) else { continue };
            let before = sides.client.ahead + sides.server.ahead;
            match fact {
                Fact::Request(request) => sides.request(request, &mut self.words),
                Fact::Response(response) => sides.response(response, &mut self.words),
                Fact::Frame(frame) => {
                    for side in [Side::Client, Side::Server] {
                        sides[side].next_head = None;
                    }
                    sides[frame.from].frame(frame, &mut self.words);
                }
                Fact::Message(message) => sides[message.from].message(message),
                Fact::Opaque(opaque) => sides[opaque.from].opaque(opaque, from),
                Fact::LostSync(lost) => {
                    sides[lost.from].next_head = None;
                    sides[lost.from].end();
                }
                _ => {}
            }
            self.ahead = self.ahead + sides.client.ahead + sides.server.ahead - before;
        }
        if let Some(Redacted { sides, .. }) = self.streams.get_mut(&stream).filter(|_| !facts.is_empty()) {
            sides.client.extend_settled();
            sides.server.extend_settled();
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
        if let Some(Redacted { sides, .. }) = self.streams.get_mut(&ended.stream) {
            sides.client.end();
            sides.server.end();
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
