//! Every id of the catalogue, provoked: by either side where either can be at fault, at any segmentation.

mod closing;
mod frames;

use std::collections::BTreeSet;

use super::entries;
use super::script::{Cut, Script, ids, told};
use crate::wire::Side;

/// An id, who is at fault, and what provokes it.
struct Case {
    id: &'static str,
    at_fault: Option<Side>,
    script: Script,
    /// Whether one-byte segments tell the same.
    cut: Cut,
}

fn case(id: &'static str, at_fault: impl Into<Option<Side>>, script: Script) -> Case {
    Case { id, at_fault: at_fault.into(), script, cut: Cut::Bytes }
}

/// About segments: cut otherwise they would be others.
fn of_segments(id: &'static str, at_fault: impl Into<Option<Side>>, script: Script) -> Case {
    Case { cut: Cut::Whole, ..case(id, at_fault, script) }
}

fn cases() -> Vec<Case> {
    [frames::cases(), closing::cases()].into_iter().flatten().collect()
}

/// What no capture that is built here shows, and why.
const NOT_BUILT: &[(&str, &str)] = &[];

#[test]
fn each_id_is_provoked_or_says_why_not() {
    let mut provoked: BTreeSet<_> = cases().iter().map(|case| case.id).collect();
    for (id, why) in NOT_BUILT {
        assert!(!why.is_empty() && provoked.insert(id), "{id} is built after all");
    }
    assert_eq!(provoked, entries().map(|entry| entry.id).collect());
}

#[test]
fn each_is_found_and_of_the_right_side() {
    for (place, Case { id, at_fault, script, cut }) in cases().into_iter().enumerate() {
        let found = script.play(Cut::Whole);
        let is_it = |found: &&super::super::Found| found.id() == id && found.at_fault() == at_fault;
        assert!(found.iter().any(|found| is_it(&found)), "{place} {id} {at_fault:?}: {}", told(&found));
        for found in &found {
            assert!(found.packets().is_sorted(), "{found:?}");
        }
        if cut == Cut::Bytes {
            let cut = script.play(Cut::Bytes);
            assert_eq!(ids(&cut), ids(&found), "{place} {id} in one-byte segments: {}", told(&cut));
        }
    }
}
