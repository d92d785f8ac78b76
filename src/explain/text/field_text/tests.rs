//! The quotes, against the text of the RFCs.

use super::{FieldText, field_texts};

/// The paragraphs that are quoted, as the RFCs have them, behind the citation of their section. A new quote needs its
/// paragraph, copied from the RFC.
const PARAGRAPHS: &str = include_str!("rfc_paragraphs.txt");

/// The paragraphs of a section, each run of white space as one space.
fn section(citation: &str) -> String {
    let behind = PARAGRAPHS.lines().skip_while(|line| *line != citation).skip(1);
    let lines = behind.take_while(|line| line.is_empty() || line.starts_with(' '));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// The citation of a field that has a quote, and the quote.
fn quote(field: &FieldText) -> Option<(String, &'static str)> {
    let citation = field.rfc.map(|rfc| rfc.to_string()).unwrap_or_default();
    (!field.sentence.is_empty()).then_some((citation, field.sentence))
}

#[test]
fn each_quote_stands_in_its_section_word_for_word() {
    for field in field_texts() {
        if let Some((citation, sentence)) = quote(field) {
            assert!(section(&citation).contains(sentence), "{}, {citation}: {sentence}", field.id);
        }
    }
}

#[test]
fn each_section_that_is_kept_is_quoted() {
    for citation in PARAGRAPHS.lines().filter(|line| line.starts_with("RFC ")) {
        assert!(field_texts().filter_map(quote).any(|(quoted, _)| quoted == citation), "{citation}");
    }
}
