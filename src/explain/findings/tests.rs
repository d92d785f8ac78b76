//! Each entry of the catalogue: provoked and found with the right side at fault; and what must not be found.

mod bytes;
mod certainty;
mod comments;
mod compressed_messages;
mod provoked;
mod conversation;
mod not_found;
mod ladder;
mod verdict;

use super::catalogue::capture::CAPTURE_BEGINS_MIDWAY;
use super::catalogue::frames::NO_REPLY_TO_FRAGMENTS;
use super::entry::{CatalogueEntry, Family, Localized};
use super::{Finding, catalogue};
use crate::explain::text::Language;
use crate::explain::text::agreement::{disagreement, with_counts};
use crate::explain::text::template::fill;
use crate::wire::Side;

fn entries() -> impl Iterator<Item = &'static CatalogueEntry> {
    catalogue::ALL.iter().flat_map(|family| family.iter().copied())
}

#[test]
fn each_id_occurs_once_and_has_all_its_texts_in_both_languages() {
    let mut ids = std::collections::HashSet::new();
    for entry in entries() {
        assert!(ids.insert(entry.id), "{} twice", entry.id);
        for text in [entry.fact, entry.inference, entry.confirm] {
            check_languages(entry.id, text);
        }
        for alternative in entry.alternatives {
            assert!(alternative.len() > 3 && alternative.is_ascii(), "{}: {alternative:?}", entry.id);
        }
    }
    for phrase in catalogue::phrases() {
        check_languages("phrase", phrase);
    }
}

#[test]
fn a_verb_agrees_with_its_number() {
    let of_entry =
        |entry: &CatalogueEntry| [entry.fact, entry.inference, entry.confirm].map(|it| (entry.id, it));
    let phrases = catalogue::phrases().map(|phrase| ("phrase", phrase));
    for (id, text) in entries().flat_map(of_entry).chain(phrases) {
        let text = text.text(Language::En);
        let one = with_counts(text, "1");
        assert_eq!(disagreement(&one), None, "{id}: {one}");
        let two =
            text.split('{').map(|part| part.split_once('}').map_or(part.into(), |(_, it)| format!("2{it}")));
        assert_eq!(fill(text, |_| Some(2)), two.collect::<String>(), "{id}: two are as the text says");
    }
}

/// That the placeholders are the same is checked by the compiler.
fn check_languages(id: &str, text: Localized) {
    let (en, zh) = (text.text(Language::En), text.text(Language::Zh));
    assert!(!en.is_empty() && !zh.is_empty(), "{id}: {en} | {zh}");
    let is_worded = en.split('{').any(|part| part.split('}').next_back().is_some_and(|it| it.len() > 3));
    assert!(!is_worded || zh.chars().any(|c| c > '\u{2E80}'), "{id}: {zh} is not Chinese");
    assert!(!en.chars().any(|c| c > '\u{2E80}'), "{id}: {en} is not English");
}

#[test]
fn each_family_has_the_letter_of_its_ids() {
    for entry in entries() {
        let letter = match entry.family {
            Family::Capture => 'X',
            Family::Tcp => 'T',
            Family::Opening => 'H',
            Family::Frames => 'F',
            Family::Compression => 'Z',
            Family::Closing => 'C',
            Family::Liveness => 'L',
        };
        assert!(entry.id.starts_with(letter), "{} is not of its family", entry.id);
    }
}

#[test]
fn a_placeholder_without_a_value_and_a_value_without_a_placeholder_are_noticed() {
    let finding = || Finding::new(&CAPTURE_BEGINS_MIDWAY, 1).with("port", 80);
    assert_eq!(finding().with("packet", 1).check_values(), Ok(()));
    for (wrong, why) in [
        (finding(), "X04 needs one value for {packet}"),
        (finding().with("packet", 1).with("packet", 2), "X04 needs one value for {packet}"),
        (finding().with("packet", 1).with("side", Side::Client), "X04 has no place for {side}"),
        (finding().with("packet", NO_REPLY_TO_FRAGMENTS), "X04: the phrase for {packet} has placeholders"),
    ] {
        assert_eq!(wrong.check_values(), Err(why.to_owned()));
    }
}
