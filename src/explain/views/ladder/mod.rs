//! A text about connections: the answer to each, then a ladder of arrows between the two ends, with their states on both
//! sides, as RFC 9293 draws it; what is worth knowing besides stands once, at the end.

mod background;
mod bits;
mod braces;
mod connection_ladders;
mod glossary;
mod heads;
mod headline;
mod layout;
mod live_ladder;
mod paper;
mod row_writer;
mod style;
mod times;
mod waiting_text;

use std::io;

use self::background::Background;
use crate::explain::narrative::story::Statement;
use crate::explain::text::Label;

pub use connection_ladders::Ladder;
pub use layout::Glyphs;
pub(super) use layout::{ERROR, WARNING};
pub use live_ladder::LiveLadder;
pub(super) use paper::Paper;
pub use style::{Detail, LadderStyle, Remarks};
pub use times::TimeFormat;

/// In words: why a connection opened and closed as it did, but for the verdict, which is said before.
fn why<W: io::Write>(
    paper: &mut Paper<W>,
    background: &mut Background,
    story: &[Statement<'_>],
) -> io::Result<()> {
    let language = paper.language();
    let mut texts = Vec::new();
    for statement in story.iter().filter(|statement| !statement.is_verdict()) {
        let lesson = statement.lesson();
        if let Some(lesson) = lesson {
            background.note_lesson(lesson);
            texts.extend(statement.without_lesson(language));
        } else {
            texts.push(statement.text(language));
        }
    }
    if texts.is_empty() {
        return Ok(());
    }
    paper.plain("")?;
    paper.title(Label::Why.text(language))?;
    texts.iter().try_for_each(|text| paper.paragraph(text, 2))
}

#[cfg(test)]
mod tests;
