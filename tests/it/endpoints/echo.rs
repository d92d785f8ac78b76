//! `/echo`: the same kind, the same bytes; pings, and the code of a Close.

use crate::support::PATIENCE;
use crate::support::raw::{End, Raw};
use crate::support::server::Server;
use crate::support::ws::{Client, Event};
use wirewalk::proto::Kind;
use wirewalk::wire::ws::Fin;

#[test]
fn the_same_kind_and_the_same_bytes_in_order() {
    let server = Server::start(&[]);
    let mut client = Client::connect(server.addr(), "/echo", &[]).expect("101");
    let texts = ["Hello", "", "你好, Grüße, 👋🏽", "a\0b\u{FEFF}\u{7F}", &"ü".repeat(40_000)];
    let binaries = [&b""[..], b"\xFF\xFE\x00", &[0x81; 125], &[0; 126], &vec![1; 65_535], &vec![2; 65_536]];
    for text in texts {
        client.send_text(text);
    }
    for bytes in binaries {
        client.send_binary(bytes);
    }
    for text in texts {
        assert_eq!(client.next(PATIENCE), Some(Event::Text(text.to_owned())));
    }
    for bytes in binaries {
        assert_eq!(client.next(PATIENCE), Some(Event::Binary(bytes.to_owned())));
    }
}

#[test]
fn fragments_come_back_as_their_message_and_control_frames_go_between() {
    let server = Server::start(&[]);
    let mut client = Client::connect(server.addr(), "/echo", &[]).expect("101");
    let text = "你好, 👋";
    for (at, byte) in text.bytes().enumerate() {
        // Cut within characters, with empty fragments and a ping in between.
        client.send_fragment(Kind::Text, &[byte], Fin::More);
        client.send_fragment(Kind::Text, b"", Fin::More);
        if at == 2 {
            client.ping(b"now");
            assert_eq!(client.next(PATIENCE), Some(Event::Pong(b"now".to_vec())), "before the message ends");
        }
    }
    client.send_fragment(Kind::Text, b"", Fin::Final);
    assert_eq!(client.next(PATIENCE), Some(Event::Text(text.to_owned())));
    client.send_fragment(Kind::Binary, b"a", Fin::More);
    client.send_fragment(Kind::Binary, b"b", Fin::Final);
    assert_eq!(client.next(PATIENCE), Some(Event::Binary(b"ab".to_vec())));
}

#[test]
fn a_ping_gets_a_pong_with_its_payload() {
    let server = Server::start(&[]);
    let mut client = Client::connect(server.addr(), "/echo", &[]).expect("101");
    for payload in [&b""[..], b"x", b"\x00\xFF", &[7; 125]] {
        client.ping(payload);
        assert_eq!(client.next(PATIENCE), Some(Event::Pong(payload.to_vec())));
    }
    // An unsolicited Pong gets no answer.
    let mut raw = Raw::connect(server.addr(), "/echo");
    raw.send(&[Raw::frame(0x8A, b"beat"), Raw::frame(0x81, b"Hello")].concat());
    assert_eq!(raw.frame_within(PATIENCE).expect("a frame").payload, b"Hello");
}

#[test]
fn a_close_is_answered_with_its_code_and_the_server_ends_tcp() {
    let server = Server::start(&[]);
    for code in [1000_u16, 1001, 1003, 1007, 1011, 3000, 4000, 4999] {
        let mut raw = Raw::connect(server.addr(), "/echo");
        let body = [&code.to_be_bytes()[..], "再见".as_bytes()].concat();
        raw.send(&Raw::frame(0x88, &body));
        let rest = raw.rest(PATIENCE);
        assert_eq!((rest.frames.len(), rest.close_code()), (1, Some(code)), "{rest:?}");
        // RFC 6455 §7.1.1: the server closes TCP first.
        assert_eq!((rest.left.len(), rest.end), (0, End::Fin), "{code}");
    }
    let mut raw = Raw::connect(server.addr(), "/echo");
    raw.send(&Raw::frame(0x88, b""));
    let rest = raw.rest(PATIENCE);
    assert_eq!((rest.frames.len(), rest.end), (1, End::Fin));
    assert_eq!((rest.frames[0].opcode(), rest.frames[0].payload.len()), (8, 0), "no code, no code");
}

#[test]
fn messages_before_a_close_are_echoed_and_later_ones_are_not() {
    let server = Server::start(&[]);
    let mut raw = Raw::connect(server.addr(), "/echo");
    let frames = [Raw::frame(0x81, b"one"), Raw::frame(0x88, b"\x03\xE8"), Raw::frame(0x81, b"two")];
    raw.send(&frames.concat());
    let rest = raw.rest(PATIENCE);
    assert_eq!(rest.frames.len(), 2, "{rest:?}");
    assert_eq!((rest.frames[0].payload.as_slice(), rest.close_code()), (&b"one"[..], Some(1000)));
}

#[test]
fn server_frames_are_unmasked_with_the_shortest_length() {
    let server = Server::start(&[]);
    let mut raw = Raw::connect(server.addr(), "/echo");
    for len in [0, 1, 125, 126, 65_535, 65_536] {
        raw.send(&Raw::frame(0x82, &vec![b'x'; len]));
        let frame = raw.frame_within(PATIENCE).expect("an echo");
        assert_eq!((frame.opcode(), frame.payload.len()), (2, len));
        assert!(frame.payload.iter().all(|byte| *byte == b'x'), "masked: {len}");
    }
}
