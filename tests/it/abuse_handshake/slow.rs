//! H5: slow and silent clients.
//!
//! The limit is 10 s by default; here it is short. It counts from accept and in all, so a byte now and then buys
//! nothing.

use std::time::{Duration, Instant};

use crate::support::cost::Before;
use crate::support::raw::{End, Raw};
use crate::support::refusal::{Dripping, fair, settles};
use crate::support::server::Server;
use crate::support::{PATIENCE, http};

/// How long a client that was to be ended is waited for, while it goes on dripping.
const LONG: Duration = Duration::from_secs(20);

#[test]
fn h5_slow_and_silent_heads_end_after_the_handshake_timeout() {
    let server = Server::start(&["--handshake-timeout", "2"]);
    fair(server.addr());
    let (idle, before) = (server.fd_count(), Before::of(&server));
    let silent: Vec<_> = (0..100).map(|_| Raw::tcp(server.addr())).collect();
    let head = Raw::request(server.addr(), "/echo");
    let mut drops = head.bytes();
    let slow = (0..300).map(|_| {
        let mut raw = Raw::tcp(server.addr());
        raw.send(b"G");
        Dripping::new(raw)
    });
    let mut waiting: Vec<_> = slow.collect();
    drops.next();
    let begin = Instant::now();
    while !waiting.is_empty() {
        assert!(begin.elapsed() < LONG, "{} connections drip on", waiting.len());
        fair(server.addr());
        std::thread::sleep(Duration::from_millis(100));
        let drop = drops.next().expect("the time is up long before the head is whole");
        waiting.retain_mut(|one| one.goes_on(&[drop]));
    }
    for mut raw in silent {
        // A browser that opens a connection in advance has asked nothing: there is nothing to answer.
        assert_eq!(raw.bytes(PATIENCE), (Vec::new(), End::Fin));
    }
    settles(&server, idle);
    before.assert_cost(&server, Duration::from_secs(8), 16 * 1024);
}

/// The next head on a kept-alive connection has the same time, and counts it from the last answer.
#[test]
fn h5_a_later_head_has_the_same_timeout() {
    let server = Server::start(&["--handshake-timeout", "1"]);
    for begun in ["", "G"] {
        let mut raw = Raw::tcp(server.addr());
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.addr());
        raw.send(request.as_bytes());
        assert_eq!(http::read_answer(raw.stream(), request.as_bytes()).unwrap().status, 200);
        raw.send(begun.as_bytes());
        let begin = Instant::now();
        let mut bytes = Vec::new();
        loop {
            let (more, end) = raw.bytes(Duration::from_millis(100));
            bytes.extend(more);
            match end {
                End::StillOpen => assert!(begin.elapsed() < LONG, "it drips on"),
                End::Fin | End::Reset => break,
            }
            if !begun.is_empty() {
                raw.send(b"E");
            }
        }
        assert!(bytes.is_empty() || bytes.starts_with(b"HTTP/1.1 408 "), "{}", http::shown(&bytes));
    }
    fair(server.addr());
}
