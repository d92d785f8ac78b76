//! The ladder while it happens: each packet's rows at once, of all connections as they come, each line with the number
//! of its connection before it. Facts that only the whole shows come when a connection ends.

use std::collections::BTreeMap;
use std::io;

use super::background::Background;
use super::glossary::Tokens;
use super::headline::{self, Beginning};
use super::row_writer::{RowPosition, RowWriter};
use super::{LadderStyle, Paper, why};
use crate::explain::findings::{File, Finding, Verdict};
use crate::explain::narrative::connection_log::{SparseLog, over};
use crate::explain::narrative::connection_summary::Summaries;
use crate::explain::narrative::protocol::Protocol;
use crate::explain::narrative::story::{answer, story};
use crate::explain::views::View;
use crate::observe::{Ended, Fact, Observation, Stream};

/// Writes each packet's rows at once. Memory grows with the open connections, not with what they send.
#[derive(Debug)]
pub struct LiveLadder<W> {
    paper: Paper<W>,
    connections: BTreeMap<u64, LiveConnection>,
    summaries: Summaries,
    background: Background,
    /// The time of the capture's first packet.
    begin_ns: Option<u64>,
    /// Number of connections that began.
    begun: u64,
}

/// A connection that is being live.
#[derive(Debug)]
struct LiveConnection {
    log: SparseLog,
    position: RowPosition,
    tokens: Tokens,
    /// Its end, shown, whose words wait for the findings.
    closed: Option<Ended>,
    /// `true` if its end was told in words.
    is_over: bool,
}

impl LiveConnection {
    fn new(about: Stream, first_ns: u64) -> Self {
        let position = RowPosition::new(&about, Protocol::Other, first_ns);
        let mut tokens = Tokens::default();
        tokens.note_initial(&about);
        Self { log: SparseLog::new(about), position, tokens, closed: None, is_over: false }
    }
}

impl<W: io::Write> LiveLadder<W> {
    /// A ladder to be written there.
    pub fn new(to: W, looks: LadderStyle) -> Self {
        Self {
            paper: Paper::new(to, looks),
            connections: BTreeMap::new(),
            summaries: Summaries::default(),
            background: Background::default(),
            begin_ns: None,
            begun: 0,
        }
    }

    /// The lines of this connection come next.
    fn turn_to(&mut self, stream: u64) {
        self.paper.set_margin(&format!("{:<5}", format!("[{stream}] ")));
    }

    /// Writes the head of a new connection, or of one with corrected roles.
    fn about(&mut self, about: Stream, step: &Observation) -> io::Result<()> {
        let new = || LiveConnection::new(about, step.time_ns);
        let live = self.connections.entry(step.stream).or_insert_with(|| {
            self.begun += 1;
            new()
        });
        if live.log.about(about) {
            // Client and server were taken for each other: it begins anew, below what stands there.
            (live.position, live.closed, live.is_over) = (new().position, None, false);
        }
        let since = Beginning { first_ns: step.time_ns, capture_ns: self.begin_ns };
        headline::title(&mut self.paper, (step.stream, about.ends), since)?;
        let mut rows = RowWriter { paper: &mut self.paper, position: &mut live.position };
        rows.head(&about, Some(step.evidence))
    }

    /// A connection has closed, or will not be shown further.
    fn close(&mut self, ended: &Ended) -> io::Result<()> {
        let Some(live) = self.connections.get_mut(&ended.stream) else { return Ok(()) };
        if live.closed.is_some() && ended.facts.is_empty() {
            return Ok(());
        }
        live.closed = Some(ended.clone());
        let mut rows = RowWriter { paper: &mut self.paper, position: &mut live.position };
        rows.end(ended)
    }

    /// Tells in words how a connection closed, once.
    fn why(&mut self, stream: u64) -> io::Result<()> {
        let Some(live) = self.connections.get_mut(&stream) else { return Ok(()) };
        let Some(ended) = live.closed.as_ref().filter(|_| !live.is_over) else { return Ok(()) };
        live.is_over = true;
        let story = story(&live.log.connection, ended);
        if let Some(summary) = self.summaries.so_far(ended) {
            let answer = answer(&story).map(|statement| statement.text(self.paper.language()));
            self.paper.plain("")?;
            headline::write(&mut self.paper, &summary, answer.as_deref())?;
        }
        why(&mut self.paper, &mut self.background, &story)
    }
}

impl<W: io::Write> View for LiveLadder<W> {
    fn begins(&mut self, time_ns: u64) {
        self.begin_ns = Some(time_ns);
    }

    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.turn_to(step.stream);
        self.summaries.step(step);
        for fact in &step.facts {
            if let Fact::Stream(about) = fact {
                self.about(*about, step)?;
            }
        }
        let Some(live) = self.connections.get_mut(&step.stream) else { return Ok(()) };
        live.log.keep(step);
        live.position.note_protocol(live.log.protocol);
        live.tokens.note(step, &[], live.log.protocol);
        let mut rows = RowWriter { paper: &mut self.paper, position: &mut live.position };
        rows.packet(step, &[])?;
        let packets = live.log.packets;
        for fact in &step.facts {
            if let Fact::GoesOn { .. } = fact
                && let Some(live) = self.connections.get_mut(&step.stream)
            {
                live.is_over = false;
            }
            if let Fact::Close(close) = fact {
                self.close(&over(step, close, packets))?;
            }
        }
        Ok(())
    }

    fn finding(&mut self, stream: u64, finding: &Finding) -> io::Result<()> {
        self.turn_to(stream);
        self.summaries.finding(stream, finding);
        let finding = finding.render(self.paper.looks.language);
        self.paper.finding(&finding)
    }

    fn verdict(&mut self, stream: u64, verdict: &Verdict) -> io::Result<()> {
        self.turn_to(stream);
        self.summaries.verdict(stream, verdict);
        if let Some(live) = self.connections.get_mut(&stream) {
            live.log.connection.verdict = Some(verdict.clone());
        }
        self.why(stream)
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.turn_to(ended.stream);
        self.close(ended)?;
        self.why(ended.stream)?;
        if let Some(live) = self.connections.remove(&ended.stream) {
            self.background.note_tokens(&live.tokens);
        }
        self.summaries.ended(ended);
        Ok(())
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        self.paper.set_margin("");
        self.paper.file(file, self.begun)?;
        self.background.write(&mut self.paper)?;
        self.paper.flush()
    }
}
