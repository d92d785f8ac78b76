//! TCP checksums that were left to the network card: on the loopback interface no card ever completes them.

use etherparse::{IpNumber, Ipv4HeaderSlice, Ipv6HeaderSlice, TcpHeaderSlice};

use super::link::{self, LinkType};

/// Where the checksum stands in the TCP header.
const PLACE: usize = 16;

/// Completes the TCP checksum of a packet, as the network card would have; false if there is none to complete.
pub(super) fn complete(link: LinkType, packet: &mut [u8]) -> bool {
    let Some((at, checksum)) = right(link, packet) else { return false };
    packet[at..at + 2].copy_from_slice(&checksum.to_be_bytes());
    true
}

/// Where in the packet the TCP checksum stands, and what it must be.
fn right(link: LinkType, packet: &[u8]) -> Option<(usize, u16)> {
    let ip = link::ip(link, packet).ok()?;
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
    Some((packet.len() - ip.len() + header + PLACE, checksum))
}

#[cfg(test)]
mod tests {
    use super::super::build::{Conversation, End};
    use super::*;
    use crate::wire::Side;

    #[test]
    fn what_was_left_to_the_card_becomes_what_was_built() {
        for [client, server] in [["10.0.0.1:1", "10.0.0.2:2"], ["[::1]:1", "[::1]:2"]] {
            let [client, server] = [client, server].map(|end| End::linux(end.parse().unwrap(), 7));
            let built =
                Conversation::new(client, server).data(Side::Client, 0, b"hello").next().unwrap().bytes;
            let mut packet = built.clone();
            let at = if packet[0] >> 4 == 4 { 36 } else { 56 };
            packet[at..at + 2].fill(0xAB);
            assert!(complete(LinkType::RAW, &mut packet));
            assert_eq!(packet, built);
            // Of a packet that was cut nothing can be said.
            let len = packet.len();
            assert!(!complete(LinkType::RAW, &mut packet[..len - 1]));
        }
    }
}
