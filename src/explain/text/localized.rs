//! A text in both languages, as a value.

use super::Language;
use super::template::{have_same_names, names};

/// A text in each language, with the same placeholders: `{frame}` stands for the value of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) struct Localized {
    en: &'static str,
    zh: &'static str,
}

impl Localized {
    /// Panics where the languages have other placeholders: for constants, which then do not compile.
    pub(in crate::explain) const fn new(en: &'static str, zh: &'static str) -> Self {
        assert!(have_same_names(en, zh), "the languages have other placeholders");
        Self { en, zh }
    }

    pub(in crate::explain) const fn text(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Zh => self.zh,
        }
    }

    /// Names of its placeholders, each as often as it occurs.
    pub(in crate::explain) fn names(self) -> impl Iterator<Item = &'static str> {
        names(self.en)
    }
}
