//! A capture as one JSON document.
//!
//! What the document begins with is known only at the end, and so is what stands beside each other in it: all is laid
//! aside until then. It is laid aside packed, in a third of the bytes of its text, in a [`Spool`] that becomes a file
//! when it grows; memory holds what the open connections gathered last.

mod connection;
pub(super) mod ndjson;
pub(super) mod objects;
mod spool;
pub(super) mod text;

use std::collections::HashMap;
use std::io;

use crate::explain::VERSION;
use crate::explain::findings::{File, Finding};
use crate::explain::text::Language;
use crate::explain::views::View;
use crate::explain::views::json::objects::Close;
use crate::explain::views::json::objects::items::{Item, Items};
use crate::explain::views::json::text::Text;
use crate::observe::{Ended, Observation};
use connection::{Connection, Writer};
use spool::{Index, Log};

pub use ndjson::NdjsonWriter;
pub use spool::Spool;

/// What a connection may hold in memory, in bytes, before it is laid aside.
const MOST_OF_ONE: usize = 256 * 1024;

/// What all of them may hold.
const MOST: usize = 32 * 1024 * 1024;

/// Writes a capture as one JSON document, on one line. Memory does not grow with the capture, only with the connections
/// that are open at once; [`NdjsonWriter`](super::NdjsonWriter) lays nothing aside.
#[derive(Debug)]
pub struct JsonWriter<W, S: Spool> {
    to: W,
    items: Items,
    connections: HashMap<u64, Connection>,
    /// What the connections hold in memory, in bytes.
    held: usize,
    log: Log<S>,
    /// Where in the log each connection that ended stands.
    ended: Index<S>,
}

impl<W: io::Write, S: Spool> JsonWriter<W, S> {
    /// A document to be written there. Both spools are empty.
    pub fn new(to: W, [log, index]: [S; 2]) -> Self {
        let (items, connections) = (Items::default(), HashMap::new());
        Self { to, items, connections, held: 0, log: Log::new(log), ended: Index::new(index) }
    }

    /// A connection has grown: lays aside what is too much for memory.
    fn make_room(&mut self, stream: u64) -> io::Result<()> {
        if self.held > MOST {
            self.held = 0;
            return self.connections.values_mut().try_for_each(|one| one.spill(&mut self.log));
        }
        let Some(connection) = self.connections.get_mut(&stream) else { return Ok(()) };
        self.held -= connection.held();
        connection.spill(&mut self.log)
    }

    fn lay_aside(&mut self, stream: u64, connection: &Connection, close: &Close) -> io::Result<()> {
        self.held -= connection.held();
        match connection.end(stream, close, &mut self.log)? {
            Some(place) => self.ended.set(stream, place),
            None => Ok(()),
        }
    }
}

impl<W: io::Write, S: Spool> View for JsonWriter<W, S> {
    fn step(&mut self, step: &Observation) -> io::Result<()> {
        let connection = self.connections.entry(step.stream).or_default();
        let before = connection.held();
        self.items.step(step, |item| connection.take(item));
        let held = connection.held();
        self.held = self.held + held - before;
        if held > MOST_OF_ONE || self.held > MOST { self.make_room(step.stream) } else { Ok(()) }
    }

    fn finding(&mut self, stream: u64, finding: &Finding) -> io::Result<()> {
        let connection = self.connections.entry(stream).or_default();
        let before = connection.held();
        connection.finding(&finding.render(Language::En));
        self.held = self.held + connection.held() - before;
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        let mut connection = self.connections.remove(&ended.stream).unwrap_or_default();
        let (before, mut closed) = (connection.held(), Close::OPEN);
        self.items.ended(ended, |item| match item {
            Item::Close(close) => closed = *close,
            other => connection.take(other),
        });
        self.held = self.held + connection.held() - before;
        self.lay_aside(ended.stream, &connection, &closed)
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        for (stream, connection) in std::mem::take(&mut self.connections) {
            self.lay_aside(stream, &connection, &Close::OPEN)?;
        }
        let mut writer =
            Writer { log: &mut self.log, to: &mut self.to, text: Text::default(), record: Vec::new() };
        writer.text.raw(r#"{"wirewalk":"#).name(VERSION).raw(r#","file":"#).serialized(file);
        writer.text.raw(r#","connections":["#);
        for (count, place) in self.ended.places()?.enumerate() {
            if count > 0 {
                writer.text.raw(",");
            }
            writer.connection(place?)?;
        }
        writer.text.raw("]}\n");
        writer.hand_on(0)?;
        self.to.flush()
    }
}

#[cfg(test)]
mod tests;
