//! H1 to H3: heads that are too long, in bytes, in lines, in spaces.

use std::fmt::Write as _;
use std::time::Duration;

use crate::support::cost::Before;
use crate::support::raw::{End, Raw};
use crate::support::refusal::{answers, envelope, fair, refused};
use crate::support::server::Server;
use crate::support::{PATIENCE, http};

/// What one more hostile head may cost in memory that stays, in KiB.
const FLAT: u64 = 8 * 1024;

/// What the answer to hostile input may cost in processor time, in a debug build: far more than it does, and far less
/// than parsing anew at each byte would.
const CHEAP: Duration = Duration::from_secs(4);

/// H1: CVE-2023-43669, a head that is parsed again at every byte.
#[test]
fn h1_an_endless_header_byte_by_byte_gets_431() {
    let server = Server::start(&[]);
    fair(server.addr());
    let before = Before::of(&server);
    let mut raw = Raw::tcp(server.addr());
    raw.send(b"GET /echo HTTP/1.1\r\nX: ");
    // The limit is at 16 KiB; a server that answers there need not take the rest of the 20 MB.
    let sent = (0..20_000_000).take_while(|_| raw.send(b"x")).take(64 * 1024).count();
    assert!(sent > 16 * 1024 - 64, "{sent} bytes of a head were already too many");
    let (bytes, _) = raw.bytes(PATIENCE);
    let answer = &answers(&bytes)[0];
    assert_eq!((answer.status, answer.header("Connection")), (431, Some("close")));
    envelope(answer).unwrap();
    fair(server.addr());
    before.assert_cost(&server, CHEAP, FLAT);
}

/// H1, at once: what is behind the limit is not kept, nor read for ever.
#[test]
fn h1_an_endless_header_at_full_speed_gets_431() {
    let server = Server::start(&[]);
    fair(server.addr());
    let before = Before::of(&server);
    for _ in 0..5 {
        let mut raw = Raw::tcp(server.addr());
        raw.send(b"GET /echo HTTP/1.1\r\nX: ");
        let chunk = vec![b'x'; 64 * 1024];
        let sent = (0..320).take_while(|_| raw.send(&chunk)).count();
        assert!(sent < 320, "all 20 MB were read");
    }
    fair(server.addr());
    before.assert_cost(&server, CHEAP, FLAT);
}

/// The limits are where they are said to be, to the byte and to the line.
#[test]
fn h1_head_limits_are_exact_to_the_byte() {
    let server = Server::start(&[]);
    let to = server.addr();
    let right = Raw::request(to, "/echo");
    let right = right.strip_suffix("\r\n").unwrap();
    // A head of exactly so many bytes.
    let head = |bytes: usize| format!("{right}X: {}\r\n\r\n", "x".repeat(bytes - right.len() - 7));
    assert_eq!(head(16 * 1024).len(), 16 * 1024);
    assert_eq!(http::request(to, head(16 * 1024).as_bytes()).status, 101);
    refused(to, head(16 * 1024 + 1).as_bytes(), 431);

    // A request line of exactly so many bytes, its end included.
    let line = |bytes: usize| {
        let target = format!("/echo?{}", "x".repeat(bytes - "GET /echo? HTTP/1.1\r\n".len()));
        Raw::request(to, &target)
    };
    assert_eq!(http::request(to, line(8 * 1024).as_bytes()).status, 101);
    refused(to, line(8 * 1024 + 1).as_bytes(), 414);
    // Nobody need wait for the end of a line that is too long already.
    refused(to, format!("GET /{}", "x".repeat(9000)).as_bytes(), 414);

    let lines = |more: usize| {
        let mut head = right.to_owned();
        for number in 0..more {
            let _ = write!(head, "X-{number}: 1\r\n");
        }
        head + "\r\n"
    };
    let own = right.lines().count() - 1;
    assert_eq!(http::request(to, lines(100 - own).as_bytes()).status, 101);
    refused(to, lines(101 - own).as_bytes(), 431);
    fair(to);
}

/// H2: CVE-2024-37890, headers beyond the cap are dropped, and with them the `Upgrade` that the code relied on.
#[test]
fn h2_two_thousand_headers_get_431() {
    let server = Server::start(&[]);
    let to = server.addr();
    for upgrade in ["", "Upgrade: websocket\r\n"] {
        let mut head = format!("GET /echo HTTP/1.1\r\nHost: {to}\r\n{upgrade}");
        for number in 0..2000 {
            let _ = write!(head, "{number}:\r\n");
        }
        head += "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
        assert!(head.len() < 16 * 1024, "the lines are what is too many");
        refused(to, head.as_bytes(), 431);
    }
    fair(to);
}

/// H3: CVE-2021-32640, a value of spaces that a pattern tries in every way.
#[test]
fn h3_a_value_of_spaces_costs_no_time() {
    let server = Server::start(&[]);
    let to = server.addr();
    let before = Before::of(&server);
    let head = |header: &str, spaces: usize| {
        Raw::request(to, "/echo").replacen("\r\n", &format!("\r\n{header}: b{}x\r\n", " ".repeat(spaces)), 1)
    };
    for header in
        ["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Connection", "Upgrade", "Accept-Language"]
    {
        refused(to, head(header, 32 * 1024).as_bytes(), 431);
        // What fits is looked at, and quickly.
        let mut raw = Raw::tcp(to);
        raw.send(head(header, 15 * 1024).as_bytes());
        raw.finish();
        let (bytes, end) = raw.bytes(PATIENCE);
        assert_eq!(end, End::Fin, "{header}");
        assert!(bytes.starts_with(b"HTTP/1.1 101 ") || bytes.starts_with(b"HTTP/1.1 4"), "{header}");
        assert!(!http::shown(&bytes).contains("b  "), "{header}");
    }
    before.assert_cost(&server, CHEAP, FLAT);
    fair(to);
}
