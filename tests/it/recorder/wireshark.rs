//! Captures open in Wireshark without an error or a warning.

use super::{capture_of, capturing, modes, stop};
use crate::capture::tshark::{capinfos, fields, tshark};
use crate::support::PATIENCE;
use crate::support::raw::Raw;
use crate::support::ws::{Client, Event};

const CHECKED: [&str; 5] = ["-2", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];

/// The acceptance test of CAPTURES.md.
#[test]
#[ignore = "run by tests/run: needs tshark"]
fn wireshark_reports_no_error_in_the_capture() {
    for mode in modes() {
        let mut server = capturing(mode);
        let mut sent = Vec::new();
        for client in 0..3 {
            let mut socket = Client::connect(server.addr(), "/echo", &[]).unwrap();
            for message in 0..4 {
                socket.send_text(&format!("message {message} of client {client}"));
                socket.text();
                sent.extend([(1, true), (1, false)]);
            }
            socket.ping(b"x");
            assert_eq!(socket.next(PATIENCE), Some(Event::Pong(b"x".to_vec())));
            socket.end();
            sent.extend([(9, true), (10, false), (8, true), (8, false)]);
        }
        // And one that is reset.
        Raw::connect(server.addr(), "/echo").reset();
        stop(&mut server);
        let path = capture_of(&server);

        let about = capinfos(&path);
        for word in [
            "File timestamp precision:  nanoseconds (9)",
            concat!("Capture application: wirewalk ", env!("CARGO_PKG_VERSION")),
            "Capture comment:     ",
            "Name = lo",
            "Description = ",
            "Number of stat entries = 1",
            "Strict time order:   True",
        ] {
            assert!(about.contains(word), "{mode}: {word}: {about}");
        }
        let said = tshark(&path, &CHECKED);
        assert_eq!((said.complaints.as_str(), said.code), ("", Some(0)), "{mode}");
        // The only warning is about the reset.
        let expert = tshark(&path, &[&CHECKED[..], &["-q", "-z", "expert,warn"]].concat());
        let warnings: Vec<_> = expert.lines.iter().filter(|line| line.contains("Sequence")).collect();
        assert!(
            matches!(warnings[..], [one] if one.contains("Connection reset (RST)")),
            "{mode}: {warnings:?}"
        );
        let wrong = "_ws.malformed || tcp.analysis.flags";
        let wrong =
            fields(&path, &[&CHECKED[..], &["-Y", wrong]].concat(), &["frame.number", "_ws.col.Info"]);
        assert!(wrong.is_empty(), "{mode}: {wrong:?}");
        for row in fields(&path, &CHECKED, &["tcp.stream", "tcp.completeness", "tcp.checksum.status"]) {
            let complete = if row[0] == "3" { "47" } else { "31" };
            assert_eq!(row[1..], [complete, "1"], "{mode}: {row:?}");
        }
        let frames = fields(
            &path,
            &[&CHECKED[..], &["-Y", "websocket"]].concat(),
            &["websocket.opcode", "websocket.mask"],
        );
        let frames: Vec<_> = frames
            .iter()
            .map(|row| (row[0].parse::<u8>().unwrap(), matches!(row[1].as_str(), "1" | "True")))
            .collect();
        assert_eq!(frames, sent, "{mode}");

        // Each packet says what it does.
        let comments = tshark(
            &path,
            &["-Y", "frame.comment", "-T", "fields", "-E", "aggregator=\n", "-e", "frame.comment"],
        );
        let comments = comments.lines.join("\n");
        for comment in [
            "[wirewalk] client TCP: CLOSED → SYN-SENT (sends SYN, RFC 9293 §3.5)",
            "accept key",
            "payload \"message 0 of client 0\"",
            "close code 1000 (Normal Closure)",
            "TIME-WAIT",
        ] {
            assert!(comments.contains(comment), "{mode}: {comment}: {comments}");
        }
        let rebuilt = comments.contains("[wirewalk] evidence: rebuilt");
        assert_eq!(rebuilt, mode == "socket", "{mode}: {comments}");
    }
}
