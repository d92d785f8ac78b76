//! The WebSocket machine of one end (RFC 6455 §4 and §7), driven by what is seen on the way.
//!
//! When each end's state changes:
//! - OPEN: the server when its 101 leaves, the client when a valid 101 has come whole.
//! - CLOSING: the sender when its Close frame begins to leave, the receiver when it has come whole.
//! - CLOSED: when TCP has ended for that end: a FIN or RST came (all before it was delivered), or a RST left.

pub(super) mod assembler;
pub(super) mod frame_reader;
mod plausibility;

use crate::observe::facts::segment::Evidence;
use crate::observe::tcp::spelled;
use crate::rfc::Rfc;
use crate::wire::ws::ReadyState;

use std::fmt;

spelled! {
    /// What can happen to an end.
    Event {
        /// The client's request for an Upgrade leaves.
        SendRequest = "send upgrade request",
        /// The client's request for an Upgrade comes.
        ReceiveRequest = "receive upgrade request",
        /// The server's 101 leaves.
        Send101 = "send 101",
        /// A valid 101 comes.
        Receive101 = "receive 101",
        /// A 101 comes that the client must not take (RFC 6455 §4.1).
        ReceiveWrong101 = "receive 101 that is not valid",
        /// An answer other than 101 leaves.
        SendRefusal = "send refusal",
        /// An answer other than 101 comes.
        ReceiveRefusal = "receive refusal",
        /// A frame leaves.
        SendFrame = "send frame",
        /// A Close frame leaves.
        SendClose = "send Close",
        /// A Close frame comes.
        ReceiveClose = "receive Close",
        /// TCP has ended for this end.
        TcpEnded = "TCP ended",
        /// Something that was not captured, but that what was captured implies.
        NotCaptured = "not captured, implied by what follows",
    }
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The state before.
    pub from: ReadyState,
    /// What happens.
    pub event: Event,
    /// The state after.
    pub to: ReadyState,
    /// Who says so.
    pub rfc: Rfc,
}

const fn rule_of(from: ReadyState, event: Event, to: ReadyState, section: &'static str) -> Rule {
    Rule { from, event, to, rfc: Rfc(6455, section) }
}

/// What changes a state. A pair that does not stand here or in [`IMPLIED`] stands in [`STAYS`].
pub const TRANSITIONS: &[Rule] = {
    use Event as E;
    use ReadyState as S;
    &[
        rule_of(S::Connecting, E::Send101, S::Open, "4.2.2"),
        rule_of(S::Connecting, E::Receive101, S::Open, "4.1"),
        rule_of(S::Connecting, E::SendRefusal, S::Closed, "4.2.2"),
        rule_of(S::Connecting, E::ReceiveRefusal, S::Closed, "4.1"),
        rule_of(S::Connecting, E::TcpEnded, S::Closed, "7.1.4"),
        rule_of(S::Open, E::SendClose, S::Closing, "7.1.3"),
        rule_of(S::Open, E::ReceiveClose, S::Closing, "7.1.3"),
        rule_of(S::Open, E::TcpEnded, S::Closed, "7.1.4"),
        rule_of(S::Closing, E::TcpEnded, S::Closed, "7.1.4"),
        // Refused, and tried again on the same TCP connection.
        rule_of(S::Closed, E::SendRequest, S::Connecting, "4.1"),
        rule_of(S::Closed, E::ReceiveRequest, S::Connecting, "4.2.1"),
    ]
};

/// An end that sends frames takes the connection for open, whatever was seen of its opening.
pub const IMPLIED: &[Rule] = {
    use Event as E;
    use ReadyState as S;
    &[
        rule_of(S::Connecting, E::SendFrame, S::Open, "4.1"),
        rule_of(S::Connecting, E::SendClose, S::Open, "4.1"),
    ]
};

/// What leaves a state as it is.
pub const STAYS: &[(ReadyState, &[Event])] = {
    use Event as E;
    use ReadyState as S;
    &[
        // After a 101 that is not valid the client must fail the connection; TCP's end is what shows it.
        (S::Connecting, &[E::SendRequest, E::ReceiveRequest, E::ReceiveWrong101, E::ReceiveClose]),
        (
            S::Open,
            &[
                E::SendRequest,
                E::ReceiveRequest,
                E::Send101,
                E::Receive101,
                E::ReceiveWrong101,
                E::SendRefusal,
                E::ReceiveRefusal,
                E::SendFrame,
            ],
        ),
        (
            S::Closing,
            &[
                E::SendRequest,
                E::ReceiveRequest,
                E::Send101,
                E::Receive101,
                E::ReceiveWrong101,
                E::SendRefusal,
                E::ReceiveRefusal,
                E::SendFrame,
                E::SendClose,
                E::ReceiveClose,
            ],
        ),
        (
            S::Closed,
            &[
                E::Send101,
                E::Receive101,
                E::ReceiveWrong101,
                E::SendRefusal,
                E::ReceiveRefusal,
                E::SendFrame,
                E::SendClose,
                E::ReceiveClose,
                E::TcpEnded,
            ],
        ),
    ]
};

/// The rule for an event in a state; `None` if the state stays.
#[must_use]
pub fn rule(from: ReadyState, event: Event) -> Option<&'static Rule> {
    find(TRANSITIONS, from, event)
}

/// The rule for an event that a state does not know: in which state the end must have been already.
#[must_use]
pub fn implied(from: ReadyState, event: Event) -> Option<&'static Rule> {
    find(IMPLIED, from, event)
}

fn find(rules: &'static [Rule], from: ReadyState, event: Event) -> Option<&'static Rule> {
    rules.iter().find(|rule| rule.from == from && rule.event == event)
}

/// The state, as RFC 6455 and the browsers spell it.
#[must_use]
pub const fn name(state: ReadyState) -> &'static str {
    match state {
        ReadyState::Connecting => "CONNECTING",
        ReadyState::Open => "OPEN",
        ReadyState::Closing => "CLOSING",
        ReadyState::Closed => "CLOSED",
    }
}

/// A state, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) struct Machine {
    pub(in crate::observe) state: ReadyState,
    pub(in crate::observe) evidence: Evidence,
}

impl Machine {
    pub(in crate::observe) const fn new(state: ReadyState) -> Self {
        Self { state, evidence: Evidence::Inferred }
    }

    /// Takes an event; tells each change of state to `told`, an implied one before the event's own.
    pub(in crate::observe) fn step(
        &mut self,
        event: Event,
        evidence: Evidence,
        mut told: impl FnMut(&Rule, Evidence),
    ) {
        if let Some(rule) = implied(self.state, event) {
            (self.state, self.evidence) = (rule.to, Evidence::Inferred);
            told(&Rule { event: Event::NotCaptured, ..*rule }, Evidence::Inferred);
        }
        if let Some(rule) = rule(self.state, event) {
            (self.state, self.evidence) = (rule.to, evidence);
            told(rule, evidence);
        } else if matches!(event, Event::SendRequest | Event::ReceiveRequest) {
            // Until then CONNECTING was only to be supposed.
            self.evidence = evidence;
        }
    }
}

#[cfg(test)]
mod tests;
