//! Packets of a connection that wait until all is known that their rows say: the segments of PDUs that they carry, and
//! the findings about them.

use std::collections::VecDeque;

use crate::explain::findings::{Finding, Severity};
use crate::explain::narrative::ack_run::AckRun;
use crate::explain::narrative::connection_log::insert_finding;
use crate::explain::narrative::pdu_segment::{Pdu, PduSegment};
use crate::observe::{Fact, Numbers, Observation};
use crate::wire::PerSide;

/// Packets that wait at most: as many as a list of packets names.
const MOST: usize = Numbers::MOST;

/// A packet with what its row says besides.
#[derive(Debug, Clone)]
pub(in crate::explain) struct SettledPacket {
    pub(in crate::explain) step: Observation,
    pub(in crate::explain) parts: Vec<PduSegment>,
    /// Findings above [`Severity::Info`] that the packet shows.
    pub(in crate::explain) problems: Vec<Finding>,
}

impl SettledPacket {
    /// Adds a finding, if it is worth a row.
    pub(in crate::explain) fn add_problem(&mut self, found: &Finding) {
        if found.severity() != Severity::Info {
            insert_finding(&mut self.problems, found.clone());
        }
    }

    /// The acknowledgments that it ends, if nothing is to be said about it. `before` are those before it.
    pub(in crate::explain) fn acks(&self, before: Option<AckRun>) -> Option<AckRun> {
        AckRun::of(&self.step, before).filter(|_| self.problems.is_empty())
    }
}

/// The packets of a connection that wait, in their order.
#[derive(Debug, Default)]
pub(in crate::explain) struct PacketWindow {
    packets: VecDeque<SettledPacket>,
    sides: PerSide<SideProgress>,
}

/// Progress of a side's PDUs.
#[derive(Debug, Default)]
struct SideProgress {
    /// The first packet with bytes of a PDU that may not have ended.
    open_from: Option<u64>,
    /// Offset behind the last PDU that has ended.
    ended_at: u64,
    /// `true` if its bytes are not read as PDUs any more.
    is_opaque: bool,
}

impl PacketWindow {
    /// Number of packets that wait.
    pub(in crate::explain) fn len(&self) -> usize {
        self.packets.len()
    }

    /// Adds a packet, and its parts to those before it.
    pub(in crate::explain) fn push(&mut self, step: Observation) {
        let (number, from) = (step.number, step.from);
        // The first byte follows the SYN.
        let end = u64::try_from(step.seq - 1 + i64::from(step.length)).ok();
        let mut begins = step.length > 0;
        let pdus: Vec<_> = step.facts.iter().filter_map(Pdu::of).collect();
        for pdu in &pdus {
            let side = &mut self.sides[pdu.from];
            side.ended_at = side.ended_at.max(pdu.end);
            // Of its last packet the rest is not known yet.
            let has_rest = pdu.packets.last() != number || end.is_none_or(|end| end > pdu.end);
            side.open_from = has_rest.then(|| pdu.packets.last());
            begins &= pdu.from != from;
        }
        let parts: Vec<(u64, PduSegment)> = pdus.iter().flat_map(Pdu::segments).collect();
        for fact in &step.facts {
            if let Fact::Opaque(opaque) = fact {
                self.sides[opaque.from] = SideProgress { is_opaque: true, ..SideProgress::default() };
            }
        }
        let side = &mut self.sides[from];
        if begins && !side.is_opaque && end.is_none_or(|end| end > side.ended_at) {
            side.open_from.get_or_insert(number);
        }
        self.packets.push_back(SettledPacket { step, parts: Vec::new(), problems: Vec::new() });
        for (packet, part) in parts {
            if let Some(waiting) = self.find(packet) {
                waiting.parts.push(part);
            }
        }
        if self.packets.len() > MOST {
            self.settle();
        }
    }

    /// Adds a finding to the packet that shows it, if that is still here.
    pub(in crate::explain) fn add_problem(&mut self, found: &Finding) -> Option<()> {
        let packet = found.packets().last()?;
        self.find(*packet)?.add_problem(found);
        Some(())
    }

    /// Nothing more comes for those that wait.
    pub(in crate::explain) fn settle(&mut self) {
        self.sides.client.open_from = None;
        self.sides.server.open_from = None;
    }

    /// Takes the next packet of which all is known.
    pub(in crate::explain) fn next(&mut self) -> Option<SettledPacket> {
        let first = &self.packets.front()?.step;
        let is_open = self.sides[first.from].open_from.is_some_and(|open| open <= first.number);
        if is_open && first.length > 0 { None } else { self.packets.pop_front() }
    }

    /// Client and server were taken for each other.
    pub(in crate::explain) fn swap_roles(&mut self) {
        self.packets.iter_mut().for_each(|packet| packet.step.swap_roles());
        self.sides.swap();
    }

    fn find(&mut self, packet: u64) -> Option<&mut SettledPacket> {
        let place = self.packets.binary_search_by_key(&packet, |waiting| waiting.step.number).ok()?;
        self.packets.get_mut(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::testing::chatter;

    /// The packets come out in their order, and none before the PDU that it carries a part of has ended.
    #[test]
    fn a_packet_waits_for_the_end_of_what_it_is_a_part_of() {
        let mut window = PacketWindow::default();
        let (mut out, mut waited, mut parts) = (Vec::new(), 0, Vec::new());
        let capture = chatter(3);
        for step in &capture.steps {
            window.push(step.clone());
            while let Some(SettledPacket { step: settled, parts: its, .. }) = window.next() {
                out.push(settled.number);
                parts.extend(its.iter().map(|part| (part.place, part.of)));
                waited = waited.max(step.number - settled.number);
            }
        }
        window.settle();
        while let Some(packet) = window.next() {
            out.push(packet.step.number);
        }
        let all: Vec<u64> = capture.steps.iter().map(|step| step.number).collect();
        assert_eq!(out, all);
        assert!(parts.starts_with(&[(1, 3), (2, 3), (3, 3)]), "{parts:?}");
        assert!((1..6).contains(&waited), "{waited}");
    }

    #[test]
    fn what_never_ends_waits_in_bounded_room() {
        let mut window = PacketWindow::default();
        let mut part = chatter(1).steps.remove(0);
        part.facts.clear();
        (part.seq, part.length) = (1, 10);
        let mut came = 0;
        for (number, seq) in (1..4 * MOST as u64).zip((1..).step_by(10)) {
            window.push(Observation { number, seq, ..part.clone() });
            came += std::iter::from_fn(|| window.next()).count();
            assert!(window.len() <= MOST);
        }
        assert!(came > 2 * MOST, "{came}");
    }
}
