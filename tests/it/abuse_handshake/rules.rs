//! H4, H7, H8, H9: what RFC 6455 §4.2.1 and RFC 9112 ask of an opening handshake, broken rule by rule.

use std::net::SocketAddr;

use crate::support::http;
use crate::support::raw::{End, Raw};
use crate::support::refusal::{each, fair, refusal, refused};
use crate::support::server::Server;
use crate::support::{PATIENCE, ws};

const KEY: &str = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const VERSION: &str = "Sec-WebSocket-Version: 13\r\n";

/// An opening handshake that breaks a rule, and the status it is due.
pub(super) struct Wrong {
    pub(super) what: &'static str,
    pub(super) head: String,
    pub(super) status: u16,
}

/// Rules that only the handshake has.
pub(super) fn wrong_handshakes(to: SocketAddr) -> Vec<Wrong> {
    let right = Raw::request(to, "/echo");
    let host = format!("Host: {to}\r\n");
    let wrong = |what, line: &str, instead: &str, status| {
        assert!(right.contains(line), "{what}: {line:?} is in a right handshake");
        Wrong { what, head: right.replacen(line, instead, 1), status }
    };
    let version =
        |what, value: &str| wrong(what, VERSION, &format!("Sec-WebSocket-Version: {value}\r\n"), 426);
    let key = |what, value: &str| wrong(what, KEY, &format!("Sec-WebSocket-Key: {value}\r\n"), 400);
    let more = |what, line: &str, status| wrong(what, "\r\n\r\n", &format!("\r\n{line}\r\n\r\n"), status);
    vec![
        version("H7: version 8", "8"),
        version("H7: version 0", "0"),
        version("H7: version 99", "99"),
        version("H7: version 013", "013"),
        version("H7: version 13, 8", "13, 8"),
        version("H7: an empty version", ""),
        wrong("H7: no version", VERSION, "", 426),
        wrong("H7: the version twice", VERSION, &VERSION.repeat(2), 426),
        wrong("H8: no key", KEY, "", 400),
        wrong("H8: the key twice", KEY, &KEY.repeat(2), 400),
        key("H8: an empty key", ""),
        key("H8: a key of 15 bytes", "dGhlIHNhbXBsZSBub25j"),
        key("H8: a key of 17 bytes", "dGhlIHNhbXBsZSBub25jZWE="),
        key("H8: a key without its padding", "dGhlIHNhbXBsZSBub25jZQ"),
        key("H8: a key with stray bits", "dGhlIHNhbXBsZSBub25jZR=="),
        key("H8: a key in the alphabet of URLs", "_-hlIHNhbXBsZSBub25jZQ=="),
        key("H8: a key with a space", "dGhlIHNhbXBs SBub25jZQ=="),
        key("H8: a key of 4000 characters", &"QUJD".repeat(1000)),
        wrong("H9: Host twice", &host, &host.repeat(2), 400),
        wrong("H9: two hosts", &host, &format!("{host}Host: evil.example\r\n"), 400),
        wrong("H9: no Host", &host, "", 400),
        wrong("H9: an empty Host", &host, "Host:\r\n", 400),
        wrong("H9: a Host with a space", &host, "Host: a b\r\n", 400),
        wrong("H9: absolute-form", "GET /echo", &format!("GET http://{to}/echo"), 400),
        wrong("H9: HTTP/1.0", "HTTP/1.1", "HTTP/1.0", 400),
        wrong("H9: POST", "GET", "POST", 400),
        wrong("H9: a method nobody knows", "GET", "BREW", 400),
        wrong("no Connection: Upgrade", "Connection: Upgrade\r\n", "", 400),
        wrong("Connection: close", "Connection: Upgrade\r\n", "Connection: close\r\n", 400),
        wrong("no such endpoint", "/echo", "/no/such", 404),
        more("H6: a body", "Content-Length: 5", 400),
        more("H6: a chunked body", "Transfer-Encoding: chunked", 400),
        more("two Origins", "Origin: http://a.example\r\nOrigin: http://b.example", 403),
    ]
}

/// What is not even HTTP.
pub(super) fn malformed(to: SocketAddr) -> Vec<Wrong> {
    let right = Raw::request(to, "/echo");
    let wrong = |what, part: &str, instead: &str| {
        assert!(right.contains(part), "{what}");
        Wrong { what, head: right.replacen(part, instead, 1), status: 400 }
    };
    vec![
        wrong("H9: a folded line", "\r\nUpgrade", "\r\nX: a\r\n b\r\nUpgrade"),
        wrong("H9: a folded first line", "\r\nHost", "\r\n Host"),
        wrong("H9: NUL in a value", "\r\nUpgrade", "\r\nX: a\0b\r\nUpgrade"),
        wrong("H9: NUL in a name", "\r\nUpgrade", "\r\nX\0: a\r\nUpgrade"),
        wrong("H9: CR in a value", "\r\nUpgrade", "\r\nX: a\rb\r\nUpgrade"),
        wrong("H9: a space before the colon", "Host:", "Host :"),
        wrong("H9: a name with a space", "Host:", "Ho st:"),
        wrong("H9: no name", "Host:", ":"),
        wrong("H9: no colon", "\r\nUpgrade", "\r\nnonsense\r\nUpgrade"),
        wrong("H9: HTTP/2.0", "HTTP/1.1", "HTTP/2.0"),
        wrong("H9: HTTP/1.2", "HTTP/1.1", "HTTP/1.2"),
        wrong("H9: no version", " HTTP/1.1", ""),
        wrong("H9: two spaces", "GET /echo", "GET  /echo"),
        wrong("H9: a target with a space", "/echo", "/ec ho"),
        wrong("H9: ESC in the target", "/echo", "/ec\x1b[31mho"),
    ]
}

/// Whether this handshake is refused as it should be.
pub(super) fn is_refused(raw: &mut Raw, wrong: &Wrong) -> Result<(), String> {
    raw.send(wrong.head.as_bytes());
    let answer = refusal(raw, wrong.status).map_err(|why| format!("{}: {why}", wrong.what))?;
    let version = answer.header("Sec-WebSocket-Version");
    if version == (wrong.status == 426).then_some("13") {
        Ok(())
    } else {
        Err(format!("{}: answered with version {version:?}", wrong.what))
    }
}

#[test]
fn h7_h8_h9_broken_rules_are_refused() {
    let server = Server::start(&[]);
    let to = server.addr();
    let rows = wrong_handshakes(to).into_iter().chain(malformed(to));
    each(rows, |wrong| is_refused(&mut Raw::tcp(to), &wrong));
    fair(to);
}

#[test]
fn h9_line_feeds_alone_are_refused() {
    let server = Server::start(&[]);
    let right = Raw::request(server.addr(), "/echo");
    refused(server.addr(), right.replace("\r\n", "\n").as_bytes(), 400);
    for (at, _) in right.match_indices("\r\n") {
        let head = format!("{}{}", &right[..at], &right[at + 1..]);
        refused(server.addr(), head.as_bytes(), 400);
    }
    refused(server.addr(), b"\n", 400);
    fair(server.addr());
}

/// What is other than usual, and right.
#[test]
fn what_the_rules_allow_is_accepted() {
    let server = Server::start(&[]);
    let to = server.addr();
    let right = Raw::request(to, "/echo");
    for (part, instead) in [
        ("Upgrade: websocket", "uPGRADE:WebSocket"),
        ("Upgrade: websocket", "Upgrade: h2c, websocket"),
        ("Connection: Upgrade", "Connection: keep-alive , upgrade"),
        ("Connection: Upgrade", "Connection: keep-alive\r\nConnection: Upgrade"),
        ("\r\n\r\n", "\r\nContent-Length: 0\r\n\r\n"),
        ("\r\n\r\n", "\r\nSec-WebSocket-Protocol: constructor, chat\r\n\r\n"),
        ("\r\n\r\n", "\r\nCookie: \u{e9}=\u{202e}\r\n\r\n"),
        ("GET", "\r\nGET"),
        ("Host: ", "Host:\t "),
    ] {
        let head = right.replacen(part, instead, 1);
        assert_eq!(http::request(to, head.as_bytes()).status, 101, "{instead:?}");
    }
}

/// H4: GHSA-5v72-xg48-5rpm, CVE-2026-2229: names every object has, parameters without end, windows of 2^99.
#[test]
fn h4_extensions_that_are_none() {
    let server = Server::start(&[]);
    let to = server.addr();
    for value in [
        "constructor",
        "__proto__; toString",
        "permessage-deflate; client_max_window_bits=99",
        "permessage-deflate; client_max_window_bits=00",
        "permessage-deflate; client_max_window_bits=\"15",
        "permessage-deflate; client_max_window_bits=15; client_max_window_bits=15",
        "permessage-deflate; server_max_window_bits=99999999999999999999",
        "permessage-deflate; constructor=1",
        "permessage-deflate; server_no_context_takeover=1",
        ";,;=,\"",
        "\"permessage-deflate\"",
        "x-webkit-deflate-frame",
        &format!("x{}", "; x=y".repeat(1000)),
        &"x,".repeat(5000),
    ] {
        let mut raw = Raw::tcp(to);
        let line = format!("\r\nSec-WebSocket-Extensions: {value}\r\n\r\n");
        raw.send(Raw::request(to, "/echo").replacen("\r\n\r\n", &line, 1).as_bytes());
        let head = ws::read_head(raw.stream()).unwrap();
        let answer = http::parse_head(&head[..head.len() - 4]).unwrap();
        assert!(matches!(answer.status, 101 | 400), "{value}");
        assert_eq!(answer.header("Sec-WebSocket-Extensions"), None, "{value}");
        if answer.status == 101 {
            raw.send(&Raw::frame(0x81, b"plain"));
            assert_eq!(raw.frame_within(PATIENCE).unwrap().payload, b"plain", "{value}");
            // Compressed, as was not agreed.
            raw.send(&Raw::frame(0xC1, b"plain"));
            let rest = raw.rest(PATIENCE);
            assert_eq!((rest.close_code(), rest.end), (Some(1002), End::Fin), "{value}");
        }
    }
    fair(to);
}
