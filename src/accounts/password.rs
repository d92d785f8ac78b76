//! Passwords: which are refused.

use super::Name;
use super::name::fold;
use std::error::Error;
use std::fmt;

const MIN_CHARS: usize = 8;
/// Longest password; more only makes work.
pub(super) const MAX_BYTES: usize = 256;

/// The commonest of 8 and more characters that nothing else here refuses, in lower case.
const COMMON: [&str; 24] = [
    "12345678",
    "123456789",
    "1234567890",
    "0123456789",
    "87654321",
    "987654321",
    "12341234",
    "11223344",
    "123123123",
    "123qweasd",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "qwertyui",
    "qwertyuiop",
    "qwerty123",
    "asdfghjkl",
    "abcd1234",
    "password",
    "password1",
    "passw0rd",
    "iloveyou",
    "sunshine",
    "football",
];

/// Why a password is refused.
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
}

impl fmt::Display for WeakPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort => write!(f, "the password is shorter than {MIN_CHARS} characters"),
            Self::TooLong => write!(f, "the password is longer than {MAX_BYTES} bytes"),
            Self::IsName => f.write_str("the password is the name"),
            Self::Repeated => f.write_str("the password is one character repeated"),
            Self::Common => f.write_str("the password is among the commonest"),
        }
    }
}

impl Error for WeakPassword {}

/// Refuses what is too easy to guess as the password of `name`.
pub(super) fn check_strength(password: &str, name: &Name) -> Result<(), WeakPassword> {
    if password.len() > MAX_BYTES {
        return Err(WeakPassword::TooLong);
    }
    if password.chars().count() < MIN_CHARS {
        return Err(WeakPassword::TooShort);
    }
    if password.chars().all(|char| password.starts_with(char)) {
        return Err(WeakPassword::Repeated);
    }
    let folded = fold(password);
    if folded == name.folded() {
        return Err(WeakPassword::IsName);
    }
    if COMMON.contains(&folded.as_str()) {
        return Err(WeakPassword::Common);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_each_kind_of_weak_password() {
        let name = Name::parse("Änne Müller").unwrap();
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
            ("correct horse", Ok(())),
        ];
        for (password, expected) in rows {
            assert_eq!(check_strength(password, &name), expected, "{password:.40}");
        }
    }

    #[test]
    fn the_common_ones_are_refused_for_being_common() {
        let name = Name::parse("ann").unwrap();
        for password in COMMON {
            assert_eq!(check_strength(password, &name), Err(WeakPassword::Common), "{password}");
        }
    }
}
