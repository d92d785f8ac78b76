//! Causes of the end of a connection, among its findings.

use super::Severity;
use super::catalogue::closing::{
    CLOSE_BODY_MALFORMED, CLOSE_CODE_NOT_SENDABLE, CLOSE_UNANSWERED, CONNECTION_FAILED, DATA_AFTER_PEER_FIN,
    FRAME_AFTER_CLOSE, RST_AFTER_CLOSE, TCP_LINGERS_AFTER_CLOSE,
};
use super::catalogue::liveness::{
    HEARTBEAT_TOO_SLOW, IDLE_TIMEOUT, MAXIMUM_AGE, ONE_DIRECTION_SILENT, SILENCE_BEFORE_END,
};
use super::entry::{CatalogueEntry, Family};
use super::finding::Finding;
use crate::observe::{First, Layer};

/// Findings that may be the cause.
#[derive(Debug)]
enum Suspect {
    All(Family),
    One(&'static CatalogueEntry),
}

/// Most telling first. Findings about the close itself come last: they only say how it closed.
static SUSPECTS: &[Suspect] = &[
    Suspect::All(Family::Tcp),
    Suspect::All(Family::Opening),
    Suspect::One(&HEARTBEAT_TOO_SLOW),
    Suspect::One(&MAXIMUM_AGE),
    Suspect::One(&IDLE_TIMEOUT),
    Suspect::One(&ONE_DIRECTION_SILENT),
    Suspect::One(&SILENCE_BEFORE_END),
    Suspect::All(Family::Frames),
    Suspect::All(Family::Compression),
    Suspect::One(&CLOSE_CODE_NOT_SENDABLE),
    Suspect::One(&CLOSE_BODY_MALFORMED),
    Suspect::One(&FRAME_AFTER_CLOSE),
    Suspect::One(&CONNECTION_FAILED),
    Suspect::One(&RST_AFTER_CLOSE),
    Suspect::One(&DATA_AFTER_PEER_FIN),
    Suspect::One(&TCP_LINGERS_AFTER_CLOSE),
    Suspect::One(&CLOSE_UNANSWERED),
];

impl Finding {
    /// Rank as the cause of an end that began with `first`: zero is the most telling; `None` if it is no cause.
    pub(in crate::explain) fn rank_as_cause(&self, first: First) -> Option<usize> {
        let is_it = |suspect: &Suspect| match suspect {
            Suspect::All(family) => *family == self.family(),
            Suspect::One(entry) => *entry == self.entry(),
        };
        SUSPECTS.iter().position(is_it).filter(|_| self.may_be_cause(first))
    }

    /// Returns `true` if it may be the cause. A broken rule makes the other end close, and what came later is no cause;
    /// findings about the closing handshake are a cause whenever they become known.
    fn may_be_cause(&self, first: First) -> bool {
        let came_before = self.packets().last().is_some_and(|last| *last <= first.packet);
        self.severity() != Severity::Info
            && match self.family() {
                Family::Closing => true,
                Family::Frames | Family::Compression => {
                    came_before && self.at_fault() == Some(first.side.peer())
                }
                // Both the end that refuses and the one that is refused may close.
                Family::Opening => came_before && self.severity() == Severity::Error,
                Family::Capture | Family::Tcp | Family::Liveness => {
                    came_before || first.layer == Layer::Silence
                }
            }
    }
}
