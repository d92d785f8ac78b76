//! What is known about a capture as a whole, beside its packets.

use std::fmt;
use std::net::IpAddr;

use crate::capture::Compression;
use crate::capture::LinkType;
use crate::capture::{Anomaly, Damage, Note};

/// How many names, and how many bytes of TLS secrets, are kept.
const MOST_NAMES: usize = 65_536;
const MOST_SECRETS: usize = 16 * 1024 * 1024;

/// The file's format.
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

/// Where and with what a capture was made (the Section Header Block of pcapng).
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

/// Where packets were taken from (the Interface Description Block of pcapng).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// What the packets begin with.
    pub link: LinkType,
    /// The most bytes that were kept of a packet; 0 for all.
    pub snaplen: u32,
    /// Its name: `eth0`.
    pub name: Option<String>,
    /// What it is, in words.
    pub description: Option<String>,
    /// What was let through.
    pub filter: Option<String>,
    /// The operating system of its machine.
    pub os: Option<String>,
    /// The device.
    pub hardware: Option<String>,
    /// Comments on it.
    pub comments: Vec<String>,
}

impl Interface {
    /// An interface of which no more is known than what its packets begin with.
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

/// What an interface counted (the Interface Statistics Block of pcapng).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// The interface's place in [`CaptureInfo::interfaces`].
    pub interface: usize,
    /// When it was counted, in nanoseconds since 1970.
    pub time_ns: u64,
    /// When capturing began.
    pub begin_ns: Option<u64>,
    /// When it ended.
    pub end_ns: Option<u64>,
    /// Packets that came in.
    pub received: Option<u64>,
    /// Packets that were lost for want of room.
    pub dropped: Option<u64>,
    /// Comments that no packet bears.
    pub comments: Vec<String>,
}

/// Secrets that open encrypted connections (the Decryption Secrets Block of pcapng).
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// What they are: [`Secrets::TLS_KEY_LOG`] or another.
    pub kind: u32,
    /// The secrets, as in the file.
    pub data: Vec<u8>,
}

impl Secrets {
    /// Lines in the format of `SSLKEYLOGFILE`.
    pub const TLS_KEY_LOG: u32 = 0x544C_534B;
}

/// Secrets do not show in a log.
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

/// A capture as a whole, as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureInfo {
    /// The file's format.
    pub format: Format,
    /// Whether it was compressed.
    pub compression: Compression,
    /// Where and with what it was made; of a file with several sections, the first.
    pub section: Section,
    /// How many sections there were.
    pub sections: u64,
    /// The interfaces of all sections, in the order of the file.
    pub interfaces: Vec<Interface>,
    /// What interfaces counted, the last block of each.
    pub statistics: Vec<Statistics>,
    /// Names of addresses.
    pub names: Vec<ResolvedName>,
    /// Secrets, in the order of the file.
    pub secrets: Vec<Secrets>,
    /// How many packets there were.
    pub packets: u64,
    /// What was odd, each kind once with a count.
    pub notes: Vec<Note>,
    /// Where and why the file ends too soon.
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

    /// What packets begin with, each kind once, in the order of the interfaces.
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

    /// Whether it ends before its last packet does.
    #[must_use]
    pub const fn truncated(&self) -> bool {
        self.damage.is_some()
    }

    /// Counts something odd about the packet that is being read.
    #[inline]
    pub(super) fn note(&mut self, anomaly: Anomaly) {
        Note::count(&mut self.notes, anomaly, self.packets);
    }

    pub(super) fn add_name(&mut self, name: ResolvedName) {
        if self.names.len() < MOST_NAMES {
            self.names.push(name);
        } else {
            self.note(Anomaly::TooMuch);
        }
    }

    pub(super) fn add_secrets(&mut self, kind: u32, data: &[u8]) {
        let kept: usize = self.secrets.iter().map(|secrets| secrets.data.len() + 32).sum();
        if kept + data.len() <= MOST_SECRETS {
            self.secrets.push(Secrets { kind, data: data.to_vec() });
        } else {
            self.note(Anomaly::TooMuch);
        }
    }

    pub(super) fn set_statistics(&mut self, statistics: Statistics) {
        match self.statistics.iter_mut().find(|kept| kept.interface == statistics.interface) {
            Some(kept) => *kept = statistics,
            None => self.statistics.push(statistics),
        }
    }
}
