//! What the pages in a browser show: the lines of [`NdjsonWriter`], and between them what only a page needs.
//!
//! - `bytes` after each packet: nanoseconds since the first of its connection, its phase, its evidence, all its bytes
//!   that were captured in base64, and the runs that they belong to, each `[length, name]` or `[length, name, value]`;
//!   names are those of [`Field`](super::Field). Of an acknowledgment that may be folded with those before and behind
//!   it, `acks`: the number of the first in the row. Of frames that end in the packet and whose header no packet has
//!   whole, `cut`: each `[index, bytes]`, the header and the payload's beginning in hexadecimal.
//! - `finding` is told in Chinese too, under `zh`.
//! - `story` when a connection has closed, and again where more is known: why it opened and closed as it did, as
//!   sentences in both languages.
//! - `notes` before the last line: what the file's notes say in Chinese, in their order.

use std::collections::HashMap;
use std::io;

use serde::Serialize;

use crate::explain::findings::{File, Finding, FindingText};
use crate::explain::narrative::ack_run::AckRun;
use crate::explain::narrative::connection_log::{SparseLog, over};
use crate::explain::narrative::phase::Phase;
use crate::explain::narrative::story::story;
use crate::explain::text::Language;
use crate::explain::views::View;
use crate::explain::views::field::{Bytes, Streams};
use crate::explain::views::json::ndjson::NdjsonWriter;
use crate::explain::views::json::text::Text;
use crate::observe::{Ended, Fact, Frame, Observation, Stream};
use crate::wire::ws::MaskKey;

/// Writes what the pages show, as lines of JSON. Memory grows with the open connections, not with what they send.
#[derive(Debug)]
pub struct Feed<W> {
    lines: NdjsonWriter<W>,
    text: Text,
    streams: Streams,
    connections: HashMap<u64, Told>,
}

/// A connection that is being told.
#[derive(Debug)]
struct Told {
    log: SparseLog,
    first_ns: u64,
    phase: Option<Phase>,
    /// Those that the last packet ended.
    acks: Option<AckRun>,
    /// How it closed.
    closed: Option<Ended>,
}

impl Told {
    fn new(about: Stream, first_ns: u64) -> Self {
        Self { log: SparseLog::new(about), first_ns, phase: None, acks: None, closed: None }
    }
}

/// What a finding says in Chinese.
#[derive(Debug, Serialize)]
struct InChinese {
    fact: String,
    inference: Option<String>,
    confirm: Option<String>,
}

impl InChinese {
    fn of(finding: FindingText) -> Self {
        let FindingText { fact, inference, confirm, .. } = finding;
        Self { fact, inference, confirm }
    }
}

impl<W: io::Write> Feed<W> {
    /// Lines to be written there.
    pub fn new(to: W) -> Self {
        let (streams, connections) = (Streams::default(), HashMap::new());
        Self { lines: NdjsonWriter::new(to), text: Text::default(), streams, connections }
    }

    /// What they are written to.
    pub const fn to(&mut self) -> &mut W {
        self.lines.to()
    }

    fn write(&mut self) -> io::Result<()> {
        self.text.raw("}\n");
        self.lines.to().write_all(self.text.bytes())
    }

    fn begin(&mut self, kind: &str, stream: u64) -> &mut Text {
        self.text.clear();
        self.text.raw(r#"{"type":"#).name(kind).raw(r#","stream":"#).number(stream)
    }

    /// Why a connection opened and closed as it did.
    fn story(&mut self, stream: u64, ended: &Ended) -> io::Result<()> {
        let Some(told) = self.connections.get(&stream) else { return Ok(()) };
        let connection = &told.log.connection;
        let story = story(connection, ended);
        let [en, zh] = [Language::En, Language::Zh]
            .map(|language| story.iter().map(|thought| thought.text(language)).collect::<Vec<_>>());
        self.begin("story", stream).raw(r#","en":"#).serialized(&en).raw(r#","zh":"#).serialized(&zh);
        self.write()
    }
}

/// A frame's header and what is kept of its payload's beginning, as they were on the wire.
fn beginning(frame: &Frame) -> Vec<u8> {
    let MaskKey(key) = frame.header.mask().unwrap_or(MaskKey([0; 4]));
    let masked = frame.preview.bytes().iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key);
    frame.header.to_bytes().into_iter().chain(masked).collect()
}

impl<W: io::Write> View for Feed<W> {
    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.lines.step(step)?;
        for fact in &step.facts {
            if let Fact::Stream(about) = fact {
                let new = || Told::new(*about, step.time_ns);
                let told = self.connections.entry(step.stream).or_insert_with(new);
                told.log.about(*about);
            }
        }
        let Some(told) = self.connections.get_mut(&step.stream) else { return Ok(()) };
        told.log.keep(step);
        told.phase = Phase::of(step, told.phase, told.log.protocol);
        told.acks = AckRun::of(step, told.acks);
        let packets = told.log.packets;
        for fact in &step.facts {
            if let Fact::Close(close) = fact {
                let over = over(step, close, packets);
                self.story(step.stream, &over)?;
                if let Some(told) = self.connections.get_mut(&step.stream) {
                    told.closed = Some(over);
                }
            }
        }
        Ok(())
    }

    fn bytes(&mut self, packet: &Bytes<'_>, step: &Observation) -> io::Result<()> {
        let explained = self.streams.explain(packet, step);
        let told = self.connections.get(&step.stream);
        let phase = told.and_then(|told| told.phase);
        let acks = told.and_then(|told| told.acks);
        let first_ns = told.map_or(step.time_ns, |told| told.first_ns);
        let text = self.begin("bytes", step.stream);
        text.raw(r#","number":"#).number(step.number);
        text.raw(r#","at_ns":"#).number(i128::from(step.time_ns) - i128::from(first_ns));
        text.raw(r#","phase":"#);
        text.maybe(phase, |text, phase| _ = text.name(phase.name()));
        text.raw(r#","evidence":"#).name(step.evidence.name());
        text.raw(r#","captured":"#).number(packet.bytes.len());
        text.raw(r#","length":"#).number(packet.original_length);
        if let Some(AckRun { first, .. }) = acks {
            text.raw(r#","acks":"#).number(first);
        }
        if !explained.cut.is_empty() {
            text.raw(r#","cut":"#).list(explained.cut, |text, frame| {
                text.raw("[").number(frame.index).raw(r#",""#).hexadecimal(&beginning(frame)).raw(r#""]"#);
            });
        }
        text.raw(r#","base64":""#).base64(packet.bytes);
        text.raw(r#"","runs":"#).list(&explained.runs, |text, run| {
            text.raw("[").number(run.len).raw(",").name(run.field.name());
            if let Some(value) = &run.value {
                text.raw(",").serialized(value);
            }
            text.raw("]");
        });
        self.write()
    }

    fn finding(&mut self, stream: u64, finding: &Finding) -> io::Result<()> {
        let text = self.begin("finding", stream);
        text.further_fields(|to| _ = to.serialized(&finding.render(Language::En)));
        text.raw(r#","zh":"#).serialized(&InChinese::of(finding.render(Language::Zh)));
        self.write()?;
        let Some(told) = self.connections.get_mut(&stream) else { return Ok(()) };
        told.log.connection.findings.push(finding.clone());
        match told.closed.clone() {
            Some(ended) => self.story(stream, &ended),
            None => Ok(()),
        }
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.lines.ended(ended)?;
        self.story(ended.stream, ended)?;
        self.connections.remove(&ended.stream);
        self.streams.ended(ended.stream);
        Ok(())
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        let zh: Vec<InChinese> = file.notes_in_chinese.iter().cloned().map(InChinese::of).collect();
        self.text.clear();
        self.text.raw(r#"{"type":"notes","zh":"#).serialized(&zh);
        self.write()?;
        self.lines.finish(file)
    }
}
