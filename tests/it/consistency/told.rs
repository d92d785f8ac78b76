//! All that is told of a capture: the JSON of each connection, and its words.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Cursor, Write};
use std::path::Path;
use std::rc::Rc;

use serde_json::Value;
use wirewalk::capture::{Packet, Reader};
use wirewalk::explain::{
    Bytes, File, Finding, JsonWriter, Ladder, LadderStyle, Overview, Pipeline, Settings, Verdict, View,
};
use wirewalk::observe::{Ended, Observation};

/// A part of a capture.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Whole,
    /// The first `parts` of `of` equal parts.
    First {
        of: u64,
        parts: u64,
    },
    /// Without one packet in so many.
    Without {
        every: u64,
        from: u64,
    },
    /// The packets that go where the first goes.
    OneDirection,
}

impl Part {
    fn has(self, packet: &Packet<'_>, packets: u64, first: Option<u16>) -> bool {
        match self {
            Self::Whole => true,
            Self::First { of, parts } => packet.number <= packets * parts / of,
            Self::Without { every, from } => packet.number % every != from,
            Self::OneDirection => {
                packet.segment.as_ref().is_ok_and(|it| first.is_none_or(|port| it.destination.port() == port))
            }
        }
    }
}

/// What is told of a capture.
pub(super) struct Told {
    pub(super) connections: Vec<Connection>,
}

/// What is told of a connection.
pub(super) struct Connection {
    /// Its object in `--json`.
    pub(super) json: Value,
    /// Its ladder and its words, as one line.
    pub(super) words: String,
}

/// Explains a part of a capture; `None` if it cannot be read.
pub(super) fn tell(path: &Path, part: Part) -> Option<Told> {
    let (mut packets, mut first) = (0, None);
    let mut reader = Reader::open(path).ok()?;
    while let Some(packet) = reader.next_packet() {
        packets = packet.number;
        first = first.or(packet.segment.as_ref().ok().map(|it| it.destination.port()));
    }
    let pass = |view: &mut dyn View| {
        let mut pipeline = Pipeline::new(&Settings::default(), view);
        let mut reader = Reader::open(path).ok()?;
        while let Some(packet) = reader.next_packet() {
            if part.has(&packet, packets, first) {
                pipeline.read(&packet).expect("memory takes all");
            }
        }
        pipeline.finish(|_| File::default()).expect("memory takes all");
        Some(())
    };
    let mut overview = Overview::default();
    pass(&mut overview)?;
    let mut telling = Telling::new(overview);
    pass(&mut telling)?;
    Some(telling.told())
}

/// The text of a ladder so far.
#[derive(Debug, Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The document and the ladder, the ladder connection by connection.
struct Telling {
    document: JsonWriter<Paper, Cursor<Vec<u8>>>,
    json: Paper,
    ladder: Ladder<Paper, Cursor<Vec<u8>>>,
    paper: Paper,
}

impl Telling {
    fn new(overview: Overview) -> Self {
        let (json, paper) = (Paper::default(), Paper::default());
        let spools = [(); 2].map(|()| Cursor::new(Vec::new()));
        let document = JsonWriter::new(json.clone(), spools);
        let ladder = Ladder::new(paper.clone(), LadderStyle::default(), overview, Cursor::new(Vec::new()));
        Self { document, json, ladder, paper }
    }

    fn told(&mut self) -> Told {
        let document: Value = serde_json::from_slice(&self.json.0.borrow()).expect("JSON");
        let text = anstream::adapter::strip_bytes(&self.paper.0.borrow()).into_vec();
        let text = format!("\n{}", String::from_utf8(text).expect("UTF-8"));
        let parts = text.split("\nConnection ").skip(1).map(|part| part.split_once('\n').expect("a heading"));
        let words: BTreeMap<String, String> = parts
            .map(|(title, part)| {
                (
                    title.split(' ').next().unwrap_or_default().to_owned(),
                    part.split_whitespace().collect::<Vec<_>>().join(" "),
                )
            })
            .collect();
        let connections = document["connections"].as_array().expect("a list").iter().map(|json| {
            let words = words.get(&json["stream"].to_string()).cloned();
            Connection { json: json.clone(), words: words.unwrap_or_default() }
        });
        Told { connections: connections.collect() }
    }
}

impl View for Telling {
    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.document.step(step)?;
        self.ladder.step(step)
    }

    fn bytes(&mut self, bytes: &Bytes<'_>, step: &Observation) -> io::Result<()> {
        self.document.bytes(bytes, step)?;
        self.ladder.bytes(bytes, step)
    }

    fn finding(&mut self, stream: u64, found: &Finding) -> io::Result<()> {
        self.document.finding(stream, found)?;
        self.ladder.finding(stream, found)
    }

    fn verdict(&mut self, stream: u64, verdict: &Verdict) -> io::Result<()> {
        self.document.verdict(stream, verdict)?;
        self.ladder.verdict(stream, verdict)
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.document.ended(ended)?;
        self.ladder.ended(ended)
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        self.document.finish(file)?;
        self.ladder.finish(file)
    }
}
