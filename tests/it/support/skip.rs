//! Parts of tests that are skipped where the machine or the checkout lacks something, counted by `tests/run`.

use std::fs::OpenOptions;
use std::io::Write as _;

/// Reports that the running test skips something, and why. Where the environment has `WIREWALK_SKIPS`, the name of a
/// file, it is written there too, a line each.
///
/// # Panics
/// If that file cannot be written: a test must not pass uncounted.
pub(crate) fn skipped(why: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a thread of a test");
    println!("skipped in {test}: {why}");
    let Some(path) = std::env::var_os("WIREWALK_SKIPS") else { return };
    let line = format!("{test}: {}\n", why.replace('\n', " "));
    let file = OpenOptions::new().create(true).append(true).open(&path);
    let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
    written.unwrap_or_else(|error| panic!("WIREWALK_SKIPS={}: {error}", path.display()));
}
