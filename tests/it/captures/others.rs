//! What is found in captures by others: ids and packets, as `tests/corpus.findings` lists them for the captures that it
//! knows by their sum. Of those that it does not know, only that they are explained.
//!
//! `WIREWALK_CORPUS=DIR UPDATE_EXPECT=1 cargo test --test it captures::others` writes the list anew, with all captures that
//! are in DIR.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::golden;
use crate::support::corpus;
use crate::support::process;

/// What stands above the list.
const HEAD: &str = "\
# Findings in captures by others, which are not in the repository (WIREWALK_CORPUS): name and SHA-256 of a capture, then a
# line for each finding: stream (- for the whole file), id, severity, side at fault, packets.
# Written by: WIREWALK_CORPUS=DIR UPDATE_EXPECT=1 cargo test --test it captures::others
";

/// The findings of each capture, below the line that names it.
type List = BTreeMap<String, String>;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus.findings")
}

fn parse(text: &str) -> List {
    let mut list = List::new();
    let mut current = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(' ') {
            let findings = list.get_mut(&current).expect("a finding stands below its capture");
            findings.push_str(line);
            findings.push('\n');
        } else {
            line.clone_into(&mut current);
            list.insert(current.clone(), String::new());
        }
    }
    list
}

fn print(list: &List) -> String {
    list.iter().fold(HEAD.to_owned(), |text, (capture, findings)| text + capture + "\n" + findings)
}

/// The line that names a capture.
fn name(capture: &Path) -> String {
    let sum = Sha256::digest(std::fs::read(capture).expect("a readable capture"));
    let file = capture.file_name().expect("a file").to_string_lossy();
    sum.iter().fold(format!("{file} "), |mut name, byte| {
        write!(name, "{byte:02x}").expect("a string takes all");
        name
    })
}

/// A line for each finding of a capture.
fn findings(capture: &Path) -> String {
    let mut explain = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let exit = process::run(explain.args(["explain", "--json"]).arg(capture), Duration::from_mins(2));
    assert_eq!(exit.code, Some(0), "{}: {}", capture.display(), exit.stderr);
    let document: Value = serde_json::from_str(&exit.stdout).expect("JSON");
    let mut lines = String::new();
    let mut add = |stream: &str, finding: &Value| {
        let text = |name: &str| finding[name].as_str().unwrap_or("nobody");
        write!(lines, "  {stream} {} {} {}", text("id"), text("severity"), text("at_fault")).unwrap();
        let packets = finding["packets"].as_array().expect("a list").iter();
        packets.for_each(|packet| write!(lines, " {packet}").unwrap());
        lines.push('\n');
    };
    for note in document["file"]["notes"].as_array().expect("a list") {
        add("-", note);
    }
    for connection in document["connections"].as_array().expect("a list") {
        let findings = connection["findings"].as_array().expect("a list");
        for finding in findings {
            add(&connection["stream"].to_string(), finding);
        }
    }
    lines
}

#[test]
fn captures_of_others_have_the_listed_findings() {
    let mut list = parse(&std::fs::read_to_string(path()).expect("the list"));
    let (mut known, mut others) = (0, 0);
    for capture in corpus::of_others() {
        let (name, found) = (name(&capture), findings(&capture));
        if list.contains_key(&name) || golden::is_update() {
            known += 1;
            list.insert(name, found);
        } else {
            others += 1;
        }
    }
    println!("{known} captures as listed, {others} explained that are not in the list");
    golden::check(&path(), &print(&list)).unwrap_or_else(|difference| panic!("{difference}"));
}

#[test]
fn a_list_is_parsed_as_it_is_printed() {
    let text =
        format!("{HEAD}a.pcap 00\n  - H18 info nobody\nb.pcap 01\nc.pcap 02\n  0 F01 error client 8 9\n");
    let list = parse(&text);
    assert_eq!((list.len(), list["b.pcap 01"].as_str()), (3, ""));
    assert_eq!(print(&list), text);
}
