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
        wrong("H9: a Host that is a slash", &host, "Host: /\r\n", 400),
        wrong("H9: a Host with a path", &host, &format!("Host: {to}/\r\n"), 400),
        wrong("H9: a Host with a user", &host, &format!("Host: user@{to}\r\n"), 400),
        wrong("H9: a Host that is an at sign", &host, "Host: @\r\n", 400),
        wrong("H9: a Host with a port that is none", &host, "Host: localhost:http\r\n", 400),
        wrong("H9: a Host with a port too high", &host, "Host: localhost:65536\r\n", 400),
        wrong("H9: a Host with a signed port", &host, "Host: localhost:+80\r\n", 400),
        wrong("H9: a Host that is a port", &host, "Host: :80\r\n", 400),
        wrong("H9: a Host with an open bracket", &host, "Host: [::1\r\n", 400),
        wrong("H9: a Host in brackets that is no address", &host, "Host: [localhost]\r\n", 400),
        wrong("H9: a Host with a query", &host, "Host: localhost?a\r\n", 400),
        wrong(
            "H9: a wrong Host beside a right target",
            &format!("GET /echo HTTP/1.1\r\n{host}"),
            &format!("GET http://{to}/echo HTTP/1.1\r\nHost: @\r\n"),
            400,
        ),
        wrong(
            "H9: no Host beside a right target",
            &format!("GET /echo HTTP/1.1\r\n{host}"),
            &format!("GET http://{to}/echo HTTP/1.1\r\n"),
            400,
        ),
        wrong("H9: absolute-form with a user", "GET /echo", &format!("GET http://user@{to}/echo"), 400),
        wrong("H9: absolute-form of another protocol", "GET /echo", &format!("GET ftp://{to}/echo"), 400),
        wrong("absolute-form of no endpoint", "GET /echo", &format!("GET ws://{to}/no/such"), 404),
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
    .into_iter()
    .chain(
        SUBPROTOCOLS
            .iter()
            .map(|value| more("subprotocols", &format!("Sec-WebSocket-Protocol: {value}"), 400)),
    )
    .chain(
        EXTENSIONS.iter().map(|value| more("extensions", &format!("Sec-WebSocket-Extensions: {value}"), 400)),
    )
    .collect()
}

/// What is no list of different tokens (RFC 6455 §4.1, §11.3.4), though there are some in it that `/echo` speaks.
const SUBPROTOCOLS: &[&str] = &[
    "",
    ",",
    "chat,",
    ",chat",
    "chat,,superchat",
    "chat, ,superchat",
    "chat<>",
    "chat, super chat",
    "chat;superchat",
    "\"chat\"",
    "chat/1",
    "chat=1",
    "chat, chat",
    "chat\r\nSec-WebSocket-Protocol:",
    "chat\r\nSec-WebSocket-Protocol: chat",
];

/// What is no list of extensions (RFC 6455 §9.1).
const EXTENSIONS: &[&str] = &[
    "",
    ";",
    ",",
    "x;",
    ";x",
    "x;;y",
    "x; ;y",
    "x,",
    "x,,y",
    "=",
    "x; =y",
    "x; y=",
    "x y",
    "x; y z",
    "x=y",
    "x; y=\"z",
    "x; y=\"",
    "x; y=\"\"",
    "x; y=\"a b\"",
    "\"x\"",
    "x<>",
    "x; y=(z)",
    "permessage-deflate\r\nSec-WebSocket-Extensions: ;",
];

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
        wrong("H9: HTTP/1.10", "HTTP/1.1", "HTTP/1.10"),
        wrong("H9: absolute-form without a host", "GET /echo", "GET http:///echo"),
        wrong("H9: absolute-form with a port that is none", "GET /echo", "GET http://localhost:x/echo"),
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
    // RFC 9110 §15.5.22: a 426 names the protocol, and §7.8: Connection names Upgrade.
    let upgrade = answer.header("Upgrade").filter(|_| answer.has_token("Connection", "Upgrade"));
    let (right_version, right_upgrade) =
        if wrong.status == 426 { (Some("13"), Some("websocket")) } else { (None, None) };
    if (version, upgrade) == (right_version, right_upgrade) {
        Ok(())
    } else {
        Err(format!("{}: answered with version {version:?} and {upgrade:?}", wrong.what))
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

/// What is other than usual, and right: part of a right handshake, and what may stand there instead.
pub(super) fn right_handshakes(to: SocketAddr) -> Vec<(String, String)> {
    let first = format!("GET /echo HTTP/1.1\r\nHost: {to}\r\n");
    let mut right: Vec<_> = [
        ("Upgrade: websocket", "uPGRADE:WebSocket"),
        ("Upgrade: websocket", "Upgrade: h2c, websocket"),
        ("Connection: Upgrade", "Connection: keep-alive , upgrade"),
        ("Connection: Upgrade", "Connection: keep-alive\r\nConnection: Upgrade"),
        ("\r\n\r\n", "\r\nContent-Length: 0\r\n\r\n"),
        ("\r\n\r\n", "\r\nSec-WebSocket-Protocol: constructor, chat\r\n\r\n"),
        ("\r\n\r\n", "\r\nCookie: \u{e9}=\u{202e}\r\n\r\n"),
        ("\r\n\r\n", "\r\nSec-WebSocket-Protocol: a ,\tb,c\r\nSec-WebSocket-Protocol: d\r\n\r\n"),
        ("\r\n\r\n", "\r\nSec-WebSocket-Extensions: x; y = \"1\\2\" ; z ,permessage-deflate\r\n\r\n"),
        ("GET", "\r\nGET"),
        ("Host: ", "Host:\t "),
    ]
    .map(|(part, instead)| (part.to_owned(), instead.to_owned()))
    .into();
    // RFC 9112 §3.2.2: what stands in the Host header does not matter then.
    for target in ["http://TO/echo", "ws://TO/echo?a=b", "HTTPS://TO/echo", "wss://TO/echo?http://a/b"] {
        let target = target.replace("TO", &to.to_string());
        for host in [to.to_string(), "evil.example".to_owned()] {
            right.push((first.clone(), format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n")));
        }
    }
    right
}

#[test]
fn legal_variants_are_accepted() {
    let server = Server::start(&[]);
    let to = server.addr();
    let right = Raw::request(to, "/echo");
    let mut rows = right_handshakes(to);
    // RFC 9110 §6.2: the answer is of the highest version that we know.
    rows.extend(["1.2", "1.9"].map(|version| ("HTTP/1.1".to_owned(), format!("HTTP/{version}"))));
    rows.push(("GET".to_owned(), format!("{}GET", "\r\n".repeat(8))));
    each(rows, |(part, instead)| {
        let head = right.replacen(&part, &instead, 1);
        let answer = http::request(to, head.as_bytes());
        let accept = answer.header("Sec-WebSocket-Accept") == Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        if answer.status == 101 && accept && answer.is_dated() {
            Ok(())
        } else {
            Err(format!("{instead:?}: {answer:?}"))
        }
    });
}

/// The host of a target in absolute-form is the one that counts: for the rule of Origin, too.
#[test]
fn h9_the_host_of_an_absolute_target_counts() {
    let server = Server::start(&[]);
    let to = server.addr();
    let origin = format!("\r\nOrigin: http://{to}\r\n\r\n");
    for (target, host, status) in [
        // 401: a session is asked for next.
        ("/message".to_owned(), to.to_string(), 401),
        (format!("http://{to}/message"), "evil.example".to_owned(), 401),
        ("http://evil.example/message".to_owned(), to.to_string(), 421),
    ] {
        let request = Raw::request(to, &target).replacen(&format!("Host: {to}"), &format!("Host: {host}"), 1);
        refused(to, request.replacen("\r\n\r\n", &origin, 1).as_bytes(), status);
    }
    // hyper's requests as well: the first of a connection, and a later one.
    let post = |target: &str, host: &str| {
        format!(
            "POST {target} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{to}\r\nContent-Length: 2\r\n\
             Content-Type: application/json\r\n\r\n{{}}"
        )
    };
    let own = post(&format!("http://{to}/login"), "evil.example");
    let foreign = post("http://evil.example/login", &to.to_string());
    // A foreign one is the last of its connection.
    for requests in [&[(&own, 400), (&own, 400), (&foreign, 421)][..], &[(&foreign, 421)]] {
        let mut raw = Raw::tcp(to);
        for (request, status) in requests {
            raw.send(request.as_bytes());
            let answer = http::read_answer(raw.stream(), request.as_bytes()).unwrap();
            assert_eq!(answer.status, *status, "{request}: {answer:?}");
        }
    }
}

/// H4: GHSA-5v72-xg48-5rpm, CVE-2026-2229: names every object has, parameters without end, windows of 2^99.
#[test]
fn h4_malformed_extensions_are_never_accepted() {
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
