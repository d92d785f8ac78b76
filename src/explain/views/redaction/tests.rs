//! Replacements of what is said.

use super::*;
use crate::observe::{Config, Observer};
use crate::testing::Script;
use crate::wire::ws::MaskKey;

const CLIENT: &str = "10.0.0.1:50000";
const SERVER: &str = "10.0.0.2:80";

/// The replacement of what the two ends say, in turn.
fn redacted(said: &[(Side, &[u8])]) -> (Redaction, Vec<u8>, Vec<u8>) {
    let ends = PerSide { client: CLIENT.parse().unwrap(), server: SERVER.parse().unwrap() };
    let mut script = Script::new(ends, PerSide::default());
    (script.time_ns, script.gap_ns) = (0, 1);
    let mut observer = Observer::new(Config::default());
    let mut redaction = Redaction::default();
    let syns = [(Side::Client, Flags::SYN, &b""[..]), (Side::Server, Flags::SYN | Flags::ACK, b"")];
    let writes = said.iter().map(|(side, bytes)| (*side, Flags::ACK, *bytes));
    for (from, flags, payload) in syns.into_iter().chain(writes) {
        let step = observer.observe(&script.segment(from, flags, payload));
        redaction.step(&step).unwrap();
    }
    observer.finish().for_each(|ended| redaction.ended(&ended).unwrap());
    let of = |side: Side| {
        let lengths = said.iter().filter(|(from, _)| *from == side).map(|(_, bytes)| bytes.len());
        let mut bytes = vec![0; lengths.sum()];
        redaction.stand_in(0, ends[side], 0, &mut bytes);
        bytes
    };
    let (client, server) = (of(Side::Client), of(Side::Server));
    (redaction, client, server)
}

fn client(bytes: &[u8]) -> String {
    String::from_utf8(redacted(&[(Side::Client, bytes)]).1).unwrap()
}

#[test]
fn header_names_of_a_request_are_not_redacted() {
    let line = |line: &str| {
        let head = client(format!("GET / HTTP/1.1\r\n{line}\r\n\r\n").as_bytes());
        head.strip_prefix("GET / HTTP/1.1\r\n").unwrap().strip_suffix("\r\n\r\n").unwrap().to_owned()
    };
    for (original, expected) in [
        ("Host: example.com", "Host: xxxxxxxxxxx"),
        ("Cookie:a=b; c=\"d\"", "Cookie:xxxxxxxxxx"),
        ("X-Empty: ", "X-Empty: "),
        (" folded: secret", " xxxxxxxxxxxxxx"),
        ("no colon at all", "xxxxxxxxxxxxxxx"),
        ("bad name: value", "xxxxxxxxxxxxxxx"),
        ("Content-Length: 0", "Content-Length: 0"),
        ("Content-Length: 12 secret", "Content-Length: 12xxxxxxx"),
        ("Connection: Upgrade, X-Secret", "Connection: Upgrade, xxxxxxxx"),
        ("Sec-WebSocket-Protocol: one, two, one", "Sec-WebSocket-Protocol: xxx, xx1, xxx"),
        (
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10, x-mine; key=secret",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=10, xxxxxx; xxx=xxxxx1",
        ),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZWE=", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA="),
        ("Sec-WebSocket-Key: not base64", "Sec-WebSocket-Key: ----------"),
    ] {
        assert_eq!(line(original), expected);
    }
    for (original, expected) in [
        ("GET /a/b?c=/d HTTP/1.1\r\n\r\n", "GET /x/x?xxxx HTTP/1.1\r\n\r\n"),
        ("Get * HTTP/1.1\n\n", "xxx x HTTP/1.1\n\n"),
        ("GET /a b HTTP/1.1\r\n\r\n", "GET /x x HTTP/1.1\r\n\r\n"),
        // A head without an end.
        ("GET /secret HTTP/1.1\r\nCookie: a", "GET xxxxxxxxxxxxxxxxxxxxxxxxxxx"),
    ] {
        assert_eq!(client(original.as_bytes()), expected);
    }
    let (_, _, server) = redacted(&[(Side::Server, b"HTTP/1.1 404 No secret here\r\nServer: mine\r\n\r\n")]);
    assert_eq!(server, b"HTTP/1.1 404 xxxxxxxxxxxxxx\r\nServer: xxxx\r\n\r\n");
    let (_, _, server) = redacted(&[(Side::Server, b"HTTP/1.1 404 Not Found\r\n\r\n")]);
    assert_eq!(server, b"HTTP/1.1 404 Not Found\r\n\r\n");
}

#[test]
fn bodies_and_unread_bytes_are_redacted_as_opaque() {
    let request = b"POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nsecretGET /";
    let (_, bytes, _) = redacted(&[(Side::Client, request)]);
    assert_eq!(bytes, b"POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\n\xFF\xFF\xFF\xFF\xFF\xFFGET x");
    let (_, bytes, _) = redacted(&[(Side::Client, b"\x16\x03\x01\x02\x00secret")]);
    assert_eq!(bytes, [OPAQUE; 11]);
    let (_, bytes, _) = redacted(&[(Side::Client, b"SECRET"), (Side::Client, b"\x00more")]);
    assert_eq!(bytes, b"xxxxxx\xFF\xFF\xFF\xFF\xFF", "a word first, then none");
}

#[test]
fn redacted_bytes_do_not_depend_on_segmentation() {
    let request = b"GET /secret HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    let response = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let frames =
        [&[0x81, 0x86, 1, 2, 3, 4][..], b"secret", &[0x88, 0x82, 9, 9, 9, 9, 10, 225], &[0x81]].concat();
    let said = [(Side::Client, &request[..]), (Side::Server, response), (Side::Client, &frames)];
    let (redaction, whole, _) = redacted(&said);
    let mut text = *b"xxxxxx";
    MaskKey([1, 2, 3, 4]).apply(0, &mut text);
    let expected = [&[0x81, 0x86, 1, 2, 3, 4][..], &text].concat();
    assert_eq!(whole[request.len()..][..12], expected);
    assert_eq!(whole.last(), Some(&OPAQUE), "a header without an end");
    for (offset, begin) in (0..).zip(0..whole.len()) {
        for len in [1, 2, 5, 40] {
            let end = (begin + len).min(whole.len());
            let mut part = vec![0; end - begin];
            redaction.stand_in(0, CLIENT.parse().unwrap(), offset, &mut part);
            assert_eq!(part, whole[begin..end], "{begin}..{end}");
        }
    }
    // Before the first byte there is nothing.
    let mut before = [0; 4];
    redaction.stand_in(0, CLIENT.parse().unwrap(), -2, &mut before);
    assert_eq!(before, [OPAQUE, OPAQUE, b'G', b'E']);
    let mut other = [0; 3];
    redaction.stand_in(7, CLIENT.parse().unwrap(), 0, &mut other);
    assert_eq!(other, [OPAQUE; 3]);
}
