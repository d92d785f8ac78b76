//! Findings in the comments of a capture, as `explain -w` writes them.

use std::path::Path;

use wirewalk::capture::Reader;

use super::{capture_of, capturing, connections, explained, modes, stop};
use crate::capture::tshark::tshark;
use crate::support::PATIENCE;
use crate::support::http::get;
use crate::support::raw::Raw;
use crate::support::server::Server;

/// Connections in which something is to be found.
fn misbehave(server: &Server) {
    let mut unmasked = Raw::connect(server.addr(), "/echo");
    unmasked.send(b"\x81\x05Hello");
    unmasked.rest(PATIENCE);
    let mut reserved = Raw::connect(server.addr(), "/echo");
    reserved.send(&Raw::frame(0x83, b"reserved"));
    reserved.rest(PATIENCE);
    drop((unmasked, reserved));
    drop(Raw::connect(server.addr(), "/echo"));
    Raw::connect(server.addr(), "/echo").reset();
    // The last of them has ended when this is answered.
    assert_eq!(get(server.addr(), "/healthz").status, 200);
}

/// The comments about what was found, each with its packet.
fn comments(path: &Path) -> Vec<(u64, String)> {
    let mut reader = Reader::open(path).unwrap();
    let mut all = Vec::new();
    while let Some(packet) = reader.next_packet() {
        let found = packet.comments().filter(|it| it.starts_with("[wirewalk ")).map(String::from);
        all.extend(found.map(|comment| (packet.number, comment)));
    }
    all
}

#[test]
fn findings_are_packet_comments() {
    for mode in modes() {
        let mut server = capturing(mode);
        misbehave(&server);
        stop(&mut server);
        let path = capture_of(&server);
        let document = explained(&path);
        let (comments, file) = (comments(&path), std::fs::read(&path).unwrap());
        let mut ids = Vec::new();
        for connection in connections(&document) {
            let packets = connection["packets"].as_array().unwrap();
            for finding in connection["findings"].as_array().unwrap() {
                let text = |name: &str| finding[name].as_str().unwrap();
                let comment = format!("[wirewalk {}] {} – {}", text("id"), text("fact"), text("inference"));
                let shown = finding["packets"].as_array().unwrap().last().unwrap().as_u64().unwrap();
                let at: Vec<_> = comments.iter().filter(|it| it.1 == comment).map(|it| it.0).collect();
                if text("id") == "X10" {
                    assert!(at.is_empty(), "{mode}: each packet says it itself");
                    continue;
                }
                if text("id") == "T11" && at.is_empty() {
                    // It stands when nothing more comes, and all packets are written by then: it is a comment on the
                    // statistics at the end of the file.
                    let elsewhere = format!(
                        "[wirewalk T11] of a connection that has ended (tcp.stream {}, packet {shown}): {} – {}",
                        connection["stream"],
                        text("fact"),
                        text("inference")
                    );
                    let is_there = file.windows(elsewhere.len()).any(|it| it == elsewhere.as_bytes());
                    assert!(is_there, "{mode}: {elsewhere}");
                    continue;
                }
                // It may have become known with a later packet of the same connection only.
                let is_told = |at: u64| at >= shown && packets.iter().any(|packet| packet["number"] == at);
                assert!(matches!(at[..], [at] if is_told(at)), "{mode}: {comment}: {at:?} in {comments:#?}");
                ids.push(text("id").to_owned());
            }
        }
        for id in ["F01", "F04", "C01", "T06", "C12"] {
            assert!(ids.iter().any(|it| it == id), "{mode}: {id} in {ids:?}");
        }
        assert_eq!(comments.len(), ids.len(), "{mode}: no other than {ids:?}: {comments:#?}");
    }
}

#[test]
#[ignore = "run by tests/run: needs tshark"]
fn wireshark_shows_the_comments() {
    for mode in modes() {
        let mut server = capturing(mode);
        misbehave(&server);
        stop(&mut server);
        let of_unmasked = [
            "-Y",
            "websocket.opcode == 1 && websocket.mask == 0 && frame.comment contains \"[wirewalk F01]\"",
        ];
        let path = capture_of(&server);
        let said = tshark(&path, &[&of_unmasked[..], &["-T", "fields", "-e", "frame.comment"]].concat());
        assert_eq!((said.complaints.as_str(), said.code), ("", Some(0)), "{mode}");
        let [line] = &said.lines[..] else { panic!("{mode}: one frame: {:?}", said.lines) };
        assert!(line.contains("[wirewalk F01] The client's frame 0 (text, 5 B, packet "), "{mode}: {line}");
        // And in the list of the expert information, where people look.
        let expert = tshark(&path, &["-q", "-z", "expert,comment"]);
        for id in ["F01", "F04", "C01", "T06", "C12"] {
            let is_listed = expert.lines.iter().any(|line| line.contains(&format!("[wirewalk {id}]")));
            assert!(is_listed, "{mode}: {id}: {:?}", expert.lines);
        }
    }
}
