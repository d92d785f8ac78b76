//! Plain HTTP requests, which hyper reads: the rules are the same.

use crate::support::PATIENCE;
use crate::support::http::{self, Answer, Request};
use crate::support::raw::{End, Raw};
use crate::support::refusal::{answers, each, fair, last};
use crate::support::server::Server;

/// The answers to a request that is the first of its connection, and to the same as a later one.
fn first_and_later(server: &Server, request: &str) -> Result<[Answer; 2], String> {
    let plain = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.addr());
    let ask = |before: &[&str]| {
        let mut raw = Raw::tcp(server.addr());
        for request in before {
            raw.send(request.as_bytes());
            http::read_answer(raw.stream(), request.as_bytes())?;
        }
        raw.send(request.as_bytes());
        http::read_answer(raw.stream(), request.as_bytes())
    };
    Ok([ask(&[])?, ask(&[&plain])?])
}

#[test]
fn h9_plain_requests_need_one_valid_host() {
    let server = Server::start(&[]);
    let to = server.addr();
    let hosts = [
        "Host: /",
        "Host: @",
        "Host: user@localhost",
        "Host: localhost/",
        "Host: localhost:http",
        "Host: localhost:65536",
        "Host: [::1",
        "Host:",
        "Host: a b",
        "Host: a?b",
        "Host: a\r\nHost: a",
        "X: no host",
    ];
    let rows = hosts.iter().flat_map(|host| {
        ["/healthz".to_owned(), format!("http://{to}/healthz")].map(|target| (host, target))
    });
    each(rows, |(host, target)| {
        for answer in first_and_later(&server, &format!("GET {target} HTTP/1.1\r\n{host}\r\n\r\n"))? {
            if answer.status != 400 || !answer.has_token("Connection", "close") || !answer.is_dated() {
                return Err(format!("{host} {target}: {answer:?}"));
            }
        }
        Ok(())
    });
    let old = http::request(to, b"GET /healthz HTTP/1.0\r\nHost: /\r\n\r\n");
    assert_eq!(old.status, 400);
    fair(to);
}

#[test]
fn a_target_in_absolute_form_is_checked() {
    let server = Server::start(&[]);
    let to = server.addr();
    for (target, status) in [
        (format!("http://{to}/healthz"), 200),
        (format!("HTTPS://{to}/healthz?a"), 200),
        (format!("http://{to}/nothing"), 404),
        (format!("http://user:secret@{to}/healthz"), 400),
        (format!("ftp://{to}/healthz"), 400),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: {to}\r\n\r\n");
        for answer in first_and_later(&server, &request).unwrap() {
            assert_eq!(answer.status, status, "{target}");
        }
    }
}

/// A later minor version is answered as 1.1, and has one request a connection.
#[test]
fn rfc_9110_section_6_2_a_later_minor_version_is_served() {
    let server = Server::start(&[]);
    for minor in 2..=9 {
        let request = format!("GET /healthz HTTP/1.{minor}\r\nHost: {}\r\n\r\n", server.addr());
        let mut raw = Raw::tcp(server.addr());
        raw.send(request.repeat(2).as_bytes());
        let (bytes, end) = raw.bytes(PATIENCE);
        let answers = answers(&bytes);
        assert_eq!((answers.len(), end), (1, End::Fin), "{minor}: {answers:?}");
        assert_eq!((answers[0].status, answers[0].text().as_str()), (200, "ok"));
        assert!(answers[0].has_token("Connection", "close"), "{answers:?}");
    }
    // Its body is a body.
    let body = Request::new("POST", "/login").json(&serde_json::json!({})).encode(server.addr());
    let body = String::from_utf8(body).unwrap();
    let status = |request: &str| http::request(server.addr(), request.as_bytes()).status;
    assert_eq!(status(&body.replace("HTTP/1.1", "HTTP/1.3")), status(&body));
    fair(server.addr());
}

/// What follows may be the other protocol.
#[test]
fn an_error_to_any_upgrade_closes_the_connection() {
    let server = Server::start(&[]);
    let to = server.addr();
    let rows = [
        ("GET /echo", "Connection: Upgrade\r\nUpgrade: h2c", 426),
        ("GET /echo", "Connection: Upgrade\r\nUpgrade: websocket/13", 426),
        ("GET /message", "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", 426),
        ("GET /nothing", "Connection: Upgrade\r\nUpgrade: h2c", 404),
        ("GET /user/info", "Upgrade: h2c", 401),
        ("GET /api/presence", "Connection: Upgrade\r\nUpgrade: websocket", 426),
        ("DELETE /login", "Connection: Upgrade\r\nUpgrade: TLS/1.0", 405),
    ];
    each(rows, |(line, lines, status)| {
        let request = format!("{line} HTTP/1.1\r\nHost: {to}\r\n{lines}\r\n\r\n");
        let answer =
            last(&mut asked(&server, &request), status).map_err(|why| format!("{line} {lines}: {why}"))?;
        let names_upgrade =
            answer.header("Upgrade") == Some("websocket") && answer.has_token("Connection", "Upgrade");
        if !answer.has_token("Connection", "close") || names_upgrade != (status == 426) {
            return Err(format!("{line} {lines}: {answer:?}"));
        }
        Ok(())
    });
    // Without one, a connection that was refused something stays.
    for target in ["/echo", "/nothing"] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: {to}\r\n\r\n");
        let [first, later] = first_and_later(&server, &request).unwrap();
        assert!(
            !first.has_token("Connection", "close") && !later.has_token("Connection", "close"),
            "{target}"
        );
    }
    // Nor is an Upgrade that is passed over a reason to close.
    let request =
        format!("GET /healthz HTTP/1.1\r\nHost: {to}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
    let [first, _] = first_and_later(&server, &request).unwrap();
    assert_eq!((first.status, first.has_token("Connection", "close")), (200, false));
}

/// A connection on which this was sent.
fn asked(server: &Server, request: &str) -> Raw {
    let mut raw = Raw::tcp(server.addr());
    raw.send(request.as_bytes());
    raw
}

/// RFC 9110 §6.6.1. That the other answers have one, each test sees that ends in a refusal.
#[test]
fn every_answer_has_a_date() {
    let server = Server::start(&[]);
    let to = server.addr();
    let upgrade = Raw::request(to, "/echo");
    for (status, request) in [
        (200, format!("GET /healthz HTTP/1.1\r\nHost: {to}\r\n\r\n")),
        (200, format!("GET / HTTP/1.1\r\nHost: {to}\r\n\r\n")),
        (404, format!("GET /nothing HTTP/1.1\r\nHost: {to}\r\n\r\n")),
        (413, format!("POST /login HTTP/1.1\r\nHost: {to}\r\nContent-Length: 99999999\r\n\r\n")),
        (101, upgrade.clone()),
        (101, upgrade.replace("/echo", "/inspect/live?key=0123456789abcdef0123456789abcdef")),
        (401, upgrade.replace("/echo", "/message?sessionId=6fa459ea-ee8a-4ca4-894e-db77e160355e&userId=1")),
        (426, upgrade.replace("Version: 13", "Version: 8")),
    ] {
        for answer in first_and_later(&server, &request).unwrap() {
            // A feed is not to be had on a connection that has served HTTP.
            let is_late_feed = answer.status == 400 && request.contains("/inspect/live");
            assert!(answer.status == status || is_late_feed, "{request}: {answer:?}");
            assert!(answer.is_dated(), "{request}: {answer:?}");
        }
    }
}

#[test]
fn refusals_over_the_connection_limit_have_a_date() {
    let server = Server::start(&["--max-connections", "1"]);
    let first = Raw::connect(server.addr(), "/echo");
    let over = last(&mut asked(&server, &Raw::request(server.addr(), "/echo")), 503).unwrap();
    assert!(over.has_token("Connection", "close") && over.header("Retry-After").is_some(), "{over:?}");
    drop(first);
}
