//! Connections built packet by packet: Wireshark has no warnings for them.

use std::borrow::Cow;
use std::path::Path;

use wirewalk::capture::{
    BuiltPacket, Direction, Flush, Interface, LinkType, REBUILT, Reader, Record, Section, TcpEndpoint, Times,
    Writer,
};
use wirewalk::observe::{Checksum, Evidence, Flags, Options, Segment};
use wirewalk::wire::Side::{Client, Server};

use super::tshark::{fields, tshark};
use crate::support::script::{BEGIN_NS, RESPONSE, Script};
use crate::support::temp::TempDir;

/// The opening handshake, a frame each way, and two Close frames.
fn exchange(script: &mut Script) -> &mut Script {
    script
        .websocket()
        .write(Client, &[0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
        .write(Server, b"\x81\x05Hello")
        .write(Client, &[0x88, 0x82, 0, 0, 0, 0, 3, 0xE8])
        .write(Server, &[0x88, 2, 3, 0xE8])
}

fn save(packets: &[BuiltPacket], path: &Path) {
    let file = std::fs::File::create(path).unwrap();
    let section = Section::ours(vec!["一次连接".to_owned()]);
    let mut writer = Writer::new(file, &section, Flush::WhenFull, Times::Raise).unwrap();
    let interface = Interface {
        snaplen: 262_144,
        name: Some("lo".to_owned()),
        description: Some("reconstructed from socket, not captured".to_owned()),
        ..Interface::new(LinkType::RAW)
    };
    let interface = writer.interface(&interface).unwrap();
    for packet in packets {
        let direction = if packet.from == Client { Direction::Inbound } else { Direction::Outbound };
        writer
            .packet(&Record {
                interface,
                time_ns: packet.time_ns,
                original_length: packet.bytes.len() as u32,
                bytes: &packet.bytes,
                direction: Some(direction),
                comments: &[Cow::Borrowed(REBUILT)],
            })
            .unwrap();
    }
    writer.finish().unwrap();
}

/// Pairs of ends: both versions of IP, and options that only one end offers.
fn pairs() -> Vec<(&'static str, TcpEndpoint, TcpEndpoint)> {
    let end = |address: &str, isn| TcpEndpoint::linux(address.parse().unwrap(), isn);
    let (client, server) = (end("192.0.2.7:51234", 0xFFFF_FF00), end("198.51.100.1:9001", 42));
    let without = |end: TcpEndpoint, options: Options| TcpEndpoint { options, ..end };
    let plain = Options { mss: Some(1460), ..Options::default() };
    vec![
        ("IPv4", client, server),
        ("IPv6", end("[2001:db8::7]:51234", 7), end("[2001:db8::1]:9001", u32::MAX - 1)),
        ("mixed", end("127.0.0.1:51234", 7), end("[::1]:9001", 9)),
        ("no options at the server", client, without(server, plain)),
        ("no options at the client", without(client, plain), server),
        ("no options", without(client, Options::default()), without(server, Options::default())),
    ]
}

/// A name, the completeness that tshark must see, and the steps.
type Conversation = (&'static str, u32, fn(&mut Script));

const CONVERSATIONS: [Conversation; 9] = [
    ("four-segment close", 31, |script| {
        exchange(script).fin(Client).ack(Server).fin(Server).ack(Client);
    }),
    ("three-segment close", 31, |script| {
        exchange(script).fin(Server).fin(Client).ack(Server);
    }),
    ("simultaneous close", 31, |script| {
        exchange(script).ack(Client);
        script.hold(Client).hold(Server).fin(Client).fin(Server);
        script.release(Client).release(Server).ack(Client).ack(Server);
    }),
    ("half-close", 31, |script| {
        script.handshake().write(Client, b"GET / HTTP/1.0\r\n\r\n").ack(Server).fin(Client).ack(Server);
        script
            .write(Server, b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            .ack(Client)
            .fin(Server)
            .ack(Client);
    }),
    ("reset", 47, |script| {
        exchange(script).step(|script, now| script.reset(Client, now));
    }),
    ("reset without an acknowledgment", 63, |script| {
        exchange(script).fin(Client).ack(Server).write(Server, b"\x89\x00");
        script.step(|script, now| script.bare_reset(Client, now));
    }),
    ("refused", 37, |script| {
        script.step(|script, now| script.syn(Client, now)).step(|script, now| script.reset(Server, now));
    }),
    ("no data", 23, |script| {
        script.handshake().fin(Client).fin(Server).ack(Client);
    }),
    ("long writes", 31, |script| {
        let text = vec![b'x'; 100_000];
        let head = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", text.len());
        script.handshake().write(Client, head.as_bytes());
        for piece in text.chunks(30_000) {
            script.write(Client, piece).ack(Server);
        }
        script.write(Server, b"HTTP/1.1 204 No Content\r\n\r\n").fin(Client).fin(Server).ack(Client);
    }),
];

/// The lines of an expert list that count something, each blank once.
fn counted(lines: &[String]) -> Vec<String> {
    let words = lines.iter().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    words.filter(|line| line.starts_with(|first: char| first.is_ascii_digit())).collect()
}

/// Every conversation between every pair, each with a port of its own.
fn all_scripts() -> Vec<(String, u32, Script)> {
    let mut scripts = Vec::new();
    for (ends, mut client, server) in pairs() {
        for (conversation, completeness, play) in CONVERSATIONS {
            client.address.set_port(50_000 + scripts.len() as u16);
            let begin = BEGIN_NS + 123_456_789 + scripts.len() as u64 * 1_000_000_000;
            let mut script = Script::between(client, server).timed(begin, 250_000);
            play(&mut script);
            scripts.push((format!("{conversation}, {ends}"), completeness, script));
        }
    }
    scripts
}

#[test]
#[ignore = "run by tests/run: needs tshark"]
fn wireshark_has_no_warnings_for_built_connections() {
    let dir = TempDir::new();
    let path = dir.join("built.pcapng");
    let scripts = all_scripts();
    let packets: Vec<_> = scripts.iter().flat_map(|(_, _, script)| script.packets.clone()).collect();
    save(&packets, &path);
    let checked = ["-2", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];

    // A reset is a warning in itself, and the only one.
    let resets = packets.iter().filter(|packet| packet.segment(1).flags.has(Flags::RST)).count();
    let warnings = tshark(&path, &[&checked[..], &["-q", "-z", "expert,warn"]].concat());
    assert_eq!(warnings.complaints, "");
    assert_eq!(counted(&warnings.lines), [format!("{resets} Sequence TCP Connection reset (RST)")]);

    let wrong = [&checked[..], &["-Y", "_ws.malformed || tcp.analysis.flags"]].concat();
    let wrong = fields(&path, &wrong, &["frame.number", "_ws.col.Info"]);
    assert!(wrong.is_empty(), "{wrong:?}");

    let names = ["tcp.checksum.status", "ip.checksum.status", "tcp.stream", "tcp.completeness"];
    for row in fields(&path, &checked, &names) {
        assert!(row[0] == "1" && row[1] != "0", "{row:?}");
        let (name, completeness, _) = &scripts[row[2].parse::<usize>().unwrap()];
        assert_eq!(row[3], completeness.to_string(), "{name}");
    }

    let frames = fields(&path, &["-2", "-Y", "websocket"], &["tcp.stream", "websocket.opcode"]);
    for (stream, (name, _, script)) in scripts.iter().enumerate() {
        let frames = frames.iter().filter(|row| row[0] == stream.to_string()).count();
        let upgraded = script.packets.iter().any(|packet| packet.bytes.ends_with(RESPONSE));
        assert_eq!(frames >= 4, upgraded, "{name}: {frames}");
    }
    println!("{} conversations, {} packets: no complaint", scripts.len(), packets.len());
}

#[test]
fn built_packets_are_read_with_rebuilt_evidence() {
    let dir = TempDir::new();
    let path = dir.join("built.pcapng");
    for (name, _, script) in all_scripts() {
        save(&script.packets, &path);
        let mut reader = Reader::open(&path).unwrap();
        for (number, built) in (1..).zip(&script.packets) {
            let packet = reader.next_packet().unwrap();
            let segment = packet.segment.unwrap();
            // Of the IP header and the checksum only the reader tells.
            assert_eq!(
                Segment { ip: None, checksum: Checksum::Unknown, ..segment },
                built.segment(number),
                "{name}"
            );
            assert_eq!(segment.evidence, Evidence::Rebuilt);
            assert_eq!(built.from, if segment.destination.port() == 9001 { Client } else { Server });
        }
        assert!(reader.next_packet().is_none());
        assert_eq!((&reader.info().notes[..], &reader.info().damage), (&[][..], &None));
    }
}

#[test]
fn a_write_is_pushed_at_its_end_and_split_at_the_mss() {
    let (_, client, server) = pairs()[0];
    let mut script = Script::between(client, server);
    script.handshake().write(Client, &[7; 3000]);
    let segments: Vec<_> = script.packets.iter().map(|built| built.segment(1)).collect();
    let lengths: Vec<_> = segments[3..].iter().map(|segment| segment.length).collect();
    assert_eq!(lengths, [1448, 1448, 104], "1460 without the timestamps");
    let pushed: Vec<_> = segments[3..].iter().map(|segment| segment.flags.has(Flags::PSH)).collect();
    assert_eq!(pushed, [false, false, true]);
    assert_eq!(segments[3].seq, 0xFFFF_FF01);
    assert_eq!(segments[4].seq, 0xFFFF_FF01_u32.wrapping_add(1448));
}
