//! The tables, checked as a whole.

use super::agreement::{disagreement, with_counts};
use super::template::{fill, have_same_names};
use super::{AnnouncementText, Comment, EventName, FieldValue, GlossaryEntry, Label, Language, Narrative};
use crate::observe::Marks;

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
        .chain(of(AnnouncementText::ALL, AnnouncementText::text))
        .chain(of(GlossaryEntry::ALL, GlossaryEntry::text))
        .chain(of(Comment::ALL, Comment::text))
        .chain(of(EventName::ALL, EventName::text))
        .chain(of(FieldValue::ALL, FieldValue::text))
        .collect()
}

#[test]
fn each_text_is_there_in_both_languages_with_the_same_placeholders() {
    for (id, en, zh) in all() {
        assert!(!en.is_empty() && !zh.is_empty(), "{id} lacks a language");
        assert!(have_same_names(en, zh), "{id}: {en} | {zh}");
    }
}

#[test]
fn a_verb_agrees_with_its_number() {
    for (id, en, _) in all() {
        for one in ["1", "1 B"] {
            let filled = with_counts(en, one);
            assert_eq!(disagreement(&filled), None, "{id}: {filled}");
        }
        let two =
            en.split('{').map(|part| part.split_once('}').map_or(part.into(), |(_, it)| format!("2{it}")));
        assert_eq!(fill(en, |_| Some(2)), two.collect::<String>(), "{id}: two are as the text says");
    }
}

#[test]
fn each_mark_has_a_name_of_its_own() {
    let marks: Vec<_> = EventName::OF_MARKS.iter().map(|(mark, _)| *mark).collect();
    let all: Vec<_> = Marks::NAMES.iter().map(|(mark, _)| *mark).collect();
    assert_eq!(marks, all, "each mark once, in the order of the bits");
    for (place, (mark, name)) in EventName::OF_MARKS.iter().enumerate() {
        assert!(EventName::OF_MARKS[..place].iter().all(|(_, other)| other != name), "{mark}");
    }
}

/// Tokens that no language translates: names of protocols, of their fields and states, units, and what a terminal or a
/// browser calls by this name.
const TOKENS: &[&str] = &[
    "ACK",
    "API",
    "B",
    "CONNECT",
    "Close",
    "DATA",
    "FIN",
    "GET",
    "GUID",
    "HTTP",
    "Linux",
    "MESSAGES",
    "MSL",
    "OPEN",
    "PSH",
    "PROXY",
    "RFC",
    "RST",
    "permessage",
    "deflate",
    "SHA",
    "SOCKS",
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
    "websocket",
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
    "KiB",
    "MASK",
    "RSV",
    "opcode",
    "X",
    "ping",
    "pong",
    "keep",
    "alive",
    "PDU",
    "Ping",
    "Pong",
    "S",
    "LISTEN",
    "ESTABLISHED",
    "max",
    "memory",
    "stream",
    "Ping",
    "Pong",
    "UTF",
    "x",
    "xA",
    "UTC",
    "N",
    "filter",
    "severity",
    "warning",
    "o",
    "FILE",
    "txt",
];

/// The words of Latin letters in a text, its placeholders left out.
fn latin(text: &str) -> impl Iterator<Item = &str> {
    let literals = text.split('{').enumerate().map(|(place, part)| match (place, part.split_once('}')) {
        (1.., Some((_, literal))) => literal,
        _ => part,
    });
    literals
        .flat_map(|literal| literal.split(|c: char| !c.is_ascii_alphabetic()))
        .filter(|word| !word.is_empty())
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
fn values_stand_where_each_language_names_them() {
    assert_eq!(Label::PartOf.fill(Language::En, &[&1448, &1, &3, &"TEXT"]), "1448 B, part 1 of 3 of TEXT");
    assert_eq!(Label::PartOf.fill(Language::Zh, &[&1448, &1, &3, &"TEXT"]), "1448 B，TEXT 的第 1/3 段");
}
