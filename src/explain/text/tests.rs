//! The tables, checked as a whole.

use super::{Comment, EventName, GlossaryEntry, Label, Language, Narrative};

/// Every id of every table, with its text in each language.
fn all() -> Vec<(String, &'static str, &'static str)> {
    fn of<W: std::fmt::Debug + Copy>(
        words: &[W],
        text: fn(W, Language) -> &'static str,
    ) -> impl Iterator<Item = (String, &'static str, &'static str)> {
        words
            .iter()
            .map(move |&word| (format!("{word:?}"), text(word, Language::En), text(word, Language::Zh)))
    }
    of(Label::ALL, Label::text)
        .chain(of(Narrative::ALL, Narrative::text))
        .chain(of(GlossaryEntry::ALL, GlossaryEntry::text))
        .chain(of(Comment::ALL, Comment::text))
        .chain(of(EventName::ALL, EventName::text))
        .collect()
}

#[test]
fn both_languages_take_the_same_values() {
    for (id, en, zh) in all() {
        assert!(!en.is_empty() && !zh.is_empty(), "{id} lacks a language");
        assert_eq!(places(en), places(zh), "{id}: {en} | {zh}");
    }
}

/// Which values a text takes.
fn places(text: &str) -> Vec<usize> {
    let mut next = 0..;
    let mut places: Vec<usize> = text
        .split('{')
        .skip(1)
        .map(|after| after.split('}').next().and_then(|it| it.parse().ok()).or_else(|| next.next()).unwrap())
        .collect();
    places.sort_unstable();
    places
}

/// What stays as it is in every language: names of protocols, of their fields and of their states, units, and what a
/// terminal or a browser calls by this name.
const TOKENS: &[&str] = &[
    "ACK",
    "API",
    "B",
    "Close",
    "DATA",
    "FIN",
    "GUID",
    "HTTP",
    "Linux",
    "MESSAGES",
    "MSL",
    "OPEN",
    "PSH",
    "RFC",
    "RST",
    "permessage",
    "deflate",
    "SHA",
    "SYN",
    "TCP",
    "TIME",
    "TLS",
    "UPGRADE",
    "Upgrade",
    "WAIT",
    "WS",
    "CLOSE",
    "WebSocket",
    "accept",
    "ack",
    "base",
    "i",
    "key",
    "mod",
    "seq",
    "ws",
    "CONNECTING",
    "CLOSING",
    "CLOSED",
    "mss",
    "win",
    "Sec",
    "Accept",
    "Key",
    "MASK",
    "RSV",
    "opcode",
    "X",
    "ping",
    "pong",
    "keep",
    "alive",
    "PDU",
    "S",
    "LISTEN",
    "ESTABLISHED",
];

/// The words of Latin letters in a text, without the places for values.
fn latin(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty())
}

#[test]
fn no_english_is_in_the_chinese() {
    for (id, en, zh) in all() {
        for word in latin(zh) {
            assert!(TOKENS.contains(&word), "{id}: {word:?} in {zh}");
        }
        // What holds no word of either language is a token or a number and may be the same.
        let is_worded = latin(en).any(|word| !TOKENS.contains(&word));
        assert!(!is_worded || zh.chars().any(|c| c > '\u{2E80}'), "{id}: {zh} is not Chinese");
    }
}

#[test]
fn values_take_their_places() {
    assert_eq!(Label::PartOf.fill(Language::En, &[&1448, &1, &3, &"TEXT"]), "1448 B, part 1 of 3 of TEXT");
    assert_eq!(Label::PartOf.fill(Language::Zh, &[&1448, &1, &3, &"TEXT"]), "1448 B，TEXT 的第 1/3 段");
}
