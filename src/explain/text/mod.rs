//! Texts in each language, and what makes text fit for a terminal: durations, escapes, columns. Nothing here knows of a
//! connection. Tokens of the protocols stay as they are in every language.
//!
//! Each table is an enum of ids with the texts of each id: [`Label`] for the ladder and the diagram, [`Narrative`] for
//! sentences about a connection, [`AnnouncementText`] for those about what just happened, [`GlossaryEntry`] for the
//! meanings of tokens, [`Comment`] for the comments on packets, [`EventName`] for events and marks, [`FieldValue`] for
//! what the bits of a frame's header say. A [`FieldText`] says what a field of a packet is, and why it exists.

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

/// Defines a table of texts: an enum of ids, each with the names of its placeholders and its text in each language. A text
/// whose placeholders are not exactly those names does not compile.
macro_rules! texts {
    ($(#[$doc:meta])* $table:ident {
        $($id:ident $(($($name:ident),+))? = $en:literal, $zh:literal;)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::explain) enum $table { $($id,)* }

        impl $table {
            /// All of them, in their order.
            #[allow(dead_code, reason = "of some tables only tests ask for all")]
            pub(in crate::explain) const ALL: &[Self] = &[$(Self::$id),*];

            /// The text, its placeholders as they are.
            pub(in crate::explain) const fn text(self, language: super::Language) -> &'static str {
                match (self, language) {
                    $((Self::$id, super::Language::En) => $en, (Self::$id, super::Language::Zh) => $zh,)*
                }
            }

            /// Names of its placeholders, in the order in which [`Self::fill`] takes their values.
            const fn names(self) -> &'static [&'static str] {
                match self {
                    $(Self::$id => &[$($(stringify!($name)),+)?],)*
                }
            }

            /// The text, with a value for each placeholder, in the order of their names in the table.
            #[allow(dead_code, reason = "not every table has placeholders")]
            pub(in crate::explain) fn fill(
                self,
                language: super::Language,
                values: &[&dyn std::fmt::Display],
            ) -> String {
                let names = self.names();
                debug_assert_eq!(names.len(), values.len(), "{self:?} has other placeholders");
                super::template::fill(self.text(language), |name| {
                    names.iter().position(|it| *it == name).and_then(|place| values.get(place))
                })
            }
        }

        const _: () = {
            use super::template::has_exactly;
            $(
                let names: &[&str] = $table::$id.names();
                assert!(has_exactly($en, names), concat!(stringify!($id), ": other placeholders in English"));
                assert!(has_exactly($zh, names), concat!(stringify!($id), ": other placeholders in Chinese"));
            )*
        };
    };
}

pub(in crate::explain) mod agreement;
mod announcement;
mod comment;
mod duration;
mod encode;
mod escape;
mod event_name;
mod field_text;
mod field_value;
mod glossary;
mod label;
mod localized;
mod narrative;
mod side;
pub(in crate::explain) mod template;
mod wrapping;

pub use agreement::counted;
pub(in crate::explain) use announcement::AnnouncementText;
pub(in crate::explain) use comment::Comment;
pub(in crate::explain) use duration::{delta, seconds, span};
pub(in crate::explain) use encode::printed_if_any;
pub use escape::escape_controls;
pub(in crate::explain) use escape::hexadecimal;
pub(in crate::explain) use escape::is_hidden;
pub(in crate::explain) use event_name::EventName;
pub(in crate::explain) use field_text::{FieldText, field_texts};
pub(in crate::explain) use field_value::FieldValue;
pub(in crate::explain) use glossary::GlossaryEntry;
pub(in crate::explain) use label::Label;
pub(in crate::explain) use localized::Localized;
pub(in crate::explain) use narrative::Narrative;
pub(in crate::explain) use side::{sentence, side};
pub(in crate::explain) use wrapping::{centred, cut, pad, pad_left, pieces, wrapped};

#[cfg(test)]
mod tests;
