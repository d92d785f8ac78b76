//! A packet by its number and time.

use crate::observe::Observation;

/// A packet, and when it was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::explain::findings) struct PacketRef {
    pub(in crate::explain::findings) packet: u64,
    pub(in crate::explain::findings) time_ns: u64,
}

impl PacketRef {
    pub(in crate::explain::findings) const fn of(step: &Observation) -> Self {
        Self { packet: step.number, time_ns: step.time_ns }
    }

    /// Time since another packet, in nanoseconds; zero if that came later.
    pub(in crate::explain::findings) const fn since(self, other: Self) -> u64 {
        self.time_ns.saturating_sub(other.time_ns)
    }

    /// The later of two, where there are two.
    pub(in crate::explain::findings) fn later(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(two)) if two.time_ns > one.time_ns => Some(two),
            (Some(one), _) => Some(one),
            (None, other) => other,
        }
    }
}
