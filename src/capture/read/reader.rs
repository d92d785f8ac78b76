//! Reads a capture packet by packet, as far as it can be read.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::bytes::{COMMENT, Options, text};
use super::open_error::OpenError;
use super::packet_location::{self, PacketLocation};
use super::pcap::{self, Pcap};
use super::pcapng::{self, Pcapng};
use super::source::Source;
use crate::capture::{Anomaly, Corruption, Damage, Note};
use crate::capture::{CaptureInfo, Format, Interface};
use crate::capture::{Decoded, Decoder, LostFragments, RawPacket};
use crate::observe::{Evidence, IcmpError, Segment};

/// Text in the comment of a packet that was rebuilt and not captured.
pub const REBUILT: &str = "evidence: rebuilt";

/// Reads a capture: pcap or pcapng, plain or gzip, from a file or a pipe.
///
/// Memory is bounded whatever the file claims. Corruption ends the capture; an [`Anomaly`] is counted in
/// [`CaptureInfo::notes`] and reading goes on.
#[derive(Debug)]
pub struct Reader<R> {
    source: Source<R>,
    framing: Framing,
    info: CaptureInfo,
    decoder: Decoder,
    is_over: bool,
}

#[derive(Debug)]
enum Framing {
    Pcap(Pcap),
    Pcapng(Pcapng),
}

/// Direction of a packet at its interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Received.
    Inbound,
    /// Sent.
    Outbound,
}

/// A packet of a capture.
#[derive(Debug, Clone)]
pub struct Packet<'r> {
    /// The capture, as far as it has been read.
    pub info: &'r CaptureInfo,
    /// Packet number from 1, as Wireshark counts.
    pub number: u64,
    /// Index of its interface in [`CaptureInfo::interfaces`].
    pub interface: usize,
    /// Nanoseconds since 1970; without a time of its own, that of the packet before it.
    pub time_ns: u64,
    /// Length on the wire, in bytes.
    pub original_length: u32,
    /// Captured bytes, from the link header on.
    pub bytes: &'r [u8],
    /// The TCP segment, or the reason why there is none. The last fragment of an IP packet has the segment of the whole.
    pub segment: Result<Segment<'r>, Anomaly>,
    /// ICMP error about a TCP segment.
    pub icmp: Option<Box<IcmpError>>,
    /// Number of packets that the segment was put together from; 1 without fragments.
    pub fragments: u64,
    /// Captured, or rebuilt from a socket.
    pub evidence: Evidence,
    /// `epb_flags` of pcapng.
    pub(in crate::capture) flags: Option<u32>,
    pub(in crate::capture) options: Options<'r>,
}

impl<'r> Packet<'r> {
    /// Its bytes, not decoded.
    #[must_use]
    pub fn raw(&self) -> RawPacket<'r> {
        let Self { number, time_ns, original_length, bytes, evidence, .. } = *self;
        RawPacket { number, time_ns, link: self.interface().link, original_length, bytes, evidence }
    }

    /// The interface that it was captured from.
    #[must_use]
    pub fn interface(&self) -> &'r Interface {
        &self.info.interfaces[self.interface]
    }

    /// Direction, if the file has it.
    #[must_use]
    pub const fn direction(&self) -> Option<Direction> {
        match self.flags {
            Some(flags) if flags & 3 == 1 => Some(Direction::Inbound),
            Some(flags) if flags & 3 == 2 => Some(Direction::Outbound),
            _ => None,
        }
    }

    /// Comments, with invalid UTF-8 replaced.
    pub fn comments(&self) -> impl Iterator<Item = Cow<'r, str>> + use<'r> {
        let options = self.options.clone().filter_map(Result::ok);
        options.filter(|option| option.code == COMMENT).map(|option| text(option.value).0)
    }
}

impl Reader<File> {
    /// Opens a file.
    ///
    /// # Errors
    /// If it cannot be read, or is no capture.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::new(File::open(path)?)
    }
}

impl<R: Read> Reader<R> {
    /// Reads from a file or a pipe, with its own buffer. A packet is returned as soon as its last byte is there.
    ///
    /// # Errors
    /// If it cannot be read, or is no capture.
    pub fn new(source: R) -> Result<Self, OpenError> {
        let mut source = Source::new(source)?;
        let compression = source.compression();
        let first = source.peek(pcapng::PREFIX)?;
        let prefix = first.first_chunk::<{ pcapng::PREFIX }>();
        if let Some(order) = prefix.and_then(|first| pcapng::magic(*first)) {
            let mut info = CaptureInfo::new(Format::Pcapng, compression);
            let mut pcapng = Pcapng::new(order);
            // The section header, so that the facts begin with what it says.
            let header = pcapng.next_block(&mut source, &mut info);
            let framing = Framing::Pcapng(pcapng);
            let mut reader = Self { source, framing, info, decoder: Decoder::default(), is_over: false };
            if let Err(corruption) = header {
                reader.stop(corruption);
            }
            return Ok(reader);
        }
        let Some((order, format)) = first.first_chunk().and_then(|magic| pcap::magic(*magic)) else {
            return Err(OpenError::not_a_capture(first));
        };
        let mut info = CaptureInfo::new(format, compression);
        let header = source.peek(pcap::HEADER)?;
        if header.len() < pcap::HEADER {
            return Err(OpenError::CutShort(header.len()));
        }
        let framing = Framing::Pcap(Pcap::new(order, format, header, &mut info));
        source.consume(pcap::HEADER);
        Ok(Self { source, framing, info, decoder: Decoder::default(), is_over: false })
    }

    /// The capture as a whole, as far as it has been read.
    #[must_use]
    pub const fn info(&self) -> &CaptureInfo {
        &self.info
    }

    /// The capture as a whole, after the last packet.
    #[must_use]
    pub fn into_info(self) -> CaptureInfo {
        self.info
    }

    /// The next packet; `None` at the end of the file, or at damage ([`CaptureInfo::damage`]).
    pub fn next_packet(&mut self) -> Option<Packet<'_>> {
        if self.is_over {
            return None;
        }
        let location = match &mut self.framing {
            Framing::Pcap(pcap) => pcap.next(&mut self.source, &mut self.info),
            Framing::Pcapng(pcapng) => pcapng.next(&mut self.source, &mut self.info),
        };
        match location {
            Ok(Some(location)) => Some(self.packet(location)),
            Ok(None) => {
                self.end();
                None
            }
            Err(corruption) => {
                self.stop(corruption);
                None
            }
        }
    }

    /// Reads the rest, and returns the capture as a whole.
    pub fn finish(&mut self) -> &CaptureInfo {
        while self.next_packet().is_some() {}
        &self.info
    }

    #[inline]
    fn packet(&mut self, location: PacketLocation) -> Packet<'_> {
        let bytes = self.source.bytes(location.bytes);
        let raw = RawPacket {
            number: self.info.packets,
            time_ns: location.time_ns,
            link: self.info.interfaces[location.interface].link,
            original_length: location.original_length,
            bytes,
            evidence: location.marks.evidence,
        };
        let Decoded { segment, icmp, fragments } = self.decoder.decode(&raw);
        // Fragments are noted at the end, if the others of their packet have not come by then.
        if let Err(anomaly) = segment
            && anomaly != Anomaly::Fragment
        {
            self.info.note(anomaly);
        }
        Packet {
            info: &self.info,
            number: raw.number,
            interface: location.interface,
            time_ns: location.time_ns,
            original_length: location.original_length,
            bytes,
            segment,
            icmp,
            fragments,
            evidence: raw.evidence,
            flags: location.marks.flags,
            options: Options { order: location.order, bytes: self.source.bytes(location.options) },
        }
    }

    /// Nothing more comes.
    #[cold]
    fn end(&mut self) {
        self.is_over = true;
        let LostFragments { first_packet, fragments } = self.decoder.finish();
        if fragments > 0 {
            self.info.add_note(Note { anomaly: Anomaly::Fragment, count: fragments, first: first_packet });
        }
    }

    #[cold]
    fn stop(&mut self, corruption: Corruption) {
        self.end();
        let (offset, packets) = (self.source.record(), self.info.packets);
        self.info.damage = Some(Damage { offset, packets, corruption });
    }
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(match packet_location::unreadable(&error) {
            Corruption::Unreadable(why) => why,
            other => other.to_string(),
        })
    }
}

#[cfg(test)]
mod tests;
