//! What deserves attention in a capture: what went wrong, who did it, and how to make sure.
//!
//! The catalogue is data (`catalogue`): each finding with its id, severity, RFC, and its words. A rule is a small function
//! that looks at something the observer told (a packet, a frame, a close …) and at what is remembered of the connection
//! ([`ConnectionMemory`]), and may find one. Rules stand in lists, by what they look at, in a file for each family. Rules
//! know what is remembered (`memory`), and both what a finding is; never the other way round.
//!
//! A rule states what was seen. What a capture cannot show (it begins midway, bytes are missing) a rule does not claim:
//! it asks [`ConnectionMemory::knows_all_of`] first.
#![allow(clippy::wildcard_imports, reason = "a family of rules uses all its lines of the catalogue")]

mod catalogue;
mod cause;
mod entry;
mod finding;
mod finding_text;
pub(in crate::explain) mod key;
mod known;
mod memory;
mod rules;

use std::collections::BTreeMap;

use crate::observe::{Close, Ended, Fact, Flags, Observation};
use crate::wire::Side;
use memory::capture::Capture;
use memory::connection_memory::{ConnectionMemory, PacketRef};
use memory::deaths;
use rules::{
    OfClose, Rule, RuleContext, apple, capture, closing, compression, early, frames, http2, liveness,
    opening, sync, tcp,
};

use catalogue::opening::CAPTURE_WITHOUT_TCP;
use entry::Entry;
pub(in crate::explain) use entry::Family;
pub use entry::Severity;
pub use finding::Finding;
pub use finding_text::{File, FindingText};
pub use known::{Known, known};

/// Finds what deserves attention. Holds little for each connection that is open, and nothing of those that ended.
#[derive(Debug, Default)]
pub struct Inspector {
    capture: Capture,
    connections: BTreeMap<u64, Box<ConnectionMemory>>,
    found: Vec<Finding>,
}

impl Inspector {
    /// Takes what one packet showed: what is found with it.
    pub fn step(&mut self, step: &Observation) -> impl Iterator<Item = Finding> + '_ {
        self.capture.last_ns = self.capture.last_ns.max(step.time_ns);
        for fact in &step.facts {
            if let Fact::Stream(about) = fact {
                let new = || {
                    self.capture.connections += 1;
                    Box::new(ConnectionMemory::new(*about, step))
                };
                self.connections.entry(step.stream).or_insert_with(new).about(*about);
            }
        }
        if let Some(connection) = self.connections.get_mut(&step.stream) {
            let is_syn = step.flags.has(Flags::SYN);
            let at = PacketRef::of(step);
            let mut inspection =
                Inspection { capture: &mut self.capture, connection, at, is_syn, found: &mut self.found };
            inspection.step(step);
        }
        self.found.drain(..)
    }

    /// Takes what the end of a stream left: what is found now.
    pub fn ended(&mut self, ended: &Ended) -> impl Iterator<Item = Finding> + '_ {
        if let Some(mut connection) = self.connections.remove(&ended.stream) {
            let at = connection.last;
            let mut inspection = Inspection {
                capture: &mut self.capture,
                connection: &mut connection,
                at,
                is_syn: false,
                found: &mut self.found,
            };
            inspection.ended(ended);
        }
        self.found.drain(..)
    }
}

impl Inspector {
    /// The capture has ended, and all its streams have: what is to be said of it as a whole.
    #[must_use]
    pub fn finish(&self) -> Vec<Finding> {
        let is_empty = self.capture.connections == 0;
        is_empty.then(|| Finding::of_capture(&CAPTURE_WITHOUT_TCP)).into_iter().collect()
    }
}

/// One connection being looked at.
struct Inspection<'i> {
    capture: &'i mut Capture,
    connection: &'i mut ConnectionMemory,
    at: PacketRef,
    is_syn: bool,
    found: &'i mut Vec<Finding>,
}

/// Whether the connection has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Open,
    Over,
}

impl Inspection<'_> {
    /// Asks all rules about something: whether one found something.
    fn ask<T>(&mut self, rules: &[Rule<T>], about: &T, when: When) -> bool {
        let mut is_found = false;
        for rule in rules {
            is_found |= self.tell(|scene| rule(scene, about), when);
        }
        is_found
    }

    fn ask_of_close(&mut self, rules: &[OfClose], close: &Close, when: When) {
        for rule in rules {
            match rule {
                OfClose::Once(rule) => {
                    self.tell(|scene| rule(scene, close), when);
                }
                OfClose::EachSide(rule) => {
                    for side in [Side::Client, Side::Server] {
                        self.tell(|scene| rule(scene, close, side), when);
                    }
                }
            }
        }
    }

    /// Tells what a rule finds: whether it found something.
    fn tell(&mut self, rule: impl Fn(&RuleContext<'_>) -> Option<Finding>, when: When) -> bool {
        let scene = RuleContext {
            capture: self.capture,
            connection: self.connection,
            at: self.at,
            is_syn: self.is_syn,
            is_over: when == When::Over,
        };
        // Most find nothing: what is found is long, and moved only if there is something.
        let Some(found) = rule(&scene) else { return false };
        debug_assert_eq!(found.check_values(), Ok(()));
        if self.connection.admits(&found) {
            self.found.push(found);
        }
        true
    }

    fn step(&mut self, step: &Observation) {
        if self.is_noteworthy(step) {
            self.ask(capture::OF_PACKETS, step, When::Open);
            self.ask(tcp::OF_PACKETS, step, When::Open);
        }
        for fact in &step.facts {
            self.fact(fact, When::Open);
        }
        self.connection.note(step);
        for fact in &step.facts {
            if let Fact::Frame(frame) = fact
                && frame.header.is_close()
            {
                self.connection.ends[frame.from].late.leave_out(frame);
            }
            // What is missing is given up only at the end.
            if let Fact::Close(close) = fact
                && !self.connection.awaits_bytes()
            {
                self.close(close, When::Open);
            }
        }
    }

    /// Whether a packet may be more than one of many in the middle of an open connection.
    fn is_noteworthy(&self, step: &Observation) -> bool {
        let ends = &self.connection.ends;
        step.flags.0 & (Flags::SYN.0 | Flags::FIN.0 | Flags::RST.0) != 0
            || !step.marks.is_empty()
            || ends.client.has_ended()
            || ends.server.has_ended()
            || ends[step.from].zero_since.is_some()
            || ends.client.packets < 2
            || step.time_ns.saturating_add(capture::STEP_BACK) <= self.connection.last.time_ns
            || step.length > ends[step.from.peer()].mss.map_or(u32::MAX, u32::from)
    }

    fn fact(&mut self, fact: &Fact, when: When) {
        match fact {
            Fact::Stream(about) => {
                self.ask(capture::OF_STREAMS, about, when);
            }
            Fact::Request(request) => {
                self.ask(opening::OF_REQUESTS, request, when);
                self.ask(compression::OF_REQUESTS, request, when);
                self.ask(http2::OF_REQUESTS, request, when);
                if let Some((key, _)) = &request.key {
                    self.capture.note_key(key);
                }
            }
            Fact::Response(response) => {
                self.ask(opening::OF_RESPONSES, response, when);
                self.ask(http2::OF_RESPONSES, response, when);
                self.ask(tcp::OF_RESPONSES, response, when);
            }
            Fact::Opaque(opaque) => {
                self.ask(capture::OF_OPAQUE, opaque, when);
                self.ask(tcp::OF_OPAQUE, opaque, when);
                self.ask(http2::OF_OPAQUE, opaque, when);
            }
            Fact::Gap(hole) => {
                self.ask(capture::OF_HOLES, hole, when);
            }
            Fact::Frame(frame) => {
                self.ask(early::OF_FRAMES, frame, when);
                self.ask(sync::OF_NEXT_FRAMES, frame, when);
                // What is no frame breaks no rule of frames.
                let is_frame = !self.ask(sync::OF_FRAMES, frame, when);
                if is_frame {
                    self.ask(compression::OF_FRAMES, frame, when);
                    self.ask(apple::OF_FRAMES, frame, when);
                    self.ask(frames::OF_FRAMES, frame, when);
                    self.ask(closing::OF_FRAMES, frame, when);
                }
                let is_long_form = is_frame && !frame.header.is_minimal();
                self.connection.senders[frame.from].long_form = is_long_form.then(|| frame.clone());
            }
            Fact::Message(message) => {
                self.ask(frames::OF_MESSAGES, message, when);
                self.ask(compression::OF_MESSAGES, message, when);
                self.ask(apple::OF_MESSAGES, message, when);
            }
            Fact::Hello(hello) => {
                self.ask(http2::OF_HELLOS, hello, when);
            }
            Fact::Http2(frame) => {
                self.ask(http2::OF_FRAMES, frame, when);
            }
            Fact::LostSync(lost) => {
                self.ask(sync::OF_LOST_SYNC, lost, when);
            }
            _ => {}
        }
        self.connection.note_fact(fact, self.at);
    }

    fn close(&mut self, close: &Close, when: When) {
        if !std::mem::replace(&mut self.connection.is_close_told, true) {
            self.ask_of_close(capture::OF_CLOSES, close, when);
            self.ask_of_close(early::OF_CLOSES, close, when);
            self.ask_of_close(http2::OF_CLOSES, close, when);
            self.ask_of_close(sync::OF_CLOSES, close, when);
            self.ask_of_close(frames::OF_CLOSES, close, when);
            self.ask_of_close(closing::OF_CLOSES, close, when);
            self.ask_of_close(tcp::OF_CLOSES, close, when);
            self.ask_of_close(liveness::OF_CLOSES, close, when);
            deaths::note(&mut self.capture.deaths, self.connection, close);
        }
    }

    fn ended(&mut self, ended: &Ended) {
        for fact in &ended.facts {
            self.fact(fact, When::Over);
        }
        self.ask_of_close(capture::OF_ENDS, &ended.close, When::Over);
        self.close(&ended.close, When::Over);
    }
}

#[cfg(test)]
mod tests;
