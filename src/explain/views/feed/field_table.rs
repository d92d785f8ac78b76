//! The line with the texts of all fields, in both languages. It comes once, so that no packet repeats them.

use super::bilingual::write_localized;
use crate::explain::text::{FieldText, FieldValue, field_texts};
use crate::explain::views::json::text::Text;

/// Writes the line, without its end.
pub(super) fn write(to: &mut Text) {
    to.raw(r#"{"type":"fields","fields":"#).list(field_texts(), write_field).raw(r#","values":"#);
    to.list(FieldValue::ALL, |to, value| _ = to.bilingual(|language| value.text(language).to_owned()));
}

fn write_field(to: &mut Text, field: &FieldText) {
    let FieldText { id, name, value, why, rfc, sentence } = field;
    to.raw(r#"{"id":"#).name(id).raw(r#","name":"#);
    write_localized(to, *name).raw(r#","value":"#);
    write_localized(to, *value).raw(r#","why":"#);
    write_localized(to, *why);
    if let Some(rfc) = rfc {
        to.raw(r#","rfc":"#).serialized(&rfc.to_string());
    }
    if !sentence.is_empty() {
        to.raw(r#","sentence":"#).serialized(sentence);
    }
    to.raw("}");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::explain::narrative::frame_header::{HeaderBits, header_bits};
    use crate::explain::text::Language;
    use crate::explain::views::field::Field;
    use crate::wire::Parsed;
    use crate::wire::ws::HeaderView;

    /// Headers that have each field between them.
    const HEADERS: [&[u8]; 2] = [&[0x81, 0xFE, 1, 0, 1, 2, 3, 4], &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]];

    #[test]
    fn each_field_has_texts_and_each_text_a_field() {
        let mut ids: BTreeSet<&str> = Field::ALL.iter().map(|field| field.name()).collect();
        for header in HEADERS {
            let Parsed::Complete { value, .. } = HeaderView::parse(header) else { panic!("{header:?}") };
            ids.extend(header_bits(&value).iter().map(HeaderBits::id));
        }
        assert_eq!(field_texts().map(|field| field.id).collect::<BTreeSet<_>>(), ids);
        assert_eq!(field_texts().count(), ids.len(), "an id stands twice");
    }

    #[test]
    fn each_field_says_why_in_one_sentence_and_each_of_a_frame_where_that_is_defined() {
        for FieldText { id, why, name, rfc, sentence, .. } in field_texts() {
            for (language, end) in [(Language::En, '.'), (Language::Zh, '。')] {
                let text = why.text(language);
                assert!(text.ends_with(end) && text.matches(end).count() == 1, "{id}: {text}");
                assert!(!name.text(language).is_empty(), "{id}");
            }
            assert!(sentence.is_empty() || sentence.ends_with('.'), "{id}: {sentence}");
            if id.starts_with("ws.") {
                assert!(rfc.is_some_and(|rfc| rfc.0 == 6455) && !sentence.is_empty(), "{id}");
            }
        }
    }
}
