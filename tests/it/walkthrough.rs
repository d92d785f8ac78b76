//! The walkthrough in both languages: what it shows is what its commands print, and what it names is there.
//!
//! `UPDATE_EXPECT=1 cargo test --test it walkthrough::` writes its blocks anew.

mod document;
mod page;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use crate::captures::golden;
use crate::support::PATIENCE;
use crate::support::process;
use crate::support::server::Server;
use crate::tidy::root;
use document::{Block, Document};

/// The ends of the files' names, and a locale in which the program speaks the language.
const LANGUAGES: [(&str, &str); 2] = [("en", "en_GB.UTF-8"), ("zh", "zh_CN.UTF-8")];

fn path(language: &str) -> PathBuf {
    root().join(format!("docs/walkthrough.{language}.md"))
}

fn read(language: &str) -> Document {
    Document::parse(&std::fs::read_to_string(path(language)).unwrap()).unwrap()
}

/// Where cargo may have to build an example.
const BUILD: std::time::Duration = std::time::Duration::from_mins(20);

/// What a shell prints, with the program on its path, as the reader has it.
fn output(command: &str, locale: &str) -> String {
    let programs = PathBuf::from(env!("CARGO_BIN_EXE_wirewalk")).parent().unwrap().to_owned();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(programs).chain(std::env::split_paths(&others))).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(root()).env("PATH", path).env("LC_ALL", locale);
    for name in ["CLICOLOR_FORCE", "COLUMNS"] {
        shell.env_remove(name);
    }
    let exit = process::run(&mut shell, BUILD);
    assert_eq!(exit.code, Some(0), "{command}: {}", exit.stderr);
    exit.stdout
}

#[test]
fn each_block_is_what_its_command_prints() {
    let complaints: Vec<String> = LANGUAGES
        .iter()
        .filter_map(|(language, locale)| {
            let written = read(language).rewritten(|command| output(command, locale));
            written.and_then(|text| golden::check(&path(language), &text)).err()
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// One reads the other language and finds the same place, and the same proof.
#[test]
fn both_languages_have_the_same_commands_in_the_same_order() {
    let [english, chinese] = LANGUAGES.map(|(language, _)| read(language));
    let outline = |document: &Document| document.blocks().map(Block::outline).collect::<Vec<_>>();
    assert_eq!(outline(&english), outline(&chinese));
    assert_eq!(english.filters(), chinese.filters());
    assert_eq!(english.headings(), chinese.headings());
    assert!(english.blocks().count() > 15 && english.filters().len() > 8, "{english:?}");
}

/// They begin to serve, with these options.
#[test]
fn each_server_that_it_starts_can_be_started() {
    let mut count = 0;
    for command in read("en").blocks().filter_map(Block::commands).flat_map(str::lines) {
        if let Some(options) = command.strip_prefix("wirewalk serve ") {
            drop(Server::start(&options.split(' ').collect::<Vec<_>>()));
            count += 1;
        }
    }
    assert!(count > 1, "{count}");
}

#[test]
fn the_files_that_it_names_are_there() {
    for (language, _) in LANGUAGES {
        let text = std::fs::read_to_string(path(language)).unwrap();
        let words = text.split(|at: char| at.is_whitespace() || "`()<>|，。；：、（）".contains(at));
        let files: BTreeSet<&str> = words
            .filter(|word| ["captures/", "examples/", "docs/", "src/"].iter().any(|it| word.starts_with(it)))
            .collect();
        assert!(files.len() > 5, "{files:?}");
        for file in files {
            assert!(root().join(file).exists(), "docs/walkthrough.{language}.md: {file}");
        }
    }
}

#[test]
#[ignore = "run by tests/run: needs tshark"]
fn each_display_filter_finds_packets() {
    for (capture, filter) in read("en").filters() {
        let mut tshark = Command::new("tshark");
        tshark.args(["-r", &capture, "-Y", &filter]).current_dir(root());
        let exit = process::run(&mut tshark, PATIENCE);
        assert_eq!(exit.code, Some(0), "{filter}: {}", exit.stderr);
        assert!(!exit.stdout.is_empty(), "{capture}: {filter} finds nothing");
    }
}
