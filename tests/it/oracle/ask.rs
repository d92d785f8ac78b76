//! The two answers on a capture: the program's, and tshark's through its tool.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::view::{Difference, View, differences, list};
use super::{ours, theirs};
use crate::support::process;

/// tshark may take its time on a loaded machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// What asks tshark.
const ORACLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/tshark_oracle.py");

fn json(command: &mut Command) -> Value {
    let exit = process::run(command, PATIENCE);
    assert_eq!(exit.code, Some(0), "{command:?}: {}", exit.stderr);
    serde_json::from_str(&exit.stdout).unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// What both say of a capture.
pub(super) struct Compared {
    pub(super) document: Value,
    pub(super) ours: View,
    pub(super) differences: Vec<Difference>,
}

impl Compared {
    pub(super) fn packets(&self) -> usize {
        self.ours.keys().filter(|place| place.ends_with(" seq")).count()
    }

    /// All objects of a kind, of all connections: `frames`, `messages`.
    pub(super) fn all(&self, kind: &str) -> Vec<&Value> {
        list(&self.document["connections"]).iter().flat_map(|one| list(&one[kind])).collect()
    }
}

pub(super) fn compare(capture: &Path) -> Compared {
    let mut explain = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    let document = json(explain.args(["explain", "--json"]).arg(capture));
    let mut oracle = Command::new("python3");
    let said = json(oracle.arg(ORACLE).arg("--packets").arg(capture));
    assert!(said["tshark_trouble"].is_null(), "{}: {}", capture.display(), said["tshark_trouble"]);
    let (mut ours, theirs) = (ours::view(&document), theirs::view(&said));
    // Which end is the client is told by ports, where tshark says nothing.
    let is_end = |place: &String| place.ends_with(" client") || place.ends_with(" server");
    ours.retain(|place, _| !is_end(place) || theirs.contains_key(place));
    let differences = differences(&ours, &theirs);
    Compared { document, ours, differences }
}
