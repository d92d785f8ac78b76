//! The path of `explain`, in this process: from a capture's bytes through the reader, the observer and all views.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::net::SocketAddr;

use wirewalk::capture::{CaptureInfo, Flush, Interface, OpenError, Reader, Record, Section, Times, Writer};
use wirewalk::explain::{
    Detail, File, FindingText, JsonWriter, Ladder, LadderStyle, Language, Mermaid, NdjsonWriter, Overview,
    Severity, View,
};
use wirewalk::observe::{Config, Ended, Fact, Observation, Observer};
use wirewalk::wire::Side;

/// A frame, as far as it must be the same however its packets came: opcode and FIN, length, hash, missing bytes.
pub(super) type Seen = (u8, u64, Option<[u8; 32]>, u64);

/// The frames of each side of each connection, by the ends' addresses.
pub(super) type Frames = BTreeMap<(SocketAddr, SocketAddr), Vec<Seen>>;

/// A capture, explained by each view.
pub(super) struct Explanation {
    pub(super) facts: CaptureInfo,
    /// How many packets with TCP there were.
    pub(super) segments: usize,
    pub(super) frames: Frames,
    pub(super) text: String,
    pub(super) json: String,
    pub(super) ndjson: String,
    pub(super) mermaid: String,
}

/// All views at once.
struct Views<'w>(Vec<Box<dyn View + 'w>>);

impl Views<'_> {
    fn step(&mut self, step: &Observation) {
        self.0.iter_mut().for_each(|view| view.step(step).expect("memory takes all"));
    }

    fn ended(&mut self, ended: &Ended) {
        self.0.iter_mut().for_each(|view| view.ended(ended).expect("memory takes all"));
    }
}

/// Follows who is who, and gathers the frames.
#[derive(Default)]
struct Gathered {
    ends: BTreeMap<u64, (SocketAddr, SocketAddr)>,
    frames: Vec<(u64, Side, Seen)>,
}

impl Gathered {
    fn facts(&mut self, stream: u64, facts: &[Fact]) {
        for fact in facts {
            match fact {
                Fact::Stream(it) => {
                    let corrected = self.ends.insert(stream, (it.ends.client, it.ends.server));
                    let same = corrected.is_none_or(|before| before == (it.ends.client, it.ends.server));
                    assert!(same || !self.frames.iter().any(|frame| frame.0 == stream), "too late");
                }
                Fact::Frame(frame) => {
                    let header = &frame.header;
                    let kind = u8::from(header.fin()) << 7 | header.opcode().bits();
                    let seen = (kind, header.length(), frame.payload_sha256, frame.missing);
                    self.frames.push((stream, frame.from, seen));
                }
                _ => {}
            }
        }
    }

    fn by_side(self) -> Frames {
        let mut frames = Frames::new();
        for (stream, from, seen) in self.frames {
            let (client, server) = self.ends[&stream];
            let key = if from == Side::Client { (client, server) } else { (server, client) };
            frames.entry(key).or_default().push(seen);
        }
        frames
    }
}

/// What a first pass over a capture shows.
fn overview(bytes: &[u8]) -> Result<Overview, OpenError> {
    let mut reader = Reader::new(bytes)?;
    let mut observer = Observer::new(Config::default());
    let mut overview = Overview::default();
    while let Some(packet) = reader.next_packet() {
        if let Ok(segment) = &packet.segment {
            overview.step(&observer.observe(segment)).expect("memory takes all");
            while observer.poll_ended().is_some() {}
        }
    }
    Ok(overview)
}

/// Explains a capture in every way.
pub(super) fn explain(bytes: &[u8]) -> Result<Explanation, OpenError> {
    let mut reader = Reader::new(bytes)?;
    let (mut text, mut json, mut ndjson, mut mermaid) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let looks = LadderStyle { detail: Detail::Bits, ..LadderStyle::default() };
    let spools = [Cursor::new(Vec::new()), Cursor::new(Vec::new())];
    let mut views = Views(vec![
        Box::new(Ladder::new(&mut text, looks, overview(bytes)?, Cursor::new(Vec::new()))),
        Box::new(JsonWriter::new(&mut json, spools)),
        Box::new(NdjsonWriter::new(&mut ndjson)),
        Box::new(Mermaid::new(&mut mermaid, Language::Zh)),
    ]);
    let mut observer = Observer::new(Config::default());
    let (mut gathered, mut segments) = (Gathered::default(), 0);
    let ended = |gathered: &mut Gathered, views: &mut Views<'_>, ended: &Ended| {
        gathered.facts(ended.stream, &ended.facts);
        views.ended(ended);
    };
    while let Some(packet) = reader.next_packet() {
        let Ok(segment) = packet.segment else { continue };
        segments += 1;
        let step = observer.observe(&segment);
        while let Some(over) = observer.poll_ended() {
            ended(&mut gathered, &mut views, &over);
        }
        gathered.facts(step.stream, &step.facts);
        views.step(&step);
    }
    observer.finish().for_each(|over| ended(&mut gathered, &mut views, &over));
    let facts = reader.into_info();
    let notes =
        facts.damage.iter().map(|damage| FindingText::of_file(Severity::Error, None, damage.to_string()));
    let file = File {
        name: "made.pcapng".to_owned(),
        format: facts.format.to_string(),
        packets: facts.packets,
        truncated: facts.truncated(),
        notes: notes.collect(),
        ..File::default()
    };
    views.0.iter_mut().for_each(|view| view.finish(&file).expect("memory takes all"));
    drop(views);
    let [text, json, ndjson, mermaid] =
        [text, json, ndjson, mermaid].map(|bytes| String::from_utf8(bytes).expect("all views are text"));
    Ok(Explanation { facts, segments, frames: gathered.by_side(), text, json, ndjson, mermaid })
}

/// A packet, as a capture holds it.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    interface: usize,
    time_ns: u64,
    original_length: u32,
    bytes: Vec<u8>,
    /// The ends of its connection, the lower one first; none if it has no TCP.
    pub(super) connection: Option<[SocketAddr; 2]>,
}

/// A capture taken apart.
pub(super) struct Capture {
    interfaces: Vec<Interface>,
    pub(super) packets: Vec<Taken>,
}

impl Capture {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut reader = Reader::new(bytes).expect("a capture of the corpus");
        let mut packets = Vec::new();
        while let Some(packet) = reader.next_packet() {
            let ends = packet.segment.map(|segment| {
                let mut ends = [segment.source, segment.destination];
                ends.sort_unstable();
                ends
            });
            packets.push(Taken {
                interface: packet.interface,
                time_ns: packet.time_ns,
                original_length: packet.original_length,
                bytes: packet.bytes.to_vec(),
                connection: ends.ok(),
            });
        }
        Self { interfaces: reader.into_info().interfaces, packets }
    }

    /// A capture of these packets of it, by their places, in this order.
    pub(super) fn of(&self, places: impl IntoIterator<Item = usize>) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), &Section::default(), Flush::WhenFull, Times::Keep).unwrap();
        for interface in &self.interfaces {
            writer.interface(interface).unwrap();
        }
        for place in places {
            let Taken { interface, time_ns, original_length, ref bytes, .. } = self.packets[place];
            let record =
                Record { interface, time_ns, original_length, bytes, direction: None, comments: &[] };
            writer.packet(&record).unwrap();
        }
        writer.finish().unwrap()
    }
}
