//! What is said, in each language. Tokens of the protocols stay as they are.
//!
//! Each table is an enum of ids, and the texts of each id in each language: [`Word`] for the ladder and the diagram,
//! [`Story`] for what is told of a connection in words, [`Gloss`] for what tokens mean, [`Remark`] for the comments on
//! packets, [`Name`] for events and marks.

use std::fmt::{Display, Write as _};

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl Language {
    /// Both of them.
    pub(in crate::explain) const BOTH: [Self; 2] = [Self::En, Self::Zh];
}

/// Defines the ids of what is said, and from the same rows the texts.
macro_rules! words {
    ($(#[$doc:meta])* $table:ident { $($name:ident = $en:literal, $zh:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::explain) enum $table { $($name,)* }

        impl $table {
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$name),*];

            /// The text. `{}` in it is for the values, in their order, or `{1}` for the second of them.
            pub(in crate::explain) const fn text(self, language: super::Language) -> &'static str {
                match (self, language) {
                    $((Self::$name, super::Language::En) => $en, (Self::$name, super::Language::Zh) => $zh,)*
                }
            }

            /// The text, with values in their places.
            #[allow(dead_code, reason = "not every table has values")]
            pub(in crate::explain) fn fill(
                self,
                language: super::Language,
                values: &[&dyn std::fmt::Display],
            ) -> String {
                super::filled(self.text(language), values)
            }
        }
    };
}

mod duration;
mod encode;
mod escape;
mod gloss;
mod name;
mod remark;
mod side;
mod story;
mod word;
mod wrapping;

pub(in crate::explain) use duration::{delta, seconds, span};
pub(in crate::explain) use encode::printed_if_any;
pub use escape::escape_controls;
pub(in crate::explain) use escape::hexadecimal;
pub(in crate::explain) use gloss::Gloss;
pub(in crate::explain) use name::Name;
pub(in crate::explain) use remark::Remark;
pub(in crate::explain) use side::{sentence, side};
pub(in crate::explain) use story::Story;
pub(in crate::explain) use word::Word;
pub(in crate::explain) use wrapping::{centred, cut, pad, pad_left, pieces, wrapped};

/// A text with values in their places.
pub(in crate::explain) fn filled(text: &str, values: &[&dyn Display]) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut places = 0..;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}').unwrap_or(("", after));
        let value = place.parse().ok().or_else(|| places.next()).and_then(|place: usize| values.get(place));
        filled.push_str(before);
        if let Some(value) = value {
            let _ = write!(filled, "{value}");
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests;
