//! A packet's bytes, decoded to its TCP segment or to the reason why it has none.

use std::net::SocketAddr;

use etherparse::{TcpHeader, TcpHeaderSlice};

use super::checksum;
use super::decapsulation::{self, Addressed, decapsulate};
use super::layer::Carried;
use super::link_type::LinkType;
use crate::capture::Anomaly;
use crate::observe::{Checksum, Encapsulation, Evidence, Flags, Options, Segment};

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
            let Carried { bytes, wire, .. } = carried.payload;
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

    /// Tags, labels and tunnels around its TCP segment, the outermost first.
    #[must_use]
    pub fn encapsulations(&self) -> Vec<Encapsulation> {
        decapsulation::encapsulations(self.link, self.carried())
    }

    pub(super) fn carried(&self) -> Carried<'p> {
        let wire = (self.original_length as usize).max(self.bytes.len());
        Carried { at: 0, bytes: self.bytes, wire }
    }

    fn segment(&self, checksum: impl FnOnce(&Addressed<'p>) -> Checksum) -> Result<Segment<'p>, Anomaly> {
        let carried = decapsulate(self.link, self.carried(), &mut ())?;
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
