//! Rules of every request: pages, methods, paths, HEAD, keep-alive, and the Origin of a request that changes something.

use std::io::Write as _;
use std::net::TcpStream;

use super::{data, refused};
use crate::support::http::{self, Answer, Request};
use crate::support::people::{self, Login, PASSWORD};
use crate::support::raw::Raw;
use crate::support::server::Server;

#[test]
fn the_pages_and_the_health() {
    let server = Server::start(&[]);
    for path in ["/", "/login.html"] {
        let page = http::get(server.addr(), path);
        assert_eq!(
            (page.status, page.header("Content-Type")),
            (200, Some("text/html; charset=utf-8")),
            "{path}"
        );
        assert!(
            page.text().starts_with("<!doctype html>") || page.text().starts_with("<!DOCTYPE html>"),
            "{path}"
        );
        assert!(page.header("Content-Security-Policy").is_some(), "{path}");
    }
    let health = http::get(server.addr(), "/healthz");
    assert_eq!((health.status, health.text().as_str()), (200, "ok"));
}

#[test]
fn head_is_get_without_the_body() {
    let server = people::server(&[]);
    let login = Login::register(&server, "Ann");
    for path in ["/", "/login.html", "/healthz", "/user/info", "/api/presence", "/nothing", "/echo"] {
        // The right token for the one is a wrong one for the other: both answers count.
        let ask = |method| Request::new(method, path).bearer(&login.token).send(server.addr());
        let (head, get) = (ask("HEAD"), ask("GET"));
        assert_eq!(head.status, get.status, "{path}");
        for name in ["Content-Type", "Content-Length"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
        assert!(head.body.is_empty() && !get.body.is_empty(), "{path}");
    }
    // Not a byte behind the head: what follows is the end.
    let mut raw = Raw::tcp(server.addr());
    raw.send(&Request::new("HEAD", "/healthz").encode(server.addr()));
    let (bytes, _) = raw.bytes(crate::support::PATIENCE);
    assert!(bytes.ends_with(b"\r\n\r\n"), "{}", http::shown(&bytes));
}

#[test]
fn an_unknown_path_is_404_and_a_wrong_method_405() {
    let server = Server::start(&[]);
    for path in ["/nothing", "/register/", "/user", "/user/info/x", "//", "/../etc/passwd", "/healthz%00"] {
        refused(&http::get(server.addr(), path), 404);
    }
    for (method, path) in [
        ("GET", "/register"),
        ("GET", "/login"),
        ("GET", "/logout"),
        ("PUT", "/login"),
        ("POST", "/user/info"),
        ("POST", "/healthz"),
        ("DELETE", "/"),
    ] {
        let answer = Request::new(method, path).send(server.addr());
        refused(&answer, 405);
        assert!(answer.header("Allow").is_some(), "{method} {path}: RFC 9110 §15.5.6 wants Allow");
    }
}

fn ask(stream: &mut TcpStream, request: &str) -> Answer {
    stream.write_all(request.as_bytes()).expect("an open connection");
    http::read_answer(stream, request.as_bytes()).expect("an answer")
}

#[test]
fn one_connection_takes_request_after_request_and_then_an_upgrade() {
    let server = Server::start(&[]);
    let host = server.addr();
    let mut raw = Raw::tcp(host);
    let stream = raw.stream();
    let body = people::credentials("Ann").to_string();
    let post = |path: &str, kind: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    for _ in 0..3 {
        assert_eq!(ask(stream, &get("/healthz")).text(), "ok");
    }
    // An error does not end the connection either, nor does a HEAD.
    refused(&ask(stream, &post("/register", "text/plain")), 400);
    refused(&ask(stream, &get("/nothing")), 404);
    assert_eq!(ask(stream, &format!("HEAD / HTTP/1.1\r\nHost: {host}\r\n\r\n")).status, 200);
    data(&ask(stream, &post("/register", "application/json")), 200);
    let login = data(&ask(stream, &post("/login", "application/json")), 200);
    let token = login["token"].as_str().expect("a token");
    let info = format!("GET /user/info HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n");
    assert_eq!(data(&ask(stream, &info), 200)["userName"], "Ann");
    refused(&ask(stream, &get("/echo")), 426);
    assert_eq!(ask(stream, &Raw::request(host, "/echo")).status, 101);
    raw.send(&Raw::frame(0x81, b"Hello"));
    let frame = raw.frame_within(crate::support::PATIENCE).expect("an echo");
    assert_eq!((frame.opcode(), frame.payload.as_slice()), (1, &b"Hello"[..]));
}

#[test]
fn connection_close_closes() {
    let server = Server::start(&[]);
    let mut raw = Raw::tcp(server.addr());
    raw.send(&Request::new("GET", "/healthz").encode(server.addr()));
    let (bytes, end) = raw.bytes(crate::support::PATIENCE);
    assert!(bytes.ends_with(b"ok") && end == crate::support::raw::End::Fin, "{}", http::shown(&bytes));
}

/// Origins that are not the server's own.
fn foreign(server: &Server) -> Vec<String> {
    let port = server.addr().port();
    vec![
        "http://evil.example".into(),
        "null".into(),
        format!("https://127.0.0.1:{port}"),
        format!("http://127.0.0.1:{}", port.wrapping_add(1).max(1)),
        format!("http://localhost:{port}"),
        "http://127.0.0.1".into(),
        format!("http://127.0.0.1:{port}.evil.example"),
        String::new(),
    ]
}

#[test]
fn pages_of_another_origin_change_nothing() {
    let server = Server::start(&["--allow-origin", "https://friend.example"]);
    let login = Login::register(&server, "Ann");
    let sign_in = |origin: &str| {
        Request::new("POST", "/login")
            .header("Origin", origin)
            .form(&[("userName", "Ann"), ("password", PASSWORD)])
            .send(server.addr())
    };
    for origin in foreign(&server) {
        refused(&sign_in(&origin), 403);
        let register = Request::new("POST", "/register").header("Origin", &origin);
        refused(&register.json(&people::credentials("Bob")).send(server.addr()), 403);
        let logout =
            Request::new("POST", "/logout").header("Origin", &origin).cookie("wirewalk_token", &login.token);
        refused(&logout.send(server.addr()), 403);
    }
    let own = server.url("");
    data(&sign_in(&own), 200);
    data(&sign_in("https://friend.example"), 200);

    // Two of them are none to trust, whichever stands first.
    for (first, second) in [(own.as_str(), "http://evil.example"), ("http://evil.example", own.as_str())] {
        let logout = Request::new("POST", "/logout").header("Origin", first).header("Origin", second);
        refused(&logout.bearer(&login.token).send(server.addr()), 403);
    }

    // Reading is not changing, and the answer is not shared with the page that asks.
    let info = Request::new("GET", "/user/info").header("Origin", "http://evil.example").bearer(&login.token);
    let answer = info.send(server.addr());
    data(&answer, 200);
    assert_eq!(answer.header("Access-Control-Allow-Origin"), None);
    // Nobody was signed out, and Bob is not registered.
    refused(&http::post_json(server.addr(), "/login", &people::credentials("Bob")), 401);
}
