//! The capture that an example leaves for Wireshark.

use std::borrow::Cow;
use std::fs::File;
use std::io;

use wirewalk::capture::{Flush, Interface, Record, Section, Times, Writer};

use super::packets::Packet;

/// A capture that is being written.
pub(super) struct Recording {
    writer: Writer<File>,
    interface: usize,
}

impl Recording {
    /// Creates it; `shows` is the subject of the capture.
    pub(super) fn create(path: &str, shows: &str, interface: &Interface) -> io::Result<Self> {
        let file = File::create(path)
            .map_err(|error| io::Error::new(error.kind(), format!("{path}: cannot be written: {error}")))?;
        let section = Section::ours(vec![shows.to_owned()]);
        let mut writer = Writer::new(file, &section, Flush::WhenFull, Times::Raise)?;
        let interface = writer.interface(interface)?;
        Ok(Self { writer, interface })
    }

    /// Writes a packet with its comments.
    pub(super) fn packet(&mut self, packet: &Packet, comments: &[Cow<'_, str>]) -> io::Result<()> {
        self.writer.packet(&Record {
            interface: self.interface,
            time_ns: packet.time_ns,
            original_length: packet.bytes.len() as u32,
            bytes: &packet.bytes,
            direction: Some(packet.direction),
            comments,
        })
    }

    /// Ends it.
    pub(super) fn finish(self) -> io::Result<()> {
        self.writer.finish().map(drop)
    }
}
