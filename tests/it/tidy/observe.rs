//! The parts of `observe`: each uses only those before it, so that facts know no mechanism and nothing goes in a circle.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::files::{self, File};
use super::lexer::paths;

/// From the values up.
const PARTS: &[&str] = &[
    "facts",
    "config",
    "reassembly",
    "close_tracker",
    "tcp",
    "ws",
    "http",
    "emitter",
    "flow_memory",
    "application",
    "flow",
    "place_list",
    "flow_table",
    "tombstones",
    "observer",
];

/// Names that the root re-exports, each with the part that it comes from.
fn exports() -> &'static BTreeMap<String, String> {
    static EXPORTS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    EXPORTS.get_or_init(|| {
        let path = "src/observe/mod.rs";
        let text = std::fs::read_to_string(files::root().join(path)).expect("the root of observe");
        let root = File::new(path, &text);
        let named = paths(&root.code).into_iter().filter_map(|path| match path.segments.as_slice() {
            [part, .., name] if PARTS.contains(part) => Some(((*name).to_owned(), (*part).to_owned())),
            _ => None,
        });
        named.collect()
    })
}

pub(super) fn check(file: &File) -> Vec<String> {
    let Some(inside) = file.path.strip_prefix("src/observe/") else { return Vec::new() };
    let module = inside.trim_end_matches(".rs").trim_end_matches("/mod");
    let own = module.split('/').next().unwrap_or_default();
    let Some(place) = PARTS.iter().position(|part| *part == own) else {
        let is_beside = matches!(own, "mod" | "tests");
        let message = "this has no place in observe: give it one in PARTS of tests/it/tidy/observe.rs";
        return if is_beside { Vec::new() } else { vec![file.complaint(0, message)] };
    };
    // How many `super::` lead from the file to `observe`.
    let depth = module.split('/').count();
    let mut complaints = Vec::new();
    for path in paths(&file.code) {
        let supers = path.segments.iter().take_while(|segment| **segment == "super").count();
        let used = match path.segments.as_slice() {
            ["crate", "observe", used, ..] => used,
            segments if supers == depth && segments.len() > supers => &segments[supers],
            _ => continue,
        };
        match PARTS.iter().position(|part| part == used) {
            Some(other) if other <= place => {}
            Some(_) => {
                let message = format!("{own} uses {used}, which stands above it: move what both need down");
                complaints.push(file.complaint(path.offset, &message));
            }
            // A name of the file itself, within its tests.
            None if path.segments.first() == Some(&"super")
                && exports().get(*used).is_none_or(|part| part == own) => {}
            None => {
                let message = format!("{own} uses {used}: name the part that it comes from");
                complaints.push(file.complaint(path.offset, &message));
            }
        }
    }
    complaints
}

#[test]
fn each_part_of_observe_is_there() {
    let source = super::files::root().join("src/observe");
    for part in PARTS {
        let is_there = source.join(part).is_dir() || source.join(format!("{part}.rs")).is_file();
        assert!(is_there, "PARTS lists {part}, which src/observe does not have");
    }
}

#[test]
fn the_names_that_the_root_exports_are_found() {
    let part = |name: &str| exports().get(name).map(String::as_str);
    assert_eq!(
        [part("Observer"), part("Fact"), part("Config")],
        [Some("observer"), Some("facts"), Some("config")]
    );
    assert_eq!(part("State"), None);
}

#[test]
fn a_fact_that_knows_a_mechanism_is_refused() {
    let complaints = |path, text| check(&File::new(path, text)).join("\n");
    for (path, text) in [
        ("src/observe/facts/fact.rs", "use super::frame::Frame; use crate::wire::Side;"),
        ("src/observe/facts/numbers.rs", "mod tests { use super::*; }"),
        ("src/observe/tcp/mod.rs", "pub use crate::observe::facts::tcp::State; use super::facts::Evidence;"),
        ("src/observe/flow/dissection.rs", "use crate::observe::application::Dissector; use super::Flow;"),
        ("src/observe/observer.rs", "use super::flow_table::FlowTable; use super::config::Config;"),
        ("src/observe/observer.rs", "mod tests { use super::Observer; }"),
        ("src/observe/mod.rs", "pub use observer::Observer;"),
        ("src/observe/tests/mod.rs", "use super::*;"),
        ("src/explain/mod.rs", "use crate::observe::Fact;"),
    ] {
        assert_eq!(complaints(path, text), "", "{path}");
    }
    for (path, text, why) in [
        (
            "src/observe/facts/fact.rs",
            "\nuse crate::observe::tcp::State;",
            "src/observe/facts/fact.rs:2: facts uses tcp, which stands above it",
        ),
        ("src/observe/facts/fact.rs", "use super::super::http::hello;", "facts uses http"),
        ("src/observe/ws/frame_reader.rs", "use crate::observe::emitter::Emitter;", "ws uses emitter"),
        ("src/observe/application/mod.rs", "use super::flow::Flow;", "application uses flow"),
        ("src/observe/flow/roles.rs", "use crate::observe::Config;", "flow uses Config: name the part"),
        ("src/observe/config.rs", "use super::Observer;", "config uses Observer: name the part"),
        ("src/observe/flow/roles.rs", "use super::super::Fact;", "flow uses Fact: name the part"),
        ("src/observe/held.rs", "", "this has no place in observe"),
    ] {
        assert!(complaints(path, text).contains(why), "{path}: {}", complaints(path, text));
    }
}
