//! A capture file that grows while packets arrive: readable at any moment, and whole up to its last packet after an
//! error.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write};

use crate::capture::Direction;
use crate::capture::RawPacket;
use crate::capture::{Flush, Record, Times, Writer};
use crate::capture::{Interface, Section, Statistics};

/// Bytes after which the file is flushed even if more packets are queued.
const UNFLUSHED: usize = 64 * 1024;

/// A file that is cut back to its last whole packet after an error.
struct Output {
    file: File,
    len: u64,
    /// Length at the end of the last whole packet.
    whole_len: u64,
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
                // A pipe cannot be cut back.
                let _ = self.file.set_len(self.whole_len);
                Err(error)
            }
        }
    }

    /// Called between packets only.
    fn flush(&mut self) -> io::Result<()> {
        self.whole_len = self.len;
        Ok(())
    }
}

/// A capture of one interface that is being written. After an error it refuses further packets.
pub struct CaptureFile {
    writer: Writer<Output>,
    interface: usize,
    unflushed: usize,
    packets: u64,
    flushed: u64,
}

impl CaptureFile {
    /// Writes the section header and the interface description into an empty file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(file: File, section: &Section, interface: &Interface) -> io::Result<Self> {
        let output = Output { file, len: 0, whole_len: 0, broken: false };
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
        let comments_len = comments.iter().map(|comment| comment.len()).sum::<usize>();
        self.unflushed += packet.bytes.len() + comments_len + 64;
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

    /// Flushes the buffer to the file.
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

    /// Number of packets in the file. After an error the others are lost with the buffer.
    #[must_use]
    pub const fn flushed(&self) -> u64 {
        self.flushed
    }

    /// Ends the capture with the interface's statistics.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self, counted: Statistics) -> io::Result<()> {
        self.writer.statistics(&Statistics { interface: self.interface, ..counted })?;
        self.writer.finish().map(drop)
    }
}
