//! F1, F9, F10: frames that RFC 6455 forbids, and impossible lengths.

use super::cost::Cost;
use super::fair::{fair, fair_message, session, start};
use super::{
    BINARY, CLOSE, FIRST_BINARY, FIRST_TEXT, LAST, MORE, PING, PONG, TEXT, closed, declares, refused,
};
use crate::support::raw::Raw;

#[test]
fn f01_impossible_lengths_are_refused() {
    let server = start(&[]);
    let user = session(&server, "f01");
    let cost = Cost::of(&server);
    let begun = Raw::frame(FIRST_BINARY, b"x");
    let mut open = Vec::new();
    for target in ["/echo", &user.target()] {
        for (first, length, code) in [
            (BINARY, 1 << 63, 1002),
            (TEXT, u64::MAX, 1002),
            (FIRST_BINARY, u64::MAX - 13, 1002),
            (PING, (1 << 63) - 1, 1002),
            (BINARY, (1 << 63) - 1, 1009),
            (TEXT, (1 << 63) - 1, 1009),
            (FIRST_TEXT, 1 << 62, 1009),
            (BINARY, 1 << 32, 1009),
            (BINARY, (16 << 20) + 1, 1009),
            // With what came before it would be 2^63, and 16 MiB and a byte.
            (MORE, (1 << 63) - 1, 1009),
            (LAST, 16 << 20, 1009),
        ] {
            let what = format!("{target} {first:#04X} of {length:#X} bytes");
            let mut raw = Raw::connect(server.addr(), target);
            if matches!(first, MORE | LAST) {
                raw.send(&begun);
            }
            // The header alone: the answer must not wait for a payload.
            raw.send(&declares(first, length));
            closed(&mut raw, &what, code);
            open.push(raw);
        }
    }
    cost.assert_memory("F1", 4 * 1024);
    cost.assert_idle("F1");
    fair_message(&server, &user);
}

#[test]
fn f01_a_query_one_byte_over_the_limit_closes_with_1009() {
    let server = start(&[]);
    let user = session(&server, "f01");
    let mut raw = Raw::connect(server.addr(), &user.target());
    refused(&mut raw, "64 KiB and a byte", &declares(TEXT, 64 * 1024 + 1), 1009);
    fair_message(&server, &user);
}

/// What is wrong, and the bytes.
fn forbidden() -> Vec<(String, Vec<u8>)> {
    let mut cases = Vec::new();
    let mut case = |what: String, frames: &[Vec<u8>]| cases.push((what, frames.concat()));

    case("unmasked text".into(), &[b"\x81\x05Hello".to_vec()]);
    case("unmasked ping".into(), &[vec![PING, 0]]);
    case("unmasked close".into(), &[vec![CLOSE, 2, 3, 0xE8]]);
    for rsv in 1..8 {
        for first in [TEXT, BINARY, FIRST_TEXT, PING, PONG, CLOSE] {
            case(format!("RSV {rsv:03b} on {first:#04X}"), &[Raw::frame(first | rsv << 4, b"")]);
        }
        let begun = Raw::frame(FIRST_TEXT, b"a");
        case(format!("RSV {rsv:03b} on a continuation"), &[begun, Raw::frame(LAST | rsv << 4, b"b")]);
    }
    for opcode in [3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF] {
        case(format!("opcode {opcode:X}"), &[Raw::frame(0x80 | opcode, b"x")]);
        case(format!("opcode {opcode:X} without FIN"), &[Raw::frame(opcode, b"x")]);
        let begun = Raw::frame(FIRST_TEXT, b"a");
        case(format!("opcode {opcode:X} inside a message"), &[begun, Raw::frame(0x80 | opcode, b"")]);
    }
    for first in [CLOSE, PING, PONG] {
        case(format!("{first:#04X} without FIN"), &[Raw::frame(first & 0x0F, b"")]);
        for length in [126, 0xFFFF, 0x1_0000] {
            case(format!("{first:#04X} of {length} bytes"), &[Raw::frame(first, &vec![b'x'; length])]);
        }
    }
    for (begin, inside) in [(FIRST_TEXT, TEXT), (FIRST_BINARY, FIRST_TEXT), (FIRST_TEXT, BINARY)] {
        let frames = [Raw::frame(begin, b"a"), Raw::frame(inside, b"b")];
        case(format!("{inside:#04X} inside a message"), &frames);
    }
    case("a continuation first".into(), &[Raw::frame(LAST, b"x")]);
    case("an endless continuation first".into(), &[Raw::frame(MORE, b"x")]);
    let whole = [Raw::frame(FIRST_TEXT, b""), Raw::frame(LAST, b""), Raw::frame(LAST, b"x")];
    case("a continuation after the last".into(), &whole);
    cases
}

#[test]
fn f09_frames_that_rfc_6455_forbids_close_with_1002() {
    let server = start(&[]);
    let user = session(&server, "f09");
    let cases = forbidden();
    for target in ["/echo", &user.target()] {
        for (what, bytes) in &cases {
            refused(&mut Raw::connect(server.addr(), target), &format!("{target}: {what}"), bytes, 1002);
        }
    }
    println!("F9: {} cases on each endpoint", cases.len());
    fair_message(&server, &user);
}

#[test]
fn f09_messages_before_a_broken_frame_are_answered() {
    let server = start(&[]);
    let bytes = [Raw::frame(TEXT, b"whole"), Raw::frame(PING, b"p"), Raw::frame(LAST, b"x")].concat();
    let rest = refused(&mut Raw::connect(server.addr(), "/echo"), "a continuation", &bytes, 1002);
    let seen: Vec<_> = rest.frames.iter().map(|frame| (frame.opcode(), frame.payload.as_slice())).collect();
    assert_eq!(seen, [(1, &b"whole"[..]), (10, b"p")]);
    fair(&server);
}

#[test]
fn f10_lengths_not_in_their_shortest_form_close_with_1002() {
    let server = start(&[]);
    let user = session(&server, "f10");
    let medium = |first, length: u16| {
        let mut bytes = [&[first, 0xFE][..], &length.to_be_bytes(), &[0; 4]].concat();
        bytes.resize(bytes.len() + usize::from(length), b'x');
        bytes
    };
    let long = |first, length: u64| {
        let mut bytes = [&[first, 0xFF][..], &length.to_be_bytes(), &[0; 4]].concat();
        bytes.resize(bytes.len() + usize::try_from(length).expect("short"), b'x');
        bytes
    };
    for target in ["/echo", &user.target()] {
        for first in [TEXT, BINARY, FIRST_TEXT, PING, PONG] {
            for (what, bytes) in [
                ("126 with 0", medium(first, 0)),
                ("126 with 5", medium(first, 5)),
                ("126 with 125", medium(first, 125)),
                ("127 with 0", long(first, 0)),
                ("127 with 5", long(first, 5)),
                ("127 with 200", long(first, 200)),
                ("127 with 65535", long(first, 65535)),
            ] {
                let mut raw = Raw::connect(server.addr(), target);
                refused(&mut raw, &format!("{target}: {first:#04X} {what}"), &bytes, 1002);
            }
        }
    }
    fair_message(&server, &user);
}
