//! Opening handshakes that go wrong.

use super::super::bytes::{ACCEPT, KEY, frame, request, response};
use super::super::script::Script;
use super::{Case, case, of_segments};
use crate::wire::Side::{Client, Server};

fn asked(request: &str, response: &str) -> Script {
    Script::tcp().data(Client, request.as_bytes()).data(Server, response.as_bytes()).four()
}

fn answered(response: &str) -> Script {
    asked(&request(""), response)
}

fn refused(status: &str, lines: &str) -> Script {
    answered(&format!("HTTP/1.1 {status}\r\n{lines}Content-Length: 0\r\n\r\n"))
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
    let others = crate::explain::accept::accept(other_key);
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
                .then(Script::tcp())
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
        case("H14", None, Script::tcp().data(Client, preface)),
        case("H14", Client, Script::tcp().data(Client, preface).data(Server, bad.as_bytes()).four()),
        case("H15", Client, asked(&ask(KEY, "dGhlIHNhbXBsZSBub25jZR=="), bad)),
        case("H15", Client, asked(&ask(KEY, "c2hvcnQ="), bad)),
        of_segments(
            "H16",
            Server,
            Script::tcp()
                .data(Client, request("").as_bytes())
                .data(Server, &[response("").as_bytes(), &frame(0x81, None, b"first")].concat())
                .closed(),
        ),
        case(
            "H17",
            None,
            Script::tcp()
                .data(Client, request("").as_bytes())
                .wait_s(12)
                .data(Server, response("").as_bytes())
                .closed(),
        ),
        case("H17", None, refused("404 Not Found", "Age: 30\r\n")),
        case("H18", None, Script::default()),
    ];
    for status in
        ["400 Bad Request", "404 Not Found", "500 Oops", "502 Bad Gateway", "503 Busy", "504 Timeout"]
    {
        cases.push(case("H10", Server, refused(status, "Server: nginx\r\nVia: 1.1 proxy\r\n")));
    }
    cases
}
