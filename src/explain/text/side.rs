//! The ends of a connection in words, and words as sentences.

use super::{Label, Language};
use crate::wire::Side;

/// The side, in words.
pub(in crate::explain) const fn side(side: Side, language: Language) -> &'static str {
    match side {
        Side::Client => Label::TheClient.text(language),
        Side::Server => Label::TheServer.text(language),
    }
}

/// Its first letter large, where there is one.
pub(in crate::explain) fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return String::new() };
    let mut sentence = String::with_capacity(text.len());
    sentence.extend(first.to_uppercase());
    sentence.push_str(characters.as_str());
    sentence
}
