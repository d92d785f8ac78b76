//! The ladders of a capture, one connection after the other, in a second pass over it.
//!
//! The connection whose turn it is is written while its packets come; the text of those that are open at the same time
//! waits in a spool. Nothing that was written is kept.

use std::collections::BTreeMap;
use std::io;

use super::background::Background;
use super::glossary::Tokens;
use super::headline::{self, Beginning};
use super::row_writer::{FoldedAcks, RowPosition, RowWriter};
use super::waiting_text::{TextSpool, WaitingText};
use super::{LadderStyle, Paper, why};
use crate::explain::findings::{File, Finding, Verdict};
use crate::explain::narrative::ack_run::AckRun;
use crate::explain::narrative::connection_log::SparseLog;
use crate::explain::narrative::outline::Outline;
use crate::explain::narrative::packet_window::PacketWindow;
use crate::explain::narrative::protocol::Protocol;
use crate::explain::narrative::story::story;
use crate::explain::text::Label;
use crate::explain::views::{Overview, Spool, View, summary};
use crate::observe::{Ended, Fact, Observation, Stream};

/// Packets of all connections that wait at most: beyond, those of the connection that comes next are written as they are.
const MOST_WAITING: usize = 65_536;

/// Writes each connection as a ladder, in the order in which they began, as Wireshark numbers them (`tcp.stream`).
/// Memory grows with the open connections and those that wait for their turn, not with what they send. Colours are ANSI
/// sequences: for the writer to pass on or strip.
#[derive(Debug)]
pub struct Ladder<W, S> {
    to: W,
    /// Where the rows are drawn before it is known where they go.
    paper: Paper<Vec<u8>>,
    overview: Overview,
    spool: TextSpool<S>,
    connections: BTreeMap<u64, ConnectionLadder>,
    /// The connection whose turn it is.
    turn: u64,
    /// Packets that wait, of all connections.
    waiting: usize,
    background: Background,
    /// The time of the capture's first packet.
    begin_ns: Option<u64>,
    /// Numbers of connections that have begun and that have been written.
    begun: u64,
    shown: u64,
}

/// The ladder of a connection that has not been written to its end.
#[derive(Debug)]
struct ConnectionLadder {
    log: SparseLog,
    window: PacketWindow,
    position: RowPosition,
    acks: Option<FoldedAcks>,
    tokens: Tokens,
    protocol: Protocol,
    /// The roles that the packets have by now.
    ends: Stream,
    /// Number of the last packet.
    last_packet: u64,
    text: WaitingText,
    end: Option<Ended>,
}

impl ConnectionLadder {
    fn new(about: Stream, outline: Option<&Outline>, first_ns: u64) -> Self {
        let protocol = outline.map_or(Protocol::Other, |outline| outline.protocol);
        let roles = outline.map_or(about, |outline| outline.about);
        let mut tokens = Tokens::default();
        tokens.note_initial(&roles);
        Self {
            log: SparseLog::new(about),
            window: PacketWindow::default(),
            position: RowPosition::new(&roles, protocol, first_ns),
            acks: None,
            tokens,
            protocol,
            ends: about,
            last_packet: 0,
            text: WaitingText::default(),
            end: None,
        }
    }

    /// Draws the packets of which all is known.
    fn settled(&mut self, outline: Option<&Outline>, paper: &mut Paper<Vec<u8>>) -> io::Result<()> {
        while let Some(mut packet) = self.window.next() {
            let late = outline.and_then(|outline| outline.late.get(&packet.step.number));
            late.into_iter().flatten().for_each(|found| packet.add_problem(found));
            self.tokens.note(&packet.step, &packet.parts, self.protocol);
            let run = packet.acks(self.acks.as_ref().map(|acks| acks.run));
            match (run, &mut self.acks) {
                (Some(run @ AckRun { count: 2.., .. }), Some(acks)) => {
                    (acks.run, acks.last) = (run, packet.step);
                }
                (run, _) => {
                    self.acks(paper)?;
                    match run {
                        Some(run) => {
                            let (first, last) = (packet.step.clone(), packet.step);
                            self.acks = Some(FoldedAcks { run, first, last });
                        }
                        None => self.rows(paper).settled(&packet)?,
                    }
                }
            }
        }
        Ok(())
    }

    /// Draws the acknowledgments in a row: no more of them come.
    fn acks(&mut self, paper: &mut Paper<Vec<u8>>) -> io::Result<()> {
        let Some(acks) = self.acks.take() else { return Ok(()) };
        if acks.run.count >= AckRun::FOLDED_FROM {
            return self.rows(paper).acks(&acks);
        }
        self.rows(paper).packet(&acks.first, &[]).map(|_| ())
    }

    fn rows<'a>(&'a mut self, paper: &'a mut Paper<Vec<u8>>) -> RowWriter<'a, Vec<u8>> {
        RowWriter { paper, position: &mut self.position }
    }
}

impl<W: io::Write, S: Spool> Ladder<W, S> {
    /// Ladders to be written there; what an earlier pass over the capture has shown; and room for text that waits.
    pub fn new(to: W, looks: LadderStyle, overview: Overview, spool: S) -> Self {
        let turn = overview.outlines.first_from(0).unwrap_or(0);
        let paper = Paper::new(Vec::new(), looks);
        Self {
            to,
            paper,
            overview,
            spool: TextSpool::new(spool),
            connections: BTreeMap::new(),
            turn,
            waiting: 0,
            background: Background::default(),
            begin_ns: None,
            begun: 0,
            shown: 0,
        }
    }

    /// A new connection, or the roles of one.
    fn about(&mut self, about: Stream, step: &Observation) -> io::Result<()> {
        if let Some(connection) = self.connections.get_mut(&step.stream) {
            connection.log.about(about);
            connection.ends = about;
            return Ok(());
        }
        let outline = self.overview.outlines.get(step.stream);
        let (roles, weakest) = outline.map_or((about, None), |outline| (outline.about, outline.weakest));
        let mut connection = ConnectionLadder::new(about, outline, step.time_ns);
        if self.begun == 0 {
            summary::write_table(&mut self.paper, self.overview.answers.values().map(|it| &it.summary))?;
        } else {
            self.paper.plain("")?;
        }
        self.begun += 1;
        let since = Beginning { first_ns: step.time_ns, capture_ns: self.begin_ns };
        headline::title(&mut self.paper, (step.stream, roles.ends), since)?;
        if let Some(answer) = self.overview.answers.get(&step.stream) {
            headline::write(&mut self.paper, &answer.summary, answer.answer.as_deref())?;
        }
        self.paper.plain("")?;
        connection.rows(&mut self.paper).head(&roles, weakest)?;
        self.connections.insert(step.stream, connection);
        Ok(())
    }

    /// A packet, with the roles that hold.
    fn push(&mut self, step: &Observation) {
        let Some(connection) = self.connections.get_mut(&step.stream) else { return };
        let outline = self.overview.outlines.get(step.stream);
        connection.log.keep(step);
        connection.last_packet = step.number;
        let facts = step.facts.iter().filter(|fact| fact.is_of_packet()).cloned().collect();
        let mut step = Observation { transitions: step.transitions.clone(), facts, ..*step };
        if outline.is_some_and(|outline| outline.about.ends != connection.ends.ends) {
            step.swap_roles();
        }
        connection.window.push(step);
    }

    /// Passes on what was drawn: to the output, or to the text that waits.
    fn emit(&mut self, stream: u64) -> io::Result<()> {
        let Self { to, paper, spool, connections, turn, .. } = self;
        match connections.get_mut(&stream) {
            Some(connection) if stream != *turn => spool.append(&mut connection.text, &paper.to)?,
            _ => to.write_all(&paper.to)?,
        }
        paper.to.clear();
        Ok(())
    }

    /// Writes connections that have ended, as far as their turn has come, and what there is of the next.
    fn advance(&mut self) -> io::Result<()> {
        while let Some(connection) = self.connections.get_mut(&self.turn) {
            self.spool.release(&mut connection.text, &mut self.to)?;
            let Some(ended) = connection.end.take() else { break };
            if let Some(connection) = self.connections.remove(&self.turn) {
                self.close(&connection, &ended)?;
                self.emit(ended.stream)?;
            }
            self.shown += 1;
            self.turn = self.overview.outlines.first_from(self.turn + 1).unwrap_or(u64::MAX);
        }
        Ok(())
    }

    /// All that is said of a connection below its rows.
    fn close(&mut self, connection: &ConnectionLadder, ended: &Ended) -> io::Result<()> {
        let ConnectionLadder { log, tokens, .. } = connection;
        let (paper, log) = (&mut self.paper, &log.connection);
        let language = paper.looks.language;
        let findings: Vec<_> = log.findings.iter().map(|finding| finding.render(language)).collect();
        paper.findings(Label::Findings, &findings)?;
        why(paper, &mut self.background, &story(log, ended))?;
        self.background.note_tokens(tokens);
        Ok(())
    }
}

impl<W: io::Write, S: Spool> View for Ladder<W, S> {
    fn begins(&mut self, time_ns: u64) {
        self.begin_ns = Some(time_ns);
    }

    fn step(&mut self, step: &Observation) -> io::Result<()> {
        for fact in &step.facts {
            if let Fact::Stream(about) = fact {
                self.about(*about, step)?;
            }
        }
        let stream = step.stream;
        if let Some(connection) = self.connections.get_mut(&stream) {
            let before = connection.window.len();
            // Its findings are known by now, too.
            if self.waiting > MOST_WAITING {
                connection.window.settle();
            }
            connection.settled(self.overview.outlines.get(stream), &mut self.paper)?;
            self.waiting -= before - connection.window.len();
        }
        self.push(step);
        self.waiting += 1;
        self.emit(step.stream)
    }

    fn finding(&mut self, stream: u64, found: &Finding) -> io::Result<()> {
        let Some(connection) = self.connections.get_mut(&stream) else { return Ok(()) };
        // Those about packets before are known from the first pass.
        if found.packets().last() == Some(&connection.last_packet) {
            connection.window.add_problem(found);
        }
        connection.log.connection.add_finding(found.clone());
        Ok(())
    }

    fn verdict(&mut self, stream: u64, verdict: &Verdict) -> io::Result<()> {
        if let Some(connection) = self.connections.get_mut(&stream) {
            connection.log.connection.verdict = Some(verdict.clone());
        }
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        let stream = ended.stream;
        let Some(connection) = self.connections.get_mut(&stream) else { return Ok(()) };
        self.waiting -= connection.window.len();
        connection.window.settle();
        connection.settled(self.overview.outlines.get(stream), &mut self.paper)?;
        connection.acks(&mut self.paper)?;
        connection.rows(&mut self.paper).end(ended)?;
        connection.end = Some(ended.clone());
        self.emit(ended.stream)?;
        self.advance()
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        self.paper.file(file, self.shown)?;
        self.background.write(&mut self.paper)?;
        self.to.write_all(&self.paper.to)?;
        self.paper.to.clear();
        self.to.flush()
    }
}
