//! The inspector: applies the rules to what the observer reports, connection by connection.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::inspection::Inspection;
use super::memory::capture_memory::CaptureMemory;
use super::memory::connection_memory::ConnectionMemory;
use super::memory::packet_ref::PacketRef;
use super::rules::{room, unread_packets};
use super::verdict::Verdict;
use crate::capture::{Anomaly, Note};
use crate::observe::{Ended, Fact, Flags, GivenUp, IcmpReport, Observation};

/// Finds what deserves attention in a capture. Bounded memory for each open connection, none for those that ended.
#[derive(Debug, Default)]
pub struct Inspector {
    capture: CaptureMemory,
    connections: BTreeMap<u64, Box<ConnectionMemory>>,
    findings: Vec<Finding>,
    /// The verdict that the last packet or end brought.
    verdict: Option<Verdict>,
}

impl Inspector {
    /// Memory that an open connection takes here, in bytes, without what few connections have.
    pub const MEMORY_OF_CONNECTION: usize = size_of::<ConnectionMemory>() + 256;

    /// Notes the time of a packet without TCP: silences last until the last packet of the capture, whatever that carries.
    pub fn note_time(&mut self, time_ns: u64) {
        self.capture.last_ns = self.capture.last_ns.max(time_ns);
    }

    /// Applies the rules to one packet, and returns the findings.
    pub fn step(&mut self, step: &Observation) -> impl Iterator<Item = Finding> + '_ {
        self.note_time(step.time_ns);
        for fact in &step.facts {
            if let Fact::Stream(about) = fact {
                let new = || {
                    self.capture.connections += 1;
                    Box::new(ConnectionMemory::new(*about, step))
                };
                self.connections.entry(step.stream).or_insert_with(new).about(*about);
            }
        }
        if let Some(connection) = self.connections.get_mut(&step.stream) {
            let is_syn = step.flags.has(Flags::SYN);
            let at = PacketRef::of(step);
            let mut inspection = Inspection {
                capture: &mut self.capture,
                connection,
                at,
                is_syn,
                findings: &mut self.findings,
                verdict: None,
            };
            inspection.step(step);
            self.verdict = inspection.verdict;
        }
        self.findings.drain(..)
    }

    /// Applies the rules to the end of a connection, and returns the findings.
    pub fn ended(&mut self, ended: &Ended) -> impl Iterator<Item = Finding> + '_ {
        if let Some(mut connection) = self.connections.remove(&ended.stream) {
            let at = connection.last;
            let mut inspection = Inspection {
                capture: &mut self.capture,
                connection: &mut connection,
                at,
                is_syn: false,
                findings: &mut self.findings,
                verdict: None,
            };
            inspection.ended(ended);
            self.verdict = inspection.verdict;
        }
        self.findings.drain(..)
    }

    /// The verdict on the connection of the last packet or end, if that brought one. That of the end stands.
    pub const fn take_verdict(&mut self) -> Option<Verdict> {
        self.verdict.take()
    }

    /// Applies the rules to an ICMP error about a connection, and returns the findings.
    pub fn icmp(&mut self, report: &IcmpReport) -> impl Iterator<Item = Finding> + '_ {
        if let Some(connection) = self.connections.get_mut(&report.stream) {
            let at = connection.last;
            let mut inspection = Inspection {
                capture: &mut self.capture,
                connection,
                at,
                is_syn: false,
                findings: &mut self.findings,
                verdict: None,
            };
            inspection.icmp(report);
        }
        self.findings.drain(..)
    }

    /// Notes a packet without a TCP segment, and the reason. Silences last until the last packet of the capture, whatever
    /// that carries.
    pub fn note_other(&mut self, anomaly: Anomaly, packet: u64, time_ns: u64) {
        self.capture.last_ns = self.capture.last_ns.max(time_ns);
        self.capture.unread.note(anomaly, packet);
    }

    /// Notes packets that a reader could not find the bytes of.
    pub fn note_unread(&mut self, note: Note) {
        self.capture.unread.add(note);
    }

    /// Notes that the last packet was put together from so many fragments.
    pub const fn note_reassembly(&mut self, fragments: u64) {
        self.capture.unread.note_reassembly(fragments);
    }

    /// Notes that the file carries secrets of TLS.
    pub const fn note_tls_secrets(&mut self) {
        self.capture.has_tls_secrets = true;
    }

    /// Findings about the capture as a whole, after all its connections have ended.
    #[must_use]
    pub fn finish(&self, given_up: &GivenUp) -> Vec<Finding> {
        let mut of_capture = unread_packets::of_capture(&self.capture);
        of_capture.extend(room::OF_GIVEN_UP.iter().filter_map(|rule| rule(given_up)));
        of_capture
    }
}
