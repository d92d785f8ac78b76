//! A private network: segments are cut as on an Ethernet, and captured without a privilege.

#[path = "../../../examples/support/private_network.rs"]
mod network_namespace;

use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crate::support::skip::skipped;
use network_namespace::enter_private_network;
use wirewalk::capture::{CaptureOptions, Checksums, PacketSocket, SocketInfo};

/// Names of the calling thread's interfaces.
fn interfaces() -> Vec<String> {
    let table = std::fs::read_to_string("/proc/thread-self/net/dev").unwrap();
    let names = table.lines().skip(2).filter_map(|line| line.split_once(':'));
    names.map(|(name, _)| name.trim().to_owned()).collect()
}

/// In a thread of its own: with threads beside it, only that one moves, and only if it is root's.
#[test]
fn a_private_network_has_a_loopback_like_an_ethernet() {
    let before = interfaces();
    thread::spawn(move || {
        if let Err(error) = enter_private_network(1500) {
            assert!(error.to_string().starts_with("a user namespace: "), "{error}");
            assert_eq!(interfaces(), before, "after a refusal all is as it was");
            TcpListener::bind("127.0.0.1:0").unwrap();
            skipped(&format!("a thread can have a network of its own only as root ({error})"));
            return;
        }
        assert_eq!(interfaces(), ["lo"]);
        // Nobody else has a port here.
        let listener = TcpListener::bind("127.0.0.1:9001").unwrap();
        let watch = CaptureOptions { interface: "lo".to_owned(), port: 9001, checksums: Checksums::Complete };
        let mut packets = PacketSocket::open(watch).unwrap();
        let client = TcpStream::connect("127.0.0.1:9001").unwrap();
        let (server, _) = listener.accept().unwrap();
        for end in [&client, &server] {
            assert_eq!(SocketInfo::of(end).unwrap().options.mss, Some(1460));
        }
        std::io::Write::write_all(&mut &client, &[7; 10_000]).unwrap();
        let mut lengths = Vec::new();
        while let Some(caught) = packets.receive(Duration::from_millis(100)).unwrap() {
            lengths.push(caught.raw(1).decode().unwrap().length);
        }
        assert_eq!(lengths.iter().sum::<u32>(), 10_000);
        // 1500 bytes, less the headers of IP and TCP, and TCP's timestamps.
        assert_eq!(lengths.iter().max(), Some(&1448), "{lengths:?}");
    })
    .join()
    .unwrap();
    assert!(interfaces().contains(&"lo".to_owned()));
}
