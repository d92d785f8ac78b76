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

const CHALLENGE: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";

/// Challenges that are answered, on this connection or the next.
fn challenges() -> Vec<Case> {
    let with = || request("Authorization: Basic Zm9vOmJhcg==\r\n");
    let challenged =
        || Conversation::tcp().data(Client, request("").as_bytes()).data(Server, CHALLENGE.as_bytes());
    let accepted = |conversation: Conversation| {
        conversation.data(Client, with().as_bytes()).data(Server, response("").as_bytes()).closed()
    };
    let next = challenged().four().connection(50_001).then(Conversation::tcp());
    let proxy =
        asked(&request(""), &CHALLENGE.replace("401 Unauthorized", "407 Proxy Authentication Required"));
    vec![
        case("H09", None, accepted(challenged())),
        case("H09", None, accepted(next)),
        case(
            "H09",
            Server,
            challenged().data(Client, with().as_bytes()).data(Server, CHALLENGE.as_bytes()).four(),
        ),
        case("H09", Server, proxy),
    ]
}

/// Requests without an answer.
fn unanswered() -> Vec<Case> {
    let asked = || Conversation::tcp().data(Client, request("").as_bytes());
    vec![
        case("H19", Server, asked().ack(Server).wait_s(60).four()),
        case("H19", Server, asked().ack(Server).wait_s(30).rst(Client)),
        case("H19", Server, asked().ack(Server).wait_s(30).four_from(Client)),
        case("H19", Server, asked().ack(Server).rst(Server)),
        case("H19", Server, asked().ack(Server).wait_s(9).ack(Client)),
        case("H19", None, asked().ack(Server).fin(Client)),
        case("H19", None, asked()),
        case("H19", None, asked().wait_s(9).ack(Client)),
        // The answer to a request before it is none to this one, whatever its body looks like.
        case(
            "H19",
            Server,
            behind_get().data(Server, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK").wait_s(60).four(),
        ),
        case("H19", Server, behind_get().data(Server, CHUNKED).wait_s(60).four()),
        case(
            "H19",
            Server,
            behind_get().data(Server, b"HTTP/1.1 304 Not Modified\r\n\r\n").wait_s(60).four(),
        ),
    ]
}

/// An Upgrade request that does not wait for the answer to the one before.
fn behind_get() -> Conversation {
    let get = "GET /app.js HTTP/1.1\r\nHost: a\r\n\r\n";
    Conversation::tcp().data(Client, get.as_bytes()).data(Client, request("").as_bytes()).ack(Server)
}

/// A whole response, its body in chunks.
const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\n\r\n";

/// Headers that are there twice.
fn twice() -> Vec<Case> {
    let bad = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    let mut cases = Vec::new();
    for line in ["Host: b", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="] {
        cases.push(case("H21", Client, asked(&request(&format!("{line}\r\n")), bad)));
    }
    for line in ["Upgrade: websocket", &format!("Sec-WebSocket-Accept: {ACCEPT}")] {
        cases.push(case("H21", Server, answered(&response(&format!("{line}\r\n")))));
    }
    let connection = "Connection: keep-alive\r\n";
    cases.push(case("H21", None, asked(&request(connection), &response(""))));
    cases.push(case("H21", None, asked(&request("Upgrade: h2c\r\n"), &response(""))));
    cases.push(case("H21", None, answered(&response(connection))));
    cases.push(case("H21", Server, asked(&request(connection), bad)));
    cases
}

/// A 101 with a body, as its head says.
fn bodies() -> Vec<Case> {
    let asked = || Conversation::tcp().data(Client, request("").as_bytes());
    let with = |lines: &str| asked().data(Server, response(lines).as_bytes());
    vec![
        case("H20", Server, with("Content-Length: 0\r\n").closed()),
        case("H20", Server, with("Transfer-Encoding: chunked\r\n").frame(Server, 0x81, b"welcome").closed()),
    ]
}

/// Offers that break the grammar of permessage-deflate, and answers that do not fit an offer.
fn offers() -> Vec<Case> {
    let line = |parameters: &str| format!("Sec-WebSocket-Extensions: permessage-deflate{parameters}\r\n");
    let error = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n";
    let not_found = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    let wrong = request(&line("; client_max_window_bits=16"));
    let fits = |offer: &str, answer: &str| asked(&request(&line(offer)), &response(&line(answer)));
    vec![
        case("H22", Client, asked(&wrong, error)),
        case("H22", Client, asked(&wrong, not_found)),
        case("H22", Client, asked(&wrong, &response(""))),
        case("H22", Client, asked(&wrong, &response(&line("")))),
        case("H22", Client, Conversation::tcp().data(Client, wrong.as_bytes())),
        case("H13", Server, fits("; server_max_window_bits=10", "; server_max_window_bits=12")),
        case("H13", Server, fits("; server_max_window_bits=10", "")),
    ]
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
        case("H04", Server, refused("426 Upgrade Required", "Sec-WebSocket-Version: 7, 8\r\n")),
        case("H05", Server, answered(&answer(&format!("Sec-WebSocket-Accept: {ACCEPT}\r\n"), ""))),
        case("H06", Server, answered(&answer(ACCEPT, KEY))),
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
        case("H07", Server, refused("200 OK", "Content-Type: application/json\r\n")),
        case("H07", Server, refused("200 Connection established", "")),
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
    for more in [challenges(), unanswered(), twice(), bodies(), offers(), versions(), refusals()] {
        cases.extend(more);
    }
    cases
}

/// Requests of old drafts and of versions that never were, accepted and refused.
fn versions() -> Vec<Case> {
    let bad = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    let not_found = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    let hixie = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key1: 1 2\r\nSec-WebSocket-Key2: 3 4\r\n\r\n12345678";
    let accepted = "HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Location: ws://a/\r\n\r\n1234567812345678";
    let mut cases = vec![case("H04", Client, asked(hixie, accepted)), case("H04", Client, asked(hixie, bad))];
    for version in ["8", "99"] {
        let request = request("").replace("Version: 13", &format!("Version: {version}"));
        for answer in [bad, not_found, &response("")] {
            cases.push(case("H04", Client, asked(&request, answer)));
        }
    }
    cases
}

/// Refusals by their status, with the lines of a proxy or without.
fn refusals() -> Vec<Case> {
    let mut cases = Vec::new();
    for lines in ["Server: nginx/1.27.4\r\n", "Via: 1.1 proxy\r\n", "Server: HAProxy\r\n"] {
        cases.push(case("H01", Server, refused("400 Bad Request", lines)));
        cases.push(case("H01", Server, refused("426 Upgrade Required", lines)));
    }
    cases.push(case("H10", Server, refused("426 Upgrade Required", "Sec-WebSocket-Version: 13\r\n")));
    cases.push(case("H10", Server, refused("400 Bad Request", "Server: ours\r\n")));
    for status in ["404 Not Found", "429 Slow", "500 Oops", "502 Bad Gateway", "503 Busy", "504 Timeout"] {
        cases.push(case("H10", Server, refused(status, "Server: nginx\r\nVia: 1.1 proxy\r\n")));
    }
    cases
}
