//! The JSON contract: a capture as one document ([`JsonWriter`]) or as one object a line ([`NdjsonWriter`]).
//!
//! The document begins with what is known only at the end, and so does each connection in it. So each list of a connection
//! is gathered as ready-made JSON and spilled to a [`Spool`] when it grows; the pieces are joined at the end. Memory
//! holds what the open connections gathered last.
//!
//! Here live the contract's objects, how they are built from observations, and the two writers. What an object means is
//! decided below, in `findings` and `observe`.

mod connection;
mod hot_objects;
pub(super) mod ndjson;
mod object_builder;
mod objects;
mod rare_objects;
mod sides;
mod spool;
pub(super) mod text;

use std::collections::HashMap;
use std::io;

use crate::explain::VERSION;
use crate::explain::findings::{File, Finding, Verdict};
use crate::explain::text::Language;
use crate::explain::views::View;
use crate::observe::{Ended, IcmpReport, Observation};
use connection::{Connection, Joiner};
use object_builder::{Object, ObjectBuilder};
use objects::Close;
use rare_objects::IcmpError;
use spool::{Index, Log};
use text::Text;

pub use ndjson::NdjsonWriter;
pub use spool::Spool;

/// Memory of one connection, in bytes, from which on it is spilled.
const MOST_OF_ONE: usize = 64 * 1024;

/// Memory of all open connections, in bytes, from which on they are spilled if nothing else is said.
const MOST: usize = 32 * 1024 * 1024;

/// Writes a capture as one JSON document, on one line. Memory does not grow with the capture, only with the connections
/// that are open at once; [`NdjsonWriter`] spills nothing.
#[derive(Debug)]
pub struct JsonWriter<W, S: Spool> {
    to: W,
    objects: ObjectBuilder,
    connections: HashMap<u64, Connection>,
    /// Memory of the connections, in bytes.
    memory: usize,
    /// That from which on all of them are spilled.
    most: usize,
    log: Log<S>,
    /// Place in the log of each connection that has ended.
    ended: Index<S>,
}

impl<W: io::Write, S: Spool> JsonWriter<W, S> {
    /// A document to be written there. Both spools are empty.
    pub fn new(to: W, [log, index]: [S; 2]) -> Self {
        let (objects, connections) = (ObjectBuilder::default(), HashMap::new());
        Self { to, objects, connections, memory: 0, most: MOST, log: Log::new(log), ended: Index::new(index) }
    }

    /// With up to `most` bytes of open connections in memory.
    #[must_use]
    pub fn with_memory(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Spills the connection that has grown, or all of them.
    fn make_room(&mut self, stream: u64) -> io::Result<()> {
        if self.memory > self.most {
            self.memory = 0;
            return self.connections.values_mut().try_for_each(|one| one.spill(&mut self.log));
        }
        let Some(connection) = self.connections.get_mut(&stream) else { return Ok(()) };
        self.memory -= connection.memory();
        connection.spill(&mut self.log)
    }

    fn end(&mut self, stream: u64, connection: &Connection, close: &Close) -> io::Result<()> {
        self.memory -= connection.memory();
        match connection.end(stream, close, &mut self.log)? {
            Some(place) => self.ended.set(stream, place),
            None => Ok(()),
        }
    }
}

impl<W: io::Write, S: Spool> View for JsonWriter<W, S> {
    fn step(&mut self, step: &Observation) -> io::Result<()> {
        let connection = self.connections.entry(step.stream).or_default();
        let before = connection.memory();
        self.objects.packet(step, |object| connection.push(object));
        let memory = connection.memory();
        self.memory = self.memory + memory - before;
        if memory > MOST_OF_ONE || self.memory > self.most { self.make_room(step.stream) } else { Ok(()) }
    }

    fn icmp(&mut self, report: &IcmpReport) -> io::Result<()> {
        let connection = self.connections.entry(report.stream).or_default();
        let before = connection.memory();
        connection.push(&Object::IcmpError(IcmpError::new(report)));
        let memory = connection.memory();
        self.memory = self.memory + memory - before;
        if memory > MOST_OF_ONE || self.memory > self.most { self.make_room(report.stream) } else { Ok(()) }
    }

    fn finding(&mut self, stream: u64, finding: &Finding) -> io::Result<()> {
        let connection = self.connections.entry(stream).or_default();
        let before = connection.memory();
        connection.finding(&finding.render(Language::En));
        self.memory = self.memory + connection.memory() - before;
        Ok(())
    }

    fn verdict(&mut self, stream: u64, verdict: &Verdict) -> io::Result<()> {
        self.connections.entry(stream).or_default().verdict = Some(Box::new(verdict.clone()));
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        let mut connection = self.connections.remove(&ended.stream).unwrap_or_default();
        let (before, mut last) = (connection.memory(), Close::OPEN);
        let verdict = connection.verdict.take();
        self.objects.ended(ended, verdict.as_deref(), |object| match object {
            Object::Close(close) => last = (**close).clone(),
            other => connection.push(other),
        });
        self.memory = self.memory + connection.memory() - before;
        self.end(ended.stream, &connection, &last)
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        for (stream, connection) in std::mem::take(&mut self.connections) {
            self.end(stream, &connection, &Close::OPEN)?;
        }
        let Self { to, log, ended, .. } = self;
        let mut joiner = Joiner { log, to, text: Text::default(), record: Vec::new() };
        joiner.text.raw(r#"{"wirewalk":"#).name(VERSION).raw(r#","file":"#).serialized(file);
        joiner.text.raw(r#","connections":["#);
        for (count, place) in ended.places()?.enumerate() {
            if count > 0 {
                joiner.text.raw(",");
            }
            joiner.connection(place?)?;
        }
        joiner.text.raw("]}\n");
        joiner.flush()?;
        self.to.flush()
    }
}

#[cfg(test)]
mod tests;
