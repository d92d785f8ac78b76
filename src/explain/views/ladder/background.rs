//! What is explained once, at the end of a document: lessons about TCP and WebSocket, and the words that came up.

use std::io;

use anstyle::Style;

use super::glossary::Tokens;
use super::paper::Paper;
use super::style::Remarks;
use crate::explain::narrative::lesson::Lesson;
use crate::explain::text::Label;

/// The lessons that apply, and the tokens that came up.
#[derive(Debug, Default)]
pub(super) struct Background {
    lessons: Vec<Lesson>,
    tokens: Tokens,
}

impl Background {
    pub(super) fn note_lesson(&mut self, lesson: Lesson) {
        if !self.lessons.contains(&lesson) {
            self.lessons.push(lesson);
        }
    }

    /// Notes the tokens of a connection.
    pub(super) fn note_tokens(&mut self, tokens: &Tokens) {
        self.tokens.add(tokens);
    }

    /// Writes it, unless the text is brief.
    pub(super) fn write<W: io::Write>(&self, paper: &mut Paper<W>) -> io::Result<()> {
        if paper.looks.remarks == Remarks::Brief {
            return Ok(());
        }
        let language = paper.language();
        if !self.lessons.is_empty() {
            paper.plain("")?;
            paper.title(Label::Lessons.text(language))?;
        }
        for lesson in &self.lessons {
            paper.hanging(Style::new(), ("  · ", 4), lesson.text(language))?;
        }
        let mut lines = self.tokens.lines(language).peekable();
        if lines.peek().is_some() {
            paper.plain("")?;
            paper.title(Label::Glossary.text(language))?;
        }
        for (token, text) in lines {
            let (begin, indent) = (format!("  {token}"), 2 + Tokens::COLUMNS);
            match text {
                "" => paper.paragraph(&token, 2)?,
                _ => paper.hanging(Style::new(), (&begin, indent), text)?,
            }
        }
        Ok(())
    }
}
