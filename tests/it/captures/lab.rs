//! The captures of the lab: one for each experiment, with what `explain` says of it as JSON and in both languages.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use wirewalk::lab::{Experiment, table};
use wirewalk::wire::Side;

use super::{TEXTS, explained};
use crate::lab::at_once;
use crate::tidy::names_in;

/// What a clone has to carry for them, at most.
const ROOM: u64 = 6 << 20;

pub(crate) fn directory() -> PathBuf {
    super::directory().join("lab")
}

/// Whether what is committed is to be written anew.
pub(crate) fn is_update() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some()
}

/// Complains if a committed file is not what it should be; writes it anew if that is asked for.
pub(crate) fn agrees(path: &Path, right: &str) -> Result<(), String> {
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    if committed == right {
        return Ok(());
    }
    if is_update() {
        return std::fs::write(path, right).map_err(|error| format!("{}: {error}", path.display()));
    }
    let same = committed.lines().zip(right.lines()).take_while(|(old, new)| old == new).count();
    let line =
        |text: &str| text.lines().nth(same).unwrap_or("(its end)").chars().take(300).collect::<String>();
    let (old, new) = (line(&committed), line(right));
    Err(format!("{}:{}: not\n  {old}\nbut\n  {new}", path.display(), same + 1))
}

/// Each capture, explained again, gives what lies beside it.
pub(crate) fn explain_again() {
    let directory = directory();
    let goldens = [TEXTS[0], TEXTS[1], ("json", &["--json"])];
    let all: Vec<_> = table::experiments().flat_map(|row| goldens.map(|golden| (row.id, golden))).collect();
    at_once(&all, |(id, (kind, how))| {
        agrees(&directory.join(format!("{id}.{kind}")), &explained(&directory, id, how))
    });
}

const HEAD: &str = "\
# The lab's captures

One for each experiment of the lab (`wirewalk serve --lab`): a connection that goes wrong in exactly one way, or does right
what often surprises. The name is the finding's id, perhaps with a variant; [FINDINGS.md](../../docs/FINDINGS.md) tells which
is found, and by whom else. Beside each lies what `wirewalk explain` says of it: `ID.json`, `ID.en.txt`, `ID.zh.txt`.

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
        writeln!(text, "| [{id}]({id}.pcapng) | {who} | {does} | {shows} |").unwrap();
    }
    text
}

#[test]
fn each_experiment_has_its_capture_and_they_are_small() {
    let names = names_in("captures/lab");
    let captures: BTreeSet<_> = names.iter().filter_map(|name| name.strip_suffix(".pcapng")).collect();
    assert_eq!(captures, table::experiments().map(|row| row.id).collect());
    let size = |name: &String| std::fs::metadata(directory().join(name)).unwrap().len();
    let all: u64 = names.iter().map(size).sum();
    assert!(all < ROOM, "{all} bytes");
}

#[test]
fn explaining_them_gives_what_lies_beside_them() {
    explain_again();
}

#[test]
fn the_readme_is_the_table_of_the_lab() {
    agrees(&directory().join("README.md"), &readme()).unwrap();
}
