//! Texts in both languages: a string where they are the same, else `{"en":…,"zh":…}`.

use crate::explain::text::{Language, Localized};
use crate::explain::views::json::text::Text;

impl Text {
    /// The text in both languages.
    pub(super) fn bilingual(&mut self, text: impl Fn(Language) -> String) -> &mut Self {
        let (en, zh) = (text(Language::En), text(Language::Zh));
        if en == zh {
            return self.serialized(&en);
        }
        self.raw(r#"{"en":"#).serialized(&en).raw(r#","zh":"#).serialized(&zh).raw("}")
    }
}

/// A text of a table.
pub(super) fn write_localized(to: &mut Text, text: Localized) -> &mut Text {
    to.bilingual(|language| text.text(language).to_owned())
}
