//! Captures with very many connections: all is read, or the output says what was given up, and memory stays within
//! `--max-memory`.
//!
//! `WIREWALK_LONG=1 cargo test --release --test it explain::scale -- --ignored --nocapture` tries the long forms: minutes,
//! and gigabytes on the disk.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use flate2::{Compress, Compression, FlushCompress};
use serde_json::Value;
use wirewalk::capture::{Flush, Interface, LinkType, Record, Section, TcpEndpoint, Times, Writer};
use wirewalk::wire::Side::{Client, Server};

use super::memory::child::{Took, run};
use super::{command, text};
use crate::support::script::{self, BEGIN_NS, REQUEST, RESPONSE, Script};
use crate::support::temp::TempDir;

/// Memory of the program besides what `--max-memory` bounds, in KiB: its code, its buffers, and what the allocator keeps.
const OF_PROGRAM: u64 = 64 * 1024;

/// The frames of each connection: so many rounds of one each way.
const ROUNDS: u64 = 2;

/// The messages of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Messages {
    Plain,
    /// With permessage-deflate both ways, each with the window of those before.
    Compressed,
}

/// A capture that is written packet by packet.
struct Capture {
    writer: Writer<File>,
    interface: usize,
    packets: u64,
}

impl Capture {
    fn create(path: &Path) -> Self {
        let section = Section::ours(Vec::new());
        let mut writer =
            Writer::new(File::create(path).unwrap(), &section, Flush::WhenFull, Times::Keep).unwrap();
        let interface = writer.interface(&Interface::new(LinkType::RAW)).unwrap();
        Self { writer, interface, packets: 0 }
    }

    /// Adds the packets that a script has made, each a microsecond after the one before.
    fn drain(&mut self, script: &mut Script) {
        for packet in script.packets.drain(..) {
            let (time_ns, bytes) = (BEGIN_NS + 1_000 * self.packets, packet.bytes.as_slice());
            let (interface, original_length) = (self.interface, bytes.len() as u32);
            let record =
                Record { interface, time_ns, original_length, bytes, direction: None, comments: &[] };
            self.writer.packet(&record).unwrap();
            self.packets += 1;
        }
    }

    fn finish(self) -> u64 {
        self.writer.finish().unwrap();
        self.packets
    }
}

/// One side's compressor.
fn deflated(compress: &mut Compress, plain: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(plain.len() + 64);
    compress.compress_vec(plain, &mut bytes, FlushCompress::Sync).unwrap();
    bytes.truncate(bytes.len() - 4);
    bytes
}

fn script(number: u64) -> Script {
    let [_, a, b, c] = (number as u32).to_be_bytes();
    let client = TcpEndpoint::linux(([10, a, b, c], 50_000).into(), number as u32);
    Script::between(client, TcpEndpoint::linux(([192, 0, 2, 1], 9_001).into(), 7 * number as u32))
}

fn extended(head: &[u8]) -> Vec<u8> {
    let line = b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    [&head[..head.len() - 2], line].concat()
}

/// Writes a capture of so many connections that are all open when the first of their messages comes, and returns the
/// number of its packets.
fn open_at_once(path: &Path, connections: u64, messages: Messages) -> u64 {
    let mut capture = Capture::create(path);
    let is_compressed = messages == Messages::Compressed;
    let mut scripts: Vec<_> = (0..connections)
        .map(|number| {
            let mut script = script(number);
            if is_compressed {
                script.handshake().write(Client, &extended(REQUEST)).write(Server, &extended(RESPONSE));
            } else {
                script.websocket();
            }
            capture.drain(&mut script);
            let compress = || is_compressed.then(|| Compress::new(Compression::fast(), false));
            (script, [compress(), compress()])
        })
        .collect();
    for round in 0..ROUNDS {
        for (number, (script, compressors)) in scripts.iter_mut().enumerate() {
            for (from, compress) in [Client, Server].into_iter().zip(compressors) {
                let plain = format!(r#"{{"from":"{from}","number":{number},"round":{round}}}"#);
                let key = (from == Client).then(|| {
                    (0x9E37_79B9_u32.wrapping_mul(2 * number as u32 + round as u32 + 1)).to_be_bytes()
                });
                let frame = match compress {
                    Some(compress) => script::frame(0xC1, key, &deflated(compress, plain.as_bytes())),
                    None => script::frame(0x81, key, plain.as_bytes()),
                };
                script.write(from, &frame);
            }
            capture.drain(script);
        }
    }
    capture.finish()
}

/// What `explain --ndjson` says of a capture.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    connections: u64,
    frames: u64,
    /// Messages whose text is shown.
    messages: u64,
    /// How often each finding was made.
    findings: BTreeMap<String, u64>,
    notes: Vec<Value>,
}

fn said(capture: &Path, memory: &str) -> (Said, Took) {
    let out = capture.with_extension("ndjson");
    let mut command = command(&["--ndjson", "--max-memory", memory, text(capture)]);
    let took = run(command.stdout(Stdio::from(File::create(&out).unwrap())));
    let mut said = Said::default();
    for line in BufReader::new(File::open(&out).unwrap()).lines() {
        let line = line.unwrap();
        let of = |kind: &str| line.starts_with(&format!(r#"{{"type":"{kind}""#));
        if of("connection") {
            said.connections += 1;
        } else if of("frame") {
            said.frames += 1;
        } else if of("message") {
            said.messages += u64::from(line.contains(r#"number\":"#));
        } else if of("finding") {
            let finding: Value = serde_json::from_str(&line).unwrap();
            *said.findings.entry(finding["id"].as_str().unwrap().to_owned()).or_default() += 1;
        } else if of("file") {
            let file: Value = serde_json::from_str(&line).unwrap();
            said.notes.clone_from(file["notes"].as_array().unwrap());
        }
    }
    println!("{} MiB of {memory}, {:?}, {:?} of processor", took.peak_kib >> 10, took.time, took.cpu);
    (said, took)
}

fn number(text: &str, before: &str) -> u64 {
    let (head, _) = text.split_once(before).unwrap_or_else(|| panic!("{before:?} in {text}"));
    head.rsplit(' ').next().unwrap().parse().unwrap_or_else(|_| panic!("a number before {before:?}: {text}"))
}

#[test]
#[ignore = "run by tests/run: slow in a debug build"]
fn all_frames_of_70_000_websockets_that_are_open_at_once_are_read() {
    let dir = TempDir::new();
    let capture = dir.join("70000.pcapng");
    open_at_once(&capture, 70_000, Messages::Plain);
    let (said, took) = said(&capture, "2G");
    assert_eq!((said.connections, said.frames, said.messages), (70_000, 280_000, 280_000));
    assert_eq!((said.findings, said.notes), (BTreeMap::new(), Vec::new()));
    assert!(took.peak_kib < (2 << 20) + OF_PROGRAM, "{took:?}");
}

#[test]
fn what_there_is_no_memory_for_is_given_up_and_counted() {
    let dir = TempDir::new();
    let capture = dir.join("given-up.pcapng");
    let all = 12_000;
    let packets = open_at_once(&capture, all, Messages::Plain);
    let (said, took) = said(&capture, "16M");
    let [note] = said.notes.as_slice() else { panic!("{:?}", said.notes) };
    let fact = note["fact"].as_str().unwrap();
    assert_eq!((note["id"].as_str(), note["severity"].as_str()), (Some("X13"), Some("warning")), "{note}");
    let given_up = number(fact, " connections");
    assert!((10_000..all).contains(&given_up), "{fact}");
    assert_eq!(said.connections, all, "none is told twice: {fact}");
    assert_eq!(said.findings.get("X04"), None, "{:?}", said.findings);
    // Each packet is of a connection that is known, or is counted as one of a connection that is no more.
    let later = number(fact, " later packets");
    assert_eq!(said.frames, 2 * ROUNDS * all - later, "{fact}");
    assert!(note["packets"][0].as_u64().is_some_and(|first| first < packets), "{note}");
    assert!(took.peak_kib < (16 << 10) + OF_PROGRAM, "{took:?}");
}

/// Where memory lacks, what was chosen is read whole: all others are given up before it.
#[test]
fn a_chosen_stream_is_given_up_last() {
    let dir = TempDir::new();
    let capture = dir.join("chosen.pcapng");
    let connections = 2_000;
    open_at_once(&capture, connections, Messages::Compressed);
    for chosen in [0, connections / 2, connections - 1] {
        let stream = chosen.to_string();
        let arguments = ["--json", "--max-memory", "16M", "--stream", &stream, text(&capture)];
        let document: Value = serde_json::from_str(&super::run(&arguments).stdout).unwrap();
        let notes = document["file"]["notes"].as_array().unwrap();
        assert!(notes.iter().any(|note| note["id"] == "X13"), "too much memory for this test: {notes:?}");
        let [connection] = document["connections"].as_array().unwrap().as_slice() else { panic!("{stream}") };
        assert_eq!(connection["stream"], chosen);
        let messages = connection["messages"].as_array().unwrap();
        let previews = messages.iter().filter_map(|message| message["preview"].as_str());
        let number = format!(r#""number":{chosen},"#);
        assert_eq!(
            previews.filter(|preview| preview.contains(&number)).count() as u64,
            2 * ROUNDS,
            "{stream}"
        );
    }
}

#[test]
fn windows_of_compression_are_given_up_before_connections_are() {
    let dir = TempDir::new();
    let capture = dir.join("windows.pcapng");
    let all = 1_000;
    open_at_once(&capture, all, Messages::Compressed);
    let (whole, _) = said(&capture, "256M");
    assert_eq!((whole.connections, whole.frames, whole.messages), (all, 4 * all, 4 * all));
    assert_eq!((whole.findings, whole.notes), (BTreeMap::new(), Vec::new()));
    let (said, took) = said(&capture, "32M");
    assert_eq!((said.connections, said.frames), (all, 4 * all), "all frames are read");
    assert!((2 * all..4 * all).contains(&said.messages), "{said:?}");
    let [note] = said.notes.as_slice() else { panic!("{:?}", said.notes) };
    assert_eq!(note["id"], "X13", "{note}");
    let given_up = number(note["fact"].as_str().unwrap(), " connections");
    assert!((1..=all).contains(&given_up), "{note}");
    assert_eq!(said.findings, BTreeMap::new(), "nothing is wrong with what was not inflated");
    assert!(took.peak_kib < (32 << 10) + OF_PROGRAM, "{took:?}");
}

/// RSV1 is ordinary there, and what compressed bytes look like is no evidence of anything.
#[test]
fn nothing_is_found_in_40_000_compressed_messages() {
    let dir = TempDir::new();
    let path = dir.join("noise.pcapng");
    let mut capture = Capture::create(&path);
    let mut script = script(1);
    script.handshake().write(Client, &extended(REQUEST)).write(Server, &extended(RESPONSE));
    let mut compressors = [Client, Server].map(|_| Compress::new(Compression::fast(), false));
    let mut random = 0x5EED_u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    for _ in 0..20_000 {
        for (from, compress) in [Client, Server].into_iter().zip(&mut compressors) {
            let words = 1 + next() % 5;
            let words: Vec<_> = (0..words).map(|_| format!("{:x}", next())).collect();
            let plain = format!(r#"{{"number":"{}"}}"#, words.concat());
            let key = (from == Client).then(|| (next() as u32).to_be_bytes());
            script.write(from, &script::frame(0xC1, key, &deflated(compress, plain.as_bytes())));
        }
        capture.drain(&mut script);
    }
    let close = [&[0x88, 0x82, 1, 2, 3, 4, 2, 0xEA][..], &[0x88, 2, 3, 0xE8]];
    script.write(Client, close[0]).write(Server, close[1]).fins(Server);
    capture.drain(&mut script);
    capture.finish();
    let (said, _) = said(&path, "64M");
    assert_eq!((said.frames, said.messages), (40_002, 40_000));
    let beyond: Vec<_> =
        said.findings.keys().filter(|id| !["C11", "T09", "X10"].contains(&id.as_str())).collect();
    assert!(beyond.is_empty() && said.notes.is_empty(), "{:?}", said.findings);
}

/// What does not fit is given up, and the output says so: with `WIREWALK_LONG` a million connections in 2 GiB.
#[test]
#[ignore = "run by tests/run: slow in a debug build"]
fn very_many_connections_are_right_or_honestly_incomplete() {
    let dir = TempDir::new();
    let is_long = std::env::var_os("WIREWALK_LONG").is_some();
    let (scale, memory, limit) = if is_long { (1, "2G", 2 << 20) } else { (100, "20M", 20 << 10) };
    for (connections, messages) in
        [(200_000, Messages::Plain), (20_000, Messages::Compressed), (1_000_000, Messages::Plain)]
    {
        let capture = dir.join("many.pcapng");
        let connections = connections / scale;
        open_at_once(&capture, connections, messages);
        let (said, took) = said(&capture, memory);
        println!("{connections} {messages:?}: {said:?}");
        assert_eq!(said.connections, connections);
        assert!(!said.findings.contains_key("X04"), "{:?}", said.findings);
        let is_whole = said.messages == 2 * ROUNDS * connections;
        assert_eq!(said.notes.iter().any(|note| note["id"] == "X13"), !is_whole, "{said:?}");
        assert!(took.peak_kib < limit + OF_PROGRAM, "{took:?}");
        std::fs::remove_file(&capture).unwrap();
    }
}
