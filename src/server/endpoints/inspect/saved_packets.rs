//! The saved packets of a key, and their export: as a capture, or as a view of it.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Cursor};
use std::sync::Arc;

use super::export_queue::{EXPORT_MEMORY, LimitedWriter};
use crate::capture::{
    Direction, Flush, Interface, LinkType, RawPacket, Record, ReplayedPacket, Section, Times, Writer,
};
use crate::explain::{
    Comments, File, Finding, JsonWriter, Language, Mermaid, Pipeline, Report, Settings, Shell, View,
};
use crate::observe::Evidence;
use crate::wire::Side;

/// The most that is saved, in bytes. Later packets are shown, and not saved.
const CAPACITY: usize = 4 * 1024 * 1024;

/// Cost of a packet besides its bytes, and of each of its facts, in bytes: the smallest frame has a long description.
const PACKET: usize = 128;
const FACT: usize = 64;

/// A rebuilt packet with its comment.
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
pub(in crate::server) struct SavedPackets {
    packets: Vec<Arc<Packet>>,
    size: usize,
    /// Number of the first packet that was not saved.
    full: Option<u64>,
}

/// Format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum ExportFormat {
    Pcapng,
    Json,
    Html,
    Mermaid,
}

/// An export as it is served.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExportFile {
    /// Its name in the path.
    name: &'static str,
    pub(super) content_type: &'static str,
    /// With its name: by the type alone a browser would save a diagram as `.txt`.
    pub(super) disposition: &'static str,
    pub(super) format: ExportFormat,
}

const FILES: &[ExportFile] = &[
    ExportFile {
        name: "wirewalk.pcapng",
        content_type: "application/x-pcapng",
        disposition: "attachment; filename=\"wirewalk.pcapng\"",
        format: ExportFormat::Pcapng,
    },
    ExportFile {
        name: "wirewalk.json",
        content_type: "application/json",
        disposition: "attachment; filename=\"wirewalk.json\"",
        format: ExportFormat::Json,
    },
    ExportFile {
        name: "wirewalk.html",
        content_type: "text/html; charset=utf-8",
        disposition: "attachment; filename=\"wirewalk.html\"",
        format: ExportFormat::Html,
    },
    ExportFile {
        name: "wirewalk.mmd",
        content_type: "text/plain; charset=utf-8",
        disposition: "attachment; filename=\"wirewalk.mmd\"",
        format: ExportFormat::Mermaid,
    },
];

impl ExportFile {
    /// The export of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        FILES.iter().find(|file| file.name == name).copied()
    }
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

impl SavedPackets {
    /// Saves packet `number`, of which so many facts were observed, if there is room and all before it are saved.
    pub(super) fn save(&mut self, number: u64, packet: Packet, facts: usize) {
        self.size += packet.bytes.len() + PACKET + facts * FACT;
        if self.full.is_none() && self.size <= CAPACITY {
            self.packets.push(Arc::new(packet));
        } else {
            self.full.get_or_insert(number);
        }
    }

    /// Number of the first packet that was not saved.
    pub(super) const fn full(&self) -> Option<u64> {
        self.full
    }

    /// The packets saved so far.
    pub(super) fn snapshot(&self) -> PacketList {
        PacketList(self.packets.clone())
    }
}

/// Language of an export, and the shell of an HTML report.
#[derive(Debug, Clone, Copy)]
pub(in crate::server) struct ExportOptions {
    pub(in crate::server) language: Language,
    pub(in crate::server) report: fn(Option<Language>) -> Shell,
}

/// Packets to be exported.
pub(super) struct PacketList(Vec<Arc<Packet>>);

impl PacketList {
    /// Exports them; gives the bytes of the file.
    ///
    /// # Errors
    /// [`FileTooLarge`](io::ErrorKind::FileTooLarge), if it takes more than [`EXPORT_MEMORY`]. Views write nowhere but into
    /// memory.
    pub(super) fn export(&self, format: ExportFormat, options: &ExportOptions) -> io::Result<Vec<u8>> {
        self.export_within(EXPORT_MEMORY, format, options)
    }

    fn export_within(
        &self,
        limit: usize,
        format: ExportFormat,
        options: &ExportOptions,
    ) -> io::Result<Vec<u8>> {
        let language = options.language;
        let left = Cell::new(limit);
        let mut out = LimitedWriter::new(&left);
        match format {
            ExportFormat::Pcapng => self.capture(&mut out, language)?,
            ExportFormat::Json => {
                let spools = [(); 2].map(|()| LimitedWriter::<Cursor<Vec<u8>>>::new(&left));
                self.render(&mut JsonWriter::new(&mut out, spools))?;
            }
            ExportFormat::Html => {
                self.render(&mut Report::new(&mut out, (options.report)(Some(language))))?;
            }
            ExportFormat::Mermaid => self.render(&mut Mermaid::new(&mut out, language))?,
        }
        Ok(out.to)
    }

    /// Renders a view, as `explain` does of a capture.
    fn render(&self, view: &mut dyn View) -> io::Result<()> {
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
            unselected: 0,
        })
    }

    fn capture(&self, out: impl io::Write, language: Language) -> io::Result<()> {
        let mut comments = Comments::new(language);
        self.render(&mut comments)?;
        let section = Section::ours(vec!["what the live page of wirewalk serve watched".to_owned()]);
        let mut writer = Writer::new(out, &section, Flush::WhenFull, Times::Keep)?;
        let interface = writer.interface(&Interface::of_sockets("inspect"))?;
        for (packet, number) in self.0.iter().zip(1..) {
            let comments: Vec<_> =
                std::iter::once(packet.comment.clone()).chain(comments.next_comments(number)).collect();
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

    const OPTIONS: ExportOptions = ExportOptions {
        language: Language::En,
        report: |_| Shell { before: "<".to_owned(), after: ">".to_owned() },
    };

    #[test]
    fn an_export_beyond_its_memory_fails() {
        let all = packets(&[0x82, 0].repeat(1000)).into_iter().map(Arc::new).collect();
        let packets = PacketList(all);
        for format in [ExportFormat::Pcapng, ExportFormat::Json, ExportFormat::Html, ExportFormat::Mermaid] {
            let len = packets.export(format, &OPTIONS).unwrap().len();
            // JSON is spilled as ready-made text before it is joined: its length twice, and where its parts are.
            assert!(packets.export_within(2 * len + 1024, format, &OPTIONS).is_ok(), "{format:?}");
            let error = packets.export_within(len - 1, format, &OPTIONS).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge, "{format:?}");
        }
        // Spilled parts count.
        let len = packets.export(ExportFormat::Json, &OPTIONS).unwrap().len();
        assert!(packets.export_within(len, ExportFormat::Json, &OPTIONS).is_err());
    }

    #[test]
    fn each_fact_of_a_packet_takes_room() {
        let mut saved = SavedPackets::default();
        let packet = packets(&[0x82, 0].repeat(30_000)).pop().unwrap();
        for number in 1..100 {
            saved.save(number, packet.clone(), 2 * 30_000);
        }
        assert_eq!((saved.packets.len(), saved.full()), (1, Some(2)));
    }
}
