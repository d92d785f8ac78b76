//! Bodies that are slow, huge, deep, or not of their declared type.

use std::time::{Duration, Instant};

use crate::support::PATIENCE;
use crate::support::cost::Before;
use crate::support::http::{self, Request};
use crate::support::raw::Raw;
use crate::support::refusal::{Dripping, answers, each, envelope, fair, last, refusal};
use crate::support::server::Server;

/// R-U-Dead-Yet: a body of a byte now and then.
#[test]
fn slow_bodies_get_408() {
    let server = Server::start(&["--handshake-timeout", "1"]);
    let start = |framing: &str| {
        let mut raw = Raw::tcp(server.addr());
        let kind = "Content-Type: application/json";
        let head = format!("POST /login HTTP/1.1\r\nHost: {}\r\n{kind}\r\n{framing}\r\n", server.addr());
        raw.send(head.as_bytes());
        Dripping::new(raw)
    };
    let lengths = (0..50).map(|_| start("Content-Length: 5000\r\n"));
    let chunks = (0..50).map(|_| start("Transfer-Encoding: chunked\r\n"));
    let mut waiting: Vec<_> = lengths.chain(chunks).collect();
    let begin = Instant::now();
    while !waiting.is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(20), "{} drip on", waiting.len());
        std::thread::sleep(Duration::from_millis(50));
        waiting.retain_mut(|one| one.goes_on(b"1\r\n \r\n"));
        fair(server.addr());
    }
}

#[test]
fn huge_bodies_are_refused_unread() {
    let server = Server::start(&["--admin-token", "let-me-in"]);
    let to = server.addr();
    fair(to);
    let before = Before::of(&server);
    for path in ["/login", "/register", "/api/push", "/api/broadcast", "/api/kick"] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {to}\r\nAuthorization: Bearer let-me-in\r\n\
             Content-Type: application/json\r\n"
        );
        // By what is announced, before any of it came.
        for length in [64 * 1024 + 1, 1 << 30, u64::MAX >> 1] {
            let mut raw = Raw::tcp(to);
            raw.send(format!("{head}Content-Length: {length}\r\n\r\n").as_bytes());
            refusal(&mut raw, 413).unwrap_or_else(|why| panic!("{path}: {why}"));
        }
        // By what came, if nothing was announced.
        let mut raw = Raw::tcp(to);
        raw.send(format!("{head}Transfer-Encoding: chunked\r\n\r\n").as_bytes());
        let chunk = [b"10000\r\n".as_slice(), &vec![b' '; 0x10000], b"\r\n"].concat();
        let sent = (0..1000).take_while(|_| raw.send(&chunk)).count();
        assert!(sent < 1000, "{path}: 64 MB were read");
        let (bytes, _) = raw.bytes(PATIENCE);
        // Sent on and on, it is reset in the end; the answer came before that.
        assert!(bytes.is_empty() || answers(&bytes)[0].status == 413, "{}", http::shown(&bytes));
    }
    fair(to);
    before.assert_cost(&server, Duration::from_secs(10), 16 * 1024);
}

/// Chunks as they must not be: CVE after CVE in those who guess.
#[test]
fn broken_chunks_end_the_connection() {
    let server = Server::start(&[]);
    let to = server.addr();
    let chunks = [
        "x\r\n",
        "-1\r\n",
        "FFFFFFFFFFFFFFFFF\r\n",
        "1\r\nab\r\n0\r\n\r\n",
        " 1\r\na\r\n0\r\n\r\n",
        "1\n a\r\n0\r\n\r\n",
        &format!("1;{}\r\na\r\n0\r\n\r\n", "x".repeat(40_000)),
        &format!("0\r\n{}", "X: 1\r\n".repeat(10_000)),
    ];
    each(chunks, |chunks| {
        let mut raw = Raw::tcp(to);
        let kind = "Content-Type: application/json";
        let smuggled = format!("GET /smuggled HTTP/1.1\r\nHost: {to}\r\n\r\n");
        let head =
            format!("POST /login HTTP/1.1\r\nHost: {to}\r\n{kind}\r\nTransfer-Encoding: chunked\r\n\r\n");
        raw.send([head.as_str(), chunks, &smuggled].concat().as_bytes());
        let shown = http::shown(chunks.as_bytes());
        last(&mut raw, 400).map(drop).map_err(|why| format!("{shown:?}: {why}"))
    });
    fair(to);
}

#[test]
fn bodies_that_are_neither_json_nor_form_are_refused() {
    let server = Server::start(&["--admin-token", "let-me-in"]);
    let deep = format!("{}1{}", "[".repeat(30_000), "]".repeat(30_000));
    let objects = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    let json = "application/json";
    let rows = [
        (json, &b""[..], 400),
        (json, b"null", 400),
        (json, b"[]", 400),
        (json, b"{}", 400),
        (json, b"{\"userName\":1,\"password\":{},\"message\":7}", 400),
        (json, b"{\"userName\":\"a\",\"userName\":\"b\",\"password\":\"c\",\"message\":1e999}", 400),
        (json, b"{\"userName\":\"\\ud800\",\"password\":\"x\",\"message\":\"\\ud800\"}", 400),
        (json, b"\xff\xfe", 400),
        (json, deep.as_bytes(), 400),
        (json, objects.as_bytes(), 400),
        ("application/x-www-form-urlencoded", b"userName=%ff&password=%00", 400),
        ("application/x-www-form-urlencoded", b"userName=a&userName=b&password=c", 400),
        ("text/plain", b"userName=a&password=b", 400),
        ("multipart/form-data", b"--x", 400),
    ];
    let paths = ["/login", "/register", "/api/push", "/api/broadcast", "/api/kick"];
    let all = rows.iter().flat_map(|row| paths.map(|path| (path, row)));
    each(all, |(path, (kind, body, status))| {
        let answer = Request::new("POST", path).bearer("let-me-in").body(kind, body).send(server.addr());
        // The API takes JSON alone, and says what is wrong more exactly.
        let right = answer.status == *status
            || path.starts_with("/api/") && matches!(answer.status, 400 | 415 | 422)
            || path == "/login" && answer.status == 401;
        let why = format!("{path} {}: {} {}", http::shown(body), answer.status, answer.text());
        if right { envelope(&answer) } else { Err(why) }
    });
    fair(server.addr());
}
