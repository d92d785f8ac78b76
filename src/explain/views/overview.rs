//! The first of two passes over a capture: what a view must know of each connection before it writes the first packet,
//! and which of them a filter selects.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::sync::Arc;

use crate::explain::filter::{Filter, FilterRun};
use crate::explain::findings::{File, Finding, Verdict};
use crate::explain::narrative::connection_log::SparseLog;
use crate::explain::narrative::connection_summary::{ConnectionSummary, Summaries};
use crate::explain::narrative::outline::Outlines;
use crate::explain::narrative::story::{answer, story};
use crate::explain::text::Language;
use crate::explain::views::View;
use crate::observe::{Ended, Fact, Observation};

/// Gathers an outline of each connection that is selected, and the answer to it. Memory grows with their number, not with
/// what they send.
#[derive(Debug, Default)]
pub struct Overview {
    pub(super) outlines: Outlines,
    pub(super) answers: BTreeMap<u64, ConnectionAnswer>,
    open: BTreeMap<u64, SparseLog>,
    summaries: Summaries,
    filter: Option<FilterRun>,
    language: Language,
}

/// What is said of a connection first.
#[derive(Debug)]
pub(super) struct ConnectionAnswer {
    pub(super) summary: ConnectionSummary,
    /// The verdict, or how far it goes.
    pub(super) answer: Option<String>,
}

impl Overview {
    /// An overview of the connections that a filter selects, or of all. Its answers are in a language.
    #[must_use]
    pub fn new(language: Language, filter: Option<Filter>) -> Self {
        Self { language, filter: filter.map(FilterRun::new), ..Self::default() }
    }

    /// The number of connections.
    #[must_use]
    pub fn count(&self) -> usize {
        self.answers.len()
    }

    /// The numbers of the connections.
    #[must_use]
    pub fn streams(&self) -> Arc<HashSet<u64>> {
        Arc::new(self.answers.keys().copied().collect())
    }
}

impl View for Overview {
    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.outlines.step(step);
        self.summaries.step(step);
        self.filter.iter_mut().for_each(|filter| filter.step(step));
        for fact in &step.facts {
            if let Fact::Stream(about) = fact {
                self.open.entry(step.stream).or_insert_with(|| SparseLog::new(*about)).about(*about);
            }
        }
        self.open.get_mut(&step.stream).into_iter().for_each(|log| log.keep(step));
        Ok(())
    }

    fn finding(&mut self, stream: u64, found: &Finding) -> io::Result<()> {
        self.outlines.finding(stream, found);
        self.summaries.finding(stream, found);
        self.filter.iter_mut().for_each(|filter| filter.finding(stream, found));
        Ok(())
    }

    fn verdict(&mut self, stream: u64, verdict: &Verdict) -> io::Result<()> {
        self.summaries.verdict(stream, verdict);
        if let Some(log) = self.open.get_mut(&stream) {
            log.connection.verdict = Some(verdict.clone());
        }
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        let (summary, log) = (self.summaries.ended(ended), self.open.remove(&ended.stream));
        let (Some(summary), Some(log)) = (summary, log) else { return Ok(()) };
        if self.filter.as_mut().is_none_or(|filter| filter.ended(ended)) {
            let story = story(&log.connection, ended);
            let answer = answer(&story).map(|statement| statement.text(self.language));
            self.answers.insert(ended.stream, ConnectionAnswer { summary, answer });
        } else {
            self.outlines.forget(ended.stream);
        }
        Ok(())
    }

    fn finish(&mut self, _file: &File) -> io::Result<()> {
        Ok(())
    }
}
