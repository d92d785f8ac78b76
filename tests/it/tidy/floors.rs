//! The floors within `explain`: each uses only those below it, and names them.

use super::files::File;
use super::lexer::paths;

/// From the ground up.
const FLOORS: &[&str] = &["text", "findings", "narrative", "filter", "views", "pipeline"];

/// Within the findings, above the catalogue and what a finding is: the inspector joins rules and memory, the root all.
const ROOMS: &[&str] = &["memory", "rules", "inspection", "inspector", "mod"];

/// What stands beside the floors, for all of them.
const SHARED: &[&str] = &["VERSION", "testing"];

pub(super) fn check(file: &File) -> Vec<String> {
    let Some(inside) = file.path.strip_prefix("src/explain/") else { return Vec::new() };
    let module = inside.trim_end_matches(".rs").trim_end_matches("/mod");
    let is_test = module.ends_with("/tests") || module.contains("/tests/");
    let own = module.split('/').next().unwrap_or_default();
    let Some(own_floor) = FLOORS.iter().position(|floor| *floor == own) else {
        let is_beside = module == "mod" || SHARED.contains(&own);
        let message = "this stands on no floor of explain: give it one of FLOORS of tests/it/tidy/floors.rs";
        return if is_beside { Vec::new() } else { vec![file.complaint(0, message)] };
    };
    if is_test {
        return Vec::new();
    }
    // How many `super::` lead from the file to `explain`.
    let depth = module.split('/').count();
    let mut complaints = Vec::new();
    for path in paths(&file.code) {
        let supers = path.segments.iter().take_while(|segment| **segment == "super").count();
        let used = match path.segments.as_slice() {
            ["crate", "explain", used, ..] => used,
            // In a macro, which is used further down, it may lead to a name of this file.
            segments if supers == depth && segments.len() > supers && FLOORS.contains(&segments[supers]) => {
                &segments[supers]
            }
            _ => continue,
        };
        let say = |why: &str| file.complaint(path.offset, &format!("{own} uses {used}: {why}"));
        match FLOORS.iter().position(|floor| floor == used) {
            Some(floor) if floor <= own_floor => {}
            Some(_) => complaints.push(say("it stands above, so move what is needed down")),
            // The pipeline joins what the root names.
            None if SHARED.contains(used) || own == "pipeline" => {}
            None => complaints.push(say("name the floor that it comes from")),
        }
    }
    complaints
}

/// The same within the findings: rules know what is remembered, and both know what a finding is.
pub(super) fn check_rooms(file: &File) -> Vec<String> {
    let Some(inside) = file.path.strip_prefix("src/explain/findings/") else { return Vec::new() };
    let module = inside.trim_end_matches(".rs").trim_end_matches("/mod");
    if module.starts_with("tests") {
        return Vec::new();
    }
    let room = |name: &str| ROOMS.iter().position(|room| *room == name);
    let own = room(module.split('/').next().unwrap_or_default());
    // How many `super::` lead from the file to `findings`; from its root none does.
    let depth = if module == "mod" { 0 } else { module.split('/').count() };
    let mut complaints = Vec::new();
    for path in paths(&file.code) {
        let supers = path.segments.iter().take_while(|segment| **segment == "super").count();
        let used = match path.segments.as_slice() {
            ["crate", "explain", "findings", used, ..] => used,
            segments if supers == depth && segments.len() > supers => &segments[supers],
            _ => continue,
        };
        if room(used).is_some_and(|floor| own.is_none_or(|own| own < floor)) {
            let message = format!(
                "this uses {used}, which stands above: inspector → rules → memory → finding, never back"
            );
            complaints.push(file.complaint(path.offset, &message));
        }
    }
    complaints
}

#[test]
fn a_memory_that_knows_a_rule_is_refused() {
    let complaints = |path, text| check_rooms(&File::new(path, text)).len();
    for (path, text) in [
        ("src/explain/findings/mod.rs", "use memory::PacketRef; use rules::RuleContext;"),
        (
            "src/explain/findings/inspection.rs",
            "use super::memory::PacketRef; use super::rules::RuleContext;",
        ),
        (
            "src/explain/findings/rules/tcp.rs",
            "use super::RuleContext; use crate::explain::findings::memory::PacketRef;",
        ),
        (
            "src/explain/findings/memory/connection_memory.rs",
            "use super::end_memory::EndMemory; use super::super::finding::Finding;",
        ),
        ("src/explain/findings/tests/script.rs", "use super::super::rules::RuleContext;"),
    ] {
        assert_eq!(complaints(path, text), 0, "{path}");
    }
    for (path, text) in [
        ("src/explain/findings/memory/connection_memory.rs", "use crate::explain::findings::rules::tcp;"),
        ("src/explain/findings/memory/connection_memory.rs", "use super::super::rules::tcp;"),
        ("src/explain/findings/rules/tcp.rs", "use crate::explain::findings::inspection::Inspection;"),
        ("src/explain/findings/finding.rs", "use super::memory::connection_memory::PacketRef;"),
    ] {
        assert_eq!(complaints(path, text), 1, "{path}");
    }
}

#[test]
fn an_arrow_back_up_is_refused() {
    let complaints = |path, text| check(&File::new(path, text)).join("\n");
    for (path, text) in [
        (
            "src/explain/views/ladder/row_writer.rs",
            "use crate::explain::narrative::packet_label::ArrowKind; use super::layout;",
        ),
        (
            "src/explain/findings/finding.rs",
            "use crate::explain::text::{Language, cut}; use super::entry::Entry;",
        ),
        ("src/explain/narrative/story.rs", "use crate::explain::findings::Severity;"),
        ("src/explain/views/json/ndjson.rs", "use crate::explain::{VERSION, views::View};"),
        ("src/explain/views/mod.rs", "use super::findings::Finding; mod tests { use super::*; }"),
        ("src/explain/pipeline.rs", "use super::{Inspector, View}; mod tests { use super::*; }"),
        ("src/explain/findings/tests/ladder.rs", "use crate::explain::views::Ladder;"),
        ("src/explain/mod.rs", "pub use views::Ladder;"),
        ("src/cli/watch.rs", "use crate::explain::LiveLadder;"),
    ] {
        assert_eq!(complaints(path, text), "", "{path}");
    }
    for (path, text, why) in [
        (
            "src/explain/findings/finding.rs",
            "\nuse crate::explain::views::ladder::span;",
            "src/explain/findings/finding.rs:2: findings uses views: it stands above",
        ),
        ("src/explain/text/mod.rs", "use super::narrative::story;", "text uses narrative: it stands above"),
        ("src/explain/narrative/story.rs", "use super::super::views::View;", "narrative uses views"),
        (
            "src/explain/views/feed/mod.rs",
            "use crate::explain::Finding;",
            "views uses Finding: name the floor",
        ),
        ("src/explain/held.rs", "", "this stands on no floor"),
    ] {
        assert!(complaints(path, text).contains(why), "{path}: {}", complaints(path, text));
    }
}
