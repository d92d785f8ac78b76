//! Columns, arrows and colours. Widths are those of a terminal, where a Chinese character takes two columns.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr as _;

use crate::explain::findings::{FindingText, Severity};
use crate::explain::narrative::packet_label::ArrowKind;
use crate::explain::text::cut;
use crate::explain::views::label_text::ARROW;
use crate::wire::Side;

/// Columns of an end's states.
pub(super) const STATES: usize = 15;

/// Columns before an end's states: gutters, number, time, time since the packet before.
pub(super) const BEFORE: usize = 2 + 6 + 10 + 12;

/// Columns of a row.
pub(super) const ROW: usize = BEFORE + STATES + ARROW + 2 + STATES;

/// With which characters is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Glyphs {
    /// Box drawing, arrows.
    #[default]
    Unicode,
    /// Nothing but ASCII; the words and payloads stay what they are.
    Ascii,
}

/// An arrow with a label on it.
pub(super) fn arrow(from: Side, kind: ArrowKind, label: &str) -> String {
    let stroke = match kind {
        ArrowKind::Tcp | ArrowKind::Reset => '─',
        ArrowKind::WebSocket => '═',
        ArrowKind::Ack => '┄',
    };
    let label = cut(label, ARROW - 4);
    let rest = |used: usize| -> String { (used..ARROW).map(|_| stroke).collect() };
    match from {
        Side::Client => format!("{stroke}{stroke}{label}{}▶", rest(label.width() + 3)),
        Side::Server => format!("◀{stroke}{label}{}", rest(label.width() + 2)),
    }
}

/// Colour of a packet's line.
pub(super) const fn style(from: Side, kind: ArrowKind) -> Style {
    let color = match (kind, from) {
        (ArrowKind::Reset, _) => return AnsiColor::Red.on_default().bold(),
        (ArrowKind::Ack, _) => return Style::new().dimmed(),
        (_, Side::Client) => AnsiColor::Green,
        (_, Side::Server) => AnsiColor::Cyan,
    };
    color.on_default()
}

/// Colour of what is wrong: with red, green and cyan one of four hues, each distinguished by its signs too.
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default();

/// The sign of a finding, and its colour.
pub(in crate::explain) fn sign(finding: &FindingText) -> (char, Style) {
    if finding.severity == Severity::Info { ('ℹ', Style::new()) } else { ('⚠', WARNING) }
}

/// A line in ASCII: what is drawn, in characters that take as many columns.
pub(super) fn in_ascii(line: &str) -> String {
    let ascii = |character| match character {
        '─' => '-',
        '═' => '=',
        '┄' => '.',
        '▶' => '>',
        '◀' => '<',
        '┌' | '╭' => '/',
        '└' | '╰' => '\\',
        '│' | '├' => '|',
        '✕' | '✗' => 'x',
        '╳' => 'X',
        '✓' => '+',
        '⋮' => ':',
        '…' => '~',
        '·' => '*',
        '⊕' => '^',
        '⚠' => '!',
        'ℹ' => 'i',
        'µ' => 'u',
        'Δ' => 'd',
        '→' => '>',
        '±' => '=',
        '–' => '-',
        '§' => 'S',
        other => other,
    };
    line.chars().map(ascii).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_is_as_wide_whatever_its_label() {
        for label in ["TEXT \"当前连接人数为：2\"", "SYN", &"长".repeat(60)] {
            for side in [Side::Client, Side::Server] {
                assert_eq!(arrow(side, ArrowKind::WebSocket, label).width(), ARROW, "{label}");
            }
        }
    }

    #[test]
    fn ascii_is_as_wide() {
        let drawn = arrow(Side::Server, ArrowKind::Tcp, "✕ SYN");
        assert!(in_ascii(&drawn).is_ascii());
        assert_eq!(in_ascii(&drawn).len(), ARROW);
    }
}
