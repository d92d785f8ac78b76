//! A line for each connection: how it ended, the worst that was found, how long it was, its ends.

mod table;

use std::collections::BTreeMap;
use std::io;

use anstyle::Style;

use self::table::{Extent, Table};
use crate::explain::findings::{File, Finding, Severity, Verdict};
use crate::explain::narrative::connection_summary::{ConnectionSummary, Summaries};
use crate::explain::text::{Label, Language};
use crate::explain::views::View;
use crate::explain::views::label_text::no_connection;
use crate::explain::views::ladder::{ERROR, LadderStyle, Paper, WARNING};
use crate::observe::{Ended, Observation};

/// Rows by which the columns are laid out.
const SAMPLE: usize = 1000;

/// The most connections that wait for one that began before them.
const MOST_WAITING: usize = 100_000;

/// Writes a table of connections, if they are several, and an empty line.
pub(super) fn write_table<'s, W: io::Write>(
    paper: &mut Paper<W>,
    rows: impl Iterator<Item = &'s ConnectionSummary> + Clone,
) -> io::Result<()> {
    if rows.clone().nth(1).is_none() {
        return Ok(());
    }
    let mut extent = Extent::default();
    rows.clone().for_each(|summary| extent.note(summary));
    let language = paper.language();
    let table = Table::new(paper.width(), extent, language);
    paper.title(&table.head(language))?;
    for summary in rows {
        write_row(paper, &table, summary)?;
    }
    paper.plain("")
}

fn write_row<W: io::Write>(
    paper: &mut Paper<W>,
    table: &Table,
    summary: &ConnectionSummary,
) -> io::Result<()> {
    let style = match summary.worst.as_ref().map(|worst| worst.severity()) {
        Some(Severity::Error) => ERROR,
        Some(Severity::Warning) => WARNING,
        _ => Style::new(),
    };
    let row = table.row(summary, paper.language());
    paper.line(style, &row)
}

/// What is said below the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Advice {
    None,
    /// How to see more of the connections.
    SeeMore,
}

/// Writes a line for each connection, in the order in which they began.
#[derive(Debug)]
pub struct SummaryTable<W> {
    paper: Paper<W>,
    summaries: Summaries,
    /// Those that ended, and wait for their turn.
    ended: BTreeMap<u64, ConnectionSummary>,
    /// The first rows, until the columns are laid out by them.
    sample: Vec<ConnectionSummary>,
    /// The number of rows that lay out the columns.
    sample_size: usize,
    table: Option<Table>,
    connections: u64,
    advice: Advice,
}

impl<W: io::Write> SummaryTable<W> {
    /// A table to be written there.
    pub fn new(to: W, looks: LadderStyle) -> Self {
        Self {
            paper: Paper::new(to, looks),
            summaries: Summaries::default(),
            ended: BTreeMap::new(),
            sample: Vec::new(),
            sample_size: SAMPLE,
            table: None,
            connections: 0,
            advice: Advice::None,
        }
    }

    /// With each line written when its connection ends, in columns that suit most.
    #[must_use]
    pub fn live(self) -> Self {
        Self { sample_size: 0, ..self }
    }

    /// With a line at the end that says how to see more of the connections.
    #[must_use]
    pub fn with_advice(self) -> Self {
        Self { advice: Advice::SeeMore, ..self }
    }

    /// Lays out the columns, and writes the rows that they were laid out by.
    fn begin(&mut self) -> io::Result<()> {
        let mut extent = Extent::default();
        self.sample.iter().for_each(|summary| extent.note(summary));
        let language = self.paper.language();
        let table = Table::new(self.paper.width(), extent, language);
        self.paper.title(&table.head(language))?;
        for summary in std::mem::take(&mut self.sample) {
            write_row(&mut self.paper, &table, &summary)?;
        }
        self.table = Some(table);
        Ok(())
    }

    fn row(&mut self, summary: ConnectionSummary) -> io::Result<()> {
        self.connections += 1;
        if self.table.is_none() && self.sample.len() >= self.sample_size {
            self.begin()?;
        }
        if let Some(table) = &self.table {
            return write_row(&mut self.paper, table, &summary);
        }
        self.sample.push(summary);
        Ok(())
    }

    /// Writes the rows whose turn it is.
    fn due_rows(&mut self) -> io::Result<()> {
        while let Some(first) = self.ended.first_entry() {
            let is_first = self.summaries.first().is_none_or(|open| open > *first.key());
            if !is_first && self.sample_size > 0 && self.ended.len() <= MOST_WAITING {
                break;
            }
            let Some((_, summary)) = self.ended.pop_first() else { break };
            self.row(summary)?;
        }
        Ok(())
    }
}

impl<W: io::Write> View for SummaryTable<W> {
    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.summaries.step(step);
        Ok(())
    }

    fn finding(&mut self, stream: u64, finding: &Finding) -> io::Result<()> {
        self.summaries.finding(stream, finding);
        Ok(())
    }

    fn verdict(&mut self, stream: u64, verdict: &Verdict) -> io::Result<()> {
        self.summaries.verdict(stream, verdict);
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.ended.extend(self.summaries.ended(ended).map(|summary| (ended.stream, summary)));
        self.due_rows()
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        let language: Language = self.paper.language();
        if self.connections == 0 {
            self.paper.plain(&no_connection(file, language))?;
        } else if self.table.is_none() {
            self.begin()?;
        }
        if self.advice == Advice::SeeMore {
            self.paper.plain("")?;
            self.paper.plain(&Label::SeeMore.fill(language, &[&self.connections]))?;
        }
        self.paper.flush()
    }
}

#[cfg(test)]
mod tests;
