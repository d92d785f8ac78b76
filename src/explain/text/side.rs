//! Sides in words, and sentences.

use super::{Label, Language};
use crate::wire::Side;

/// Name of a side: "the client".
pub(in crate::explain) const fn side(side: Side, language: Language) -> &'static str {
    match side {
        Side::Client => Label::TheClient.text(language),
        Side::Server => Label::TheServer.text(language),
    }
}

/// A text as a sentence: its first letter in upper case.
pub(in crate::explain) fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return String::new() };
    let mut sentence = String::with_capacity(text.len());
    sentence.extend(first.to_uppercase());
    sentence.push_str(characters.as_str());
    sentence
}
