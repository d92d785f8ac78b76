//! Connections that are explained as a whole, kept until they end.

use std::collections::BTreeMap;

use crate::explain::findings::{Family, Finding, Severity, Verdict};
use crate::explain::narrative::ack_run::AckRun;
use crate::explain::narrative::heartbeat::Heartbeats;
use crate::explain::narrative::protocol::Protocol;
use crate::observe::{Close, EndReason, Ended, Fact, Flags, Observation, Stream, Transition};

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
    /// Packets that are not among the steps, because there was no room for them.
    pub(in crate::explain) left_out: u64,
    /// The protocol that those packets showed.
    protocol_left_out: Protocol,
    /// Memory of the steps, in bytes, about.
    memory: usize,
}

impl ConnectionLog {
    pub(in crate::explain) fn new(about: Stream) -> Self {
        let (steps, findings, heartbeats) = (Vec::new(), Vec::new(), Heartbeats::default());
        Self {
            about,
            steps,
            findings,
            heartbeats,
            verdict: None,
            left_out: 0,
            protocol_left_out: Protocol::Other,
            memory: 0,
        }
    }

    /// Memory of the steps, and of the log itself, in bytes, about.
    pub(in crate::explain) const fn memory(&self) -> usize {
        size_of::<Self>() + self.memory
    }

    /// Leaves out all packets, those to come as well, for lack of room.
    fn leave_out(&mut self) {
        self.left_out += self.steps.len() as u64;
        self.protocol_left_out = self.protocol();
        self.steps = Vec::new();
        self.memory = 0;
    }

    /// Keeps a packet; counts it only, where earlier ones were left out.
    pub(in crate::explain) fn keep(&mut self, step: &Observation) {
        if self.left_out > 0 {
            self.left_out += 1;
            self.protocol_left_out = self.protocol_left_out.or(Protocol::of(step));
            return;
        }
        self.memory += memory_of(step);
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

    /// Findings to show right under a packet: those above `Info` that became known with it.
    pub(in crate::explain) fn problems_at(&self, packet: u64) -> impl Iterator<Item = &Finding> {
        let is_wrong = |found: &&Finding| found.severity() != Severity::Info;
        self.findings.iter().filter(is_wrong).filter(move |found| found.packets().last() == Some(&packet))
    }

    /// The acknowledgments that a packet ends, if nothing is to be said about it. `before` are those before it.
    pub(in crate::explain) fn acks(&self, step: &Observation, before: Option<AckRun>) -> Option<AckRun> {
        AckRun::of(step, before).filter(|_| self.problems_at(step.number).next().is_none())
    }

    /// The protocol spoken on it, as all of it shows.
    pub(in crate::explain) fn protocol(&self) -> Protocol {
        self.steps.iter().fold(self.protocol_left_out, |protocol, step| protocol.or(Protocol::of(step)))
    }
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

/// Memory of a packet in a log, in bytes, about: most facts are boxed, and heads have lines.
fn memory_of(step: &Observation) -> usize {
    let of_fact = |fact: &Fact| match fact {
        Fact::Request(request) => 512 + 96 * request.head.lines.len(),
        Fact::Response(response) => 512 + 96 * response.head.lines.len(),
        Fact::Frame(_) | Fact::OpenFrame(_) => 512,
        _ => 128,
    };
    size_of::<Observation>()
        + size_of::<Transition>() * step.transitions.len()
        + step.facts.iter().map(of_fact).sum::<usize>()
}

/// The connections that have not ended.
#[derive(Debug)]
pub(in crate::explain) struct ConnectionLogs {
    logs: BTreeMap<u64, ConnectionLog>,
    /// Memory of all their steps, in bytes, about.
    memory: usize,
    /// The most of it. Beyond, packets are left out, those of the oldest connections first.
    most: usize,
    /// The connections up to this one were left out already.
    left_out: u64,
}

impl Default for ConnectionLogs {
    fn default() -> Self {
        Self::with_memory(usize::MAX)
    }
}

impl ConnectionLogs {
    /// Logs with up to so many bytes of packets.
    pub(in crate::explain) const fn with_memory(most: usize) -> Self {
        Self { logs: BTreeMap::new(), memory: 0, most, left_out: 0 }
    }

    /// Leaves out packets until half of the memory is free.
    #[cold]
    fn make_room(&mut self) {
        while self.memory > self.most / 2 {
            let Some((&stream, log)) = self.logs.range_mut(self.left_out..).next() else {
                // From the oldest on again: some of those that were left out have begun since.
                if self.left_out == 0 {
                    return;
                }
                self.left_out = 0;
                continue;
            };
            self.left_out = stream + 1;
            self.memory -= log.memory;
            log.leave_out();
        }
    }

    pub(in crate::explain) fn step(&mut self, step: &Observation) {
        for fact in &step.facts {
            if let Fact::Stream(about) = fact {
                self.about(step.stream, *about);
            }
        }
        let Some(connection) = self.logs.get_mut(&step.stream) else { return };
        connection.heartbeats.note(step);
        let before = connection.memory;
        connection.keep(step);
        self.memory = self.memory + connection.memory - before;
        if self.memory > self.most {
            self.make_room();
        }
    }

    fn about(&mut self, stream: u64, about: Stream) {
        let connection = self.logs.entry(stream).or_insert_with(|| ConnectionLog::new(about));
        connection.about(about);
    }

    /// Adds a finding to a connection.
    pub(in crate::explain) fn finding(&mut self, stream: u64, found: Finding) {
        let Some(connection) = self.logs.get_mut(&stream) else { return };
        let of_capture = |found: &Finding| found.family() == Family::Capture;
        let place = if of_capture(&found) {
            connection.findings.iter().take_while(|before| of_capture(before)).count()
        } else {
            connection.findings.len()
        };
        connection.findings.insert(place, found);
    }

    /// The number of the first one.
    pub(in crate::explain) fn first(&self) -> Option<u64> {
        self.logs.first_key_value().map(|(stream, _)| *stream)
    }

    /// Sets the verdict on a connection.
    pub(in crate::explain) fn verdict(&mut self, stream: u64, verdict: &Verdict) {
        if let Some(connection) = self.logs.get_mut(&stream) {
            connection.verdict = Some(verdict.clone());
        }
    }

    /// Removes a connection that ended, and returns it.
    pub(in crate::explain) fn remove(&mut self, stream: u64) -> Option<ConnectionLog> {
        let log = self.logs.remove(&stream)?;
        self.memory -= log.memory;
        Some(log)
    }
}
