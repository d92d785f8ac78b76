//! Lines for the pages in a browser: those of [`NdjsonWriter`], and between them what only a page needs. A page draws
//! what stands here and decides nothing about a protocol. A text is a string where both languages say the same, else
//! `{"en":…,"zh":…}`; what came from outside is escaped.
//!
//! - `fields` first: of each field of a packet its name, its value in words, why it exists and where that is defined; and
//!   the `values` of the fields of frames, to which a grid points by number.
//! - `bytes` after each packet: nanoseconds since the first of its connection, its phase, its evidence, all its bytes
//!   that were captured in base64, and the runs that they belong to, each `[length, name]` or `[length, name, value]`;
//!   names are those of [`Field`](super::Field). Of an acknowledgment that may be folded with those before and behind
//!   it, `acks`: the number of the first in the row. Of frames that end in the packet and whose header no packet has
//!   whole, `cut`: each `[index, bytes]`, the header and the payload's beginning in hexadecimal.
//!   And what its row says, each only where there is something to say: `time` and `delta` since the packet before,
//!   `acks_delta` since the packet before the row of acknowledgments, the `silence` before it, the phase that `begins`
//!   with it, `labels` on its arrows (each `[kind, text]` or `[kind, text, size]`), `states` that are new, of the
//!   compressed messages that end there what the application gets, `inflated`, the words of its `marks` and of the
//!   `events` of its transitions in their order, the steps of the `accept` key, the `round_trip` of a heartbeat, and the
//!   `grids` of frames' headers: `at` their place in the packet, or of those `cut` by index.
//! - `head` after a connection's first packet, if there is something to say: how long after the capture's first packet it
//!   `begins`, and the encapsulations that its packets are `inside`, each as words in both languages.
//! - `labels` when something has ended that came in several packets: those that the packets before then have, each
//!   `[packet, label]`. And at the end of a connection of a frame that has none.
//! - `finding` in Chinese too, under `zh`.
//! - `story` when a connection has closed, and again where more is known: why it opened and closed as it did, as
//!   sentences in both languages.
//! - `announcement` after the bytes of a packet that brought something, and after a finding that is not `Info`, and the
//!   verdict: what just happened, as a sentence. Only [with announcements](Feed::with_announcements), for who watches.
//! - `notes` before the last line: what the file's notes say in each language, in their order.

mod bilingual;
mod field_table;
mod header_grid;
mod open_connection;
mod row;
mod segments;

use std::collections::HashMap;
use std::io;

use serde::Serialize;

use self::open_connection::OpenConnection;
use self::row::write_unfinished;
use self::segments::PartLabel;
use crate::explain::findings::{File, Finding, FindingText, Severity, Verdict};
use crate::explain::narrative::ack_run::AckRun;
use crate::explain::narrative::announcement::Announcer;
use crate::explain::narrative::begin_offset::begin_offset;
use crate::explain::narrative::connection_log::over;
use crate::explain::narrative::encapsulation::encapsulation;
use crate::explain::narrative::story::story;
use crate::explain::text::{AnnouncementText, Language, escape_controls};
use crate::explain::views::View;
use crate::explain::views::field::{Bytes, Streams};
use crate::explain::views::json::ndjson::NdjsonWriter;
use crate::explain::views::json::text::Text;
use crate::observe::{Ended, Fact, Frame, FrameEnd, Observation};
use crate::wire::ws::MaskKey;

/// Writes what the pages show, as lines of JSON. Memory grows with the open connections, not with what they send.
#[derive(Debug)]
pub struct Feed<W> {
    lines: NdjsonWriter<W>,
    text: Text,
    /// The fields of the last packet's row.
    row: Text,
    streams: Streams,
    /// The time of the capture's first packet.
    begin_ns: Option<u64>,
    connections: HashMap<u64, OpenConnection>,
    has_begun: bool,
    announcements: Announcements,
}

/// Whether there is a reader who watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Announcements {
    Written,
    LeftOut,
}

/// A finding's texts in one language.
#[derive(Debug, Serialize)]
struct Words {
    fact: String,
    inference: Option<String>,
    confirm: Option<String>,
}

impl Words {
    fn of(finding: &FindingText) -> Self {
        let FindingText { fact, inference, confirm, .. } = escaped(finding.clone());
        Self { fact, inference, confirm }
    }
}

/// A finding with what came from outside escaped.
fn escaped(finding: FindingText) -> FindingText {
    let escape = |text: Option<String>| text.as_deref().map(escape_controls);
    FindingText {
        fact: escape_controls(&finding.fact),
        inference: escape(finding.inference),
        confirm: escape(finding.confirm),
        ..finding
    }
}

impl<W: io::Write> Feed<W> {
    /// Lines to be written there.
    pub fn new(to: W) -> Self {
        let (streams, connections) = (Streams::default(), HashMap::new());
        let (text, row) = (Text::default(), Text::default());
        Self {
            lines: NdjsonWriter::new(to),
            text,
            row,
            streams,
            begin_ns: None,
            connections,
            has_begun: false,
            announcements: Announcements::LeftOut,
        }
    }

    /// The same, with a sentence for whatever just happened.
    #[must_use]
    pub fn with_announcements(self) -> Self {
        Self { announcements: Announcements::Written, ..self }
    }

    /// The writer below.
    pub const fn to(&mut self) -> &mut W {
        self.lines.to()
    }

    fn write(&mut self) -> io::Result<()> {
        self.text.raw("}\n");
        self.lines.to().write_all(self.text.bytes())
    }

    /// Writes the texts of the fields, before anything else.
    fn field_table(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.has_begun, true) {
            return Ok(());
        }
        self.text.clear();
        field_table::write(&mut self.text);
        self.write()
    }

    fn begin(&mut self, kind: &str, stream: u64) -> &mut Text {
        self.text.clear();
        self.text.raw(r#"{"type":"#).name(kind).raw(r#","stream":"#).number(stream)
    }

    /// What stands beside a new connection's name.
    fn head(&mut self, step: &Observation) -> io::Result<()> {
        let begin_ns = self.begin_ns;
        let begins = |language| begin_offset(begin_ns, step.time_ns, language);
        let inside = |language| encapsulation(step, language);
        let has = [begins(Language::En), inside(Language::En)].map(|text| text.is_some());
        if has == [false; 2] {
            return Ok(());
        }
        let line = self.begin("head", step.stream);
        if has[0] {
            line.raw(r#","begins":"#).bilingual(|language| begins(language).unwrap_or_default());
        }
        if has[1] {
            line.raw(r#","inside":"#).bilingual(|language| inside(language).unwrap_or_default());
        }
        self.write()
    }

    /// What just happened.
    fn announce(&mut self, stream: u64, text: impl Fn(Language) -> String) -> io::Result<()> {
        if self.announcements == Announcements::LeftOut {
            return Ok(());
        }
        self.begin("announcement", stream).raw(r#","text":"#).bilingual(text);
        self.write()
    }

    /// Why a connection opened and closed as it did.
    fn story(&mut self, stream: u64, ended: &Ended) -> io::Result<()> {
        let Some(open) = self.connections.get(&stream) else { return Ok(()) };
        let connection = &open.log.connection;
        let story = story(connection, ended);
        let [en, zh] = [Language::En, Language::Zh]
            .map(|language| story.iter().map(|it| escape_controls(&it.text(language))).collect::<Vec<_>>());
        self.begin("story", stream).raw(r#","en":"#).serialized(&en).raw(r#","zh":"#).serialized(&zh);
        self.write()
    }

    /// The labels that packets have now that something has ended.
    fn part_labels(&mut self, stream: u64, labels: &[PartLabel]) -> io::Result<()> {
        if labels.is_empty() {
            return Ok(());
        }
        self.begin("labels", stream).raw(r#","replaced":"#).list(labels, |text, label| {
            text.raw("[").number(label.packet).raw(r#",["tcp","#);
            text.bilingual(|language| label.text(language)).raw("]]");
        });
        self.write()
    }

    /// The labels of frames whose ends never came, on the last of their packets.
    fn unfinished(&mut self, ended: &Ended) -> io::Result<()> {
        for fact in &ended.facts {
            if let Fact::Frame(frame) = fact
                && frame.end == FrameEnd::NotReached
            {
                let text = self.begin("labels", ended.stream).raw(r#","added":[["#);
                text.number(frame.packets.last()).raw(",");
                write_unfinished(frame, text);
                text.raw("]]");
                self.write()?;
            }
        }
        Ok(())
    }
}

/// A frame's header and what is kept of its payload's beginning, as they were on the wire.
fn beginning(frame: &Frame) -> Vec<u8> {
    let MaskKey(key) = frame.header.mask().unwrap_or(MaskKey([0; 4]));
    let masked = frame.preview.bytes().iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key);
    frame.header.to_bytes().into_iter().chain(masked).collect()
}

impl<W: io::Write> View for Feed<W> {
    fn begins(&mut self, time_ns: u64) {
        self.begin_ns = Some(time_ns);
    }

    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.field_table()?;
        self.lines.step(step)?;
        self.row.clear();
        let mut is_new = false;
        for fact in &step.facts {
            if let Fact::Stream(about) = fact {
                is_new = !self.connections.contains_key(&step.stream);
                let is_watched = self.announcements == Announcements::Written;
                let announcer = || is_watched.then(Announcer::default);
                let new = || OpenConnection::new(*about, step.time_ns, announcer());
                let open = self.connections.entry(step.stream).or_insert_with(new);
                if open.log.about(*about) {
                    open.rows.states.swap_roles();
                    open.announcer.iter_mut().for_each(Announcer::swap_roles);
                }
            }
        }
        if is_new {
            self.head(step)?;
        }
        let Some(open) = self.connections.get_mut(&step.stream) else { return Ok(()) };
        let labels = open.row(step, &mut self.row);
        let packets = open.log.packets;
        self.part_labels(step.stream, &labels)?;
        for fact in &step.facts {
            if let Fact::GoesOn { .. } = fact
                && let Some(open) = self.connections.get_mut(&step.stream)
            {
                open.closed = None;
            }
            if let Fact::Close(close) = fact {
                let over = over(step, close, packets);
                self.story(step.stream, &over)?;
                if let Some(open) = self.connections.get_mut(&step.stream) {
                    open.closed = Some(over);
                }
            }
        }
        Ok(())
    }

    fn bytes(&mut self, packet: &Bytes<'_>, step: &Observation) -> io::Result<()> {
        let explained = self.streams.explain(packet, step);
        let rows = self.connections.get(&step.stream).map(|open| &open.rows);
        let phase = rows.and_then(|rows| rows.phase);
        let acks = rows.and_then(|rows| rows.acks);
        let first_ns = rows.map_or(step.time_ns, |rows| rows.first_ns);
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
            text.raw(r#","cut":"#).list(&explained.cut, |text, frame| {
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
        let grids = header_grid::grids(packet.bytes, &explained.runs);
        if !grids.is_empty() || !explained.cut.is_empty() {
            text.raw(r#","grids":["#);
            let mut comma = "";
            for grid in &grids {
                grid.write(text.raw(comma));
                comma = ",";
            }
            for frame in &explained.cut {
                let payload = frame.preview.bytes().len();
                header_grid::write_cut(frame.index, &frame.header, payload, text.raw(comma));
                comma = ",";
            }
            text.raw("]");
        }
        self.text.raw_bytes(self.row.bytes());
        self.write()?;
        let news = self.connections.get_mut(&step.stream).and_then(|open| open.news.take());
        news.map_or(Ok(()), |news| self.announce(step.stream, |language| news.text(language)))
    }

    fn finding(&mut self, stream: u64, finding: &Finding) -> io::Result<()> {
        let text = self.begin("finding", stream);
        text.further_fields(|to| _ = to.serialized(&escaped(finding.render(Language::En))));
        text.raw(r#","zh":"#).serialized(&Words::of(&finding.render(Language::Zh)));
        self.write()?;
        if finding.severity() == Severity::Info {
            return Ok(());
        }
        if let Some(open) = self.connections.get_mut(&stream)
            && finding.packets().last() == Some(&open.last)
        {
            // A packet with a finding is folded with no others.
            open.rows.acks = None;
        }
        self.announce(stream, |language| {
            let FindingText { id, fact, .. } = escaped(finding.render(language));
            AnnouncementText::Found.fill(language, &[&id, &fact])
        })
    }

    fn verdict(&mut self, stream: u64, verdict: &Verdict) -> io::Result<()> {
        self.lines.verdict(stream, verdict)?;
        let Some(open) = self.connections.get_mut(&stream) else { return Ok(()) };
        open.log.connection.verdict = Some(verdict.clone());
        let Some(ended) = open.closed.clone() else { return Ok(()) };
        self.story(stream, &ended)?;
        self.announce(stream, |language| escape_controls(&verdict.text(language)))
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.lines.ended(ended)?;
        self.unfinished(ended)?;
        self.story(ended.stream, ended)?;
        self.connections.remove(&ended.stream);
        self.streams.ended(ended.stream);
        Ok(())
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        let words = |notes: &[FindingText]| notes.iter().map(Words::of).collect::<Vec<_>>();
        let (en, zh) = (words(&file.notes), words(&file.notes_in_chinese));
        self.text.clear();
        self.text.raw(r#"{"type":"notes","en":"#).serialized(&en).raw(r#","zh":"#).serialized(&zh);
        self.write()?;
        self.lines.finish(file)
    }
}
