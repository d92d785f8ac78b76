//! Each id of the catalogue: provoked, found, and found of the right side; and what must not be found.

mod bytes;
mod comments;
mod provoked;
mod script;
mod silent;
mod words;

use super::catalogue;
use super::entry::{Entry, Localized};

fn entries() -> impl Iterator<Item = &'static Entry> {
    catalogue::ALL.iter().flat_map(|family| family.iter().copied())
}

#[test]
fn each_id_stands_once_and_says_all_in_both_languages() {
    let mut ids = std::collections::HashSet::new();
    for entry in entries() {
        assert!(ids.insert(entry.id), "{} twice", entry.id);
        for both in [entry.fact, entry.inference, entry.confirm] {
            check(entry.id, both);
        }
    }
    for phrase in catalogue::phrases() {
        check("phrase", phrase);
    }
}

fn check(id: &str, both: Localized) {
    let Localized(en, zh) = both;
    assert!(!en.is_empty() && places(en).iter().all(|place| places(zh).contains(place)), "{id}: {en} | {zh}");
    assert_eq!(places(en), places(zh), "{id}: {en} | {zh}");
    let is_worded = en.split('{').any(|part| part.split('}').next_back().is_some_and(|it| it.len() > 3));
    assert!(!is_worded || zh.chars().any(|c| c > '\u{2E80}'), "{id}: {zh} is not Chinese");
    assert!(!en.chars().any(|c| c > '\u{2E80}'), "{id}: {en} is not English");
}

/// Which values a text takes, each once.
fn places(text: &str) -> Vec<usize> {
    let place = |after: &str| after.split('}').next().and_then(|it| it.parse().ok());
    let mut places: Vec<usize> = text.split('{').skip(1).filter_map(place).collect();
    places.sort_unstable();
    places.dedup();
    places
}
