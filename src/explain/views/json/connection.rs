//! A connection of the document: gathered packed, laid aside where it grows long, and written at the end.

use std::io;

use bytes::{Buf as _, BufMut as _};

use super::spool::{Log, Place, Spool};
use crate::explain::findings::FindingText;
use crate::explain::views::json::objects::items::Item;
use crate::explain::views::json::objects::{Close, Ends, Frame, Message, Object, Packet, Transition};
use crate::explain::views::json::text::Text;

/// How many parts a connection has.
const PARTS: usize = 6;

/// What was gathered of a connection.
#[derive(Debug, Default)]
pub(super) struct Connection {
    ends: Option<Ends>,
    /// Whether client and server were taken for each other. What is packed names them as it was thought at first.
    is_swapped: bool,
    packets: Part,
    transitions: Part,
    /// One, as text.
    upgrade: Part,
    frames: Part,
    messages: Part,
    /// Each as text.
    findings: Part,
}

impl Connection {
    /// Takes all but the close.
    pub(super) fn take(&mut self, item: Item<'_>) {
        let is_swapped = self.is_swapped;
        match item {
            Item::Connection(ends) => {
                let is_other = self.ends.is_some_and(|before| before != ends);
                self.is_swapped ^= is_other;
                self.ends = Some(ends);
            }
            Item::Packet(packet) => self.packets.push(packet, is_swapped),
            Item::Transition(transition) => self.transitions.push(transition, is_swapped),
            Item::Upgrade(upgrade) => {
                let mut text = Text::default();
                self.upgrade = Part { before: Place::NONE, bytes: text.serialized(&upgrade).bytes().into() };
            }
            Item::Frame(frame) => self.frames.push(frame, is_swapped),
            Item::Message(message) => self.messages.push(message, is_swapped),
            Item::Close(_) => {}
        }
    }

    /// Takes a finding.
    pub(super) fn finding(&mut self, finding: &FindingText) {
        let mut text = Text::default();
        put(text.serialized(finding).bytes(), &mut self.findings.bytes);
    }

    const fn parts(&self) -> [&Part; PARTS] {
        [&self.packets, &self.transitions, &self.upgrade, &self.frames, &self.messages, &self.findings]
    }

    /// How many bytes it holds in memory.
    pub(super) fn held(&self) -> usize {
        self.parts().iter().map(|part| part.bytes.capacity()).sum()
    }

    /// Lays aside what it holds.
    pub(super) fn spill<S: Spool>(&mut self, to: &mut Log<S>) -> io::Result<()> {
        let Self { packets, transitions, upgrade, frames, messages, findings, .. } = self;
        [packets, transitions, upgrade, frames, messages, findings]
            .into_iter()
            .try_for_each(|part| part.spill(to))
    }

    /// Lays aside all of it, once nothing more comes. `None` if it was never said who its ends are.
    pub(super) fn end<S: Spool>(
        &self,
        stream: u64,
        close: &Close,
        to: &mut Log<S>,
    ) -> io::Result<Option<Place>> {
        let Some(ends) = &self.ends else { return Ok(None) };
        let mut begin = Vec::new();
        let mut text = Text::default();
        text.raw(r#"{"stream":"#).number(stream).raw(",").fields(ends);
        put(text.bytes(), &mut begin);
        text.clear();
        put(text.serialized(close).bytes(), &mut begin);
        begin.put_u8(self.is_swapped.into());
        for part in self.parts() {
            part.before.pack(&mut begin);
            begin.put_u32_le(part.bytes.len() as u32);
        }
        let [one, two, three, four, five, six] = self.parts().map(|part| part.bytes.as_slice());
        to.append(&[&begin, one, two, three, four, five, six]).map(Some)
    }
}

fn put(bytes: &[u8], to: &mut Vec<u8>) {
    to.put_u32_le(bytes.len() as u32);
    to.put_slice(bytes);
}

fn get<'b>(from: &mut &'b [u8]) -> &'b [u8] {
    let len = from.get_u32_le() as usize;
    take(from, len)
}

fn take<'b>(from: &mut &'b [u8], len: usize) -> &'b [u8] {
    from.split_off(..len).expect("as many as were put there")
}

/// What a part takes at first, in bytes: some objects.
const FIRST: usize = 512;

/// Objects of one kind: the last ones in memory, those before laid aside. Each place in the log begins with the place
/// before it.
#[derive(Debug)]
struct Part {
    before: Place,
    bytes: Vec<u8>,
}

impl Default for Part {
    fn default() -> Self {
        Self { before: Place::NONE, bytes: Vec::new() }
    }
}

impl Part {
    fn push<'b>(&mut self, mut object: impl Object<'b>, is_swapped: bool) {
        if is_swapped {
            object.swap_ends();
        }
        if self.bytes.capacity() == 0 {
            self.bytes.reserve(FIRST);
        }
        object.pack(&mut self.bytes);
    }

    fn spill<S: Spool>(&mut self, to: &mut Log<S>) -> io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let mut before = Vec::with_capacity(Place::LEN);
        self.before.pack(&mut before);
        self.before = to.append(&[&before, &self.bytes])?;
        self.bytes = Vec::new();
        Ok(())
    }
}

/// Writes connections that were laid aside.
pub(super) struct Writer<'w, W, S: io::Write> {
    pub(super) log: &'w mut Log<S>,
    pub(super) to: &'w mut W,
    pub(super) text: Text,
    /// The record of the connection that is being written.
    pub(super) record: Vec<u8>,
}

/// How much text is written in one go.
const GO: usize = 64 * 1024;

impl<W: io::Write, S: Spool> Writer<'_, W, S> {
    /// Writes the connection whose record stands there.
    pub(super) fn connection(&mut self, record: Place) -> io::Result<()> {
        let mut bytes = std::mem::take(&mut self.record);
        self.log.read(record, &mut bytes)?;
        let mut from = bytes.as_slice();
        self.text.raw_bytes(get(&mut from));
        let close = get(&mut from);
        let is_swapped = from.get_u8() != 0;
        let heads: [_; PARTS] =
            std::array::from_fn(|_| (Place::unpack(&mut from), from.get_u32_le() as usize));
        let [packets, transitions, upgrade, frames, messages, findings] =
            heads.map(|(before, len)| (before, take(&mut from, len)));
        self.text.raw(r#","packets":["#);
        self.part(packets, |from, to| write(Packet::unpack(from), is_swapped, to))?;
        self.text.raw(r#"],"transitions":["#);
        self.part(transitions, |from, to| write(Transition::unpack(from), is_swapped, to))?;
        self.text.raw(r#"],"upgrade":"#);
        if self.part(upgrade, |from, to| _ = to.raw_bytes(std::mem::take(from)))? == 0 {
            self.text.raw("null");
        }
        self.text.raw(r#","frames":["#);
        self.part(frames, |from, to| write(Frame::unpack(from), is_swapped, to))?;
        self.text.raw(r#"],"messages":["#);
        self.part(messages, |from, to| write(Message::unpack(from), is_swapped, to))?;
        self.text.raw(r#"],"close":"#).raw_bytes(close).raw(r#","findings":["#);
        self.part(findings, |from, to| _ = to.raw_bytes(get(from)))?;
        self.text.raw("]}");
        self.record = bytes;
        self.hand_on(GO)
    }

    /// Writes the objects of a part with commas between them, those first that were laid aside; gives how many.
    fn part(
        &mut self,
        (mut before, last): (Place, &[u8]),
        mut one: impl FnMut(&mut &[u8], &mut Text),
    ) -> io::Result<u64> {
        let (mut laid_aside, mut bytes) = (Vec::new(), Vec::new());
        while !before.is_none() {
            laid_aside.push(before.behind(Place::LEN));
            self.log.read(before.first(Place::LEN), &mut bytes)?;
            before = Place::unpack(&mut bytes.as_slice());
        }
        let mut count = 0;
        let mut all = |mut from: &[u8], writer: &mut Self| {
            while !from.is_empty() {
                if count > 0 {
                    writer.text.raw(",");
                }
                one(&mut from, &mut writer.text);
                count += 1;
                writer.hand_on(GO)?;
            }
            Ok::<_, io::Error>(())
        };
        while let Some(place) = laid_aside.pop() {
            self.log.read(place, &mut bytes)?;
            all(&bytes, self)?;
        }
        all(last, self)?;
        Ok(count)
    }

    /// Hands on what was written, if it is more than so many bytes.
    pub(super) fn hand_on(&mut self, most: usize) -> io::Result<()> {
        if self.text.bytes().len() > most {
            self.to.write_all(self.text.bytes())?;
            self.text.clear();
        }
        Ok(())
    }
}

/// Writes an object, its ends named as is known now.
fn write<'b>(mut object: impl Object<'b>, is_swapped: bool, to: &mut Text) {
    if is_swapped {
        object.swap_ends();
    }
    to.raw("{");
    object.write(to);
    to.raw("}");
}
