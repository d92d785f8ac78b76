//! From a packet's bytes to a TCP segment, or to the reason why it is none.

use std::net::{IpAddr, SocketAddr};

use etherparse::{IpNumber, Ipv4HeaderSlice, Ipv6HeaderSlice, TcpHeader, TcpHeaderSlice};

use super::checksum;
use super::link::{self, LinkType};
use super::note::Oddity;
use crate::observe::{Checksum, Evidence, Flags, Ip, Options, Segment};

/// How deep IP is followed into IP.
const MOST_TUNNELS: u8 = 4;

/// A packet as it lies in a file or comes from a socket.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'p> {
    /// Its place in the file, from 1.
    pub number: u64,
    /// Nanoseconds since 1970.
    pub time_ns: u64,
    /// What it begins with.
    pub link: LinkType,
    /// Its length on the wire.
    pub original_length: u32,
    /// Its bytes as far as they were captured.
    pub bytes: &'p [u8],
    /// Whether it was captured or rebuilt.
    pub evidence: Evidence,
}

impl<'p> Raw<'p> {
    /// The TCP segment in it. Its checksum is not looked at.
    ///
    /// # Errors
    /// What it is instead.
    pub fn decode(&self) -> Result<Segment<'p>, Oddity> {
        self.segment(|_| Checksum::Unknown)
    }

    /// The same, and how its checksum stands, which takes a look at all of its bytes.
    pub(super) fn decode_checked(&self) -> Result<Segment<'p>, Oddity> {
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

    fn segment(&self, checksum: impl FnOnce(&Addressed<'p>) -> Checksum) -> Result<Segment<'p>, Oddity> {
        let ip = link::ip(self.link, self.bytes)?;
        let before = self.bytes.len() - ip.len();
        let wire = (self.original_length as usize).max(self.bytes.len()) - before;
        let carried = internet(Carried { bytes: ip, wire })?;
        let tcp = carried.payload.bytes;
        let whole;
        let fixed;
        let header = if let Ok(header) = TcpHeaderSlice::from_slice(tcp) {
            whole = header;
            &whole
        } else {
            // Options that were cut do not hide what stands before them.
            let mut first = *tcp.first_chunk::<{ TcpHeader::MIN_LEN }>().ok_or(Oddity::CutInHeader)?;
            if first[12] >> 4 < 5 {
                return Err(Oddity::BadHeader("TCP"));
            }
            first[12] = 0x50;
            fixed = first;
            &TcpHeaderSlice::from_slice(&fixed).map_err(|_| Oddity::BadHeader("TCP"))?
        };
        // The offset is read here, because the header above may be the shortened one.
        let offset = usize::from(tcp[12] >> 4) * 4;
        let length = carried.payload.wire.checked_sub(offset).ok_or(Oddity::BadHeader("TCP"))?;
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

/// Bytes as far as they were captured, and how many they were on the wire.
#[derive(Clone, Copy)]
struct Carried<'p> {
    bytes: &'p [u8],
    wire: usize,
}

impl Carried<'_> {
    /// What stands between these offsets. An end beyond the packet's own is the packet's: it was cut on its way into
    /// the file, or its length was left to the network card.
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

/// From the IP header on to what TCP it carries.
fn internet(mut packet: Carried<'_>) -> Result<Addressed<'_>, Oddity> {
    for _ in 0..MOST_TUNNELS {
        let (addressed, protocol) = match packet.bytes.first().map(|first| first >> 4) {
            Some(4) => version_4(packet)?,
            Some(6) => version_6(packet)?,
            Some(_) => return Err(Oddity::BadHeader("IP")),
            None => return Err(Oddity::CutInHeader),
        };
        match protocol {
            IpNumber::TCP => return Ok(addressed),
            IpNumber::IPV4 | IpNumber::IPV6 => packet = addressed.payload,
            other => return Err(Oddity::NotTcp(other.0)),
        }
    }
    Err(Oddity::BadHeader("IP"))
}

fn version_4(packet: Carried<'_>) -> Result<(Addressed<'_>, IpNumber), Oddity> {
    let header = Ipv4HeaderSlice::from_slice(packet.bytes).map_err(|_| match packet.bytes {
        [first, ..] if first & 15 < 5 => Oddity::BadHeader("IPv4"),
        _ => Oddity::CutInHeader,
    })?;
    let begin = header.slice().len();
    let end = match usize::from(header.total_len()) {
        // Left to the network card (TCP segmentation offload).
        0 => packet.wire,
        short if short < begin => return Err(Oddity::BadHeader("IPv4")),
        len => len,
    };
    if header.is_fragmenting_payload() {
        return Err(Oddity::Fragment);
    }
    let (source, destination) = (header.source_addr().into(), header.destination_addr().into());
    let ip = Ip { ttl: header.ttl(), id: Some(header.identification()) };
    Ok((Addressed { source, destination, ip, payload: packet.part(begin, end) }, header.protocol()))
}

fn version_6(packet: Carried<'_>) -> Result<(Addressed<'_>, IpNumber), Oddity> {
    let header = Ipv6HeaderSlice::from_slice(packet.bytes).map_err(|_| Oddity::CutInHeader)?;
    let mut begin = header.slice().len();
    let end = match usize::from(header.payload_length()) {
        // Left to the network card, or a jumbogram (RFC 2675 §3), whose real length is the frame's.
        0 => packet.wire,
        len => begin + len,
    };
    let mut next = header.next_header();
    loop {
        // The extension headers (RFC 8200 §4): the length of each, or the end of the chain.
        let skip = match (next, packet.bytes.get(begin..begin + 8)) {
            (IpNumber(0 | 43 | 60 | 135 | 139 | 140), Some(extension)) => (usize::from(extension[1]) + 1) * 8,
            (IpNumber(51), Some(extension)) => (usize::from(extension[1]) + 2) * 4,
            // A fragment that is all of its packet (RFC 6946) is read; offset and M are one field with two unused bits.
            (IpNumber(44), Some([_, _, 0, low, ..])) if low & !0b110 == 0 => 8,
            (IpNumber(44), Some(_)) => return Err(Oddity::Fragment),
            (IpNumber(0 | 43 | 44 | 51 | 60 | 135 | 139 | 140), None) => return Err(Oddity::CutInHeader),
            _ => break,
        };
        next = IpNumber(packet.bytes[begin]);
        begin += skip;
    }
    let (source, destination) = (header.source_addr().into(), header.destination_addr().into());
    let ip = Ip { ttl: header.hop_limit(), id: None };
    Ok((Addressed { source, destination, ip, payload: packet.part(begin, end) }, next))
}

/// The options that matter (RFC 9293 §3.2). Unlike etherparse's iterator this passes over kinds it does not know:
/// timestamps often stand behind one.
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
