//! A capture as one JSON document.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;

use serde::{Serialize, Serializer};

use super::document::{Close, Ends, Frame, Message, Packet, Transition, Upgrade};
use super::finding::{File, Finding};
use super::items::{Item, Items};
use super::{VERSION, View};
use crate::observe::{Ended, Step};

/// Writes a capture as one JSON document, on one line. What the document begins with is known only at the end, so all of
/// it is held until then, packet by packet in as few bytes as will do; [`Lines`](super::Lines) holds nothing.
#[derive(Debug)]
pub struct Document<W> {
    to: W,
    items: Items,
    connections: BTreeMap<u64, Connection>,
}

#[derive(Debug, Serialize)]
struct Connection {
    stream: u64,
    #[serde(flatten)]
    ends: Ends,
    packets: Vec<Packet>,
    transitions: Vec<Transition>,
    upgrade: Option<Box<Upgrade>>,
    frames: Vec<Frame>,
    messages: Vec<Message>,
    close: Close,
    findings: Vec<Finding>,
}

#[derive(Serialize)]
struct Whole<'a> {
    wirewalk: &'static str,
    file: &'a File,
    connections: Listed<'a>,
}

/// The values of a map, as a list.
#[derive(Debug)]
struct Listed<'a>(&'a BTreeMap<u64, Connection>);

impl Serialize for Listed<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.values())
    }
}

impl Connection {
    const fn new(stream: u64, ends: Ends) -> Self {
        Self {
            stream,
            ends,
            packets: Vec::new(),
            transitions: Vec::new(),
            upgrade: None,
            frames: Vec::new(),
            messages: Vec::new(),
            close: Close::OPEN,
            findings: Vec::new(),
        }
    }

    /// Who is who was corrected: what was said before of one end holds for the other.
    fn correct(&mut self, ends: Ends) {
        if self.ends == ends {
            return;
        }
        self.ends = ends;
        self.packets.iter_mut().for_each(Packet::swap_ends);
        self.transitions.iter_mut().for_each(Transition::swap_ends);
        self.frames.iter_mut().for_each(Frame::swap_ends);
        self.messages.iter_mut().for_each(Message::swap_ends);
    }
}

fn gather(connections: &mut BTreeMap<u64, Connection>, stream: u64, item: Item) {
    if let Item::Connection(ends) = item {
        connections.entry(stream).or_insert_with(|| Connection::new(stream, ends)).correct(ends);
        return;
    }
    let Some(connection) = connections.get_mut(&stream) else { return };
    match item {
        Item::Connection(_) => {}
        Item::Packet(packet) => connection.packets.push(packet),
        Item::Transition(transition) => connection.transitions.push(transition),
        Item::Upgrade(upgrade) => connection.upgrade = Some(upgrade),
        Item::Frame(frame) => connection.frames.push(*frame),
        Item::Message(message) => connection.messages.push(*message),
        Item::Close(close) => connection.close = *close,
    }
}

impl<W: io::Write> Document<W> {
    /// A document to be written there.
    pub fn new(to: W) -> Self {
        Self { to, items: Items::default(), connections: BTreeMap::new() }
    }
}

impl<W: io::Write> View for Document<W> {
    fn step(&mut self, step: &Step) -> io::Result<()> {
        let Ok(()) = self.items.step(step, |item| {
            gather(&mut self.connections, step.stream, item);
            Ok::<_, Infallible>(())
        });
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        let Ok(()) = self.items.ended(ended, |item| {
            gather(&mut self.connections, ended.stream, item);
            Ok::<_, Infallible>(())
        });
        Ok(())
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        let whole = Whole { wirewalk: VERSION, file, connections: Listed(&self.connections) };
        serde_json::to_writer(&mut self.to, &whole)?;
        self.connections.clear();
        self.to.write_all(b"\n")?;
        self.to.flush()
    }
}

#[cfg(test)]
mod tests;
