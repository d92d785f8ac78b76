//! Upgrades on a connection that has served HTTP: the rules are the same.

use crate::support::http::{self, Request, shown};
use crate::support::raw::{End, Raw};
use crate::support::refusal::{closes_in_order, each, fair, last};
use crate::support::server::Server;
use crate::support::{PATIENCE, ws};

use super::rules::{Wrong, is_refused, malformed, right_handshakes, wrong_handshakes};

/// A connection on which two requests were answered already.
fn kept_alive(server: &Server) -> Raw {
    let mut raw = Raw::tcp(server.addr());
    for _ in 0..2 {
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.addr());
        raw.send(request.as_bytes());
        let answer = http::read_answer(raw.stream(), request.as_bytes()).unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (200, "ok"));
    }
    raw
}

#[test]
fn a_later_upgrade_keeps_the_frames_behind_it() {
    let server = Server::start(&[]);
    let request = Raw::request(server.addr(), "/echo");
    for early in [None, Some(b"early".to_vec()), Some(vec![7; 70_000])] {
        let mut raw = kept_alive(&server);
        let first = early.as_ref().map(|payload| Raw::frame(0x82, payload)).unwrap_or_default();
        raw.send(&[request.as_bytes(), &first, &Raw::frame(0x81, b"late")].concat());
        let head = ws::read_head(raw.stream()).unwrap();
        let answer = http::parse_head(&head[..head.len() - 4]).unwrap();
        assert_eq!(answer.status, 101);
        assert_eq!(answer.header("Sec-WebSocket-Accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        assert!(answer.header("Upgrade").is_some_and(|it| it.eq_ignore_ascii_case("websocket")));
        assert!(answer.header("Connection").is_some_and(|it| it.eq_ignore_ascii_case("upgrade")));
        assert_eq!((answer.header("Content-Length"), answer.header("Transfer-Encoding")), (None, None));
        if let Some(payload) = &early {
            assert!(raw.frame_within(PATIENCE).unwrap().payload == *payload, "{} bytes", payload.len());
        }
        assert_eq!(raw.frame_within(PATIENCE).unwrap().payload, b"late");
        raw.send(&Raw::frame(0x88, &1000u16.to_be_bytes()));
        let rest = raw.rest(PATIENCE);
        assert_eq!((rest.close_code(), rest.end), (Some(1000), End::Fin));
    }
}

/// All in one segment: two requests, the Upgrade, a frame.
#[test]
fn a_pipelined_upgrade_is_answered_in_order() {
    let server = Server::start(&[]);
    let get = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.addr());
    let upgrade = Raw::request(server.addr(), "/echo");
    let mut raw = Raw::tcp(server.addr());
    raw.send(&[get.as_bytes(), get.as_bytes(), upgrade.as_bytes(), &Raw::frame(0x81, b"hello")].concat());
    for _ in 0..2 {
        let head = ws::read_head(raw.stream()).unwrap();
        assert!(head.starts_with(b"HTTP/1.1 200 "), "{}", shown(&head));
        let mut body = [0; 2];
        std::io::Read::read_exact(raw.stream(), &mut body).unwrap();
        assert_eq!(&body, b"ok");
    }
    let head = ws::read_head(raw.stream()).unwrap();
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", shown(&head));
    assert_eq!(raw.frame_within(PATIENCE).unwrap().payload, b"hello");
}

#[test]
fn a_later_upgrade_may_be_spelled_unusually() {
    let server = Server::start(&[]);
    let right = Raw::request(server.addr(), "/echo");
    each(right_handshakes(server.addr()), |(part, instead)| {
        let mut raw = kept_alive(&server);
        raw.send(right.replacen(&part, &instead, 1).as_bytes());
        let head = ws::read_head(raw.stream())?;
        let answer = http::parse_head(&head[..head.len() - 4])?;
        let is_right = answer.status == 101 && answer.is_dated();
        if is_right { Ok(()) } else { Err(format!("{instead:?}: {answer:?}")) }
    });
}

#[test]
fn a_later_upgrade_that_breaks_a_rule_is_refused() {
    let server = Server::start(&[]);
    each(wrong_handshakes(server.addr()), |wrong| is_refused(&mut kept_alive(&server), &wrong));
    // What is not HTTP is hyper's to refuse: by the status alone.
    each(malformed(server.addr()), |Wrong { what, head, status }| {
        let mut raw = kept_alive(&server);
        raw.send(head.as_bytes());
        last(&mut raw, status).map_err(|why| format!("{what}: {why}")).map(drop)
    });
    fair(server.addr());
}

/// The limits of the head are the same, too.
#[test]
fn a_later_head_that_is_too_long_is_refused() {
    let server = Server::start(&[]);
    let right = Raw::request(server.addr(), "/echo");
    let line = right.replacen("/echo", &format!("/echo?{}", "x".repeat(9000)), 1);
    let bytes = right.replacen("\r\n", &format!("\r\nX: {}\r\n", "x".repeat(17_000)), 1);
    let lines = right.replacen("\r\n", &format!("\r\n{}", "X: 1\r\n".repeat(200)), 1);
    each([("line", line, 414), ("bytes", bytes, 431), ("lines", lines, 431)], |(what, head, status)| {
        let mut raw = kept_alive(&server);
        raw.send(head.as_bytes());
        last(&mut raw, status).map_err(|why| format!("{what}: {why}")).map(drop)
    });
    fair(server.addr());
}

/// What follows a later refusal is no request, and no reset overtakes the answer.
#[test]
fn a_later_refusal_ends_with_a_fin() {
    let server = Server::start(&[]);
    let first = Request::new("GET", "/healthz").encode(server.addr());
    let first = String::from_utf8(first).unwrap().replace("Connection: close\r\n", "");
    let bad = Raw::request(server.addr(), "/echo").replace("Version: 13", "Version: 9");
    for refused in [bad.as_str(), "nonsense\r\n\r\n"] {
        let bytes = [refused, &first.repeat(4000)].concat();
        assert!(closes_in_order(|| kept_alive(&server), bytes.as_bytes()), "{refused}");
    }
    fair(server.addr());
}
