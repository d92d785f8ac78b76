//! Columns, arrows and colours. Widths are those of a terminal, where a Chinese character takes two columns.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr as _;

use super::times::{TimeColumn, TimeFormat};
use crate::explain::findings::{FindingText, Severity};
use crate::explain::narrative::packet_label::ArrowKind;
use crate::explain::text::{cut, pad};
use crate::wire::Side;

/// Columns of the braces, and of a packet's number.
const BRACES: usize = 2;
const NUMBER: usize = 5;

/// Columns of an end's states; the client's have one more behind them, the server's one before.
const STATES: usize = 14;

/// An arrow with fewer columns says nothing: the times give way.
const SHORTEST_ARROW: usize = 16;

/// From so many columns on there is room for two times.
const TWO_TIMES: usize = 100;

/// Columns of a line of prose, at most: a longer one is hard to read.
const PROSE: usize = 110;

/// Columns that a line of a head needs to stand below the states; with fewer it begins further left.
const HEAD: usize = 72;

/// The columns of a ladder that is so wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    /// Of a row.
    pub(super) row: usize,
    pub(super) times: &'static [TimeColumn],
    /// Before the client's states: braces, number, times.
    pub(super) before: usize,
    /// Of the client's states, up to the arrow.
    pub(super) states: usize,
    pub(super) arrow: usize,
    /// Before what stands below a packet: heads, bits.
    pub(super) below: usize,
}

impl Columns {
    pub(super) fn new(row: usize, time: TimeFormat) -> Self {
        let times = match time {
            TimeFormat::Auto if row >= TWO_TIMES => &[TimeColumn::Relative, TimeColumn::Delta][..],
            TimeFormat::Auto | TimeFormat::Relative => &[TimeColumn::Relative],
            TimeFormat::Delta => &[TimeColumn::Delta],
            TimeFormat::Absolute => &[TimeColumn::Absolute],
        };
        let columns = Self::with_times(row, times);
        if columns.arrow < SHORTEST_ARROW { Self::with_times(row, &[]) } else { columns }
    }

    fn with_times(row: usize, times: &'static [TimeColumn]) -> Self {
        let of_times: usize = times.iter().map(|time| time.width() + 1).sum();
        let before = BRACES + NUMBER + 1 + of_times;
        let states = STATES + 1;
        let below = if row >= before + HEAD { before } else { BRACES + NUMBER + 1 };
        Self { row, times, before, states, arrow: row.saturating_sub(before + 2 * states), below }
    }

    /// Columns for a line that stands below a packet.
    pub(super) const fn room_below(&self) -> usize {
        self.row - self.below
    }

    /// Columns of a line of prose.
    pub(super) fn prose(&self) -> usize {
        self.row.min(PROSE)
    }

    /// A number and times, in the columns that they have together.
    pub(super) fn left(&self, number: &str, times: &[String]) -> String {
        let room = self.before - BRACES - 1;
        let mut text = format!("{number:>NUMBER$}");
        for (column, time) in self.times.iter().zip(times) {
            let _ = write!(text, " {time:<width$}", width = column.width());
        }
        if text.trim_end().width() > room {
            // A long number takes what the times do not need.
            text = cut(&[&[number.to_owned()], times].concat().join(" "), room);
        }
        pad(text.trim_end(), room + 1)
    }
}

/// With which characters is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Glyphs {
    /// Box drawing, arrows.
    #[default]
    Unicode,
    /// Nothing but ASCII; the words and payloads stay what they are.
    Ascii,
}

/// An arrow of so many columns with a label on it.
pub(super) fn arrow(from: Side, kind: ArrowKind, label: &str, columns: usize) -> String {
    let stroke = match kind {
        ArrowKind::Tcp | ArrowKind::Reset => '─',
        ArrowKind::WebSocket => '═',
        ArrowKind::Ack => '┄',
    };
    let label = match kind {
        ArrowKind::WebSocket => cut(label, columns - 4),
        _ => cut_behind_a_word(label, columns - 4),
    };
    let rest = |used: usize| -> String { (used..columns).map(|_| stroke).collect() };
    match from {
        Side::Client => format!("{stroke}{stroke}{label}{}▶", rest(label.width() + 3)),
        Side::Server => format!("◀{stroke}{label}{}", rest(label.width() + 2)),
    }
}

/// Text cut to so many columns, behind a word if the last one is short: half a number would be another.
fn cut_behind_a_word(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    match text.strip_suffix('…').and_then(|beginning| beginning.rsplit_once(' ')) {
        Some((words, _)) if words.width() * 3 >= columns * 2 => format!("{words} …"),
        _ => text,
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
pub(in crate::explain::views) const WARNING: Style = AnsiColor::Yellow.on_default();

/// Colour of a row in which an error was found.
pub(in crate::explain::views) const ERROR: Style = AnsiColor::Red.on_default();

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
        '↑' => '^',
        '↓' => 'v',
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
            for (side, columns) in [(Side::Client, 16), (Side::Server, 51)] {
                let drawn = arrow(side, ArrowKind::WebSocket, label, columns);
                assert_eq!(drawn.width(), columns, "{label}");
            }
        }
    }

    #[test]
    fn no_number_is_cut_in_two() {
        assert_eq!(cut_behind_a_word("SYN seq=0 mss=1460 win=64240", 24), "SYN seq=0 mss=1460 …");
        assert_eq!(cut_behind_a_word("GET /a/very/long/path", 12), "GET /a/very…");
        assert_eq!(cut_behind_a_word("ACK seq=1", 12), "ACK seq=1");
    }

    #[test]
    fn ascii_is_as_wide() {
        let drawn = arrow(Side::Server, ArrowKind::Tcp, "✕ SYN", 40);
        assert!(in_ascii(&drawn).is_ascii());
        assert_eq!(in_ascii(&drawn).len(), 40);
    }

    #[test]
    fn a_row_has_all_columns_and_the_arrow_what_is_left() {
        for (row, times, arrow) in [(60, 0, 22), (80, 1, 31), (100, 2, 40), (200, 2, 140)] {
            let columns = Columns::new(row, TimeFormat::Auto);
            assert_eq!((columns.times.len(), columns.arrow), (times, arrow), "{row}");
            assert_eq!(columns.before + 2 * columns.states + columns.arrow, row);
        }
        let absolute = Columns::new(80, TimeFormat::Absolute);
        assert_eq!((absolute.times, absolute.arrow), (&[TimeColumn::Absolute][..], 26));
    }

    #[test]
    fn a_long_number_takes_what_the_times_do_not_need() {
        let columns = Columns::new(80, TimeFormat::Relative);
        for (number, time, left) in [
            ("7", "0.000041", "    7 0.000041  "),
            ("*123456", "0.000041", "*123456 0.000041"),
            ("*1234567", "0.000041", "*1234567 0.0000…"),
        ] {
            assert_eq!(columns.left(number, &[time.to_owned()]), format!("{left} "));
        }
    }
}
