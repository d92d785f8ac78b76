//! H14, on HTTP/2 without TLS. The frames are those that Python's h2 4.4 writes.

use super::super::bytes::request;
use super::super::conversation::Conversation;
use super::{Case, Cut, case, ids, render};
use crate::wire::Side::{Client, Server};

/// The preface and the settings of a client.
const PREFACE: &str = "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a00002a04000000000000010000100000020000000100\
                       040000ffff000500004000000800000000000300000064000600010000";
/// SETTINGS with `SETTINGS_ENABLE_CONNECT_PROTOCOL=1`, and with 0.
const ANNOUNCING: &str = "00001e04000000000000010000100000020000000000040000ffff000500004000000800000001";
const OTHER: &str =
    "00002404000000000000010000100000020000000000040000ffff000500004000000800000000000300000064";
const ACK: &str = "000000040100000000";
/// The extended CONNECT on stream 1.
const CONNECT: &str = "00003d0104000000014287bdab4e9c17b7ff4087b95d8749c87a3f87f058d072752a7f86448460938d3f4186a0e41d13\
                       9d09408f4148b782c68393a952b772d8831eaf820b3f";
const TAKEN: &str = "00000101040000000188";
const NOT_FOUND: &str = "0000010104000000018d";
const RESET: &str = "00000403000000000100000001";
const CANCEL: &str = "00000403000000000100000008";
const HTTP_1_1_REQUIRED: &str = "0000040300000000010000000d";
const GOAWAY: &str = "0000080700000000000000000100000001";
/// It announces the end, and lets what has begun go on.
const ORDERLY: &str = "0000080700000000007fffffff00000000";

fn bytes(hex: &str) -> Vec<u8> {
    let hex: Vec<_> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    hex.chunks(2).map(byte).collect()
}

/// Both prefaces, and what follows.
fn http2(settings: &str) -> Conversation {
    Conversation::tcp()
        .data(Client, &bytes(PREFACE))
        .data(Server, &bytes(&[settings, ACK].concat()))
        .data(Client, &bytes(ACK))
}

fn asked(settings: &str) -> Conversation {
    http2(settings).data(Client, &bytes(CONNECT))
}

/// The head in two frames, with padding and a priority in the first.
fn in_two_frames() -> Vec<u8> {
    let block = &bytes(CONNECT)[9..];
    let (first, second) = block.split_at(20);
    let head = |length: usize, kind, flags| [0, 0, length as u8, kind, flags, 0, 0, 0, 1];
    let first = [&[3, 0, 0, 0, 0, 16][..], first, &[0; 3]].concat();
    [&head(first.len(), 1, 0x28)[..], &first, &head(second.len(), 9, 0x04), second].concat()
}

#[test]
fn the_answer_to_a_connect_is_reported_by_name() {
    let other_settings = "though no SETTINGS of the server had SETTINGS_ENABLE_CONNECT_PROTOCOL=1";
    for (conversation, says) in [
        (
            asked(OTHER).data(Server, &bytes(RESET)),
            &[other_settings, "RST_STREAM PROTOCOL_ERROR from the server (packet 8)"][..],
        ),
        (
            asked(OTHER).data(Server, &bytes(GOAWAY)),
            &[other_settings, "GOAWAY PROTOCOL_ERROR from the server"],
        ),
        (asked(OTHER).four(), &[other_settings, "no answer came"]),
        (asked(ANNOUNCING).data(Server, &bytes(TAKEN)), &["which the server had announced", ":status 200"]),
        (asked(ANNOUNCING).data(Server, &bytes(NOT_FOUND)), &[":status 404", "refuses this one"]),
        (asked(ANNOUNCING).data(Server, &bytes(HTTP_1_1_REQUIRED)), &["HTTP_1_1_REQUIRED", "over HTTP/1.1"]),
        (asked(ANNOUNCING).data(Client, &bytes(CANCEL)), &["RST_STREAM CANCEL from the client"]),
    ] {
        for cut in [Cut::Whole, Cut::Bytes] {
            let text = render(&conversation.play(cut));
            assert!(
                says.iter().all(|it| text.contains(it) || cut == Cut::Bytes && it.contains("packet")),
                "{says:?}: {text}"
            );
        }
    }
}

#[test]
fn nobody_is_at_fault_for_what_is_right_or_not_captured() {
    let on_stream_3 =
        bytes(RESET).iter().enumerate().map(|(at, byte)| if at == 8 { 3 } else { *byte }).collect::<Vec<_>>();
    for conversation in [
        asked(ANNOUNCING).data(Server, &bytes(TAKEN)).four(),
        asked(ANNOUNCING)
            .data(Server, &on_stream_3)
            .data(Server, &bytes(ORDERLY))
            .data(Server, &bytes(TAKEN))
            .four(),
        http2(OTHER).data(Server, &bytes(RESET)).four(),
        http2(OTHER).data(Server, &bytes(GOAWAY)).four(),
        // The server's settings are not in the capture, and may have said anything.
        Conversation::tcp()
            .data(Client, &bytes(PREFACE))
            .miss(Server, 39)
            .ack(Client)
            .data(Client, &bytes(CONNECT))
            .data(Server, &bytes(RESET)),
        asked(OTHER).data(Server, &bytes(RESET)).midway(1),
        asked(OTHER).data(Server, &bytes(RESET)).midway(4),
    ] {
        for cut in [Cut::Whole, Cut::Bytes] {
            let found = conversation.play(cut);
            assert!(!ids(&found).iter().any(|id| id.starts_with("H14 ")), "{cut:?} {}", render(&found));
        }
    }
}

pub(super) fn cases() -> Vec<Case> {
    let server_first = Conversation::tcp().data(Server, &bytes(OTHER)).data(Client, &bytes(PREFACE));
    let refused = |settings| asked(settings).data(Server, &bytes(RESET));
    vec![
        case("H14", None, http2(ANNOUNCING)),
        case("H14", None, asked(ANNOUNCING).data(Server, &bytes(TAKEN))),
        case("H14", Client, asked(OTHER).data(Server, &bytes(TAKEN))),
        case("H14", Client, asked(OTHER)),
        case("H14", Client, refused(OTHER).four()),
        case("H14", Client, http2(OTHER).data(Client, &in_two_frames()).data(Server, &bytes(RESET))),
        case("H14", Client, server_first.data(Client, &bytes(CONNECT)).data(Server, &bytes(GOAWAY)).four()),
        case("H14", Client, asked(ANNOUNCING).data(Client, &bytes(CANCEL))),
        case("H14", Server, refused(ANNOUNCING).four()),
        case("H14", Server, asked(ANNOUNCING).data(Server, &bytes(NOT_FOUND))),
        case("H14", Server, asked(ANNOUNCING).data(Server, &bytes(GOAWAY))),
        // A server that speaks nothing else.
        case(
            "H14",
            Server,
            Conversation::tcp().data(Client, request("").as_bytes()).data(Server, &bytes(OTHER)).four(),
        ),
        case(
            "H14",
            Server,
            Conversation::tcp().data(Server, &bytes(OTHER)).data(Client, request("").as_bytes()).four(),
        ),
    ]
}
