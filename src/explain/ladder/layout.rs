//! Columns, arrows and colours. Widths are those of a terminal, where a Chinese character takes two columns.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

pub(in crate::explain) use crate::explain::escape::escape_controls as clean;
use crate::explain::finding::Finding;
use crate::explain::findings::Severity;
use crate::wire::Side;

/// Columns of an arrow.
pub(in crate::explain) const ARROW: usize = 50;

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

/// What an arrow stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum Line {
    Tcp,
    WebSocket,
    Ack,
    Reset,
}

/// Text cut to so many columns, with `…` if it is longer.
pub(in crate::explain) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut taken = String::new();
    let mut width = 0;
    for character in text.chars() {
        let more = character.width().unwrap_or(0);
        if width + more + 1 > columns {
            break;
        }
        width += more;
        taken.push(character);
    }
    taken.push('…');
    taken
}

/// Text in lines of at most so many columns, broken at spaces and between Chinese characters.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut word = String::new();
    let mut put = |word: &mut String| {
        let line = lines.last_mut().expect("one is there");
        if !line.is_empty() && line.width() + word.trim_end().width() > columns {
            *line = line.trim_end().to_owned();
            lines.push(std::mem::take(word));
        } else {
            line.push_str(word);
            word.clear();
        }
    };
    let no_break_before = |character: char| "，。；：、）！？".contains(character);
    for character in text.chars() {
        if character.width() == Some(2) && !no_break_before(character) {
            put(&mut word);
        }
        word.push(character);
        if character == ' ' {
            put(&mut word);
        }
    }
    put(&mut word);
    lines
}

/// Text in pieces of at most so many columns, at most so many pieces; what is beyond is cut off with `…`.
pub(super) fn pieces(text: &str, columns: usize, most: usize) -> Vec<String> {
    let text = cut(text, columns * most);
    let mut pieces = vec![String::new()];
    let mut width = 0;
    for character in text.chars() {
        let more = character.width().unwrap_or(0);
        if width + more > columns {
            pieces.push(String::new());
            width = 0;
        }
        width += more;
        pieces.last_mut().expect("one is there").push(character);
    }
    pieces
}

/// Text filled up with spaces to so many columns.
pub(super) fn pad(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}

/// Text filled up with spaces on its left.
pub(super) fn pad_left(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{}{text}", " ".repeat(missing))
}

/// Text in the middle of a row.
pub(super) fn centred(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{}{text}", " ".repeat(missing / 2))
}

/// An arrow with a label on it.
pub(super) fn arrow(from: Side, line: Line, label: &str) -> String {
    let stroke = match line {
        Line::Tcp | Line::Reset => '─',
        Line::WebSocket => '═',
        Line::Ack => '┄',
    };
    let label = cut(label, ARROW - 4);
    let rest = |used: usize| -> String { (used..ARROW).map(|_| stroke).collect() };
    match from {
        Side::Client => format!("{stroke}{stroke}{label}{}▶", rest(label.width() + 3)),
        Side::Server => format!("◀{stroke}{label}{}", rest(label.width() + 2)),
    }
}

/// How a packet's line is coloured.
pub(super) const fn style(from: Side, line: Line) -> Style {
    let color = match (line, from) {
        (Line::Reset, _) => return AnsiColor::Red.on_default().bold(),
        (Line::Ack, _) => return Style::new().dimmed(),
        (_, Side::Client) => AnsiColor::Green,
        (_, Side::Server) => AnsiColor::Cyan,
    };
    color.on_default()
}

/// How what is wrong is coloured: with red, green and cyan one of four hues, each told apart by its signs too.
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default();

/// The sign of a finding, and its colour.
pub(in crate::explain) fn sign(finding: &Finding) -> (char, Style) {
    if finding.severity == Severity::Info.name() { ('ℹ', Style::new()) } else { ('⚠', WARNING) }
}

/// Bytes in hexadecimal, with spaces between.
pub(in crate::explain) fn hexadecimal(bytes: impl IntoIterator<Item = u8>) -> String {
    let mut text = String::new();
    for byte in bytes {
        let space = if text.is_empty() { "" } else { " " };
        let _ = write!(text, "{space}{byte:02x}");
    }
    text
}

/// A time in seconds.
#[expect(clippy::cast_precision_loss, reason = "to be read by people")]
pub(super) fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e9
}

/// A time span in the unit that fits.
pub(in crate::explain) fn span(nanoseconds: u64) -> String {
    let of = |unit: f64| seconds(nanoseconds) * 1e9 / unit;
    match nanoseconds {
        0..1_000 => format!("{nanoseconds} ns"),
        1_000..1_000_000 => format!("{:.1} µs", of(1e3)),
        1_000_000..1_000_000_000 => format!("{:.1} ms", of(1e6)),
        1_000_000_000..120_000_000_000 => format!("{:.1} s", of(1e9)),
        _ => format!("{:.1} min", of(60e9)),
    }
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
    fn a_chinese_character_takes_two_columns() {
        assert_eq!(pad("连接", 6), "连接  ");
        assert_eq!(cut("当前连接人数", 7), "当前连…");
        assert_eq!(cut("short", 5), "short");
        for label in ["TEXT \"当前连接人数为：2\"", "SYN", &"长".repeat(60)] {
            for side in [Side::Client, Side::Server] {
                assert_eq!(arrow(side, Line::WebSocket, label).width(), ARROW, "{label}");
            }
        }
    }

    #[test]
    fn lines_are_broken_where_they_may_be() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("建立连接，三次", 8), ["建立连", "接，三次"]);
        assert_eq!(wrapped("", 8), [""]);
    }

    #[test]
    fn long_lines_are_cut_in_pieces() {
        assert_eq!(pieces("abcdef", 4, 2), ["abcd", "ef"]);
        assert_eq!(pieces("当前连接", 5, 9), ["当前", "连接"]);
        assert_eq!(pieces(&"x".repeat(99), 10, 2), ["x".repeat(10), "x".repeat(9) + "…"]);
        assert_eq!(pieces("", 10, 2), [""]);
    }

    #[test]
    fn ascii_is_as_wide() {
        let drawn = arrow(Side::Server, Line::Tcp, "✕ SYN");
        assert!(in_ascii(&drawn).is_ascii());
        assert_eq!(in_ascii(&drawn).len(), ARROW);
    }

    #[test]
    fn spans_have_their_unit() {
        assert_eq!(span(41_000), "41.0 µs");
        assert_eq!(span(58_900_000_000), "58.9 s");
        assert_eq!(span(600_000_000_000), "10.0 min");
    }
}
