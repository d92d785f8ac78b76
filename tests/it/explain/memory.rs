//! What `explain` holds in memory, and what it lays aside.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{command, document, text};
use crate::support::PATIENCE;
use crate::support::process::{self, Exit};
use crate::support::script;
use crate::support::temp::TempDir;

#[path = "../../../benches/explain/child.rs"]
pub(crate) mod child;
#[path = "../../../benches/explain/generated.rs"]
pub(crate) mod generated;

use child::{Took, run};
use generated::{Shape, make};

/// What two runs of the same program may differ by, in KiB.
const NOISE: u64 = 2 * 1024;

/// `--ascii` is the text.
#[test]
fn memory_does_not_grow_with_the_capture() {
    let dir = TempDir::new();
    let capture = dir.join("made.pcapng");
    for shape in [Shape::Many, Shape::One] {
        for view in ["--json", "--ndjson", "--mermaid", "--ascii"] {
            let peak = |bytes| {
                make(&capture, shape, bytes).unwrap();
                let mut command = command(&[view, text(&capture)]);
                let Took { time, cpu, peak_kib } = run(command.stdout(Stdio::null()));
                println!("{shape:?} {view} of {bytes} bytes: {peak_kib} KiB, {time:?}, {cpu:?} of processor");
                peak_kib
            };
            let (small, large) = (peak(2_000_000), peak(20_000_000));
            assert!(small > 0 && large <= small + NOISE, "{shape:?} {view}: {small} KiB became {large} KiB");
        }
    }
}

/// What is held of the heads and frames that were replaced, of those that are asked for and those that were, fills up.
#[test]
fn memory_does_not_grow_with_what_is_redacted() {
    let dir = TempDir::new();
    let capture = dir.join("made.pcapng");
    for shape in [Shape::Many, Shape::One] {
        let peak = |bytes| {
            make(&capture, shape, bytes).unwrap();
            let mut command = command(&["--redact", "--ndjson", text(&capture)]);
            let Took { time, cpu, peak_kib } = run(command.stdout(Stdio::null()));
            println!("{shape:?} --redact of {bytes} bytes: {peak_kib} KiB, {time:?}, {cpu:?} of processor");
            peak_kib
        };
        let (small, large) = (peak(8_000_000), peak(24_000_000));
        assert!(small > 0 && large <= small + NOISE, "{shape:?}: {small} KiB became {large} KiB");
    }
}

#[test]
fn spilled_connections_are_written_whole() {
    let dir = TempDir::new();
    let capture = dir.join("made.pcapng");
    for shape in [Shape::Many, Shape::One] {
        let made = make(&capture, shape, 6_000_000).unwrap();
        assert!((6_000_000..6_200_000).contains(&made.bytes), "{made:?}");
        let out = dir.join("made.json");
        let exit = process::run(&mut command(&["-o", text(&out), text(&capture)]), 6 * PATIENCE);
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
        let document: Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
        let connections = document["connections"].as_array().unwrap();
        let streams: Vec<u64> = connections.iter().map(|one| one["stream"].as_u64().unwrap()).collect();
        assert_eq!(streams, (0..connections.len() as u64).collect::<Vec<_>>(), "each once, in their order");
        assert!(if shape == Shape::One { streams.len() == 1 } else { streams.len() > 100 });
        let mut numbers = Vec::new();
        for connection in connections {
            let list = |name: &str| connection[name].as_array().unwrap();
            let of_this = list("packets").iter().map(|packet| packet["number"].as_u64().unwrap());
            let before = numbers.len();
            numbers.extend(of_this);
            assert!(numbers[before..].is_sorted(), "{shape:?}: packets stand in their order");
            let frames = list("frames");
            assert!(frames.len() > 30 && frames.iter().all(|frame| frame["payload_sha256"].is_string()));
            // Each frame but the control frames is named by one message.
            let named = list("messages").iter().flat_map(|message| message["frames"].as_array().unwrap());
            let mut named: Vec<u64> = named.map(|frame| frame.as_u64().unwrap()).collect();
            named.sort_unstable();
            let is_data = |frame: &Value| {
                let opcode = frame["opcode"].as_str().unwrap();
                matches!(opcode, "text" | "binary" | "continuation")
            };
            let data = frames.iter().enumerate().filter(|(_, frame)| is_data(frame));
            assert_eq!(named, data.map(|(index, _)| index as u64).collect::<Vec<_>>());
            assert_eq!(connection["upgrade"]["accept_ok"], true);
            assert_eq!(connection["close"]["clean"], true);
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=made.packets).collect::<Vec<_>>(), "each packet once");
    }
}

#[test]
fn a_full_spool_is_reported_in_a_sentence() {
    let dir = TempDir::new();
    let capture = dir.join("made.pcapng");
    make(&capture, Shape::Many, 6_000_000).unwrap();
    let sentence = |exit: &Exit, words: [&str; 2]| {
        assert_eq!((exit.code, exit.stdout.as_str()), (Some(2), ""), "{}", exit.stderr);
        assert_eq!(exit.stderr.lines().count(), 1, "{}", exit.stderr);
        assert!(exit.stderr.contains("TMPDIR"), "{}", exit.stderr);
        assert!(words.iter().all(|word| exit.stderr.contains(word)), "{}", exit.stderr);
    };
    let nowhere = dir.join("missing");
    let mut told = command(&["--json", text(&capture)]);
    let exit = process::run(told.env("TMPDIR", &nowhere), 6 * PATIENCE);
    sentence(&exit, [text(&nowhere), "No such file"]);

    // A file may grow to some kilobytes, as on a disk that is full.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_wirewalk")]);
    limited.args(["explain", "--json", text(&capture)]).env("TMPDIR", dir.path());
    let exit = process::run(&mut limited, 6 * PATIENCE);
    sentence(&exit, [text(dir.path()), "File too large"]);
}

/// A block that is no packet lies between packets, longer than any memory should be.
#[test]
fn memory_does_not_grow_with_what_lies_between_packets() {
    let dir = TempDir::new();
    let (capture, copy) = (dir.join("made.pcapng"), dir.join("copy.pcapng"));
    let peak = |block: u32| {
        let mut file = fs::read(script_capture(&dir)).unwrap();
        // A custom block: type, length, body, length.
        let frame = [0x0BAD_u32.to_le_bytes(), block.to_le_bytes()].concat();
        let begin = file.len();
        file.extend(frame);
        file.resize(begin + block as usize - 4, 0);
        file.extend(block.to_le_bytes());
        fs::write(&capture, file).unwrap();
        let mut command = command(&["-w", text(&copy), text(&capture)]);
        let Took { peak_kib, .. } = run(command.stdout(Stdio::null()));
        println!("-w with a block of {block} bytes: {peak_kib} KiB");
        peak_kib
    };
    let (small, large) = (peak(16), peak(300 * 1024 * 1024));
    // What is held between the two readers.
    assert!(small > 0 && large <= small + 48 * 1024, "{small} KiB became {large} KiB");
    let reading = document(&copy);
    assert_eq!(reading["file"]["packets"], document(&capture)["file"]["packets"]);
}

/// A capture of one connection.
fn script_capture(dir: &TempDir) -> std::path::PathBuf {
    let path = dir.join("script.pcapng");
    script::Script::new().websocket().save(&path);
    path
}
