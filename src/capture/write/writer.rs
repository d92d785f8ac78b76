//! Writes pcapng that Wireshark opens without a warning: in nanoseconds, with comments.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};
use std::net::IpAddr;
use std::time::Duration;

use pcap_file::pcapng::blocks::block_common::RawBlock;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption, InterfaceTsResolution,
};
use pcap_file::pcapng::blocks::interface_statistics::{InterfaceStatisticsBlock, InterfaceStatisticsOption};
use pcap_file::pcapng::blocks::name_resolution::{
    Ipv4Record, Ipv6Record, NameResolutionBlock, Record as NameRecord,
};
use pcap_file::pcapng::blocks::opt_common::{CommonOption, UnknownOption};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::pcapng::{PcapNgBlock, PcapNgWriteError, PcapNgWriter};
use pcap_file::{DataLink, Endianness};

use super::transcode::transcode;
use crate::capture::LinkType;
use crate::capture::read::DECRYPTION_SECRETS;
use crate::capture::read::padded;
use crate::capture::{Direction, Packet, REBUILT};
use crate::capture::{Interface, ResolvedName, Secrets, Section, Statistics};

/// Size of the buffer, in bytes: the largest IP packet with its comments fits, so a packet is written by one system call
/// and no other program reads half of one.
const BUFFER: usize = 256 * 1024;

/// Limit of an option's value, in bytes.
const LONGEST_TEXT: usize = 65_535;

/// Snapshot length of our captures, in bytes: Wireshark's default.
pub(in crate::capture) const SNAPLEN: u32 = 262_144;

/// When the writer's buffer is flushed to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flush {
    /// After each packet: the file can be opened while it is being written, and what was written outlives a crash.
    EachPacket,
    /// When the buffer is full: fastest.
    WhenFull,
}

/// Treatment of a packet whose time is before that of the previous one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Raise it to that of the previous packet: two processors' clocks may differ by microseconds.
    Raise,
    /// Keep it: a copy does not change the original's times.
    Keep,
}

/// A packet to write.
#[derive(Debug, Clone, Copy)]
pub struct Record<'p> {
    /// Interface index, as [`Writer::interface`] returned it.
    pub interface: usize,
    /// Nanoseconds since 1970.
    pub time_ns: u64,
    /// Length on the wire, in bytes; at least that of `bytes`.
    pub original_length: u32,
    /// Captured bytes, from the link header on.
    pub bytes: &'p [u8],
    /// Direction.
    pub direction: Option<Direction>,
    /// Comments.
    pub comments: &'p [Cow<'p, str>],
}

/// Writes pcapng.
pub struct Writer<W: Write> {
    inner: PcapNgWriter<BufWriter<W>>,
    flush: Flush,
    times: Times,
    last_ns: u64,
}

impl<W: Write> Writer<W> {
    /// Begins a capture with its section header.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(to: W, section: &Section, flush: Flush, times: Times) -> io::Result<Self> {
        let mut options: Vec<_> = section
            .comments
            .iter()
            .map(|comment| SectionHeaderOption::Common(comment_option(comment)))
            .collect();
        options.extend(section.hardware.as_deref().map(|text| SectionHeaderOption::Hardware(limited(text))));
        options.extend(section.os.as_deref().map(|text| SectionHeaderOption::OS(limited(text))));
        options.extend(
            section.application.as_deref().map(|text| SectionHeaderOption::UserApplication(limited(text))),
        );
        let header = SectionHeaderBlock { endianness: Endianness::Little, options, ..Default::default() };
        let buffer = BufWriter::with_capacity(BUFFER, to);
        let inner = PcapNgWriter::with_section_header(buffer, header).map_err(failed)?;
        let mut writer = Self { inner, flush, times, last_ns: 0 };
        writer.after_block()?;
        Ok(writer)
    }

    /// Describes an interface; returns its index, which packets refer to.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn interface(&mut self, interface: &Interface) -> io::Result<usize> {
        use InterfaceDescriptionOption as Option;
        let mut options: Vec<_> =
            interface.comments.iter().map(|comment| Option::Common(comment_option(comment))).collect();
        options.extend(interface.name.as_deref().map(|text| Option::IfName(limited(text))));
        options.extend(interface.description.as_deref().map(|text| Option::IfDescription(limited(text))));
        options.extend(interface.filter.as_deref().map(|text| {
            // 0: a filter string of libpcap.
            Option::IfFilter([&[0], limited(text).as_bytes()].concat().into())
        }));
        options.extend(interface.os.as_deref().map(|text| Option::IfOs(limited(text))));
        options.extend(interface.hardware.as_deref().map(|text| Option::IfHardware(limited(text))));
        options.push(Option::IfTsResol(InterfaceTsResolution::NANO));
        let linktype = DataLink::from(interface.link.0);
        self.block(InterfaceDescriptionBlock { linktype, snaplen: interface.snaplen, options })?;
        Ok(self.inner.interfaces().len() - 1)
    }

    /// Writes a packet.
    ///
    /// # Errors
    /// If it cannot be written, or its interface was not described.
    pub fn packet(&mut self, record: &Record<'_>) -> io::Result<()> {
        let mut options = Vec::with_capacity(record.comments.len() + 1);
        options.extend(record.direction.map(|direction| {
            EnhancedPacketOption::Flags(match direction {
                Direction::Inbound => 1,
                Direction::Outbound => 2,
            })
        }));
        self.enhanced(record, options)
    }

    /// Writes a packet of another capture with its options, and adds comments.
    ///
    /// # Errors
    /// If it cannot be written, or its interface was not described.
    pub fn copy(
        &mut self,
        packet: &Packet<'_>,
        interface: usize,
        comments: &[Cow<'_, str>],
    ) -> io::Result<()> {
        let options = packet.options.clone().filter_map(Result::ok);
        let options = options.filter_map(|option| transcode(packet.options.order, option));
        let options = options.map(|(code, value)| {
            EnhancedPacketOption::Common(CommonOption::Unknown(UnknownOption { code, value }))
        });
        let record = Record {
            interface,
            time_ns: packet.time_ns,
            original_length: packet.original_length,
            bytes: packet.bytes,
            direction: None,
            comments,
        };
        let options = options.collect();
        self.enhanced(&record, options)
    }

    fn enhanced<'p>(
        &mut self,
        record: &Record<'p>,
        mut options: Vec<EnhancedPacketOption<'p>>,
    ) -> io::Result<()> {
        let comments = record.comments.iter().map(|comment| comment_option(comment));
        options.extend(comments.map(EnhancedPacketOption::Common));
        let time_ns = match self.times {
            Times::Raise => record.time_ns.max(self.last_ns),
            Times::Keep => record.time_ns,
        };
        self.last_ns = time_ns;
        let interface_id = u32::try_from(record.interface).map_err(io::Error::other)?;
        let captured = u32::try_from(record.bytes.len()).map_err(io::Error::other)?;
        self.block(EnhancedPacketBlock {
            interface_id,
            timestamp: Duration::from_nanos(time_ns),
            original_len: record.original_length.max(captured),
            data: record.bytes.into(),
            options,
        })
    }

    /// Writes names of addresses.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn names(&mut self, names: &[ResolvedName]) -> io::Result<()> {
        let records = names.iter().map(|name| {
            let names = vec![limited(&name.name)];
            match name.address {
                IpAddr::V4(ip_addr) => NameRecord::Ipv4(Ipv4Record { ip_addr, names }),
                IpAddr::V6(ip_addr) => NameRecord::Ipv6(Ipv6Record { ip_addr, names }),
            }
        });
        self.block(NameResolutionBlock { records: records.collect(), options: Vec::new() })
    }

    /// Writes secrets, which must precede the first packet that needs them. The file then decrypts: warn the user.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn secrets(&mut self, secrets: &Secrets) -> io::Result<()> {
        let mut body = secrets.kind.to_le_bytes().to_vec();
        body.extend_from_slice(&u32::try_from(secrets.data.len()).map_err(io::Error::other)?.to_le_bytes());
        body.extend_from_slice(&secrets.data);
        body.resize(padded(body.len()), 0);
        let initial_len = body.len() as u32 + 12;
        let block =
            RawBlock { type_: DECRYPTION_SECRETS, initial_len, body: body.into(), trailer_len: initial_len };
        self.inner.write_raw_block(&block).map_err(failed)?;
        self.after_block()
    }

    /// Writes an interface's statistics at the end, and comments that no packet carries.
    ///
    /// # Errors
    /// If it cannot be written, or the interface was not described.
    pub fn statistics(&mut self, statistics: &Statistics) -> io::Result<()> {
        use InterfaceStatisticsOption as Option;
        let mut options: Vec<_> =
            statistics.comments.iter().map(|comment| Option::Common(comment_option(comment))).collect();
        options.extend(statistics.begin_ns.map(|ns| Option::IsbStartTime(Duration::from_nanos(ns))));
        options.extend(statistics.end_ns.map(|ns| Option::IsbEndTime(Duration::from_nanos(ns))));
        options.extend(statistics.received.map(Option::IsbIfRecv));
        options.extend(statistics.dropped.map(Option::IsbIfDrop));
        let interface_id = u32::try_from(statistics.interface).map_err(io::Error::other)?;
        self.block(InterfaceStatisticsBlock {
            interface_id,
            timestamp: Duration::from_nanos(statistics.time_ns),
            options,
        })
    }

    /// Flushes the buffer.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.inner.get_mut().flush()
    }

    /// Ends the capture, and returns what it was written to.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.inner.into_inner().into_inner().map_err(io::IntoInnerError::into_error)
    }

    fn block<'b>(&mut self, block: impl PcapNgBlock<'b>) -> io::Result<()> {
        self.inner.write_pcapng_block(block).map_err(failed)?;
        self.after_block()
    }

    fn after_block(&mut self) -> io::Result<()> {
        match self.flush {
            Flush::EachPacket => self.flush(),
            Flush::WhenFull => Ok(()),
        }
    }
}

impl Interface {
    /// An interface whose packets are rebuilt from sockets, not captured.
    #[must_use]
    pub fn of_sockets(name: &str) -> Self {
        Self {
            snaplen: SNAPLEN,
            name: Some(name.to_owned()),
            description: Some(format!(
                "reconstructed from sockets, not captured ({REBUILT}); received data bear the kernel's time, sent data \
                 that of the call; directions are the server's"
            )),
            os: Some(system()),
            ..Self::new(LinkType::RAW)
        }
    }
}

/// Operating system, with its release on Linux.
pub(in crate::capture) fn system() -> String {
    match std::fs::read_to_string("/proc/sys/kernel/osrelease") {
        Ok(release) => format!("Linux {}", release.trim_end()),
        Err(_) => std::env::consts::OS.to_owned(),
    }
}

impl Section {
    /// The section of a capture that this program makes.
    #[must_use]
    pub fn ours(comments: Vec<String>) -> Self {
        let processor = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
            let model = text.lines().find_map(|line| line.strip_prefix("model name"))?;
            Some(model.trim_start_matches(['\t', ' ', ':']).trim_end().to_owned())
        });
        Self {
            hardware: Some(processor.unwrap_or_else(|| std::env::consts::ARCH.to_owned())),
            os: Some(system()),
            application: Some(concat!("wirewalk ", env!("CARGO_PKG_VERSION")).to_owned()),
            comments,
        }
    }
}

fn comment_option(comment: &str) -> CommonOption<'_> {
    CommonOption::Comment(limited(comment))
}

/// A text, cut to the limit of an option.
fn limited(text: &str) -> Cow<'_, str> {
    // One less: a filter has a byte in front of it.
    text[..text.floor_char_boundary(LONGEST_TEXT - 1)].into()
}

fn failed(error: PcapNgWriteError) -> io::Error {
    match error {
        PcapNgWriteError::Io(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidInput, other),
    }
}
