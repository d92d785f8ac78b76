//! The keys by which names are compared: by spelling, and by look.

use unicode_normalization::UnicodeNormalization as _;
use unicode_security::confusable_detection::skeleton;

/// Rounds of [`fold`]; no character needs more, as the test shows.
const ROUNDS: usize = 4;

/// The key of a name: two names are the same when their keys are. It has neither case nor compatibility forms (NFKC),
/// and characters that look alike are one (the skeleton of UTS #39 §4): `аnn` with a Cyrillic `а`, `ａｎｎ` and `ANN`
/// have the key of `ann`; `0` is `o`, `1` is `l`.
///
/// A key is not text to show: it may be of a script that the name is not.
pub(super) fn fold(text: &str) -> String {
    let mut key = fold_case(&text.nfkc().collect::<String>());
    for _ in 0..ROUNDS {
        let alike: String = skeleton(&key).collect();
        let next = fold_case(&alike.nfkc().collect::<String>());
        if next == key {
            break;
        }
        key = next;
    }
    key
}

/// The key of what a name looks like as it is written. It differs from [`fold`] where capitals look like other letters
/// than their small ones do: `ΑΝΝ` in Greek looks like `ANN`, while `ανν` does not, and `Ian` may be read `lan`.
pub(super) fn fold_look(text: &str) -> String {
    let text: String = text.nfkc().collect();
    fold(&skeleton(&text).collect::<String>())
}

/// Removes case: lower, then upper, then lower again, as some letters meet only on the way (`ς` and `σ`, `ẞ` and
/// `ss`). Letter by letter, because `str::to_lowercase` looks at a sigma's place in the word.
pub(super) fn fold_case(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sameness_ignores_case_in_every_script() {
        for (one, other) in [
            ("ann", "ANN"),
            ("ÄÖÜ", "äöü"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("straße", "STRASSE"),
            ("ẞ", "ß"),
            ("Ж", "ж"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("ann"), fold("anna"));
    }

    #[test]
    fn what_looks_alike_is_the_same() {
        for (one, other) in [
            ("admin", "аdmіn"),
            ("ann", "ａｎｎ"),
            ("ann", "𝐚𝐧𝐧"),
            ("ann", "ɑnn"),
            ("paypal", "раураl"),
            ("user1", "userl"),
            ("b0b", "bob"),
            ("fi", "ﬁ"),
            ("x²", "x2"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        for (one, other) in [
            ("jürgen", "jurgen"),
            ("ella", "elia"),
            ("user1", "user2"),
            ("user10", "user11"),
            ("张三", "张二"),
            ("ан", "ah"),
            ("ann lee", "annlee"),
            ("a_b", "a-b"),
        ] {
            assert_ne!(fold(one), fold(other), "{one} {other}");
        }
    }

    #[test]
    fn capitals_look_like_others_than_their_small_letters() {
        for (one, other) in
            [("ΑΝΝ", "Ann"), ("ВОВ", "bob"), ("EIla", "Ella"), ("Ian", "lan"), ("аdmin", "admin")]
        {
            assert_eq!(fold_look(one), fold(other), "{one} {other}");
        }
        for name in ["ann", "Ann", "Jürgen", "张三", "ella"] {
            assert_eq!(fold_look(name), fold(name), "{name}");
        }
    }

    #[test]
    fn folding_is_the_same_from_either_case_and_twice() {
        // The Hangul fillers are blank, and in no name.
        let fillers = ['\u{115F}', '\u{1160}', '\u{3164}', '\u{FFA0}'];
        let letters =
            (char::MIN..=char::MAX).filter(|char| char.is_alphanumeric() && !fillers.contains(char));
        for char in letters {
            let text = char.to_string();
            let folded = fold(&text);
            assert_eq!(fold(&folded), folded, "{char:?} twice");
            assert_eq!(fold(&text.to_uppercase()), folded, "{char:?} upper");
            assert_eq!(fold(&text.to_lowercase()), folded, "{char:?} lower");
            assert!(!folded.is_empty() && !folded.contains('#'), "{char:?} {folded:?}");
        }
    }

    #[test]
    fn digits_stay_apart() {
        let keys: std::collections::HashSet<_> =
            (0..1000).map(|number| fold(&format!("user{number}"))).collect();
        assert_eq!(keys.len(), 1000);
    }
}
