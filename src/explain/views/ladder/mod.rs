//! A connection as a ladder of arrows between the two ends, with their states on both sides, as RFC 9293 draws it.

mod bits;
mod braces;
mod connection_ladders;
mod glossary;
mod heads;
mod layout;
mod live_ladder;
mod row_writer;
mod waiting_text;

use std::io;

use anstyle::Style;

use crate::explain::findings::{File, FindingText};
use crate::explain::narrative::connection_log::ConnectionLog;
use crate::explain::narrative::lesson::Lesson;
use crate::explain::narrative::story::story;
use crate::explain::text::{Label, Language, escape_controls, wrapped};
use crate::explain::views::label_text::no_connection;
use crate::observe::Ended;

pub use connection_ladders::Ladder;
pub use layout::Glyphs;
pub use live_ladder::LiveLadder;

/// Amount of detail shown of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// A line.
    #[default]
    Line,
    /// Its header bit by bit too.
    Bits,
}

/// Appearance of a ladder.
#[derive(Debug, Clone, Copy, Default)]
pub struct LadderStyle {
    /// The language of what is said.
    pub language: Language,
    /// With what is drawn.
    pub glyphs: Glyphs,
    /// Amount of detail shown of a frame.
    pub detail: Detail,
}

/// The output, and its looks.
#[derive(Debug)]
struct Paper<W> {
    to: W,
    looks: LadderStyle,
    /// Prefix of each line.
    margin: String,
    /// The time of the capture's first packet.
    begin_ns: Option<u64>,
    /// Lessons that were given: each is given once.
    lessons: Vec<Lesson>,
}

impl<W: io::Write> Paper<W> {
    const fn new(to: W, looks: LadderStyle) -> Self {
        Self { to, looks, margin: String::new(), begin_ns: None, lessons: Vec::new() }
    }

    /// A line in a colour.
    fn line(&mut self, style: Style, text: &str) -> io::Result<()> {
        let text = format!("{}{text}", self.margin);
        let text = match self.looks.glyphs {
            Glyphs::Unicode => text,
            Glyphs::Ascii => layout::in_ascii(&text),
        };
        let text = text.trim_end();
        if style == Style::new() {
            writeln!(self.to, "{text}")
        } else {
            writeln!(self.to, "{style}{text}{style:#}")
        }
    }

    fn plain(&mut self, text: &str) -> io::Result<()> {
        self.line(Style::new(), text)
    }

    /// A paragraph, indented, its lines broken where they grow too long.
    fn paragraph(&mut self, text: &str, indent: usize) -> io::Result<()> {
        for line in wrapped(text, layout::ROW - indent) {
            self.plain(&format!("{}{line}", " ".repeat(indent)))?;
        }
        Ok(())
    }
}

impl<W: io::Write> Paper<W> {
    /// In words: why it opened and closed as it did.
    fn why(&mut self, connection: &ConnectionLog, ended: &Ended) -> io::Result<()> {
        let language = self.looks.language;
        self.line(Style::new().bold(), Label::Why.text(language))?;
        for statement in story(connection, ended) {
            let lesson = statement.lesson();
            let text = match lesson {
                Some(lesson) if self.lessons.contains(&lesson) => statement.without_lesson(language),
                _ => Some(statement.text(language)),
            };
            self.lessons.extend(lesson);
            text.iter().try_for_each(|text| self.paragraph(text, 2))?;
        }
        Ok(())
    }

    /// A finding, by its id: the fact, the inference from it, and the check that confirms it.
    fn finding(&mut self, finding: &FindingText) -> io::Result<()> {
        let (sign, look) = layout::sign(finding);
        let rfc = finding.rfc.map_or_else(String::new, |rfc| format!(" ({rfc})"));
        let text = format!("{sign} {} {}{rfc}", finding.id, escape_controls(&finding.fact));
        for (place, line) in wrapped(&text, layout::ROW - 6).iter().enumerate() {
            let indent = if place == 0 { 2 } else { 6 };
            self.line(look, &format!("{}{line}", " ".repeat(indent)))?;
        }
        for more in finding.inference.iter().chain(&finding.confirm) {
            self.paragraph(&escape_controls(more), 6)?;
        }
        Ok(())
    }

    /// What is said of the file, after all connections.
    fn file(&mut self, file: &File, connections: u64) -> io::Result<()> {
        let language = self.looks.language;
        if connections == 0 {
            self.plain(&no_connection(file, language))?;
        }
        self.findings(Label::FindingsOfFile, &file.notes)?;
        if file.truncated {
            self.plain(Label::EndsEarly.text(language))?;
        }
        Ok(())
    }

    /// A list of findings under a title.
    fn findings(&mut self, title: Label, findings: &[FindingText]) -> io::Result<()> {
        if findings.is_empty() {
            return Ok(());
        }
        self.line(Style::new().bold(), title.text(self.looks.language))?;
        findings.iter().try_for_each(|finding| self.finding(finding))
    }
}

#[cfg(test)]
mod tests;
