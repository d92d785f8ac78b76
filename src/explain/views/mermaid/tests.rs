//! The diagram, as renderers take it.

use super::{Language, Mermaid, TEXT, escaped};
use crate::explain::testing::{ObservedCapture, chatter, opened_and_reset};

fn printed(capture: &ObservedCapture, language: Language) -> String {
    let mut out = Vec::new();
    capture.show(&mut Mermaid::new(&mut out, language));
    String::from_utf8(out).unwrap()
}

#[test]
fn a_connection_is_drawn() {
    let text = printed(&opened_and_reset(), Language::En);
    let begin = "sequenceDiagram\n    autonumber\n    participant C0 as CLIENT 10.0.0.1:50000\n";
    assert!(text.starts_with(begin), "{text}");
    for line in [
        "Note over C0,S0: CLOSED / LISTEN",
        "C0->>S0: SYN seq=0 mss=1460 ws=128 win=64240",
        "C0-->>S0: ACK seq=1 ack=1",
        "Note over C0,S0: ESTABLISHED / ESTABLISHED",
        "Note over C0,S0: ESTABLISHED / ESTABLISHED · ws OPEN / ws OPEN",
        "C0->>S0: GET /ws  Upgrade: websocket",
        "Note over C0,S0: ⋮ 58.9 s silence ⋮",
        "S0-xC0: ╳RST,ACK seq=91 ack=121",
    ] {
        assert!(text.lines().any(|it| it.trim() == line), "{line}\n{text}");
    }
    let count = |word: &str| text.lines().filter(|line| line.trim().starts_with(word)).count();
    assert_eq!(count("rect "), count("end"));
    assert!(printed(&opened_and_reset(), Language::Zh).contains("⋮ 静默 58.9 s ⋮"));
}

#[test]
fn frames_have_their_own_arrow() {
    let text = printed(&chatter(3), Language::En);
    assert!(text.contains("    C0-)S0: TEXT \"message 0\" 9 B masked\n"), "{text}");
    assert!(text.contains("    S0-)C0: CLOSE 1000 \"bye#59; #lt;b#gt; \" 11 B\n"), "{text}");
}

#[test]
fn arrows_and_connections_over_the_limit_are_counted() {
    let text = printed(&chatter(1000), Language::En);
    assert!(text.len() < TEXT, "{}", text.len());
    assert!(text.contains("… 1833 frames folded"), "{text}");
    assert!(text.contains("CLOSE 1000"), "the end is there: {text}");
}

#[test]
fn labels_end_no_statement() {
    assert_eq!(escaped("a;b#c\n<d>&"), "a#59;b#35;c#92;n#lt;d#gt;#amp;");
    assert_eq!(escaped("%%{init} $$x$$"), "#37;#37;{init} #36;#36;x#36;#36;");
    assert_eq!(escaped("a\0|b"), "a#92;u{0}#124;b");
    assert!(escaped(&"x".repeat(100)).chars().count() <= 60);
}

#[test]
fn no_hostile_character_is_left_in_a_label() {
    for hostile in "\0\u{7}\u{1b}\r\n\u{2028}\u{202e}\u{feff}|;#<>&%$\\".chars() {
        let label = escaped(&format!("a{hostile}b"));
        let between = label.strip_prefix('a').and_then(|it| it.strip_suffix('b')).unwrap();
        assert!(between.starts_with('#'), "{label}");
        // What is left without the entities, `#name;`.
        let mut left =
            between.split('#').flat_map(|part| part.split_once(';').map_or(part, |(_, rest)| rest).chars());
        assert!(left.all(|it| it.is_ascii_alphanumeric() || "{}".contains(it)), "{label}");
    }
}
