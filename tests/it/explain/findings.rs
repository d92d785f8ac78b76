//! What is found in the committed captures: what is wrong, and nothing else. Those by others are in `captures::others`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{run, text};
use crate::captures;
use crate::support::temp::TempDir;

/// The captures in which something is wrong, and what: ids with the side at fault.
const UNHEALTHY: &[(&str, &[&str])] = &[
    // Aborted on purpose.
    ("10_abnormal_close.pcapng", &["C02 client"]),
];

fn all() -> Vec<PathBuf> {
    captures::table().into_iter().map(|row| captures::directory().join(row.name + ".pcapng")).collect()
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// The errors and warnings of all connections, and how many connections there are.
fn wrong(path: &Path) -> (BTreeSet<String>, usize) {
    let exit = run(&["--json", text(path)]);
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    let document: Value = serde_json::from_str(&exit.stdout).unwrap();
    let connections = document["connections"].as_array().unwrap();
    let findings = connections.iter().flat_map(|connection| connection["findings"].as_array().unwrap());
    let wrong = findings.filter(|finding| finding["severity"] != "info");
    let short = |finding: &Value| {
        format!("{} {}", finding["id"].as_str().unwrap(), finding["at_fault"].as_str().unwrap_or("nobody"))
    };
    (wrong.map(short).collect(), connections.len())
}

#[test]
fn captures_have_exactly_their_findings() {
    let (mut files, mut connections, mut told) = (0, 0, 0);
    for path in all() {
        let expected =
            UNHEALTHY.iter().find(|(file, _)| *file == name(&path)).map_or(&[][..], |(_, ids)| ids);
        let (found, count) = wrong(&path);
        let expected: BTreeSet<String> = expected.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(found, expected, "{}", path.display());
        files += 1;
        connections += count;
        told += found.len();
    }
    println!("{files} captures, {connections} connections: {told} findings, all of them right; 0 false");
}

/// A capture that goes wrong, told by each view.
#[test]
fn every_view_shows_the_findings() {
    let path = captures::directory().join("10_abnormal_close.pcapng");
    let fact = "sent a RST (packet 9) while the WebSocket was open";
    let ladder = run(&["--lang", "en", text(&path)]).stdout;
    let (above, below) = ladder.split_once("\nFindings\n").unwrap();
    let first: Vec<_> = ladder.lines().skip(1).flat_map(str::split_whitespace).collect();
    assert!(above.contains("⚠ C02 The client ") && below.contains("⚠ C02 The client "), "{ladder}");
    let verdict = "Verdict: the client ended the connection in packet 9 with a RST; ";
    assert!(first.join(" ").starts_with(verdict), "the answer first: {ladder}");
    let lines = run(&["--ndjson", text(&path)]).stdout;
    let line =
        lines.lines().find(|line| line.starts_with(r#"{"type":"finding","stream":0,"id":"C02""#)).unwrap();
    let finding: Value = serde_json::from_str(line).unwrap();
    assert!(finding["fact"].as_str().unwrap().contains(fact), "{line}");
    assert_eq!((&finding["packets"][0], &finding["at_fault"]), (&Value::from(9), &Value::from("client")));
    let diagram = run(&["--mermaid", "--lang", "en", text(&path)]).stdout;
    assert!(diagram.contains("Note over C0,S0: ⚠ C02 The client sent a RST"), "{diagram}");
    let dir = TempDir::new();
    let copy = dir.join("copy.pcapng");
    assert_eq!(run(&["-w", text(&copy), "--lang", "en", text(&path)]).code, Some(0));
    let mut reader = wirewalk::capture::Reader::open(&copy).unwrap();
    let mut commented = Vec::new();
    while let Some(packet) = reader.next_packet() {
        if packet.comments().any(|comment| comment.starts_with("[wirewalk C02] The client sent a RST")) {
            commented.push(packet.number);
        }
    }
    assert_eq!(commented, [9]);
}
