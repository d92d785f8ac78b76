//! The TCP machine of one end (RFC 9293 §3.3.2), driven by what is seen on the way.
//!
//! An end changes its state when it sends and when it receives. The observer stands in between and sees each segment
//! once; it takes it as sent and as received at that moment. Where a later segment shows that the receiver had not got
//! it yet (two FINs, or two SYNs, that cross), a rule of the table takes it back ([`Event::SendFinCrossing`]).

pub(super) mod direction;
mod table;

use std::fmt;

use crate::observe::facts::segment::Evidence;
use crate::rfc::Rfc;

pub use table::{IMPLIED, STAYS, TRANSITIONS};

/// Defines an enum that prints in the words of the RFC, and knows all its values.
macro_rules! spelled {
    ($(#[$outer:meta])* $type:ident { $($(#[$doc:meta])* $name:ident = $spelled:literal,)* }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $type { $($(#[$doc])* $name,)* }

        impl $type {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As the RFC spells it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $spelled,)* }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
pub(in crate::observe) use spelled;

spelled! {
    /// The eleven states (RFC 9293 §3.3.2).
    State {
        /// No connection.
        Closed = "CLOSED",
        /// Waits for a connection request.
        Listen = "LISTEN",
        /// Has sent a connection request, waits for one that matches.
        SynSent = "SYN-SENT",
        /// Has sent and received a connection request, waits for the acknowledgment.
        SynReceived = "SYN-RECEIVED",
        /// Open: data flows.
        Established = "ESTABLISHED",
        /// Has sent its FIN, waits for the acknowledgment or the peer's FIN.
        FinWait1 = "FIN-WAIT-1",
        /// Its FIN is acknowledged, waits for the peer's.
        FinWait2 = "FIN-WAIT-2",
        /// Has received the peer's FIN, waits for its own application.
        CloseWait = "CLOSE-WAIT",
        /// The FINs crossed; waits for the acknowledgment.
        Closing = "CLOSING",
        /// Has received a FIN and sent its own, waits for the acknowledgment.
        LastAck = "LAST-ACK",
        /// Waits until no old segment can come any more.
        TimeWait = "TIME-WAIT",
    }
}

impl State {
    /// Whether nothing more is to come from the peer: no connection, or the wait after one.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Listen | Self::TimeWait)
    }
}

spelled! {
    /// What can happen to an end.
    Event {
        /// A server waits for connections. Never seen: a SYN implies it.
        PassiveOpen = "passive OPEN",
        /// A SYN without ACK leaves.
        SendSyn = "send SYN",
        /// A SYN without ACK comes.
        ReceiveSyn = "receive SYN",
        /// A SYN with ACK leaves.
        SendSynAck = "send SYN,ACK",
        /// A SYN comes, and an acknowledgment of this end's SYN.
        ReceiveSynAck = "receive SYN,ACK",
        /// An acknowledgment of this end's SYN comes.
        ReceiveAckOfSyn = "receive ACK of SYN",
        /// An acknowledgment leaves that carries nothing else.
        SendAck = "send ACK",
        /// Data leaves.
        SendData = "send data",
        /// Data comes.
        ReceiveData = "receive data",
        /// A FIN leaves.
        SendFin = "send FIN",
        /// A FIN leaves that does not acknowledge the peer's FIN, which was seen before it: the peer's had not come yet.
        SendFinCrossing = "send FIN (the FINs cross)",
        /// A FIN comes.
        ReceiveFin = "receive FIN",
        /// An acknowledgment of this end's FIN comes.
        ReceiveAckOfFin = "receive ACK of FIN",
        /// A FIN comes, and with it the acknowledgment of this end's FIN.
        ReceiveFinAndAckOfFin = "receive FIN, ACK of FIN",
        /// A RST leaves.
        SendRst = "send RST",
        /// A RST comes.
        ReceiveRst = "receive RST",
        /// A RST comes at an end that was in LISTEN before (RFC 9293 §3.10.7.4).
        ReceiveRstAfterListen = "receive RST (passive OPEN)",
        /// Twice the maximum segment lifetime is over. No packet shows it.
        TwoMslPassed = "2 MSL passed",
        /// Something that was not captured, but that what was captured implies.
        NotCaptured = "not captured, implied by what follows",
    }
}

/// A line of the table: this event in this state leads to that state, says this section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The state before.
    pub from: State,
    /// What happens.
    pub event: Event,
    /// The state after.
    pub to: State,
    /// Who says so.
    pub rfc: Rfc,
}

/// The rule for an event in a state; `None` if the state stays.
#[must_use]
pub fn rule(from: State, event: Event) -> Option<&'static Rule> {
    find(TRANSITIONS, from, event)
}

/// The rule for an event that a state does not know: in which state the end must have been already.
#[must_use]
pub fn implied(from: State, event: Event) -> Option<&'static Rule> {
    find(IMPLIED, from, event)
}

fn find(rules: &'static [Rule], from: State, event: Event) -> Option<&'static Rule> {
    rules.iter().find(|rule| rule.from == from && rule.event == event)
}

/// A state, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) struct Machine {
    pub(in crate::observe) state: State,
    pub(in crate::observe) evidence: Evidence,
    opened: Opened,
}

/// Whether the end came from LISTEN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opened {
    Passively,
    Actively,
}

impl Machine {
    pub(in crate::observe) const fn new(state: State) -> Self {
        Self { state, evidence: Evidence::Inferred, opened: Opened::Actively }
    }

    /// Takes an event; tells each change of state to `told`, an implied one before the event's own.
    #[inline]
    pub(in crate::observe) fn step(
        &mut self,
        event: Event,
        evidence: Evidence,
        mut told: impl FnMut(&Rule, Evidence),
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
            told(&rule, Evidence::Inferred);
        }
        let event = match event {
            Event::ReceiveRst if self.state == State::SynReceived && self.opened == Opened::Passively => {
                Event::ReceiveRstAfterListen
            }
            event => event,
        };
        if let Some(rule) = rule(self.state, event) {
            self.enter(rule, evidence);
            told(rule, evidence);
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
