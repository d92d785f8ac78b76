//! The heartbeats of a connection: its pings, which pongs answer them, and after how long (RFC 6455 §5.5.2, §5.5.3).

use std::collections::VecDeque;

use crate::explain::text::{self, Language, Narrative, sentence, span};
use crate::observe::{Fact, Frame, Observation};
use crate::wire::ws::Opcode;
use crate::wire::{PerSide, Side};

/// The most pings that may wait for their pongs.
const MOST: usize = 64;

/// One side's pings.
#[derive(Debug, Default)]
struct Heartbeat {
    pings: u64,
    last_ns: u64,
    /// The shortest and longest time from one to the next.
    intervals: Option<(u64, u64)>,
    /// Without a pong so far.
    waiting: VecDeque<(Box<[u8]>, u64)>,
    /// Those that a pong with their own body answered, and the shortest and longest time that one took.
    answered: u64,
    round_trips: Option<(u64, u64)>,
    /// Those that a pong to a later one answered too.
    with_later: u64,
}

impl Heartbeat {
    fn ping(&mut self, frame: &Frame, time_ns: u64) {
        if self.pings > 0 {
            self.intervals = Some(extended(self.intervals, time_ns.saturating_sub(self.last_ns)));
        }
        self.pings += 1;
        self.last_ns = time_ns;
        if self.waiting.len() == MOST {
            self.waiting.pop_front();
        }
        self.waiting.push_back((frame.preview.bytes().into(), time_ns));
    }

    /// The round trip in nanoseconds, if it answers a ping.
    fn pong(&mut self, frame: &Frame, time_ns: u64) -> Option<u64> {
        let place = self.waiting.iter().rposition(|(body, _)| **body == *frame.preview.bytes())?;
        let took = time_ns.saturating_sub(self.waiting[place].1);
        self.round_trips = Some(extended(self.round_trips, took));
        self.answered += 1;
        self.with_later += place as u64;
        self.waiting.drain(..=place);
        Some(took)
    }

    fn summary(&self, by: Side) -> Option<PingSummary> {
        (self.pings > 0).then(|| PingSummary {
            by,
            pings: self.pings,
            intervals: self.intervals,
            answered: self.answered,
            round_trips: self.round_trips,
            with_later: self.with_later,
            missed: self.pings - self.answered - self.with_later,
        })
    }
}

/// One side's pings, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) struct PingSummary {
    pub(in crate::explain) by: Side,
    pings: u64,
    /// The shortest and longest time from one to the next, in nanoseconds; none if there was one.
    intervals: Option<(u64, u64)>,
    /// Those that a pong with their own body answered, and the shortest and longest time that one took.
    answered: u64,
    round_trips: Option<(u64, u64)>,
    /// Those that a pong to a later one answered too.
    with_later: u64,
    /// Those without a pong.
    missed: u64,
}

impl PingSummary {
    /// Of pongs that were not all read: none is said to be missing.
    pub(in crate::explain) const fn without_missed(self) -> Self {
        Self { missed: 0, ..self }
    }

    /// As a sentence.
    pub(in crate::explain) fn text(&self, language: Language) -> String {
        let who = text::side(self.by, language);
        let pings = self.pings;
        let mut all = match self.intervals {
            None => Narrative::OnePing.fill(language, &[&who]),
            Some((_, apart)) if pings == 2 => Narrative::TwoPings.fill(language, &[&who, &span(apart)]),
            // A timer's intervals are alike.
            Some((shortest, longest)) if longest - shortest <= longest / 10 => {
                Narrative::Pings.fill(language, &[&who, &pings, &span(shortest.midpoint(longest))])
            }
            Some((shortest, longest)) => {
                Narrative::UnevenPings.fill(language, &[&who, &pings, &span(shortest), &span(longest)])
            }
        };
        match self.round_trips {
            Some((took, _)) if self.answered == 1 => {
                all += &Narrative::OnePong.fill(language, &[&span(took)]);
            }
            Some((shortest, longest)) => {
                all += &Narrative::Pongs.fill(language, &[&self.answered, &span(shortest), &span(longest)]);
            }
            None => {}
        }
        if self.with_later > 0 {
            all += &Narrative::PongsOfLater.fill(language, &[&self.with_later]);
        }
        if self.missed > 0 {
            all += &Narrative::PongsMissed.fill(language, &[&self.missed]);
        }
        sentence(&all) + Narrative::Period.text(language)
    }
}

/// A shortest and longest time, with one more.
fn extended(of: Option<(u64, u64)>, time: u64) -> (u64, u64) {
    of.map_or((time, time), |(shortest, longest)| (shortest.min(time), longest.max(time)))
}

/// Both sides' pings, as they come.
#[derive(Debug, Default)]
pub(in crate::explain) struct Heartbeats {
    of: PerSide<Heartbeat>,
    /// The last round trip that the last packet ended, in nanoseconds.
    pub(in crate::explain) round_trip_ns: Option<u64>,
}

impl Heartbeats {
    /// Takes what one packet showed.
    pub(in crate::explain) fn note(&mut self, step: &Observation) {
        self.round_trip_ns = None;
        for fact in &step.facts {
            match fact {
                Fact::Frame(frame) if frame.header.opcode() == Opcode::PING => {
                    self.of[frame.from].ping(frame, step.time_ns);
                }
                Fact::Frame(frame) if frame.header.opcode() == Opcode::PONG => {
                    let took = self.of[frame.from.peer()].pong(frame, step.time_ns);
                    self.round_trip_ns = took.or(self.round_trip_ns);
                }
                _ => {}
            }
        }
    }

    /// Of each side that pings.
    pub(in crate::explain) fn summaries(&self) -> impl Iterator<Item = PingSummary> + '_ {
        [Side::Client, Side::Server].into_iter().filter_map(|side| self.of[side].summary(side))
    }
}
