//! Labels of a packet: what each of its arrows stands for, without words or layout.

use super::inflation::compressed_message;
use super::pdu_segment::PduSegment;
use crate::explain::findings::key::is_right;
use crate::explain::text::EventName;
use crate::observe::{Fact, Flags, Frame, FrameEnd, Marks, Message, Observation, Request, Response};

/// Kind of an arrow: it decides stroke and colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum ArrowKind {
    Tcp,
    WebSocket,
    Ack,
    Reset,
}

/// Label of one arrow.
#[derive(Debug)]
pub(in crate::explain) struct PacketLabel<'p> {
    /// The packet's noteworthy trait; on its first label only.
    pub(in crate::explain) mark: Option<LabelMark>,
    pub(in crate::explain) content: LabelContent<'p>,
}

/// The content of an arrow.
#[derive(Debug)]
pub(in crate::explain) enum LabelContent<'p> {
    Request(&'p Request),
    Response(&'p Response, AcceptCheck),
    /// A frame, and the compressed message that ends with it.
    Frame(&'p Frame, Option<&'p Message>),
    Segment(&'p Observation, SegmentRole<'p>),
}

/// The accept key of a response, checked against the key of its request (RFC 6455 §4.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum AcceptCheck {
    Right,
    Wrong,
    /// There is none, or nothing to compare it with.
    None,
}

/// The role of a segment in TCP.
#[derive(Debug)]
pub(in crate::explain) enum SegmentRole<'p> {
    Reset,
    Ack,
    WindowUpdate,
    KeepAlive,
    KeepAliveAck,
    /// A SYN or FIN without data.
    Control,
    /// Carries a part of something that takes several segments.
    Part(&'p PduSegment),
    Data,
}

/// A noteworthy trait of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum LabelMark {
    /// The same packet, captured a second time.
    Copy,
    SentAgain,
    LostBefore,
    Other(EventName),
}

impl LabelMark {
    /// The mark of a packet with these marks; `None` if its label needs none.
    pub(in crate::explain) fn of(marks: Marks) -> Option<Self> {
        if marks.has(Marks::COPY) {
            return Some(Self::Copy);
        }
        if marks.has(Marks::FILLS_GAP) {
            return Some(Self::Other(EventName::FillsGap));
        }
        let again = [Marks::RETRANSMISSION, Marks::FAST_RETRANSMISSION, Marks::SPURIOUS_RETRANSMISSION];
        if again.iter().any(|mark| marks.has(*mark)) {
            return Some(Self::SentAgain);
        }
        if marks.has(Marks::LOST_SEGMENT) {
            return Some(Self::LostBefore);
        }
        // The segment's role says these.
        let by_role = [Marks::KEEP_ALIVE, Marks::KEEP_ALIVE_ACK, Marks::WINDOW_UPDATE];
        if by_role.iter().any(|mark| marks.has(*mark)) {
            return None;
        }
        let (_, name) = EventName::OF_MARKS.iter().find(|(mark, _)| marks.has(*mark))?;
        Some(Self::Other(*name))
    }
}

impl PacketLabel<'_> {
    pub(in crate::explain) fn kind(&self) -> ArrowKind {
        match self.content {
            LabelContent::Frame(..) => ArrowKind::WebSocket,
            LabelContent::Request(_) | LabelContent::Response(..) => ArrowKind::Tcp,
            LabelContent::Segment(step, ref role) => match role {
                SegmentRole::Reset => ArrowKind::Reset,
                SegmentRole::Ack | SegmentRole::WindowUpdate | SegmentRole::KeepAliveAck => ArrowKind::Ack,
                // One may carry the last byte again (RFC 9293 §3.8.4).
                SegmentRole::KeepAlive if step.is_pure_ack() => ArrowKind::Ack,
                _ => ArrowKind::Tcp,
            },
        }
    }
}

/// The labels of a packet, one at least. `parts` are the segments of PDUs that it carries.
pub(in crate::explain) fn labels<'p>(step: &'p Observation, parts: &'p [PduSegment]) -> Vec<PacketLabel<'p>> {
    let mark = LabelMark::of(step.marks);
    if step.flags.has(Flags::RST) {
        return vec![PacketLabel { mark, content: LabelContent::Segment(step, SegmentRole::Reset) }];
    }
    let carried = step.facts.iter().enumerate().filter_map(|(place, fact)| match fact {
        Fact::Request(request) => Some(LabelContent::Request(request)),
        Fact::Response(response) => Some(LabelContent::Response(response, accept_check(response))),
        // A frame that never ends has no byte in this packet.
        Fact::Frame(frame) if frame.end == FrameEnd::Reached => {
            Some(LabelContent::Frame(frame, compressed_message(frame, &step.facts[place + 1..])))
        }
        _ => None,
    });
    let mut contents: Vec<LabelContent<'p>> = carried.collect();
    if contents.is_empty() || step.flags.has(Flags::SYN) || step.flags.has(Flags::FIN) {
        contents.push(LabelContent::Segment(step, role(step, parts.last())));
    }
    let marks = std::iter::once(mark).chain(std::iter::repeat(None));
    marks.zip(contents).map(|(mark, content)| PacketLabel { mark, content }).collect()
}

fn accept_check(response: &Response) -> AcceptCheck {
    let answered = response.upgrade.as_ref().filter(|upgrade| upgrade.accept.is_some());
    match answered.and_then(is_right) {
        Some(true) => AcceptCheck::Right,
        Some(false) => AcceptCheck::Wrong,
        None => AcceptCheck::None,
    }
}

fn role<'p>(step: &Observation, part: Option<&'p PduSegment>) -> SegmentRole<'p> {
    let is_control = step.flags.has(Flags::SYN) || step.flags.has(Flags::FIN);
    if step.is_pure_ack() {
        return match step.marks {
            marks if marks.has(Marks::KEEP_ALIVE_ACK) => SegmentRole::KeepAliveAck,
            marks if marks.has(Marks::KEEP_ALIVE) => SegmentRole::KeepAlive,
            marks if marks.has(Marks::WINDOW_UPDATE) => SegmentRole::WindowUpdate,
            _ => SegmentRole::Ack,
        };
    }
    match part {
        _ if step.marks.has(Marks::KEEP_ALIVE) => SegmentRole::KeepAlive,
        _ if is_control && step.length == 0 => SegmentRole::Control,
        Some(part) => SegmentRole::Part(part),
        None => SegmentRole::Data,
    }
}
