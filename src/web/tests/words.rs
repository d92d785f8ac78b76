//! Every word of the pages stands in both languages, and is used.

use super::*;
use crate::accounts::{BadName, WeakPassword};
use crate::observe::{tcp, ws};

const WORDS: &str = include_str!("../common/words.js");
const ROW_WORDS: &str = include_str!("../rows/words.js");

type Table = BTreeMap<String, BTreeMap<String, String>>;

/// A table of words, by id and then by language.
fn table(script: &str) -> Table {
    let table = script.split_once("WORDS = ").unwrap().1.split_once("};").unwrap().0;
    let words: Table =
        serde_json::from_str(&format!("{table}}}")).expect("the table of words is strict JSON");
    let lines = table.lines().filter(|line| line.starts_with("  \"")).count();
    assert_eq!(lines, words.len(), "an id stands twice, or a word takes two lines");
    words
}

/// The placeholders `{name}` of a word.
fn blanks(word: &str) -> BTreeSet<&str> {
    word.split('{').skip(1).map(|rest| rest.split_once('}').expect("a blank ends").0).collect()
}

#[test]
fn both_languages_say_everything() {
    for (id, word) in table(WORDS).iter().chain(&table(ROW_WORDS)) {
        assert_eq!(word.keys().collect::<Vec<_>>(), ["en", "zh"], "{id}");
        assert!(word.values().all(|text| !text.trim().is_empty()), "{id}");
        assert_eq!(blanks(&word["en"]), blanks(&word["zh"]), "{id}");
    }
}

/// The names of these words behind this prefix.
fn family<'t>(words: &'t Table, prefix: &str) -> BTreeSet<&'t str> {
    words.keys().filter_map(|id| id.strip_prefix(prefix)).collect()
}

#[test]
fn the_rows_have_a_word_for_each_state() {
    let words = table(ROW_WORDS);
    let states: BTreeSet<_> = tcp::State::ALL.iter().map(|state| state.name()).collect();
    assert_eq!(family(&words, "tcp-state."), states);
    let states: BTreeSet<_> =
        ws::TRANSITIONS.iter().flat_map(|rule| [rule.from, rule.to]).map(ws::name).collect();
    assert_eq!(family(&words, "ws-state."), states);
}

/// A string in a script that has the shape of a word's id, `page.some-word`.
fn looks_like_an_id(text: &str) -> bool {
    let lower = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    text.split_once('.').is_some_and(|(page, word)| lower(page) && lower(word))
}

#[test]
fn each_word_is_used_and_each_word_used_exists() {
    let mut used = BTreeSet::new();
    let english = table(WORDS);
    for (path, page) in of_kind(Kind::Html).chain([("report", File::named("report/report.html").text)]) {
        for (tag, text) in tags(page) {
            for (_, id) in attributes(tag).into_iter().filter(|(name, _)| *name == "data-word") {
                // The page as sent already speaks English.
                assert_eq!(english.get(id).map(|word| word["en"].as_str()), Some(text), "{path}: {id}");
                used.insert(id);
            }
        }
    }
    let is_of_rows = |path: &str| path.starts_with("/assets/rows/");
    let scripts = of_kind(Kind::Script).chain([("report", File::named("report/report.js").text)]);
    for (_, script) in scripts.filter(|(path, _)| *path != "/assets/common/words.js" && !is_of_rows(path)) {
        let strings = script
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .flat_map(|line| line.split('"').skip(1).step_by(2));
        used.extend(strings.filter(|text| looks_like_an_id(text)));
    }
    assert_eq!(used, english.keys().map(String::as_str).collect::<BTreeSet<_>>());
}

#[test]
fn the_words_of_the_rows_are_used() {
    let scripts: String = of_kind(Kind::Script)
        .filter(|(path, _)| path.starts_with("/assets/rows/") && *path != "/assets/rows/words.js")
        .map(|(_, script)| script)
        .collect();
    let words = table(ROW_WORDS);
    let parts = ["error", "warning", "info", "client", "server"];
    for word in family(&words, "row.") {
        let is_made = parts.contains(&word) || word.starts_with("layer-");
        assert!(is_made || scripts.contains(&format!("row.{word}\"")), "row.{word}");
    }
    let strings = scripts.split('"').filter(|text| text.starts_with("row.") && !text.contains(' '));
    for id in strings {
        assert!(words.contains_key(id), "{id}");
    }
}

#[test]
fn each_refusal_of_a_name_or_password_has_words_in_both_languages() {
    let script = File::named("login/account_form.js").text;
    let (_, table) = script.split_once("REFUSALS = ").unwrap();
    let (table, _) = table.split_once("});").unwrap();
    // What it is called, our word, its field.
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split('"').collect()).collect();
    let names = [
        BadName::Empty,
        BadName::TooLong,
        BadName::SpaceAtEdge,
        BadName::DoubleSpace,
        BadName::Character('<'),
        BadName::Reserved,
    ];
    let passwords = [
        WeakPassword::TooShort,
        WeakPassword::TooLong,
        WeakPassword::IsName,
        WeakPassword::Repeated,
        WeakPassword::Common,
        WeakPassword::CommonWithTail,
    ];
    let names = names.iter().map(|it| (it.name(), "userName"));
    let reasons: Vec<_> = names.chain(passwords.iter().map(|it| (it.name(), "password"))).collect();
    assert_eq!(rows.len(), reasons.len());
    for (reason, field) in reasons {
        let fitting: Vec<_> = rows.iter().filter(|row| row[1] == reason).collect();
        let [row] = fitting[..] else { panic!("{reason}: {fitting:?}") };
        assert_eq!(row[5], field, "{reason}: {row:?}");
        assert!(WORDS.contains(&format!("\"{}\": {{", row[3])), "{}", row[3]);
    }
}
