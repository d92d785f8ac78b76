//! `wirewalk explain`, on captures that others made.

mod annotated;
mod built;
mod connection_order;
mod damage;
mod filter;
mod escapes;
mod findings;
pub(crate) mod memory;
mod objects;
mod order;
mod path;
mod progress;
mod rare_objects;
mod redacted;
mod scale;
mod selection;
mod slow_pipe;
mod stories;
mod terminal;
mod text;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::PATIENCE;
use crate::support::corpus;
use crate::support::process::{self, Exit};
use crate::support::temp::TempDir;

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    command.arg("explain").args(args);
    command
}

fn run(args: &[&str]) -> Exit {
    process::run(&mut command(args), PATIENCE)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn document(file: &Path) -> Value {
    let exit = run(&["--json", text(file)]);
    assert_eq!(exit.code, Some(0), "{}: {}", file.display(), exit.stderr);
    serde_json::from_str(&exit.stdout).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// A capture of one packet: the SYN of a connection.
pub(crate) fn syn() -> Vec<u8> {
    let mut file = vec![0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 101, 0, 0, 0];
    let mut packet = vec![0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    packet.extend([0xC3, 0x50, 0x1F, 0x90, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0xFA, 0xF0, 0, 0, 0, 0]);
    file.extend([0, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0, 40, 0, 0, 0]);
    file.extend(packet);
    file
}

/// The table of the corpus: by file, TCP streams, WebSocket streams, frames.
fn table(corpus: &[PathBuf]) -> BTreeMap<String, (usize, usize, usize)> {
    let Some(first) = corpus.first() else { return BTreeMap::new() };
    let readme = fs::read_to_string(first.with_file_name("README.md")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let (streams, frames) = cells.get(6)?.split_once('/')?;
        let number = |text: &str| text.parse().ok();
        Some((cells[1].to_owned(), (number(cells[5])?, number(streams)?, number(frames)?)))
    };
    readme.lines().filter_map(row).collect()
}

#[test]
fn the_corpus_is_understood() {
    let corpus = corpus::of_others();
    let table = table(&corpus);
    for file in &corpus {
        let name = file.file_name().unwrap().to_str().unwrap();
        let document = document(file);
        let connections = document["connections"].as_array().unwrap();
        let frames = |it: &Value| it["frames"].as_array().unwrap().len();
        let streams = connections.iter().filter(|it| frames(it) > 0).count();
        let found = (connections.len(), streams, connections.iter().map(frames).sum());
        assert_eq!(Some(&found), table.get(name), "{name}");
        assert_eq!(document["file"]["truncated"], false, "{name}");
        let of_tcp: usize = connections.iter().map(|it| it["packets"].as_array().unwrap().len()).sum();
        assert!(of_tcp as u64 <= document["file"]["packets"].as_u64().unwrap(), "{name}");
        for connection in connections.iter().filter(|it| frames(it) > 0) {
            assert_eq!(connection["upgrade"]["accept_ok"], true, "{name}");
        }
    }
}

#[test]
fn ndjson_holds_the_objects_of_the_document() {
    for file in corpus::any() {
        let document = document(&file);
        let exit = run(&["--ndjson", text(&file)]);
        let mut lists: BTreeMap<(u64, String), Vec<Value>> = BTreeMap::new();
        let mut whole = Value::Null;
        for line in exit.stdout.lines() {
            let mut object: Value = serde_json::from_str(line).unwrap();
            let fields = object.as_object_mut().unwrap();
            let kind = fields.remove("type").unwrap().as_str().unwrap().to_owned();
            match fields.remove("stream") {
                Some(stream) => lists.entry((stream.as_u64().unwrap(), kind)).or_default().push(object),
                None => whole = object,
            }
        }
        whole.as_object_mut().unwrap().remove("wirewalk");
        assert_eq!(whole, document["file"]);
        for connection in document["connections"].as_array().unwrap() {
            let stream = connection["stream"].as_u64().unwrap();
            let of = |kind: &str| lists.get(&(stream, kind.to_owned())).cloned().unwrap_or_default();
            if of("connection").len() > 1 {
                // Client and server were taken for each other at first; lines that are written are not taken back.
                continue;
            }
            for kind in ["packet", "transition", "frame", "message"] {
                assert_eq!(
                    Value::Array(of(kind)),
                    connection[format!("{kind}s")],
                    "{} {kind}",
                    file.display()
                );
            }
            assert_eq!(of("upgrade").last().unwrap_or(&Value::Null), &connection["upgrade"]);
            assert_eq!(of("close"), [connection["close"].clone()]);
        }
    }
}

#[test]
fn truncated_packets_are_reported() {
    let dir = TempDir::new();
    let cut = dir.join("cut.pcap");
    let mut bytes = syn();
    let packet = bytes[24..].to_vec();
    bytes.extend(&packet[..30]);
    fs::write(&cut, &bytes).unwrap();
    let exit = run(&[text(&cut)]);
    assert_eq!(exit.code, Some(2));
    assert!(exit.stdout.contains("SYN-SENT") && exit.stdout.contains("cut short"), "{}", exit.stdout);
    assert!(exit.stderr.contains("after packet 1"), "{}", exit.stderr);
}

#[test]
fn unreadable_files_are_reported_in_a_sentence() {
    let dir = TempDir::new();
    let other = dir.join("notes.txt");
    fs::write(&other, "dear diary").unwrap();
    let capture = dir.join("a.pcap");
    fs::write(&capture, syn()).unwrap();
    let (other, capture, missing) = (text(&other), text(&capture), dir.join("none.pcap"));
    for (args, word) in [
        (vec![other], "not a capture"),
        (vec![text(&missing)], "none.pcap"),
        (vec![], "required"),
        (vec!["--json", "--mermaid", capture], "cannot be used with"),
        (vec!["--lang", "fr", capture], "give zh or en"),
        (vec!["--color", "yes", capture], "give auto, always or never"),
        (vec!["--fail-on", "info", capture], "give error, warning or never"),
        (vec!["--redact", "-w", capture, capture], "not written over"),
        (vec!["--redact", other], "not a capture"),
        (vec!["-o", "x.htm", capture], "name it .txt"),
        (vec!["--html", capture, capture], "one page at a time"),
        (vec!["-o", "x.html", capture, capture], "one page at a time"),
        (vec!["--html", "--json", capture], "cannot be used with"),
        (vec!["-o", capture, "--json", capture], "not written over"),
        (vec!["-w", capture, capture], "not written over"),
        (vec!["-w", "x.pcap", capture], "name it .pcapng"),
        (vec!["-w", "x.pcapng", capture, capture], "annotate one at a time"),
        (vec!["-o", "x.pcapng", capture, capture], "annotate one at a time"),
        (vec!["-o", "x.pcapng", "--json", capture], "-w writes a capture"),
        (vec!["-o", "x.pcapng", "-w", "y.pcapng", capture], "one is enough"),
        (vec!["-w", "/nowhere/x.pcapng", capture], "/nowhere/x.pcapng: cannot be written"),
    ] {
        let exit = run(&args);
        assert_eq!((exit.code, exit.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(
            exit.stderr.starts_with("wirewalk: ") && exit.stderr.contains(word),
            "{args:?}: {}",
            exit.stderr
        );
        assert_eq!(exit.stderr.lines().count(), 1, "{args:?}: {}", exit.stderr);
    }
    assert_eq!(fs::read(capture).unwrap(), syn());
}

#[test]
fn options_select_the_view_and_its_connections() {
    let dir = TempDir::new();
    let capture = dir.join("a.pcap");
    fs::write(&capture, syn()).unwrap();
    let capture = text(&capture);
    let connections = |args: &[&str]| {
        let exit = run(&[args, &["--json", capture]].concat());
        serde_json::from_str::<Value>(&exit.stdout).unwrap()["connections"].as_array().unwrap().len()
    };
    assert_eq!(connections(&[]), 1);
    assert_eq!(connections(&["--stream", "0", "--port", "8080"]), 1);
    assert_eq!(connections(&["--stream", "1"]), 0);
    assert_eq!(connections(&["--port", "8081"]), 0);
    assert!(run(&["--ascii", capture]).stdout.is_ascii());
    assert!(run(&["--color", "always", capture]).stdout.contains("\u{1b}["));
    assert!(!run(&["--color", "never", capture]).stdout.contains('\u{1b}'));
    let forced = process::run(command(&[capture]).env("CLICOLOR_FORCE", "1"), PATIENCE);
    assert!(forced.stdout.contains("\u{1b}["));
    let chinese = process::run(command(&[capture]).env("LANG", "zh_CN.UTF-8"), PATIENCE);
    assert!(chinese.stdout.contains("客户端"));
    let two = run(&["-r", capture, capture]);
    assert_eq!(two.stdout.matches("──SYN seq=0").count(), 2);
    for (name, begin) in [
        ("x.txt", "Connection 0"),
        ("x.json", "{\"wirewalk\":"),
        ("x.ndjson", "{\"type\":\"connection\""),
        ("x.mmd", "sequenceDiagram"),
        ("x.html", "<!doctype html>"),
    ] {
        let out = dir.join(name);
        let exit = run(&["-o", text(&out), "--color", "always", capture]);
        assert_eq!((exit.code, exit.stdout.as_str()), (Some(0), ""));
        assert!(fs::read_to_string(&out).unwrap().starts_with(begin), "{name}");
    }
}

#[test]
fn findings_may_fail_it_and_a_cut_capture_does() {
    let dir = TempDir::new();
    let (whole, cut) = (dir.join("whole.pcap"), dir.join("cut.pcap"));
    fs::write(&whole, syn()).unwrap();
    fs::write(&cut, &syn()[..70]).unwrap();
    for severity in ["error", "warning", "never"] {
        assert_eq!(run(&["--fail-on", severity, text(&whole)]).code, Some(0), "{severity}");
        // That it is cut is worse than what is found in it.
        assert_eq!(run(&["--fail-on", severity, text(&cut)]).code, Some(2), "{severity}");
        assert_eq!(run(&["--fail-on", severity, text(&cut), text(&whole)]).code, Some(2), "{severity}");
    }
}

#[test]
fn help_names_every_flag() {
    let exit = run(&["--help"]);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
    let views = ["--json", "--ndjson", "--mermaid", "--html", "-o <OUT>", "-w <OUT.pcapng>", "--redact"];
    let choices = [
        "-r <FILE>",
        "--stream <N>",
        "--port <N>",
        "--fail-on <SEVERITY>",
        "--lang",
        "--ascii",
        "--color",
        "-v",
    ];
    for flag in views.into_iter().chain(choices) {
        assert!(exit.stdout.contains(flag), "{flag}: {}", exit.stdout);
    }
}

#[test]
fn pipes_are_read_and_may_break() {
    let mut child =
        command(&["-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&syn()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().contains("SYN-SENT"));

    let mut many = syn();
    let packet = many[24..].to_vec();
    (0..20_000).for_each(|_| many.extend(&packet));
    let dir = TempDir::new();
    let capture = dir.join("many.pcap");
    fs::write(&capture, many).unwrap();
    let mut child =
        command(&["--ndjson", text(&capture)]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}
