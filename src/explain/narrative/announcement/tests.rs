//! What is said of whole conversations.

use std::net::SocketAddr;

use super::Announcer;
use crate::explain::narrative::heartbeat::Heartbeats;
use crate::explain::testing::{chatter, opened_and_reset};
use crate::explain::text::Language;
use crate::observe::{Config, Flags, Observation, Observer};
use crate::testing::{Script, frame};
use crate::wire::Side::{Client, Server};
use crate::wire::{PerSide, Side};

/// Each packet's sentence; empty where there is nothing to say.
fn said(steps: &[Observation], language: Language) -> Vec<String> {
    let (mut announcer, mut heartbeats) = (Announcer::default(), Heartbeats::default());
    let mut all = Vec::new();
    for step in steps {
        heartbeats.note(step);
        let news = announcer.note(step, heartbeats.round_trip_ns);
        all.push(news.map_or_else(String::new, |news| news.text(language)));
    }
    all
}

fn ends() -> PerSide<SocketAddr> {
    PerSide { client: ([10, 0, 0, 1], 50_000).into(), server: ([10, 0, 0, 2], 80).into() }
}

/// A WebSocket that is open, and what follows: who sends which frame or flags.
fn followed_by(segments: &[(Side, Flags, &[u8])]) -> Vec<String> {
    let mut script = Script::new(ends(), PerSide { client: 1, server: 2 });
    script.gap_ns = 1_000_000;
    let mut observer = Observer::new(Config::default());
    let mut steps = Vec::from(script.handshake().map(|segment| observer.observe(&segment)));
    let request =
        b"GET /echo?inspect=secret HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    steps.push(observer.observe(&script.segment(Client, Flags::ACK, request)));
    steps.push(observer.observe(&script.segment(Server, Flags::ACK, answer)));
    for &(from, flags, bytes) in segments {
        steps.push(observer.observe(&script.segment(from, flags, bytes)));
    }
    said(&steps, Language::En).split_off(5)
}

#[test]
fn a_conversation_is_told_as_it_happens() {
    let steps = chatter(1).steps;
    let all: Vec<_> = said(&steps, Language::En).into_iter().filter(|it| !it.is_empty()).collect();
    assert_eq!(
        all,
        [
            "The client sends a SYN: it asks for a TCP connection, and says its initial sequence number.",
            "The server answers with SYN,ACK: it agrees, and says its own initial sequence number.",
            "The client acknowledges: TCP is open at both ends, 2.0 ms after the SYN.",
            "The client asks for a WebSocket: GET /echo with Upgrade: websocket.",
            "The server agrees with 101 and the right accept key, 1.0 ms after the request: the WebSocket is open.",
            "The client sent a text message of 9 bytes.",
            // Its last segment has the server's Close too.
            "The server begins the closing handshake: Close 1000 \"bye; <b> \".",
            "The client answers with its own Close 1000, 3.0 ms later: the closing handshake is complete.",
            "The server sends FIN: it will send nothing more.",
            "The client sends its own FIN: neither end will send anything more.",
            "Both FINs are acknowledged. The server closed TCP first, and stays in TIME-WAIT.",
        ]
    );
    let chinese = said(&steps, Language::Zh);
    assert_eq!(chinese.iter().filter(|it| !it.is_empty()).count(), all.len());
    assert_eq!(chinese.last().unwrap(), "两个 FIN 都已确认。服务器先关闭 TCP，停在 TIME-WAIT。");
}

#[test]
fn a_ping_and_its_pong_say_how_long_it_took() {
    let key = Some([1, 2, 3, 4]);
    let data = Flags::PSH | Flags::ACK;
    let said = followed_by(&[
        (Client, data, &frame(0x89, key, b"ping")),
        (Server, data, &frame(0x8A, None, b"ping")),
        (Server, data, &frame(0x89, None, b"x")),
        (Client, data, &frame(0x8A, key, b"x")),
        (Client, data, &frame(0x8A, key, b"who asked")),
    ]);
    assert_eq!(
        said,
        [
            "The client sent a Ping with 4 bytes: the server must answer with the same.",
            "The server answered the client's Ping with the same 4 bytes, 1.0 ms later.",
            "The server sent a Ping with 1 byte: the client must answer with the same.",
            "The client answered the server's Ping with the same 1 byte, 1.0 ms later.",
            "The client sent a Pong that answers no Ping.",
        ]
    );
}

#[test]
fn messages_say_their_kind_their_parts_and_whether_they_came_back() {
    let key = Some([1, 2, 3, 4]);
    let data = Flags::PSH | Flags::ACK;
    let said = followed_by(&[
        (Client, data, &frame(0x82, key, &[7; 16])),
        (Client, data, &frame(0x81, key, b"Hello")),
        (Server, data, &frame(0x81, None, b"Hello")),
        (Server, data, &frame(0x81, None, b"Hello")),
        (Server, data, &frame(0x01, None, b"one, ")),
        (Server, data, &frame(0x00, None, b"two, ")),
        (Server, data, &frame(0x80, None, b"three")),
        (Client, Flags::ACK, b""),
    ]);
    assert_eq!(
        said,
        [
            "The client sent a binary message of 16 bytes.",
            "The client sent a text message of 5 bytes.",
            "The server sent the same 5 bytes back, 1.0 ms later.",
            "The server sent a text message of 5 bytes.",
            "The server sent 5 bytes of a message with FIN=0: more frames follow.",
            "The server sent 5 bytes of a message with FIN=0: more frames follow.",
            "The server finished a message: 15 bytes in 3 frames, which the application gets as one.",
            "",
        ]
    );
}

#[test]
fn a_reset_says_who_and_what_may_be_lost() {
    let said = said(&opened_and_reset().steps, Language::En);
    assert_eq!(said[6], "The server ended the connection with a RST: data on its way may be lost.");
    assert_eq!(said[4], "", "a pure ACK needs no word");
}

#[test]
fn a_refused_syn_is_no_connection_that_ended() {
    let mut script = Script::new(ends(), PerSide { client: 1, server: 2 });
    let mut observer = Observer::new(Config::default());
    let [syn, ..] = script.handshake();
    let mut steps = vec![observer.observe(&syn)];
    steps.push(observer.observe(&script.segment_at(Server, Flags::RST | Flags::ACK, (0, 1), b"")));
    assert_eq!(
        said(&steps, Language::En)[1],
        "The server refused the TCP connection: its RST answers the SYN."
    );
}
