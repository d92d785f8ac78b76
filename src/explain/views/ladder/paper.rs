//! The sheet that a text is written on: its width, colours, and what is set before each line.

use std::io;

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use super::layout::{self, Columns, Glyphs};
use super::style::{LadderStyle, Remarks};
use crate::explain::findings::{File, FindingText, Severity};
use crate::explain::text::{Label, Language, escape_controls, wrapped};
use crate::explain::views::label_text::no_connection;

/// The output, and its looks.
#[derive(Debug)]
pub(in crate::explain::views) struct Paper<W> {
    pub(super) to: W,
    pub(super) looks: LadderStyle,
    /// Those of a row, behind the margin.
    pub(super) columns: Columns,
    /// Prefix of each line.
    margin: String,
}

impl<W: io::Write> Paper<W> {
    pub(in crate::explain::views) fn new(to: W, looks: LadderStyle) -> Self {
        let columns = Columns::new(looks.width, looks.time);
        Self { to, looks, columns, margin: String::new() }
    }

    pub(in crate::explain::views) const fn language(&self) -> Language {
        self.looks.language
    }

    /// Columns of a row.
    pub(in crate::explain::views) const fn width(&self) -> usize {
        self.columns.row
    }

    pub(in crate::explain::views) fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    /// From now on each line begins with this.
    pub(super) fn set_margin(&mut self, margin: &str) {
        if self.margin != margin {
            margin.clone_into(&mut self.margin);
            let room = self.looks.width - margin.width();
            self.columns = Columns::new(room, self.looks.time);
        }
    }

    /// A line in a colour. What is too long for it goes on in the next, further right.
    pub(in crate::explain::views) fn line(&mut self, style: Style, text: &str) -> io::Result<()> {
        let text = text.trim_end();
        if text.width() <= self.columns.row {
            return self.row(style, text);
        }
        let body = text.trim_start_matches(' ');
        let indent = (text.len() - body.len()).min(self.columns.row / 2);
        for (place, line) in wrapped(body, self.columns.row - indent - 2).iter().enumerate() {
            let indent = if place == 0 { indent } else { indent + 2 };
            self.row(style, &format!("{}{line}", " ".repeat(indent)))?;
        }
        Ok(())
    }

    fn row(&mut self, style: Style, text: &str) -> io::Result<()> {
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

    pub(in crate::explain::views) fn plain(&mut self, text: &str) -> io::Result<()> {
        self.line(Style::new(), text)
    }

    /// A title.
    pub(in crate::explain::views) fn title(&mut self, text: &str) -> io::Result<()> {
        self.line(Style::new().bold(), text)
    }

    /// A paragraph, indented, its lines broken where they grow too long.
    pub(super) fn paragraph(&mut self, text: &str, indent: usize) -> io::Result<()> {
        self.hanging(Style::new(), (&" ".repeat(indent), indent), text)
    }

    /// A paragraph behind a beginning; the lines that follow the first are indented by so many columns.
    pub(super) fn hanging(
        &mut self,
        style: Style,
        (begin, indent): (&str, usize),
        text: &str,
    ) -> io::Result<()> {
        for (place, line) in wrapped(text, self.columns.prose() - indent).iter().enumerate() {
            match place {
                0 => self.line(style, &format!("{begin}{line}"))?,
                _ => self.line(style, &format!("{}{line}", " ".repeat(indent)))?,
            }
        }
        Ok(())
    }

    /// The fact of a finding, by its id, behind a beginning.
    pub(super) fn fact(&mut self, begin: &str, finding: &FindingText) -> io::Result<()> {
        let (sign, look) = layout::sign(finding);
        let rfc = finding.rfc.map_or_else(String::new, |rfc| format!(" ({rfc})"));
        let text = format!("{sign} {} {}{rfc}", finding.id, escape_controls(&finding.fact));
        self.hanging(look, (begin, begin.width().max(6)), &text)
    }

    /// A finding: the fact, the inference from it, and the check that confirms it.
    pub(super) fn finding(&mut self, finding: &FindingText) -> io::Result<()> {
        if !self.shows(finding) {
            return Ok(());
        }
        self.fact("  ", finding)?;
        for more in finding.inference.iter().chain(&finding.confirm) {
            self.paragraph(&escape_controls(more), 6)?;
        }
        Ok(())
    }

    /// Whether a finding is shown: in brief none that is normal.
    fn shows(&self, finding: &FindingText) -> bool {
        self.looks.remarks == Remarks::All || finding.severity > Severity::Info
    }

    /// What is said of the file, after all connections.
    pub(super) fn file(&mut self, file: &File, connections: u64) -> io::Result<()> {
        let language = self.looks.language;
        if connections == 0 {
            self.plain(&no_connection(file, language))?;
        }
        self.findings(Label::FindingsOfFile, &file.notes)?;
        if file.truncated {
            self.plain("")?;
            self.paragraph(Label::EndsEarly.text(language), 0)?;
        }
        Ok(())
    }

    /// A list of findings under a title, with an empty line before it.
    pub(super) fn findings(&mut self, title: Label, findings: &[FindingText]) -> io::Result<()> {
        if !findings.iter().any(|finding| self.shows(finding)) {
            return Ok(());
        }
        self.plain("")?;
        self.title(title.text(self.looks.language))?;
        findings.iter().try_for_each(|finding| self.finding(finding))
    }
}
