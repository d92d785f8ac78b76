//! Packets that an end has sent since its peer was last heard.

use super::packet_ref::PacketRef;
use crate::observe::{Flags, Marks, Observation};

/// Shortest time between two packets that are not one, captured twice, in nanoseconds.
const CAPTURED_TWICE_NS: u64 = 1_000_000;

/// Packets of an end that want an answer: bytes, a FIN, a probe. From the first since its peer was last heard.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct Unanswered {
    pub(in crate::explain::findings) first: PacketRef,
    pub(in crate::explain::findings) last: PacketRef,
    /// Number of those that repeat what was sent before, or probe again.
    pub(in crate::explain::findings) repeats: u64,
}

/// Returns `true` for a probe of an open connection or of a closed window (RFC 9293 §3.8.4, §3.8.6.1).
pub(super) const fn is_probe(marks: Marks) -> bool {
    marks.has(Marks::KEEP_ALIVE) || marks.has(Marks::ZERO_WINDOW_PROBE)
}

impl Unanswered {
    /// Notes a packet of the end; `this` is what it has sent before. A SYN belongs to a connection that is not open yet.
    pub(super) fn note(this: &mut Option<Self>, step: &Observation) {
        let is_probe = is_probe(step.marks);
        let carries = step.length > 0 || step.flags.has(Flags::FIN) || is_probe;
        if !carries || step.flags.0 & (Flags::SYN.0 | Flags::RST.0) != 0 {
            return;
        }
        let at = PacketRef::of(step);
        let is_again = is_probe
            || step.marks.has(Marks::RETRANSMISSION)
            || step.marks.has(Marks::FAST_RETRANSMISSION)
            || step.marks.has(Marks::SPURIOUS_RETRANSMISSION);
        match this {
            None => *this = Some(Self { first: at, last: at, repeats: 0 }),
            Some(this) => {
                this.repeats += u64::from(is_again && at.since(this.last) >= CAPTURED_TWICE_NS);
                this.last = at;
            }
        }
    }
}
