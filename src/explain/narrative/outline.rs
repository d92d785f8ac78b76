//! What must be known of a connection before its first packet is shown: a first pass over a capture gathers it.

use std::collections::BTreeMap;

use crate::explain::findings::{Finding, Severity};
use crate::explain::narrative::protocol::Protocol;
use crate::observe::{Evidence, Fact, Observation, Stream};

/// A connection as all of it shows.
#[derive(Debug)]
pub(in crate::explain) struct Outline {
    /// Its ends, with the roles that hold.
    pub(in crate::explain) about: Stream,
    pub(in crate::explain) protocol: Protocol,
    /// [`Evidence::Rebuilt`] if packets of it are.
    pub(in crate::explain) weakest: Option<Evidence>,
    /// By packet, the findings above [`Severity::Info`] about it that became known later.
    pub(in crate::explain) late: BTreeMap<u64, Vec<Finding>>,
    last_packet: u64,
}

impl Outline {
    fn new(about: Stream) -> Self {
        Self { about, protocol: Protocol::Other, weakest: None, late: BTreeMap::new(), last_packet: 0 }
    }
}

/// The outlines of all connections, by number.
#[derive(Debug, Default)]
pub(in crate::explain) struct Outlines(BTreeMap<u64, Outline>);

impl Outlines {
    /// Notes a packet.
    pub(in crate::explain) fn step(&mut self, step: &Observation) {
        for fact in &step.facts {
            if let Fact::Stream(about) = fact {
                self.0.entry(step.stream).or_insert_with(|| Outline::new(*about)).about = *about;
            }
        }
        let Some(outline) = self.0.get_mut(&step.stream) else { return };
        outline.protocol = outline.protocol.or(Protocol::of(step));
        outline.last_packet = step.number;
        if step.evidence == Evidence::Rebuilt {
            outline.weakest = Some(Evidence::Rebuilt);
        }
    }

    /// Notes a finding.
    pub(in crate::explain) fn finding(&mut self, stream: u64, found: &Finding) {
        let Some(outline) = self.0.get_mut(&stream) else { return };
        if let Some(packet) = found.packets().last().filter(|packet| **packet != outline.last_packet)
            && found.severity() != Severity::Info
        {
            outline.late.entry(*packet).or_default().push(found.clone());
        }
    }

    /// Forgets a connection: it is not shown.
    pub(in crate::explain) fn forget(&mut self, stream: u64) {
        self.0.remove(&stream);
    }

    /// That of a connection.
    pub(in crate::explain) fn get(&self, stream: u64) -> Option<&Outline> {
        self.0.get(&stream)
    }

    /// The number of the first connection from this one on.
    pub(in crate::explain) fn first_from(&self, stream: u64) -> Option<u64> {
        self.0.range(stream..).next().map(|(stream, _)| *stream)
    }
}
