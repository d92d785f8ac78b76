//! A connection in one line: its ends, how long it lasted, what it carried, how it ended, and the worst that was found.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::protocol::Protocol;
use crate::explain::findings::{Finding, Verdict, Words};
use crate::observe::tcp::State;
use crate::observe::{EndReason, Ended, Fact, Layer, MessageEnd, Observation};
use crate::wire::http::Status;
use crate::wire::ws::CloseCode;
use crate::wire::{PerSide, Side};

/// Longest request target that is remembered, in characters.
const TARGET: usize = 256;

/// A connection in one line.
#[derive(Debug, Clone)]
pub(in crate::explain) struct ConnectionSummary {
    pub(in crate::explain) stream: u64,
    pub(in crate::explain) ends: PerSide<SocketAddr>,
    pub(in crate::explain) protocol: Protocol,
    pub(in crate::explain) packets: u64,
    /// The time of its first packet, in nanoseconds since 1970.
    pub(in crate::explain) first_ns: u64,
    last_ns: u64,
    /// Whole messages of each side.
    pub(in crate::explain) messages: PerSide<u64>,
    /// The target of its first request, if it has one.
    pub(in crate::explain) target: Option<String>,
    /// The worst finding, the first of them.
    pub(in crate::explain) worst: Option<Box<Finding>>,
    verdict: Option<Box<Verdict>>,
    pub(in crate::explain) ending: Ending,
}

/// The way in which a connection ended, as far as the capture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum Ending {
    /// By a Close frame, with its code if it has one.
    CloseFrame(Side, Option<CloseCode>),
    Fin(Side),
    Rst(Side),
    /// The server refused the Upgrade.
    Refused(Status),
    /// This end does not answer any more.
    Silence(Side),
    /// The capture ends before it does.
    Open,
    /// The TCP handshake was not finished.
    NotOpened,
    /// It ended, and the capture does not show how.
    Unknown,
}

impl Ending {
    fn of(ended: &Ended, verdict: Option<&Verdict>) -> Self {
        let words = verdict.map(|verdict| &verdict.words);
        if let Some(Words::Refusal(status)) = words {
            return Self::Refused(*status);
        }
        let Some(first) = ended.close.first else {
            let (client, server) = (ended.tcp.client.state, ended.tcp.server.state);
            return match ended.reason {
                EndReason::PortsReused => Self::Unknown,
                _ if !client.is_synchronized() || server == State::SynReceived => Self::NotOpened,
                _ => Self::Open,
            };
        };
        if ended.close.unread_before_first.is_some() {
            return Self::Unknown;
        }
        match first.layer {
            Layer::WebSocket => {
                let seen = ended.close.frames[first.side].as_ref();
                let code = seen.and_then(|seen| seen.code).filter(|code| *code != CloseCode::NO_STATUS);
                Self::CloseFrame(first.side, code)
            }
            Layer::Fin => Self::Fin(first.side),
            Layer::Rst => Self::Rst(first.side),
            Layer::Silence => Self::Silence(first.side),
        }
    }
}

impl ConnectionSummary {
    fn new(stream: u64, ends: PerSide<SocketAddr>, first_ns: u64) -> Self {
        Self {
            stream,
            ends,
            protocol: Protocol::Other,
            packets: 0,
            first_ns,
            last_ns: first_ns,
            messages: PerSide::default(),
            target: None,
            worst: None,
            verdict: None,
            ending: Ending::Open,
        }
    }

    /// Time from the first packet to the last, in nanoseconds.
    pub(in crate::explain) const fn duration_ns(&self) -> u64 {
        self.last_ns.saturating_sub(self.first_ns)
    }

    fn step(&mut self, step: &Observation) {
        self.packets += 1;
        self.last_ns = self.last_ns.max(step.time_ns);
        self.protocol = self.protocol.or(Protocol::of(step));
        for fact in &step.facts {
            match fact {
                Fact::Stream(about) => self.ends = about.ends,
                Fact::Message(message) if message.end == MessageEnd::Final => {
                    self.messages[message.from] += 1;
                }
                Fact::Request(request) if self.target.is_none() => {
                    self.target = Some(request.target.chars().take(TARGET).collect());
                }
                _ => {}
            }
        }
    }

    fn finding(&mut self, finding: &Finding) {
        if self.worst.as_ref().is_none_or(|worst| worst.severity() < finding.severity()) {
            self.worst = Some(Box::new(finding.clone()));
        }
    }
}

/// The summaries of connections while they last.
#[derive(Debug, Default)]
pub(in crate::explain) struct Summaries {
    open: BTreeMap<u64, ConnectionSummary>,
}

impl Summaries {
    pub(in crate::explain) fn step(&mut self, step: &Observation) {
        let begun = step.facts.iter().find_map(|fact| match fact {
            Fact::Stream(about) => Some(about.ends),
            _ => None,
        });
        if let Some(ends) = begun {
            let new = || ConnectionSummary::new(step.stream, ends, step.time_ns);
            self.open.entry(step.stream).or_insert_with(new);
        }
        if let Some(summary) = self.open.get_mut(&step.stream) {
            summary.step(step);
        }
    }

    pub(in crate::explain) fn finding(&mut self, stream: u64, finding: &Finding) {
        self.open.get_mut(&stream).into_iter().for_each(|summary| summary.finding(finding));
    }

    pub(in crate::explain) fn verdict(&mut self, stream: u64, verdict: &Verdict) {
        if let Some(summary) = self.open.get_mut(&stream) {
            summary.verdict = Some(Box::new(verdict.clone()));
        }
    }

    /// The summary of a connection that ended.
    pub(in crate::explain) fn ended(&mut self, ended: &Ended) -> Option<ConnectionSummary> {
        let mut summary = self.open.remove(&ended.stream)?;
        summary.ending = Ending::of(ended, summary.verdict.take().as_deref());
        Some(summary)
    }

    /// That of a connection as far as it has come, where its end was reported at once.
    pub(in crate::explain) fn so_far(&self, ended: &Ended) -> Option<ConnectionSummary> {
        let mut summary = self.open.get(&ended.stream)?.clone();
        summary.ending = Ending::of(ended, summary.verdict.take().as_deref());
        Some(summary)
    }

    /// The number of the first connection that has not ended.
    pub(in crate::explain) fn first(&self) -> Option<u64> {
        self.open.first_key_value().map(|(stream, _)| *stream)
    }
}
