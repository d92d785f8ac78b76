//! The first bytes of a payload.

use std::fmt;

/// The first bytes of a payload, at most [`Preview::MOST`]. All of it for a legal control frame.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Preview {
    bytes: [u8; Self::MOST],
    len: u8,
    /// `true` if the payload goes on after it.
    cut: bool,
}

impl Preview {
    /// The most bytes: more than a control frame may have (RFC 6455 §5.5).
    pub const MOST: usize = 128;

    pub(in crate::observe) const fn new() -> Self {
        Self { bytes: [0; Self::MOST], len: 0, cut: false }
    }

    pub(in crate::observe) fn push(&mut self, bytes: &[u8]) {
        let len = usize::from(self.len);
        let fits = if self.cut { 0 } else { bytes.len().min(Self::MOST - len) };
        self.bytes[len..len + fits].copy_from_slice(&bytes[..fits]);
        self.len += fits as u8;
        self.cut |= fits < bytes.len();
    }

    /// Marks it as cut: bytes behind it are missing.
    pub(in crate::observe) const fn seal(&mut self) {
        self.cut = true;
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// Returns `true` if the payload goes on after them.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.cut
    }

    /// The bytes as text, up to the last whole character; `None` if they are not UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match simdutf8::compat::from_utf8(self.bytes()) {
            Ok(text) => Some(text),
            Err(error) if self.cut && error.error_len().is_none() => {
                simdutf8::basic::from_utf8(&self.bytes()[..error.valid_up_to()]).ok()
            }
            Err(_) => None,
        }
    }
}

/// Text with its control characters escaped, or hexadecimal.
impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = self.text() {
            for character in text.chars() {
                if character.is_control() {
                    write!(f, "{}", character.escape_default())?;
                } else {
                    write!(f, "{character}")?;
                }
            }
        } else {
            for byte in self.bytes() {
                write!(f, "{byte:02x}")?;
            }
        }
        if self.cut { f.write_str("…") } else { Ok(()) }
    }
}

impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Preview({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_shown_as_text_and_the_rest_in_hexadecimal() {
        let preview = |bytes: &[u8]| {
            let mut preview = Preview::new();
            preview.push(bytes);
            preview.to_string()
        };
        assert_eq!(preview(b"Hello"), "Hello");
        assert_eq!(preview(b"a\r\nb\x1b[31m"), "a\\r\\nb\\u{1b}[31m");
        assert_eq!(preview(&[3, 0xE8, 0xFF]), "03e8ff");
        assert_eq!(preview("é".repeat(100).as_bytes()), "é".repeat(64) + "…");
        assert_eq!(
            preview(("x".to_owned() + &"é".repeat(100)).as_bytes()),
            "x".to_owned() + &"é".repeat(63) + "…"
        );
    }
}
