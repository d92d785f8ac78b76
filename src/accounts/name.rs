//! User names: their form, and their equality.

use super::fold::{fold, fold_look};
use super::reserved::is_reserved;
use std::error::Error;
use std::fmt;

/// The longest name, in characters.
const MAX_CHARS: usize = 32;

/// A user name that follows the rules: 1 to 32 letters and digits of any script, `_` `-` `.` `@`, and single spaces
/// inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserName {
    text: String,
    folded: String,
    look: String,
}

impl UserName {
    /// Parses a name, just as it is: nothing is trimmed or replaced.
    ///
    /// # Errors
    /// The first rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        if text.is_empty() {
            return Err(BadName::Empty);
        }
        if text.chars().nth(MAX_CHARS).is_some() {
            return Err(BadName::TooLong);
        }
        if text.trim() != text {
            return Err(BadName::SpaceAtEdge);
        }
        if text.contains("  ") {
            return Err(BadName::DoubleSpace);
        }
        if let Some(char) = text.chars().find(|&char| !is_allowed(char)) {
            return Err(BadName::Character(char));
        }
        Ok(Self { text: text.to_owned(), folded: fold(text), look: fold_look(text) })
    }

    /// The name as its owner writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The key of the name, without case and without what looks alike: two names are the same when this is.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The key of a name that this one looks like as it is written; mostly its own.
    #[must_use]
    pub fn look(&self) -> &str {
        &self.look
    }

    /// The name, if it may be registered. Owners of a reserved name from before may still sign in with it.
    ///
    /// # Errors
    /// [`BadName::Reserved`] when others would take its owner for the service.
    pub fn unreserved(self) -> Result<Self, BadName> {
        let reserved = is_reserved(&self.folded) || is_reserved(&self.look);
        if reserved { Err(BadName::Reserved) } else { Ok(self) }
    }
}

fn is_allowed(char: char) -> bool {
    // The Hangul fillers are letters to Unicode, and blank to the eye.
    const BLANK_LETTERS: [char; 4] = ['\u{115F}', '\u{1160}', '\u{3164}', '\u{FFA0}'];
    matches!(char, ' ' | '_' | '-' | '.' | '@') || (char.is_alphanumeric() && !BLANK_LETTERS.contains(&char))
}

/// The reason why a text cannot be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadName {
    /// Nothing there.
    Empty,
    /// More than 32 characters.
    TooLong,
    /// White space at the beginning or the end.
    SpaceAtEdge,
    /// Two spaces in a row.
    DoubleSpace,
    /// A character that names do not have.
    Character(char),
    /// A name of the service, or one that looks like it.
    Reserved,
}

impl BadName {
    /// The word for it, for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "name-empty",
            Self::TooLong => "name-long",
            Self::SpaceAtEdge => "name-edge",
            Self::DoubleSpace => "name-double",
            Self::Character(_) => "name-character",
            Self::Reserved => "name-reserved",
        }
    }
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Empty => f.write_str("the name is empty"),
            Self::TooLong => write!(f, "the name is longer than {MAX_CHARS} characters"),
            Self::SpaceAtEdge => f.write_str("the name begins or ends with white space"),
            Self::DoubleSpace => f.write_str("the name has two spaces in a row"),
            // By number: shown itself, it could be invisible or turn the sentence around.
            Self::Character(char) => write!(
                f,
                "the name has a character (U+{:04X}) that is not a letter, a digit, a space or one of _ - . @",
                u32::from(char)
            ),
            Self::Reserved => f.write_str("the name is reserved for the service; choose another"),
        }
    }
}

impl Error for BadName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_of_any_script() {
        for name in [
            "a",
            "Ann",
            "张三",
            "Jürgen Müller",
            "Ωmega",
            "أحمد",
            "user_1-2.3@example",
            "٣",
            &"名".repeat(32),
        ] {
            assert_eq!(UserName::parse(name).expect(name).as_str(), name);
        }
    }

    #[test]
    fn refuses_each_kind_of_bad_name() {
        let long = "n".repeat(33);
        let huge = "n".repeat(1 << 20);
        let rows = [
            ("", BadName::Empty),
            (long.as_str(), BadName::TooLong),
            (huge.as_str(), BadName::TooLong),
            (" ", BadName::SpaceAtEdge),
            (" ann", BadName::SpaceAtEdge),
            ("ann\n", BadName::SpaceAtEdge),
            ("\u{3000}ann", BadName::SpaceAtEdge),
            ("ann  lee", BadName::DoubleSpace),
            ("ann\u{A0}lee", BadName::Character('\u{A0}')),
            ("ann\tlee", BadName::Character('\t')),
            ("ann\0", BadName::Character('\0')),
            ("ann\u{7F}", BadName::Character('\u{7F}')),
            ("<script>", BadName::Character('<')),
            ("a/b", BadName::Character('/')),
            ("x:y", BadName::Character(':')),
            ("{u}*", BadName::Character('{')),
            ("ann😀", BadName::Character('😀')),
            ("\u{E000}", BadName::Character('\u{E000}')),
        ];
        for (name, reason) in rows {
            assert_eq!(UserName::parse(name), Err(reason), "{name:.40?}");
        }
    }

    #[test]
    fn refuses_all_that_is_invisible_or_turns_text_around() {
        // Default_Ignorable_Code_Point, which covers the bidi controls and everything of no width.
        let ranges = [
            (0x00AD, 0x00AD),
            (0x034F, 0x034F),
            (0x061C, 0x061C),
            (0x115F, 0x1160),
            (0x17B4, 0x17B5),
            (0x180B, 0x180F),
            (0x200B, 0x200F),
            (0x2028, 0x202E),
            (0x2060, 0x206F),
            (0x2800, 0x2800),
            (0x3164, 0x3164),
            (0xFE00, 0xFE0F),
            (0xFEFF, 0xFEFF),
            (0xFFA0, 0xFFA0),
            (0xFFF0, 0xFFFB),
            (0x1_BCA0, 0x1_BCA3),
            (0x1_D173, 0x1_D17A),
            (0xE_0000, 0xE_0FFF),
        ];
        for char in ranges.into_iter().flat_map(|(first, last)| first..=last).filter_map(char::from_u32) {
            let name = format!("a{char}b");
            assert_eq!(UserName::parse(&name), Err(BadName::Character(char)), "{name:?}");
        }
    }

    #[test]
    fn a_reserved_name_is_a_name_but_cannot_be_registered() {
        let reserved = |name| UserName::parse(name).expect(name).unreserved();
        assert_eq!(reserved("Аdmin"), Err(BadName::Reserved), "with a Cyrillic A");
        assert_eq!(reserved("RООТ"), Err(BadName::Reserved), "with Cyrillic capitals");
        assert_eq!(reserved("ann").map(|name| name.as_str().to_owned()), Ok("ann".to_owned()));
    }

    #[test]
    fn never_shows_the_character_itself() {
        let reason = UserName::parse("a\u{202E}b").unwrap_err().to_string();
        assert!(reason.contains("U+202E") && !reason.contains('\u{202E}'), "{reason}");
    }
}
