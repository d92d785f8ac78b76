//! A capture that is written while it is taken: readable at any moment, and whole up to its last packet when it cannot
//! go on.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write};

use crate::capture::Direction;
use crate::capture::RawPacket;
use crate::capture::{Flush, Record, Times, Writer};
use crate::capture::{Interface, Section, Statistics};

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

/// A capture of one interface that is being written. After an error it takes nothing more.
pub struct CaptureFile {
    writer: Writer<Output>,
    interface: usize,
    unflushed: usize,
    packets: u64,
    flushed: u64,
}

impl CaptureFile {
    /// Writes into an empty file what stands before the first packet.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(file: File, section: &Section, interface: &Interface) -> io::Result<Self> {
        let output = Output { file, len: 0, whole: 0, broken: false };
        // Flushed by hand, between packets: one system call for as many as come at once.
        let mut writer = Writer::new(output, section, Flush::WhenFull, Times::Raise)?;
        let interface = writer.interface(interface)?;
        writer.flush()?;
        Ok(Self { writer, interface, unflushed: 0, packets: 0, flushed: 0 })
    }

    /// Writes a packet.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn packet(
        &mut self,
        packet: RawPacket<'_>,
        direction: Direction,
        comments: &[Cow<'_, str>],
    ) -> io::Result<()> {
        let said = comments.iter().map(|comment| comment.len()).sum::<usize>();
        self.unflushed += packet.bytes.len() + said + 64;
        self.writer.packet(&Record {
            interface: self.interface,
            time_ns: packet.time_ns,
            original_length: packet.original_length,
            bytes: packet.bytes,
            direction: Some(direction),
            comments,
        })?;
        self.packets += 1;
        if self.unflushed > UNFLUSHED { self.flush() } else { Ok(()) }
    }

    /// Leaves nothing in memory.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.unflushed == 0 {
            return Ok(());
        }
        self.unflushed = 0;
        self.writer.flush()?;
        self.flushed = self.packets;
        Ok(())
    }

    /// Packets that are in the file, after an error too; the others were lost with the buffer.
    #[must_use]
    pub const fn flushed(&self) -> u64 {
        self.flushed
    }

    /// Ends it with what was counted.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self, counted: Statistics) -> io::Result<()> {
        self.writer.statistics(&Statistics { interface: self.interface, ..counted })?;
        self.writer.finish().map(drop)
    }
}
