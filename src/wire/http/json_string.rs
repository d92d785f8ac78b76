//! A text as a JSON string (RFC 8259 §7), for the one line of JSON that a refusal holds.

use std::fmt::{self, Write as _};

/// Prints the text in quotation marks, with the escapes that JSON demands and no others.
#[derive(Debug, Clone, Copy)]
pub(super) struct JsonString<'a>(pub(super) &'a str);

impl fmt::Display for JsonString<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for char in self.0.chars() {
            match char {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                '\x08' => f.write_str("\\b")?,
                '\x0C' => f.write_str("\\f")?,
                control if control < ' ' => write!(f, "\\u{:04x}", u32::from(control))?,
                char => f.write_char(char)?,
            }
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::JsonString;

    #[test]
    fn all_of_ascii_is_written_as_by_serde_json() {
        let text: String = (0..=127_u8).map(char::from).collect();
        assert_eq!(JsonString(&text).to_string(), serde_json::Value::from(text).to_string());
    }

    proptest! {
        #[test]
        fn any_text_is_written_as_by_serde_json(text: String) {
            prop_assert_eq!(JsonString(&text).to_string(), serde_json::Value::from(text).to_string());
        }
    }
}
