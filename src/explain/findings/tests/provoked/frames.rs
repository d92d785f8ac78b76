//! Broken frames and messages.

use super::super::bytes::{request, response};
use super::super::conversation::Conversation;
use super::{Case, Cut, case, ids, render};
use crate::testing::frame;
use crate::wire::Side::{self, Client, Server};

const BOTH: [Side; 2] = [Client, Server];

/// A masking key that is as it should be: each place another.
fn key(side: Side, place: u8) -> Option<[u8; 4]> {
    (side == Client).then_some([place, 0x17, 0x99, place ^ 0x5A])
}

fn raw(side: Side, bytes: &[u8]) -> Conversation {
    Conversation::websocket().data(side, bytes)
}

/// A header with the length field as given, masked if the side must.
fn header(side: Side, first: u8, length: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first, length[0] | if side == Client { 0x80 } else { 0 }];
    bytes.extend(&length[1..]);
    bytes.extend(key(side, 9).iter().flatten());
    bytes
}

/// The 101 declares a chunked body.
fn chunked() -> Conversation {
    let answer = response("Transfer-Encoding: chunked\r\n");
    Conversation::tcp().data(Client, request("").as_bytes()).data(Server, answer.as_bytes())
}

/// Frames go on behind the framing of chunks, and the frames of one are read whole.
#[test]
fn chunks_around_frames_are_no_second_writer() {
    for bytes in [&b"0\r\n\r\n\x81\x02on\x81\x03end"[..], b"4\r\n\x81\x02on\r\n5\r\n\x81\x03end\r\n0\r\n\r\n"]
    {
        for cut in [Cut::Whole, Cut::Bytes] {
            let found = chunked().data(Server, bytes).closed().play(cut);
            let text = render(&found);
            assert_eq!(found.iter().filter(|found| found.id() == "F05").count(), 1, "{text}");
            assert!(!found.iter().any(|found| ["F04", "F06", "F10"].contains(&found.id())), "{text}");
            assert!(text.contains("chunked body") && !text.contains("writers"), "{text}");
        }
    }
}

/// Behind a head of HTTP, frames are read again.
#[test]
fn frames_go_on_behind_a_head() {
    for side in BOTH {
        for cut in [Cut::Whole, Cut::Bytes] {
            let conversation = raw(side, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
                .frame(side, 0x81, &[b'a', 0xFF]);
            let found = conversation.closed().play(cut);
            let text = render(&found);
            assert!(text.contains("a second 101") && !text.contains("middleware"), "{text}");
            assert!(found.iter().any(|found| found.id() == "F12"), "{text}");
        }
    }
}

/// A frame of ten bytes, and within it one of five by another writer.
fn two_writers(side: Side, first: u8) -> Vec<u8> {
    let (outer, inner) = (frame(first, key(side, 4), &[b'A'; 10]), frame(first, key(side, 5), &[b'B'; 5]));
    let (begin, end) = outer.split_at(outer.len() - 5);
    [begin, &inner, end].concat()
}

/// Three texts of a sender that writes each length in 16 bits.
fn never_short(side: Side) -> [Vec<u8>; 3] {
    [3, 4, 5].map(|place| long_form(side, &[0x81, 126, 0, 4], place, b"text"))
}

/// A ping of 128 bytes with its length in 64 bits.
fn long_ping(side: Side) -> Vec<u8> {
    long_form(side, &[0x89, 127, 0, 0, 0, 0, 0, 0, 0, 128], 7, &[b'p'; 128])
}

/// A frame with a header as given, masked if the side must.
fn long_form(side: Side, header: &[u8], place: u8, payload: &[u8]) -> Vec<u8> {
    let key = key(side, place);
    let mut bytes = header.to_vec();
    bytes[1] |= if key.is_some() { 0x80 } else { 0 };
    bytes.extend(key.iter().flatten());
    bytes.extend(payload.iter().enumerate().map(|(at, byte)| byte ^ key.map_or(0, |key| key[at % 4])));
    bytes
}

#[test]
fn lengths_that_are_never_short_are_told_once_and_counted() {
    for side in BOTH {
        for cut in [Cut::Whole, Cut::Bytes] {
            let found = raw(side, &never_short(side).concat()).closed().play(cut);
            let text = render(&found);
            assert_eq!(found.iter().filter(|found| found.id() == "F08").count(), 2, "{text}");
            assert!(text.contains("3 of 4 frames"), "{text}");
            let wrong = ["F05", "F07", "C01", "C06"];
            assert!(!found.iter().any(|found| wrong.contains(&found.id())), "{text}");
        }
    }
}

#[test]
fn two_writers_are_likely_in_a_text_and_possible_in_bytes() {
    for side in BOTH {
        for (first, certainty) in [(0x81, "Likely: Two writers"), (0x82, "Possible: Two writers")] {
            let found = raw(side, &two_writers(side, first)).four_from(side).play(Cut::Whole);
            let text = render(&found);
            assert!(text.contains(certainty), "{text}");
        }
    }
}

/// So many bytes, with their number in the seven bits.
fn seven_bits(side: Side, length: u8) -> Vec<u8> {
    let mut bytes = frame(0x81, key(side, 6), &[b'a'; 125]);
    bytes[1] = (bytes[1] & 0x80) | length;
    bytes.extend(vec![b'a'; usize::from(length) - 125]);
    bytes
}

/// Each message of the side is answered.
fn talk(side: Side) -> Conversation {
    let turn = |conversation: Conversation| {
        conversation.frame(side, 0x81, b"What?").frame(side.peer(), 0x81, b"That.")
    };
    turn(turn(Conversation::websocket()))
}

#[test]
fn a_length_that_was_cut_off_is_reported_once() {
    for side in BOTH {
        let zero = header(side, 0x82, &[126, 0, 0]);
        let next = frame(0x82, key(side, 2), b"next");
        let counts = |bytes: &[&[u8]], cut| {
            let found = raw(side, &bytes.concat()).closed().play(cut);
            let of = |id| found.iter().filter(|found| found.id() == id).count();
            (of("F07"), of("F08"))
        };
        for cut in [Cut::Whole, Cut::Bytes] {
            assert_eq!(counts(&[&zero, &[0x61; 300]], cut), (1, 0), "{side}: cut off");
            assert_eq!(counts(&[&zero], cut), (0, 1), "{side}: and nothing behind it");
            assert_eq!(counts(&[&zero, &next], cut), (0, 1), "{side}: and a frame behind it");
            assert_eq!(
                counts(&[&zero, &next, &[0x61; 300]], cut),
                (0, 1),
                "{side}: and no frame behind that"
            );
            assert_eq!(
                counts(&[&zero, b"HTTP/1.1 500 Oops\r\n\r\n"], cut),
                (0, 1),
                "{side}: and HTTP behind it"
            );
        }
    }
}

/// A frame declares a gigabyte, little of it comes, and the peer closes with 1009.
fn declares_too_much(side: Side) -> Conversation {
    let huge = [&header(side, 0x82, &[127, 0, 0, 0, 0, 0x40, 0, 0, 0])[..], &[0x61; 100]].concat();
    let conversation = Conversation::websocket().frame(side, 0x81, b"small").data(side, &huge);
    conversation.frame(side.peer(), 0x88, &[3, 0xF1]).rst(side.peer())
}

#[test]
fn a_message_too_big_is_found_by_its_declared_length() {
    for side in BOTH {
        for cut in [Cut::Whole, Cut::Bytes] {
            let found = declares_too_much(side).play(cut);
            let text = render(&found);
            assert!(
                text.contains("declares 1073741824 B") && ids(&found).contains(&format!("F13 {side}")),
                "{text}"
            );
        }
    }
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("F01", Client, raw(Client, &frame(0x81, None, b"Hello")).closed()),
        case("F02", Server, raw(Server, &frame(0x81, Some([1, 2, 3, 4]), b"Hello")).closed()),
        // An empty control frame too.
        case("F02", Server, raw(Server, &[0x8A, 0x80, 0, 0, 0, 0]).closed()),
        case("F05", Server, chunked().data(Server, b"0\r\n\r\n").frame(Server, 0x81, b"on").closed()),
        case("F05", Server, chunked().data(Server, b"7\r\n\x81\x05Hello\r\n").closed()),
        case("F14", Client, raw(Client, &frame(0x81, Some([0; 4]), b"Hello")).closed()),
        case(
            "F14",
            Client,
            raw(Client, &frame(0x81, Some([1, 2, 3, 4]), b"a"))
                .data(Client, &frame(0x81, Some([1, 2, 3, 4]), b"b")),
        ),
    ];
    for side in BOTH {
        let peer = side.peer();
        let of = |id, conversation: Conversation| case(id, side, conversation);
        let sent = |first: u8, payload: &[u8]| Conversation::websocket().frame(side, first, payload);
        // The text counted in characters, its last bytes cut off the length.
        let of_text = (side == Client).then_some([9, 0x21, 0x99, 0x5A]);
        let mut counted = frame(0x81, of_text, "Grüße".as_bytes());
        counted[1] -= 2;
        let mut short = frame(0x81, of_text, b"Hello, World");
        short[1] -= 4;
        let mut binary = frame(0x82, key(side, 3), &[0x99; 20]);
        binary[1] -= 3;
        cases.extend([
            of("F03", sent(0xC1, b"Hello").closed()),
            of("F03", sent(0xC2, b"Hello").four()),
            of("F04", sent(0xA1, b"Hello").closed()),
            of("F04", sent(0x91, b"Hello").closed()),
            of("F04", sent(0x83, b"Hello").closed()),
            of("F04", sent(0x8B, b"").closed()),
            of("F05", sent(0x81, b"Hello").data(side, &[0x5C, 0x01, 0x77, 0x13, 0x99, 0xEE, 0x01, 0x88])),
            of("F05", raw(side, &two_writers(side, 0x81)).four_from(side)),
            of("F05", raw(side, &two_writers(side, 0x82)).four_from(side)),
            of(
                "F05",
                raw(side, &[&two_writers(side, 0x82)[..], &frame(0x81, key(side, 2), b"next")].concat())
                    .four(),
            ),
            of("F06", sent(0x81, b"Hello").data(side, b"HTTP/1.1 500 Internal Server Error\r\n\r\n")),
            of("F06", sent(0x81, b"Hello").data(side, b"HTTP/1.1 101 Switching Protocols\r\n\r\n").closed()),
            of("F06", sent(0x81, b"Hello").data(side, b"POST /next HTTP/1.1\r\n\r\n")),
            of("F07", raw(side, &[&counted[..], &frame(0x81, key(side, 2), b"next")].concat())),
            of("F07", raw(side, &[&short[..], &frame(0x81, key(side, 2), b"next")].concat())),
            of("F07", raw(side, &[&header(side, 0x81, &[126, 0, 0])[..], &[b'x'; 300]].concat())),
            of("F07", raw(side, &[&header(side, 0x82, &[126, 0, 0])[..], &[0x61; 300]].concat()).four()),
            // A length of 126 or 127 in the seven bits.
            of("F07", raw(side, &seven_bits(side, 126)).four_from(side)),
            of("F07", raw(side, &seven_bits(side, 127)).four_from(side)),
            of(
                "F07",
                raw(side, &[&seven_bits(side, 126)[..], &frame(0x81, key(side, 2), b"next")].concat()).four(),
            ),
            // Bytes, where two headers that fit say it.
            of("F07", raw(side, &[&binary[..], &frame(0x82, key(side, 2), b"1234")].concat())),
            of("F08", raw(side, &[&header(side, 0x81, &[126, 0, 0])[..]].concat()).closed()),
            of(
                "F08",
                raw(side, &[&header(side, 0x82, &[127, 0, 0, 0, 0, 0, 0, 0, 0])[..]].concat()).closed(),
            ),
            of("F08", raw(side, &header(side, 0x82, &[127, 0x80, 0, 0, 0, 0, 0, 0, 5])).four()),
            of("F08", raw(side, &never_short(side).concat()).closed()),
            of("F09", sent(0x89, &[7; 126]).closed()),
            // With its length in 64 bits: reading goes on behind it.
            of("F09", raw(side, &long_ping(side)).frame(side, 0x81, b"on").closed()),
            of("F08", raw(side, &long_ping(side)).frame(side, 0x81, b"on").closed()),
            of("F09", sent(0x09, b"").frame(side, 0x80, b"").closed()),
            of("F10", sent(0x80, b"lo").closed()),
            of("F10", sent(0x01, b"Hel").frame(side, 0x81, b"new").closed()),
            of("F11", sent(0x01, b"Hel").frame(side, 0x80, b"lo").closed()),
            case(
                "F11",
                peer,
                talk(side).frame(side, 0x01, b"Hel").frame(side, 0x80, b"lo").wait_s(30).closed(),
            ),
            of("F11", sent(0x01, b"Hel").wait_s(30).four()),
            of("F12", sent(0x81, &[b'a', 0xFF]).closed()),
            // A character that is begun and not ended.
            of("F12", sent(0x01, &[0xE4, 0xBD]).frame(side, 0x80, b"x").closed()),
            of("F12", sent(0x81, &[0xE4, 0xBD]).closed()),
            of(
                "F13",
                sent(0x82, &[1; 1_000]).frame(peer, 0x88, &[3, 0xF1]).frame(side, 0x88, &[3, 0xF1]).four(),
            ),
            of("F13", declares_too_much(side)),
            case("F15", peer, sent(0x89, b"one").frame(peer, 0x8A, b"two").closed()),
            case(
                "F15",
                peer,
                sent(0x89, b"one").ack(peer).wait_s(30).frame(side, 0x81, b"still here").ack(peer).closed(),
            ),
            case("F15", peer, sent(0x89, b"one").ack(peer).wait_s(9).frame(peer, 0x81, b"I live").closed()),
            of("F16", sent(0x8A, b"").closed()),
        ]);
    }
    cases
}
