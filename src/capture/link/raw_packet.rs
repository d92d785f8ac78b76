//! A packet's bytes, decoded to its TCP segment or to the reason why it has none.

use std::net::{IpAddr, SocketAddr};

use etherparse::{TcpHeader, TcpHeaderSlice};

use super::checksum;
use super::ip::{self, Fault, Header, Version};
use super::link_type::{self, LinkType};
use crate::capture::Anomaly;
use crate::observe::{Checksum, Evidence, Flags, Ip, Options, Segment};

/// A packet as it is in a file, or comes from a packet socket.
#[derive(Debug, Clone, Copy)]
pub struct RawPacket<'p> {
    /// Packet number in the file, from 1.
    pub number: u64,
    /// Nanoseconds since 1970.
    pub time_ns: u64,
    /// Link type.
    pub link: LinkType,
    /// Length on the wire, in bytes.
    pub original_length: u32,
    /// Captured bytes, from the link header on.
    pub bytes: &'p [u8],
    /// Captured, or rebuilt from a socket.
    pub evidence: Evidence,
}

impl<'p> RawPacket<'p> {
    /// Decodes the TCP segment and verifies its checksum.
    ///
    /// # Errors
    /// The reason why there is none.
    pub fn decode(&self) -> Result<Segment<'p>, Anomaly> {
        self.segment(|carried| {
            let Carried { bytes, wire } = carried.payload;
            let is_whole = bytes.len() >= wire;
            if is_whole {
                checksum::of(carried.source, carried.destination, bytes)
            } else {
                Checksum::Unknown
            }
        })
    }

    /// Decodes without verifying the checksum: for packets that were built here, and where only the headers matter.
    pub(in crate::capture) fn decode_unverified(&self) -> Result<Segment<'p>, Anomaly> {
        self.segment(|_| Checksum::Unknown)
    }

    fn segment(&self, checksum: impl FnOnce(&Addressed<'p>) -> Checksum) -> Result<Segment<'p>, Anomaly> {
        let packet = link_type::ip_packet(self.link, self.bytes)?;
        let before = self.bytes.len() - packet.len();
        let wire = (self.original_length as usize).max(self.bytes.len()) - before;
        let carried = internet(Carried { bytes: packet, wire })?;
        let tcp = carried.payload.bytes;
        let whole;
        let fixed;
        let header = if let Ok(header) = TcpHeaderSlice::from_slice(tcp) {
            whole = header;
            &whole
        } else {
            // Cut options do not hide the fixed header.
            let mut first = *tcp.first_chunk::<{ TcpHeader::MIN_LEN }>().ok_or(Anomaly::CutInHeader)?;
            if first[12] >> 4 < 5 {
                return Err(Anomaly::BadHeader("TCP"));
            }
            first[12] = 0x50;
            fixed = first;
            &TcpHeaderSlice::from_slice(&fixed).map_err(|_| Anomaly::BadHeader("TCP"))?
        };
        // The offset is read here, because the header above may be the shortened one.
        let offset = usize::from(tcp[12] >> 4) * 4;
        let length = carried.payload.wire.checked_sub(offset).ok_or(Anomaly::BadHeader("TCP"))?;
        let flags = Flags(tcp[13]);
        Ok(Segment {
            number: self.number,
            time_ns: self.time_ns,
            source: SocketAddr::new(carried.source, header.source_port()),
            destination: SocketAddr::new(carried.destination, header.destination_port()),
            ip: (self.evidence == Evidence::Captured).then_some(carried.ip),
            seq: header.sequence_number(),
            ack: flags.has(Flags::ACK).then(|| header.acknowledgment_number()),
            flags,
            window: header.window_size(),
            options: options(header.options()),
            payload: tcp.get(offset..).unwrap_or_default(),
            length: u32::try_from(length).unwrap_or(u32::MAX),
            evidence: self.evidence,
            checksum: checksum(&carried),
        })
    }
}

/// Captured bytes, and their length on the wire.
#[derive(Clone, Copy)]
struct Carried<'p> {
    bytes: &'p [u8],
    wire: usize,
}

impl Carried<'_> {
    /// The part between these offsets. An end beyond the packet's own becomes the packet's: the packet was cut by the
    /// snapshot length, or its length was left to the network card.
    fn part(self, begin: usize, end: usize) -> Self {
        let wire = end.min(self.wire);
        let bytes = &self.bytes
            [begin.min(self.bytes.len())..wire.min(self.bytes.len()).max(begin.min(self.bytes.len()))];
        Self { bytes, wire: wire.saturating_sub(begin) }
    }
}

struct Addressed<'p> {
    source: IpAddr,
    destination: IpAddr,
    ip: Ip,
    payload: Carried<'p>,
}

/// Follows IP headers, tunnels included, to the TCP segment.
fn internet(mut packet: Carried<'_>) -> Result<Addressed<'_>, Anomaly> {
    for _ in 0..ip::MOST_TUNNELS {
        let bytes = packet.bytes;
        let header = Header::read(bytes).map_err(|fault| match fault {
            Fault::Cut => Anomaly::CutInHeader,
            Fault::NoVersion => Anomaly::BadHeader("IP"),
            Fault::Length => Anomaly::BadHeader("IPv4"),
            Fault::Fragment => Anomaly::Fragment,
        })?;
        let payload = packet.part(header.len, header.total.unwrap_or(packet.wire));
        match header.carries {
            ip::TCP => {
                let ip = match header.version {
                    Version::Four => Ip { ttl: bytes[8], id: Some(u16::from_be_bytes([bytes[4], bytes[5]])) },
                    Version::Six => Ip { ttl: bytes[7], id: None },
                };
                let [source, destination] = header.ends(bytes);
                return Ok(Addressed { source, destination, ip, payload });
            }
            ip::IPV4 | ip::IPV6 => packet = payload,
            other => return Err(Anomaly::NotTcp(other)),
        }
    }
    Err(Anomaly::BadHeader("IP"))
}

/// The TCP options of a [`Segment`] (RFC 9293 §3.2). Unlike etherparse's iterator this skips unknown kinds, which often
/// precede timestamps.
fn options(mut bytes: &[u8]) -> Options {
    let mut options = Options::default();
    loop {
        let (kind, value);
        (kind, value, bytes) = match *bytes {
            [] | [0, ..] => return options,
            [1, ref rest @ ..] => (1, &[][..], rest),
            [kind, len, ref rest @ ..] if len >= 2 && rest.len() + 2 >= usize::from(len) => {
                let (value, rest) = rest.split_at(usize::from(len) - 2);
                (kind, value, rest)
            }
            _ => return options,
        };
        match (kind, value) {
            (2, [high, low]) => options.mss = Some(u16::from_be_bytes([*high, *low])),
            (3, [shift]) => options.window_scale = Some(*shift),
            (4, []) => options.sack_permitted = true,
            (8, value) => {
                if let Ok(both) = <[u8; 8]>::try_from(value) {
                    let both = u64::from_be_bytes(both);
                    options.timestamps = Some(((both >> 32) as u32, both as u32));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
