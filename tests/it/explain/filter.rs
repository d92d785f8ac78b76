//! `--filter`: the connections that people ask for, the same ones in every format, each of them whole.

use std::process::Command;

use serde_json::Value;

use super::{run, text};
use crate::captures::directory;
use crate::support::PATIENCE;
use crate::support::process;
use crate::support::temp::TempDir;

/// The connections of a capture that a filter selects, as the JSON document has them.
fn selected(capture: &str, filter: &str) -> Vec<u64> {
    let exit = run(&["--json", "--filter", filter, capture]);
    let document: Value = serde_json::from_str(&exit.stdout).unwrap_or_else(|_| panic!("{filter}: {exit:?}"));
    let streams: Vec<u64> = document["connections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|connection| connection["stream"].as_u64().unwrap())
        .collect();
    assert_eq!(exit.code, Some(if streams.is_empty() { 2 } else { 0 }), "{filter}: {}", exit.stderr);
    streams
}

/// Three connections: the server closed the first, the clients the others; only the third asked for the number.
#[test]
fn connections_are_selected_by_what_is_in_them() {
    let capture = directory().join("11_who_is_online.pcapng");
    let capture = text(&capture);
    for (filter, streams) in [
        ("opcode == close", &[0, 1, 2][..]),
        ("opcode == text and from == client", &[2]),
        ("from == client and text ~ ONLINENUMBER", &[2]),
        ("not (from == client and opcode == text)", &[0, 1]),
        ("port == 38282 or port == 38298", &[1, 2]),
        ("port != 38282", &[0, 2]),
        ("port < 10000", &[0, 1, 2]),
        ("addr == 127.0.0.0/8 and not port == 38274", &[1, 2]),
        ("addr != 127.0.0.1", &[]),
        ("finding == C11", &[0, 1, 2]),
        ("severity >= warning", &[]),
        ("severity == info", &[0, 1, 2]),
        ("code == 101", &[0, 1, 2]),
        ("code == 1006", &[]),
        ("opcode == ping", &[]),
        // One and the same packet: none is both.
        ("opcode == text and opcode == close", &[]),
        ("not not opcode == 0x8", &[0, 1, 2]),
    ] {
        assert_eq!(selected(capture, filter), streams, "{filter}");
    }
}

#[test]
fn what_an_api_reports_and_what_was_found_is_found_again() {
    let capture = directory().join("10_abnormal_close.pcapng");
    let capture = text(&capture);
    for filter in ["code == 1006", "finding == c02 and severity == error", "finding != X01", "code >= 1006"] {
        assert_eq!(selected(capture, filter), [0], "{filter}");
    }
    for filter in ["code == 1000", "finding == C11", "not finding"] {
        assert!(selected(capture, filter).is_empty(), "{filter}");
    }
}

#[test]
fn every_format_shows_the_same_connections_whole() {
    let capture = directory().join("11_who_is_online.pcapng");
    let capture = text(&capture);
    let filter = ["--filter", "opcode == text and from == client"];
    let by_number = |args: &[&str]| run(&[&["--stream", "2"], args, &[capture]].concat()).stdout;
    let by_filter = |args: &[&str]| run(&[&filter[..], args, &[capture]].concat()).stdout;
    for args in [
        &[][..],
        &["--json"],
        &["--ndjson"],
        &["--mermaid"],
        &["--html"],
        &["--summary"],
        &["--redact"],
        &["--redact", "--json"],
    ] {
        let whole = by_number(args);
        assert!(!whole.is_empty() && whole == by_filter(args), "{args:?}");
    }
    let dir = TempDir::new();
    let copies = ["number.pcapng", "filter.pcapng"].map(|name| dir.join(name));
    by_number(&["-w", text(&copies[0])]);
    by_filter(&["-w", text(&copies[1])]);
    let [number, filter] = copies.map(|copy| std::fs::read(copy).unwrap());
    assert!(!number.is_empty() && number == filter, "the same packets, the same comments");
}

/// A pipe is read to its end first.
#[test]
fn a_pipe_is_filtered_too() {
    let script = r#"cat "$1" | "$0" explain --lang en --summary --filter 'port == 38298' "${@:2}" -"#;
    for redact in [&[][..], &["--redact"]] {
        let mut command = Command::new("bash");
        command.args(["-c", script, env!("CARGO_BIN_EXE_wirewalk")]);
        command.arg(directory().join("11_who_is_online.pcapng")).args(redact);
        let exit = process::run(&mut command, PATIENCE);
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{redact:?}");
        let numbers: Vec<_> = exit.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(numbers, ["#", "2"], "{redact:?}");
    }
}

#[test]
fn a_wrong_filter_is_pointed_at() {
    let mut command = super::command(&["--filter", "port == 443 and opcod == ping", "no-such-file"]);
    let exit = process::run(&mut command, PATIENCE);
    assert_eq!((exit.code, exit.stdout.as_str()), (Some(2), ""));
    let lines = [
        "wirewalk: --filter: there is no 'opcod'; did you mean 'opcode'? See 'wirewalk explain --help'",
        "  port == 443 and opcod == ping",
        "                  ^^^^^",
    ];
    assert_eq!(exit.stderr.lines().collect::<Vec<_>>(), lines);
    let help = run(&["--help"]).stdout;
    for word in
        ["addr ==", "port ==", "from ==", "opcode ==", "code ==", "text ~", "finding ==", "severity >="]
    {
        assert!(help.contains(word), "{word}: {help}");
    }
}
