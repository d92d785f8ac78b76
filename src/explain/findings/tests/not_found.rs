//! False findings: none in healthy connections, and none that the capture cannot show.

use super::bytes::render;
use super::conversation::{Conversation, Cut};
use crate::capture::Anomaly;
use crate::explain::findings::{Finding, Severity};
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
