//! `--redact`: nothing of the original remains but its course.

mod bodies;
mod generated;
mod secrets;
mod wireshark;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use wirewalk::capture::Reader;

use super::{command, document, run, syn, text};
use crate::captures::{directory, table};
use crate::support::corpus;
use crate::support::temp::TempDir;

/// All captures that there are.
fn captures() -> Vec<PathBuf> {
    let committed = table().into_iter().map(|row| directory().join(format!("{}.pcapng", row.name)));
    corpus::of_others().into_iter().chain(committed).collect()
}

/// Redacts a capture into a file, and explains that.
fn redacted(file: &Path, into: &Path) -> Value {
    let exit = run(&["--redact", "-o", text(into), text(file)]);
    assert_eq!(
        (exit.code, exit.stdout.as_str(), exit.stderr.as_str()),
        (Some(0), "", ""),
        "{}",
        file.display()
    );
    document(into)
}

/// What must be the same of a connection: its course, and of what was said the shape.
fn course(connection: &Value) -> Value {
    let without = |list: &Value, names: &[&str]| {
        let mut list = list.clone();
        for object in list.as_array_mut().unwrap() {
            let object = object.as_object_mut().unwrap();
            object.retain(|name, _| !names.contains(&name.as_str()));
        }
        list
    };
    // Its words quote the reason of a Close frame.
    let mut close = connection["close"].clone();
    if let Some(verdict) = close["verdict"].as_object_mut() {
        verdict.remove("text");
    }
    let upgrade = &connection["upgrade"];
    let names = |head: &Value| {
        let lines = head["headers"].as_array().cloned().unwrap_or_default();
        lines.into_iter().map(|line| line[0].clone()).collect::<Value>()
    };
    json!({
        "stream": connection["stream"],
        "ports": [connection["client"]["port"], connection["server"]["port"]],
        "packets": connection["packets"],
        "transitions": connection["transitions"],
        "close": close,
        "frames": without(&connection["frames"], &["payload_sha256", "preview"]),
        "messages": without(&connection["messages"], &["sha256", "preview", "length"]),
        "upgrade": [
            &upgrade["accept_ok"], &upgrade["extensions"], &upgrade["request"]["method"], &upgrade["request"]["packets"],
            &upgrade["response"]["status"], &upgrade["response"]["packets"], &upgrade["subprotocol"].is_null(),
        ],
        "headers": [names(&upgrade["request"]), names(&upgrade["response"])],
    })
}

fn courses(document: &Value) -> Vec<Value> {
    document["connections"].as_array().unwrap().iter().map(course).collect()
}

/// Packets of captures by others that differ from the one before in nothing but their payload: once both are replaced, what
/// was sent again looks like a copy. File, connection, place.
const ALIKE: &[(&str, usize, usize)] = &[("tcp-badsegments.pcap", 0, 9)];

#[test]
fn redaction_keeps_the_course_of_each_connection() {
    let dir = TempDir::new();
    let copy = dir.join("copy.pcapng");
    let (mut connections, mut frames) = (0, 0);
    for file in captures() {
        let before = document(&file);
        let after = redacted(&file, &copy);
        let mut courses = [courses(&after), courses(&before)];
        for (name, stream, packet) in ALIKE.iter().filter(|(name, ..)| file.ends_with(name)) {
            let mark = |of: &mut [Value]| of[*stream]["packets"][*packet]["marks"].take();
            let [after, before] = courses.each_mut().map(|it| mark(it));
            assert_eq!(
                [&after, &before],
                [&json!(["copy"]), &json!(["retransmission"])],
                "{name}: off the list"
            );
        }
        let [of_after, of_before] = courses;
        assert_eq!(of_after, of_before, "{}", file.display());
        assert_eq!(after["file"]["packets"], before["file"]["packets"]);
        for connection in after["connections"].as_array().unwrap() {
            connections += 1;
            frames += connection["frames"].as_array().unwrap().len();
            for message in connection["messages"].as_array().unwrap() {
                let whole = message["sha256"].is_string();
                assert!(whole || message["compressed"] == false, "it inflates: {}", file.display());
            }
        }
    }
    println!("{connections} connections, {frames} frames: the same course");
    // Those that are committed have few.
    let least = if corpus::of_others().is_empty() { (0, 0) } else { (10, 50) };
    assert!(connections > least.0 && frames > least.1);
}

#[test]
fn redaction_keeps_lengths_times_and_links() {
    let dir = TempDir::new();
    let copy = dir.join("copy.pcapng");
    for file in captures() {
        redacted(&file, &copy);
        let packets = |path: &Path| {
            let mut reader = Reader::open(path).unwrap();
            let mut packets = Vec::new();
            while let Some(packet) = reader.next_packet() {
                packets.push((
                    packet.time_ns,
                    packet.original_length,
                    packet.bytes.len(),
                    packet.interface().link,
                ));
            }
            packets
        };
        assert_eq!(packets(&copy), packets(&file), "{}", file.display());
    }
}

#[test]
fn redaction_is_idempotent() {
    let dir = TempDir::new();
    let (once, twice) = (dir.join("once.pcapng"), dir.join("twice.pcapng"));
    for file in captures() {
        redacted(&file, &once);
        // Comments speak of what is there, and are not copied.
        redacted(&once, &twice);
        let bytes = |path: &Path| {
            let mut reader = Reader::open(path).unwrap();
            let mut all = Vec::new();
            while let Some(packet) = reader.next_packet() {
                all.push(packet.bytes.to_vec());
            }
            all
        };
        assert!(bytes(&once) == bytes(&twice), "{}", file.display());
    }
}

#[test]
fn a_pipe_gives_the_same_and_a_cut_capture_is_cut() {
    let dir = TempDir::new();
    let [plain, piped] = ["plain.pcapng", "piped.pcapng"].map(|name| dir.join(name));
    let file = directory().join("04_fragments.pcapng");
    redacted(&file, &plain);
    let bytes = fs::read(&file).unwrap();
    let mut command = command(&["--redact", "-o", text(&piped), "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&bytes).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(fs::read(&plain).unwrap() == fs::read(&piped).unwrap());

    let cut = dir.join("cut.pcap");
    let mut bytes = syn();
    let packet = bytes[24..].to_vec();
    bytes.extend(&packet[..30]);
    fs::write(&cut, &bytes).unwrap();
    for args in [&["--json"][..], &["--json", "-w", text(&plain)]] {
        let exit = run(&[args, &["--redact", text(&cut)]].concat());
        assert_eq!(exit.code, Some(2));
        let document: Value = serde_json::from_str(&exit.stdout).unwrap();
        assert_eq!(document["file"]["truncated"], true);
        assert_eq!(document["connections"][0]["client"]["address"], "192.0.2.1");
        assert!(exit.stderr.contains("after packet 1"), "{}", exit.stderr);
    }
    let other = dir.join("notes.txt");
    fs::write(&other, "dear diary").unwrap();
    let exit = run(&["--redact", text(&other)]);
    assert_eq!((exit.code, exit.stderr.contains("not a capture")), (Some(2), true), "{}", exit.stderr);
}
