//! A capture as a whole: format, sections, interfaces, statistics, names, secrets, anomalies.

use std::fmt;
use std::net::IpAddr;

use crate::capture::Compression;
use crate::capture::LinkType;
use crate::capture::{Anomaly, Damage, Note};

/// Limit of names, and of TLS secrets in bytes.
const MOST_NAMES: usize = 65_536;
const MOST_SECRETS: usize = 16 * 1024 * 1024;

/// Format of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// pcap, microseconds.
    Pcap,
    /// pcap, nanoseconds.
    NanosecondPcap,
    /// pcap as Alexey Kuznetzov's libpcap wrote it, with longer packet headers.
    ModifiedPcap,
    /// pcapng.
    Pcapng,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pcap => "pcap",
            Self::NanosecondPcap => "nanosecond pcap",
            Self::ModifiedPcap => "modified pcap",
            Self::Pcapng => "pcapng",
        })
    }
}

/// Machine and program that made a capture (the Section Header Block of pcapng).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// The machine.
    pub hardware: Option<String>,
    /// The operating system.
    pub os: Option<String>,
    /// The program that wrote the file.
    pub application: Option<String>,
    /// Comments on the capture as a whole.
    pub comments: Vec<String>,
}

/// An interface that packets were captured from (the Interface Description Block of pcapng).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Link type of its packets.
    pub link: LinkType,
    /// Snapshot length in bytes: the most that was captured of a packet; 0 for no limit.
    pub snaplen: u32,
    /// Its name: `eth0`.
    pub name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Capture filter.
    pub filter: Option<String>,
    /// The operating system of its machine.
    pub os: Option<String>,
    /// The device.
    pub hardware: Option<String>,
    /// Comments on it.
    pub comments: Vec<String>,
}

impl Interface {
    /// An interface of which only the link type is known.
    #[must_use]
    pub const fn new(link: LinkType) -> Self {
        Self {
            link,
            snaplen: 0,
            name: None,
            description: None,
            filter: None,
            os: None,
            hardware: None,
            comments: Vec::new(),
        }
    }
}

/// Counters of an interface (the Interface Statistics Block of pcapng).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// Index in [`CaptureInfo::interfaces`].
    pub interface: usize,
    /// Time of the counters, in nanoseconds since 1970.
    pub time_ns: u64,
    /// Begin of the capture, in nanoseconds since 1970.
    pub begin_ns: Option<u64>,
    /// End of the capture, in nanoseconds since 1970.
    pub end_ns: Option<u64>,
    /// Packets received.
    pub received: Option<u64>,
    /// Packets dropped for want of buffer.
    pub dropped: Option<u64>,
    /// Comments on the capture that no packet carries.
    pub comments: Vec<String>,
}

/// Secrets that decrypt connections (the Decryption Secrets Block of pcapng).
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// Their format: `0x544C_534B` (`TLSK`) is an NSS key log, as in an `SSLKEYLOGFILE`.
    pub kind: u32,
    /// The secrets, as in the file.
    pub data: Vec<u8>,
}

/// Secrets stay out of logs.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({:#010x}, {} bytes)", self.kind, self.data.len())
    }
}

/// A name of an address (a record of the Name Resolution Block of pcapng).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedName {
    /// The address.
    pub address: IpAddr,
    /// One of its names.
    pub name: String,
}

/// A capture as a whole, as far as it has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureInfo {
    /// Format of the file.
    pub format: Format,
    /// Compression of the file.
    pub compression: Compression,
    /// The first section's machine and program.
    pub section: Section,
    /// Number of sections.
    pub sections: u64,
    /// The interfaces of all sections, in the order of the file.
    pub interfaces: Vec<Interface>,
    /// Counters of interfaces, the latest of each.
    pub statistics: Vec<Statistics>,
    /// Names of addresses.
    pub names: Vec<ResolvedName>,
    /// Secrets, in the order of the file.
    pub secrets: Vec<Secrets>,
    /// Number of packets.
    pub packets: u64,
    /// Anomalies, each kind once with its count.
    pub notes: Vec<Note>,
    /// Damage that ends the capture before the file's end.
    pub damage: Option<Damage>,
}

impl CaptureInfo {
    pub(super) const fn new(format: Format, compression: Compression) -> Self {
        Self {
            format,
            compression,
            section: Section { hardware: None, os: None, application: None, comments: Vec::new() },
            sections: 0,
            interfaces: Vec::new(),
            statistics: Vec::new(),
            names: Vec::new(),
            secrets: Vec::new(),
            packets: 0,
            notes: Vec::new(),
            damage: None,
        }
    }

    /// Link types, each once, in the order of the interfaces.
    #[must_use]
    pub fn link_types(&self) -> Vec<LinkType> {
        let mut links = Vec::new();
        for interface in &self.interfaces {
            if !links.contains(&interface.link) {
                links.push(interface.link);
            }
        }
        links
    }

    /// True if damage ends the capture.
    #[must_use]
    pub const fn truncated(&self) -> bool {
        self.damage.is_some()
    }

    /// Counts an anomaly of the packet that is being read.
    #[inline]
    pub(super) fn note(&mut self, anomaly: Anomaly) {
        Note::count(&mut self.notes, anomaly, self.packets);
    }

    /// True if it carries secrets of TLS (an NSS key log).
    #[must_use]
    pub fn has_tls_secrets(&self) -> bool {
        const NSS_KEY_LOG: u32 = 0x544C_534B;
        !self.secrets.is_empty() && self.secrets.iter().any(|secrets| secrets.kind == NSS_KEY_LOG)
    }

    pub(super) fn add_note(&mut self, note: Note) {
        Note::add(&mut self.notes, note);
    }

    pub(super) fn add_name(&mut self, name: ResolvedName) {
        if self.names.len() < MOST_NAMES {
            self.names.push(name);
        } else {
            self.note(Anomaly::TooMuch);
        }
    }

    pub(super) fn add_secrets(&mut self, kind: u32, data: &[u8]) {
        let size: usize = self.secrets.iter().map(|secrets| secrets.data.len() + 32).sum();
        if size + data.len() <= MOST_SECRETS {
            self.secrets.push(Secrets { kind, data: data.to_vec() });
        } else {
            self.note(Anomaly::TooMuch);
        }
    }

    pub(super) fn set_statistics(&mut self, statistics: Statistics) {
        match self.statistics.iter_mut().find(|known| known.interface == statistics.interface) {
            Some(known) => *known = statistics,
            None => self.statistics.push(statistics),
        }
    }
}
