//! The capture that is being written: commented packet by packet, readable at any moment, and given up, not the service,
//! when the disk is full.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use tracing::{error, info, warn};

use super::Recording;
use crate::capture::{Direction, Flush, Interface, Raw, Record, Section, Statistics, Times, Writer};
use crate::explain::{Comments, View as _};
use crate::observe::{Config, Observer};

/// With so much written since, it is flushed even if more is to come.
const UNFLUSHED: usize = 64 * 1024;

/// A file whose last byte is, after a failure, the last of a packet.
struct Output {
    file: File,
    len: u64,
    /// How long it was when all of a packet was written.
    whole: u64,
    broken: bool,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.broken {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        match self.file.write(bytes) {
            Ok(len) => {
                self.len += len as u64;
                Ok(len)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.broken = true;
                // A pipe has no length; what its reader has, it has.
                let _ = self.file.set_len(self.whole);
                Err(error)
            }
        }
    }

    /// Called between packets only.
    fn flush(&mut self) -> io::Result<()> {
        self.whole = self.len;
        Ok(())
    }
}

/// The most memory that understanding the packets may take, in bytes.
const UNDERSTANDING: usize = 64 * 1024 * 1024;

/// The capture that is being written.
pub(super) struct Capture {
    path: PathBuf,
    observer: Observer,
    comments: Comments,
    /// `None` after a failure.
    writer: Option<Writer<Output>>,
    interface: usize,
    unflushed: usize,
    packets: u64,
    /// Packets that came after the failure.
    unwritten: u64,
}

impl Capture {
    /// Creates the file and writes what stands before the first packet.
    pub(super) fn create(recording: &Recording, interface: &Interface, port: u16) -> io::Result<Self> {
        let path = recording.file.clone();
        let output = Output { file: File::create(&path)?, len: 0, whole: 0, broken: false };
        let section = Section::ours(vec![format!("the connections of wirewalk serve, port {port}")]);
        // Flushed by hand, between packets: one system call for as many as come at once.
        let mut writer = Writer::new(output, &section, Flush::WhenFull, Times::Raise)?;
        let interface = writer.interface(interface)?;
        writer.flush()?;
        let server_ports = vec![port];
        let config = Config { server_ports, max_memory: UNDERSTANDING, ..Config::default() };
        let (observer, comments) = (Observer::new(config), Comments::new(recording.language));
        let writer = Some(writer);
        Ok(Self { path, observer, comments, writer, interface, unflushed: 0, packets: 0, unwritten: 0 })
    }

    /// Writes a packet, with this comment and what else there is to say of it. Its number is the capture's to give.
    pub(super) fn packet(
        &mut self,
        packet: Raw<'_>,
        direction: Direction,
        comment: Option<Cow<'static, str>>,
    ) {
        if self.writer.is_none() {
            self.unwritten += 1;
            return;
        }
        self.packets += 1;
        let packet = Raw { number: self.packets, ..packet };
        let comments: Vec<_> = comment.into_iter().chain(self.understood(packet)).collect();
        let Some(writer) = &mut self.writer else { return };
        let said = comments.iter().map(|comment| comment.len()).sum::<usize>();
        self.unflushed += packet.bytes.len() + said + 64;
        let written = writer.packet(&Record {
            interface: self.interface,
            time_ns: packet.time_ns,
            original_length: packet.original_length,
            bytes: packet.bytes,
            direction: Some(direction),
            comments: &comments,
        });
        self.check(written);
        if self.unflushed > UNFLUSHED {
            self.flush();
        }
    }

    /// What a packet does, as far as it is known by now: nobody waits for what comes next.
    fn understood(&mut self, packet: Raw<'_>) -> Vec<Cow<'static, str>> {
        let Ok(segment) = packet.decode() else { return Vec::new() };
        let step = self.observer.observe(&segment);
        // Comments are gathered in memory: that does not fail.
        while let Some(ended) = self.observer.poll_ended() {
            let _ = self.comments.ended(&ended);
        }
        let _ = self.comments.step(&step);
        self.comments.take(packet.number)
    }

    /// Nothing is left in memory.
    pub(super) fn flush(&mut self) {
        let Some(writer) = self.writer.as_mut().filter(|_| self.unflushed > 0) else { return };
        self.unflushed = 0;
        let flushed = writer.flush();
        self.check(flushed);
    }

    /// Whether it is still being written.
    pub(super) const fn is_alive(&self) -> bool {
        self.writer.is_some()
    }

    /// The capture cannot go on: says so, once.
    pub(super) fn fail(&mut self, error: &io::Error) {
        if self.writer.take().is_some() {
            let path = self.path.display();
            error!(
                "capturing to {path} ended: {error}; connections are served on, what they do is not captured"
            );
        }
    }

    fn check(&mut self, result: io::Result<()>) {
        if let Err(error) = result {
            self.fail(&error);
        }
    }

    /// Ends it with what was counted, and says what is in it.
    pub(super) fn finish(mut self, counted: Statistics) {
        if let Some(mut writer) = self.writer.take() {
            let statistics = Statistics { interface: self.interface, ..counted };
            let ended = writer.statistics(&statistics).and_then(|()| writer.finish()).map(drop);
            if let Err(error) = ended {
                warn!("the end of {} could not be written: {error}", self.path.display());
            }
        }
        let (path, packets) = (self.path.display(), self.packets);
        match counted.dropped.unwrap_or(0) + self.unwritten {
            0 => info!("captured {packets} packets to {path}"),
            lost => warn!("captured {packets} packets to {path}; {lost} were lost"),
        }
    }
}
