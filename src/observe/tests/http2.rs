//! RFC 9113 §4, RFC 8441: what frames of HTTP/2 say of a WebSocket, and what is left alone.

use super::*;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// A frame.
fn http2(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    [&[0, 0, payload.len() as u8, kind, flags, 0, 0, 0, stream][..], payload].concat()
}

/// The HTTP/2 events, each with its sender and stream.
fn said(facts: &[Fact]) -> Vec<(Side, u32, Http2Event)> {
    let said =
        |fact: &Fact| if let Fact::Http2(it) = fact { Some((it.from, it.stream, it.event)) } else { None };
    facts.iter().filter_map(said).collect()
}

fn send(wire: &mut Wire, from: Side, bytes: &[u8], cut: usize) -> Vec<(Side, u32, Http2Event)> {
    bytes.chunks(cut).flat_map(|piece| said(&wire.send(from, ACK, piece).facts)).collect()
}

#[test]
fn http_2_events_do_not_depend_on_segmentation() {
    let settings = http2(4, 0, 0, &[0, 3, 0, 0, 0, 9, 0, 8, 0, 0, 0, 1]);
    let connect = http2(1, 4, 5, b"\x40\x09:protocol\x09websocket");
    for cut in [1, 2, 7, 1000] {
        let mut wire = Wire::open();
        let none = Http2Event::Settings { enable_connect_protocol: None };
        assert_eq!(send(&mut wire, Client, PREFACE, cut), [(Client, 0, none)]);
        let [(Server, 0, Http2Event::Settings { enable_connect_protocol: Some(1) })] =
            send(&mut wire, Server, &settings, cut)[..]
        else {
            panic!("cut {cut}")
        };
        // DATA, WINDOW_UPDATE, PING, a type that nobody knows, and a head of another request.
        let others = [
            http2(0, 0, 3, &[4; 200]),
            http2(8, 0, 0, &[0; 4]),
            http2(6, 0, 0, &[0; 8]),
            http2(77, 0, 0, &[1; 9]),
            http2(1, 4, 3, b"\x82\x86"),
        ];
        assert_eq!(send(&mut wire, Client, &others.concat(), cut), []);
        assert_eq!(send(&mut wire, Client, &connect, cut), [(Client, 5, Http2Event::Connect)]);
        let answers = [
            http2(1, 4, 5, b"\x88"),
            http2(3, 0, 5, &[0, 0, 0, 8]),
            http2(7, 0, 0, &[0, 0, 0, 5, 0, 0, 0, 0]),
        ];
        let go_away = Http2Event::GoAway { last: 5, code: ErrorCode::NO_ERROR };
        assert_eq!(
            send(&mut wire, Server, &answers.concat(), cut),
            [
                (Server, 5, Http2Event::Status(Some(200))),
                (Server, 5, Http2Event::Reset(ErrorCode(8))),
                (Server, 0, go_away)
            ]
        );
    }
}

#[test]
fn a_gap_in_data_is_skipped_and_any_other_ends_http_2() {
    let goes_on = |from_data: i64| {
        let mut wire = Wire::open();
        send(&mut wire, Client, PREFACE, 1000);
        wire.send(Client, ACK, &http2(0, 0, 3, &[4; 200])[..30]);
        wire.script.miss(Client, from_data);
        for _ in 0..5 {
            wire.send(Server, ACK, b"");
        }
        let rest = usize::try_from(179 - from_data).unwrap();
        let bytes = [vec![4; rest], http2(3, 0, 3, &[0; 4])].concat();
        !send(&mut wire, Client, &bytes, 1000).is_empty()
    };
    assert!(goes_on(0) && goes_on(50) && goes_on(179));
    let mut wire = Wire::open();
    send(&mut wire, Client, PREFACE, 1000);
    wire.script.miss(Client, 9);
    for _ in 0..5 {
        wire.send(Server, ACK, b"");
    }
    assert_eq!(send(&mut wire, Client, &http2(3, 0, 3, &[0; 4]), 1000), []);
}

#[test]
fn bytes_that_only_begin_like_http_2_give_no_event() {
    for (from, bytes) in [
        (Client, &b"PRI * HTTP/2.0\r\n\r\nno\r\n\r\n"[..]),
        (Client, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x04\x03\0\0\0\0\x01\0\0\0\0"),
        (Server, b"\0\0\x05\x04\0\0\0\0\0\0\0\0\0\0"),
        (Server, b"\0\0\0\x04\x01\0\0\0\0\0\0\x04\x03\0\0\0\0\x01\0\0\0\0"),
    ] {
        let mut wire = Wire::open();
        assert_eq!(send(&mut wire, from, bytes, 1), [], "{bytes:?}");
        assert_eq!(send(&mut wire, from, &http2(3, 0, 1, &[0; 4]), 1), [], "{bytes:?}");
    }
}
