//! JSON text, built from the left to the right, of values that serde writes and of what stands around them.

use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;

use crate::explain::text::is_hidden;

/// The text so far.
#[derive(Debug, Default)]
pub(in crate::explain::views) struct Text(Vec<u8>);

/// Each byte as two digits.
const DIGITS: [[u8; 2]; 256] = {
    let hexadecimal = b"0123456789abcdef";
    let mut digits = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        digits[byte] = [hexadecimal[byte >> 4], hexadecimal[byte & 15]];
        byte += 1;
    }
    digits
};

impl Text {
    pub(in crate::explain::views) const fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    pub(super) const fn capacity(&self) -> usize {
        self.0.capacity()
    }

    pub(super) fn reserve(&mut self, more: usize) {
        self.0.reserve(more);
    }

    /// Begins anew; the memory is kept.
    pub(in crate::explain::views) fn clear(&mut self) {
        self.0.clear();
    }

    /// Text that is JSON already.
    #[inline]
    pub(in crate::explain::views) fn raw(&mut self, text: &str) -> &mut Self {
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    /// Text that is JSON already, as bytes.
    pub(in crate::explain::views) fn raw_bytes(&mut self, text: &[u8]) -> &mut Self {
        self.0.extend_from_slice(text);
        self
    }

    #[inline]
    pub(in crate::explain::views) fn number(&mut self, number: impl itoa::Integer) -> &mut Self {
        self.raw(itoa::Buffer::new().format(number))
    }

    #[inline]
    pub(in crate::explain::views) fn truth(&mut self, truth: bool) -> &mut Self {
        self.raw(if truth { "true" } else { "false" })
    }

    /// A value if there is one, else `null`.
    #[inline]
    pub(in crate::explain::views) fn maybe<T>(
        &mut self,
        value: Option<T>,
        write: impl FnOnce(&mut Self, T),
    ) -> &mut Self {
        match value {
            Some(value) => write(self, value),
            None => {
                self.raw("null");
            }
        }
        self
    }

    /// A name that needs no escape.
    #[inline]
    pub(in crate::explain::views) fn name(&mut self, name: &str) -> &mut Self {
        self.raw("\"").raw(name).raw("\"")
    }

    /// Bytes in hexadecimal, without quotes.
    pub(in crate::explain::views) fn hexadecimal(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.reserve(2 * bytes.len());
        self.0.extend(bytes.iter().flat_map(|byte| DIGITS[usize::from(*byte)]));
        self
    }

    /// Bytes in base64, without quotes.
    pub(in crate::explain::views) fn base64(&mut self, bytes: &[u8]) -> &mut Self {
        let begin = self.0.len();
        self.0.resize(begin + bytes.len().div_ceil(3) * 4, 0);
        BASE64_STANDARD.encode_slice(bytes, &mut self.0[begin..]).expect("there is room for four of three");
        self
    }

    #[inline]
    pub(in crate::explain::views) fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        self.raw("[");
        for (place, item) in items.into_iter().enumerate() {
            if place > 0 {
                self.raw(",");
            }
            write(self, item);
        }
        self.raw("]")
    }

    /// A value as serde writes it, and what is not seen in a terminal escaped.
    pub(in crate::explain::views) fn serialized(&mut self, value: &(impl Serialize + ?Sized)) -> &mut Self {
        const ALL_TAKEN: &str = "memory takes all, and all keys are text";
        let begin = self.0.len();
        serde_json::to_writer(&mut self.0, value).expect(ALL_TAKEN);
        if has_hidden(&self.0[begin..]) {
            self.0.truncate(begin);
            let mut serializer = serde_json::Serializer::with_formatter(&mut self.0, SeenFormatter);
            value.serialize(&mut serializer).expect(ALL_TAKEN);
        }
        self
    }

    /// A string as serde writes it, and what is not seen in a terminal escaped. Most have no controls, so that only quotes
    /// and backslashes are looked for: that is faster than to look at each byte.
    pub(in crate::explain::views) fn string(&mut self, string: &str) -> &mut Self {
        let bytes = string.as_bytes();
        if bytes.iter().fold(0, |most, byte| byte.wrapping_sub(b' ').max(most)) > b'~' - b' ' {
            return self.serialized(string);
        }
        self.0.reserve(bytes.len() + 2);
        self.0.push(b'"');
        let mut begin = 0;
        for at in memchr::memchr2_iter(b'"', b'\\', bytes) {
            self.0.extend_from_slice(&bytes[begin..at]);
            self.0.push(b'\\');
            begin = at;
        }
        self.0.extend_from_slice(&bytes[begin..]);
        self.0.push(b'"');
        self
    }

    /// More text, which needs no escape, inside the string that was written last.
    pub(in crate::explain::views) fn further_text(&mut self, text: &str) -> &mut Self {
        self.0.pop();
        self.raw(text).raw("\"")
    }

    /// The fields of an object after those that stand there already, without its closing brace.
    #[inline]
    pub(in crate::explain::views) fn further_fields(&mut self, write: impl FnOnce(&mut Self)) -> &mut Self {
        let begin = self.0.len();
        write(self);
        self.0[begin] = b',';
        self.0.pop();
        self
    }
}

/// Returns `true` if JSON as serde writes it has characters that are not seen: each is DEL or above. A byte one higher has
/// the top bit then; 0xFF is not in UTF-8.
fn has_hidden(json: &[u8]) -> bool {
    json.iter().fold(0, |all, byte| all | byte.wrapping_add(1)) >= 0x80
        && str::from_utf8(json)
            .is_ok_and(|json| json.chars().filter(|it| !it.is_ascii() || *it == '\x7f').any(is_hidden))
}

/// Compact JSON in which characters that would not be seen, or control a terminal, are escapes: a reader gets the same
/// text.
#[derive(Debug)]
struct SeenFormatter;

impl serde_json::ser::Formatter for SeenFormatter {
    fn write_string_fragment<W: io::Write + ?Sized>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((place, hidden)) = rest.char_indices().find(|(_, it)| is_hidden(*it)) {
            to.write_all(&rest.as_bytes()[..place])?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(to, "\\u{unit:04x}")?;
            }
            rest = &rest[place + hidden.len_utf8()..];
        }
        to.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_escaped_and_read_as_it_was() {
        let hidden = "a\u{1b}\u{7f}\u{9b}\u{ad}\u{202e}é\u{feff}\u{e0041}你";
        let mut text = Text::default();
        text.serialized(hidden);
        let json = r#""a\u001b\u007f\u009b\u00ad\u202eé\ufeff\udb40\udc41你""#;
        assert_eq!(std::str::from_utf8(text.bytes()), Ok(json));
        assert_eq!(serde_json::from_slice::<String>(text.bytes()).unwrap(), hidden);
    }

    #[test]
    fn strings_are_as_serde_writes_them() {
        for string in [
            "",
            "Hello",
            "\"a\"\"b",
            "\\a\\",
            "tab\t",
            "\u{1f}\"",
            " ~\"",
            "é\"",
            "你好",
            &"plain \"".repeat(9),
        ] {
            let mut text = Text::default();
            text.string(string);
            assert_eq!(text.bytes(), serde_json::to_vec(string).unwrap(), "{string:?}");
        }
        let mut text = Text::default();
        assert_eq!(text.string("\x7f").bytes(), br#""\u007f""#);
    }

    #[test]
    fn values_stand_as_json_has_them() {
        let mut text = Text::default();
        text.raw("[").number(u64::MAX).raw(",").number(-1_i64).raw(",").truth(true).raw(",");
        text.maybe(None::<u8>, |_, _| {}).raw(",").serialized("a\"\\\n\u{1}é").further_text("…").raw(",\"");
        text.hexadecimal(&[0, 0x9A, 0xFF]).raw("\",\"").base64(b"\xFFab!").raw("\",");
        text.list([1_u8, 2], |text, one| _ = text.number(one)).raw("]");
        let json = r#"[18446744073709551615,-1,true,null,"a\"\\\n\u0001é…","009aff","/2FiIQ==",[1,2]]"#;
        assert_eq!(std::str::from_utf8(text.bytes()), Ok(json));
    }
}
