//! What the words at a connection's end are about, kept while it is open.

use crate::explain::findings::{Family, Finding, Verdict};
use crate::explain::narrative::heartbeat::Heartbeats;
use crate::explain::narrative::protocol::Protocol;
use crate::observe::{Close, EndReason, Ended, Flags, Observation, Stream};

/// A connection, as far as it has come.
#[derive(Debug)]
pub(in crate::explain) struct ConnectionLog {
    pub(in crate::explain) about: Stream,
    pub(in crate::explain) steps: Vec<Observation>,
    /// Findings, those about the capture first.
    pub(in crate::explain) findings: Vec<Finding>,
    pub(in crate::explain) heartbeats: Heartbeats,
    /// The verdict, once it has closed.
    pub(in crate::explain) verdict: Option<Verdict>,
}

impl ConnectionLog {
    pub(in crate::explain) fn new(about: Stream) -> Self {
        let (steps, findings, heartbeats) = (Vec::new(), Vec::new(), Heartbeats::default());
        Self { about, steps, findings, heartbeats, verdict: None }
    }

    /// Keeps a packet.
    fn keep(&mut self, step: &Observation) {
        let facts = step.facts.iter().filter(|fact| fact.is_of_packet()).cloned().collect();
        self.steps.push(Observation { transitions: step.transitions.clone(), facts, ..*step });
    }

    /// Updates the roles. Returns `true` if client and server were swapped. Heartbeats need nothing: the first byte
    /// that is read settles it.
    fn about(&mut self, about: Stream) -> bool {
        let is_other = self.about.ends != about.ends;
        if is_other {
            self.steps.iter_mut().for_each(Observation::swap_roles);
        }
        self.about = about;
        is_other
    }

    /// Adds a finding.
    pub(in crate::explain) fn add_finding(&mut self, found: Finding) {
        insert_finding(&mut self.findings, found);
    }

    /// The protocol spoken on it, as all of it shows.
    pub(in crate::explain) fn protocol(&self) -> Protocol {
        self.steps.iter().fold(Protocol::Other, |protocol, step| protocol.or(Protocol::of(step)))
    }
}

/// Adds a finding to others: those about the capture stand first.
pub(in crate::explain) fn insert_finding(findings: &mut Vec<Finding>, found: Finding) {
    let of_capture = |found: &Finding| found.family() == Family::Capture;
    let place = if of_capture(&found) {
        findings.iter().take_while(|before| of_capture(before)).count()
    } else {
        findings.len()
    };
    findings.insert(place, found);
}

/// A connection while it happens: of its packets those are kept that the words at its end are about.
#[derive(Debug)]
pub(in crate::explain) struct SparseLog {
    pub(in crate::explain) connection: ConnectionLog,
    pub(in crate::explain) protocol: Protocol,
    pub(in crate::explain) packets: u64,
}

impl SparseLog {
    pub(in crate::explain) fn new(about: Stream) -> Self {
        Self { connection: ConnectionLog::new(about), protocol: Protocol::Other, packets: 0 }
    }

    /// Updates the roles. Returns `true` if client and server were swapped.
    pub(in crate::explain) fn about(&mut self, about: Stream) -> bool {
        self.connection.about(about)
    }

    /// Keeps of a packet what the words at the end need.
    pub(in crate::explain) fn keep(&mut self, step: &Observation) {
        let protocol = self.protocol.or(Protocol::of(step));
        let shows_protocol = std::mem::replace(&mut self.protocol, protocol) != protocol;
        self.packets += 1;
        self.connection.heartbeats.note(step);
        if shows_protocol || !step.transitions.is_empty() || step.flags.has(Flags::SYN) {
            self.connection.keep(step);
        }
    }
}

/// The end of a connection, reported at once: what time brings later is not waited for.
pub(in crate::explain) fn over(step: &Observation, close: &Close, packets: u64) -> Ended {
    Ended {
        stream: step.stream,
        reason: EndReason::Finished,
        tcp: step.tcp,
        ws: step.ws,
        transitions: Vec::new(),
        facts: Vec::new(),
        close: close.clone(),
        packets,
        last_packet: step.number,
    }
}
