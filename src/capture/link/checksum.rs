//! TCP checksums: verified, and completed where they were left to the network card (checksum offload). On the loopback
//! interface no card completes them.

use std::net::IpAddr;

use etherparse::checksum::Sum16BitWords;
use etherparse::{IpNumber, Ipv4HeaderSlice, Ipv6HeaderSlice, TcpHeaderSlice};

use super::{LinkType, first_internet};
use crate::observe::Checksum;

/// Offset of the checksum in the TCP header.
const OFFSET: usize = 16;

/// Completes the TCP checksum of a packet, as the network card would have; false if there is none to complete.
pub(in crate::capture) fn complete(link: LinkType, packet: &mut [u8]) -> bool {
    let Some((at, checksum)) = expected(link, packet) else { return false };
    packet[at..at + 2].copy_from_slice(&checksum.to_be_bytes());
    true
}

/// Offset of the TCP checksum in the packet, and its right value.
fn expected(link: LinkType, packet: &[u8]) -> Option<(usize, u16)> {
    let ip = &packet[first_internet(link, packet)?..];
    let (header, checksum) = if ip.first()? >> 4 == 4 {
        let header = Ipv4HeaderSlice::from_slice(ip).ok()?;
        let segment = ip.get(header.slice().len()..header.total_len().into())?;
        let tcp = TcpHeaderSlice::from_slice(segment).ok().filter(|_| header.protocol() == IpNumber::TCP)?;
        let payload = &segment[tcp.slice().len()..];
        let checksum = tcp.calc_checksum_ipv4_raw(header.source(), header.destination(), payload).ok()?;
        (header.slice().len(), checksum)
    } else {
        let header = Ipv6HeaderSlice::from_slice(ip).ok()?;
        let begin = header.slice().len();
        let segment = ip.get(begin..begin + usize::from(header.payload_length()))?;
        let tcp =
            TcpHeaderSlice::from_slice(segment).ok().filter(|_| header.next_header() == IpNumber::TCP)?;
        let payload = &segment[tcp.slice().len()..];
        let checksum = tcp.calc_checksum_ipv6_raw(header.source(), header.destination(), payload).ok()?;
        (begin, checksum)
    };
    Some((packet.len() - ip.len() + header + OFFSET, checksum))
}

/// Verdict on the checksum of a whole segment (RFC 9293 §3.1).
pub(in crate::capture) fn of(source: IpAddr, destination: IpAddr, segment: &[u8]) -> Checksum {
    let Some(field) = segment.get(OFFSET..OFFSET + 2) else { return Checksum::Unknown };
    // Of segments that the card is to cut (segmentation offload), some systems leave the length out.
    let pseudo_header = |length: u32| {
        let mut sum =
            Sum16BitWords::new().add_4bytes([0, IpNumber::TCP.0, 0, 0]).add_4bytes(length.to_be_bytes());
        match (source, destination) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => {
                sum.add_4bytes(source.octets()).add_4bytes(destination.octets())
            }
            (source, destination) => {
                let octets = |address: IpAddr| match address {
                    IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
                    IpAddr::V6(address) => address.octets(),
                };
                sum.add_16bytes(octets(source)).add_16bytes(octets(destination))
            }
        }
    };
    let length = segment.len() as u32;
    // Over all of it, the checksum too, the sum of a right one is all ones.
    if pseudo_header(length).add_slice(segment).ones_complement() == 0 {
        return Checksum::Right;
    }
    let is = |length| field == (!pseudo_header(length).ones_complement()).to_ne_bytes();
    if field == [0, 0] || is(length) || is(0) { Checksum::Partial } else { Checksum::Wrong }
}

#[cfg(test)]
mod tests {
    use super::super::RawPacket;
    use super::*;
    use crate::capture::{SegmentBuilder, TcpEndpoint};
    use crate::observe::Evidence;
    use crate::wire::Side;

    #[test]
    fn an_offloaded_checksum_is_recognised_and_completed() {
        for [client, server] in [["10.0.0.1:1", "10.0.0.2:2"], ["[::1]:1", "[::1]:2"]] {
            let [client, server] = [client, server].map(|end| TcpEndpoint::linux(end.parse().unwrap(), 7));
            let built =
                SegmentBuilder::new(client, server).data(Side::Client, 0, b"hello").next().unwrap().bytes;
            let mut packet = built.clone();
            let at = if packet[0] >> 4 == 4 { 36 } else { 56 };
            packet[at..at + 2].fill(0xAB);
            assert!(complete(LinkType::RAW, &mut packet));
            assert_eq!(packet, built);
            let about = |packet: &[u8]| {
                let raw = RawPacket {
                    number: 1,
                    time_ns: 0,
                    link: LinkType::RAW,
                    original_length: built.len() as u32,
                    bytes: packet,
                    evidence: Evidence::Captured,
                };
                raw.decode().unwrap().checksum
            };
            assert_eq!(about(&packet), Checksum::Right);
            // With a right checksum the segment adds up to what the pseudo-header lacks.
            let pseudo_header = Sum16BitWords::new().add_slice(&packet[at - OFFSET..]).ones_complement();
            let with = |field: [u8; 2]| {
                let mut packet = packet.clone();
                packet[at..at + 2].copy_from_slice(&field);
                packet
            };
            assert_eq!(about(&with(pseudo_header.to_ne_bytes())), Checksum::Partial);
            assert_eq!(about(&with([0, 0])), Checksum::Partial);
            assert_eq!(about(&with([packet[at] ^ 1, packet[at + 1]])), Checksum::Wrong);
            let mut damaged = packet.clone();
            *damaged.last_mut().unwrap() ^= 0x20;
            assert_eq!(about(&damaged), Checksum::Wrong);
            assert_eq!(about(&packet[..packet.len() - 1]), Checksum::Unknown);
            // Of a packet that was cut nothing can be said.
            let len = packet.len();
            assert!(!complete(LinkType::RAW, &mut packet[..len - 1]));
        }
    }
}
