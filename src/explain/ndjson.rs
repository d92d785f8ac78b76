//! A capture as lines of JSON: the objects of the document, one a line, as they are understood.
//!
//! Each line begins with its `type` and, but for the last, the `stream`; then comes what stands in the document. Types:
//! `connection` (again if it turns out that client and server were taken for each other: then it holds for all lines of
//! the stream, earlier ones too), `packet`, `transition`, `upgrade` (again if it is tried again), `frame`, `message`,
//! `close` (the last of a stream), and at the end `file`.

use std::io;

use serde::Serialize;

use super::finding::File;
use super::items::{Item, Items};
use super::{VERSION, View};
use crate::observe::{Ended, Step};

/// Writes a capture as lines of JSON. Memory does not grow with it.
#[derive(Debug)]
pub struct Lines<W> {
    to: W,
    items: Items,
}

#[derive(Serialize)]
struct Last<'a> {
    r#type: &'static str,
    wirewalk: &'static str,
    #[serde(flatten)]
    file: &'a File,
}

impl<W: io::Write> Lines<W> {
    /// Lines to be written there.
    pub fn new(to: W) -> Self {
        Self { to, items: Items::default() }
    }
}

fn write(to: &mut impl io::Write, stream: u64, item: &Item) -> io::Result<()> {
    match item {
        Item::Connection(ends) => line(to, stream, "connection", ends),
        Item::Packet(packet) => line(to, stream, "packet", packet),
        Item::Transition(transition) => line(to, stream, "transition", transition),
        Item::Upgrade(upgrade) => line(to, stream, "upgrade", upgrade),
        Item::Frame(frame) => line(to, stream, "frame", frame),
        Item::Message(message) => line(to, stream, "message", message),
        Item::Close(close) => line(to, stream, "close", close),
    }
}

/// The object, with two names put before its own.
fn line(to: &mut impl io::Write, stream: u64, kind: &str, object: &impl Serialize) -> io::Result<()> {
    write!(to, r#"{{"type":"{kind}","stream":{stream}"#)?;
    serde_json::to_writer(CommaForBrace { to, begun: false }, object)?;
    to.write_all(b"\n")
}

/// Passes on an object's text without its opening brace, a comma in its place.
struct CommaForBrace<'w, W> {
    to: &'w mut W,
    begun: bool,
}

impl<W: io::Write> io::Write for CommaForBrace<'_, W> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        match text {
            [b'{', rest @ ..] if !self.begun => {
                self.begun = true;
                self.to.write_all(b",")?;
                self.to.write_all(rest)?;
                Ok(text.len())
            }
            _ => self.to.write(text),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl<W: io::Write> View for Lines<W> {
    fn step(&mut self, step: &Step) -> io::Result<()> {
        self.items.step(step, |item| write(&mut self.to, step.stream, &item))
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.items.ended(ended, |item| write(&mut self.to, ended.stream, &item))
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        serde_json::to_writer(&mut self.to, &Last { r#type: "file", wirewalk: VERSION, file })?;
        self.to.write_all(b"\n")?;
        self.to.flush()
    }
}
