//! The runs of a packet's bytes: each byte is in one, and the ones of frames are where the frames are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use wirewalk::capture::Reader;
use wirewalk::explain::Field;

use super::{committed, explain, objects, of_type, write_talk};
use crate::support::corpus;
use crate::support::temp::TempDir;

/// A run: where it begins, its length, its name.
type Run<'v> = (usize, usize, &'v str);

pub(super) fn runs(packet: &Value) -> Vec<Run<'_>> {
    let mut at = 0;
    let run = |run: &'_ Value| {
        let len = run[0].as_u64().unwrap() as usize;
        at += len;
        (at - len, len)
    };
    let all = packet["runs"].as_array().unwrap();
    let names = all.iter().map(|run| run[1].as_str().unwrap());
    all.iter().map(run).zip(names).map(|((at, len), name)| (at, len, name)).collect()
}

pub(super) fn bytes(packet: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(packet["base64"].as_str().unwrap()).unwrap()
}

/// Checks all packets of a capture: gives how many there were; how many frames have their header in one packet, and how
/// many are told apart because they do not.
fn check(capture: &Path) -> (usize, usize, usize) {
    let name = capture.display();
    let page = explain(capture, &["--html"]);
    let objects = objects(&page);
    let known: BTreeSet<&str> = Field::ALL.iter().map(|field| field.name()).collect();
    let packets = of_type(&objects, "packet");
    let all = of_type(&objects, "bytes");
    assert_eq!(all.len(), packets.len(), "{name}");
    let mut reader = Reader::open(capture).unwrap();
    let mut captured = BTreeMap::new();
    while let Some(packet) = reader.next_packet() {
        captured.insert(packet.number, packet.bytes.to_vec());
    }
    for (packet, of) in all.iter().zip(&packets) {
        assert_eq!((&packet["number"], &packet["stream"]), (&of["number"], &of["stream"]), "{name}");
        let runs = runs(packet);
        let captured = &captured[&packet["number"].as_u64().unwrap()];
        assert!(bytes(packet) == *captured, "{name}: {packet}");
        assert_eq!(packet["captured"], captured.len(), "{name}: {packet}");
        assert_eq!(runs.iter().map(|run| run.1).sum::<usize>(), captured.len(), "{name}: {packet}");
        assert!(runs.iter().all(|(_, len, field)| *len > 0 && known.contains(field)), "{name}: {packet}");
        let payload: usize = runs
            .iter()
            .filter(|run| ["http.", "ws.", "data."].iter().any(|it| run.2.starts_with(it)))
            .filter(|run| run.2 != "data.trailer" && run.2 != "data.unread")
            .map(|run| run.1)
            .sum();
        assert!(payload as u64 <= of["len"].as_u64().unwrap(), "{name}: {packet}");
    }
    // Of a frame whose header is in one packet the bytes stand there, with its bits; of another they are told.
    let (mut found, mut cut) = (0, 0);
    for frame in of_type(&objects, "frame") {
        let first = &frame["packets"][0];
        let packet = all.iter().find(|packet| packet["number"] == *first).unwrap();
        let bytes = bytes(packet);
        let bit = |name: &str, at: u8| u8::from(frame[name] == true) << at;
        let wanted = bit("fin", 7) | bit("rsv1", 6) | bit("rsv2", 5) | bit("rsv3", 4);
        let is_there = |(at, len, field): &Run<'_>| {
            *field == "ws.first" && *len == 1 && bytes.get(*at).is_some_and(|byte| byte & 0xF0 == wanted)
        };
        let is_found = runs(packet).iter().any(is_there);
        let last = &frame["packets"].as_array().unwrap().last();
        let packet = all.iter().find(|packet| Some(&packet["number"]) == *last).unwrap();
        // Frames of each connection count from 0, in the order in which they are told.
        let of_stream = of_type(&objects, "frame");
        let before = of_stream.iter().take_while(|it| !std::ptr::eq(**it, frame));
        let index = before.filter(|it| it["stream"] == frame["stream"]).count();
        let is_cut = packet["cut"].as_array().is_some_and(|cut| cut.iter().any(|it| it[0] == index));
        (found, cut) = (found + usize::from(is_found), cut + usize::from(is_cut));
        assert!(is_found || is_cut || frame["payload_sha256"].is_null(), "{name}: {frame}");
    }
    (packets.len(), found, cut)
}

#[test]
fn each_byte_is_in_one_run() {
    let dir = TempDir::new();
    let made = dir.join("made.pcapng");
    write_talk(&made);
    let (mut packets, mut frames, mut cut) = (0, 0, 0);
    let ours = committed().into_iter().chain([made]);
    let corpus = corpus::of_others();
    // Those that are committed have fewer.
    let least = if corpus.is_empty() { 200 } else { 300 };
    for capture in ours.chain(corpus) {
        let (more, found, apart) = check(&capture);
        packets += more;
        frames += found;
        cut += apart;
    }
    assert!(packets > 1_000 && frames > least, "{packets} packets, {frames} frames");
    println!("{packets} packets, {frames} frames, {cut} of which no packet has the header");
}

#[test]
fn what_a_page_holds_is_what_the_document_says() {
    for capture in committed() {
        let document: Value = serde_json::from_str(&explain(&capture, &["--json"])).unwrap();
        let objects = objects(&explain(&capture, &["--html"]));
        for connection in document["connections"].as_array().unwrap() {
            for (kind, list) in [("packet", "packets"), ("frame", "frames"), ("transition", "transitions")] {
                let mut of_stream = of_type(&objects, kind);
                of_stream.retain(|object| object["stream"] == connection["stream"]);
                let without = |object: &Value| {
                    let mut object = object.clone();
                    object.as_object_mut().unwrap().retain(|name, _| name != "type" && name != "stream");
                    object
                };
                let told: Vec<Value> = of_stream.into_iter().map(without).collect();
                assert_eq!(&Value::Array(told), &connection[list], "{}: {list}", capture.display());
            }
        }
    }
}

#[test]
fn a_payload_over_several_segments_is_named_in_each() {
    let dir = TempDir::new();
    let made = dir.join("made.pcapng");
    write_talk(&made);
    let objects = objects(&explain(&made, &["--html"]));
    let names: Vec<Vec<&str>> = of_type(&objects, "bytes")
        .into_iter()
        .map(|packet| {
            runs(packet)
                .into_iter()
                .map(|run| run.2)
                .filter(|it| !it.starts_with("ip.") && !it.starts_with("tcp."))
                .collect()
        })
        .collect();
    let header = ["ws.first", "ws.second", "ws.length-short", "ws.key", "ws.payload"];
    let large = names.iter().position(|names| *names == header).unwrap();
    assert_eq!(names[large + 1..large + 3], [["ws.payload"], ["ws.payload"]], "{names:?}");
    assert!(names.contains(&vec!["data.again"]), "{names:?}");
    let close = ["ws.first", "ws.second", "ws.key", "ws.close-code"];
    assert!(names.iter().any(|names| *names == close), "{names:?}");
}
