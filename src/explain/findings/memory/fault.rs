//! What is wrong in a side's bytes, for which its peer may fail the connection (RFC 6455 §7.1.7).

use crate::explain::findings::catalogue::frames::LENGTH_NOT_MINIMAL;
use crate::explain::findings::entry::{Entry, Family, Severity};
use crate::explain::findings::finding::Finding;

/// What the peer may fail the connection for.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct Fault {
    /// The finding that tells of it.
    pub(in crate::explain::findings) entry: &'static Entry,
    /// The frame, if it is one that is read to its end.
    pub(in crate::explain::findings) frame: Option<u64>,
    /// Else the packet in which it begins.
    pub(in crate::explain::findings) packet: u64,
}

impl Fault {
    /// A finding that breaks a rule of frames; whether it may be the reason is for the rule that asks.
    pub(in crate::explain::findings) fn of(found: &Finding) -> Option<Self> {
        // F08 is a warning: strict receivers fail for it, and others do not.
        let is_breach = found.severity() == Severity::Error || *found.entry() == LENGTH_NOT_MINIMAL;
        let is_of_frames = found.frame().is_some() || found.family() == Family::Frames;
        let packet = *found.packets().first()?;
        (is_breach && is_of_frames).then_some(Self { entry: found.entry(), frame: found.frame(), packet })
    }
}
