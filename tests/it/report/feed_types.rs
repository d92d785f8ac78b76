//! `src/web/types.d.ts`, by which the pages' scripts are checked, against what the feed writes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use wirewalk::wire::Side::{Client, Server};

use super::cut::write_cut;
use super::folds::write_acks;
use super::heads::write_tunnelled;
use super::{committed, explain, masked, objects, opened, write_talk};
use crate::support::temp::TempDir;

/// The types of objects that stand in others: the type around them, where in it (`*` is each of a list), their own type.
const INNER: [(&str, &[&str], &str); 12] = [
    ("Fields", &["fields", "*"], "FieldText"),
    ("Connection", &["client"], "Address"),
    ("Coverage", &["client", "*"], "CoveredRange"),
    ("Close", &["verdict"], "Verdict"),
    ("Bytes", &["states", "*"], "State"),
    ("Bytes", &["grids", "*"], "Grid"),
    ("Bytes", &["accept"], "Accept"),
    ("File", &["notes", "*"], "Note"),
    ("Finding", &[], "Note"),
    ("Finding", &["zh"], "Words"),
    ("Notes", &["en", "*"], "Words"),
    ("Note", &[], "Words"),
];

/// Types that are not counted: a text in both languages, and lines that only the live feed has.
const ELSEWHERE: [&str; 3] = ["Both", "News", "Announcement"];

/// What a type says of a field.
#[derive(Debug, PartialEq, Eq)]
enum Presence {
    Always,
    Sometimes,
    Never,
}

/// The text without its comments.
fn without_comments(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.starts_with("/*"));
    lines.collect::<Vec<_>>().join(" ")
}

/// The fields of each type that is written as `{ name: type, name?: type }`.
fn declared(text: &str) -> BTreeMap<String, Vec<(String, Presence)>> {
    let text = without_comments(text);
    let mut types = BTreeMap::new();
    for keyword in ["interface ", "type "] {
        for declaration in text.split(&format!(" {keyword}")).skip(1) {
            let name: String = declaration.chars().take_while(char::is_ascii_alphanumeric).collect();
            let rest = &declaration[name.len()..];
            let Some((before, body)) = rest.split_once('{') else { continue };
            if before.trim() == "=" || keyword == "interface " {
                types.insert(name, fields(body));
            }
        }
    }
    types
}

/// The fields of a body, up to the brace that ends it.
fn fields(body: &str) -> Vec<(String, Presence)> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for character in body.chars() {
        match character {
            '}' if depth == 0 => break,
            '{' | '[' | '<' | '(' => depth += 1,
            '}' | ']' | '>' | ')' => depth -= 1,
            _ => {}
        }
        match character {
            ',' if depth == 0 => parts.push(String::new()),
            other => parts.last_mut().unwrap().push(other),
        }
    }
    let fields = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    fields
        .map(|part| {
            let (name, of) = part.split_once(':').unwrap_or_else(|| panic!("{part}"));
            let presence = match (name.strip_suffix('?'), of.trim()) {
                (Some(_), "undefined") => Presence::Never,
                (Some(_), _) => Presence::Sometimes,
                (None, _) => Presence::Always,
            };
            (name.trim_end_matches('?').to_owned(), presence)
        })
        .collect()
}

/// What stands at a place in an object; nothing where it is left out.
fn values<'v>(object: &'v Value, place: &[&str]) -> Vec<&'v Value> {
    match place {
        [] => vec![object],
        ["*", rest @ ..] => object.as_array().unwrap().iter().flat_map(|value| values(value, rest)).collect(),
        [name, rest @ ..] => object.get(name).into_iter().flat_map(|value| values(value, rest)).collect(),
    }
}

/// How often each field was in the objects of a type.
#[derive(Default)]
struct Seen {
    objects: u64,
    fields: BTreeMap<String, u64>,
}

/// Counts the fields of an object of this type, and of those in it.
fn count(name: &str, object: &Value, seen: &mut BTreeMap<String, Seen>) {
    let of_type = seen.entry(name.to_owned()).or_default();
    of_type.objects += 1;
    for field in object.as_object().unwrap_or_else(|| panic!("{name}: {object}")).keys() {
        *of_type.fields.entry(field.clone()).or_default() += 1;
    }
    for (_, place, inner) in INNER.iter().filter(|(outer, ..)| *outer == name) {
        for value in values(object, place).into_iter().filter(|value| !value.is_null()) {
            count(inner, value, seen);
        }
    }
}

/// A frame that the capture ends within.
fn write_unfinished(path: &Path) {
    let frame = masked(0x82, &[7; 300]);
    opened(1460).write(Client, &frame[..100]).save(path);
}

/// A packet of the client is missing.
fn write_gap(path: &Path) {
    let mut script = opened(1460);
    script.write(Client, &masked(0x81, b"lost"));
    script.packets.pop();
    script.write(Client, &masked(0x81, b"here")).ack(Server).save(path);
}

/// A capture without packets: there is a note about the file.
fn write_empty(path: &Path) {
    let mut script = opened(1460);
    script.packets.clear();
    script.save(path);
}

#[test]
fn the_types_of_the_scripts_are_those_of_the_feed() {
    let text = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/types.d.ts");
    let text = fs::read_to_string(text).unwrap();
    let declared = declared(&text);
    let dir = TempDir::new();
    let made = ["talk", "cut", "acks", "unfinished", "gap", "empty", "tunnelled"]
        .map(|name| dir.join(&format!("{name}.pcapng")));
    let [talk, cut, acks, unfinished, gap, empty, tunnelled] = &made;
    write_talk(talk);
    write_cut(cut);
    write_acks(acks);
    write_unfinished(unfinished);
    write_gap(gap);
    write_empty(empty);
    write_tunnelled(tunnelled);
    let mut seen = BTreeMap::new();
    let mut tags = BTreeSet::new();
    // All fields are somewhere in these.
    for capture in committed().into_iter().chain(made) {
        for object in objects(&explain(&capture, &["--html"])) {
            let tag = object["type"].as_str().unwrap();
            tags.insert(tag.to_owned());
            // `message` has no name: the pages leave it out.
            let name = tag[..1].to_uppercase() + &tag[1..];
            if declared.contains_key(&name) {
                count(&name, &object, &mut seen);
            }
        }
    }
    for tag in tags {
        assert!(text.contains(&format!("type: \"{tag}\"")), "no type is of {tag}");
    }
    assert!(declared.len() > 15, "{:?}", declared.keys());
    for (name, fields) in declared.iter().filter(|(name, _)| !ELSEWHERE.contains(&name.as_str())) {
        let Seen { objects, fields: found } = seen.get(name).unwrap_or_else(|| panic!("{name} was not seen"));
        for (field, presence) in fields {
            let found = found.get(field).copied().unwrap_or_default();
            let is = match found {
                0 => Presence::Never,
                _ if found == *objects => Presence::Always,
                _ => Presence::Sometimes,
            };
            assert_eq!(is, *presence, "{name}.{field}: in {found} of {objects}");
        }
    }
}
