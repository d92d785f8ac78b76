//! Text of packet labels: of arrows, where the ladder and the diagram write the same, and of the rows of a page.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use crate::explain::narrative::packet_label::{
    AcceptCheck, LabelContent, LabelMark, PacketLabel, SegmentRole,
};
use crate::explain::narrative::pdu_segment::PduSegment;
use crate::explain::text::{Label, Language, cut, escape_controls, hexadecimal};
use crate::observe::{Flags, Frame, Observation};
use crate::wire::ws::{CloseCode, FrameError, Opcode};

/// Columns of an arrow.
pub(super) const ARROW: usize = 50;

/// A label in words; of a frame its payload cut so that the size fits on the arrow.
pub(super) fn label_text(label: &PacketLabel<'_>, language: Language) -> String {
    match label.content {
        LabelContent::Frame(frame) => {
            marked(label.mark, escape_controls(&frame_text(frame, language)), language)
        }
        _ => label_parts(label, language).0,
    }
}

/// A label in words, nothing of it cut, and of a frame its size apart: `5 B masked`.
pub(super) fn label_parts(label: &PacketLabel<'_>, language: Language) -> (String, Option<String>) {
    let mut size = None;
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
        LabelContent::Frame(frame) => {
            size = Some(frame_size(frame, language));
            escape_controls(&frame_content(frame))
        }
        LabelContent::Segment(step, ref role) => segment_text(step, role, language),
    };
    (marked(label.mark, content, language), size)
}

/// Label of a segment that carries nothing but a part of a PDU: `1448 B, part 1 of 3 of TEXT`.
pub(super) fn part_label(
    length: u32,
    mark: Option<LabelMark>,
    part: &PduSegment,
    language: Language,
) -> String {
    marked(mark, part_text(length, part, language), language)
}

/// `TEXT "hello" 5 B masked`
pub(super) fn frame_text(frame: &Frame, language: Language) -> String {
    let size = frame_size(frame, language);
    let mut text = cut(&frame_content(frame), ARROW - 6 - size.width());
    text.push(' ');
    text.push_str(&size);
    text
}

/// `TEXT "hello"`
fn frame_content(frame: &Frame) -> String {
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
        // A reader wants to see the code that must not stand there, not its bytes.
        Some(Err(FrameError::CloseCodeNotSendable(code))) => {
            let reason = String::from_utf8_lossy(frame.preview.bytes().get(2..).unwrap_or_default());
            let _ = write!(label, " {code}");
            if !reason.is_empty() {
                let _ = write!(label, " \"{reason}\"");
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
    label
}

/// `5 B masked`
fn frame_size(frame: &Frame, language: Language) -> String {
    let mut size = format!("{} B", frame.header.length());
    if frame.header.mask().is_some() {
        size.push(' ');
        size.push_str(Label::Masked.text(language));
    }
    size
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
        SegmentRole::Part(part) => part_text(step.length, part, language),
        SegmentRole::Data => format!("{} {} B {numbers}", step.flags, step.length),
    }
}

fn part_text(length: u32, PduSegment { place, of, what, .. }: &PduSegment, language: Language) -> String {
    Label::PartOf.fill(language, &[&length, place, of, what])
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

/// A text behind a mark: `✕` for what is sent again or was lost, `⚠` and the term for other marks.
fn marked(mark: Option<LabelMark>, text: String, language: Language) -> String {
    match mark {
        None => text,
        Some(LabelMark::SentAgain) => format!("✕ {}: {text}", Label::SentAgain.text(language)),
        Some(LabelMark::LostBefore) => format!("✕ {}: {text}", Label::LostBefore.text(language)),
        Some(LabelMark::Other(name)) => format!("⚠ {}: {text}", name.term(language)),
    }
}
