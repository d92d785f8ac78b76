//! Passwords refused as too easy to guess.

use super::UserName;
use super::fold::{fold, fold_case};
use std::error::Error;
use std::fmt;

const MIN_CHARS: usize = 8;
pub(super) const MAX_BYTES: usize = 256;

/// Digits and signs that people put behind a word to satisfy a rule; more of them make a password.
const MAX_TAIL: usize = 4;

/// 26,000 words, 210 KB of the program. A list and not an estimate of entropy: zxcvbn brings a dozen crates, and takes
/// 0.7 s of a core for a password of 100 characters made to be slow, which anyone may send.
const LIST: &str = include_str!("common_passwords.txt");

/// The reason why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeakPassword {
    /// Fewer than 8 characters.
    TooShort,
    /// More than 256 bytes, which only makes work.
    TooLong,
    /// The user's name.
    IsName,
    /// One character over and over.
    Repeated,
    /// Among the first that anyone would try.
    Common,
    /// One of those, or a common word, with a few digits or signs behind it.
    CommonWithTail,
}

impl WeakPassword {
    /// The word for it, for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooShort => "password-short",
            Self::TooLong => "password-long",
            Self::IsName => "password-name",
            Self::Repeated => "password-repeated",
            Self::Common => "password-common",
            Self::CommonWithTail => "password-tail",
        }
    }
}

impl fmt::Display for WeakPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort => write!(f, "the password is shorter than {MIN_CHARS} characters"),
            Self::TooLong => write!(f, "the password is longer than {MAX_BYTES} bytes"),
            Self::IsName => f.write_str("the password is the name"),
            Self::Repeated => f.write_str("the password is one character repeated"),
            Self::Common => f.write_str("the password is among the commonest; take several words"),
            Self::CommonWithTail => f.write_str(
                "the password is a common one with digits or signs at its end; take several words",
            ),
        }
    }
}

impl Error for WeakPassword {}

/// Refuses what is too easy to guess as the password of `name`.
pub(super) fn check_strength(password: &str, name: &UserName) -> Result<(), WeakPassword> {
    if password.len() > MAX_BYTES {
        return Err(WeakPassword::TooLong);
    }
    if password.chars().count() < MIN_CHARS {
        return Err(WeakPassword::TooShort);
    }
    if password.chars().all(|char| password.starts_with(char)) {
        return Err(WeakPassword::Repeated);
    }
    if fold(password) == name.folded() {
        return Err(WeakPassword::IsName);
    }
    let word = fold_case(password);
    if is_common(&word) {
        return Err(WeakPassword::Common);
    }
    let stem = word.trim_end_matches(|char: char| !char.is_alphabetic());
    let tail = word[stem.len()..].chars().count();
    if (1..=MAX_TAIL).contains(&tail) && is_common(stem) {
        return Err(WeakPassword::CommonWithTail);
    }
    Ok(())
}

/// Returns `true` if the list has `word`, as it is or with digits and signs for letters (`p@ssw0rd`).
fn is_common(word: &str) -> bool {
    is_listed(word) || is_listed(&word.chars().map(letter).collect::<String>())
}

/// The letter that a digit or sign stands for.
fn letter(char: char) -> char {
    match char {
        '4' | '@' => 'a',
        '3' => 'e',
        '1' | '!' => 'i',
        '0' => 'o',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// Looks `word` up by halving: the lines are sorted by their bytes.
fn is_listed(word: &str) -> bool {
    let (_, list) = LIST.split_once("\n\n").expect("a preface, an empty line and the list");
    let (mut low, mut high) = (0, list.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let start = list[..middle].rfind('\n').map_or(0, |end| end + 1);
        let end = list[middle..].find('\n').map_or(list.len(), |len| middle + len);
        match list[start..end].cmp(word) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_each_kind_of_weak_password() {
        let name = UserName::parse("Änne Müller").unwrap();
        let longest = "p4".repeat(128);
        let too_long = format!("{longest}!");
        let rows = [
            ("", Err(WeakPassword::TooShort)),
            ("7 chars", Err(WeakPassword::TooShort)),
            ("密码密码密码密", Err(WeakPassword::TooShort)),
            ("密码密码密码密码", Ok(())),
            (&longest, Ok(())),
            (&too_long, Err(WeakPassword::TooLong)),
            ("Änne Müller", Err(WeakPassword::IsName)),
            ("äNNE mÜLLER", Err(WeakPassword::IsName)),
            ("Änne Müllers", Ok(())),
            ("aaaaaaaa", Err(WeakPassword::Repeated)),
            ("        ", Err(WeakPassword::Repeated)),
            ("ééééééééé", Err(WeakPassword::Repeated)),
            ("12345678", Err(WeakPassword::Common)),
            ("PassWord", Err(WeakPassword::Common)),
            ("P@ssw0rd", Err(WeakPassword::Common)),
            ("trustno1", Err(WeakPassword::Common)),
            ("woaini1314", Err(WeakPassword::Common)),
            ("Jennifer", Err(WeakPassword::Common)),
            ("19850101", Err(WeakPassword::Common)),
            ("Passw0rd!", Err(WeakPassword::CommonWithTail)),
            ("Summer2024", Err(WeakPassword::CommonWithTail)),
            ("letmein99", Err(WeakPassword::CommonWithTail)),
            ("wirewalk1", Err(WeakPassword::CommonWithTail)),
            ("summer20241", Ok(())),
            ("correct horse", Ok(())),
            ("zq7-fjw.kd", Ok(())),
        ];
        for (password, expected) in rows {
            assert_eq!(check_strength(password, &name), expected, "{password:.40}");
        }
    }

    #[test]
    fn each_line_of_the_list_is_found_and_nothing_between() {
        let (_, list) = LIST.split_once("\n\n").unwrap();
        let words: Vec<_> = list.lines().collect();
        assert!(words.len() > 25_000 && words.is_sorted());
        for word in words {
            assert!(is_listed(word), "{word}");
            assert_eq!(fold_case(word), word);
            assert!(!is_listed(&format!("{word}\n")) && !is_listed(&format!("{word}\u{1}")), "{word}");
        }
        for word in ["", "\n", "\u{0}", "zzzzzzzzzzzzz", "密码", "🦀🦀🦀🦀", "1234\n12345"] {
            assert!(!is_listed(word), "{word}");
        }
    }

    #[test]
    fn the_commonest_of_eight_characters_are_refused() {
        let name = UserName::parse("ann").unwrap();
        for password in "12345678 123456789 1234567890 0123456789 87654321 987654321 12341234 11223344 123123123 \
                         123qweasd 1q2w3e4r 1q2w3e4r5t 1qaz2wsx qwertyui qwertyuiop qwerty123 asdfghjkl abcd1234 \
                         password password1 passw0rd iloveyou sunshine football princess baseball superman welcome1 \
                         football1 admin123 administrator changeme starwars liverpool computer michelle a1234567"
            .split_whitespace()
        {
            assert!(check_strength(password, &name).is_err(), "{password}");
        }
    }
}
