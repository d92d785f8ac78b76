//! A module uses only what stands below it.

use super::files::File;
use super::lexer::paths;

/// The house, from the roof down. Modules on one floor do not know each other.
const LAYERS: &[&[&str]] = &[
    &["main"],
    &["cli"],
    &["server", "lab", "web"],
    &["explain", "presence", "accounts"],
    &["capture"],
    &["testing"],
    &["proto", "observe"],
    &["wire"],
    &["rfc"],
];

/// Where a module may use another of its own floor, or tests what is made for them of it: in this folder, and nowhere
/// else.
const DOORS: &[(&str, &str)] = &[("src/server/endpoints/lab/", "lab"), ("src/observe/tests/", "testing")];

/// How high a module stands: 0 is the roof.
fn floor(module: &str) -> Option<usize> {
    LAYERS.iter().position(|floor| floor.contains(&module))
}

pub(super) fn check(file: &File) -> Vec<String> {
    let Some(inside) = file.path.strip_prefix("src/") else { return Vec::new() };
    let own = inside.trim_end_matches(".rs").split('/').next().unwrap_or_default();
    if own == "lib" {
        // It names all modules, and that is all it does.
        return Vec::new();
    }
    let Some(own_floor) = floor(own) else {
        return vec![
            file.complaint(0, &format!("module {own} has no place: give it one in LAYERS of tests/it/tidy")),
        ];
    };
    // How many `super::` lead from the file to the crate's root.
    let depth = inside.trim_end_matches(".rs").trim_end_matches("/mod").split('/').count();
    let mut complaints = Vec::new();
    for path in paths(&file.code) {
        let supers = path.segments.iter().take_while(|segment| **segment == "super").count();
        let used = match path.segments.as_slice() {
            ["crate" | "wirewalk", module, ..] => module,
            // Inside `mod tests { … }` one more would do; a module of a floor's name there is refused all the same.
            segments if supers >= depth && segments.len() > supers && floor(segments[supers]).is_some() => {
                &segments[supers]
            }
            _ => continue,
        };
        let say = |why: &str| file.complaint(path.offset, &format!("{own} uses {used}: {why}"));
        match floor(used) {
            _ if *used == own => {}
            None => complaints.push(say("it has no place, give it one in LAYERS of tests/it/tidy")),
            Some(floor) if floor > own_floor => {}
            _ if DOORS.iter().any(|(folder, module)| file.path.starts_with(folder) && module == used) => {}
            Some(floor) if floor == own_floor => {
                complaints.push(say(
                    "they stand on one floor, so let one above join them, or move what both need down",
                ));
            }
            Some(_) => {
                complaints.push(say("it stands above, so turn the call around or move what is needed down"));
            }
        }
    }
    complaints
}

#[test]
fn each_layer_is_a_module() {
    let source = super::files::root().join("src");
    for module in LAYERS.iter().copied().flatten() {
        let is_there = source.join(module).is_dir() || source.join(format!("{module}.rs")).is_file();
        assert!(is_there, "LAYERS lists {module}, which src does not have");
    }
}

#[test]
fn what_breaks_the_order_is_refused() {
    let complaints = |path, text| check(&File::new(path, text)).join("\n");
    let fine = [
        ("src/proto/decoder.rs", "use crate::wire::Side; use crate::proto::Rate; use super::state;"),
        ("src/proto/mod.rs", "//! [`crate::server`]\nuse crate::{rfc::Rfc, wire::Side};"),
        ("src/wire/http/mod.rs", "const A: &str = \"crate::proto\"; use super::super::wire::Side;"),
        ("src/server/mod.rs", "mod tests { use super::*; }"),
        ("src/server/endpoints/lab/mod.rs", "use crate::lab::Player;"),
        ("src/main.rs", "fn main() { wirewalk::cli::run() }"),
        ("src/lib.rs", "pub mod proto; use crate::server::Server;"),
        ("tests/it/x.rs", "use crate::server;"),
    ];
    for (path, text) in fine {
        assert_eq!(complaints(path, text), "", "{path}");
    }
    for (path, text, why) in [
        (
            "src/wire/ws/x.rs",
            "\nuse crate::proto::Rate;",
            "src/wire/ws/x.rs:2: wire uses proto: it stands above",
        ),
        ("src/wire/ws/x.rs", "use super::super::super::proto;", "wire uses proto"),
        ("src/rfc.rs", "use super::wire;", "rfc uses wire"),
        (
            "src/proto/x.rs",
            "use crate::{wire, observe::Flow};",
            "proto uses observe: they stand on one floor",
        ),
        (
            "src/explain/mod.rs",
            "fn f() { crate::presence::read() }",
            "explain uses presence: they stand on one floor",
        ),
        ("src/capture/mod.rs", "use crate::explain::Pipeline;", "capture uses explain: it stands above"),
        ("src/server/session/mod.rs", "use crate::lab::Player;", "server uses lab: they stand on one floor"),
        ("src/lab/player.rs", "use crate::server::Server;", "lab uses server: they stand on one floor"),
        ("src/server/mod.rs", "use crate::cli;", "server uses cli: it stands above"),
        ("src/server/mod.rs", "use crate::util::x;", "server uses util: it has no place"),
        ("src/util.rs", "", "module util has no place"),
    ] {
        assert!(complaints(path, text).contains(why), "{path}: {}", complaints(path, text));
    }
}
