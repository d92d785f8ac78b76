//! Large captures: how long the page is, and what it takes to write it.

use std::path::Path;
use std::process::{Command, Stdio};

use super::explain;
use crate::explain::memory::child::{Took, run};
use crate::explain::memory::generated::{self, Shape};
use crate::support::temp::TempDir;

/// What two runs of the same program may differ by, in KiB.
const NOISE: u64 = 2 * 1024;

/// Makes a capture of one connection with more than ten thousand packets; gives how many.
pub(super) fn make(path: &Path) -> u64 {
    generated::make(path, Shape::One, 2_000_000).unwrap().packets
}

#[test]
fn a_page_is_a_few_times_the_capture() {
    let dir = TempDir::new();
    let capture = dir.join("many.pcapng");
    let packets = make(&capture);
    assert!(packets > 10_000, "{packets}");
    let page = explain(&capture, &["--html"]);
    println!("{packets} packets: {} bytes of page", page.len());
    assert!(page.len() as u64 / packets < 1_800, "{} bytes for {packets} packets", page.len());
}

#[test]
fn writing_it_takes_no_more_memory_than_a_short_one() {
    let dir = TempDir::new();
    let capture = dir.join("made.pcapng");
    let peak = |bytes| {
        generated::make(&capture, Shape::One, bytes).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
        command.args(["explain", "--html"]).arg(&capture).stdout(Stdio::null());
        let Took { peak_kib, .. } = run(&mut command);
        peak_kib
    };
    let (small, large) = (peak(2_000_000), peak(20_000_000));
    assert!(small > 0 && large <= small + NOISE, "{small} KiB became {large} KiB");
}
