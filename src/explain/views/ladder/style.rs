//! The look of a text: what is chosen on the command line.

use super::layout::Glyphs;
use super::times::TimeFormat;
use crate::explain::text::Language;

/// Amount of detail shown of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// A line.
    #[default]
    Line,
    /// Its header bit by bit too.
    Bits,
}

/// What is said beside the connections' course and what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Remarks {
    /// Lessons, meanings of words, findings that are normal.
    #[default]
    All,
    /// None of them.
    Brief,
}

/// Appearance of a ladder.
#[derive(Debug, Clone, Copy)]
pub struct LadderStyle {
    /// The language of what is said.
    pub language: Language,
    /// With what is drawn.
    pub glyphs: Glyphs,
    /// Amount of detail shown of a frame.
    pub detail: Detail,
    /// What is said besides.
    pub remarks: Remarks,
    /// The time beside each packet.
    pub time: TimeFormat,
    /// Columns of a line, at least [`NARROWEST`](Self::NARROWEST).
    pub width: usize,
}

impl LadderStyle {
    /// The fewest columns that a ladder is drawn in.
    pub const NARROWEST: usize = 60;

    /// The columns where no terminal says how many there are.
    pub const USUAL: usize = 100;
}

impl Default for LadderStyle {
    fn default() -> Self {
        Self {
            language: Language::default(),
            glyphs: Glyphs::default(),
            detail: Detail::default(),
            remarks: Remarks::default(),
            time: TimeFormat::default(),
            width: Self::USUAL,
        }
    }
}
