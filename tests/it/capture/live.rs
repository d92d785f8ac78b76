//! Packets of real connections, captured by the packet socket. Needs `CAP_NET_RAW`; without it the tests are skipped, and
//! a line says so.

use std::collections::HashSet;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use wirewalk::capture::{
    CaptureInfo, CaptureOptions, Checksums, Direction, Flush, LinkType, PacketSocket, Reader, Section, Times,
    Writer,
};
use wirewalk::observe::Flags;

use super::tshark::{fields, tshark};
use crate::support::catch::record_of;
use crate::support::skip::skipped;
use crate::support::temp::TempDir;

/// Bytes that each side sends: less than the first window, so that no window closes on a loaded machine.
const SAID: usize = 50_000;

/// A socket that captures `port`; skipped without the privilege.
fn watch(interface: &str, port: u16, checksums: Checksums) -> Option<PacketSocket> {
    match PacketSocket::open(CaptureOptions { interface: interface.to_owned(), port, checksums }) {
        Ok(socket) => Some(socket),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            skipped("capturing needs CAP_NET_RAW");
            None
        }
        Err(error) => panic!("{interface}: {error}"),
    }
}

/// A client that sends, receives as much, and closes.
fn exchange(listener: &TcpListener) {
    let address = listener.local_addr().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut said = Vec::new();
            stream.read_to_end(&mut said).unwrap();
            stream.write_all(&said).unwrap();
        });
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(&vec![b'x'; SAID]).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert_eq!(answer.len(), SAID);
    });
}

/// Writes captured packets until so many connections are over; returns the capture as read back.
fn record(socket: &mut PacketSocket, path: &Path, connections: usize) -> CaptureInfo {
    let file = std::fs::File::create(path).unwrap();
    let mut writer = Writer::new(file, &Section::ours(Vec::new()), Flush::WhenFull, Times::Raise).unwrap();
    let interface = writer.interface(&socket.interface()).unwrap();
    let mut take = |socket: &mut PacketSocket, timeout| {
        let caught = socket.receive(timeout).unwrap()?;
        writer.packet(&record_of(interface, &caught)).unwrap();
        let segment = caught.raw(0).decode().unwrap();
        let by_direction =
            if caught.direction == Direction::Inbound { segment.source } else { segment.destination };
        Some((segment.flags.has(Flags::FIN), by_direction))
    };
    let (mut fins, mut clients) = (0, HashSet::<SocketAddr>::new());
    let begin = Instant::now();
    while fins < 2 * connections {
        let caught = take(socket, Duration::from_millis(100));
        let Some((fin, client)) = caught else {
            assert!(begin.elapsed() < Duration::from_secs(10), "{fins} FINs");
            continue;
        };
        fins += usize::from(fin);
        clients.insert(client);
    }
    // The last acknowledgments, and then what is queued.
    while take(socket, Duration::from_millis(200)).is_some() {}
    while take(socket, Duration::ZERO).is_some() {}
    assert_eq!(clients.len(), connections, "inbound is from the clients, on the loopback interface too");
    let statistics = socket.statistics(interface).unwrap();
    assert_eq!(statistics.dropped, Some(0));
    writer.statistics(&statistics).unwrap();
    writer.finish().unwrap();
    let mut reader = Reader::open(path).unwrap();
    reader.finish();
    let info = reader.into_info();
    assert_eq!((&info.notes[..], &info.damage), (&[][..], &None));
    assert_eq!(statistics.received, Some(info.packets));
    info
}

#[test]
fn every_packet_of_a_connection_is_captured_once_and_in_order() {
    let dir = TempDir::new();
    let path = dir.join("live.pcapng");
    for (interface, address, link) in [
        ("lo", "127.0.0.1:0", LinkType::ETHERNET),
        ("lo", "[::1]:0", LinkType::ETHERNET),
        ("any", "127.0.0.1:0", LinkType::LINUX_SLL2),
    ] {
        let (listener, other) = (TcpListener::bind(address).unwrap(), TcpListener::bind(address).unwrap());
        let port = listener.local_addr().unwrap().port();
        let Some(mut socket) = watch(interface, port, Checksums::Complete) else { return };
        // Another port's packets are not let through.
        exchange(&other);
        exchange(&listener);
        let info = record(&mut socket, &path, 1);
        assert_eq!(info.link_types(), [link]);
        assert_eq!(info.interfaces[0].name.as_deref(), Some(interface));

        let mut reader = Reader::open(&path).unwrap();
        let mut said = [0; 2];
        let mut next = [None; 2];
        let (mut last_ns, mut again) = (0, 0);
        while let Some(packet) = reader.next_packet() {
            let segment = packet.segment.unwrap();
            let side = usize::from(segment.source.port() == port);
            assert!([segment.source.port(), segment.destination.port()].contains(&port));
            if packet.number <= 3 {
                let expected = [Flags::SYN, Flags::SYN | Flags::ACK, Flags::ACK][packet.number as usize - 1];
                assert_eq!(segment.flags, expected, "{interface} {address}");
            }
            // A loaded kernel may send something again, but nothing may be missing.
            let flags = [Flags::SYN, Flags::FIN];
            let taken = flags.map(|flag| u32::from(segment.flags.has(flag))).iter().sum::<u32>();
            let end = segment.seq.wrapping_add(segment.length + taken);
            let expected = *next[side].get_or_insert(segment.seq);
            let gap = segment.seq.wrapping_sub(expected).cast_signed();
            assert!(gap <= 0, "{interface} {address}: before packet {} something is missing", packet.number);
            again += u32::from(gap < 0);
            let new = end.wrapping_sub(expected).cast_signed().max(0);
            next[side] = Some(expected.wrapping_add(new.cast_unsigned()));
            said[side] += new.cast_unsigned();
            assert_eq!(packet.original_length as usize, packet.bytes.len());
            let direction = if side == 1 { Direction::Outbound } else { Direction::Inbound };
            assert_eq!(packet.direction(), Some(direction));
            assert!(packet.time_ns >= last_ns && packet.time_ns > 1_700_000_000_000_000_000);
            last_ns = packet.time_ns;
        }
        // And SYN and FIN.
        assert_eq!(said, [SAID as u32 + 2; 2], "{interface} {address}");
        assert!(again <= 3, "{interface} {address}: {again} packets came twice");
        println!("{interface} {address}: {} packets", info.packets);
    }
}

#[test]
fn a_missing_interface_is_an_error() {
    for name in ["nothing7", "", "../lo", "lo/../lo"] {
        let watch = CaptureOptions { interface: name.to_owned(), port: 1, checksums: Checksums::AsIs };
        assert_eq!(PacketSocket::open(watch).unwrap_err().kind(), ErrorKind::NotFound, "{name}");
    }
}

#[test]
#[ignore = "run by tests/run: needs tshark"]
fn wireshark_has_no_warnings_for_captured_packets() {
    let dir = TempDir::new();
    let path = dir.join("live.pcapng");
    let checked = ["-2", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
    for (interface, address) in [("lo", "127.0.0.1:0"), ("lo", "[::1]:0"), ("any", "[::1]:0")] {
        let listener = TcpListener::bind(address).unwrap();
        let port = listener.local_addr().unwrap().port();
        let Some(mut socket) = watch(interface, port, Checksums::Complete) else { return };
        for _ in 0..5 {
            exchange(&listener);
        }
        let info = record(&mut socket, &path, 5);
        let said = tshark(&path, &checked);
        assert_eq!((said.complaints.as_str(), said.lines.len() as u64), ("", info.packets));
        // Retransmissions of a loaded kernel are allowed; warnings about the capture itself are not.
        let wrong = "_ws.malformed || tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment || \
            tcp.analysis.out_of_order";
        let wrong =
            fields(&path, &[&checked[..], &["-Y", wrong]].concat(), &["frame.number", "_ws.col.Info"]);
        assert!(wrong.is_empty(), "{wrong:?}");
        for row in fields(&path, &checked, &["tcp.checksum.status", "tcp.completeness"]) {
            assert_eq!(row, ["1", "31"]);
        }
        println!("{interface} {address}: {} packets", info.packets);
    }
}
