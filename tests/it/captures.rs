//! The committed captures: explained again, they give the texts and the JSON that lie beside them.
//!
//! `UPDATE_EXPECT=1 cargo test --test it captures::` writes those anew.

pub(crate) mod findings;
pub(crate) mod golden;
#[cfg(target_os = "linux")]
pub(crate) mod itself;
pub(crate) mod lab;
mod objects;
mod others;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::PATIENCE;
use crate::support::process;

/// A row of `captures/README.md`.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// The command that made it.
    pub(crate) command: String,
    /// What to filter it by.
    pub(crate) filter: String,
}

/// The text of each language: the end of its file name, and the options of `explain` that print it.
const TEXTS: [(&str, &[&str]); 2] =
    [("en.txt", &["--lang", "en", "--color", "never"]), ("zh.txt", &["--lang", "zh", "--color", "never"])];

pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures")
}

/// The rows of the README's table, one for each capture of an example.
pub(crate) fn table() -> Vec<Row> {
    let readme = std::fs::read_to_string(directory().join("README.md")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let name = cells.get(1)?.strip_prefix('[')?.split_once(']')?.0.to_owned();
        let code = |cell: usize| Some(cells.get(cell)?.strip_prefix('`')?.strip_suffix('`')?.to_owned());
        Some(Row { name, command: code(3)?, filter: code(4)? })
    };
    readme.lines().filter_map(row).collect()
}

#[test]
fn the_table_lists_all_captures_and_how_each_was_made() {
    let rows = table();
    let mut names: Vec<_> = std::fs::read_dir(directory())
        .unwrap()
        .filter_map(|entry| {
            entry.unwrap().file_name().into_string().unwrap().strip_suffix(".pcapng").map(str::to_owned)
        })
        .collect();
    names.sort();
    assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), names);
    for Row { name, command, .. } in &rows {
        assert_eq!(command, &format!("cargo run --example {name} -- captures/{name}.pcapng"));
    }
}

/// What `explain` prints of a capture, which is given by its bare name: the path is the machine's.
fn explained(directory: &Path, capture: &str, how: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    command.current_dir(directory).arg("explain").args(how).arg(capture);
    let exit = process::run(&mut command, PATIENCE);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{}/{capture}", directory.display());
    exit.stdout
}

/// The file of the capture in its folder, of those that have one.
const CAPTURE: &str = "capture.pcapng";

/// Complains if a text or the objects in a capture's folder are not what `explain` prints of it, or if its document is
/// not made of the same objects.
fn check_folder(folder: &Path) -> Result<(), String> {
    let objects = explained(folder, CAPTURE, &["--ndjson"]);
    if explained(folder, CAPTURE, &["--json"]) != objects::document(&objects) {
        return Err(format!("{}: --json and --ndjson differ", folder.display()));
    }
    golden::check(&folder.join("objects.ndjson"), &objects)?;
    TEXTS
        .iter()
        .try_for_each(|(text, how)| golden::check(&folder.join(text), &explained(folder, CAPTURE, how)))
}

/// The files of all committed captures, with all that lies beside them.
fn files() -> Vec<PathBuf> {
    let entries = |folder: PathBuf| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let lab = entries(lab::directory()).chain(entries(itself::directory()));
    let folders = lab.filter(|path| path.is_dir()).chain([
        directory(),
        lab::directory(),
        itself::directory(),
        directory().join("online"),
    ]);
    folders.flat_map(entries).filter(|path| path.is_file()).collect()
}

#[test]
fn explain_prints_the_texts_beside_the_examples_captures() {
    for Row { name, .. } in table() {
        for (text, how) in TEXTS {
            let said = explained(&directory(), &format!("{name}.pcapng"), how);
            golden::check(&directory().join(format!("{name}.{text}")), &said).unwrap();
        }
    }
}

/// The machine and the user that made them stay unknown.
#[test]
fn no_capture_names_the_machine_that_made_it() {
    let user = std::env::var("USER").unwrap_or_default();
    let mut secrets = vec![env!("CARGO_MANIFEST_DIR").as_bytes(), b"/home/", b"/root", b"/tmp/"];
    // A shorter name may stand in a payload by chance.
    secrets.extend((user.len() > 4).then_some(user.as_bytes()));
    let files = files();
    assert!(files.len() > 400, "{}", files.len());
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == *secret);
            assert!(!found, "{}: {}", path.display(), String::from_utf8_lossy(secret));
        }
    }
}
