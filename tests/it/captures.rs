//! The committed captures: explained again, they give the text that lies beside them.
//!
//! `UPDATE_EXPECT=1 cargo test --test it captures::` writes the texts anew.

pub(crate) mod findings;
#[cfg(target_os = "linux")]
pub(crate) mod itself;
pub(crate) mod lab;

use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect_file;

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

/// What each language's text is called behind the capture's name, and what asks `explain` for it.
const TEXTS: [(&str, &[&str]); 2] =
    [("en.txt", &["--lang", "en", "--color", "never"]), ("zh.txt", &["--lang", "zh", "--color", "never"])];

pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures")
}

/// The table of the README: all captures there are.
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

/// What `explain` prints of a capture: it knows it by its bare name, wherever the repository lies.
fn explained(directory: &Path, name: &str, how: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
    command.current_dir(directory).arg("explain").args(how).arg(format!("{name}.pcapng"));
    let exit = process::run(&mut command, PATIENCE);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{name}");
    exit.stdout
}

#[test]
fn explaining_them_gives_the_text_beside_them() {
    for Row { name, .. } in table() {
        for (text, how) in TEXTS {
            expect_file![directory().join(format!("{name}.{text}"))].assert_eq(&explained(
                &directory(),
                &name,
                how,
            ));
        }
    }
}

/// Whoever made them is nobody's affair.
#[test]
fn they_tell_nothing_of_the_machine_but_its_kind() {
    let user = std::env::var("USER").unwrap_or_default();
    let mut secrets = vec![env!("CARGO_MANIFEST_DIR").as_bytes(), b"/home/", b"/root", b"/tmp/"];
    // A shorter name may stand in a payload by chance.
    secrets.extend((user.len() > 4).then_some(user.as_bytes()));
    let files = [directory(), lab::directory(), itself::directory()]
        .into_iter()
        .flat_map(|directory| std::fs::read_dir(directory).unwrap());
    for path in files.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let bytes = std::fs::read(&path).unwrap();
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == *secret);
            assert!(!found, "{}: {}", path.display(), String::from_utf8_lossy(secret));
        }
    }
}
