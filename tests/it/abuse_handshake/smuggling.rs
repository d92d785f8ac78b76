//! H6: bytes behind the head, and requests hidden in bodies.

use crate::support::PATIENCE;
use crate::support::http::{self, Request, shown};
use crate::support::raw::{End, Raw};
use crate::support::refusal::{answers, closes_in_order, fair, refused};
use crate::support::server::Server;

/// Frames in the very segment of the head are the connection's first.
#[test]
fn h6_frames_behind_the_head_are_answered() {
    let server = Server::start(&[]);
    let long = vec![7; 70_000];
    let early = [Raw::frame(0x81, b"first"), Raw::frame(0x82, &long), Raw::frame(0x89, b"?")].concat();
    let mut raw = Raw::connect_with(server.addr(), "/echo", &early);
    let mut frame = || raw.frame_within(PATIENCE).unwrap();
    assert_eq!(frame().payload, b"first");
    assert_eq!(frame().payload, long);
    let pong = frame();
    assert_eq!((pong.opcode(), pong.payload.as_slice()), (10, &b"?"[..]));
    raw.send(&Raw::frame(0x81, b"second"));
    assert_eq!(raw.frame_within(PATIENCE).unwrap().payload, b"second");

    // A frame cut in two: its start with the head, its end later.
    let frame = Raw::frame(0x81, b"in two pieces");
    let mut raw = Raw::connect_with(server.addr(), "/echo", &frame[..9]);
    raw.send(&frame[9..]);
    assert_eq!(raw.frame_within(PATIENCE).unwrap().payload, b"in two pieces");
    fair(server.addr());
}

/// What follows an Upgrade is never HTTP: a proxy in front may believe that it is.
#[test]
fn h6_a_request_behind_the_upgrade_is_no_request() {
    let server = Server::start(&["--admin-token", "let-me-in"]);
    let second = Request::new("GET", "/api/presence").bearer("let-me-in").encode(server.addr());
    let mut raw = Raw::connect_with(server.addr(), "/echo", &second);
    let rest = raw.rest(PATIENCE);
    // "G" is 0x47: a reserved bit is set.
    assert_eq!((rest.frames.len(), rest.close_code(), rest.end), (1, Some(1002), End::Fin));
    assert!(rest.left.is_empty(), "{}", shown(&rest.left));

    // Nor is it after an Upgrade that was refused.
    let bad = Raw::request(server.addr(), "/echo").replace("Version: 13", "Version: 9");
    refused(server.addr(), &[bad.as_bytes(), &second].concat(), 426);
    let body = format!("Content-Length: {}\r\n\r\n", second.len());
    let with_body = Raw::request(server.addr(), "/echo").replacen("\r\n\r\n", &format!("\r\n{body}"), 1);
    refused(server.addr(), &[with_body.as_bytes(), &second].concat(), 400);
    let chunked = "\r\nTransfer-Encoding: chunked\r\n\r\n";
    let with_chunks = Raw::request(server.addr(), "/echo").replacen("\r\n\r\n", chunked, 1);
    refused(server.addr(), &[with_chunks.as_bytes(), b"0\r\n\r\n", &second].concat(), 400);
    fair(server.addr());
}

/// A body that nobody asked for is a body, not the next request.
#[test]
fn h6_the_body_of_a_get_is_no_second_request() {
    let server = Server::start(&[]);
    let to = server.addr();
    let inner = format!("GET /smuggled HTTP/1.1\r\nHost: {to}\r\n\r\n");
    let last = Request::new("GET", "/last").encode(to);
    let length = format!("Content-Length: {}\r\n\r\n{inner}", inner.len());
    let chunk = format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{inner}\r\n0\r\n\r\n", inner.len());
    for (framing, body) in [("length", length), ("chunks", chunk)] {
        let mut raw = Raw::tcp(to);
        let first = format!("GET /healthz HTTP/1.1\r\nHost: {to}\r\n{body}");
        raw.send(&[first.as_bytes(), &last].concat());
        let (bytes, end) = raw.bytes(PATIENCE);
        let statuses: Vec<_> = answers(&bytes).iter().map(|answer| answer.status).collect();
        assert!(!shown(&bytes).contains("smuggled"), "{framing}: {}", shown(&bytes));
        assert_eq!((statuses, end), (vec![200, 404], End::Fin), "{framing}");
    }
    fair(to);
}

/// Where a request ends must not be a matter of opinion.
#[test]
fn h6_contradicting_lengths_are_refused() {
    let server = Server::start(&[]);
    let to = server.addr();
    for lines in [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
    ] {
        let mut raw = Raw::tcp(to);
        let inner = format!("GET /smuggled HTTP/1.1\r\nHost: {to}\r\n\r\n");
        raw.send(format!("POST /login HTTP/1.1\r\nHost: {to}\r\n{lines}\r\n{inner}").as_bytes());
        let (bytes, end) = raw.bytes(PATIENCE);
        let statuses: Vec<_> = answers(&bytes).iter().map(|answer| answer.status).collect();
        assert_eq!((statuses, end), (vec![400], End::Fin), "{lines:?}: {}", shown(&bytes));
    }
    fair(to);
}

/// A refused client that had more to say still gets the answer.
#[test]
fn a_refusal_is_not_lost_to_a_reset() {
    let server = Server::start(&[]);
    let to = server.addr();
    let more = vec![b'x'; 200_000];
    let bad = Raw::request(to, "/echo").replace("Version: 13", "Version: 9");
    for (what, bytes) in [
        ("an Upgrade", [bad.as_bytes(), &more].concat()),
        ("what is not HTTP", [b"nonsense\r\n\r\n", &more[..]].concat()),
        (
            "a body that is too long",
            Request::new("POST", "/login").body("application/json", &more).encode(to),
        ),
        ("a body that nobody reads", Request::new("POST", "/nowhere").body("text/plain", &more).encode(to)),
    ] {
        assert!(closes_in_order(|| Raw::tcp(to), &bytes), "{what}");
    }
}

/// Whom a request is for must not be a matter of opinion, either (RFC 9112 §3.2).
#[test]
fn h9_upgrades_need_one_host() {
    let server = Server::start(&[]);
    let to = server.addr();
    for hosts in ["", "Host: a\r\nHost: b\r\n"] {
        refused(to, format!("GET /healthz HTTP/1.1\r\n{hosts}\r\n").as_bytes(), 400);
    }
    let old = http::request(to, b"GET /healthz HTTP/1.0\r\n\r\n");
    assert_eq!(old.status, 200);
}
