//! Agreement in English: of the noun behind a number with it, and of the verb in a clause that begins with a number.

/// Nouns that texts count, plural and singular.
const NOUNS: [(&str, &str); 15] = [
    (" packets", " packet"),
    (" bytes", " byte"),
    (" frames", " frame"),
    (" messages", " message"),
    (" connections", " connection"),
    (" fragments", " fragment"),
    (" segments", " segment"),
    (" pings", " ping"),
    (" retransmissions", " retransmission"),
    (" times", " time"),
    (" findings", " finding"),
    (" lines", " line"),
    (" arrows", " arrow"),
    (" ACKs", " ACK"),
    (" B", " B"),
];

/// Words between a number and its noun.
const ADJECTIVES: [&str; 3] = [" more", " later", " other"];

/// Verbs, plural and singular.
const VERBS: [(&str, &str); 4] =
    [(" were ", " was "), (" are ", " is "), (" have ", " has "), (" do ", " does ")];

/// Characters behind which a clause begins.
const CLAUSE_ENDS: [char; 7] = [',', ';', ':', '.', '(', ')', '–'];

/// The count and its noun: "1 packet", "2 packets". The noun comes in the plural.
#[must_use]
pub fn counted(count: u64, noun: &str) -> String {
    super::template::fill(&format!("{{count}} {noun}"), |_| Some(count))
}

/// What stands before the noun that a text begins with, the noun in the singular, and what follows.
pub(super) fn singular(text: &str) -> Option<(&str, &'static str, &str)> {
    let adjective = ADJECTIVES.into_iter().find(|adjective| text.starts_with(adjective)).unwrap_or_default();
    let (adjective, text) = text.split_at(adjective.len());
    NOUNS.iter().find_map(|(plural, singular)| {
        let after = text.strip_prefix(plural)?;
        let is_whole = !after.starts_with(|next: char| next.is_ascii_alphanumeric());
        is_whole.then_some((adjective, *singular, after))
    })
}

/// Returns `true` for a value that is one of something: `1 B`.
pub(super) fn is_one_of_noun(value: &str) -> bool {
    value.strip_prefix('1').is_some_and(|noun| NOUNS.iter().any(|(_, singular)| *singular == noun))
}

/// Returns `true` if a number behind this text would be the subject of a clause.
pub(super) fn begins_clause(before: &str) -> bool {
    let before = before.trim_end();
    let before = before.strip_suffix("the").unwrap_or(before).trim_end();
    before.is_empty() || before.ends_with(CLAUSE_ENDS) || before.ends_with(" and")
}

/// Writes text behind a subject in the singular, and its verb so that it agrees; `true` if the verb is still to come.
pub(super) fn push_agreeing(text: &str, to: &mut String) -> bool {
    let end = text.find(CLAUSE_ENDS);
    let clause = &text[..end.unwrap_or(text.len())];
    let verbs = VERBS.iter().filter_map(|verb| Some((clause.find(verb.0)?, verb)));
    let Some((place, (plural, singular))) = verbs.min_by_key(|(place, _)| *place) else {
        to.push_str(text);
        return end.is_none();
    };
    to.push_str(&text[..place]);
    to.push_str(singular);
    to.push_str(&text[place + plural.len()..]);
    false
}

/// A text with `count` for each placeholder but those of who it is about.
#[cfg(test)]
pub(in crate::explain) fn with_counts(template: &str, count: &str) -> String {
    let is_side = |name: &str| ["side", "peer", "near", "far", "sender"].contains(&name);
    super::template::fill(template, |name| Some(if is_side(name) { "the client" } else { count }))
}

/// The clause of a text that begins with 1 of something and goes on in the plural.
#[cfg(test)]
pub(in crate::explain) fn disagreement(text: &str) -> Option<&str> {
    text.split(CLAUSE_ENDS).map(str::trim).find(|clause| {
        let subject = clause.strip_prefix("and ").unwrap_or(clause);
        let subject = subject.strip_prefix("the ").unwrap_or(subject);
        let Some(rest) = subject.strip_prefix("1 ") else { return false };
        let mut words = rest.split(' ');
        let noun = words.find(|word| !["more", "later", "other", "of", "the", "1"].contains(word));
        let is_verb = |word: &str| ["was", "is", "has", "does"].contains(&word);
        let is_plural = noun.is_some_and(|noun| noun.len() > 2 && noun.ends_with('s') && !is_verb(noun));
        is_plural || words.any(|word| VERBS.iter().any(|(plural, _)| plural.trim() == word))
    })
}

#[cfg(test)]
mod tests {
    use super::super::template::fill;
    use super::*;

    fn filled(template: &str, number: &str) -> String {
        fill(template, |_| Some(number.to_owned()))
    }

    #[test]
    fn a_noun_agrees_with_its_number() {
        assert_eq!(filled("{n} packets, {n} bytes", "1"), "1 packet, 1 byte");
        assert_eq!(filled("{n} packets, {n} bytes", "21"), "21 packets, 21 bytes");
        assert_eq!(filled("packet {n} bytestring {n} timestamps", "1"), "packet 1 bytestring 1 timestamps");
        assert_eq!(filled("({n} times), {n} more frames", "1"), "(1 time), 1 more frame");
        assert_eq!(filled("{n} 个包", "1"), "1 个包");
        assert_eq!((counted(1, "packets"), counted(0, "packets")), ("1 packet".into(), "0 packets".into()));
    }

    #[test]
    fn a_verb_agrees_with_the_number_that_is_its_subject() {
        assert_eq!(
            filled("{n} packets of 5 are lost: they are gone", "1"),
            "1 packet of 5 is lost: they are gone"
        );
        assert_eq!(filled("{n} packets are lost, {n} bytes were", "2"), "2 packets are lost, 2 bytes were");
        assert_eq!(
            filled("cut; the {n} packets before were whole", "1"),
            "cut; the 1 packet before was whole"
        );
        assert_eq!(filled("cut, and {n} of it are missing", "1 B"), "cut, and 1 B of it is missing");
        assert_eq!(filled("{n} of the 9 packets have a mark", "1"), "1 of the 9 packets has a mark");
        let other = "the windows of {n} connections were given up";
        assert_eq!(filled(other, "1"), "the windows of 1 connection were given up", "it is not the subject");
        assert_eq!(filled("{n} packets, and frames are lost", "1"), "1 packet, and frames are lost");
    }

    #[test]
    fn disagreements_are_noticed() {
        for wrong in
            ["1 connection were lost", "lost: the 1 packet of it are", "1 packets", "so, and 1 B have"]
        {
            assert!(disagreement(wrong).is_some(), "{wrong}");
        }
        for right in ["1 connection was lost", "the windows of 1 connection were", "1 ms", "2 packets were"] {
            assert_eq!(disagreement(right), None);
        }
    }
}
