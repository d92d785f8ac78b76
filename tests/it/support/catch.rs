//! The packets of a test's own connections, caught on the loopback interface. Needs `CAP_NET_RAW`.

use std::io::ErrorKind;
use std::path::Path;
use std::time::{Duration, Instant};

use wirewalk::capture::{
    CaptureOptions, CapturedPacket, Checksums, Flush, PacketSocket, Record, Section, Times, Writer,
};
use wirewalk::observe::Flags;

use super::PATIENCE;
use super::skip::skipped;

/// After this time without a packet nothing more is on its way, once the connections have ended.
const QUIET: Duration = Duration::from_millis(300);

/// What is written of a packet.
pub(crate) fn record_of<'c>(interface: usize, caught: &CapturedPacket<'c>) -> Record<'c> {
    Record {
        interface,
        time_ns: caught.time_ns,
        original_length: caught.original_length,
        bytes: caught.bytes,
        direction: Some(caught.direction),
        comments: &[],
    }
}

/// What catches them.
#[derive(Debug)]
pub(crate) struct Catch(PacketSocket);

impl Catch {
    /// Begins to catch; none, with a word, without the privilege.
    pub(crate) fn on(port: u16) -> Option<Self> {
        Self::with(port, Checksums::Complete)
    }

    /// The same, with its checksums as asked for.
    pub(crate) fn with(port: u16, checksums: Checksums) -> Option<Self> {
        Self::at("lo", port, checksums)
    }

    /// The same at an interface of another network.
    pub(crate) fn at(interface: &str, port: u16, checksums: Checksums) -> Option<Self> {
        let watch = CaptureOptions { interface: interface.to_owned(), port, checksums };
        match PacketSocket::open(watch) {
            Ok(socket) => Some(Self(socket)),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                skipped("capturing needs CAP_NET_RAW");
                None
            }
            Err(error) => panic!("{interface}: {error}"),
        }
    }

    /// The next packet; none if it is quiet.
    pub(crate) fn next(&mut self) -> Option<CapturedPacket<'_>> {
        self.0.receive(QUIET).expect("the loopback interface")
    }

    /// Gives each packet to `take`, until `connections` have ended by a FIN of each end or a RST, and it is quiet.
    ///
    /// # Panics
    /// If they do not end in time, or packets were dropped.
    pub(crate) fn drain(&mut self, connections: usize, mut take: impl FnMut(&CapturedPacket<'_>)) {
        let begin = Instant::now();
        let mut ended = std::collections::HashSet::new();
        loop {
            let Some(caught) = self.next() else {
                if ended.len() >= 2 * connections {
                    break;
                }
                assert!(begin.elapsed() < PATIENCE, "ended so far: {ended:?}");
                continue;
            };
            take(&caught);
            let segment = caught.raw(0).decode().expect("the filter lets TCP through");
            if segment.flags.has(Flags::FIN) || segment.flags.has(Flags::RST) {
                ended.insert((segment.source, segment.destination));
            }
            if segment.flags.has(Flags::RST) {
                ended.insert((segment.destination, segment.source));
            }
        }
        assert_eq!(self.0.statistics(0).expect("the socket is there").dropped, Some(0));
    }

    /// Writes a capture of `connections` that end.
    ///
    /// # Panics
    /// As [`drain`](Self::drain); if the file cannot be written.
    pub(crate) fn save(&mut self, path: &Path, connections: usize) {
        self.write(path, |catch, write| catch.drain(connections, write));
    }

    /// Writes a capture of what came until it was quiet, whether connections ended or not.
    ///
    /// # Panics
    /// If it does not become quiet, or the file cannot be written.
    pub(crate) fn save_open(&mut self, path: &Path) {
        let begin = Instant::now();
        self.write(path, |catch, write| {
            while let Some(caught) = catch.next() {
                write(&caught);
                assert!(begin.elapsed() < PATIENCE, "packets still come");
            }
        });
    }

    fn write(&mut self, path: &Path, packets: impl FnOnce(&mut Self, &mut dyn FnMut(&CapturedPacket<'_>))) {
        let file = std::fs::File::create(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut writer =
            Writer::new(file, &Section::ours(Vec::new()), Flush::WhenFull, Times::Raise).unwrap();
        let interface = writer.interface(&self.0.interface()).unwrap();
        packets(self, &mut |caught| writer.packet(&record_of(interface, caught)).unwrap());
        writer.finish().unwrap();
    }
}
