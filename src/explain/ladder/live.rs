//! The ladder while it happens: each packet's rows at once, of all connections as they come, each line with the number
//! of its connection before it. What only the whole can tell is told when a connection ends.

use std::collections::BTreeMap;
use std::io;

use super::braces::Braces;
use super::parts::Parts;
use super::rows::{Place, Rows};
use super::{Looks, Paper, View};
use crate::explain::finding::File;
use crate::explain::findings::Found;
use crate::explain::held::{Connection, Talk};
use crate::explain::words::Word;
use crate::observe::{Close, EndReason, Ended, Fact, Flags, Step, Stream};

/// Writes each packet's rows at once. Memory grows with the open connections, not with what they send.
#[derive(Debug)]
pub struct Live<W> {
    paper: Paper<W>,
    connections: BTreeMap<u64, Followed>,
}

/// A connection that is being told.
#[derive(Debug)]
struct Followed {
    /// Of its packets those that the words at its end are about.
    connection: Connection,
    talk: Talk,
    place: Place,
    packets: u64,
    /// Whether its end was told.
    is_over: bool,
}

impl Followed {
    fn new(about: Stream, first_ns: u64) -> Self {
        let place = Place::new(&about, Talk::Other, first_ns);
        let connection = Connection::new(about);
        Self { connection, talk: Talk::Other, place, packets: 0, is_over: false }
    }

    /// Keeps of a packet what the words at the end need.
    fn keep(&mut self, step: &Step) {
        let talk = self.talk.or(Talk::of(step));
        let shows_talk = std::mem::replace(&mut self.talk, talk) != talk;
        self.place.hear(talk);
        self.packets += 1;
        self.connection.heartbeats.note(step);
        if shows_talk || !step.transitions.is_empty() || step.flags.has(Flags::SYN) {
            self.connection.keep(step);
        }
    }
}

impl<W: io::Write> Live<W> {
    /// A ladder to be written there.
    pub const fn new(to: W, looks: Looks) -> Self {
        Self { paper: Paper::new(to, looks), connections: BTreeMap::new() }
    }

    /// The lines of this connection come next.
    fn turn_to(&mut self, stream: u64) {
        self.paper.margin = format!("{:<5}", format!("[{stream}]"));
    }

    /// Who is who in a new connection; or it was corrected.
    fn about(&mut self, about: Stream, step: &Step) -> io::Result<()> {
        let parts = Parts::new();
        let new = || Followed::new(about, step.time_ns);
        let followed = self.connections.entry(step.stream).or_insert_with(new);
        if followed.connection.about.ends != about.ends {
            // Client and server were taken for each other: it begins anew, below what stands there.
            let Followed { talk, packets, .. } = *followed;
            let connection = std::mem::replace(&mut followed.connection, Connection::new(about));
            *followed = Followed { connection, talk, packets, ..new() };
            followed.connection.swap_ends();
        }
        followed.connection.about = about;
        let mut rows =
            Rows { paper: &mut self.paper, braces: Braces::new(&parts), place: &mut followed.place };
        rows.head(&about, step.stream, Some(step.evidence))
    }

    /// A connection has closed, or will not be told further.
    fn close(&mut self, ended: &Ended) -> io::Result<()> {
        let Some(followed) = self.connections.get_mut(&ended.stream) else { return Ok(()) };
        if followed.is_over && ended.facts.is_empty() {
            return Ok(());
        }
        let parts = Parts::new();
        let mut rows =
            Rows { paper: &mut self.paper, braces: Braces::new(&parts), place: &mut followed.place };
        rows.end(ended)?;
        if !std::mem::replace(&mut followed.is_over, true) {
            self.paper.why(&followed.connection, ended)?;
        }
        Ok(())
    }
}

/// How it ended, told when it does: what time brings later is not waited for.
fn ended(step: &Step, close: &Close, packets: u64) -> Ended {
    Ended {
        stream: step.stream,
        reason: EndReason::Finished,
        tcp: step.tcp,
        ws: step.ws,
        transitions: Vec::new(),
        facts: Vec::new(),
        close: close.clone(),
        packets,
        last_packet: step.number,
    }
}

impl<W: io::Write> View for Live<W> {
    fn step(&mut self, step: &Step) -> io::Result<()> {
        self.turn_to(step.stream);
        for fact in &step.facts {
            if let Fact::Stream(about) = fact {
                self.about(*about, step)?;
            }
        }
        let Some(followed) = self.connections.get_mut(&step.stream) else { return Ok(()) };
        followed.keep(step);
        let parts = Parts::new();
        let mut rows =
            Rows { paper: &mut self.paper, braces: Braces::new(&parts), place: &mut followed.place };
        rows.packet(step)?;
        let packets = followed.packets;
        for fact in &step.facts {
            if let Fact::Close(close) = fact {
                self.close(&ended(step, close, packets))?;
            }
        }
        Ok(())
    }

    fn finding(&mut self, stream: u64, found: &Found) -> io::Result<()> {
        self.turn_to(stream);
        let finding = found.told(self.paper.looks.language);
        self.paper.finding(&finding)
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.turn_to(ended.stream);
        self.close(ended)?;
        self.connections.remove(&ended.stream);
        Ok(())
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        self.paper.margin.clear();
        self.paper.findings(Word::FindingsOfFile, &file.notes)?;
        self.paper.to.flush()
    }
}
