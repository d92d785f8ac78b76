//! No output says two things that exclude each other: not the words and the states, not a verdict and the findings, not
//! what an API reports and what was captured. Tried on all captures there are, and on parts of them.

mod contradictions;
mod told;

use std::path::Path;

use crate::captures::directory;
use crate::support::corpus;
use contradictions::{CONTRADICTIONS, contradictions};
use told::{Part, tell};

/// The parts of each capture that are explained besides the whole: so many, each of which ends earlier or lacks packets.
const PARTS: &[Part] = &[
    Part::Whole,
    Part::First { of: 4, parts: 3 },
    Part::First { of: 2, parts: 1 },
    Part::Without { every: 5, from: 2 },
    Part::Without { every: 7, from: 6 },
    Part::OneDirection,
];

/// Explains the parts of captures; returns how many connections that were, and the contradictions.
fn explain(captures: &[std::path::PathBuf], parts: &[Part]) -> (usize, Vec<String>) {
    let (mut connections, mut wrong) = (0, Vec::new());
    for path in captures {
        for part in parts {
            let Some(told) = tell(path, *part) else { continue };
            connections += told.connections.len();
            let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path).display();
            wrong.extend(contradictions(&told).into_iter().map(|it| format!("{name} {part:?}: {it}")));
        }
    }
    (connections, wrong)
}

#[test]
fn nothing_that_is_told_of_our_captures_contradicts_itself() {
    let captures = corpus::ours();
    let (connections, wrong) = explain(&captures, PARTS);
    println!("{} captures, {} parts of each: {connections} connections", captures.len(), PARTS.len());
    assert!(captures.len() > 100 && connections > 600, "{} captures, {connections}", captures.len());
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn nothing_that_is_told_of_the_captures_of_others_contradicts_itself() {
    let (connections, wrong) = explain(&corpus::of_others(), &[Part::Whole]);
    println!("{connections} connections");
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

/// The checker: each contradiction is found where it is planted, and none where nothing is.
#[test]
fn planted_contradictions_are_found() {
    let path: &Path = &directory().join("lab/C11/capture.pcapng");
    let whole = || tell(path, Part::Whole).expect("a capture of ours");
    assert_eq!(contradictions(&whole()), Vec::<String>::new());
    for row in CONTRADICTIONS {
        let mut told = whole();
        (row.plant)(&mut told.connections[0]);
        let found = contradictions(&told);
        assert!(found.iter().any(|it| it.contains(row.what)), "{} was planted; found: {found:?}", row.what);
    }
}
