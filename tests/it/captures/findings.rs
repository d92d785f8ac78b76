//! `docs/FINDINGS.md`: each finding, how it is provoked, whether it is found in its capture, and what Wireshark finds
//! there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use wirewalk::explain::finding_kinds;
use wirewalk::lab::BrowserReport;
use wirewalk::lab::table::{self, UNPROVOKED};

use super::lab::{cell, directory};
use super::{CAPTURE, golden, itself, objects};
use crate::capture::tshark::{tshark, version};
use crate::support::skip::skipped;
use crate::tidy::names_in;

/// Captures without the finding that they are named after, and why.
const NOT_FOUND: &[(&str, &str)] = &[("F12-split", "it is legal: a frame may cut a character")];

/// Captures of something legal that have a warning, and why.
const WARNED: &[(&str, &str)] =
    &[("T11", "the client has to wait for the server's FIN until its patience ends: C07")];

/// Experiments after which Chromium reports another code than the capture has for the client, and why.
const REPORTED_OTHERWISE: &[(&str, &str)] = &[
    ("H11", "browsers want the subprotocol that they asked for; the RFC does not"),
    ("C04-999", "Chromium takes any code; the RFC has it fail"),
    ("C04-2000", "Chromium takes any code; the RFC has it fail"),
    ("C10", "Chromium reads on behind a Close and fails; others have stopped reading"),
    ("C10-second", "Chromium reads on behind a Close and fails; others have stopped reading"),
];

/// Letters of the families, in the order of the document, and what each is about.
const FAMILIES: [(char, &str); 7] = [
    ('T', "TCP"),
    ('H', "The opening handshake"),
    ('F', "Frames and messages"),
    ('Z', "Compression"),
    ('C', "The closing handshake"),
    ('L', "Heartbeats and silence"),
    ('X', "The capture itself"),
];

/// Place of an id's family in the document; `None` for an unknown letter.
fn family(id: &str) -> Option<usize> {
    FAMILIES.iter().position(|(letter, _)| id.starts_with(*letter))
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/FINDINGS.md")
}

/// The folder of an experiment's capture, or of one about itself.
fn folder(name: &str) -> PathBuf {
    if table::find(name).is_some() { directory().join(name) } else { itself::directory().join(name) }
}

/// The document made of the committed objects of a capture.
fn document_of(name: &str) -> Value {
    let objects = std::fs::read_to_string(folder(name).join("objects.ndjson")).unwrap();
    serde_json::from_str(&objects::document(&objects)).unwrap()
}

/// Findings in an experiment's capture: id, severity, fact.
fn found(id: &str) -> Vec<(String, String, String)> {
    let document = document_of(id);
    let connections = document["connections"].as_array().unwrap().iter();
    let all = connections.flat_map(|it| it["findings"].as_array().unwrap());
    let all = all.chain(document["file"]["notes"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.map(|it| (text(&it["id"]), text(&it["severity"]), text(&it["fact"]))).collect()
}

fn why_not(capture: &str) -> Option<&'static str> {
    NOT_FOUND.iter().find(|(id, _)| *id == capture).map(|(_, why)| *why)
}

/// Ids of all findings: of the catalogue, of the lab's experiments, and of those that the lab cannot provoke.
fn all() -> Vec<String> {
    let known = finding_kinds().map(|it| it.id.to_owned());
    let provoked = table::experiments().map(|it| it.finding().to_owned());
    let elsewhere = UNPROVOKED.iter().map(|it| it.id.to_owned());
    let mut ids: Vec<_> = known.chain(provoked).chain(elsewhere).collect();
    ids.sort_by_key(|id| (family(id), id.clone()));
    ids.dedup();
    ids
}

/// Ids of the findings that unit tests provoke with packets of their own.
fn built() -> BTreeSet<String> {
    const TESTS: &str = "src/explain/findings/tests/provoked";
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(TESTS);
    let sources = names_in(TESTS).into_iter().map(|name| std::fs::read_to_string(root.join(name)).unwrap());
    let mut ids = BTreeSet::new();
    for source in sources {
        let strings = source.split('"').skip(1).step_by(2).map(str::to_owned);
        ids.extend(strings.filter(|it| it.len() == 3 && family(it).is_some()));
    }
    ids
}

const HEAD: &str = "\
# Findings

What `wirewalk explain` can find in a capture. Each finding says three things: what was observed (the fact, with its
packets), what follows from it (and how sure that is), and what to check or to do. Its id is stable: it is the key in JSON,
what a packet comment begins with, and what `--filter 'finding == F01'` takes.

- **error**: breaks a rule or the connection. **warning**: may be what went wrong. **info**: normal, but it surprises.
  `explain` may give a graver or a milder one where the capture shows more.
- **certain**: no other explanation exists. **likely**: the others that are known were tested and do not fit. **possible**:
  others fit, too.

Dots stand for what is different each time: packets, sizes, durations, names. Behind the findings stands the
[proof](#the-proof) that each is found.

";

const PROOF: &str = "\
## The proof

`wirewalk serve --lab` and `cargo run --example provoke ID` provoke what a finding is about; a
[capture](../captures/lab/README.md) of each is committed under the finding's id. A test writes this file from those
captures (`UPDATE_EXPECT=1 cargo test --test it captures::`) and fails when a finding is missed. What a finding says is
what `explain` says of the first capture. \"Built\" says that unit tests provoke it with packets of their own, cut at every
byte where that cannot matter.
";

/// A cell of the table without content.
const NOTHING: &str = "–";

/// A text of the catalogue with `…` for each placeholder.
fn blank(fact: &str) -> String {
    let mut parts = fact.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "…" + part.split_once('}').map_or(part, |(_, rest)| rest))
}

/// A text of the catalogue as a sentence of its own.
fn sentence(text: &str) -> String {
    let text = blank(text);
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '?', '…']) { "" } else { "." };
    first + rest.as_str() + end
}

/// What each finding means, for who has met it.
fn meanings() -> String {
    let mut all: Vec<_> = finding_kinds().collect();
    all.sort_by_key(|kind| (family(kind.id), kind.id));
    let mut text = String::new();
    for (letter, about) in FAMILIES {
        writeln!(text, "## {letter}: {about}\n").unwrap();
        for kind in all.iter().filter(|kind| kind.id.starts_with(letter)) {
            let rfc = kind.rfc.map_or_else(String::new, |rfc| format!(", {rfc}"));
            writeln!(text, "### {}\n\n{} ({}{rfc})\n", kind.id, sentence(kind.fact), kind.severity.name())
                .unwrap();
            writeln!(text, "- Meaning ({}): {}", kind.certainty, sentence(kind.inference)).unwrap();
            writeln!(text, "- What to do: {}\n", sentence(kind.confirm)).unwrap();
        }
    }
    text
}

/// The whole document, with the version of Wireshark and its cell for each id.
fn document(version: &str, wireshark: &BTreeMap<String, String>) -> String {
    let (built, mut rows, mut captures, mut silent) = (built(), String::new(), 0, 0);
    let catalogue: BTreeMap<_, _> = finding_kinds().map(|it| (it.id, it)).collect();
    for id in all() {
        let of_lab = table::experiments().map(|it| (it.id, "lab"));
        let all = of_lab.chain(itself::ROWS.map(|(name, _)| (name, "itself")));
        let of_this: Vec<_> = all.filter(|(name, _)| itself::finding(name) == id).collect();
        let links =
            of_this.iter().map(|(name, folder)| format!("[{name}](../captures/{folder}/{name}/en.txt)"));
        let mut provoked: Vec<_> = links.collect();
        provoked.extend(built.contains(&id).then(|| "built".to_owned()));
        let elsewhere = UNPROVOKED.iter().find(|it| it.id == id).map(|it| it.why.en);
        provoked.extend(elsewhere.map(|why| format!("not in the lab: {why}")));
        let (mut said, mut missed) = (None, Vec::new());
        for (name, _) in &of_this {
            let fact = found(name).into_iter().find(|it| it.0 == id).map(|it| it.2);
            let why = || format!("not in {name}: {}", why_not(name).unwrap_or("missed"));
            missed.extend(fact.is_none().then(why));
            said = said.or(fact);
        }
        let is_found = match (of_this.len(), missed.len()) {
            (0, _) if built.contains(&id) => "in tests".to_owned(),
            (0, _) => "no".to_owned(),
            (1, 0) => "yes".to_owned(),
            (all, 0) => format!("yes, {all} of {all}"),
            (all, missing) => format!("{} of {all}; {}", all - missing, missed.join("; ")),
        };
        let says = wireshark.get(&id).map_or(NOTHING, String::as_str);
        if !of_this.is_empty() {
            captures += 1;
            silent += usize::from(says == NOTHING);
        }
        let known = catalogue.get(id.as_str());
        let severity = known.map_or(NOTHING, |it| it.severity.name());
        let said = cell(&said.or(known.map(|it| blank(it.fact))).unwrap_or_default());
        writeln!(rows, "| {id} | {severity} | {} | {is_found} | {says} | {said} |", provoked.join(", "))
            .unwrap();
    }
    format!(
        "{HEAD}{}{PROOF}\nBy whom else found: what the expert information of tshark {version} has of the same captures, at warning or above. \
         Of the {captures}\nfindings that have a capture, it says nothing of {silent}.\n\n\
         | id | severity | provoked by | found | Wireshark | what it says |\n|---|---|---|---|---|---|\n{rows}",
        meanings()
    )
}

/// Version and cells of Wireshark in the committed document.
fn committed() -> (String, BTreeMap<String, String>) {
    let text = std::fs::read_to_string(path()).unwrap_or_default();
    let version = text.split_once("of tshark ").and_then(|(_, rest)| rest.split(' ').next());
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(" | ").collect();
        Some((cells.first()?.strip_prefix("| ")?.to_owned(), (*cells.get(4)?).to_owned()))
    };
    (version.unwrap_or_default().to_owned(), text.lines().filter_map(row).collect())
}

/// Wireshark's expert information at warning or above on the captures of each finding.
fn wireshark() -> BTreeMap<String, String> {
    let mut said = BTreeMap::<String, BTreeSet<String>>::new();
    for name in table::experiments().map(|it| it.id).chain(itself::ROWS.map(|(name, _)| name)) {
        let path = folder(name).join(CAPTURE);
        let checked = ["-2", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
        let answer = tshark(&path, &[&checked[..], &["-q", "-z", "expert,warn"]].concat());
        assert_eq!((answer.complaints.as_str(), answer.code), ("", Some(0)), "{name}");
        for line in
            answer.lines.iter().filter(|line| line.trim_start().starts_with(|c: char| c.is_ascii_digit()))
        {
            // Columns: count, group, protocol, text. The expected checksum differs each time.
            let words: Vec<_> =
                line.split_whitespace().skip(3).take_while(|word| !word.starts_with("[should")).collect();
            let all = said.entry(itself::finding(name).to_owned()).or_default();
            all.insert(words.join(" "));
        }
    }
    said.into_iter().map(|(id, all)| (id, cell(&all.into_iter().collect::<Vec<_>>().join("; ")))).collect()
}

/// Compares the document, or writes it, with Wireshark asked anew.
pub(crate) fn with_wireshark() -> Result<(), String> {
    golden::check(&path(), &document(&version(), &wireshark()))
}

#[test]
fn each_capture_has_the_finding_that_it_is_named_after() {
    let mut wrong = Vec::new();
    let ids: BTreeSet<_> = finding_kinds().map(|it| it.id).collect();
    for experiment in table::experiments() {
        let (id, finding) = (experiment.id, experiment.finding());
        let found = found(id);
        let is_found = found.iter().any(|it| it.0 == finding);
        match why_not(id) {
            None if !ids.contains(finding) => wrong.push(format!("{id}: {finding} is not in the catalogue")),
            None if !is_found => wrong.push(format!("{id}: {finding} is missed, but found {found:?}")),
            Some(_) if is_found => wrong.push(format!("{id}: {finding} is found after all")),
            _ => {}
        }
        let grave: Vec<_> = found.iter().filter(|it| it.1 != "info").collect();
        let may_warn = experiment.at_fault.is_some() || WARNED.iter().any(|(it, _)| *it == id);
        if !may_warn && !grave.is_empty() {
            wrong.push(format!("{id}: nobody is at fault, and yet {grave:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The table has what Chromium reported: `browser::lab` runs each experiment in one.
#[test]
fn captures_report_the_close_code_of_a_browser() {
    let mut wrong = Vec::new();
    for experiment in table::experiments() {
        let reported = document_of(experiment.id)["connections"][0]["close"]["reported"]["client"].clone();
        let is_in_capture = |it: BrowserReport| reported == format!("{} wasClean={}", it.code, it.was_clean);
        let Some(browser) = experiment.browser else { continue };
        let agrees = is_in_capture(browser) || experiment.otherwise.is_some_and(is_in_capture);
        if agrees == REPORTED_OTHERWISE.iter().any(|(id, _)| *id == experiment.id) {
            wrong.push(format!(
                "{}: the capture has {reported}, Chromium reported {browser:?}",
                experiment.id
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_document_agrees_with_the_captures() {
    let (version, wireshark) = committed();
    golden::check(&path(), &document(&version, &wireshark)).unwrap();
}

/// Skipped for another version of Wireshark, which may find more.
#[test]
#[ignore = "run by tests/run: needs tshark"]
fn the_document_agrees_with_wireshark() {
    let said = wireshark();
    if version() == committed().0 {
        with_wireshark().unwrap();
    } else {
        skipped(&format!("the document is of tshark {}, this is {}: {said:?}", committed().0, version()));
    }
}
