//! Packets, redacted: headers, tunnels, checksums.

use super::*;
use crate::capture::{RawPacket, SegmentBuilder, TcpEndpoint};
use crate::observe::Flags;
use crate::wire::Side;

/// A capture of one packet, redacted, its TCP payload of `x`.
fn redacted(link: LinkType, bytes: &[u8], original_length: usize) -> (Vec<u8>, LinkType) {
    let mut writer =
        Writer::new(Vec::new(), &Section::ours(Vec::new()), Flush::WhenFull, Times::Keep).unwrap();
    let interface = writer.interface(&Interface::new(link)).unwrap();
    let original_length = original_length as u32;
    let record = Record { interface, time_ns: 1, original_length, bytes, direction: None, comments: &[] };
    writer.packet(&record).unwrap();
    let file = writer.finish().unwrap();
    let mut reader = Reader::new(&file[..]).unwrap();
    let copy = redact(&mut reader, Vec::new(), |_, room| room.fill(b'x')).unwrap();
    let mut reader = Reader::new(&copy[..]).unwrap();
    let packet = reader.next_packet().unwrap();
    (packet.bytes.to_vec(), packet.interface().link)
}

fn built(client: &str, server: &str) -> Vec<u8> {
    let [client, server] = [client, server].map(|end| TcpEndpoint::linux(end.parse().unwrap(), 7));
    SegmentBuilder::new(client, server).data(Side::Client, 1, b"secret").next().unwrap().bytes
}

/// The packet as these ends would have sent it.
fn expected(client: &str, server: &str) -> Vec<u8> {
    let [client, server] = [client, server].map(|end| TcpEndpoint::linux(end.parse().unwrap(), 7));
    SegmentBuilder::new(client, server).data(Side::Client, 1, b"xxxxxx").next().unwrap().bytes
}

const V4: [[&str; 2]; 2] = [["10.9.8.7:5000", "10.9.8.6:80"], ["192.0.2.1:5000", "192.0.2.2:80"]];
const V6: [[&str; 2]; 2] = [["[fd00::9]:5000", "[fd00::8]:80"], ["[2001:db8::1]:5000", "[2001:db8::2]:80"]];

#[test]
fn a_segment_becomes_one_between_others() {
    for [[client, server], [instead, of]] in [V4, V6] {
        let bytes = built(client, server);
        let (copy, link) = redacted(LinkType::RAW, &bytes, bytes.len());
        assert_eq!((copy, link), (expected(instead, of), LinkType::RAW), "{client}");
    }
}

#[test]
fn checksums_are_as_right_as_they_were() {
    let (good, len) = (built(V4[0][0], V4[0][1]), built(V4[0][0], V4[0][1]).len());
    let right = expected(V4[1][0], V4[1][1]);
    // The header's checksum, and TCP's.
    for place in [10, 36] {
        let mut bad = good.clone();
        bad[place] ^= 0x40;
        let (copy, _) = redacted(LinkType::RAW, &bad, len);
        assert_ne!(copy[place..place + 2], right[place..place + 2], "wrong stays wrong");
        assert_ne!(copy[place..place + 2], bad[place..place + 2], "but not as it was");
        let (again, _) = redacted(LinkType::RAW, &copy, len);
        assert_eq!(again, copy);
    }
    let (copy, _) = redacted(LinkType::RAW, &good[..len - 3], len);
    assert_eq!(copy[36..38], [0, 0], "of a packet that was cut it is not known");
    assert_eq!(copy[10..12], right[10..12]);
    assert_eq!(copy[len - 6..], *b"xxx");
}

/// The decoded segment's ends and payload, if there is one.
fn decoded(link: LinkType, bytes: &[u8]) -> Option<(String, String, Vec<u8>)> {
    let raw = RawPacket {
        number: 1,
        time_ns: 1,
        link,
        original_length: bytes.len() as u32,
        bytes,
        evidence: Evidence::Captured,
    };
    let segment = raw.decode().ok()?;
    assert!(segment.flags.has(Flags::ACK));
    Some((segment.source.to_string(), segment.destination.to_string(), segment.payload.to_vec()))
}

#[test]
fn links_tags_tunnels_and_extensions_are_followed() {
    let [[client, server], [instead, of]] = V6;
    let inner = built(client, server);
    let four = built(V4[0][0], V4[0][1]);
    let ethernet = |kind: &[u8], rest: &[u8]| [b"SECRETMACADD", kind, rest].concat();
    // Six in four, with a header of 24 bytes: its options may hold addresses too.
    let mut tunnel =
        vec![0x46, 0, 0, (24 + inner.len()) as u8, 0, 0, 0, 0, 64, 41, 0, 0, 9, 9, 9, 9, 8, 8, 8, 8];
    tunnel.extend(b"\x07\x04SE");
    tunnel.extend(&inner);
    // A destination options header before TCP.
    let mut extended = inner.clone();
    extended[6] = 60;
    let payload_len = (inner.len() - 40 + 8) as u16;
    extended[4..6].copy_from_slice(&payload_len.to_be_bytes());
    extended.splice(40..40, *b"\x06\x00SECRET");
    let rows: [(LinkType, Vec<u8>); 7] = [
        (LinkType::ETHERNET, ethernet(&[0x86, 0xDD], &inner)),
        (LinkType::ETHERNET, ethernet(&[0x81, 0, 0, 7, 0x86, 0xDD], &inner)),
        (LinkType::LINUX_SLL, [&[0, 0, 0, 1, 0, 6][..], b"SECRETSE", &[0x86, 0xDD], &inner].concat()),
        (
            LinkType::LINUX_SLL2,
            [&[0x86, 0xDD, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6][..], b"SECRETSE", &inner].concat(),
        ),
        (LinkType::NULL, [&[24, 0, 0, 0][..], &inner].concat()),
        (LinkType::RAW, tunnel),
        (LinkType::RAW, extended),
    ];
    for (link, bytes) in rows {
        let (copy, _) = redacted(link, &bytes, bytes.len());
        assert_eq!(copy.len(), bytes.len());
        let expected = (instead.to_owned(), of.to_owned(), b"xxxxxx".to_vec());
        assert_eq!(decoded(link, &copy), Some(expected), "{link}");
        assert!(!copy.windows(2).any(|window| window == b"SE"), "{link}: {copy:02x?}");
    }
    // Behind the packet, what pads it.
    let padded = ethernet(&[8, 0], &[&four[..], b"SECRET"].concat());
    let (copy, _) = redacted(LinkType::ETHERNET, &padded, padded.len());
    assert_eq!(copy[copy.len() - 6..], [0; 6]);
}

#[test]
fn what_is_no_tcp_keeps_nothing() {
    let mut udp = built(V4[0][0], V4[0][1]);
    udp[9] = 17;
    let mut six = built(V6[0][0], V6[0][1]);
    six[6] = 58;
    let mut fragment = built(V4[0][0], V4[0][1]);
    fragment[6] = 0x20;
    let arp = [&b"SECRETMACADD\x08\x06"[..], b"SECRET and more of it"].concat();
    let rows: [(LinkType, Vec<u8>, usize); 6] = [
        (LinkType::RAW, udp, 20),
        (LinkType::RAW, six, 40),
        (LinkType::RAW, fragment, 0),
        (LinkType::ETHERNET, arp, 14),
        (LinkType(189), b"SECRET of some radio".to_vec(), 0),
        (LinkType::RAW, b"SECRET".to_vec(), 0),
    ];
    for (link, bytes, headers) in rows {
        let (copy, as_link) = redacted(link, &bytes, bytes.len());
        assert_eq!(copy.len(), bytes.len());
        assert!(copy[headers..].iter().all(|byte| *byte == 0), "{link}: {copy:02x?}");
        assert_eq!(as_link, if link == LinkType(189) { PRIVATE } else { link });
        assert_eq!(decoded(as_link, &copy), None);
    }
}

#[test]
fn options_that_may_be_secrets_are_no_operations() {
    let mut options = *b"\x02\x04\x05\xb4\x22\x0aSECRETSE\x01\x03\x03\x07\x08\x0a11112222\x00\x99";
    internet::scrub_options(&mut options);
    assert_eq!(&options[..4], b"\x02\x04\x05\xb4");
    assert_eq!(options[4..14], [1; 10], "a Fast Open cookie (RFC 7413)");
    assert_eq!(&options[14..], b"\x01\x03\x03\x07\x08\x0a11112222\x00\x00");
    let mut broken = *b"\x01\xfe\xffSECRET";
    internet::scrub_options(&mut broken);
    assert_eq!(broken, *b"\x01\0\0\0\0\0\0\0\0");
}
