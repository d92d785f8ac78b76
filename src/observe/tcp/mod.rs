//! The TCP machine of one end (RFC 9293 §3.3.2), driven by the packets between the ends.
//!
//! An end changes its state when it sends and when it receives. The observer stands in between and sees each segment
//! once, as sent and as received. Where a later segment shows that it had not been received yet (two FINs, or two SYNs,
//! that cross), a rule of the table takes that back ([`Event::SendFinCrossing`]).
//!
//! Besides the machine, this folder has the sequence space of a direction and the analysis of a segment in it; no bytes
//! and no packets are kept here.

pub(super) mod analysis;
pub(super) mod direction;
mod header_trail;
mod recent_packets;
mod table;

use crate::observe::facts::Evidence;
use crate::rfc::Rfc;

pub use crate::observe::facts::tcp::{Event, State};
pub use table::{IMPLIED, STAYS, TRANSITIONS};

/// A row of the table: an event that leads from a state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The state before.
    pub from: State,
    /// The event.
    pub event: Event,
    /// The state after.
    pub to: State,
    /// The section of the RFC.
    pub rfc: Rfc,
}

/// The rule for an event in a state; `None` if the state stays.
#[must_use]
pub fn rule(from: State, event: Event) -> Option<&'static Rule> {
    find(TRANSITIONS, from, event)
}

/// The rule for an event that a state does not know: the state that the event implies.
#[must_use]
pub fn implied(from: State, event: Event) -> Option<&'static Rule> {
    find(IMPLIED, from, event)
}

fn find(rules: &'static [Rule], from: State, event: Event) -> Option<&'static Rule> {
    rules.iter().find(|rule| rule.from == from && rule.event == event)
}

/// The machine of one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) struct Machine {
    pub(in crate::observe) state: State,
    pub(in crate::observe) evidence: Evidence,
    opened: Opened,
}

/// Passively if the end came from LISTEN, else actively.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opened {
    Passively,
    Actively,
}

impl Machine {
    pub(in crate::observe) const fn new(state: State) -> Self {
        Self { state, evidence: Evidence::Inferred, opened: Opened::Actively }
    }

    /// Applies an event. Emits each change of state, an implied one before the event's own.
    #[inline]
    pub(in crate::observe) fn step(
        &mut self,
        event: Event,
        evidence: Evidence,
        mut emit: impl FnMut(&Rule, Evidence),
    ) {
        if let (State::Established, Event::SendAck | Event::SendData | Event::ReceiveData) =
            (self.state, event)
        {
            // What nearly all events are.
            return;
        }
        if let Some(rule) = implied(self.state, event) {
            let rule = Rule { event: Event::NotCaptured, ..*rule };
            self.enter(&rule, Evidence::Inferred);
            emit(&rule, Evidence::Inferred);
        }
        let event = match event {
            Event::ReceiveRst if self.state == State::SynReceived && self.opened == Opened::Passively => {
                Event::ReceiveRstAfterListen
            }
            event => event,
        };
        if let Some(rule) = rule(self.state, event) {
            self.enter(rule, evidence);
            emit(rule, evidence);
        }
    }

    /// A packet of this end shows the state that was inferred.
    pub(in crate::observe) const fn confirm(&mut self, state: State, evidence: Evidence) {
        if self.state as u8 == state as u8 && matches!(self.evidence, Evidence::Inferred) {
            self.evidence = evidence;
        }
    }

    const fn enter(&mut self, rule: &Rule, evidence: Evidence) {
        match rule.from {
            State::Listen => self.opened = Opened::Passively,
            State::Closed | State::SynSent => self.opened = Opened::Actively,
            _ => {}
        }
        self.state = rule.to;
        self.evidence = evidence;
    }
}

#[cfg(test)]
mod tests;
