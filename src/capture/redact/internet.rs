//! IP and TCP headers with replaced addresses, without identifying fields, and their checksums.

use std::ops::Range;

use etherparse::checksum::Sum16BitWords;
use etherparse::{IpNumber, TcpHeader};

use super::Instead;
use super::addresses::Addresses;
use crate::capture::link::ip::{self, Extension, Version};

/// Protocol numbers of a payload that is not copied, and of one that could not be read: those for experiments
/// (RFC 3692). IPv6 has a No Next Header for the first.
const EXPERIMENT: u8 = 253;
const UNREAD: u8 = 254;

/// An IP header, with its extensions.
#[derive(Debug, Clone)]
struct Header {
    at: usize,
    version: Version,
    /// Offset of its payload.
    begin: usize,
    /// End of its payload by its length field; it may be beyond the captured bytes.
    end: usize,
    carries: u8,
    /// Range of its two addresses.
    addresses: Range<usize>,
}

impl Header {
    /// Reads the header at `at`. `wire` is the end of the packet on the wire.
    fn read(bytes: &[u8], at: usize, wire: usize) -> Option<Self> {
        let header = ip::Header::read(bytes.get(at..)?).ok()?;
        let begin = at + header.len;
        let end = header.total.map_or(wire, |total| at + total);
        let ip::Header { version, carries, .. } = header;
        let Range { start, end: last } = header.addresses();
        (begin <= bytes.len()).then_some(Self {
            at,
            version,
            begin,
            end,
            carries,
            addresses: at + start..at + last,
        })
    }
}

/// Scrubs an IP packet; `wire` is its length on the wire. Returns false, and changes nothing, if the packet cannot be
/// read.
pub(super) fn scrub(bytes: &mut [u8], wire: usize, instead: Instead<'_>, addresses: &mut Addresses) -> bool {
    let Some(first) = Header::read(bytes, 0, wire) else { return false };
    let mut headers = vec![first];
    while let Some(last) = headers.last()
        && matches!(last.carries, ip::IPV4 | ip::IPV6)
        && headers.len() < ip::MOST_HEADERS
        && let Some(inner) = Header::read(bytes, last.begin, last.end.min(wire))
    {
        headers.push(inner);
    }
    let tcp = headers.last().filter(|last| last.carries == ip::TCP).and_then(|last| {
        let end = last.end.min(wire);
        Tcp::read(bytes, last.clone(), end)
    });
    let (Some(tcp), Instead::Payload(payload)) = (tcp, instead) else {
        // The payload is not copied, and its protocol is hidden.
        let outer = headers.swap_remove(0);
        return scrub_unknown(bytes, &outer, instead, addresses);
    };
    let tcp_sum = tcp.checksum(bytes);
    let sums: Vec<_> = headers.iter().map(|header| sum_of(bytes, header)).collect();
    for header in &headers {
        header.scrub(bytes, addresses);
    }
    tcp.scrub(bytes, payload);
    tcp.complete(bytes, tcp_sum);
    for (header, was) in headers.iter().zip(sums) {
        complete_header(bytes, header, was);
    }
    true
}

fn scrub_unknown(bytes: &mut [u8], header: &Header, instead: Instead<'_>, addresses: &mut Addresses) -> bool {
    let was = sum_of(bytes, header);
    header.scrub(bytes, addresses);
    let end = match header.version {
        Version::Four => {
            bytes[header.at + 9] = if instead == Instead::Unread { UNREAD } else { EXPERIMENT };
            header.begin
        }
        Version::Six => {
            let none = IpNumber::IPV6_NO_NEXT_HEADER.0;
            bytes[header.at + 6] = if instead == Instead::Unread { UNREAD } else { none };
            header.at + ip::FIXED_6
        }
    };
    bytes[end..].fill(0);
    complete_header(bytes, header, was);
    true
}

impl Header {
    /// Replaces the addresses and clears options and extensions.
    fn scrub(&self, bytes: &mut [u8], addresses: &mut Addresses) {
        let place = &mut bytes[self.addresses.clone()];
        match self.version {
            Version::Four => {
                for place in place.as_chunks_mut().0 {
                    *place = addresses.four(*place);
                }
                bytes[self.at + 20..self.begin].fill(0);
            }
            Version::Six => {
                for place in place.as_chunks_mut().0 {
                    *place = addresses.six(*place);
                }
                let (mut number, mut at) = (bytes[self.at + 6], self.at + ip::FIXED_6);
                while at < self.begin
                    && let Some(Ok(Extension { len, next })) = Extension::read(number, &bytes[at..])
                {
                    // Zeros are padding of one byte each. A fragment header's identification is no more.
                    bytes[at + 2..at + len].fill(0);
                    (number, at) = (next, at + len);
                }
            }
        }
    }
}

/// Verdict on an original checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sum {
    Right,
    Wrong,
    /// Its range was not captured in whole, or there is none.
    NotKnown,
}

/// Writes a checksum: right if it was right, wrong if it was wrong.
fn put(place: &mut [u8], right: u16, was: Sum) {
    let sum = match was {
        Sum::Right => right,
        Sum::Wrong => right ^ 0x0101,
        Sum::NotKnown => 0,
    };
    place.copy_from_slice(&sum.to_be_bytes());
}

/// Verdict on the checksum of an IP header; IPv6 has none.
fn sum_of(bytes: &[u8], header: &Header) -> Sum {
    match header.version {
        Version::Six => Sum::NotKnown,
        Version::Four => {
            match Sum16BitWords::new().add_slice(&bytes[header.at..header.begin]).ones_complement() {
                0 => Sum::Right,
                _ => Sum::Wrong,
            }
        }
    }
}

fn complete_header(bytes: &mut [u8], header: &Header, was: Sum) {
    if header.version == Version::Four {
        let place = header.at + 10..header.at + 12;
        bytes[place.clone()].fill(0);
        let right = Sum16BitWords::new().add_slice(&bytes[header.at..header.begin]).ones_complement().to_be();
        put(&mut bytes[place], right, was);
    }
}

/// A TCP segment.
#[derive(Debug)]
struct Tcp {
    ip: Header,
    at: usize,
    /// Offset of its payload's first byte, as far as it was captured.
    begin: usize,
    /// Offset behind its last byte, as far as it was captured.
    end: usize,
    /// `true` if all of it was captured.
    is_whole: bool,
}

impl Tcp {
    /// Offset of the checksum.
    const CHECKSUM: usize = 16;

    fn read(bytes: &[u8], ip: Header, wire_end: usize) -> Option<Self> {
        let at = ip.begin;
        let header = bytes.get(at..)?.first_chunk::<{ TcpHeader::MIN_LEN }>()?;
        let len = usize::from(header[12] >> 4) * 4;
        if len < TcpHeader::MIN_LEN || at + len > wire_end {
            return None;
        }
        let end = wire_end.min(bytes.len());
        Some(Self { at, begin: (at + len).min(end), end, is_whole: wire_end <= bytes.len(), ip })
    }

    /// The checksum that is right (RFC 9293 §3.1), over a checksum of zero.
    fn right(&self, bytes: &[u8]) -> u16 {
        let len = (self.end - self.at) as u32;
        let sum = Sum16BitWords::new().add_slice(&bytes[self.ip.addresses.clone()]);
        let sum = sum.add_slice(&[0, ip::TCP]).add_slice(&len.to_be_bytes());
        let checksum = self.at + Self::CHECKSUM;
        let sum = sum.add_slice(&bytes[self.at..checksum]).add_slice(&bytes[checksum + 2..self.end]);
        sum.ones_complement().to_be()
    }

    fn checksum(&self, bytes: &[u8]) -> Sum {
        let checksum = &bytes[self.at + Self::CHECKSUM..][..2];
        match self.is_whole {
            false => Sum::NotKnown,
            true if checksum == self.right(bytes).to_be_bytes() => Sum::Right,
            true => Sum::Wrong,
        }
    }

    fn complete(&self, bytes: &mut [u8], was: Sum) {
        let right = self.right(bytes);
        put(&mut bytes[self.at + Self::CHECKSUM..][..2], right, was);
    }

    fn scrub(&self, bytes: &mut [u8], payload: &[u8]) {
        scrub_options(&mut bytes[self.at + TcpHeader::MIN_LEN..self.begin.max(self.at + TcpHeader::MIN_LEN)]);
        // Behind the payload is what pads the packet on its link.
        bytes[self.begin..].fill(0);
        let len = payload.len().min(self.end - self.begin);
        bytes[self.begin..self.begin + len].copy_from_slice(&payload[..len]);
    }
}

/// Keeps the options that a connection's course depends on; no-operations stand in place of the others (RFC 9293 §3.1).
pub(super) fn scrub_options(mut options: &mut [u8]) {
    const NO_OPERATION: u8 = 1;
    while let [kind, ..] = *options {
        let len = match (kind, options.get(1)) {
            (0 | NO_OPERATION, _) => 1,
            (_, Some(len)) if (2..=options.len()).contains(&usize::from(*len)) => usize::from(*len),
            _ => return options.fill(0),
        };
        let (option, rest) = options.split_at_mut(len);
        match kind {
            // What stands behind the end is nothing.
            0 => return rest.fill(0),
            // Maximum segment size, window scale, selective acknowledgments, timestamps.
            1 | 2 | 3 | 4 | 5 | 8 => {}
            _ => option.fill(NO_OPERATION),
        }
        options = rest;
    }
}
