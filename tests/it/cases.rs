//! Captures whose truth is known (`tests/cases`): `explain` says of each what is right, and the generator writes just
//! those.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::support::process;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

#[test]
#[ignore = "run by tests/run: needs Python"]
fn explain_says_of_each_case_what_is_right() {
    let mut cases = Command::new("python3");
    cases.arg(tests().join("tools/cases.py")).arg(env!("CARGO_BIN_EXE_wirewalk")).arg(tests().join("cases"));
    let exit = process::run(&mut cases, Duration::from_mins(10));
    // For the log of tests/run, which shows what a test printed.
    println!("{}", exit.stdout);
    assert_eq!(exit.code, Some(0), "{}\n{}", exit.stdout, exit.stderr);
}

#[test]
#[ignore = "run by tests/run: needs Python"]
fn the_generator_writes_these_cases() {
    let folder = tempfile::tempdir().unwrap();
    let mut make = Command::new("python3");
    make.arg(tests().join("cases/make.py")).arg(folder.path());
    let exit = process::run(&mut make, Duration::from_mins(2));
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    let files = |folder: &Path| {
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let is_case =
            |path: &PathBuf| path.extension().is_some_and(|it| it != "py" && it != "md" && path.is_file());
        let mut files: Vec<_> = paths
            .filter(is_case)
            .map(|path| (path.file_name().unwrap().to_owned(), std::fs::read(&path).unwrap()))
            .collect();
        files.sort();
        files
    };
    let (written, committed) = (files(folder.path()), files(&tests().join("cases")));
    assert!(written.len() > 300, "{} files", written.len());
    let names = |files: &[(std::ffi::OsString, Vec<u8>)]| {
        files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&written), names(&committed));
    for ((name, written), (_, committed)) in written.iter().zip(&committed) {
        assert!(written == committed, "{} differs", name.to_string_lossy());
    }
}
