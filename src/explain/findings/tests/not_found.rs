//! What must not be found: nothing wrong where nothing is, and nothing that the capture cannot show.

use super::bytes::told;
use super::script::{Cut, Script};
use crate::explain::findings::{Finding, Severity};
use crate::observe::Flags;
use crate::wire::Side::{Client, Server};

fn wrong(found: Vec<Finding>) -> Vec<Finding> {
    found.into_iter().filter(|found| found.severity() > Severity::Info).collect()
}

fn assert_healthy(script: &Script) {
    for cut in [Cut::Whole, Cut::Bytes] {
        let wrong = wrong(script.play(cut));
        assert!(wrong.is_empty(), "{cut:?} {}", told(&wrong));
    }
}

#[test]
fn healthy_connections_have_nothing_wrong() {
    let chat =
        || Script::websocket().frame(Client, 0x81, "Grüße 你好".as_bytes()).frame(Server, 0x81, b"Hello");
    for script in [
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
        Script::tcp()
            .data(Client, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            .data(Server, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            .four_from(Client),
        Script::tcp()
            .data(Client, b"\x16\x03\x01\x00\x05hello")
            .data(Server, b"\x16\x03\x03\x00\x05hello")
            .four_from(Client),
        Script::tcp().data(Client, b"SSH-2.0-a\r\n").data(Server, b"SSH-2.0-b\r\n").rst(Client),
    ] {
        assert_healthy(&script);
    }
}

/// What needs the opening handshake, or all the bytes, to be told.
#[test]
fn what_the_capture_does_not_show_is_not_claimed() {
    // After a hole, where the client's Close frame may be.
    let script =
        Script::websocket().frame(Client, 0x81, b"Hello").miss(Client, 8).ack(Server).four_from(Client);
    assert!(!script.play(Cut::Whole).iter().any(|found| found.id() == "C01"));
    // RSV1 without the 101, a continuation of what may have begun before.
    let midway = Script::websocket()
        .frame(Server, 0x81, b"Hello")
        .frame(Server, 0xC1, b"zip")
        .frame(Server, 0x80, b"zip");
    let found = midway.clone().midway(5).play_on(Cut::Whole, &[9_001]);
    assert!(!found.iter().any(|found| ["F03", "F04", "F10"].contains(&found.id())), "{}", told(&found));
    // Who is who is told by the ports alone: then who must mask is not known.
    let swapped = Script::default().data(Client, b"\x81\x05Hello").data(Server, b"\x81\x05Hello");
    let found = swapped.play_on(Cut::Whole, &[9_001]);
    assert!(!found.iter().any(|found| ["F01", "F02"].contains(&found.id())), "{}", told(&found));
    // The capture ends right after the Close frame, or the FIN.
    for script in [
        Script::websocket().frame(Client, 0x88, &[3, 0xE8]),
        Script::websocket().frame(Client, 0x88, &[3, 0xE8]).frame(Server, 0x88, &[3, 0xE8]),
        Script::websocket().frame(Client, 0x88, &[3, 0xE8]).send(Client, Flags::FIN | Flags::ACK, b""),
    ] {
        assert_healthy(&script);
    }
}

/// What a connection that was begun before the capture shows is silent about its opening, whatever it was.
#[test]
fn midway_nothing_wrong_is_claimed_of_what_came_before() {
    for acts in [3, 4, 5] {
        let script =
            Script::websocket().frame(Client, 0x81, b"Hello").frame(Server, 0x81, b"Hello").midway(acts);
        let found = script.clone().closed().play(Cut::Whole);
        let wrong = wrong(found.clone());
        assert!(wrong.is_empty(), "{acts}: {}", told(&wrong));
        assert!(found.iter().any(|found| found.id() == "X04"), "{acts}: {}", told(&found));
        // The end without a Close frame is not known to be one where the frames cannot be read.
        let found = script.four().play(Cut::Whole);
        let is_known = acts < 5;
        assert_eq!(found.iter().any(|found| found.id() == "C01"), is_known, "{acts}: {}", told(&found));
    }
}

/// Bytes that the capture does not have silence what depends on them, and it says so.
#[test]
fn a_hole_silences_the_verdicts_that_depend_on_it() {
    let open = || Script::websocket().frame(Client, 0x81, b"Hello");
    for side in [Client, Server] {
        for end in [
            open().miss(side, 8).ack(side.peer()).four_from(Client),
            open().miss(side, 8).ack(side.peer()).rst(side),
        ] {
            let found = end.play(Cut::Whole);
            assert!(found.iter().any(|found| found.id() == "X06"), "{side}: {}", told(&found));
            let depends = ["C01", "C02", "C06", "C09", "F15", "L01"];
            assert!(!found.iter().any(|found| depends.contains(&found.id())), "{side}: {}", told(&found));
        }
    }
}
