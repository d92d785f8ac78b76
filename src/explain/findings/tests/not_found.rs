//! False findings: none in healthy connections, and none that the capture cannot show.

use flate2::{Compress, Compression, FlushCompress};

use super::bytes::{render, request, response};
use super::conversation::{Conversation, Cut};
use crate::capture::Anomaly;
use crate::explain::findings::{Finding, Severity};
use crate::explain::text::hexadecimal;
use crate::observe::Flags;
use crate::wire::Side::{Client, Server};

fn wrong(found: Vec<Finding>) -> Vec<Finding> {
    found.into_iter().filter(|found| found.severity() > Severity::Info).collect()
}

fn assert_healthy(conversation: &Conversation) {
    for cut in [Cut::Whole, Cut::Bytes] {
        let wrong = wrong(conversation.play(cut));
        assert!(wrong.is_empty(), "{cut:?} {}", render(&wrong));
    }
}

/// A handshake with these lines in its heads.
fn opened(asks: &str, answers: &str) -> Conversation {
    Conversation::tcp().data(Client, request(asks).as_bytes()).data(Server, response(answers).as_bytes())
}

#[test]
fn healthy_connections_have_no_warnings() {
    let chat = || {
        Conversation::websocket().frame(Client, 0x81, "Grüße 你好".as_bytes()).frame(Server, 0x81, b"Hello")
    };
    for conversation in [
        chat().closed(),
        chat().frame(Client, 0x88, b"").frame(Server, 0x88, b"").four_from(Client),
        chat()
            .frame(Server, 0x88, &[3, 0xE9])
            .frame(Client, 0x88, &[3, 0xE9])
            .fin(Server)
            .fin(Client)
            .ack(Server),
        // A character cut across fragments, a ping between them, and a pong for two pings.
        chat()
            .frame(Client, 0x01, &[0xE4, 0xBD])
            .frame(Client, 0x89, b"1")
            .frame(Client, 0x80, &[0xA0])
            .closed(),
        chat().frame(Server, 0x89, b"1").frame(Server, 0x89, b"2").frame(Client, 0x8A, b"2").closed(),
        chat().frame(Client, 0x82, &vec![0; 70_000]).frame(Server, 0x82, &[0xFF; 200]).closed(),
        // Lines that are one list, a challenge that is answered, a window smaller than offered, and a 101 that comes late.
        opened("Connection: keep-alive\r\n", "").closed(),
        opened("Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n", "Sec-WebSocket-Protocol: b\r\n")
            .closed(),
        Conversation::tcp()
            .data(Client, request("").as_bytes())
            .data(Server, b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
            .data(Client, request("Authorization: Basic Zm9vOmJhcg==\r\n").as_bytes())
            .data(Server, response("").as_bytes())
            .closed(),
        opened(
            "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=12; client_max_window_bits=10\r\n",
            "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9; client_max_window_bits=12\r\n",
        )
        .closed(),
        Conversation::tcp()
            .data(Client, request("").as_bytes())
            .wait_s(2)
            .data(Server, response("").as_bytes())
            .closed(),
        // A request just sent where the capture ends, and a client that does not wait.
        Conversation::tcp().data(Client, request("").as_bytes()).ack(Server),
        Conversation::tcp().data(Client, request("").as_bytes()).ack(Server).four_from(Client),
        // Still open where the capture ends; a ping that has had no time to be answered.
        chat(),
        chat().frame(Server, 0x89, b"1").closed(),
        // A pong that crosses the Close frame.
        chat()
            .frame(Client, 0x89, b"1")
            .frame(Server, 0x88, &[3, 0xE8])
            .frame(Server, 0x8A, b"1")
            .frame(Client, 0x88, &[3, 0xE8])
            .four(),
        Conversation::tcp()
            .data(Client, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            .data(Server, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            .four_from(Client),
        // A long head, and empty lines before it; a body in chunks; a tunnel with TLS in it.
        Conversation::tcp()
            .data(
                Client,
                &[&b"\r\n".repeat(99), &b"GET / HTTP/1.1\r\n"[..], &b"A: b\r\n".repeat(900), b"\r\n"]
                    .concat(),
            )
            .data(Server, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")
            .four_from(Client),
        Conversation::tcp()
            .data(Client, b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n")
            .data(Server, b"HTTP/1.1 200 Connection established\r\n\r\n")
            .data(Client, b"\x16\x03\x01\x00\x05hello")
            .data(Server, b"\x16\x03\x03\x00\x05hello")
            .four_from(Client),
        Conversation::tcp()
            .data(Client, b"\x16\x03\x01\x00\x05hello")
            .data(Server, b"\x16\x03\x03\x00\x05hello")
            .four_from(Client),
        Conversation::tcp().data(Client, b"SSH-2.0-a\r\n").data(Server, b"SSH-2.0-b\r\n").rst(Client),
    ] {
        assert_healthy(&conversation);
    }
}

/// Findings that need the opening handshake, or all bytes.
#[test]
fn nothing_is_found_that_the_capture_does_not_show() {
    // After a gap, where the client's Close frame may be.
    let conversation =
        Conversation::websocket().frame(Client, 0x81, b"Hello").miss(Client, 8).ack(Server).four_from(Client);
    assert!(!conversation.play(Cut::Whole).iter().any(|found| found.id() == "C01"));
    // RSV1 without the 101, a continuation of what may have begun before.
    let midway = Conversation::websocket()
        .frame(Server, 0x81, b"Hello")
        .frame(Server, 0xC1, b"zip")
        .frame(Server, 0x80, b"zip");
    let found = midway.clone().midway(5).play_on(Cut::Whole, &[9_001]);
    assert!(!found.iter().any(|found| ["F03", "F04", "F10"].contains(&found.id())), "{}", render(&found));
    // The sides are known by the ports alone, so it is not known which must mask.
    let swapped = Conversation::default().data(Client, b"\x81\x05Hello").data(Server, b"\x81\x05Hello");
    let found = swapped.play_on(Cut::Whole, &[9_001]);
    assert!(!found.iter().any(|found| ["F01", "F02"].contains(&found.id())), "{}", render(&found));
    // The capture ends right after the Close frame, or the FIN.
    for conversation in [
        Conversation::websocket().frame(Client, 0x88, &[3, 0xE8]),
        Conversation::websocket().frame(Client, 0x88, &[3, 0xE8]).frame(Server, 0x88, &[3, 0xE8]),
        Conversation::websocket().frame(Client, 0x88, &[3, 0xE8]).send(Client, Flags::FIN | Flags::ACK, b""),
    ] {
        assert_healthy(&conversation);
    }
}

/// A connection that began before the capture has no findings about its opening.
#[test]
fn midway_there_are_no_warnings_about_the_opening() {
    for acts in [3, 4, 5] {
        let conversation = Conversation::websocket()
            .frame(Client, 0x81, b"Hello")
            .frame(Server, 0x81, b"Hello")
            .midway(acts);
        let found = conversation.clone().closed().play(Cut::Whole);
        let wrong = wrong(found.clone());
        assert!(wrong.is_empty(), "{acts}: {}", render(&wrong));
        assert!(found.iter().any(|found| found.id() == "X04"), "{acts}: {}", render(&found));
        // The end without a Close frame is not known to be one where the frames cannot be read.
        let found = conversation.four().play(Cut::Whole);
        let is_known = acts < 5;
        assert_eq!(found.iter().any(|found| found.id() == "C01"), is_known, "{acts}: {}", render(&found));
    }
}

/// Missing bytes of a payload hide no other frame.
#[test]
fn what_a_payload_lacks_hides_nothing() {
    for side in [Client, Server] {
        let (length, key) = if side == Client { (0xFE, &b"keys"[..]) } else { (0x7E, &b""[..]) };
        let long = [&[0x81, length, 0, 200], key, &[b'x'; 200]].concat();
        let open = || Conversation::websocket().cut(side, &long, 60);
        for (end, id) in [(open().data(side, b"").four(), "C01"), (open().rst(side), "C02")] {
            let found = end.play(Cut::Whole);
            assert!(!found.iter().any(|found| found.id() == "X12"), "{side}: {}", render(&found));
            assert!(found.iter().any(|found| found.id() == id), "{side}: {}", render(&found));
        }
    }
}

/// Nothing is claimed of a side of which there is no packet.
#[test]
fn one_direction_claims_nothing_of_the_other() {
    for side in [Client, Server] {
        let open = || Conversation::websocket().frame(Client, 0x89, b"1").frame(Server, 0x81, b"Hello");
        for end in
            [open().closed(), open().four(), open().rst(side), open().frame(side, 0x88, &[3, 0xE8]).four()]
        {
            let found = end.only(side).play(Cut::Whole);
            let claims = ["C01", "C02", "C06", "C07", "C09", "F15", "T01", "T03", "T05", "X06", "L01"];
            assert!(!found.iter().any(|found| claims.contains(&found.id())), "{side}: {}", render(&found));
        }
    }
}

/// A gap suppresses the findings that depend on its bytes, and is reported.
#[test]
fn a_gap_suppresses_the_findings_that_depend_on_it() {
    let open = || Conversation::websocket().frame(Client, 0x81, b"Hello");
    for side in [Client, Server] {
        for end in [
            open().miss(side, 8).ack(side.peer()).four_from(Client),
            open().miss(side, 8).ack(side.peer()).rst(side),
        ] {
            let found = end.play(Cut::Whole);
            assert!(found.iter().any(|found| found.id() == "X06"), "{side}: {}", render(&found));
            let depends = ["C01", "C02", "C06", "C09", "F15", "L01"];
            assert!(!found.iter().any(|found| depends.contains(&found.id())), "{side}: {}", render(&found));
        }
    }
}

/// Bytes that are different each time, and the same in each run.
fn noise(seed: &mut u64, length: usize) -> Vec<u8> {
    let mut next = || {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// What compressed bytes look like is no evidence: RSV1 is ordinary where permessage-deflate was agreed on.
#[test]
fn many_small_compressed_messages_are_healthy() {
    let (mut seed, mut compress) = (15, Compress::new(Compression::fast(), false));
    let mut conversation = Conversation::deflate("");
    for _ in 0..4_000 {
        let text = hexadecimal(noise(&mut seed, 45));
        let mut bytes = Vec::with_capacity(256);
        compress.compress_vec(text.as_bytes(), &mut bytes, FlushCompress::Sync).unwrap();
        bytes.truncate(bytes.len() - 4);
        conversation = conversation.frame(Server, 0xC1, &bytes);
    }
    assert_healthy(&conversation.clone().closed());
    // The capture ends within a frame.
    let found = conversation.data(Server, &[0xC1, 100, 1, 2, 3]).play(Cut::Whole);
    assert!(!found.iter().any(|found| found.id() == "F05"), "{}", render(&found));
}

/// The meaning of the reserved bits, and with them of the payload, is that of the extension (RFC 6455 §9).
#[test]
fn an_unknown_extension_owns_the_reserved_bits_and_the_payload() {
    let mut seed = 7;
    for extension in ["x-pack", "x-pack, permessage-deflate"] {
        let line = format!("Sec-WebSocket-Extensions: {extension}\r\n");
        let opened = Conversation::tcp()
            .data(Client, request(&line).as_bytes())
            .data(Server, response(&line).as_bytes());
        for first in [0xC1, 0xA1, 0x91, 0xF1] {
            let mut conversation = opened.clone();
            for _ in 0..20 {
                conversation = conversation.frame(Server, first, &noise(&mut seed, 40)).frame(
                    Client,
                    first,
                    &noise(&mut seed, 40),
                );
            }
            assert_healthy(&conversation.closed());
        }
    }
}

/// Rules about silence, each beside what looks alike and is in order.
#[test]
fn silence_that_is_in_order_is_not_found() {
    let ids = |conversation: Conversation| {
        conversation.play(Cut::Whole).iter().map(Finding::id).collect::<Vec<_>>()
    };
    let none = |of: &[&str], conversation: Conversation| {
        let found = ids(conversation);
        assert!(!found.iter().any(|id| of.contains(id)), "{found:?}");
    };
    for side in [Client, Server] {
        let peer = side.peer();
        let open = || Conversation::websocket().frame(peer, 0x81, b"Hello").ack(side);
        let lost = || open().frame(peer, 0x81, b"lost");
        let again = |times: u32, ms| (0..times).fold(lost(), |it, _| it.wait_ms(ms).again(peer));
        // No answer could be there yet; one repetition; a copy of each.
        none(&["T05", "T12"], again(4, 0));
        none(&["T05", "T12"], again(1, 3_000));
        none(&["T05", "T12"], (0..2).fold(lost(), |it, _| it.wait_s(1).again(peer).again(peer)));
        // A burst of losses.
        none(&["T05", "T12"], again(3, 400).ack(side).closed());
        // What the peer acknowledges and the capture lacks was sent: it lives.
        let one_way = again(3, 2_000).miss(side, 10).ack(peer);
        none(&["T05", "T12"], one_way);
        // It had closed before; its last FIN is of no use to it.
        none(
            &["T12"],
            open().fin(side).frame(peer, 0x81, b"late").wait_s(2).again(peer).wait_s(4).again(peer),
        );
        // A user who goes away after a pause; a pause behind a Close frame.
        none(
            &["L01", "L05", "L06"],
            open().wait_s(45).frame(side, 0x88, &[3, 0xE8]).frame(peer, 0x88, &[3, 0xE8]).four(),
        );
        none(
            &["L01", "L05"],
            open().frame(side, 0x88, &[3, 0xE8]).frame(peer, 0x88, &[3, 0xE8]).wait_s(60).four(),
        );
        // Traffic to the end.
        none(&["L01", "L05"], open().wait_s(60).frame(side, 0x89, b"").frame(peer, 0x8A, b"").four());
        // One that was gone, or does not answer pings: those are said.
        none(&["L01", "L05", "F15", "C02"], again(4, 2_000).wait_s(60).rst(peer));
        none(&["L05"], open().frame(side, 0x89, b"p").ack(peer).wait_s(20).rst(side));
        // Only one side speaks, and nothing is due.
        let push = || {
            (0..6).fold(Conversation::websocket(), |it, _| it.wait_s(9).frame(side, 0x81, b"12").ack(peer))
        };
        none(&["L06", "F15"], push().closed());
        none(&["L06"], push());
        // A ping that has not come to its peer, as far as can be seen.
        none(&["F15", "L06"], open().frame(side, 0x89, b"p").wait_s(20).frame(side, 0x81, b"?"));
        // Who has sent its FIN waits for no window.
        none(
            &["T08"],
            open().fin(peer).window(side, 0).ack(side).wait_s(2).window(side, 502).fin(side).ack(peer),
        );
    }
    // Three connections after silences that differ; three after the same one that end at one moment.
    let ended = |seconds: [u64; 3]| {
        seconds.into_iter().enumerate().fold(Conversation::default(), |it, (place, seconds)| {
            let it = it.connection(50_000 + place as u16).then(Conversation::websocket());
            it.frame(Client, 0x81, b"hi").wait_s(seconds).four().wait_s(2)
        })
    };
    let found = ended([12, 29, 71]).play(Cut::Whole);
    let text = render(&found);
    assert!(
        text.contains("Possible: An idle timeout of about 12.0 s") && !text.contains("Likely: An idle"),
        "{text}"
    );
    let text = render(&ended([50, 50, 50]).play(Cut::Whole));
    assert!(text.contains("Likely: An idle timeout of 50.0 s"), "{text}");
}

/// Nobody is there to report what a survivor did, and nobody's program is at fault.
#[test]
fn a_peer_that_is_gone_is_not_said_to_report_anything() {
    for side in [Client, Server] {
        let peer = side.peer();
        let lost = Conversation::websocket().frame(peer, 0x89, b"hb");
        let lost = (0..4).fold(lost, |it, place| it.wait_s(1 << place).again(peer));
        for end in [
            lost.clone().frame(peer, 0x88, &[3, 0xF3]).wait_s(4).fin(peer).wait_s(1).again(peer),
            lost.clone().wait_s(4).rst(peer),
        ] {
            let found = end.play(Cut::Whole);
            let ids: Vec<_> = found.iter().map(Finding::id).collect();
            assert!(ids.contains(&"T12"), "{}", render(&found));
            assert!(
                !ids.iter().any(|id| ["C01", "C02", "C06", "F15", "T06"].contains(id)),
                "{}",
                render(&found)
            );
        }
    }
}

#[test]
fn icmp_is_told_once_for_each_meaning_and_no_syn_is_called_unanswered_then() {
    let syn = || Conversation::default().send(Client, Flags::SYN, b"");
    let asked = syn().icmp(Client, 3, 13).wait_s(1).again(Client).icmp(Client, 3, 13).wait_s(2).again(Client);
    let found = asked.icmp(Client, 3, 1).play(Cut::Whole);
    assert_eq!(found.iter().map(Finding::id).collect::<Vec<_>>(), ["T13", "T13"], "{}", render(&found));
    // An echo request is no error, whatever it carries.
    assert!(syn().icmp(Client, 8, 0).play(Cut::Whole).is_empty());
}

#[test]
fn packets_of_other_protocols_were_read() {
    let others = [Anomaly::NotTcp(17), Anomaly::NotIp(0x0806), Anomaly::NoNetwork];
    let silent = others.into_iter().fold(Conversation::default(), Conversation::other);
    let found = silent.play(Cut::Whole);
    assert_eq!(found.iter().map(Finding::id).collect::<Vec<_>>(), ["H18"], "{}", render(&found));
    let hidden = Conversation::default().other(Anomaly::NotTcp(17)).other(Anomaly::Fragment);
    let found = hidden.play(Cut::Whole);
    assert_eq!(found.iter().map(Finding::id).collect::<Vec<_>>(), ["X11"], "{}", render(&found));
}
