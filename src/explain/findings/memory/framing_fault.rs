//! Breaches of the framing rules, for which a peer may fail the connection (RFC 6455 §7.1.7).

use crate::explain::findings::catalogue::closing::CONNECTION_FAILED;
use crate::explain::findings::catalogue::frames::{LENGTH_NOT_MINIMAL, MESSAGE_TOO_BIG};
use crate::explain::findings::entry::{CatalogueEntry, Family, Severity};
use crate::explain::findings::finding::Finding;

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
