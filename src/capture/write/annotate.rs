//! Copies a capture and adds comments to its packets, for Wireshark to show.

use std::borrow::Cow;
use std::io::{self, Read, Write};

use super::writer::{Flush, Times, Writer};
use crate::capture::{CaptureInfo, Section};
use crate::capture::{Packet, Reader};

/// Copies the rest of a capture as pcapng in nanoseconds: packets, interfaces, names, secrets and statistics.
/// `comments` returns the comments to add to a packet.
///
/// # Errors
/// If the copy cannot be written. Damage of the original ends the copy, too.
pub fn annotate<R: Read, W: Write>(
    reader: &mut Reader<R>,
    to: W,
    mut comments: impl FnMut(&Packet<'_>) -> Vec<Cow<'static, str>>,
) -> io::Result<W> {
    let writer = Writer::new(to, &section(reader.info()), Flush::WhenFull, Times::Keep)?;
    let mut copy = Copy { writer, interfaces: 0, names: 0, secrets: 0 };
    while let Some(packet) = reader.next_packet() {
        let added = comments(&packet);
        copy.follow(packet.info)?;
        copy.writer.copy(&packet, packet.interface, &added)?;
    }
    copy.follow(reader.info())?;
    for statistics in &reader.info().statistics {
        copy.writer.statistics(statistics)?;
    }
    copy.writer.finish()
}

/// The copy, and the numbers of interfaces, names and secrets that it has.
struct Copy<W: Write> {
    writer: Writer<W>,
    interfaces: usize,
    names: usize,
    secrets: usize,
}

impl<W: Write> Copy<W> {
    /// Writes what was read since the last packet: secrets precede the packets that need them.
    fn follow(&mut self, info: &CaptureInfo) -> io::Result<()> {
        for interface in &info.interfaces[self.interfaces..] {
            self.writer.interface(interface)?;
        }
        for secrets in &info.secrets[self.secrets..] {
            self.writer.secrets(secrets)?;
        }
        if info.names.len() > self.names {
            self.writer.names(&info.names[self.names..])?;
        }
        self.interfaces = info.interfaces.len();
        self.secrets = info.secrets.len();
        self.names = info.names.len();
        Ok(())
    }
}

/// The original's header, with this program as the one that wrote the copy.
fn section(info: &CaptureInfo) -> Section {
    let mut section = info.section.clone();
    let ours = Section::ours(Vec::new());
    let by = section.application.as_deref().filter(|name| Some(*name) != ours.application.as_deref());
    let captured = by.map(|name| format!("captured with {name}, comments added by wirewalk"));
    section.comments.extend(captured);
    section.application = ours.application;
    section
}
