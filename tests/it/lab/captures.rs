//! Each experiment, played by its client against a server that captures: what it leaves can be explained.
//!
//! To have the captures: `WIREWALK_LAB_CAPTURES=DIR cargo test --test it lab::captures -- --ignored`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use wirewalk::server::lab::{Experiment, table};

use super::at_once;
use crate::support::PATIENCE;
use crate::support::lab::provoke;
use crate::support::process;
use crate::support::temp::TempDir;

fn explained(path: &Path) -> Result<Value, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let exit = process::run(command.args(["explain", "--json"]).arg(path), PATIENCE);
    if exit.code != Some(0) {
        return Err(format!("{}: {}", path.display(), exit.stderr));
    }
    serde_json::from_str(&exit.stdout).map_err(|error| error.to_string())
}

fn check(experiment: &Experiment, directory: &Path) -> Result<(), String> {
    let id = experiment.id;
    let (exit, path) = provoke(id, "auto", directory);
    let document = explained(&path)?;
    let connections = document["connections"].as_array().ok_or("no connections")?;
    let say = |what: &str| Err(format!("{id}: {what}\n{}{document}", exit.stdout));
    if document["file"]["truncated"] != false || connections.len() != experiment.connections as usize {
        return say("not all of it is in the capture");
    }
    for connection in connections {
        // An experiment ends.
        if connection["close"]["layer"].is_null() && !connection["upgrade"].is_null() {
            return say("the end is not in the capture");
        }
    }
    Ok(())
}

/// A RST leaves no trace but itself, so whoever rebuilds packets from sockets must know of it.
#[test]
fn resets_are_in_the_capture_whichever_way_it_is_made() {
    let directory = TempDir::new();
    for mode in ["auto", "socket"] {
        for id in ["C02", "T06"] {
            let (_, path) = provoke(id, mode, directory.path());
            let close = explained(&path).unwrap()["connections"][0]["close"].clone();
            let found = [&close["first"], &close["layer"], &close["tcp"]];
            assert_eq!(found, ["server", "rst", "reset"], "{id} in mode {mode}: {close}");
        }
    }
}

#[test]
#[ignore = "run by tests/run: takes a minute"]
fn each_experiment_leaves_its_capture() {
    let kept = std::env::var_os("WIREWALK_LAB_CAPTURES").map(PathBuf::from);
    let temporary = TempDir::new();
    let directory = kept.as_deref().unwrap_or_else(|| temporary.path());
    std::fs::create_dir_all(directory).unwrap();
    // The longest ones first.
    let mut rows: Vec<_> = table::experiments().collect();
    rows.sort_by_key(|row| !matches!(row.id, "L01" | "L02" | "H17" | "C06" | "C07" | "L03" | "L04"));
    at_once(&rows, |row| check(row, directory));
}
