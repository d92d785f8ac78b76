//! Row F5: large holders of memory leave room for small ones and for other networks.

use std::net::{IpAddr, Ipv4Addr};

use super::{echo, tcp_from};
use crate::support::PATIENCE;
use crate::support::http::connect;
use crate::support::raw::{End, Raw};
use crate::support::refusal::fair;
use crate::support::server::Server;

const MIB: usize = 1024 * 1024;
const MESSAGE: usize = 16 * MIB;
const UNFINISHED: u8 = 0x02;
const BINARY: u8 = 0x82;

/// Another address of this machine, which is another network.
const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

fn is_echoed(raw: &mut Raw, len: usize) {
    raw.send(&Raw::frame(BINARY, &vec![b'y'; len]));
    let frame = raw.frame_within(PATIENCE * 2).unwrap_or_else(|end| panic!("{len} bytes: {end:?}"));
    assert_eq!((frame.payload.len(), frame.close_code()), (len, None), "{len} bytes");
}

/// How many of four connections from this machine may hold 16 MiB.
fn hold(server: &Server) -> Vec<Raw> {
    let frame = Raw::frame(UNFINISHED, &vec![b'x'; MESSAGE - 1]);
    let mut held: Vec<_> = (0..4).map(|_| Raw::connect(server.addr(), "/echo")).collect();
    for raw in &mut held {
        // One that is refused while it sends may see only the reset.
        raw.send(&frame);
    }
    held.retain_mut(|raw| {
        raw.send(&Raw::frame(0x89, b"?"));
        match raw.frame_within(PATIENCE) {
            Ok(frame) if frame.opcode() == 0xA => true,
            Ok(frame) => {
                assert_eq!(frame.close_code(), Some(1013), "{frame:?}");
                false
            }
            Err(end) => {
                assert_eq!(end, End::Reset);
                false
            }
        }
    });
    held
}

#[test]
fn f05_four_holders_of_16_mib_leave_room_for_others() {
    let mut server = Server::start(&[]);
    let mut held = hold(&server);
    assert_eq!(held.len(), 2, "half of what there is is one network's");
    is_echoed(&mut Raw::connect(server.addr(), "/echo"), 200 * 1024);
    let mut other = echo(tcp_from(ELSEWHERE, server.addr()), "").unwrap();
    is_echoed(&mut other, 200 * 1024);
    is_echoed(&mut other, MESSAGE);
    fair(server.addr());
    // Those who hold get their messages through, too.
    for raw in &mut held {
        raw.send(&Raw::frame(0x80, b"z"));
        assert_eq!(raw.frame_within(PATIENCE * 2).unwrap().payload.len(), MESSAGE);
    }
    server.signal("TERM");
    drop((held, other));
    let exit = server.wait_exit(PATIENCE * 2);
    assert!(exit.stderr.contains("refused by quota: held-bytes "), "{}", exit.stderr);
}

#[test]
fn f05_the_memory_share_of_a_network_is_an_option() {
    let server = Server::start(&["--quota-held-bytes", "0"]);
    let held = hold(&server);
    assert_eq!(held.len(), 3, "one network may have it all");
    is_echoed(&mut echo(tcp_from(ELSEWHERE, server.addr()), "").unwrap(), 200 * 1024);
    drop(held);
    let server = Server::start(&["--quota-held-bytes", "1000000"]);
    is_echoed(&mut Raw::connect(server.addr(), "/echo"), MIB);
    assert_eq!(hold(&server).len(), 0, "less than one message of 16 MiB");
    is_echoed(&mut echo(connect(server.addr()), "").unwrap(), MIB);
}

/// Request bodies count as well, and a small one is still served.
#[test]
fn f05_unfinished_bodies_have_a_budget() {
    const HELD: usize = 60 * 1024;
    let server = Server::start(&["--quota-held-bytes", "1000000"]);
    let request = format!(
        "POST /login HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 65536\r\n\r\n",
        server.addr()
    );
    let mut held: Vec<_> = (0..400).map(|_| Raw::tcp(server.addr())).collect();
    for raw in &mut held {
        raw.send(request.as_bytes());
        // The connection of one that is refused may be gone meanwhile.
        raw.send(&vec![b' '; HELD]);
    }
    let is_refused = |raw: &mut Raw| {
        let (bytes, _) = raw.bytes(std::time::Duration::from_millis(20));
        bytes.starts_with(b"HTTP/1.1 503 ")
    };
    let refused = held.iter_mut().filter_map(|raw| is_refused(raw).then_some(())).count();
    // The first pool's share of 8 MiB, and the quota: 400 times 60 KiB are 24 MiB.
    assert!((200..300).contains(&refused), "{refused}");
    fair(server.addr());
    drop(held);
}
