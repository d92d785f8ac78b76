//! Packets made by hand, decoded.

use super::*;
use crate::observe::Ip;

const LINK: LinkType = LinkType::RAW;

/// The TTL of the IP headers here.
const TTL: u8 = 64;
const ID: u16 = 1;

/// A TCP header with these options, and what follows it.
fn tcp(options: &[u8], payload: &[u8]) -> Vec<u8> {
    let offset = (20 + options.len()) as u8 / 4 * 16;
    let mut segment =
        vec![0x23, 0x29, 0x00, 0x50, 0, 0, 0, 100, 0, 0, 0, 200, offset, 0x18, 0x10, 0, 0, 0, 0, 0];
    segment.extend_from_slice(options);
    segment.extend_from_slice(payload);
    segment
}

fn ipv4(protocol: u8, total: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    packet[2..4].copy_from_slice(&total.to_be_bytes());
    packet.extend_from_slice(payload);
    packet
}

fn ipv6(next: u8, len: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0; 40];
    packet[0] = 0x60;
    packet[4..6].copy_from_slice(&len.to_be_bytes());
    packet[6..8].copy_from_slice(&[next, 64]);
    packet[23] = 1;
    packet[39] = 2;
    packet.extend_from_slice(payload);
    packet
}

fn raw(bytes: &[u8], original_length: usize) -> RawPacket<'_> {
    let original_length = original_length as u32;
    RawPacket { number: 7, time_ns: 9, link: LINK, original_length, bytes, evidence: Evidence::Captured }
}

fn decode(bytes: &[u8]) -> Result<Segment<'_>, Anomaly> {
    raw(bytes, bytes.len()).decode()
}

#[test]
fn every_field_of_a_segment_is_decoded() {
    let options = [2, 4, 5, 0xB4, 1, 3, 3, 7, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 30, 4, 0, 0];
    let packet = ipv4(6, 20 + 20 + 24 + 2, &tcp(&options, b"hi"));
    let expected = Segment {
        number: 7,
        time_ns: 9,
        source: "10.0.0.1:9001".parse().unwrap(),
        destination: "10.0.0.2:80".parse().unwrap(),
        ip: Some(Ip { ttl: TTL, id: Some(ID) }),
        seq: 100,
        ack: Some(200),
        flags: Flags::PSH | Flags::ACK,
        window: 4096,
        options: Options {
            mss: Some(1460),
            window_scale: Some(7),
            sack_permitted: true,
            timestamps: Some((1, 2)),
        },
        payload: b"hi",
        length: 2,
        evidence: Evidence::Captured,
        // The field is zero: it was left to the network card.
        checksum: Checksum::Partial,
    };
    assert_eq!(decode(&packet), Ok(expected));
}

#[test]
fn options_of_unknown_kind_are_skipped() {
    let fast_open_then_scale = [34, 4, 1, 2, 3, 3, 9, 0];
    assert_eq!(options(&fast_open_then_scale).window_scale, Some(9));
    for broken in [&[2, 4, 5][..], &[2, 1], &[2], &[0, 3, 3, 9], &[2, 3, 5, 0]] {
        assert_eq!(options(broken), Options::default(), "{broken:?}");
    }
}

#[test]
fn length_is_that_of_the_wire() {
    let whole = ipv4(6, 40 + 100, &tcp(&[], &[b'x'; 100]));
    for captured in 40..=whole.len() {
        let segment = raw(&whole[..captured], whole.len()).decode().unwrap();
        assert_eq!((segment.length, segment.payload.len()), (100, captured - 40));
    }
    for captured in 0..40 {
        assert_eq!(raw(&whole[..captured], whole.len()).decode(), Err(Anomaly::CutInHeader), "{captured}");
    }
}

#[test]
fn cut_options_do_not_hide_the_fixed_header() {
    let whole = ipv4(6, 20 + 32 + 5, &tcp(&[1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2], b"hello"));
    let segment = raw(&whole[..20 + 24], whole.len()).decode().unwrap();
    assert_eq!((segment.seq, segment.length, segment.payload), (100, 5, &b""[..]));
    assert_eq!(segment.options, Options::default());
}

#[test]
fn padding_behind_the_packet_is_not_payload() {
    let mut packet = ipv4(6, 41, &tcp(&[], b"a"));
    packet.extend_from_slice(&[0; 5]);
    assert_eq!(decode(&packet).unwrap().payload, b"a");
}

#[test]
fn an_offloaded_length_is_that_of_the_frame() {
    assert_eq!(decode(&ipv4(6, 0, &tcp(&[], b"abc"))).unwrap().payload, b"abc");
    assert_eq!(decode(&ipv6(6, 0, &tcp(&[], b"abc"))).unwrap().payload, b"abc");
}

#[test]
fn a_cut_packet_is_known_by_its_ip_length_too() {
    // The record says that all of it is there.
    let segment = ipv4(6, 900, &tcp(&[], b"abc"));
    let segment = decode(&segment).unwrap();
    assert_eq!((segment.length, segment.payload, segment.checksum), (860, &b"abc"[..], Checksum::Unknown));
}

#[test]
fn ipv6_extension_headers_are_skipped() {
    let inner = tcp(&[], b"six");
    let chain: [(u8, &[u8]); 4] = [
        (0, &[60, 0, 1, 4, 0, 0, 0, 0]),
        (60, &[51, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        (51, &[44, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        (44, &[6, 0, 0, 0, 0, 0, 0, 9]),
    ];
    for from in 0..=chain.len() {
        let mut payload: Vec<u8> = chain[from..].iter().flat_map(|(_, header)| header.to_vec()).collect();
        let first = chain.get(from).map_or(6, |(kind, _)| *kind);
        payload.extend_from_slice(&inner);
        let packet = ipv6(first, payload.len() as u16, &payload);
        let segment = decode(&packet).unwrap();
        assert_eq!((segment.payload, segment.length), (&b"six"[..], 3), "from {from}");
        assert_eq!(segment.source, "[::1]:9001".parse().unwrap());
        for captured in 0..packet.len() - 23 {
            assert_eq!(raw(&packet[..captured], packet.len()).decode(), Err(Anomaly::CutInHeader));
        }
    }
    let fragment = ipv6(44, 8 + 23, &[&[6, 0, 0, 1, 0, 0, 0, 9], &inner[..]].concat());
    assert_eq!(decode(&fragment), Err(Anomaly::Fragment));
}

#[test]
fn tunnels_are_followed_up_to_the_limit() {
    let mut packet = ipv4(6, 43, &tcp(&[], b"abc"));
    for depth in 1..=16 {
        let len = packet.len() as u16;
        packet = if depth % 3 == 2 {
            ipv6(4, len, &packet)
        } else {
            ipv4(if depth % 3 == 0 { 41 } else { 4 }, len + 20, &packet)
        };
        assert_eq!(decode(&packet).unwrap().payload, b"abc");
    }
    packet = ipv4(4, packet.len() as u16 + 20, &packet);
    assert_eq!(decode(&packet), Err(Anomaly::TooDeep));
}

#[test]
fn a_packet_without_a_segment_says_why() {
    assert_eq!(decode(&ipv4(17, 28, &[0; 8])), Err(Anomaly::NotTcp(17)));
    assert_eq!(decode(&ipv6(58, 8, &[0; 8])), Err(Anomaly::NotTcp(58)));
    assert_eq!(decode(&[0x50; 40]), Err(Anomaly::BadHeader("IP")));
    let mut packet = ipv4(6, 43, &tcp(&[], b"abc"));
    packet[6] = 0x20;
    assert_eq!(decode(&packet), Err(Anomaly::Fragment));
    packet[6] = 0;
    packet[0] = 0x44;
    assert_eq!(decode(&packet), Err(Anomaly::BadHeader("IPv4")));
    packet[0] = 0x45;
    packet[32] = 0x40;
    assert_eq!(decode(&packet), Err(Anomaly::BadHeader("TCP")));
    packet[32] = 0xF0;
    assert_eq!(decode(&packet), Err(Anomaly::BadHeader("TCP")));
    assert_eq!(decode(&ipv4(6, 19, &tcp(&[], b""))), Err(Anomaly::BadHeader("IPv4")));
}

#[test]
fn any_bytes_decode_without_panic() {
    use proptest::prelude::*;
    const LINKS: [u32; 12] = [0, 1, 9, 12, 50, 101, 108, 113, 228, 229, 276, 105];
    proptest!(|(link in prop::sample::select(&LINKS[..]), bytes in prop::collection::vec(any::<u8>(), 0..200), more in 0_u32..300)| {
        let original_length = bytes.len() as u32 + more;
        let raw = RawPacket { number: 1, time_ns: 0, link: LinkType(link), original_length, bytes: &bytes, evidence: Evidence::Captured };
        if let Ok(segment) = raw.decode() {
            prop_assert!(segment.payload.len() <= segment.length as usize);
        }
    });
    // Headers that are nearly right get further.
    proptest!(|(at in 0_usize..92, byte: u8, six: bool)| {
        let inner = tcp(&[2, 4, 5, 0xB4, 1, 3, 3, 7, 4, 2, 0, 0], &[7; 20]);
        let mut packet = if six { ipv6(6, 52, &inner) } else { ipv4(6, 72, &inner) };
        let at = at % packet.len();
        packet[at] = byte;
        if let Ok(segment) = decode(&packet) {
            prop_assert!(segment.payload.len() <= segment.length as usize);
        }
    });
}
