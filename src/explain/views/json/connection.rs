//! A connection of the document: gathered as ready-made JSON, spilled where it grows long, and joined at the end.

use std::io;

use bytes::{Buf as _, BufMut as _};

use super::object_builder::Object;
use super::objects::{Close, Ends};
use super::sides::swap_sides;
use super::spool::{Log, Place, Spool};
use super::text::Text;
use crate::explain::findings::{FindingText, Verdict};

/// JSON of one connection so far.
#[derive(Debug, Default)]
pub(super) struct Connection {
    ends: Option<Ends>,
    packets: List,
    transitions: List,
    /// The last one only.
    upgrade: List,
    frames: List,
    messages: List,
    coverage: List,
    findings: List,
    /// `None` for most connections.
    rare: Option<Box<RareLists>>,
    /// The last one.
    pub(super) verdict: Option<Box<Verdict>>,
}

impl Connection {
    /// Adds any object but the close.
    pub(super) fn push(&mut self, object: &Object<'_>) {
        let list = match object {
            Object::Connection(ends) => {
                if self.ends.replace(ends.clone()).is_some_and(|before| before.sides != ends.sides) {
                    self.swap_sides();
                }
                return;
            }
            Object::Packet(_) => &mut self.packets,
            Object::Transition(_) => &mut self.transitions,
            Object::Upgrade(_) => {
                self.upgrade = List::default();
                &mut self.upgrade
            }
            Object::Frame(_) => &mut self.frames,
            Object::Message(_) => &mut self.messages,
            Object::Coverage(_) => &mut self.coverage,
            Object::Relay(_) => &mut self.rare.get_or_insert_default().relays,
            Object::Resync(_) => &mut self.rare.get_or_insert_default().resyncs,
            Object::IcmpError(_) => &mut self.rare.get_or_insert_default().icmp_errors,
            Object::Close(_) => return,
        };
        object.write(list.next());
    }

    pub(super) fn finding(&mut self, finding: &FindingText) {
        self.findings.next().serialized(finding);
    }

    /// The roles were corrected: what was gathered calls each end by the name of its peer. Frames, messages, relays and
    /// resyncs come after the last correction.
    fn swap_sides(&mut self) {
        let icmp_errors = self.rare.as_deref_mut().map(|rare| &mut rare.icmp_errors);
        for list in [&mut self.packets, &mut self.transitions].into_iter().chain(icmp_errors) {
            swap_sides(list.text.bytes_mut());
            list.spilled.is_swapped = !list.spilled.is_swapped;
        }
    }

    /// Memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        let Self { packets, transitions, upgrade, frames, messages, coverage, findings, .. } = self;
        let lists = [packets, transitions, upgrade, frames, messages, coverage, findings];
        let rare = self.rare.as_ref().map_or(0, |rare| rare.memory());
        rare + lists.iter().map(|list| list.text.capacity()).sum::<usize>()
    }

    /// Spills what is in memory.
    pub(super) fn spill<S: Spool>(&mut self, to: &mut Log<S>) -> io::Result<()> {
        let Self { packets, transitions, upgrade, frames, messages, coverage, findings, .. } = self;
        let lists = [packets, transitions, upgrade, frames, messages, coverage, findings];
        let rare = self.rare.iter_mut().flat_map(|rare| rare.lists_mut());
        lists.into_iter().chain(rare).try_for_each(|list| list.spill(to))
    }

    /// Spills the whole: its text, and where in it the parts belong that were spilled before. `None` if its ends were
    /// never known.
    pub(super) fn end<S: Spool>(
        &self,
        stream: u64,
        close: &Close,
        to: &mut Log<S>,
    ) -> io::Result<Option<Place>> {
        let Some(ends) = &self.ends else { return Ok(None) };
        let (mut begin, mut end) = (Text::default(), Text::default());
        begin
            .raw(r#"{"stream":"#)
            .number(stream)
            .further_fields(|to| _ = to.serialized(ends))
            .raw(r#","packets":["#);
        end.raw(r#"],"close":"#).serialized(close).raw(r#","coverage":"#);
        if self.coverage.is_empty() {
            end.raw(r#"{"client":[],"server":[]}"#);
        }
        let before_upgrade =
            if self.upgrade.is_empty() { &br#"],"upgrade":null"#[..] } else { br#"],"upgrade":"# };
        let lists = [
            (begin.bytes(), &self.packets),
            (br#"],"transitions":["#, &self.transitions),
            (before_upgrade, &self.upgrade),
            (br#","frames":["#, &self.frames),
            (br#"],"messages":["#, &self.messages),
            (end.bytes(), &self.coverage),
            (br#","findings":["#, &self.findings),
        ];
        let (mut gaps, mut texts, mut offset) = (vec![0], Vec::with_capacity(2 * lists.len() + 2), 0);
        texts.push(&[][..]);
        let rare = self.rare.iter().flat_map(|rare| rare.named());
        for (before, list) in lists.into_iter().chain(rare) {
            offset += before.len();
            if !list.spilled.is_empty() {
                gaps[0] += 1;
                gaps.put_u32_le(offset as u32);
                list.spilled.encode(&mut gaps);
            }
            offset += list.text.bytes().len();
            texts.extend([before, list.text.bytes()]);
        }
        texts.push(b"]}");
        texts[0] = &gaps;
        to.append(&texts).map(Some)
    }
}

/// Lists that most connections do not have: each is written only where there is something in it.
#[derive(Debug, Default)]
struct RareLists {
    relays: List,
    resyncs: List,
    icmp_errors: List,
}

impl RareLists {
    fn memory(&self) -> usize {
        self.named().map(|(_, list)| list.text.capacity()).sum()
    }

    fn lists_mut(&mut self) -> [&mut List; 3] {
        let Self { relays, resyncs, icmp_errors } = self;
        [relays, resyncs, icmp_errors]
    }

    /// Those that are written, each with what stands before it.
    fn named(&self) -> impl Iterator<Item = (&[u8], &List)> {
        let Self { relays, resyncs, icmp_errors } = self;
        let all = [
            (&br#"],"relays":["#[..], relays),
            (br#"],"resyncs":["#, resyncs),
            (br#"],"icmp_errors":["#, icmp_errors),
        ];
        all.into_iter().filter(|(_, list)| !list.is_empty())
    }
}

/// First capacity of a list, in bytes: some objects.
const FIRST: usize = 512;

/// Objects of one kind with commas between them: the last ones in memory, the earlier ones spilled.
#[derive(Debug, Default)]
struct List {
    spilled: Chain,
    text: Text,
}

impl List {
    const fn is_empty(&self) -> bool {
        self.text.bytes().is_empty() && self.spilled.is_empty()
    }

    /// The text, to which the next object is to be written.
    fn next(&mut self) -> &mut Text {
        if !self.is_empty() {
            self.text.raw(",");
        } else if self.text.capacity() == 0 {
            self.text.reserve(FIRST);
        }
        &mut self.text
    }

    fn spill<S: Spool>(&mut self, to: &mut Log<S>) -> io::Result<()> {
        if self.text.bytes().is_empty() {
            return Ok(());
        }
        let mut before = Vec::with_capacity(Chain::LEN);
        self.spilled.encode(&mut before);
        let last = to.append(&[&before, self.text.bytes()])?;
        *self = Self { spilled: Chain { last, is_swapped: false }, text: Text::default() };
        Ok(())
    }
}

/// Pieces of a list in the log: each begins with the chain before it.
#[derive(Debug, Clone, Copy)]
struct Chain {
    last: Place,
    /// Whether the roles were corrected after the last piece was spilled.
    is_swapped: bool,
}

impl Default for Chain {
    fn default() -> Self {
        Self { last: Place::NONE, is_swapped: false }
    }
}

impl Chain {
    /// Encoded length.
    const LEN: usize = Place::LEN + 1;

    const fn is_empty(self) -> bool {
        self.last.is_none()
    }

    fn encode(self, to: &mut Vec<u8>) {
        self.last.encode(to);
        to.put_u8(self.is_swapped.into());
    }

    fn decode(from: &mut &[u8]) -> Self {
        let last = Place::decode(from);
        Self { last, is_swapped: from.get_u8() != 0 }
    }
}

/// Writes spilled connections.
pub(super) struct Joiner<'w, W, S: io::Write> {
    pub(super) log: &'w mut Log<S>,
    pub(super) to: &'w mut W,
    /// Text that is not written yet.
    pub(super) text: Text,
    /// The connection that is being written.
    pub(super) record: Vec<u8>,
}

/// Bytes that are written in one go.
const BATCH: usize = 64 * 1024;

/// Bytes from which on a piece is written without a copy.
const LONG: usize = 16 * 1024;

impl<W: io::Write, S: Spool> Joiner<'_, W, S> {
    /// Writes the connection whose record stands there.
    pub(super) fn connection(&mut self, record: Place) -> io::Result<()> {
        let mut bytes = std::mem::take(&mut self.record);
        self.log.read(record, &mut bytes)?;
        let mut from = bytes.as_slice();
        let count = from.get_u8();
        let gaps: Vec<(usize, Chain)> =
            (0..count).map(|_| (from.get_u32_le() as usize, Chain::decode(&mut from))).collect();
        let mut written = 0;
        for (offset, spilled) in gaps {
            self.write(&from[written..offset])?;
            self.chain(spilled)?;
            written = offset;
        }
        self.write(&from[written..])?;
        self.record = bytes;
        Ok(())
    }

    /// Writes the pieces of a list, the oldest first.
    fn chain(&mut self, mut chain: Chain) -> io::Result<()> {
        let (mut pieces, mut bytes, mut is_swapped) = (Vec::new(), Vec::new(), false);
        while !chain.is_empty() {
            is_swapped ^= chain.is_swapped;
            pieces.push((chain.last.behind(Chain::LEN), is_swapped));
            self.log.read(chain.last.first(Chain::LEN), &mut bytes)?;
            chain = Chain::decode(&mut bytes.as_slice());
        }
        while let Some((place, is_swapped)) = pieces.pop() {
            self.log.read(place, &mut bytes)?;
            if is_swapped {
                swap_sides(&mut bytes);
            }
            self.write(&bytes)?;
        }
        Ok(())
    }

    fn write(&mut self, json: &[u8]) -> io::Result<()> {
        if json.len() > LONG {
            self.flush()?;
            return self.to.write_all(json);
        }
        self.text.raw_bytes(json);
        if self.text.bytes().len() > BATCH { self.flush() } else { Ok(()) }
    }

    /// Writes what is still to be written.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.to.write_all(self.text.bytes())?;
        self.text.clear();
        Ok(())
    }
}
