//! Each encapsulation and link type around the same connection: read as without it, by us and by tshark; IP fragments too.

use std::path::Path;

use wirewalk::capture::{
    Flush, Interface, LinkType, Reader, Record, Section, TcpEndpoint, Times, Writer, redact,
};
use wirewalk::observe::Segment;
use wirewalk::wire::Side::{self, Client, Server};

use super::tshark::fields;
use crate::support::envelopes::{ENVELOPES, ENVELOPES_OF_IPV6, Envelope, eth, ip4};
use crate::support::script::{Script, frame};
use crate::support::temp::TempDir;

/// A connection with a text either way, closed in order.
fn conversation([client, server]: [&str; 2]) -> Vec<(u64, Side, Vec<u8>)> {
    let [client, server] = [client, server].map(|end| end.parse().unwrap());
    let mut script = Script::between(TcpEndpoint::linux(client, 1_000), TcpEndpoint::linux(server, 5_000));
    let key = Some([1, 2, 3, 4]);
    script
        .websocket()
        .write(Client, &frame(0x81, key, b"Hello"))
        .write(Server, &frame(0x81, None, &[b'x'; 1300]));
    script
        .write(Client, &frame(0x88, key, &[3, 0xE8]))
        .write(Server, &frame(0x88, None, &[3, 0xE8]))
        .fins(Server);
    script.packets.into_iter().map(|packet| (packet.time_ns, packet.from, packet.bytes)).collect()
}

const V4: [&str; 2] = ["10.0.0.1:50000", "10.0.0.2:8080"];
const V6: [&str; 2] = ["[fd00::9]:50000", "[fd00::8]:8080"];

fn write(link: u32, packets: &[(u64, Vec<u8>)]) -> Vec<u8> {
    let mut writer =
        Writer::new(Vec::new(), &Section::ours(Vec::new()), Flush::WhenFull, Times::Keep).unwrap();
    let interface = writer.interface(&Interface::new(LinkType(link))).unwrap();
    for (time_ns, bytes) in packets {
        let original_length = bytes.len() as u32;
        let record =
            Record { interface, time_ns: *time_ns, original_length, bytes, direction: None, comments: &[] };
        writer.packet(&record).unwrap();
    }
    writer.finish().unwrap()
}

fn wrapped(envelope: &Envelope, packets: &[(u64, Side, Vec<u8>)]) -> Vec<u8> {
    let packets: Vec<_> =
        packets.iter().map(|(time_ns, side, ip)| (*time_ns, (envelope.wrap)(ip, *side))).collect();
    write(envelope.link, &packets)
}

fn told(segment: &Segment<'_>) -> String {
    format!("{:?}", Segment { number: 0, time_ns: 0, ..*segment })
}

/// The segments of a capture, but for the numbers of their packets.
fn segments(file: &[u8]) -> Vec<String> {
    let mut reader = Reader::new(file).unwrap();
    let mut all = Vec::new();
    while let Some(packet) = reader.next_packet() {
        all.extend(packet.segment.as_ref().ok().map(told));
    }
    all
}

fn rows() -> impl Iterator<Item = (&'static Envelope, [&'static str; 2])> {
    ENVELOPES.iter().map(|row| (row, V4)).chain(ENVELOPES_OF_IPV6.iter().map(|row| (row, V6)))
}

#[test]
fn a_connection_reads_the_same_in_each_envelope() {
    for (envelope, ends) in rows() {
        let packets = conversation(ends);
        let bare: Vec<_> = packets.iter().map(|(time_ns, _, ip)| (*time_ns, ip.clone())).collect();
        let expected = segments(&write(101, &bare));
        assert_eq!(expected.len(), packets.len());
        assert!(segments(&wrapped(envelope, &packets)) == expected, "{}", envelope.name);
    }
}

#[test]
fn tshark_reads_each_envelope_too() {
    let dir = TempDir::new();
    let mut differ = Vec::new();
    for (place, (envelope, ends)) in rows().enumerate() {
        let Some(preferences) = envelope.tshark else { continue };
        let path = dir.join(&format!("{place}.pcapng"));
        let packets = conversation(ends);
        std::fs::write(&path, wrapped(envelope, &packets)).unwrap();
        let names = ["tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.len"];
        let file = std::fs::read(&path).unwrap();
        if fields(&path, preferences, &names) != ours(&file) {
            differ.push(envelope.name);
        }
    }
    assert!(differ.is_empty(), "tshark reads otherwise: {differ:?}");
}

/// Ports, sequence number and length of each packet.
fn ours(file: &[u8]) -> Vec<Vec<String>> {
    let mut reader = Reader::new(file).unwrap();
    let mut all = Vec::new();
    while let Some(packet) = reader.next_packet() {
        let segment = packet.segment.unwrap();
        let ports = [segment.source, segment.destination].map(|end| end.port().to_string());
        all.push([&ports[..], &[segment.seq.to_string(), segment.length.to_string()]].concat());
    }
    all
}

#[test]
fn a_packet_that_is_cut_anywhere_is_read_as_far_as_it_goes() {
    for (envelope, ends) in rows() {
        let packets = conversation(ends);
        let (time_ns, side, ip) = packets.iter().max_by_key(|(_, _, ip)| ip.len()).unwrap();
        let whole = (envelope.wrap)(ip, *side);
        let step = if whole.len() > 1500 { 7 } else { 13 };
        for len in (0..whole.len()).step_by(step) {
            let file = write(envelope.link, &[(*time_ns, whole[..len].to_vec())]);
            let mut reader = Reader::new(&file[..]).unwrap();
            let packet = reader.next_packet().unwrap();
            // What is said of it is less than the whole, and no more.
            let captured = packet.segment.as_ref().map_or(0, |segment| segment.payload.len());
            assert!(captured <= 1304, "{} cut at {len}", envelope.name);
        }
    }
}

/// No byte of a header makes the reader fail, or read for ever.
#[test]
fn any_byte_of_an_envelope_may_be_another() {
    for (envelope, ends) in rows() {
        let (time_ns, side, ip) = &conversation(ends)[0];
        let whole = (envelope.wrap)(ip, *side);
        let mut packets = Vec::new();
        for place in 0..whole.len() {
            for value in [0, 1, 0x45, 0x7F, 0x80, 0xFF] {
                let mut bytes = whole.clone();
                bytes[place] = value;
                packets.push((*time_ns, bytes));
            }
        }
        let file = write(envelope.link, &packets);
        let mut reader = Reader::new(&file[..]).unwrap();
        assert_eq!(reader.finish().packets, packets.len() as u64, "{}", envelope.name);
    }
}

#[test]
fn what_is_not_read_is_named() {
    let header = |protocol, payload: &[u8]| eth(&ip4(protocol, Client, payload), Client);
    let datagram = |port: u16, payload: &[u8]| {
        let length = (8 + payload.len() as u16).to_be_bytes();
        header(17, &[&[0xC0, 1][..], &port.to_be_bytes(), &length, &[0, 0], payload].concat())
    };
    let ether = |kind: u16| [&[2; 12][..], &kind.to_be_bytes(), &[0; 40]].concat();
    let tunnels = (0..17).fold(vec![0; 40], |inner, _| ip4(4, Client, &inner));
    let rows: [(u32, Vec<u8>, &str); 12] = [
        (147, vec![0; 60], "packets of link type USER0 are not read"),
        (189, vec![0; 64], "packets of link type USB_LINUX are not read"),
        (1, header(50, &[7; 64]), "not read: IPsec ESP"),
        (1, datagram(4500, &[7; 64]), "not read: IPsec ESP in UDP (port 4500)"),
        (1, datagram(51820, &[4, 0, 0, 0, 9, 9, 9, 9]), "not read: WireGuard (UDP port 51820)"),
        (1, datagram(1194, &[0x48, 1, 2, 3]), "not read: OpenVPN (UDP port 1194)"),
        (1, datagram(5247, &[0; 16]), "not read: CAPWAP (UDP port 5247)"),
        (1, ether(0x88E5), "not read: MACsec"),
        (1, ether(0x894F), "not read: NSH"),
        (1, ether(0x22F3), "not read: TRILL"),
        (105, [&[8, 0x41][..], &[0; 60]].concat(), "not read: protected 802.11 data"),
        (1, eth(&tunnels, Client), "in more than 16 tunnels, not read"),
    ];
    for (link, bytes, expected) in rows {
        let file = write(link, &[(1, bytes)]);
        let mut reader = Reader::new(&file[..]).unwrap();
        let notes: Vec<_> = reader.finish().notes.iter().map(|note| note.anomaly).collect();
        let [anomaly] = notes[..] else { panic!("{expected}: {notes:?}") };
        assert_eq!(anomaly.to_string(), expected);
        assert!(anomaly.hides_tcp(), "{expected}");
    }
    // Other protocols were read, also on the ports of tunnels.
    for bytes in [datagram(53, &[0; 20]), datagram(4789, b"not VXLAN"), header(1, &[8; 8]), ether(0x0806)] {
        let file = write(1, &[(1, bytes)]);
        let mut reader = Reader::new(&file[..]).unwrap();
        assert!(reader.finish().notes.iter().all(|note| !note.anomaly.hides_tcp()));
    }
}

#[test]
fn a_redacted_envelope_holds_nothing_of_its_ends() {
    for (envelope, ends) in rows() {
        let packets = conversation(ends);
        let file = wrapped(envelope, &packets);
        let mut reader = Reader::new(&file[..]).unwrap();
        let copy = redact(&mut reader, Vec::new(), |_, room| room.fill(b'.')).unwrap();
        let mut reader = Reader::new(&copy[..]).unwrap();
        let mut count = 0;
        while let Some(packet) = reader.next_packet() {
            let (_, side, ip) = &packets[count];
            count += 1;
            let segment = packet.segment.as_ref().unwrap_or_else(|_| panic!("{} is not read", envelope.name));
            assert_ne!(segment.source.ip(), ends[0].parse::<std::net::SocketAddr>().unwrap().ip());
            let whole = (envelope.wrap)(ip, *side);
            assert_eq!(packet.bytes.len(), whole.len(), "{}", envelope.name);
            for secret in [&[2, 0, 0x5E, 0, 0][..], &[203, 0, 113], b"en0", b"em0"] {
                let has = |bytes: &[u8]| bytes.windows(secret.len()).any(|window| window == secret);
                // The addresses in place of others are of the same documentation ranges.
                let is_instead = secret == [203, 0, 113] && !has(&whole);
                assert!(is_instead || !has(packet.bytes), "{}: {:02x?}", envelope.name, packet.bytes);
            }
        }
        assert_eq!(count, packets.len());
    }
}

/// A packet in fragments of IP, of so many bytes of payload.
fn fragments(ip: &[u8], size: usize, id: u8) -> Vec<Vec<u8>> {
    let is_4 = ip[0] >> 4 == 4;
    let (header, payload) = ip.split_at(if is_4 { 20 } else { 40 });
    if payload.len() <= size {
        return vec![ip.to_vec()];
    }
    let count = payload.len().div_ceil(size);
    let piece = |(place, bytes): (usize, &[u8])| {
        let more = place + 1 < count;
        let offset = place * size;
        let mut fragment = header.to_vec();
        if is_4 {
            fragment[2..4].copy_from_slice(&((20 + bytes.len()) as u16).to_be_bytes());
            fragment[6..8].copy_from_slice(&((offset / 8) as u16 | u16::from(more) << 13).to_be_bytes());
        } else {
            fragment[4..6].copy_from_slice(&((8 + bytes.len()) as u16).to_be_bytes());
            let field = (offset as u16 | u16::from(more)).to_be_bytes();
            fragment.extend([header[6], 0, field[0], field[1], 0, 0, 0, id]);
            fragment[6] = 44;
        }
        fragment.extend_from_slice(bytes);
        fragment
    };
    payload.chunks(size).enumerate().map(piece).collect()
}

#[test]
fn fragments_are_put_together_in_any_order() {
    for ends in [V4, V6] {
        let packets = conversation(ends);
        let bare: Vec<_> = packets.iter().map(|(time_ns, _, ip)| (*time_ns, eth(ip, Client))).collect();
        let expected = segments(&write(1, &bare));
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
            let mut file = Vec::new();
            for (number, (time_ns, _, ip)) in packets.iter().enumerate() {
                let mut pieces = fragments(ip, 512, number as u8);
                if pieces.len() == 3 {
                    pieces = order.map(|place| pieces[place].clone()).to_vec();
                    // One comes twice, the second time with other bytes: the first said count.
                    let mut again = pieces[0].clone();
                    *again.last_mut().unwrap() ^= 1;
                    pieces.insert(1, again);
                }
                file.extend(pieces.iter().map(|piece| (*time_ns, eth(piece, Client))));
            }
            assert!(segments(&write(1, &file)) == expected, "{ends:?} {order:?}");
        }
    }
}

#[test]
fn a_fragmented_tunnel_is_read() {
    let vxlan = ENVELOPES.iter().find(|row| row.name == "VXLAN").unwrap();
    let packets = conversation(V4);
    let expected = segments(&wrapped(vxlan, &packets));
    let mut file = Vec::new();
    for (number, (time_ns, side, ip)) in packets.iter().enumerate() {
        let outer = &(vxlan.wrap)(ip, *side)[14..];
        let pieces = fragments(outer, 800, number as u8);
        file.extend(pieces.iter().map(|piece| (*time_ns, eth(piece, *side))));
    }
    assert_eq!(segments(&write(1, &file)), expected);
}

#[test]
fn incomplete_datagrams_are_bounded_and_noted() {
    let (_, _, mut ip) = conversation(V4).into_iter().max_by_key(|(_, _, ip)| ip.len()).unwrap();
    // Of 200 datagrams the second fragment is missing; the times are seconds apart, then all alike.
    for apart in [1_000_000_000, 0] {
        let mut file = Vec::new();
        for id in 0..200 {
            ip[5] = id;
            let pieces = fragments(&ip, 512, id);
            file.extend([0, 2].map(|place| (u64::from(id) * apart + 1, eth(&pieces[place], Client))));
        }
        let file = write(1, &file);
        let mut reader = Reader::new(&file[..]).unwrap();
        let notes: Vec<_> = reader.finish().notes.iter().map(ToString::to_string).collect();
        let expected =
            "a fragment of an IP packet, of which others are missing (400 times, first at packet 1)";
        assert_eq!(notes, [expected]);
    }
}

#[test]
fn what_is_read_is_shown_once() {
    let dir = TempDir::new();
    let path = dir.join("vxlan.pcapng");
    let vxlan = ENVELOPES.iter().find(|row| row.name == "VXLAN").unwrap();
    std::fs::write(&path, wrapped(vxlan, &conversation(V4))).unwrap();
    let told = |arguments: &[&str]| explain(&path, arguments);
    let text = told(&[]);
    let line = "The packets are inside VXLAN VNI 4660 (203.0.113.1 → 203.0.113.2).";
    assert_eq!(text.matches(line).count(), 1, "{text}");
    let json: serde_json::Value = serde_json::from_str(&told(&["--json"])).unwrap();
    let expected = serde_json::json!([
        { "protocol": "VXLAN", "id": 4660, "source": "203.0.113.1", "destination": "203.0.113.2" }
    ]);
    assert_eq!(json["connections"][0]["encapsulation"], expected);
}

fn explain(path: &Path, arguments: &[&str]) -> String {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let output = command.arg("explain").args(arguments).arg(path).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
