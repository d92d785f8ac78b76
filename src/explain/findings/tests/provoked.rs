//! Each entry of the catalogue, provoked: by either side where either can be at fault, at any segmentation.

mod capture;
mod closing;
mod compression;
mod frames;
mod http2;
mod liveness;
mod opening;
mod tcp;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::super::catalogue::phrases;
use super::bytes::{ids, render};
use super::conversation::{Conversation, Cut};
use super::entries;
use crate::explain::findings::{Finding, Severity};
use crate::wire::Side;

/// An id, the side at fault, and a conversation that provokes it.
struct Case {
    id: &'static str,
    at_fault: Option<Side>,
    conversation: Conversation,
    /// Cut into one-byte segments, with the same findings or with others.
    cut: Cut,
}

fn case(id: &'static str, at_fault: impl Into<Option<Side>>, conversation: Conversation) -> Case {
    Case { id, at_fault: at_fault.into(), conversation, cut: Cut::Bytes }
}

/// A case about segments, so that another segmentation is another case.
fn of_segments(id: &'static str, at_fault: impl Into<Option<Side>>, conversation: Conversation) -> Case {
    Case { cut: Cut::Whole, ..case(id, at_fault, conversation) }
}

fn cases() -> Vec<Case> {
    let families = [
        capture::cases(),
        tcp::cases(),
        opening::cases(),
        http2::cases(),
        frames::cases(),
        compression::cases(),
        closing::cases(),
        liveness::cases(),
    ];
    families.into_iter().flatten().collect()
}

/// Entries that no conversation provokes, and why.
const NOT_BUILT: &[(&str, &str)] = &[];

#[test]
fn each_entry_is_provoked_or_says_why_not() {
    let mut provoked: BTreeSet<_> = cases().iter().map(|case| case.id).collect();
    for (id, why) in NOT_BUILT {
        assert!(!why.is_empty() && provoked.insert(id), "{id} is built after all");
    }
    assert_eq!(provoked, entries().map(|entry| entry.id).collect());
}

/// Sides that can be at fault, by entry: both, wherever that makes sense.
const SIDES: &[(&[Option<Side>], &[&str])] = &[
    (
        &[Some(Side::Client), Some(Side::Server)],
        &[
            "T06", "T08", "H01", "H04", "H16", "H23", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10",
            "F11", "F12", "F13", "F15", "F16", "Z01", "Z02", "Z04", "C01", "C02", "C03", "C04", "C05", "C06",
            "C09", "C10", "C13", "L02", "Z06",
        ],
    ),
    // Only a client asks, masks and offers; that it should wait for the server's FIN is its affair.
    (&[Some(Side::Client)], &["T04", "H02", "H15", "H22", "F01", "F14", "Z05", "C08"]),
    // Only a server listens, answers, and has to close TCP first.
    (
        &[Some(Side::Server)],
        &["T02", "T03", "H03", "H05", "H06", "H07", "H08", "H10", "H11", "H12", "H13", "H20", "F02", "C07"],
    ),
    (&[None, Some(Side::Client), Some(Side::Server)], &["H14", "H21", "C12"]),
    // The client may not have waited, or is answered by a later 101.
    (&[None, Some(Side::Server)], &["H09", "H19"]),
    // Normal events, interference by a third party, artefacts of the capture.
    (
        &[None],
        &[
            "T01", "T07", "T09", "T10", "T11", "H17", "H18", "Z03", "C11", "L01", "L03", "L04", "X01", "X02",
            "X03", "X04", "X05", "X06", "X07", "X08", "X09", "X10", "X12", "X13", "T05", "T12", "L05", "L06",
            "T14", "T13", "X11",
        ],
    ),
];

#[test]
fn each_entry_is_provoked_by_each_side_that_can_be_at_fault() {
    let mut provoked = BTreeMap::<_, BTreeSet<_>>::new();
    for Case { id, at_fault, .. } in cases() {
        provoked.entry(id).or_default().insert(at_fault.map(Side::name));
    }
    let rows = SIDES.iter().flat_map(|(sides, ids)| ids.iter().map(move |id| (*id, sides)));
    let table = rows.map(|(id, sides)| (id, sides.iter().map(|side| side.map(Side::name)).collect()));
    assert_eq!(provoked, table.collect());
}

/// Entry, and the one found instead where the capture begins later: too few packets to know an injected RST, or no Close
/// frame after which nothing may follow, or no 101 that says how messages are compressed, or not the request before the
/// Upgrade, whose answer is taken for that of the Upgrade.
const INSTEAD: &[(&str, &str)] = &[
    ("T07", "T06"),
    ("T07", "C02"),
    ("C10", "C06"),
    ("Z05", "C12"),
    ("C12", "C12"),
    ("H19", "H07"),
    ("H19", "H08"),
];

/// Nothing is made up about what came before the capture.
#[test]
fn a_capture_that_begins_later_has_no_findings_that_the_whole_lacks() {
    let mut wrong = String::new();
    // One takes a while to inflate.
    for (place, Case { id, conversation, .. }) in
        cases().into_iter().enumerate().filter(|(_, case)| case.id != "Z04")
    {
        // X12 says what the shorter capture does not show.
        let is_wrong = |found: &Finding| found.severity() > Severity::Info && found.id() != "X12";
        let all = |found: Vec<Finding>| ids(&found.into_iter().filter(is_wrong).collect::<Vec<_>>());
        let whole = all(conversation.play(Cut::Whole));
        for acts in 1..conversation.len() {
            let found = all(conversation.clone().midway(acts).play_on(Cut::Whole, &[9_001]));
            // One that blames nobody says no more than the one that does.
            let is_known = |it: &str| whole.iter().any(|of_whole| of_whole.starts_with(it));
            let is_new = |it: &&String| !is_known(it) && !INSTEAD.contains(&(id, &it[..3]));
            if let Some(new) = found.iter().find(is_new) {
                let _ = writeln!(wrong, "{place} {id}, {acts} acts left out: {new}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The check of the values of a finding runs with it, so a text that is never used is never checked.
#[test]
fn each_text_with_placeholders_is_provoked() {
    let provoked: Vec<_> = cases()
        .into_iter()
        .filter(|case| case.id != "Z04")
        .flat_map(|case| case.conversation.play(Cut::Whole))
        .flat_map(|found| found.own_texts().collect::<Vec<_>>())
        .collect();
    let mut missed = phrases().filter(|text| text.names().next().is_some() && !provoked.contains(text));
    assert_eq!(missed.next(), None);
}

#[test]
fn each_case_has_its_finding_with_the_right_side_at_fault() {
    let mut missed = String::new();
    for (place, Case { id, at_fault, conversation, cut }) in cases().into_iter().enumerate() {
        let found = conversation.play(Cut::Whole);
        if !found.iter().any(|found| found.id() == id && found.at_fault() == at_fault) {
            let _ = write!(missed, "{place} {id} {at_fault:?}: {}", render(&found));
        }
        assert!(found.iter().all(|found| found.packets().is_sorted()), "{found:?}");
        let cut = if cut == Cut::Bytes { conversation.play(Cut::Bytes) } else { continue };
        if ids(&cut) != ids(&found) {
            let _ = write!(missed, "{place} {id}: {:?}, in one-byte segments {}", ids(&found), render(&cut));
        }
    }
    assert!(missed.is_empty(), "{missed}");
}
