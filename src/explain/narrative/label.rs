//! What stands on the arrows of a packet.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::parts::Part;
use crate::explain::findings::key::is_right;
use crate::explain::narrative::connection_log::is_pure_ack;
use crate::explain::text::{Language, Name, Word, cut, escape_controls, hexadecimal};
use crate::observe::{Fact, Flags, Frame, FrameEnd, Marks, Observation};
use crate::wire::ws::{CloseCode, Opcode};

/// Columns of an arrow.
pub(in crate::explain) const ARROW: usize = 50;

/// What an arrow stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum Line {
    Tcp,
    WebSocket,
    Ack,
    Reset,
}

/// A label, and the line it stands on.
#[derive(Debug)]
pub(in crate::explain) struct Label {
    pub(in crate::explain) line: Line,
    pub(in crate::explain) text: String,
}

/// A label in parts: what may be cut to the width of an arrow, and what may not.
#[derive(Debug)]
pub(in crate::explain) struct LabelParts {
    pub(in crate::explain) line: Line,
    /// `✕ sent again:` on the first label of a packet that is noteworthy.
    mark: Option<String>,
    /// As it came: not escaped.
    text: String,
    /// Of a frame: `5 B masked`.
    size: Option<String>,
}

impl LabelParts {
    const fn new(line: Line, text: String) -> Self {
        Self { line, mark: None, text, size: None }
    }

    fn frame(frame: &Frame, language: Language) -> Self {
        let (text, size) = (frame_text(frame), Some(frame_size(frame, language)));
        Self { line: Line::WebSocket, mark: None, text, size }
    }

    /// Of a frame whose end never came.
    pub(in crate::explain) fn unfinished(frame: &Frame, language: Language) -> Self {
        let size = format!("{}: {}", frame_size(frame, language), Word::Cut.text(language));
        Self { size: Some(size), ..Self::frame(frame, language) }
    }

    fn marked(&self, text: &str) -> String {
        let text = escape_controls(text);
        self.mark.as_ref().map_or(text.clone(), |mark| format!("{mark} {text}"))
    }

    /// Cut to the width of an arrow.
    fn cut(&self) -> Label {
        let text = match &self.size {
            Some(size) => self.marked(&fitted(&self.text, size)),
            None => self.marked(&self.text),
        };
        Label { line: self.line, text }
    }

    /// All of its text, and the size beside it.
    pub(in crate::explain) fn whole(self) -> (String, Option<String>) {
        (self.marked(&self.text), self.size)
    }
}

/// The labels of a packet, one at least. `parts` is what it carries of things that take several segments.
pub(in crate::explain) fn labels(step: &Observation, parts: &[Part], language: Language) -> Vec<Label> {
    label_parts(step, parts, language).iter().map(LabelParts::cut).collect()
}

/// The same, nothing of them cut.
pub(in crate::explain) fn label_parts(
    step: &Observation,
    parts: &[Part],
    language: Language,
) -> Vec<LabelParts> {
    let mut labels = Vec::new();
    if step.flags.has(Flags::RST) {
        labels.push(LabelParts::new(Line::Reset, format!("╳{} {}", step.flags, numbers(step))));
    } else {
        labels.extend(step.facts.iter().filter_map(|fact| fact_label(fact, language)));
        if labels.is_empty() || step.flags.has(Flags::SYN) || step.flags.has(Flags::FIN) {
            labels.push(segment(step, parts.last(), language));
        }
    }
    if let Some(first) = labels.first_mut() {
        first.mark = mark(step.marks, language);
    }
    labels
}

fn fact_label(fact: &Fact, language: Language) -> Option<LabelParts> {
    match fact {
        Fact::Request(request) => {
            let upgrade = request.head.headers().list("upgrade").next().map(str::to_owned);
            let upgrade = upgrade.map_or_else(String::new, |to| format!("  Upgrade: {to}"));
            Some(LabelParts::new(Line::Tcp, format!("{} {}{upgrade}", request.method, request.target)))
        }
        Fact::Response(response) => {
            let answered = response.upgrade.as_ref().filter(|upgrade| upgrade.accept.is_some());
            let accept = match answered.and_then(is_right) {
                Some(true) => "  Accept ✓",
                Some(false) => "  Accept ✗",
                None => "",
            };
            Some(LabelParts::new(Line::Tcp, format!("{} {}{accept}", response.status.0, response.phrase)))
        }
        // Of one that never ends nothing is in this packet.
        Fact::Frame(frame) if frame.end == FrameEnd::Reached => Some(LabelParts::frame(frame, language)),
        _ => None,
    }
}

/// The label of a segment that carries nothing but a part of something: `1448 B, part 1 of 3 of TEXT`.
pub(in crate::explain) fn part_label(length: u32, marks: Marks, part: &Part, language: Language) -> String {
    let text = part_text(length, part, language);
    mark(marks, language).map_or(text.clone(), |mark| format!("{mark} {text}"))
}

fn part_text(length: u32, Part { place, of, what, .. }: &Part, language: Language) -> String {
    Word::PartOf.fill(language, &[&length, place, of, what])
}

/// `TEXT "hello" 5 B masked`
pub(in crate::explain) fn frame_label(frame: &Frame, language: Language) -> String {
    fitted(&frame_text(frame), &frame_size(frame, language))
}

/// A text with its size behind it, cut to the width of an arrow.
fn fitted(text: &str, size: &str) -> String {
    format!("{} {size}", cut(text, ARROW - 6 - size.width()))
}

/// `TEXT "hello"`
pub(in crate::explain) fn frame_text(frame: &Frame) -> String {
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
    label
}

/// `5 B masked`
pub(in crate::explain) fn frame_size(frame: &Frame, language: Language) -> String {
    let mut size = format!("{} B", frame.header.length());
    if frame.header.mask().is_some() {
        size.push(' ');
        size.push_str(Word::Masked.text(language));
    }
    size
}

/// What a segment is to TCP.
fn segment(step: &Observation, part: Option<&Part>, language: Language) -> LabelParts {
    if is_pure_ack(step) {
        let kind = match step.marks {
            marks if marks.has(Marks::KEEP_ALIVE_ACK) => "keep-alive ACK ".to_owned(),
            marks if marks.has(Marks::KEEP_ALIVE) => "keep-alive ".to_owned(),
            marks if marks.has(Marks::WINDOW_UPDATE) => {
                format!("ACK {} win={} ", Word::WindowUpdate.text(language), step.window)
            }
            _ => "ACK ".to_owned(),
        };
        return LabelParts::new(Line::Ack, kind + &numbers(step));
    }
    let bare = step.flags.has(Flags::SYN) || step.flags.has(Flags::FIN);
    let text = match part {
        _ if step.marks.has(Marks::KEEP_ALIVE) => format!("keep-alive {}", numbers(step)),
        _ if bare && step.length == 0 => format!("{} {}", step.flags, numbers(step)),
        Some(part) => part_text(step.length, part, language),
        None => format!("{} {} B {}", step.flags, step.length, numbers(step)),
    };
    LabelParts::new(Line::Tcp, text)
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
        return Some(format!("✕ {}:", Word::SentAgain.text(language)));
    }
    if marks.has(Marks::LOST_SEGMENT) {
        return Some(format!("✕ {}:", Word::LostBefore.text(language)));
    }
    // What stands in the label already.
    let told = [Marks::KEEP_ALIVE, Marks::KEEP_ALIVE_ACK, Marks::WINDOW_UPDATE];
    if told.iter().any(|mark| marks.has(*mark)) {
        return None;
    }
    let (_, name) = Name::OF_MARKS.iter().find(|(mark, _)| marks.has(*mark))?;
    Some(format!("⚠ {}:", name.term(language)))
}
