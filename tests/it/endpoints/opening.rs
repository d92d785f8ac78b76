//! Opening: paths, subprotocols, and requests that ask for no Upgrade.

use crate::support::PATIENCE;
use crate::support::http::{self, Answer, Request};
use crate::support::raw::Raw;
use crate::support::server::Server;
use crate::support::ws::Client;

/// The answer to an opening handshake with further header lines.
fn open(server: &Server, target: &str, lines: &[(&str, &str)]) -> Answer {
    let request = lines.iter().fold(Raw::request(server.addr(), target), |request, (name, value)| {
        request.replace("\r\n\r\n", &format!("\r\n{name}: {value}\r\n\r\n"))
    });
    http::request(server.addr(), request.as_bytes())
}

#[test]
fn echo_speaks_the_first_subprotocol_offered_that_it_knows() {
    let server = Server::start(&[]);
    for (offered, chosen) in [
        (&["chat"][..], Some("chat")),
        (&["superchat"], Some("superchat")),
        (&["chat, superchat"], Some("chat")),
        (&["superchat, chat"], Some("superchat")),
        (&["mqtt,superchat,chat"], Some("superchat")),
        // Lines of one name are one list.
        (&["mqtt", "superchat", "chat"], Some("superchat")),
        (&["mqtt"], None),
        // Names have case.
        (&["Chat", "SUPERCHAT"], None),
        (&["chatty, superchatty"], None),
        (&[], None),
    ] {
        let lines: Vec<_> = offered.iter().map(|&names| ("Sec-WebSocket-Protocol", names)).collect();
        let answer = open(&server, "/echo", &lines);
        assert_eq!(answer.status, 101, "{offered:?}");
        assert_eq!(answer.header("Sec-WebSocket-Protocol"), chosen, "{offered:?}");
        assert_eq!(answer.header("Sec-WebSocket-Accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    }
    // A client that checks what it gets, and talks then.
    let mut client = Client::connect_with(server.addr(), "/echo", &[], &["mqtt", "superchat"]).expect("101");
    client.send_text("Hello");
    assert_eq!(client.text(), "Hello");
    assert_eq!(open(&server, "/broadcast", &[("Sec-WebSocket-Protocol", "chat")]).status, 101);
}

#[test]
fn an_unknown_path_is_404_with_an_upgrade_and_without() {
    let server = Server::start(&[]);
    for path in ["/nothing", "/echo/", "/Echo", "/echo/x", "/healthz", "/login", "/api/presence"] {
        let answer = open(&server, path, &[]);
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["code"], 404, "{path}");
    }
    assert_eq!(http::get(server.addr(), "/nothing").status, 404);
    // A query is no part of the path.
    assert_eq!(open(&server, "/echo?a=/b", &[]).status, 101);
}

#[test]
fn without_an_upgrade_an_endpoint_is_426() {
    let server = Server::start(&[]);
    for path in ["/echo", "/broadcast", "/message", "/message?sessionId=x&userId=1"] {
        let answer = http::get(server.addr(), path);
        assert_eq!((answer.status, &answer.json()["code"]), (426, &426.into()), "{path}");
        // RFC 9110 §15.5.22 requires Upgrade, and §7.8 its name in Connection.
        assert_eq!(answer.header("Upgrade"), Some("websocket"), "{path}");
        assert!(
            answer.header("Connection").is_some_and(|it| it.to_lowercase().contains("upgrade")),
            "{path}"
        );
    }
    let other = Request::new("GET", "/echo").header("Connection", "Upgrade").header("Upgrade", "h2c");
    assert_eq!(other.send(server.addr()).status, 426);
}

#[test]
fn frames_in_the_segment_of_the_handshake_are_echoed() {
    let server = Server::start(&[]);
    let early = [Raw::frame(0x81, b"one"), Raw::frame(0x82, b"two"), Raw::frame(0x81, b"thr")].concat();
    let (now, later) = early.split_at(early.len() - 5);
    let mut raw = Raw::connect_with(server.addr(), "/echo", now);
    raw.send(later);
    for (opcode, payload) in [(1, b"one"), (2, b"two"), (1, b"thr")] {
        let frame = raw.frame_within(PATIENCE).expect("an echo");
        assert_eq!((frame.opcode(), frame.payload.as_slice()), (opcode, &payload[..]));
    }
}
