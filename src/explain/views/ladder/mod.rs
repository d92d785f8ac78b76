//! A connection as a ladder of arrows between the two ends, with their states on both sides, as RFC 9293 draws it.

mod bits;
mod braces;
mod glossary;
mod heads;
mod layout;
mod live_ladder;
mod row_writer;

use std::io;

use anstyle::Style;

use crate::explain::findings::{File, Finding, FindingText, Verdict};
use crate::explain::narrative::connection_log::ConnectionLog;
use crate::explain::narrative::connection_queue::ConnectionQueue;
use crate::explain::narrative::lesson::Lesson;
use crate::explain::narrative::pdu_segment::pdu_segments;
use crate::explain::narrative::story::story;
use crate::explain::text::{Label, Language, escape_controls, wrapped};
use crate::explain::views::View;
use crate::explain::views::label_text::no_connection;
use crate::observe::{Ended, Observation};

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

/// Writes each connection as a ladder, when it has ended. Colours are ANSI sequences: for the writer to pass on or strip.
#[derive(Debug)]
pub struct Ladder<W> {
    paper: Paper<W>,
    held: ConnectionQueue,
    glossary: glossary::Glossary,
    connections: u64,
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

    /// A list of findings under a title.
    fn findings(&mut self, title: Label, findings: &[FindingText]) -> io::Result<()> {
        if findings.is_empty() {
            return Ok(());
        }
        self.line(Style::new().bold(), title.text(self.looks.language))?;
        findings.iter().try_for_each(|finding| self.finding(finding))
    }
}

impl<W: io::Write> Ladder<W> {
    /// A ladder to be written there.
    pub fn new(to: W, looks: LadderStyle) -> Self {
        let (held, glossary) = (ConnectionQueue::default(), glossary::Glossary::default());
        Self { paper: Paper::new(to, looks), held, glossary, connections: 0 }
    }

    /// A connection, with all that is said of it.
    fn connection(&mut self, connection: &ConnectionLog, ended: &Ended) -> io::Result<()> {
        self.connections += 1;
        let parts = pdu_segments(connection);
        row_writer::write(&mut self.paper, connection, &parts, ended)?;
        let language = self.paper.looks.language;
        self.paper.plain("")?;
        self.paper.why(connection, ended)?;
        if !connection.findings.is_empty() {
            self.paper.plain("")?;
        }
        let findings: Vec<_> = connection.findings.iter().map(|finding| finding.render(language)).collect();
        self.paper.findings(Label::Findings, &findings)?;
        let glossary = self.glossary.news(connection, &parts, language);
        if !glossary.is_empty() {
            self.paper.plain("")?;
            self.paper.line(Style::new().bold(), Label::Glossary.text(language))?;
        }
        for line in glossary {
            self.paper.plain(&format!("  {line}"))?;
        }
        self.paper.plain("")
    }
}

impl<W: io::Write> Ladder<W> {
    /// With up to so many bytes of packets of open connections in memory.
    #[must_use]
    pub fn with_memory(self, most: usize) -> Self {
        Self { held: ConnectionQueue::with_memory(most), ..self }
    }
}

impl<W: io::Write> View for Ladder<W> {
    fn begins(&mut self, time_ns: u64) {
        self.paper.begin_ns = Some(time_ns);
    }

    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.held.step(step);
        Ok(())
    }

    fn finding(&mut self, stream: u64, found: &Finding) -> io::Result<()> {
        self.held.finding(stream, found.clone());
        Ok(())
    }

    fn verdict(&mut self, stream: u64, verdict: &Verdict) -> io::Result<()> {
        self.held.verdict(stream, verdict);
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.held.ended(ended);
        while let Some((connection, ended)) = self.held.next() {
            self.connection(&connection, &ended)?;
        }
        Ok(())
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        let language = self.paper.looks.language;
        if self.connections == 0 {
            self.paper.plain(&no_connection(file, language))?;
        }
        self.paper.findings(Label::FindingsOfFile, &file.notes)?;
        if file.truncated {
            self.paper.plain(Label::EndsEarly.text(language))?;
        }
        self.paper.to.flush()
    }
}

#[cfg(test)]
mod tests;
