//! The WebSocket machine of one end (RFC 6455 §4 and §7), driven by the bytes between the ends.
//!
//! The changes of state:
//! - OPEN: the server when its 101 leaves, the client when a valid 101 has come whole.
//! - CLOSING: the sender when its Close frame begins to leave, the receiver when it has come whole.
//! - CLOSED: when TCP is closed for that end: a FIN came (all before it was delivered) and one left, or a RST.
//!
//! Besides the machine, this folder has the readers of frames and messages; whether a side speaks frames at all is decided
//! in `application`.

pub(super) mod assembler;
pub(super) mod frame_reader;
pub(super) mod frame_search;
pub(super) mod numbering;
mod plausibility;
mod table;

use crate::observe::facts::Evidence;
use crate::rfc::Rfc;
use crate::wire::ws::ReadyState;

pub use crate::observe::facts::ws::{Event, name};
pub use table::{IMPLIED, STAYS, TRANSITIONS};

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The state before.
    pub from: ReadyState,
    /// The event.
    pub event: Event,
    /// The state after.
    pub to: ReadyState,
    /// The section of the RFC.
    pub rfc: Rfc,
}

/// The rule for an event in a state; `None` if the state stays.
#[must_use]
pub fn rule(from: ReadyState, event: Event) -> Option<&'static Rule> {
    find(TRANSITIONS, from, event)
}

/// The rule for an event that a state does not know: the state that the event implies.
#[must_use]
pub fn implied(from: ReadyState, event: Event) -> Option<&'static Rule> {
    find(IMPLIED, from, event)
}

fn find(rules: &'static [Rule], from: ReadyState, event: Event) -> Option<&'static Rule> {
    rules.iter().find(|rule| rule.from == from && rule.event == event)
}

/// The machine of one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) struct Machine {
    pub(in crate::observe) state: ReadyState,
    pub(in crate::observe) evidence: Evidence,
}

impl Machine {
    pub(in crate::observe) const fn new(state: ReadyState) -> Self {
        Self { state, evidence: Evidence::Inferred }
    }

    /// Applies an event. Emits each change of state, an implied one before the event's own.
    pub(in crate::observe) fn step(
        &mut self,
        event: Event,
        evidence: Evidence,
        mut emit: impl FnMut(&Rule, Evidence),
    ) {
        if let Some(rule) = implied(self.state, event) {
            (self.state, self.evidence) = (rule.to, Evidence::Inferred);
            emit(&Rule { event: Event::NotCaptured, ..*rule }, Evidence::Inferred);
        }
        if let Some(rule) = rule(self.state, event) {
            (self.state, self.evidence) = (rule.to, evidence);
            emit(rule, evidence);
        } else if matches!(event, Event::SendRequest | Event::ReceiveRequest) {
            // Until then CONNECTING was presumed.
            self.evidence = evidence;
        }
    }
}

#[cfg(test)]
mod tests;
