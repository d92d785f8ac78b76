//! The captures of the lab: a folder for each experiment, with the capture, its objects as JSON, and its text in both
//! languages.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use wirewalk::lab::{Experiment, table};
use wirewalk::wire::Side;

use super::{check_folder, golden};
use crate::lab::at_once;
use crate::tidy::names_in;

/// What a clone has to carry for them, at most.
const ROOM: u64 = 6 << 20;

pub(crate) fn directory() -> PathBuf {
    super::directory().join("lab")
}

/// Explains each capture again, and compares with what lies in its folder, or writes that anew.
pub(crate) fn check_folders() {
    let directory = directory();
    let ids: Vec<_> = table::experiments().map(|row| row.id).collect();
    at_once(&ids, |id| check_folder(&directory.join(id)));
}

const HEAD: &str = "\
# The lab's captures

One for each experiment of the lab (`wirewalk serve --lab`): a connection that goes wrong in exactly one way, or does right
what often surprises. The name is the finding's id, perhaps with a variant; [FINDINGS.md](../../docs/FINDINGS.md) tells which
is found, and by whom else. Each has a folder, with what `wirewalk explain` says of it:

- `capture.pcapng`: the capture;
- `en.txt`, `zh.txt`: the text, in English and in Chinese;
- `objects.ndjson`: the JSON of `--ndjson`, one object a line, so that a difference is one of objects.

They were captured on the loopback interface, so packets are longer than a network would carry; the directions are the
server's, and the packet comments are those of `serve --capture`. To have one of your own, with a client of ours or yours:

```
cargo run -- serve --lab --capture F02.pcapng
cargo run --example provoke F02
```

A test explains each again and compares. After a change of the words, write texts and tables anew; after a change of the
lab, make the captures anew too, with all that hangs on them (it needs tshark, and takes a minute):

```
UPDATE_EXPECT=1 cargo test --test it captures::
UPDATE_EXPECT=1 cargo test --test it lab::captures::each -- --ignored
```

| capture | whose fault | what is done | what the capture shows |
|---|---|---|---|
";

/// Text as it can stand in a cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

/// The README of the folder: a line for each.
pub(crate) fn readme() -> String {
    let mut text = HEAD.to_owned();
    for Experiment { id, at_fault, does, shows, .. } in table::experiments() {
        let who = at_fault.map_or("nobody", |side| if side == Side::Client { "client" } else { "server" });
        let (does, shows) = (cell(does.en), cell(shows.en));
        writeln!(text, "| [{id}]({id}/capture.pcapng) | {who} | {does} | {shows} |").unwrap();
    }
    text
}

#[test]
fn each_experiment_has_its_capture_and_they_are_small() {
    let names = names_in("captures/lab");
    let captures: BTreeSet<_> =
        names.iter().map(String::as_str).filter(|name| *name != "README.md").collect();
    assert_eq!(captures, table::experiments().map(|row| row.id).collect());
    let lab = directory();
    let all: u64 = super::files()
        .iter()
        .filter(|path| path.starts_with(&lab))
        .map(|path| path.metadata().unwrap().len())
        .sum();
    assert!(all < ROOM, "{all} bytes");
}

#[test]
fn explain_prints_what_lies_in_their_folders() {
    check_folders();
}

#[test]
fn the_readme_is_the_table_of_the_lab() {
    golden::check(&directory().join("README.md"), &readme()).unwrap();
}
