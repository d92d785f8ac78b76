//! `src/web/types.d.ts` against the feed: it names the fields that the feed writes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;
use wirewalk::wire::Side::Client;

use super::cut::write_cut;
use super::folds::write_acks;
use super::{committed, explain, masked, objects, opened};
use crate::support::temp::TempDir;
use crate::tidy::root;

/// Names of the fields of an object type, and whether each is optional.
type Fields = BTreeMap<String, bool>;

/// An object type, the JSON pointers to its objects from a line of the feed, and whether it names all of their fields.
///
/// In a pointer, `*` stands for each item of a list.
type Place = (&'static str, &'static [&'static str], bool);

/// Types of parts of a line. Types of whole lines are known by their `type`.
const PARTS: &[Place] = &[
    ("Address", &["/client", "/server"], true),
    ("State", &["/states/*"], true),
    ("Grid", &["/grids/*"], true),
    ("Accept", &["/accept"], true),
    ("Words", &["/en/*", "/zh/*", "/zh"], true),
    ("Note", &["/notes/*"], false),
    ("Both", &["/silence", "/begins", "/labels/*/1", "/labels/*/2", "/marks/*", "/events/*"], true),
];

/// Lines of which the types name all fields: of others, those that the scripts touch.
const OF_THE_FEED: &[&str] = &["labels", "story", "notes"];

fn without_comments(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        code.push_str(before);
        rest = comment.split_once("*/").expect("the end of a comment").1;
    }
    code.push_str(rest);
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Parts of a text between commas that stand in no brackets.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut parts) = (0, 0, Vec::new());
    for (at, char) in text.char_indices() {
        match char {
            '{' | '[' | '<' | '(' => depth += 1,
            '}' | ']' | '>' | ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[begin..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The text between the brace that it begins with and the one that closes it.
fn braced(text: &str) -> &str {
    let mut depth = 0;
    let is_end = |char: char| {
        depth += i32::from(char == '{') - i32::from(char == '}');
        depth == 0
    };
    &text[1..text.find(is_end).expect("a closing brace")]
}

/// Object types of the declarations by their names, and the names of lines by their `type`.
fn declared() -> (BTreeMap<String, Fields>, BTreeMap<String, String>) {
    let text = without_comments(&fs::read_to_string(root().join("src/web/types.d.ts")).unwrap());
    let (mut types, mut lines) = (BTreeMap::<String, Fields>::new(), BTreeMap::new());
    for (at, keyword) in text.match_indices("type ").chain(text.match_indices("interface ")) {
        let head = &text[at + keyword.len()..];
        // Events of the live feed, of which each has a field or two, are one of several.
        let (head, body) = head.split_at(head.find('{').unwrap_or(head.len()));
        let words: Vec<_> = head.split_whitespace().collect();
        let (name, base) = match words.as_slice() {
            [name] | [name, "="] => (*name, None),
            [name, "extends", base] => (*name, Some(*base)),
            _ => continue,
        };
        let mut fields = base.map_or_else(Fields::new, |base| types[base].clone());
        let inside = braced(body);
        if body[inside.len() + 2..].trim_start().starts_with('|') {
            continue;
        }
        for field in parts(inside) {
            let (field, what) = field.split_once(':').expect("a name and a type");
            if what.trim() == "undefined" {
                continue;
            }
            if field == "type" {
                lines.insert(what.trim().trim_matches('"').to_owned(), name.to_owned());
            }
            fields.insert(field.trim_end_matches('?').to_owned(), field.ends_with('?'));
        }
        types.insert(name.to_owned(), fields);
    }
    (types, lines)
}

/// Objects at a pointer.
fn at<'v>(value: &'v Value, pointer: &str) -> Vec<&'v Value> {
    let steps = pointer.split('/').skip(1);
    let found = steps.fold(vec![value], |values, step| {
        let each = |value: &'v Value| -> Vec<&'v Value> {
            match (step, step.parse::<usize>()) {
                ("*", _) => value.as_array().into_iter().flatten().collect(),
                (_, Ok(index)) => value.get(index).into_iter().collect(),
                _ => value.get(step).into_iter().collect(),
            }
        };
        values.into_iter().flat_map(each).collect()
    });
    found.into_iter().filter(|it| it.is_object()).collect()
}

/// Fields that are in each object of a type, and in any.
#[derive(Debug)]
struct Seen {
    always: BTreeSet<String>,
    ever: BTreeSet<String>,
}

#[test]
fn the_types_of_the_scripts_name_the_fields_of_the_feed() {
    let (types, lines) = declared();
    assert!(types.len() > 15 && lines.len() > 10, "{types:?} {lines:?}");
    let mut seen: BTreeMap<&str, Seen> = BTreeMap::new();
    let mut note = |name, object: &Value| {
        let keys: BTreeSet<String> = object.as_object().unwrap().keys().cloned().collect();
        let seen = seen.entry(name).or_insert_with(|| Seen { always: keys.clone(), ever: keys.clone() });
        seen.always.retain(|key| keys.contains(key));
        seen.ever.extend(keys);
    };
    let dir = TempDir::new();
    let [cut, folded, unfinished, truncated] =
        ["cut", "folded", "unfinished", "truncated"].map(|name| dir.join(&format!("{name}.pcapng")));
    write_cut(&cut);
    write_acks(&folded);
    opened(1460).write(Client, &masked(0x82, &[7; 300])[..100]).save(&unfinished);
    // One with a note on the file.
    let bytes = fs::read(&cut).unwrap();
    fs::write(&truncated, &bytes[..bytes.len() - 30]).unwrap();
    for capture in committed().into_iter().chain([cut, folded, unfinished, truncated]) {
        for line in objects(&explain(&capture, &["--html"])) {
            if let Some(name) = lines.get(line["type"].as_str().unwrap()) {
                note(name, &line);
                // A finding is a note, with more.
                if name == "Finding" {
                    note("Note", &line);
                }
            }
            for (name, pointers, _) in PARTS {
                pointers.iter().flat_map(|pointer| at(&line, pointer)).for_each(|it| note(name, it));
            }
        }
    }
    let parts = PARTS.iter().map(|(name, _, is_whole)| (*name, *is_whole));
    let whole = lines.iter().map(|(kind, name)| (name.as_str(), OF_THE_FEED.contains(&kind.as_str())));
    for (name, is_whole) in parts.chain(whole) {
        let Some(Seen { always, ever }) = seen.get(name) else { panic!("no capture has a {name}") };
        for (field, is_optional) in &types[name] {
            let is_there = if *is_optional { ever } else { always }.contains(field);
            assert!(is_there, "types.d.ts: {name}.{field}: the feed has {always:?}, at times {ever:?}");
        }
        let unknown: Vec<_> = ever.iter().filter(|field| !types[name].contains_key(*field)).collect();
        assert!(!is_whole || unknown.is_empty(), "types.d.ts: {name} lacks {unknown:?}");
    }
}
