//! What a packet showed, as it is gathered.

use super::facts::fact::Fact;
use super::facts::observation::{Change, Transition};
use super::facts::segment::Evidence;
use super::tcp;
use super::ws;
use crate::wire::Side;

/// Transitions and facts, in the order in which they became known.
#[derive(Debug, Default)]
pub(super) struct Emitter {
    /// The packet; `None` when time alone tells.
    packet: Option<u64>,
    pub(super) transitions: Vec<Transition>,
    pub(super) facts: Vec<Fact>,
}

impl Emitter {
    pub(super) const fn by(packet: Option<u64>) -> Self {
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
}
