//! Acknowledgments in a row: the ladder, the diagram and the pages fold them into one.

use crate::observe::{Fact, Observation};
use crate::wire::Side;

/// Silence is reported from so many nanoseconds on.
pub(in crate::explain) const SILENCE: u64 = 1_000_000_000;

/// Packets in a row that do nothing but acknowledge, the same way, without a silence between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) struct AckRun {
    /// The number of the first.
    pub(in crate::explain) first: u64,
    pub(in crate::explain) count: usize,
    from: Side,
    last_ns: u64,
}

impl AckRun {
    /// So many are folded into one.
    pub(in crate::explain) const FOLDED_FROM: usize = 2;

    /// Those that a packet ends, if it is one. `before` are those that the packet before it in its connection ended.
    pub(in crate::explain) fn of(step: &Observation, before: Option<Self>) -> Option<Self> {
        let says_nothing = step.is_pure_ack() && step.transitions.is_empty() && step.marks.is_empty();
        if !says_nothing || step.facts.iter().any(Fact::is_of_packet) {
            return None;
        }
        let goes_on =
            |acks: &Self| acks.from == step.from && step.time_ns.saturating_sub(acks.last_ns) < SILENCE;
        let begun = Self { first: step.number, count: 1, from: step.from, last_ns: step.time_ns };
        let before = before.filter(goes_on);
        Some(before.map_or(begun, |acks| Self { count: acks.count + 1, last_ns: step.time_ns, ..acks }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::testing::chatter;
    use crate::observe::Flags;

    #[test]
    fn a_run_of_acks_ends_at_a_silence_the_other_side_and_data() {
        let mut ack = chatter(1).steps.remove(0);
        ack.flags = Flags::ACK;
        ack.length = 0;
        ack.marks = crate::observe::Marks::default();
        ack.transitions.clear();
        ack.facts.clear();
        let ack = |number, from, time_ns| Observation {
            number,
            from,
            time_ns,
            transitions: Vec::new(),
            facts: Vec::new(),
            ..ack
        };
        let mut acks = None;
        let mut next = |step: &Observation| {
            acks = AckRun::of(step, acks);
            acks.map(|acks| (acks.first, acks.count))
        };
        assert_eq!(next(&ack(1, Side::Client, 0)), Some((1, 1)));
        assert_eq!(next(&ack(2, Side::Client, SILENCE - 1)), Some((1, 2)));
        assert_eq!(next(&ack(5, Side::Client, 2 * SILENCE - 1)), Some((5, 1)), "after a silence");
        assert_eq!(next(&ack(6, Side::Server, 2 * SILENCE)), Some((6, 1)), "the other way");
        assert_eq!(next(&Observation { length: 1, ..ack(7, Side::Server, 2 * SILENCE) }), None);
        assert_eq!(next(&ack(8, Side::Server, 2 * SILENCE)), Some((8, 1)));
    }
}
