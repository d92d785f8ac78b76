//! Escapes for text and bytes from outside, in errors, log lines and views alike.

use std::fmt::Write as _;

/// Escapes characters that control a terminal, change the direction of writing, or are invisible: `ESC` becomes `\u{1b}`.
#[must_use]
pub fn escape_controls(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        // Most text is of these, one byte each.
        let plain = rest.bytes().take_while(|byte| matches!(byte, b' '..=b'~')).count();
        escaped.push_str(&rest[..plain]);
        let mut others = rest[plain..].chars();
        match others.next() {
            None => return escaped,
            Some(character) if is_hidden(character) => escaped.extend(character.escape_default()),
            Some(character) => escaped.push(character),
        }
        rest = others.as_str();
    }
}

/// C0 and C1 controls, line separators, bidirectional controls, zero-width characters, fillers, variation selectors, tags.
/// Joiners and selectors of emoji are among them: a file name with one is shown with its code.
pub(in crate::explain) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{061C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}'
                | '\u{E0100}'..='\u{E01EF}'
        )
}

/// Bytes in hexadecimal, with spaces between.
pub(in crate::explain) fn hexadecimal(bytes: impl IntoIterator<Item = u8>) -> String {
    let mut text = String::new();
    for byte in bytes {
        let space = if text.is_empty() { "" } else { " " };
        let _ = write!(text, "{space}{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_control_a_terminal_are_escaped() {
        assert_eq!(escape_controls("a\u{1b}[31mb\n\u{202e}c"), "a\\u{1b}[31mb\\n\\u{202e}c");
        let plain = "Grüße, 当前连接 \\u{1b} 'ok'";
        assert_eq!(escape_controls(plain), plain);
    }

    #[test]
    fn every_invisible_character_is_escaped() {
        let ranges = [
            (0x00, 0x1F),
            (0x7F, 0x9F),
            (0xAD, 0xAD),
            (0x34F, 0x34F),
            (0x61C, 0x61C),
            (0x115F, 0x1160),
            (0x17B4, 0x17B5),
            (0x180B, 0x180F),
            (0x200B, 0x200F),
            (0x2028, 0x202E),
            (0x2060, 0x206F),
            (0x3164, 0x3164),
            (0xFE00, 0xFE0F),
            (0xFEFF, 0xFEFF),
            (0xFFA0, 0xFFA0),
            (0xFFF9, 0xFFFB),
            (0xE_0000, 0xE_007F),
            (0xE_0100, 0xE_01EF),
        ];
        for (first, last) in ranges {
            for character in (first..=last).filter_map(char::from_u32) {
                let escaped = escape_controls(&character.to_string());
                assert!(escaped.starts_with('\\') && escaped.is_ascii(), "{character:?}");
                assert_eq!(escape_controls(&escaped), escaped, "twice is once");
            }
        }
    }
}
