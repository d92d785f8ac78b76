//! Bytes before a request line, or in place of one: answered at once, not at the handshake timeout.

use std::time::Instant;

use crate::support::raw::Raw;
use crate::support::refusal::{each, fair, refusal};
use crate::support::server::Server;
use crate::support::{PATIENCE, http};

/// A head may take so long, in seconds: far longer than the answers here.
const LONG: &[&str] = &["--handshake-timeout", "300"];

#[test]
fn bytes_that_begin_no_request_are_refused_at_once() {
    let server = Server::start(LONG);
    let to = server.addr();
    let rows: &[(&str, Vec<u8>)] = &[
        ("NUL", b"\0".to_vec()),
        ("endless NUL", vec![0; 16 * 1024]),
        ("NUL behind an empty line", b"\r\n\0".to_vec()),
        ("a ClientHello", b"\x16\x03\x01\x02\x00\x01".to_vec()),
        ("a frame", Raw::frame(0x81, b"Hello")),
        ("a space", b" GET".to_vec()),
        ("UTF-8", "\u{e9}".into()),
        ("CR CR", b"\r\r".to_vec()),
        ("LF", b"\n".to_vec()),
        ("nine empty lines", b"\r\n".repeat(9)),
        ("endless empty lines", b"\r\n".repeat(8 * 1024)),
        ("nine empty lines and a request", [b"\r\n".repeat(9), Raw::request(to, "/echo").into()].concat()),
    ];
    let begin = Instant::now();
    each(rows, |(what, bytes)| {
        let mut raw = Raw::tcp(to);
        raw.send(bytes);
        refusal(&mut raw, 400).map_err(|why| format!("{what}: {why}")).map(drop)
    });
    assert!(begin.elapsed() < PATIENCE * 10, "they were waited for");
    fair(to);
}

/// One byte a segment: the answer comes with the first that is wrong.
#[test]
fn empty_lines_byte_by_byte_before_a_request_are_limited() {
    let server = Server::start(LONG);
    let mut raw = Raw::tcp(server.addr());
    for byte in b"\r\n".repeat(9) {
        raw.send(&[byte]);
    }
    refusal(&mut raw, 400).unwrap();
    // As many as are skipped, and a request.
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.addr());
    let bytes = [b"\r\n".repeat(8), request.into()].concat();
    assert_eq!(http::request(server.addr(), &bytes).status, 200);
}

/// On a connection that has served HTTP, it is hyper that reads: it refuses them too, and keeps no more than a head.
#[test]
fn endless_empty_lines_after_a_request_are_refused() {
    let server = Server::start(LONG);
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.addr());
    for (bytes, status) in [(vec![0; 100], 400), (b"\r\n".repeat(16 * 1024), 431)] {
        let mut raw = Raw::tcp(server.addr());
        raw.send(request.as_bytes());
        assert_eq!(http::read_answer(raw.stream(), request.as_bytes()).unwrap().status, 200);
        raw.send(&bytes);
        crate::support::refusal::last(&mut raw, status).unwrap();
    }
    fair(server.addr());
}
