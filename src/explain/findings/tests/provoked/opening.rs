//! Opening handshakes that go wrong.

use super::super::bytes::{ACCEPT, KEY, request, response};
use super::super::conversation::Conversation;
use super::{Case, case, of_segments};
use crate::explain::findings::Severity;
use crate::testing::frame;
use crate::wire::Side::{self, Client, Server};

fn asked(request: &str, response: &str) -> Conversation {
    Conversation::tcp().data(Client, request.as_bytes()).data(Server, response.as_bytes()).four()
}

fn answered(response: &str) -> Conversation {
    asked(&request(""), response)
}

/// A hello of TLS (RFC 8446 §4.1), of a client (1) or a server (2), with these protocols.
fn hello(kind: u8, protocols: &[&str]) -> Vec<u8> {
    let vector = |bytes: &[u8]| [&(bytes.len() as u16).to_be_bytes()[..], bytes].concat();
    let names = protocols.iter().flat_map(|name| [&[name.len() as u8][..], name.as_bytes()].concat());
    let names = vector(&names.collect::<Vec<_>>());
    let alpn = if protocols.is_empty() { Vec::new() } else { [&[0, 16][..], &vector(&names)].concat() };
    let extensions = [&[0, 23, 0, 0][..], &alpn].concat();
    let chosen: &[u8] = if kind == 1 { &[0, 2, 0x13, 0x01, 1, 0] } else { &[0x13, 0x01, 0] };
    let body = [&[3, 3][..], &[7; 32], &[0], chosen, &vector(&extensions)].concat();
    let handshake = [&[kind, 0][..], &vector(&body)].concat();
    [&[22, 3, 1][..], &vector(&handshake)].concat()
}

/// TLS, in which a server chooses this protocol from both.
fn https(chosen: &str) -> Conversation {
    Conversation::tcp().data(Client, &hello(1, &["h2", "http/1.1"])).data(Server, &hello(2, &[chosen]))
}

#[test]
fn tls_with_http_1_in_alpn_has_no_finding_about_http_2() {
    let found = https("http/1.1").four().play(super::Cut::Whole);
    assert_eq!(super::ids(&found), ["X08"]);
}

const MASK: Option<[u8; 4]> = Some([9, 8, 7, 6]);

/// A handshake, with bytes of this side in the segment of its head.
fn early(side: Side, bytes: &[u8]) -> Conversation {
    let with = |of, head: String| [head.as_bytes(), if of == side { bytes } else { b"" }].concat();
    Conversation::tcp().data(Client, &with(Client, request(""))).data(Server, &with(Server, response("")))
}

/// One pong for two pings that came together is as it should be, and so is a Close that crosses a frame.
#[test]
fn a_frame_with_the_head_is_not_lost_for_a_late_answer() {
    let lost = |conversation: Conversation| {
        conversation.play(super::Cut::Whole).iter().any(|found| found.severity() == Severity::Error)
    };
    for side in [Client, Server] {
        let mask = MASK.filter(|_| side == Client);
        let ping = || early(side, &frame(0x89, mask, b"one"));
        let answer = |conversation: Conversation, body: &[u8]| conversation.frame(side.peer(), 0x8A, body);
        assert!(!lost(answer(ping().frame(side, 0x89, b"two"), b"two").closed()), "{side}: together");
        assert!(
            !lost(answer(answer(ping(), b"one").wait_s(5).frame(side, 0x89, b"two"), b"two").closed()),
            "{side}"
        );
        let close = early(side, &frame(0x88, mask, &[3, 0xE8])).frame(side.peer(), 0x81, b"crossing");
        assert!(!lost(close.frame(side.peer(), 0x88, &[3, 0xE8]).four()), "{side}: crossing");
    }
}

fn refused(status: &str, lines: &str) -> Conversation {
    answered(&format!("HTTP/1.1 {status}\r\n{lines}Content-Length: 0\r\n\r\n"))
}

/// Heads of a side beyond each limit.
fn long_heads(side: Side) -> [Case; 3] {
    let first: &[u8] = if side == Client { b"GET / HTTP/1.1\r\n" } else { b"HTTP/1.1 200 OK\r\n" };
    let ask = || match side {
        Client => Conversation::tcp(),
        Server => Conversation::tcp().data(Client, request("").as_bytes()),
    };
    let lines = [first, &b"A: b\r\n".repeat(1001)].concat();
    let long = [first, b"Cookie: ", &b"a".repeat(70_000)].concat();
    [&lines, &long, &b"\r\n".repeat(40_000)]
        .map(|head| of_segments("H23", side, ask().data(side, head).four()))
}

pub(super) fn cases() -> Vec<Case> {
    let ask = |from: &str, to: &str| request("").replace(from, to);
    let answer = |from: &str, to: &str| response("").replace(from, to);
    let with = |asks: &str, answers: &str| asked(&request(asks), &response(answers));
    let protocol = "Sec-WebSocket-Protocol: chat, superchat\r\n";
    let deflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    let bad = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let other_key = "AAAAAAAAAAAAAAAAAAAAAA==";
    let others = crate::explain::findings::key::accept(other_key);
    let mut cases = vec![
        case("H01", Client, asked(&ask("Upgrade: websocket\r\n", ""), bad)),
        case("H01", Client, asked(&ask("Connection: Upgrade", "Connection: close"), bad)),
        case("H02", Client, asked(&ask("HTTP/1.1", "HTTP/1.0"), bad)),
        case("H03", Server, answered(&answer("Upgrade: websocket\r\n", ""))),
        case("H03", Server, answered(&answer("Connection: Upgrade\r\n", "Connection: keep-alive\r\n"))),
        case("H04", Client, asked(&ask("Version: 13", "Version: 8"), bad)),
        case("H04", Server, refused("426 Upgrade Required", "Sec-WebSocket-Version: 13\r\n")),
        case("H05", Server, answered(&answer(&format!("Sec-WebSocket-Accept: {ACCEPT}\r\n"), ""))),
        case("H06", Server, answered(&answer(ACCEPT, KEY))),
        case("H06", Server, answered(&response(&format!("Sec-WebSocket-Accept: {ACCEPT}\r\n")))),
        case(
            "H06",
            Server,
            asked(&ask(KEY, other_key), bad)
                .connection(50_001)
                .then(Conversation::tcp())
                .data(Client, request("").as_bytes())
                .data(Server, answer(ACCEPT, &others).as_bytes())
                .four(),
        ),
        case("H07", Server, refused("200 OK", "Content-Type: text/html\r\n")),
        case("H08", Server, refused("302 Found", "Location: /login\r\n")),
        case("H09", Server, refused("403 Forbidden", "")),
        case("H09", Server, refused("401 Unauthorized", "WWW-Authenticate: Bearer\r\n")),
        case("H11", Server, with(protocol, "")),
        case("H12", Server, with(protocol, "Sec-WebSocket-Protocol: other\r\n")),
        case("H12", Server, with(protocol, "Sec-WebSocket-Protocol: \r\n")),
        case("H12", Server, with("", "Sec-WebSocket-Protocol: null\r\n")),
        case("H13", Server, with("", deflate)),
        case("H13", Server, with(deflate, "Sec-WebSocket-Extensions: \r\n")),
        case(
            "H13",
            Server,
            with(deflate, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=9\r\n"),
        ),
        case("H14", None, Conversation::tcp().data(Client, preface)),
        case(
            "H14",
            None,
            Conversation::tcp().data(Client, &hello(1, &["h2"])).data(Server, &hello(2, &[])).four(),
        ),
        case("H14", None, https("h2").four()),
        case("H14", Client, Conversation::tcp().data(Client, preface).data(Server, bad.as_bytes()).four()),
        case("H15", Client, asked(&ask(KEY, "dGhlIHNhbXBsZSBub25jZR=="), bad)),
        case("H15", Client, asked(&ask(KEY, "c2hvcnQ="), bad)),
        of_segments(
            "H16",
            Server,
            Conversation::tcp()
                .data(Client, request("").as_bytes())
                .data(Server, &[response("").as_bytes(), &frame(0x81, None, b"first")].concat())
                .closed(),
        ),
        case("H16", Client, early(Client, &frame(0x81, MASK, b"first")).closed()),
        case(
            "H17",
            None,
            Conversation::tcp()
                .data(Client, request("").as_bytes())
                .wait_s(12)
                .data(Server, response("").as_bytes())
                .closed(),
        ),
        case("H17", None, refused("404 Not Found", "Age: 30\r\n")),
        case("H17", None, refused("404 Not Found", "CF-Cache-Status: HIT\r\n")),
        case("H18", None, Conversation::default()),
    ];
    for side in [Client, Server] {
        let mask = MASK.filter(|_| side == Client);
        let (ping, close) = (frame(0x89, mask, b"one"), frame(0x88, mask, &[3, 0xE8]));
        let lost = early(side, &ping).wait_s(5).frame(side, 0x89, b"two").frame(side.peer(), 0x8A, b"two");
        let ignored = early(side, &close).wait_s(5).frame(side.peer(), 0x81, b"still here");
        cases.push(of_segments("H16", side.peer(), lost.closed()));
        cases.push(of_segments("H16", side.peer(), ignored.four_from(side)));
    }
    cases.extend([Client, Server].into_iter().flat_map(long_heads));
    for lines in ["Server: nginx/1.27.4\r\n", "Via: 1.1 proxy\r\n", "Server: HAProxy\r\n"] {
        cases.push(case("H01", Server, refused("400 Bad Request", lines)));
        cases.push(case("H01", Server, refused("426 Upgrade Required", lines)));
    }
    cases.push(case("H10", Server, refused("400 Bad Request", "Server: ours\r\n")));
    for status in ["404 Not Found", "500 Oops", "502 Bad Gateway", "503 Busy", "504 Timeout"] {
        cases.push(case("H10", Server, refused(status, "Server: nginx\r\nVia: 1.1 proxy\r\n")));
    }
    cases
}
