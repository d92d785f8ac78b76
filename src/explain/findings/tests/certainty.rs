//! Certainty of inferences: nothing is Certain about motives, code or machines that no packet shows, and nothing is Likely
//! without the alternatives that its rule tests.

use super::entries;
use crate::explain::findings::Finding;
use crate::explain::findings::entry::{CatalogueEntry, Certainty};
use crate::explain::text::Language;

/// Words for what no capture shows: someone's purpose, the code of an end, and machines that are neither end.
const GUESSES: &[&str] = &[
    // Purpose.
    "attack",
    "attacker",
    "deliberately",
    "intends",
    "intended",
    "on purpose",
    "wants to",
    "user",
    "users",
    // Code.
    "app",
    "application",
    "applications",
    "bug",
    "busy",
    "crash",
    "crashed",
    "framework",
    "handler",
    "handlers",
    "libraries",
    "library",
    "lock",
    "loop",
    "middleware",
    "program",
    "programs",
    "software",
    "stuck",
    "task",
    "tasks",
    "thread",
    "threads",
    "writer",
    "writers",
    // Machines.
    "browser",
    "browsers",
    "cache",
    "firewall",
    "firewalls",
    "gateway",
    "host is",
    "host of",
    "load balancer",
    "load balancers",
    "machine",
    "middlebox",
    "middleboxes",
    "nat",
    "on the way",
    "pool",
    "proxies",
    "proxy",
    "rebooted",
    "restart",
    "restarted",
    "slept",
];

/// Contexts in which such a word is no guess, each with its warrant.
const WARRANTED: &[(&str, &str)] = &[
    ("does not show whether", "says what is not known"),
    ("1012: the service restarts", "IANA's registry of close codes"),
    ("1014: a gateway", "IANA's registry of close codes"),
    ("only the application knows", "RFC 6455 §7.4.2: 4000 to 4999 are private"),
    ("is for libraries and frameworks", "RFC 6455 §7.4.2: 3000 to 3999"),
    ("only the library that sent it knows", "RFC 6455 §7.4.2: 3000 to 3999"),
];

/// Entries that do not keep these rules yet.
const EXCEPTIONS: &[&str] = &[];

/// The first guess in an English inference.
fn guess_in(inference: &str) -> Option<&'static str> {
    let clause = |clause: &str| {
        let lower = WARRANTED.iter().fold(clause.to_lowercase(), |text, (context, _)| {
            if text.contains(context) { String::new() } else { text }
        });
        let words: Vec<_> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let text = format!(" {} ", words.join(" "));
        GUESSES.iter().copied().find(|guess| text.contains(&format!(" {guess} ")))
    };
    inference.split([';', '.']).find_map(clause)
}

/// Checks what a finding says, with the values and phrases of its case.
pub(super) fn check(finding: &Finding) {
    let text = finding.render(Language::En).inference.unwrap_or_default();
    let id = finding.id();
    if EXCEPTIONS.contains(&id) {
        return;
    }
    match finding.certainty() {
        Certainty::Certain => assert_eq!(guess_in(&text), None, "{id} is certain of a guess: {text}"),
        Certainty::Likely => {
            assert!(!finding.entry().alternatives.is_empty(), "{id} tests no alternative: {text}");
        }
        Certainty::Possible => {}
    }
}

fn entries_of(certainty: Certainty) -> impl Iterator<Item = &'static CatalogueEntry> {
    entries().filter(move |entry| entry.certainty == certainty && !EXCEPTIONS.contains(&entry.id))
}

#[test]
fn nothing_about_motives_code_or_machines_outside_the_capture_is_certain() {
    for entry in entries_of(Certainty::Certain) {
        let text = entry.inference.text(Language::En);
        assert_eq!(guess_in(text), None, "{} is certain of a guess: {text}", entry.id);
    }
}

#[test]
fn each_likely_entry_names_the_alternatives_that_its_rule_tests() {
    for entry in entries_of(Certainty::Likely) {
        assert!(!entry.alternatives.is_empty(), "{} tests no alternative", entry.id);
    }
}

#[test]
fn a_planted_guess_is_noticed() {
    for (planted, guess) in [
        ("the software writes two frames at once", "software"),
        ("two writers: their messages are mixed", "writers"),
        ("the server's loop is stuck", "loop"),
        ("a NAT forgot the connection", "nat"),
        ("the header is gone; a proxy took it out", "proxy"),
        ("the RST comes from something on the way", "on the way"),
        ("the capture does not show whether it came; the browser closed it", "browser"),
    ] {
        assert_eq!(guess_in(planted), Some(guess), "{planted}");
    }
    for right in [
        "a client must fail the connection",
        "the capture does not show whether the server or a proxy left it out",
        "4000 to 4999: private, only the application knows",
    ] {
        assert_eq!(guess_in(right), None, "{right}");
    }
}
