//! Text of packet labels: of arrows, where the ladder and the diagram write the same, and of the rows of a page.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use crate::explain::findings::File;
use crate::explain::narrative::inflation::ratio;
use crate::explain::narrative::packet_label::{
    AcceptCheck, LabelContent, LabelMark, PacketLabel, SegmentRole,
};
use crate::explain::narrative::pdu_segment::PduSegment;
use crate::explain::text::{EventName, Label, Language, cut, escape_controls, hexadecimal};
use crate::observe::{Flags, Frame, Message, Observation, Preview};
use crate::wire::ws::Opcode;

/// A capture of which no connection is shown.
pub(super) fn no_connection(file: &File, language: Language) -> String {
    match file.unselected {
        0 => Label::NoTcp.text(language).to_owned(),
        connections => Label::NoneSelected.fill(language, &[&connections]),
    }
}

/// Columns of an arrow where there is room for all of them, as in a diagram.
pub(super) const ARROW: usize = 50;

/// A label in words; of a frame its payload cut so that the size fits on an arrow of so many columns.
pub(super) fn label_text(label: &PacketLabel<'_>, arrow: usize, language: Language) -> String {
    match label.content {
        LabelContent::Frame(frame, message) => {
            let whole = frame_content(frame, message);
            let mut size = frame_size(frame, message, Room::Arrow, language);
            if whole.width() + size.width() + 5 > arrow {
                // The payload counts more than that it was masked.
                size = frame_size(frame, message, Room::ShortArrow, language);
            }
            let room = arrow.saturating_sub(6);
            let content = cut(&whole, room - size.width().min(room.saturating_sub(6)));
            marked(label.mark, escape_controls(&format!("{content} {size}")), language)
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
        LabelContent::Frame(frame, message) => {
            size = Some(frame_size(frame, message, Room::Row, language));
            escape_controls(&frame_content(frame, message))
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
    label_text(&PacketLabel { mark: None, content: LabelContent::Frame(frame, None) }, ARROW, language)
}

/// `TEXT "hello"`; of a compressed message, where it ends, as the application gets it.
fn frame_content(frame: &Frame, message: Option<&Message>) -> String {
    let opcode = frame.header.opcode();
    let mut label = opcode.to_string().to_uppercase();
    if !frame.header.fin() {
        label.push_str(" FIN=0");
    }
    let inflated = message.and_then(|message| Some((message, message.plain_length()?)));
    // The two lengths of an inflated message say as much as RSV1.
    let shown_rsv = if inflated.is_some() { frame.header.rsv() & 0b011 } else { frame.header.rsv() };
    if shown_rsv != 0 {
        let _ = write!(label, " RSV={:03b}", frame.header.rsv());
    }
    if let Some((message, length)) = inflated {
        payload_text(message.kind, &message.preview, length, &mut label);
        return label;
    }
    match frame.close_body() {
        Some((code, reason)) if frame.header.rsv() == 0 => {
            let _ = write!(label, " {code}");
            match std::str::from_utf8(reason) {
                Ok("") => {}
                Ok(reason) => _ = write!(label, " \"{reason}\""),
                Err(_) => _ = write!(label, " {}", hexadecimal(reason.iter().copied().take(6))),
            }
        }
        _ if frame.header.rsv() != 0 => {
            payload_text(Opcode::BINARY, &frame.preview, frame.header.length(), &mut label);
        }
        _ => payload_text(opcode, &frame.preview, frame.header.length(), &mut label),
    }
    label
}

/// The beginning of a payload: ` "hello"`, or ` 00 01 02…`.
fn payload_text(kind: Opcode, preview: &Preview, length: u64, label: &mut String) {
    if length == 0 {
        return;
    }
    if kind != Opcode::BINARY && preview.text().is_some() {
        let _ = write!(label, " \"{preview}\"");
        return;
    }
    label.push(' ');
    label.push_str(&hexadecimal(preview.bytes().iter().copied().take(6)));
    if length > 6 {
        label.push('…');
    }
}

/// The room for a size: a row of a page has some for the ratio of a compressed message's lengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    ShortArrow,
    Arrow,
    Row,
}

/// `5 B masked`; where a compressed message ends, `15 → 26 B (×1.7)`: on the wire, and as the application gets it.
fn frame_size(frame: &Frame, message: Option<&Message>, room: Room, language: Language) -> String {
    let mut size = match message {
        None => format!("{} B", frame.header.length()),
        Some(message) => match (message.plain_length(), room) {
            (Some(plain), Room::Arrow | Room::ShortArrow) => format!("{} → {plain} B", message.length),
            (Some(plain), Room::Row) => {
                format!("{} → {plain} B ({})", message.length, ratio(plain, message.length))
            }
            (None, _) => format!("{} B {}", frame.header.length(), Label::NotInflated.text(language)),
        },
    };
    if frame.header.mask().is_some() && room != Room::ShortArrow {
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

/// A text behind a mark: `(copy)` for what was captured a second time, `✕` for what is sent again or was lost, `⚠` and
/// the term for other marks.
fn marked(mark: Option<LabelMark>, text: String, language: Language) -> String {
    match mark {
        None => text,
        Some(LabelMark::Copy) => format!("({}) {text}", EventName::Copy.term(language)),
        Some(LabelMark::SentAgain) => format!("✕ {}: {text}", Label::SentAgain.text(language)),
        Some(LabelMark::LostBefore) => format!("✕ {}: {text}", Label::LostBefore.text(language)),
        Some(LabelMark::Other(name)) => format!("⚠ {}: {text}", name.term(language)),
    }
}
