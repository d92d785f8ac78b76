//! What stands on the arrows of a packet.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::pdu_segment::PduSegment;
use crate::explain::findings::key::is_right;
use crate::explain::narrative::connection_log::is_pure_ack;
use crate::explain::text::{EventName, Label, Language, cut, escape_controls, hexadecimal};
use crate::observe::{Fact, Flags, Frame, FrameEnd, Marks, Observation};
use crate::wire::ws::{CloseCode, Opcode};

/// Columns of an arrow.
pub(in crate::explain) const ARROW: usize = 50;

/// What an arrow stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum ArrowKind {
    Tcp,
    WebSocket,
    Ack,
    Reset,
}

/// A label, and the kind of arrow it stands on.
#[derive(Debug)]
pub(in crate::explain) struct PacketLabel {
    pub(in crate::explain) kind: ArrowKind,
    pub(in crate::explain) text: String,
}

/// The labels of a packet, one at least. `parts` is what it carries of things that take several segments.
pub(in crate::explain) fn labels(
    step: &Observation,
    parts: &[PduSegment],
    language: Language,
) -> Vec<PacketLabel> {
    let mut labels = Vec::new();
    if step.flags.has(Flags::RST) {
        let mark = mark(step.marks, language).map_or_else(String::new, |mark| format!("{mark} "));
        labels.push(PacketLabel {
            kind: ArrowKind::Reset,
            text: format!("{mark}╳{} {}", step.flags, numbers(step)),
        });
        return labels;
    }
    for fact in &step.facts {
        let (kind, text) = match fact {
            Fact::Request(request) => {
                let upgrade = request.head.headers().list("upgrade").next().map(str::to_owned);
                let upgrade = upgrade.map_or_else(String::new, |to| format!("  Upgrade: {to}"));
                (ArrowKind::Tcp, format!("{} {}{upgrade}", request.method, request.target))
            }
            Fact::Response(response) => {
                let answered = response.upgrade.as_ref().filter(|upgrade| upgrade.accept.is_some());
                let accept = match answered.and_then(is_right) {
                    Some(true) => "  Accept ✓",
                    Some(false) => "  Accept ✗",
                    None => "",
                };
                (ArrowKind::Tcp, format!("{} {}{accept}", response.status.0, response.phrase))
            }
            // Of one that never ends nothing is in this packet.
            Fact::Frame(frame) if frame.end == FrameEnd::Reached => {
                (ArrowKind::WebSocket, frame_label(frame, language))
            }
            _ => continue,
        };
        labels.push(PacketLabel { kind, text: escape_controls(&text) });
    }
    if labels.is_empty() || step.flags.has(Flags::SYN) || step.flags.has(Flags::FIN) {
        labels.push(segment(step, parts.last(), language));
    }
    if let Some(first) = labels.first_mut()
        && let Some(mark) = mark(step.marks, language)
    {
        first.text.insert_str(0, &format!("{mark} "));
    }
    labels
}

/// `TEXT "hello" 5 B masked`
pub(in crate::explain) fn frame_label(frame: &Frame, language: Language) -> String {
    let opcode = frame.header.opcode();
    let mut label = opcode.to_string().to_uppercase();
    if !frame.header.fin() {
        label.push_str(" FIN=0");
    }
    if frame.header.rsv() != 0 {
        let _ = write!(label, " RSV={:03b}", frame.header.rsv());
    }
    match frame.close() {
        Some(Ok(close)) if opcode == Opcode::CLOSE => {
            if close.code() != CloseCode::NO_STATUS {
                let _ = write!(label, " {}", close.code());
            }
            if !close.reason().is_empty() {
                let _ = write!(label, " \"{}\"", close.reason());
            }
        }
        _ if frame.header.length() == 0 => {}
        _ if opcode == Opcode::BINARY || frame.header.rsv() != 0 || frame.preview.text().is_none() => {
            label.push(' ');
            label.push_str(&hexadecimal(frame.preview.bytes().iter().copied().take(6)));
            if frame.header.length() > 6 {
                label.push('…');
            }
        }
        _ => {
            let _ = write!(label, " \"{}\"", frame.preview);
        }
    }
    let mut end = format!(" {} B", frame.header.length());
    if frame.header.mask().is_some() {
        end.push(' ');
        end.push_str(Label::Masked.text(language));
    }
    cut(&label, ARROW - 5 - end.width()) + &end
}

/// What a segment is to TCP.
fn segment(step: &Observation, part: Option<&PduSegment>, language: Language) -> PacketLabel {
    if is_pure_ack(step) {
        let kind = match step.marks {
            marks if marks.has(Marks::KEEP_ALIVE_ACK) => "keep-alive ACK ".to_owned(),
            marks if marks.has(Marks::KEEP_ALIVE) => "keep-alive ".to_owned(),
            marks if marks.has(Marks::WINDOW_UPDATE) => {
                format!("ACK {} win={} ", Label::WindowUpdate.text(language), step.window)
            }
            _ => "ACK ".to_owned(),
        };
        return PacketLabel { kind: ArrowKind::Ack, text: kind + &numbers(step) };
    }
    let bare = step.flags.has(Flags::SYN) || step.flags.has(Flags::FIN);
    let text = match part {
        _ if step.marks.has(Marks::KEEP_ALIVE) => format!("keep-alive {}", numbers(step)),
        _ if bare && step.length == 0 => format!("{} {}", step.flags, numbers(step)),
        Some(PduSegment { place, of, what, .. }) => {
            Label::PartOf.fill(language, &[&step.length, place, of, what])
        }
        None => format!("{} {} B {}", step.flags, step.length, numbers(step)),
    };
    PacketLabel { kind: ArrowKind::Tcp, text }
}

/// The numbers of a segment, and of a SYN what it tells for all segments that follow.
fn numbers(step: &Observation) -> String {
    let mut text = format!("seq={}", step.seq);
    if let Some(ack) = step.ack {
        let _ = write!(text, " ack={ack}");
    }
    if step.flags.has(Flags::SYN) {
        if let Some(mss) = step.options.mss {
            let _ = write!(text, " mss={mss}");
        }
        if let Some(shift) = step.options.window_scale {
            // More than 14 counts as 14 (RFC 7323 §2.3).
            let _ = write!(text, " ws={}", 1_u32 << shift.min(14));
        }
        let _ = write!(text, " win={}", step.window);
    }
    text
}

/// `✕` for what is sent again or was lost, `⚠` and the term for other marks.
fn mark(marks: Marks, language: Language) -> Option<String> {
    let again = [Marks::RETRANSMISSION, Marks::FAST_RETRANSMISSION, Marks::SPURIOUS_RETRANSMISSION];
    if again.iter().any(|mark| marks.has(*mark)) {
        return Some(format!("✕ {}:", Label::SentAgain.text(language)));
    }
    if marks.has(Marks::LOST_SEGMENT) {
        return Some(format!("✕ {}:", Label::LostBefore.text(language)));
    }
    // What stands in the label already.
    let told = [Marks::KEEP_ALIVE, Marks::KEEP_ALIVE_ACK, Marks::WINDOW_UPDATE];
    if told.iter().any(|mark| marks.has(*mark)) {
        return None;
    }
    let (_, name) = EventName::OF_MARKS.iter().find(|(mark, _)| marks.has(*mark))?;
    Some(format!("⚠ {}:", name.term(language)))
}
