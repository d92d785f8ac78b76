//! Segments that carry nothing but a part of something: their labels say which part, once its end has come.

use std::collections::VecDeque;

use crate::explain::narrative::packet_label::LabelMark;
use crate::explain::narrative::pdu_segment::{Pdu, PduSegment};
use crate::explain::text::Language;
use crate::explain::views::label_text::part_label;
use crate::observe::{Flags, Marks, Numbers, Observation};
use crate::wire::{PerSide, Side};

/// The parts of such a segment's label.
#[derive(Debug, Clone, Copy)]
struct Segment {
    number: u64,
    length: u32,
    mark: Option<LabelMark>,
}

/// A label to be put in the place of the one that a packet has.
#[derive(Debug)]
pub(super) struct PartLabel {
    pub(super) packet: u64,
    segment: Segment,
    part: PduSegment,
}

impl PartLabel {
    pub(super) fn text(&self, language: Language) -> String {
        part_label(self.segment.length, self.segment.mark, &self.part, language)
    }
}

/// The segments of both sides whose something has not ended: of each side as many as a list of packets names.
#[derive(Debug, Default)]
pub(super) struct Segments(PerSide<VecDeque<Segment>>);

impl Segments {
    /// Takes a packet. Gives the parts that it carries of what ends with it, and the labels of those before it.
    pub(super) fn note(&mut self, step: &Observation) -> (Vec<PduSegment>, Vec<PartLabel>) {
        let (mut carried, mut labels) = (Vec::new(), Vec::new());
        let mut has_label = step.flags.has(Flags::RST) || step.marks.has(Marks::KEEP_ALIVE);
        for fact in &step.facts {
            let Some(pdu) = Pdu::of(fact) else { continue };
            has_label = true;
            for (packet, part) in pdu.segments() {
                if packet == step.number {
                    carried.push(part);
                } else if let Some(segment) = self.find(pdu.from, packet) {
                    labels.push(PartLabel { packet, segment, part });
                }
            }
            let (from, packets) = (pdu.from, pdu.packets);
            let waiting = &mut self.0[from];
            while waiting.front().is_some_and(|segment| segment.number < packets.first()) {
                waiting.pop_front();
            }
        }
        if step.length > 0 && !has_label {
            let waiting = &mut self.0[step.from];
            if waiting.len() == Numbers::MOST {
                waiting.pop_front();
            }
            let mark = LabelMark::of(step.marks);
            waiting.push_back(Segment { number: step.number, length: step.length, mark });
        }
        (carried, labels)
    }

    fn find(&self, from: Side, packet: u64) -> Option<Segment> {
        let segments = &self.0[from];
        segments.binary_search_by_key(&packet, |segment| segment.number).ok().map(|place| segments[place])
    }
}
