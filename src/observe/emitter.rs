//! The output of one packet, as it is gathered.

use super::facts::{Change, Evidence, Fact, Message, Transition};
use super::{tcp, ws};
use crate::wire::Side;

/// Transitions and facts, in the order in which they became known.
#[derive(Debug)]
pub(super) struct Emitter {
    /// The packet; `None` if time alone brings it.
    packet: Option<u64>,
    pub(super) transitions: Vec<Transition>,
    pub(super) facts: Vec<Fact>,
}

impl Emitter {
    pub(super) const fn new(packet: Option<u64>) -> Self {
        Self { packet, transitions: Vec::new(), facts: Vec::new() }
    }

    pub(super) fn tcp(&mut self, side: Side, rule: &tcp::Rule, evidence: Evidence) {
        let change = Change::Tcp { from: rule.from, to: rule.to, event: rule.event };
        self.transitions.push(Transition { packet: self.packet, side, change, rfc: rule.rfc, evidence });
    }

    pub(super) fn ws(&mut self, side: Side, rule: &ws::Rule, evidence: Evidence) {
        let change = Change::WebSocket { from: rule.from, to: rule.to, event: rule.event };
        self.transitions.push(Transition { packet: self.packet, side, change, rfc: rule.rfc, evidence });
    }

    pub(super) fn fact(&mut self, fact: Fact) {
        self.facts.push(fact);
    }

    pub(super) fn message(&mut self, message: Option<Box<Message>>) {
        self.facts.extend(message.map(Fact::Message));
    }
}
