//! The packets of a key, kept to be saved: as a capture, or as what is explained of it.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Cursor};
use std::sync::Arc;

use super::export::{Limited, MOST_OF_ONE};
use crate::capture::{
    Direction, Flush, Interface, LinkType, RawPacket, Record, ReplayedPacket, Section, Times, Writer,
};
use crate::explain::{
    Comments, File, Finding, JsonWriter, Language, Mermaid, Pipeline, Report, Settings, Shell, View,
};
use crate::observe::Evidence;
use crate::wire::Side;

/// The most that is kept, in bytes. Later packets are told, and not kept.
const MOST: usize = 4 * 1024 * 1024;

/// What a packet costs beside its bytes, and each thing that is told of it: the smallest frame is told in many words.
const PACKET: usize = 128;
const FACT: usize = 64;

/// A packet, and what its capture says of it.
#[derive(Debug, Clone)]
pub(super) struct Packet {
    pub(super) time_ns: u64,
    from: Side,
    bytes: Vec<u8>,
    evidence: Evidence,
    comment: Cow<'static, str>,
}

/// The first packets of a key.
#[derive(Debug, Default)]
pub(in crate::server) struct Kept {
    packets: Vec<Arc<Packet>>,
    size: usize,
    /// The number of the first packet that was not kept.
    full: Option<u64>,
}

/// As what the packets can be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Saved {
    Pcapng,
    Json,
    Html,
    Mermaid,
}

/// The names under which they are saved, and the types of what is in them.
const NAMES: &[(&str, &str, Saved)] = &[
    ("wirewalk.pcapng", "application/x-pcapng", Saved::Pcapng),
    ("wirewalk.json", "application/json", Saved::Json),
    ("wirewalk.html", "text/html; charset=utf-8", Saved::Html),
    ("wirewalk.mmd", "text/plain; charset=utf-8", Saved::Mermaid),
];

/// What is to be saved under a name, and its type.
pub(in crate::server) fn saved_as(name: &str) -> Option<(Saved, &'static str)> {
    NAMES.iter().find(|row| row.0 == name).map(|(_, kind, saved)| (*saved, *kind))
}

impl Packet {
    pub(super) fn of(ReplayedPacket { packet, evidence, comment }: ReplayedPacket) -> Self {
        Self { time_ns: packet.time_ns, from: packet.from, bytes: packet.bytes, evidence, comment }
    }

    pub(super) fn raw(&self, number: u64) -> RawPacket<'_> {
        RawPacket {
            number,
            time_ns: self.time_ns,
            link: LinkType::RAW,
            original_length: self.bytes.len() as u32,
            bytes: &self.bytes,
            evidence: self.evidence,
        }
    }
}

impl Kept {
    /// Keeps packet `number`, of which so many facts are told, if there is room and all before it are kept.
    pub(super) fn keep(&mut self, number: u64, packet: Packet, facts: usize) {
        self.size += packet.bytes.len() + PACKET + facts * FACT;
        if self.full.is_none() && self.size <= MOST {
            self.packets.push(Arc::new(packet));
        } else {
            self.full.get_or_insert(number);
        }
    }

    /// The number of the first packet that was not kept.
    pub(super) const fn full(&self) -> Option<u64> {
        self.full
    }

    /// What was kept so far.
    pub(in crate::server) fn packets(&self) -> Packets {
        Packets(self.packets.clone())
    }
}

/// What is said in a file: in which language, and what stands around a report.
#[derive(Debug, Clone, Copy)]
pub(in crate::server) struct Words {
    pub(in crate::server) language: Language,
    pub(in crate::server) report: fn(Option<Language>) -> Shell,
}

/// Packets to be saved.
pub(in crate::server) struct Packets(Vec<Arc<Packet>>);

impl Packets {
    /// The bytes of the file.
    ///
    /// # Errors
    /// [`FileTooLarge`](io::ErrorKind::FileTooLarge), if it takes more than [`MOST_OF_ONE`]. Views write nowhere but into
    /// memory.
    pub(in crate::server) fn save(&self, saved: Saved, words: &Words) -> io::Result<Vec<u8>> {
        self.within(MOST_OF_ONE, saved, words)
    }

    fn within(&self, most: usize, saved: Saved, words: &Words) -> io::Result<Vec<u8>> {
        let language = words.language;
        let left = Cell::new(most);
        let mut out = Limited::new(&left);
        match saved {
            Saved::Pcapng => self.capture(&mut out, language)?,
            Saved::Json => {
                let spools = [(); 2].map(|()| Limited::<Cursor<Vec<u8>>>::new(&left));
                self.tell(&mut JsonWriter::new(&mut out, spools))?;
            }
            Saved::Html => self.tell(&mut Report::new(&mut out, (words.report)(Some(language))))?,
            Saved::Mermaid => self.tell(&mut Mermaid::new(&mut out, language))?,
        }
        Ok(out.to)
    }

    /// Tells a view what `explain` tells it of the capture.
    fn tell(&self, view: &mut dyn View) -> io::Result<()> {
        let mut pipeline = Pipeline::new(&Settings::default(), view);
        for (packet, number) in self.0.iter().zip(1..) {
            pipeline.packet(&packet.raw(number))?;
        }
        let notes =
            |found: &[Finding], language| found.iter().map(|finding| finding.render(language)).collect();
        pipeline.finish(|found| File {
            name: "wirewalk.pcapng".to_owned(),
            format: "pcapng".to_owned(),
            link: LinkType::RAW.to_string(),
            packets: self.0.len() as u64,
            truncated: false,
            notes: notes(found, Language::En),
            notes_in_chinese: notes(found, Language::Zh),
        })
    }

    fn capture(&self, out: impl io::Write, language: Language) -> io::Result<()> {
        let mut comments = Comments::new(language);
        self.tell(&mut comments)?;
        let section = Section::ours(vec!["what the live page of wirewalk serve watched".to_owned()]);
        let mut writer = Writer::new(out, &section, Flush::WhenFull, Times::Keep)?;
        let interface = writer.interface(&Interface::of_sockets("inspect"))?;
        for (packet, number) in self.0.iter().zip(1..) {
            let comments: Vec<_> =
                std::iter::once(packet.comment.clone()).chain(comments.take(number)).collect();
            writer.packet(&Record {
                interface,
                time_ns: packet.time_ns,
                original_length: packet.bytes.len() as u32,
                bytes: &packet.bytes,
                direction: Some(match packet.from {
                    Side::Client => Direction::Inbound,
                    Side::Server => Direction::Outbound,
                }),
                comments: &comments,
            })?;
        }
        writer.finish().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{AcceptedConnection, SocketEvent, SocketReplay};
    use crate::observe::Options;

    const REQUEST: &[u8] = b"GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    const RESPONSE: &[u8] =
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    /// The packets of a WebSocket on which the server sends this.
    fn packets(sent: &[u8]) -> Vec<Packet> {
        let (mut rebuild, mut made) = SocketReplay::open(&AcceptedConnection {
            time_ns: 1_700_000_000_000_000_000,
            round_trip_ns: 1000,
            client: "127.0.0.1:1000".parse().unwrap(),
            server: "127.0.0.1:9001".parse().unwrap(),
            saved_syn: None,
            server_isn: 1,
            server_options: Options { mss: Some(65_495), ..Options::default() },
            window: 65_535,
        });
        for event in [SocketEvent::Received(REQUEST), SocketEvent::Sent(RESPONSE), SocketEvent::Sent(sent)] {
            made.extend(rebuild.event(1_700_000_000_000_001_000, event));
        }
        made.into_iter().map(Packet::of).collect()
    }

    const WORDS: Words =
        Words { language: Language::En, report: |_| Shell { before: "<".to_owned(), after: ">".to_owned() } };

    #[test]
    fn what_takes_too_much_to_tell_is_not_made() {
        let all = packets(&[0x82, 0].repeat(1000)).into_iter().map(Arc::new).collect();
        let packets = Packets(all);
        for saved in [Saved::Pcapng, Saved::Json, Saved::Html, Saved::Mermaid] {
            let len = packets.save(saved, &WORDS).unwrap().len();
            assert!(packets.within(2 * len, saved, &WORDS).is_ok(), "{saved:?}");
            let error = packets.within(len - 1, saved, &WORDS).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge, "{saved:?}");
        }
        // What is laid aside counts.
        let len = packets.save(Saved::Json, &WORDS).unwrap().len();
        assert!(packets.within(len, Saved::Json, &WORDS).is_err());
    }

    #[test]
    fn small_frames_cost_what_their_telling_does() {
        let mut kept = Kept::default();
        let packet = packets(&[0x82, 0].repeat(30_000)).pop().unwrap();
        for number in 1..100 {
            kept.keep(number, packet.clone(), 2 * 30_000);
        }
        assert_eq!((kept.packets.len(), kept.full()), (1, Some(2)));
    }
}
