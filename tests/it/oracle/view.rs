//! The facts of a capture as a flat list of names and values. Two lists are compared line by line.

use std::collections::BTreeMap;

use serde_json::Value;

/// By place, as `stream 0 packet 4 seq`, what stands there.
pub(super) type View = BTreeMap<String, String>;

/// Text as it is, all else as JSON spells it.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A list of words in one.
pub(super) fn words(value: &Value) -> String {
    list(value).iter().map(plain).collect::<Vec<_>>().join(" ")
}

pub(super) fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("no number: {value}"))
}

/// A frame, as far as its header and its Close body tell.
pub(super) struct Shown<'a> {
    pub(super) packet: u64,
    pub(super) fin: bool,
    pub(super) rsv: u64,
    pub(super) opcode: &'a str,
    pub(super) key: &'a Value,
    pub(super) length: u64,
    /// `1000 reason`, of a Close frame.
    pub(super) close: String,
}

impl Shown<'_> {
    pub(super) fn line(&self) -> String {
        let Self { packet, fin, rsv, opcode, key, length, close } = self;
        let key = key.as_str().unwrap_or("none");
        format!("ends in packet {packet}, fin {fin} rsv {rsv} {opcode}, key {key}, {length} bytes {close}")
            .trim_end()
            .to_owned()
    }
}

/// A difference between two views.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) place: String,
    pub(super) ours: String,
    pub(super) theirs: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { place, ours, theirs } = self;
        write!(f, "{place}\n    wirewalk: {ours}\n    tshark:   {theirs}")
    }
}

pub(super) fn differences(ours: &View, theirs: &View) -> Vec<Difference> {
    let mut places: Vec<_> = ours.keys().chain(theirs.keys()).collect();
    places.sort();
    places.dedup();
    let said = |view: &View, place| view.get(place).map_or("nothing", String::as_str).to_owned();
    let both = places.into_iter().filter(|place| ours.get(*place) != theirs.get(*place));
    both.map(|place| Difference {
        place: place.clone(),
        ours: said(ours, place),
        theirs: said(theirs, place),
    })
    .collect()
}

#[test]
fn differences_and_entries_of_one_side_are_reported() {
    let view = |pairs: &[(&str, &str)]| -> View {
        pairs.iter().map(|(place, said)| ((*place).to_owned(), (*said).to_owned())).collect()
    };
    let ours = view(&[("a", "1"), ("b", "2"), ("c", "3")]);
    assert_eq!(differences(&ours, &ours), []);
    let found = differences(&ours, &view(&[("a", "1"), ("b", "9"), ("d", "4")]));
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    let expected = ["b\n    wirewalk: 2\n    tshark:   9", "c\n    wirewalk: 3\n    tshark:   nothing"];
    assert_eq!(found[..2], expected);
    assert_eq!((found.len(), found[2].as_str()), (3, "d\n    wirewalk: nothing\n    tshark:   4"));
}
