//! Anomalies and damage of a capture. Each kind of anomaly is one [`Note`] with a count, so memory is bounded.

use std::fmt;

use etherparse::{EtherType, IpNumber};

use crate::capture::LinkType;

/// Limit of notes; further kinds are counted together as [`Anomaly::Other`].
const MOST: usize = 64;

/// An anomaly of the file, or the reason why a packet has no TCP segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Anomaly {
    /// A packet of an unsupported link type.
    UnknownLink(LinkType),
    /// A frame that carries no IP, but this `EtherType`.
    NotIp(u16),
    /// A frame of a local network's control protocols, or of a family that is not IP.
    NoNetwork,
    /// An IP packet that carries no TCP, but this protocol.
    NotTcp(u8),
    /// A packet in an encapsulation that is not read.
    Encapsulated(UnreadProtocol),
    /// A packet in more tunnels than are followed.
    TooDeep,
    /// A fragment of an IP packet.
    Fragment,
    /// The capture cut the packet within its headers.
    CutInHeader,
    /// The named header contradicts itself.
    BadHeader(&'static str),
    /// The captured length of a packet is above the snapshot length of its interface.
    AboveSnaplen,
    /// The original length of a packet is below its captured length.
    ShorterThanCaptured,
    /// The captured length of a packet is above what its block holds.
    LongerThanBlock,
    /// A packet of an interface that was not described, so of an unknown link type.
    UnknownInterface,
    /// A packet without a time (a Simple Packet Block).
    NoTime,
    /// A time outside the years 1970 to 2554.
    TimeOutOfRange,
    /// The fraction of a second is more than a second.
    SubsecondTooLarge,
    /// A text that is not UTF-8.
    NotUtf8,
    /// An option that does not fit its block, or has the wrong length.
    BadOption,
    /// A block that is too short for its type.
    BadBlock(u32),
    /// A block of an unsupported type.
    UnknownBlock(u32),
    /// A block that is skipped because it is too long for memory.
    HugeBlock,
    /// The same of a packet.
    HugePacket,
    /// A record with a packet number but without a packet: a journal entry, a system call.
    NotAPacket(u32),
    /// An unknown version of the format.
    UnknownVersion(u16),
    /// Names, interfaces, comments or secrets beyond the limit.
    TooMuch,
    /// Further kinds, beyond the limit of notes.
    Other,
}

macro_rules! unread {
    ($($(#[$doc:meta])* $name:ident = $spelled:literal;)*) => {
        /// Protocol that carries packets of others, and is not read: TCP may be in it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum UnreadProtocol { $($(#[$doc])* $name,)* }

        impl UnreadProtocol {
            /// Its usual name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $spelled,)* }
            }
        }
    };
}

unread! {
    /// RFC 4303.
    Esp = "IPsec ESP";
    /// RFC 3948.
    EspInUdp = "IPsec ESP in UDP (port 4500)";
    /// RFC 3173.
    IpComp = "IPComp";
    /// By its port and first bytes.
    WireGuard = "WireGuard (UDP port 51820)";
    /// By its port and first byte.
    OpenVpn = "OpenVPN (UDP port 1194)";
    /// IEEE 802.1AE.
    MacSec = "MACsec";
    /// A protected frame of IEEE 802.11.
    Wlan = "protected 802.11 data";
    /// A fragment of IEEE 802.11.
    WlanFragment = "fragmentation of 802.11";
    /// Several packets in one frame.
    WlanAggregate = "aggregation of 802.11 (A-MSDU)";
    /// RFC 5415.
    Capwap = "CAPWAP (UDP port 5247)";
    /// RFC 8300.
    Nsh = "NSH";
    /// RFC 6325.
    Trill = "TRILL";
    /// RFC 1701 §3, source routes.
    GreRouting = "GRE with source routes";
    /// RFC 3931, with a payload of unknown layout.
    L2tpV3 = "L2TPv3";
    /// Zeros in the place of any of them.
    Redacted = "what redaction removed";
}

impl UnreadProtocol {
    /// True if keys are needed to read it.
    #[must_use]
    pub const fn is_encrypted(self) -> bool {
        matches!(
            self,
            Self::Esp | Self::EspInUdp | Self::WireGuard | Self::OpenVpn | Self::MacSec | Self::Wlan
        )
    }
}

impl Anomaly {
    /// True if TCP may be in the packet though none was read. A packet of another protocol was read: it is no such.
    #[must_use]
    pub const fn hides_tcp(&self) -> bool {
        matches!(
            self,
            Self::UnknownLink(_)
                | Self::Encapsulated(_)
                | Self::TooDeep
                | Self::Fragment
                | Self::CutInHeader
                | Self::BadHeader(_)
                | Self::UnknownInterface
                | Self::HugePacket
        )
    }

    /// True if a reader finds no bytes of the packet, and returns none.
    #[must_use]
    pub const fn has_no_packet(&self) -> bool {
        matches!(self, Self::UnknownInterface | Self::HugePacket)
    }
}

impl fmt::Display for Anomaly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownLink(link) => write!(f, "packets of link type {link} are not read"),
            Self::NotIp(kind) => write!(f, "not IP: EtherType {:?}", EtherType(*kind)),
            Self::NoNetwork => f.write_str("not IP"),
            Self::NotTcp(protocol) => write!(f, "not TCP: protocol {:?}", IpNumber(*protocol)),
            Self::Encapsulated(protocol) => write!(f, "not read: {}", protocol.name()),
            Self::TooDeep => f.write_str("in more than 16 tunnels, not read"),
            Self::Fragment => f.write_str("a fragment of an IP packet, of which others are missing"),
            Self::CutInHeader => f.write_str("cut within the headers"),
            Self::BadHeader(header) => write!(f, "the {header} header contradicts itself"),
            Self::AboveSnaplen => f.write_str("captured length above the snapshot length"),
            Self::ShorterThanCaptured => f.write_str("original length below the captured length"),
            Self::LongerThanBlock => f.write_str("captured length above what the block holds"),
            Self::UnknownInterface => f.write_str("a packet of an interface that is not described"),
            Self::NoTime => f.write_str("a packet without a time"),
            Self::TimeOutOfRange => f.write_str("a time out of range"),
            Self::SubsecondTooLarge => f.write_str("the parts of a second are more than a second"),
            Self::NotUtf8 => f.write_str("a text that is not UTF-8"),
            Self::BadOption => f.write_str("a malformed option"),
            Self::BadBlock(kind) => write!(f, "a block of type {kind:#x} that is too short"),
            Self::UnknownBlock(kind) => write!(f, "a block of type {kind:#x}, not read"),
            Self::HugeBlock => f.write_str("a block too long to be read"),
            Self::HugePacket => f.write_str("a packet too long to be read"),
            Self::NotAPacket(kind) => write!(f, "a record that is no packet (block type {kind:#x})"),
            Self::UnknownVersion(version) => write!(f, "version {version} of the format, read as if known"),
            Self::TooMuch => f.write_str("more names, interfaces or secrets than are kept"),
            Self::Other => f.write_str("other oddities"),
        }
    }
}

/// An anomaly with its count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// The anomaly.
    pub anomaly: Anomaly,
    /// Number of times it was seen.
    pub count: u64,
    /// Number of the packet that it was first seen at; 0 before the first packet.
    pub first: u64,
}

impl Note {
    /// Counts an anomaly of a packet. Memory is bounded.
    pub fn count(notes: &mut Vec<Self>, anomaly: Anomaly, packet: u64) {
        Self::add(notes, Self { anomaly, count: 1, first: packet });
    }

    /// Adds a note, or its count to the one of its kind.
    pub fn add(notes: &mut Vec<Self>, Self { anomaly, count, first }: Self) {
        let full = notes.len() >= MOST;
        let known = |notes: &mut Vec<Self>, anomaly| {
            let note = notes.iter_mut().find(|note| note.anomaly == anomaly)?;
            note.count += count;
            Some(())
        };
        if known(notes, anomaly).is_some() || full && known(notes, Anomaly::Other).is_some() {
            return;
        }
        notes.push(Self { anomaly: if full { Anomaly::Other } else { anomaly }, count, first });
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.anomaly)?;
        match (self.count, self.first) {
            (1, 0) => Ok(()),
            (1, first) => write!(f, " (packet {first})"),
            (count, 0) => write!(f, " ({count} times)"),
            (count, first) => write!(f, " ({count} times, first at packet {first})"),
        }
    }
}

/// The place where reading stopped before the end, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Offset of the corrupt record in bytes; of a compressed file, after decompression.
    pub offset: u64,
    /// Number of packets before it.
    pub packets: u64,
    /// Kind of corruption.
    pub corruption: Corruption,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}, after packet {}: {}", self.offset, self.packets, self.corruption)
    }
}

/// Corruption of a record that hides where the next one begins.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Corruption {
    /// The file ends within it.
    CutShort {
        /// Length in bytes that it claims, at least.
        needed: u64,
        /// Bytes that are there.
        there: u64,
    },
    /// An impossible length.
    Length(u32),
    /// Its two lengths differ, or its byte order is unreadable.
    Malformed(String),
    /// The file cannot be read or decompressed.
    Unreadable(String),
}

impl fmt::Display for Corruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CutShort { needed, there } => {
                write!(f, "the file is cut short: it has {there} of at least {needed} B")
            }
            Self::Length(length) => write!(f, "a length of {length} B cannot be"),
            Self::Malformed(why) => f.write_str(why),
            Self::Unreadable(why) => write!(f, "cannot be read: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_bounded() {
        let mut notes = Vec::new();
        for round in 0..3 {
            for kind in 0..1000 {
                Note::count(&mut notes, Anomaly::UnknownBlock(kind), u64::from(kind) + round);
            }
        }
        assert_eq!(notes.len(), MOST + 1);
        assert_eq!(notes.iter().map(|note| note.count).sum::<u64>(), 3000);
        assert_eq!(notes[1].to_string(), "a block of type 0x1, not read (3 times, first at packet 1)");
        assert_eq!(notes[MOST].anomaly, Anomaly::Other);
    }

    #[test]
    fn protocols_are_named() {
        assert_eq!(Anomaly::NotTcp(17).to_string(), "not TCP: protocol 17 (UDP - User Datagram)");
        assert_eq!(
            Anomaly::NotIp(0x0806).to_string(),
            "not IP: EtherType 0x0806 (Address Resolution Protocol (ARP))"
        );
        assert_eq!(
            Anomaly::UnknownLink(LinkType(189)).to_string(),
            "packets of link type USB_LINUX are not read"
        );
    }
}
