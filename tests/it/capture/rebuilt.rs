//! Connections rebuilt from socket events: Wireshark has no warnings, and the payloads equal those really sent.

use std::borrow::Cow;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use wirewalk::capture::{
    AcceptedConnection, CaptureOptions, Checksums, Direction, Flush, Interface, LinkType, PacketSocket,
    Reader, Record, ReplayedPacket, Section, SocketEvent, SocketInfo, SocketReplay, Times, Writer,
};
use wirewalk::observe::{Checksum, Evidence, Flags, Options, Segment};
use wirewalk::wire::Side;

use super::tshark::{fields, tshark};
use crate::support::skip::skipped;
use crate::support::temp::TempDir;

const BEGIN: u64 = 1_700_000_000_000_000_000;

fn opening(client: &str, server: &str) -> AcceptedConnection<'static> {
    AcceptedConnection {
        time_ns: BEGIN,
        round_trip_ns: 40_000,
        client: client.parse().unwrap(),
        server: server.parse().unwrap(),
        saved_syn: None,
        server_isn: 1_000_000,
        server_options: Options {
            mss: Some(1460),
            window_scale: Some(7),
            sack_permitted: true,
            timestamps: Some((0, 0)),
        },
        window: 65_483,
    }
}

fn save<'p>(packets: impl Iterator<Item = &'p ReplayedPacket>, path: &Path) {
    let file = std::fs::File::create(path).unwrap();
    let mut writer = Writer::new(file, &Section::ours(Vec::new()), Flush::WhenFull, Times::Raise).unwrap();
    let interface = Interface { name: Some("lo".to_owned()), ..Interface::new(LinkType::RAW) };
    let interface = writer.interface(&interface).unwrap();
    for rebuilt in packets {
        let bytes = &rebuilt.packet.bytes;
        let from_client = rebuilt.packet.from == Side::Client;
        writer
            .packet(&Record {
                interface,
                time_ns: rebuilt.packet.time_ns,
                original_length: bytes.len() as u32,
                bytes,
                direction: Some(if from_client { Direction::Inbound } else { Direction::Outbound }),
                comments: &[Cow::Borrowed(&rebuilt.comment)],
            })
            .unwrap();
    }
    writer.finish().unwrap();
}

/// The packets of these events, one millisecond apart.
fn rebuild(opening: &AcceptedConnection<'_>, events: &[SocketEvent<'_>]) -> Vec<ReplayedPacket> {
    let (mut rebuild, mut packets) = SocketReplay::open(opening);
    for (time, event) in (1..).zip(events) {
        packets.extend(rebuild.event(opening.time_ns + time * 1_000_000, *event));
    }
    packets
}

/// The flags of each packet, `>` before the server's.
fn flags(packets: &[ReplayedPacket]) -> Vec<String> {
    let flags = |packet: &ReplayedPacket| {
        let from = if packet.packet.from == Side::Client { "" } else { ">" };
        format!("{from}{}", packet.segment(1).flags)
    };
    packets.iter().map(flags).collect()
}

#[test]
fn socket_events_become_segments() {
    use SocketEvent::{Finished, PeerFinished, PeerReset, Received, Reset, Sent};
    let handshake = ["SYN", ">SYN,ACK", "ACK"];
    let cases: [(&[SocketEvent<'_>], &[&str]); 6] = [
        (&[Received(b"a"), Sent(b"b")], &["PSH,ACK", ">PSH,ACK"]),
        (&[PeerFinished, Finished], &["FIN,ACK", ">ACK", ">FIN,ACK", "ACK"]),
        (
            &[Finished, Received(b"a"), PeerFinished, Sent(b"x")],
            &[">FIN,ACK", "ACK", "PSH,ACK", "FIN,ACK", ">ACK"],
        ),
        (&[PeerReset, Sent(b"x")], &["RST,ACK"]),
        (&[Reset, PeerFinished], &[">RST,ACK"]),
        (&[Sent(&[0; 4000])], &[">ACK", ">ACK", "ACK", ">PSH,ACK"]),
    ];
    for (events, expected) in cases {
        let packets = rebuild(&opening("10.0.0.1:1234", "10.0.0.2:80"), events);
        assert_eq!(flags(&packets), [&handshake, expected].concat(), "{events:?}");
        assert!(packets.iter().all(|packet| packet.comment.contains("evidence: rebuilt")));
    }
}

/// Lost bytes are a gap, and the connection goes on after it.
#[test]
fn lost_bytes_are_a_gap_of_their_length() {
    use SocketEvent::{Finished, Lost, PeerFinished, Received, Sent};
    let events =
        [Received(b"abc"), Lost(Side::Client, 1000), Received(b"def"), Lost(Side::Server, 7), Sent(b"x")];
    let packets =
        rebuild(&opening("10.0.0.1:1234", "10.0.0.2:80"), &[&events[..], &[PeerFinished, Finished]].concat());
    assert_eq!(
        flags(&packets)[3..],
        ["PSH,ACK", "PSH,ACK", ">ACK", ">PSH,ACK", "FIN,ACK", ">ACK", ">FIN,ACK", "ACK"]
    );
    let segments: Vec<_> = packets.iter().map(|packet| packet.segment(1)).collect();
    let (begin, server) = (segments[0].seq, segments[1].seq);
    assert_eq!([segments[3].seq, segments[4].seq, segments[7].seq].map(|seq| seq - begin), [1, 1004, 1007]);
    assert_eq!((segments[6].seq - server, segments[6].ack.unwrap() - begin), (8, 1007));
}

#[test]
#[ignore = "run by tests/run: needs tshark"]
fn wireshark_has_no_warnings_for_rebuilt_packets() {
    use SocketEvent::{Finished, PeerFinished, PeerReset, Received, Reset, Sent};
    let long = vec![b'x'; 1_000_000];
    let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let answer = [b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", &long[..]].concat();
    let scenes: [(&[SocketEvent<'_>], u32); 5] = [
        (&[Received(request), Sent(&answer), PeerFinished, Finished], 31),
        (&[Received(&long), Sent(b"HTTP/1.0 413 x\r\n\r\n"), Finished, PeerFinished], 31),
        (&[Received(request), Reset], 47),
        (&[PeerReset], 39),
        (&[Received(request), Received(request), Received(request), PeerFinished], 31),
    ];
    let dir = TempDir::new();
    let path = dir.join("rebuilt.pcapng");
    let mut packets = Vec::new();
    for (client, server) in [("10.0.0.1", "10.0.0.2:80"), ("[2001:db8::1]", "[2001:db8::2]:80")] {
        for (port, (events, _)) in (4000..).zip(&scenes) {
            let opening = opening(&format!("{client}:{port}"), server);
            let time_ns = BEGIN + packets.len() as u64 * 1_000_000;
            packets.extend(rebuild(&AcceptedConnection { time_ns, ..opening }, events));
        }
    }
    save(packets.iter(), &path);
    let checked = ["-2", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
    let said = tshark(&path, &checked);
    assert_eq!((said.complaints.as_str(), said.lines.len()), ("", packets.len()));
    let wrong = fields(
        &path,
        &[&checked[..], &["-Y", "_ws.malformed || tcp.analysis.flags"]].concat(),
        &["frame.number", "_ws.col.Info"],
    );
    assert!(wrong.is_empty(), "{wrong:?}");
    for row in fields(&path, &checked, &["tcp.checksum.status", "tcp.stream", "tcp.completeness"]) {
        let stream: usize = row[1].parse().unwrap();
        assert_eq!((row[0].as_str(), row[2].clone()), ("1", scenes[stream % scenes.len()].1.to_string()));
    }
}

/// A real connection, rebuilt from its socket and captured by the packet socket.
#[test]
fn rebuilt_payloads_equal_the_captured_ones() {
    for address in ["127.0.0.1:0", "[::1]:0", "[::]:0"] {
        let listener = TcpListener::bind(address).unwrap();
        SocketInfo::enable_saved_syn(&listener).unwrap();
        let port = listener.local_addr().unwrap().port();
        let watch = CaptureOptions { interface: "lo".to_owned(), port, checksums: Checksums::Complete };
        let mut caught = match PacketSocket::open(watch) {
            Ok(socket) => Some(socket),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => None,
            Err(error) => panic!("{error}"),
        };
        // Of the listener of both versions an IPv4 client.
        let ip =
            if address == "[::]:0" { [127, 0, 0, 1].into() } else { listener.local_addr().unwrap().ip() };
        let mut client = TcpStream::connect(SocketAddr::new(ip, port)).unwrap();
        let (mut server, peer) = listener.accept().unwrap();
        let facts = SocketInfo::of(&server).unwrap();
        let opening = AcceptedConnection {
            time_ns: BEGIN,
            round_trip_ns: facts.round_trip_ns,
            client: peer,
            server: server.local_addr().unwrap(),
            saved_syn: facts.saved_syn.as_deref(),
            server_isn: 7,
            server_options: facts.options,
            window: facts.window,
        };
        client.write_all(b"hello").unwrap();
        let mut five = [0; 5];
        server.read_exact(&mut five).unwrap();
        server.write_all(b"world!").unwrap();
        drop(client);
        // The client closes with unread bytes, perhaps, so how it ends is the kernel's choice.
        let end = match server.read(&mut five) {
            Ok(_) => SocketEvent::PeerFinished,
            Err(_) => SocketEvent::PeerReset,
        };
        drop(server);
        let events =
            [SocketEvent::Received(b"hello"), SocketEvent::Sent(b"world!"), end, SocketEvent::Finished];
        let packets = rebuild(&opening, &events);
        let segments: Vec<_> = packets.iter().map(|packet| packet.segment(1)).collect();
        assert_eq!(segments[0].evidence, Evidence::Captured, "{address}: {facts:?}");
        assert_eq!(segments[0].source, SocketAddr::new(ip, peer.port()));
        assert_eq!((segments[3].payload, segments[4].payload), (&b"hello"[..], &b"world!"[..]));

        let Some(caught) = &mut caught else {
            skipped("capturing needs CAP_NET_RAW");
            continue;
        };
        // The saved SYN equals the captured one, byte for byte.
        let syn = caught.receive(Duration::from_secs(2)).unwrap().unwrap();
        assert_eq!(syn.bytes[14..], packets[0].packet.bytes, "{address}");
        let syn_ack = caught.receive(Duration::from_secs(2)).unwrap().unwrap();
        let really = syn_ack.raw(1).decode().unwrap();
        let options = Options { timestamps: segments[1].options.timestamps, ..really.options };
        assert_eq!(segments[1].options, options, "{address}: the server's options");
        assert_eq!(segments[1].flags, Flags::SYN | Flags::ACK);
        let mut said = Vec::new();
        while let Some(packet) = caught.receive(Duration::from_millis(100)).unwrap() {
            let segment = packet.raw(1).decode().unwrap();
            let first_of_client = segments[0].seq.wrapping_add(1);
            if segment.destination.port() == port && segment.length > 0 {
                assert_eq!((segment.seq, segment.payload), (first_of_client, &b"hello"[..]));
                assert_eq!(segments[3].seq, first_of_client, "the client's numbers are its own");
            }
            said.extend_from_slice(segment.payload);
        }
        assert!(said.starts_with(b"helloworld!"), "{address}");
    }
}

#[test]
fn a_saved_syn_is_read_as_captured() {
    let dir = TempDir::new();
    let path = dir.join("rebuilt.pcapng");
    let first = rebuild(&opening("10.0.0.1:1234", "10.0.0.2:80"), &[]);
    let opening = AcceptedConnection {
        saved_syn: Some(&first[0].packet.bytes),
        ..opening("10.0.0.1:1234", "10.0.0.2:80")
    };
    let packets = rebuild(&opening, &[SocketEvent::Received(b"a")]);
    save(packets.iter(), &path);
    let mut reader = Reader::open(&path).unwrap();
    for (number, rebuilt) in (1..).zip(&packets) {
        let segment = reader.next_packet().unwrap().segment.unwrap();
        assert_eq!(Segment { ip: None, checksum: Checksum::Unknown, ..segment }, rebuilt.segment(number));
    }
    assert_eq!((packets[0].evidence, packets[1].evidence), (Evidence::Captured, Evidence::Rebuilt));
    // Somebody else's SYN is not taken for the connection's.
    let packets = rebuild(&AcceptedConnection { client: "10.0.0.1:99".parse().unwrap(), ..opening }, &[]);
    assert_eq!(packets[0].evidence, Evidence::Rebuilt);
    for len in 0..first[0].packet.bytes.len() {
        let cut = AcceptedConnection { saved_syn: Some(&first[0].packet.bytes[..len]), ..opening };
        let _ = rebuild(&cut, &[SocketEvent::Received(b"a")]);
    }
}
