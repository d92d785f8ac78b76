//! Findings that may explain the end of a connection, and what the end that could mind them did afterwards.

use super::packet_ref::PacketRef;
use crate::explain::findings::entry::{Family, Severity};
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::opening::is_switch;
use crate::observe::{Fact, Observation};
use crate::wire::Side;

/// Time after which an end that kept the connection did not mind what it had received, in nanoseconds.
pub(in crate::explain::findings) const TAKEN: u64 = 2_000_000_000;

/// A finding that may explain the end. Its first occurrence: who took that, takes the next.
#[derive(Debug, Clone)]
pub(in crate::explain::findings) struct Suspect {
    pub(in crate::explain::findings) finding: Finding,
    /// The packet with which it became known.
    pub(in crate::explain::findings) at: PacketRef,
    /// Sequence position after its last packet; `None` where that is not known.
    end: Option<i64>,
    /// `true` if the end that could mind it had received it, and went on as if nothing were wrong.
    pub(in crate::explain::findings) is_accepted: bool,
}

impl Suspect {
    fn new(finding: &Finding, at: PacketRef) -> Self {
        Self { finding: finding.clone(), at, end: None, is_accepted: false }
    }

    /// The last packet that shows it.
    pub(in crate::explain::findings) fn packet(&self) -> u64 {
        self.finding.packets().last().copied().unwrap_or(self.at.packet)
    }

    /// The side that could mind it: the receiver of what is wrong. An answer without a culprit is the client's to judge.
    pub(in crate::explain::findings) fn judge(&self) -> Side {
        self.finding.at_fault().map_or(Side::Client, Side::peer)
    }

    /// Returns `true` if a segment with this acknowledgment was sent by an end that had received it.
    pub(in crate::explain::findings) fn is_covered_by(&self, ack: Option<i64>) -> bool {
        match (self.end, ack) {
            (Some(end), Some(ack)) => ack >= end,
            _ => true,
        }
    }
}

/// The suspects of a connection: at most one for each entry and side.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct Suspects(Vec<Suspect>);

impl Suspects {
    pub(in crate::explain::findings) fn iter(&self) -> impl DoubleEndedIterator<Item = &Suspect> {
        self.0.iter()
    }

    /// Records the first finding of its entry about its side. Information explains no end, but what TCP saw may.
    pub(in crate::explain::findings) fn record(&mut self, finding: &Finding, at: PacketRef) {
        let may_explain = match finding.family() {
            Family::Capture => false,
            Family::Tcp => true,
            _ => finding.severity() != Severity::Info,
        };
        if may_explain {
            self.0.push(Suspect::new(finding, at));
        }
    }

    /// Notes a packet after its findings: the position of those that it shows, and the answers in it to earlier ones.
    pub(in crate::explain::findings) fn note(&mut self, step: &Observation) {
        for suspect in &mut self.0 {
            if suspect.at.packet == step.number && suspect.judge() == step.from.peer() {
                suspect.end = Some(step.seq + i64::from(step.length));
            }
        }
        for fact in &step.facts {
            match fact {
                Fact::Frame(frame) if frame.from == step.from && !frame.header.is_close() => {
                    let is_answer = |it: &Suspect| {
                        it.judge() == frame.from
                            && frame.packets.first() > it.packet()
                            && it.is_covered_by(step.ack)
                    };
                    self.accept(is_answer);
                }
                Fact::Response(response) if is_switch(response) => {
                    let first = response.head.packets.first();
                    self.accept(|it| it.finding.family() == Family::Opening && it.packet() < first);
                }
                _ => {}
            }
        }
    }

    fn accept(&mut self, is_answered: impl Fn(&Suspect) -> bool) {
        for suspect in &mut self.0 {
            suspect.is_accepted |= is_answered(suspect);
        }
    }
}
