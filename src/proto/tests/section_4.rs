//! RFC 6455 section 4: the opening handshake.

use super::*;
use crate::proto::handshake::client::HandshakeError;
use crate::proto::handshake::server::Refusal;
use crate::wire::http::{HostError, KeyError, Status};

const RIGHT: &str = "GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\
                     Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

fn read(head: &str) -> Result<Option<String>, Refusal> {
    let request = Request::parse(head.as_bytes(), 100).expect(head);
    let handshake = server::Handshake::read(&request)?;
    Ok(handshake.choose_subprotocol(&["chat", "superchat"]).map(str::to_owned))
}

/// The right handshake with one line replaced (or left out, or added).
fn with(line: &str, replacement: &str) -> Result<Option<String>, Refusal> {
    let changed = RIGHT.replacen(line, replacement, 1);
    assert_ne!(changed, RIGHT);
    read(&changed)
}

#[test]
fn section_4_2_1_what_a_server_asks_of_the_request() {
    assert_eq!(read(RIGHT), Ok(None));
    assert_eq!(with("GET", "POST"), Err(Refusal::Method));
    assert_eq!(with("HTTP/1.1", "HTTP/1.0"), Err(Refusal::HttpVersion));
    for (target, allowed) in [
        ("http://localhost/echo", Ok(None)),
        ("wss://other.example", Ok(None)),
        ("ftp://localhost/echo", Err(Refusal::Host(HostError::Target))),
        ("http://user@localhost/echo", Err(Refusal::Host(HostError::Target))),
        ("echo", Err(Refusal::Host(HostError::Target))),
        ("?echo", Err(Refusal::Host(HostError::Target))),
        ("*", Err(Refusal::Host(HostError::Target))),
    ] {
        assert_eq!(with("/echo", target), allowed, "{target}");
    }
    for (host, error) in [
        ("", HostError::Missing),
        ("Host:\r\n", HostError::Malformed),
        ("Host: a@b\r\n", HostError::Malformed),
        ("Host: a\r\nHost: b\r\n", HostError::Repeated),
    ] {
        assert_eq!(with("Host: localhost\r\n", host), Err(Refusal::Host(error)), "{host}");
    }
    assert_eq!(with("HTTP/1.1", "HTTP/1.2"), Ok(None));
    assert_eq!(with("Upgrade: websocket", "Upgrade: h2c"), Err(Refusal::NoUpgrade));
    assert_eq!(with("keep-alive, Upgrade", "keep-alive"), Err(Refusal::NoConnectionUpgrade));
    assert_eq!(with("\r\n\r\n", "\r\nContent-Length: 5\r\n\r\n"), Err(Refusal::Body));
    assert_eq!(with("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n"), Err(Refusal::Body));
    assert_eq!(with("\r\n\r\n", "\r\nOrigin: http://a\r\nOrigin: http://b\r\n\r\n"), Err(Refusal::Origin));
    for key in ["", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\r\n"] {
        let expected = if key.is_empty() { Refusal::NoKey } else { Refusal::Key(KeyError::WrongLength(15)) };
        assert_eq!(with("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", key), Err(expected));
    }
}

#[test]
fn section_4_4_only_version_13() {
    for version in ["8", "0", "99", "013", "", "13\r\nSec-WebSocket-Version: 13", "13, 8"] {
        let refusal = with("Version: 13", &format!("Version: {version}")).unwrap_err();
        assert_eq!(refusal, Refusal::WebSocketVersion, "{version}");
        let response = refusal.response();
        assert_eq!(response.status(), Status::UPGRADE_REQUIRED);
        assert!(response.headers().any(|line| line == ("Sec-WebSocket-Version", "13")));
        assert!(response.headers().any(|line| line == ("Upgrade", "websocket")));
    }
}

/// RFC 9112 §3.2.2: the Host header is ignored where the target has a host of its own.
#[test]
fn section_4_2_1_the_host_is_that_of_a_target_in_absolute_form() {
    for (target, host) in [("/echo", "localhost"), ("ws://other.example:81/echo", "other.example:81")] {
        let head = RIGHT.replacen("/echo", target, 1);
        let request = Request::parse(head.as_bytes(), 100).unwrap();
        assert_eq!(server::Handshake::read(&request).unwrap().host(), host, "{target}");
    }
}

#[test]
fn section_9_1_and_11_3_4_offers_are_taken_whole_or_not_at_all() {
    let offer = |line: &str| with("\r\n\r\n", &format!("\r\n{line}\r\n\r\n"));
    assert_eq!(offer("Sec-WebSocket-Protocol: superchat, chat<>"), Err(Refusal::Subprotocols));
    assert_eq!(
        offer("Sec-WebSocket-Protocol: superchat\r\nSec-WebSocket-Protocol:"),
        Err(Refusal::Subprotocols)
    );
    assert_eq!(offer("Sec-WebSocket-Extensions: foo;;a"), Err(Refusal::Extensions));
    assert_eq!(
        offer("Sec-WebSocket-Extensions: foo\r\nSec-WebSocket-Extensions: ;"),
        Err(Refusal::Extensions)
    );
    assert_eq!(offer("Sec-WebSocket-Extensions: foo; a=\"1\", bar"), Ok(None));
}

#[test]
fn section_4_2_2_the_first_known_subprotocol_offered() {
    let offer = |names: &str| with("\r\n\r\n", &format!("\r\nSec-WebSocket-Protocol: {names}\r\n\r\n"));
    assert_eq!(offer("superchat, chat"), Ok(Some("superchat".into())));
    assert_eq!(offer("other,chat"), Ok(Some("chat".into())));
    assert_eq!(offer("CHAT"), Ok(None));
    assert_eq!(offer("a\r\nSec-WebSocket-Protocol: chat"), Ok(Some("chat".into())));
}

#[test]
fn section_4_1_what_a_client_asks_of_the_answer() {
    let answer = |replace: &[(&str, &str)]| {
        let ask = client::Ask { host: "localhost", target: "/", subprotocols: &["chat"], headers: &[] };
        let (handshake, _) = client::Handshake::request(&ask, *b"the sample nonce");
        let mut head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: upgrade\r\n\
                        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
            .to_owned();
        for (from, to) in replace {
            head = head.replacen(from, to, 1);
        }
        let open = client::Open { config: Arc::default(), masks: Box::new(|| KEY), now: NOW };
        handshake.finish(&ResponseHead::parse(head.as_bytes()).unwrap(), open).map(|_| ())
    };
    assert_eq!(answer(&[]), Ok(()));
    assert_eq!(answer(&[("\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\n\r\n")]), Ok(()));
    assert_eq!(answer(&[("101", "200")]), Err(HandshakeError::Status(Status::OK)));
    assert_eq!(answer(&[("Upgrade: WebSocket\r\n", "")]), Err(HandshakeError::NoUpgrade));
    assert_eq!(answer(&[("Connection: upgrade\r\n", "")]), Err(HandshakeError::NoConnectionUpgrade));
    assert_eq!(answer(&[("s3p", "S3P")]), Err(HandshakeError::WrongAccept));
    assert_eq!(answer(&[("Sec-WebSocket-Accept", "X")]), Err(HandshakeError::NoAccept));
    let extension = "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    assert_eq!(answer(&[("\r\n\r\n", extension)]), Err(HandshakeError::Extension));
    for other in ["\r\nSec-WebSocket-Protocol: other\r\n\r\n", "\r\nSec-WebSocket-Protocol: \r\n\r\n"] {
        assert_eq!(answer(&[("\r\n\r\n", other)]), Err(HandshakeError::Subprotocol));
    }
}

#[test]
fn section_4_1_the_request_is_one_a_server_takes() {
    let ask = client::Ask {
        host: "localhost:9001",
        target: "/echo?a=b",
        subprotocols: &["superchat", "chat"],
        headers: &[("Origin", "http://localhost:9001")],
    };
    let (_, request) = client::Handshake::request(&ask, [9; 16]);
    let request = Request::parse(&request, 100).unwrap();
    let handshake = server::Handshake::read(&request).unwrap();
    assert_eq!((handshake.host(), handshake.origin()), ("localhost:9001", Some("http://localhost:9001")));
    assert_eq!(handshake.choose_subprotocol(&["chat", "superchat"]), Some("superchat"));
}
