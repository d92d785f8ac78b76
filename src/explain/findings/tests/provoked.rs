//! Every id of the catalogue, provoked: by either side where either can be at fault, at any segmentation.

mod capture;
mod closing;
mod compression;
mod frames;
mod liveness;
mod opening;
mod tcp;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::bytes::{ids, told};
use super::entries;
use super::script::{Cut, Script};
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
    let families = [
        capture::cases(),
        tcp::cases(),
        opening::cases(),
        frames::cases(),
        compression::cases(),
        closing::cases(),
        liveness::cases(),
    ];
    families.into_iter().flatten().collect()
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
    let mut missed = String::new();
    for (place, Case { id, at_fault, script, cut }) in cases().into_iter().enumerate() {
        let found = script.play(Cut::Whole);
        if !found.iter().any(|found| found.id() == id && found.at_fault() == at_fault) {
            let _ = write!(missed, "{place} {id} {at_fault:?}: {}", told(&found));
        }
        assert!(found.iter().all(|found| found.packets().is_sorted()), "{found:?}");
        let cut = if cut == Cut::Bytes { script.play(Cut::Bytes) } else { continue };
        if ids(&cut) != ids(&found) {
            let _ = write!(missed, "{place} {id}: {:?}, in one-byte segments {}", ids(&found), told(&cut));
        }
    }
    assert!(missed.is_empty(), "{missed}");
}
