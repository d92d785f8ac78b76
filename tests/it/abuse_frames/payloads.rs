//! F11, F12: text that is no UTF-8, and illegal bodies of Close frames.

use super::fair::{fair, fair_message, session, start};
use super::{CLOSE, FIRST_TEXT, LAST, MORE, TEXT, closed, refused};
use crate::support::PATIENCE;
use crate::support::raw::Raw;

/// What nothing can make UTF-8.
const HOPELESS: &[(&str, &[u8])] = &[
    ("a lone continuation", b"\x80"),
    ("a lone continuation in a text", b"\xCE\xBA\x80"),
    ("over-long in two", b"\xC0\xAF"),
    ("over-long NUL", b"\xC0\x80"),
    ("over-long in three", b"\xE0\x80\xAF"),
    ("over-long in four", b"\xF0\x80\x80\xAF"),
    ("the first surrogate", b"\xED\xA0\x80"),
    ("the last surrogate", b"\xED\xBF\xBF"),
    ("a pair of surrogates", b"\xED\xA0\x80\xED\xB0\x80"),
    ("above U+10FFFF", b"\xF4\x90\x80\x80"),
    ("five bytes", b"\xF8\x88\x80\x80\x80"),
    ("FE", b"\xFE"),
    ("FF", b"\xFF"),
    ("Autobahn's 6.3.1", b"\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5\xED\xA0\x80edited"),
];

/// What ends too early.
const CUT: &[&[u8]] = &[b"\xCE", b"a\xE2\x82", b"\xF0\x9F\x98", b"\xF4\x8F\xBF"];

#[test]
fn f11_invalid_utf8_in_text_closes_with_1007() {
    let server = start(&[]);
    let user = session(&server, "f11");
    for target in ["/echo", &user.target()] {
        for (what, bytes) in HOPELESS {
            let what = format!("{target}: {what}");
            refused(&mut Raw::connect(server.addr(), target), &what, &Raw::frame(TEXT, bytes), 1007);
            let fragments: Vec<_> = bytes.iter().map(|byte| Raw::frame(MORE, &[*byte])).collect();
            let frames = [Raw::frame(FIRST_TEXT, b"good "), fragments.concat()].concat();
            refused(&mut Raw::connect(server.addr(), target), &format!("{what}, in pieces"), &frames, 1007);
        }
        for bytes in CUT {
            let what = format!("{target}: {bytes:X?}");
            refused(&mut Raw::connect(server.addr(), target), &what, &Raw::frame(TEXT, bytes), 1007);
            let frames = [Raw::frame(FIRST_TEXT, bytes), Raw::frame(LAST, b"")].concat();
            refused(&mut Raw::connect(server.addr(), target), &what, &frames, 1007);
        }
    }
    fair_message(&server, &user);
}

#[test]
fn f11_invalid_utf8_fails_at_its_first_byte() {
    let server = start(&[]);
    // A frame whose end never comes: the text is wrong already.
    let mut raw = Raw::connect(server.addr(), "/echo");
    let frame = Raw::frame(TEXT, b"\xCE\xBA\xED\xA0\x80 and what follows");
    raw.send(&frame[..frame.len() - 10]);
    closed(&mut raw, "within a frame", 1007);
    fair(&server);
}

#[test]
fn f11_fragments_may_split_characters() {
    let server = start(&[]);
    let text = "κόσμε, 世界 😀\u{0}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}".as_bytes();
    let mut raw = Raw::connect(server.addr(), "/echo");
    let expect = |raw: &mut Raw, what: &str| {
        let frame = raw.frame_within(PATIENCE).unwrap_or_else(|end| panic!("{what}: {end:?}"));
        assert_eq!((frame.opcode(), frame.payload.as_slice()), (1, text), "{what}");
    };
    for cut in 0..=text.len() {
        let (one, two) = text.split_at(cut);
        raw.send(&[Raw::frame(FIRST_TEXT, one), Raw::frame(LAST, two)].concat());
        expect(&mut raw, &format!("fragments cut at {cut}"));
    }
    let bytes: Vec<_> = text.iter().map(|byte| Raw::frame(MORE, &[*byte])).collect();
    raw.send(&[Raw::frame(FIRST_TEXT, b""), bytes.concat(), Raw::frame(LAST, b"")].concat());
    expect(&mut raw, "a fragment a byte");
    // Cut by TCP: in the header, in the key, in a character.
    let frame = Raw::frame(TEXT, text);
    for cut in 1..frame.len() {
        let (one, two) = frame.split_at(cut);
        raw.send(one);
        std::thread::sleep(std::time::Duration::from_millis(1));
        raw.send(two);
        expect(&mut raw, &format!("segments cut at {cut}"));
    }
    fair(&server);
}

#[test]
fn f11_invalid_utf8_in_a_close_reason_closes_with_1007() {
    let server = start(&[]);
    for (what, reason) in HOPELESS {
        let body = [&1000_u16.to_be_bytes()[..], reason].concat();
        refused(&mut Raw::connect(server.addr(), "/echo"), what, &Raw::frame(CLOSE, &body), 1007);
    }
    for reason in CUT {
        let body = [&1000_u16.to_be_bytes()[..], reason].concat();
        refused(&mut Raw::connect(server.addr(), "/echo"), "cut", &Raw::frame(CLOSE, &body), 1007);
    }
    fair(&server);
}

#[test]
fn f12_close_codes_that_may_not_be_sent_are_answered_with_1002() {
    let server = start(&[]);
    let user = session(&server, "f12");
    let codes = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 9999, 65535_u16];
    let bare = codes.map(|code| code.to_be_bytes().to_vec());
    let with_reason = codes.map(|code| [&code.to_be_bytes()[..], b"because"].concat());
    let half = [0x00, 0x03, 0xFF].map(|byte| vec![byte]);
    for target in ["/echo", &user.target()] {
        for body in bare.iter().chain(&with_reason).chain(&half) {
            let what = format!("{target}: close {body:X?}");
            let mut raw = Raw::connect(server.addr(), target);
            raw.send(&Raw::frame(CLOSE, body));
            raw.send(&Raw::frame(TEXT, b"unheard"));
            let rest = raw.rest(PATIENCE);
            assert_eq!(rest.close_code(), Some(1002), "{what}: {rest:?}");
            // The answer is the server's own words: nothing of what was sent, nor of its memory.
            let close = rest.frames.last().expect("a Close");
            let reason = std::str::from_utf8(&close.payload[2..]).expect("text");
            let expected = match body[..] {
                [_] => "close body of one byte".to_owned(),
                [high, low, ..] => {
                    format!("close code {} may not be sent", u16::from_be_bytes([high, low]))
                }
                [] => unreachable!("an empty body is legal"),
            };
            assert_eq!(reason, expected, "{what}");
        }
    }
    fair_message(&server, &user);
}

#[test]
fn f12_a_legal_close_is_answered_with_its_code_alone() {
    let server = start(&[]);
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999_u16] {
        for reason in ["", "bye", &"x".repeat(123)] {
            let body = [&code.to_be_bytes()[..], reason.as_bytes()].concat();
            let mut raw = Raw::connect(server.addr(), "/echo");
            raw.send(&Raw::frame(CLOSE, &body));
            let rest = raw.rest(PATIENCE);
            let payloads: Vec<_> = rest.frames.iter().map(|frame| frame.payload.clone()).collect();
            assert_eq!(payloads, [code.to_be_bytes()], "{code} {reason}");
        }
    }
    let mut raw = Raw::connect(server.addr(), "/echo");
    raw.send(&Raw::frame(CLOSE, b""));
    let rest = raw.rest(PATIENCE);
    assert_eq!((rest.frames.len(), rest.frames[0].opcode(), rest.frames[0].payload.len()), (1, 8, 0));
    fair(&server);
}
