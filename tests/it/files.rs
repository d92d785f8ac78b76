//! The files that the program writes, the descriptors it may open, and the names it repeats.

mod escapes;
mod outputs;
mod process;

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::explain::syn;
use crate::support::PATIENCE;
use crate::support::process::{Exit, run};
use crate::support::temp::TempDir;

/// The command in this directory, after what a shell does before it.
fn command(dir: &Path, setup: &str, args: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{setup}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_wirewalk")]);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WIREWALK_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    command.args(args).current_dir(dir);
    command
}

/// A directory with a capture, `in.pcap`.
fn with_capture() -> TempDir {
    let dir = TempDir::new();
    fs::write(dir.join("in.pcap"), syn()).unwrap();
    dir
}

fn wirewalk(dir: &TempDir, args: &[&str]) -> Exit {
    run(&mut command(dir.path(), ":", args), PATIENCE)
}

/// One sentence with all of these, and exit 2.
fn is_refused(exit: &Exit, words: &[&str]) -> Result<(), String> {
    let one = exit.stderr.starts_with("wirewalk: ") && exit.stderr.lines().count() == 1;
    let has = |word: &&str| exit.stderr.contains(word);
    if exit.code == Some(2) && exit.stdout.is_empty() && one && words.iter().all(has) {
        Ok(())
    } else {
        Err(format!("not one sentence with {words:?} and exit 2: {exit:?}"))
    }
}

fn serve<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["serve", "--listen", "127.0.0.1:0"], args].concat()
}
