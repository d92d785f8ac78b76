//! Which findings tell why a connection ended.

use super::Severity;
use super::catalogue::closing::{C04, C05, C06, C07, C09, C10, C12, C13};
use super::catalogue::liveness::{L01, L02, L03};
use super::entry::{Entry, Family};
use super::finding::Finding;
use crate::observe::{First, Layer};

/// What may be the cause.
#[derive(Debug)]
enum Suspect {
    /// Any of these.
    All(Family),
    One(&'static Entry),
}

/// Those first that tell most. Those about the close itself only say how it closed.
static SUSPECTS: &[Suspect] = &[
    Suspect::All(Family::Tcp),
    Suspect::All(Family::Opening),
    Suspect::One(&L02),
    Suspect::One(&L03),
    Suspect::One(&L01),
    Suspect::All(Family::Frames),
    Suspect::All(Family::Compression),
    Suspect::One(&C04),
    Suspect::One(&C05),
    Suspect::One(&C10),
    Suspect::One(&C12),
    Suspect::One(&C09),
    Suspect::One(&C13),
    Suspect::One(&C07),
    Suspect::One(&C06),
];

impl Finding {
    /// How well it tells why a connection ended that began to close so: the less the better; none if it does not.
    pub(in crate::explain) fn rank_as_cause(&self, first: First) -> Option<usize> {
        let is_it = |suspect: &Suspect| match suspect {
            Suspect::All(family) => *family == self.family(),
            Suspect::One(entry) => entry.id == self.id(),
        };
        SUSPECTS.iter().position(is_it).filter(|_| self.may_be_cause(first))
    }

    /// A broken rule makes the other end close, and what came later is no cause. How the closing handshake went is told
    /// whenever it shows.
    fn may_be_cause(&self, first: First) -> bool {
        let came_before = self.packets().last().is_some_and(|last| *last <= first.packet);
        self.severity() != Severity::Info
            && match self.family() {
                Family::Closing => true,
                Family::Frames | Family::Compression => {
                    came_before && self.at_fault() == Some(first.side.peer())
                }
                // Who refuses closes, and so does who is refused.
                Family::Opening => came_before && self.severity() == Severity::Error,
                Family::Capture | Family::Tcp | Family::Liveness => {
                    came_before || first.layer == Layer::Silence
                }
            }
    }
}
