//! Text of packet labels, for arrows: the ladder and the diagram write the same.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use crate::explain::narrative::packet_label::{
    AcceptCheck, LabelContent, LabelMark, PacketLabel, SegmentRole,
};
use crate::explain::narrative::pdu_segment::PduSegment;
use crate::explain::text::{Label, Language, cut, escape_controls, hexadecimal};
use crate::observe::{Flags, Frame, Observation};
use crate::wire::ws::{CloseCode, Opcode};

/// Columns of an arrow.
pub(super) const ARROW: usize = 50;

/// A label in words.
pub(super) fn label_text(label: &PacketLabel<'_>, language: Language) -> String {
    let mark = label.mark.map_or_else(String::new, |mark| mark_text(mark, language));
    let content = match label.content {
        LabelContent::Request(request) => {
            let upgrade = request.head.headers().list("upgrade").next().map(str::to_owned);
            let upgrade = upgrade.map_or_else(String::new, |to| format!("  Upgrade: {to}"));
            escape_controls(&format!("{} {}{upgrade}", request.method, request.target))
        }
        LabelContent::Response(response, check) => {
            let accept = match check {
                AcceptCheck::Right => "  Accept ✓",
                AcceptCheck::Wrong => "  Accept ✗",
                AcceptCheck::None => "",
            };
            escape_controls(&format!("{} {}{accept}", response.status.0, response.phrase))
        }
        LabelContent::Frame(frame) => escape_controls(&frame_text(frame, language)),
        LabelContent::Segment(step, ref role) => segment_text(step, role, language),
    };
    mark + &content
}

/// `TEXT "hello" 5 B masked`
pub(super) fn frame_text(frame: &Frame, language: Language) -> String {
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

fn segment_text(step: &Observation, role: &SegmentRole<'_>, language: Language) -> String {
    let numbers = numbers(step);
    match role {
        SegmentRole::Reset => format!("╳{} {numbers}", step.flags),
        SegmentRole::Ack => format!("ACK {numbers}"),
        SegmentRole::WindowUpdate => {
            format!("ACK {} win={} {numbers}", Label::WindowUpdate.text(language), step.window)
        }
        SegmentRole::KeepAlive => format!("keep-alive {numbers}"),
        SegmentRole::KeepAliveAck => format!("keep-alive ACK {numbers}"),
        SegmentRole::Control => format!("{} {numbers}", step.flags),
        SegmentRole::Part(PduSegment { place, of, what, .. }) => {
            Label::PartOf.fill(language, &[&step.length, place, of, what])
        }
        SegmentRole::Data => format!("{} {} B {numbers}", step.flags, step.length),
    }
}

/// Sequence and acknowledgment number, and of a SYN the options that hold for all later segments.
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

/// `✕` for what is sent again or was lost, `⚠` and the term for other marks; with a space behind.
fn mark_text(mark: LabelMark, language: Language) -> String {
    match mark {
        LabelMark::SentAgain => format!("✕ {}: ", Label::SentAgain.text(language)),
        LabelMark::LostBefore => format!("✕ {}: ", Label::LostBefore.text(language)),
        LabelMark::Other(name) => format!("⚠ {}: ", name.term(language)),
    }
}
