//! Breaches of the framing rules, for which a peer may fail the connection (RFC 6455 §7.1.7).

use super::connection_memory::ConnectionMemory;
use super::suspect::{Suspect, TAKEN};
use crate::explain::findings::catalogue::closing::CONNECTION_FAILED;
use crate::explain::findings::catalogue::frames::{LENGTH_NOT_MINIMAL, MESSAGE_TOO_BIG};
use crate::explain::findings::entry::{CatalogueEntry, Family, Severity};
use crate::explain::findings::finding::Finding;
use crate::wire::Side;

/// A breach of the framing rules in one side's bytes.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct FramingFault {
    /// The finding that reports it.
    pub(in crate::explain::findings) entry: &'static CatalogueEntry,
    /// The frame, if it was read to its end.
    pub(in crate::explain::findings) frame: Option<u64>,
    /// Otherwise the packet in which it begins.
    pub(in crate::explain::findings) packet: u64,
}

impl FramingFault {
    /// The breach that a finding reports; `None` if it reports none. Whether the peer failed the connection for it is for
    /// the rule to decide.
    pub(in crate::explain::findings) fn of(finding: &Finding) -> Option<Self> {
        // What the judge says is no breach of its own.
        let is_said = *finding.entry() == CONNECTION_FAILED || *finding.entry() == MESSAGE_TOO_BIG;
        // A length that is not minimal is a warning: strict receivers fail the connection for it, others do not.
        let is_breach = finding.severity() == Severity::Error || *finding.entry() == LENGTH_NOT_MINIMAL;
        let is_of_frames = finding.frame().is_some() || finding.family() == Family::Frames;
        let packet = *finding.packets().first()?;
        (is_breach && is_of_frames && !is_said).then_some(Self {
            entry: finding.entry(),
            frame: finding.frame(),
            packet,
        })
    }
}

impl ConnectionMemory {
    /// The breach of the framing rules for which a side's peer may have failed the connection: the latest that the peer
    /// did not accept, else the latest that it did not tolerate.
    pub(in crate::explain::findings) fn breach_of(&self, side: Side) -> Option<FramingFault> {
        let of_side = |it: &&Suspect| it.finding.at_fault() == Some(side) && !self.is_tolerated(it);
        let breaches = self.suspects.iter().filter(of_side);
        let faults =
            breaches.filter_map(|it| Some((!it.is_accepted, it.packet(), FramingFault::of(&it.finding)?)));
        // Of several with one packet the first.
        faults.rev().max_by_key(|(is_open, packet, _)| (*is_open, *packet)).map(|(.., fault)| fault)
    }

    /// The first breach of the framing rules by a side that its peer tolerated.
    pub(in crate::explain::findings) fn tolerated_breach_of(&self, side: Side) -> Option<FramingFault> {
        let of_side = |it: &&Suspect| it.finding.at_fault() == Some(side) && self.is_tolerated(it);
        self.suspects.iter().filter(of_side).find_map(|it| FramingFault::of(&it.finding))
    }

    /// Returns `true` if the end that could mind a finding went on as if nothing were wrong, and for longer than what was
    /// on its way may take.
    fn is_tolerated(&self, suspect: &Suspect) -> bool {
        let end = self.senders[suspect.judge()].close.map_or(self.last, |close| close.at);
        suspect.is_accepted && end.since(suspect.at) >= TAKEN
    }
}
