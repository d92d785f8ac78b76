//! Packets in memory, and what is done to them.

use std::fmt;
use std::path::Path;

use wirewalk::capture::{LinkType, RawPacket, Reader};
use wirewalk::observe::Evidence;
use wirewalk::wire::Side;

/// A captured packet.
#[derive(Debug, Clone)]
pub(super) struct Packet {
    pub(super) number: u64,
    pub(super) time_ns: u64,
    pub(super) link: LinkType,
    pub(super) bytes: Vec<u8>,
    pub(super) original_length: u32,
    /// Length of its TCP payload.
    payload: usize,
    pub(super) from: Option<Side>,
}

impl Packet {
    pub(super) fn new(number: u64, time_ns: u64, link: LinkType, bytes: Vec<u8>) -> Self {
        let original_length = bytes.len() as u32;
        let mut packet = Self { number, time_ns, link, bytes, original_length, payload: 0, from: None };
        let segment = packet.raw().decode();
        let known = segment.map(|it| (it.payload.len(), it.source.port() < it.destination.port()));
        if let Ok((payload, is_server)) = known {
            packet.payload = payload;
            packet.from = Some(if is_server { Side::Server } else { Side::Client });
        }
        packet
    }

    pub(super) fn raw(&self) -> RawPacket<'_> {
        let Self { number, time_ns, link, ref bytes, original_length, .. } = *self;
        RawPacket { number, time_ns, link, original_length, bytes, evidence: Evidence::Captured }
    }
}

/// The packets of a file.
pub(super) fn read(file: &Path) -> Vec<Packet> {
    let mut reader = Reader::open(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut packets = Vec::new();
    while let Some(packet) = reader.next_packet() {
        let link = packet.interface().link;
        packets.push(Packet::new(packets.len() as u64 + 1, packet.time_ns, link, packet.bytes.to_vec()));
    }
    packets
}

/// What a capture lacks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Harm {
    Removed(usize),
    /// So many bytes of the payload are left.
    Cut {
        place: usize,
        kept: usize,
    },
    /// All packets of a side.
    Hidden(Side),
}

impl Harm {
    /// The harmed capture; `None` if there is nothing to harm.
    pub(super) fn apply(self, packets: &[Packet]) -> Option<Vec<Packet>> {
        let mut harmed = packets.to_vec();
        match self {
            Self::Removed(place) => _ = harmed.remove(place),
            Self::Cut { place, kept } => {
                let packet = &mut harmed[place];
                let missing = packet.payload.checked_sub(kept).filter(|missing| *missing > 0)?;
                packet.bytes.truncate(packet.bytes.len() - missing);
            }
            Self::Hidden(side) => harmed.retain(|packet| packet.from != Some(side)),
        }
        Some(harmed)
    }
}

impl fmt::Display for Harm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Removed(place) => write!(f, "packet {} removed", place + 1),
            Self::Cut { place, kept } => write!(f, "packet {} cut to {kept} B", place + 1),
            Self::Hidden(side) => write!(f, "the {side} hidden"),
        }
    }
}
