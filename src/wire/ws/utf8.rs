//! UTF-8 across cuts: text may be split anywhere, even within a character (RFC 6455 §5.6, §8.1).

#[cfg(feature = "explain")]
use simdutf8::{basic::from_utf8 as check_whole, compat::from_utf8 as check_piece};
#[cfg(not(feature = "explain"))]
use std::str::{from_utf8 as check_whole, from_utf8 as check_piece};

/// Texts shorter than this are mostly ASCII, and too short for vectors to pay.
const VECTOR: usize = 64;

/// Bytes that no continuation can make UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidUtf8;

/// Checks text that comes in pieces, and fails at the first byte that nothing can mend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Utf8 {
    /// The bytes of a character whose end has not come yet.
    pending: [u8; 4],
    len: u8,
}

impl Utf8 {
    /// Checks the next piece.
    ///
    /// # Errors
    /// [`InvalidUtf8`] as soon as the text cannot be UTF-8 whatever follows.
    pub fn push(&mut self, mut piece: &[u8]) -> Result<(), InvalidUtf8> {
        while self.len > 0 {
            let Some((&byte, rest)) = piece.split_first() else { return Ok(()) };
            self.pending[usize::from(self.len)] = byte;
            self.len += 1;
            piece = rest;
            match std::str::from_utf8(&self.pending[..usize::from(self.len)]) {
                Ok(_) => self.len = 0,
                Err(error) if error.error_len().is_none() => {}
                Err(_) => return Err(InvalidUtf8),
            }
        }
        if let Err(error) = check_piece(piece) {
            if error.error_len().is_some() {
                return Err(InvalidUtf8);
            }
            let tail = &piece[error.valid_up_to()..];
            self.pending[..tail.len()].copy_from_slice(tail);
            self.len = tail.len() as u8;
        }
        Ok(())
    }

    /// The bytes of a character whose end has not come yet.
    #[must_use]
    pub fn pending(&self) -> &[u8] {
        &self.pending[..usize::from(self.len)]
    }

    /// Checks that the text ends between characters.
    ///
    /// # Errors
    /// [`InvalidUtf8`] if a character was begun and not ended.
    pub const fn finish(self) -> Result<(), InvalidUtf8> {
        if self.len == 0 { Ok(()) } else { Err(InvalidUtf8) }
    }

    /// Checks a text that is whole.
    ///
    /// # Errors
    /// [`InvalidUtf8`] if it is not UTF-8.
    #[inline]
    pub fn check(text: &[u8]) -> Result<(), InvalidUtf8> {
        if text.len() < VECTOR && is_ascii(text) {
            return Ok(());
        }
        check_whole(text).map(|_| ()).map_err(|_| InvalidUtf8)
    }
}

/// Eight bytes at a time: a text of the usual length is looked at in a few steps.
#[inline]
fn is_ascii(text: &[u8]) -> bool {
    let (chunks, tail) = text.as_chunks::<8>();
    let ones = chunks.iter().fold(0, |ones, chunk| ones | u64::from_ne_bytes(*chunk));
    let any_high = ones & 0x8080_8080_8080_8080 != 0;
    !any_high && tail.iter().fold(0, |ones, byte| ones | byte) < 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn section_8_1_fails_at_the_first_byte_that_cannot_be_mended() {
        for (good, bad) in [
            (&b"\xF4"[..], 0x90),    // above U+10FFFF
            (b"\xE0", 0x80),         // over-long
            (b"\xED", 0xA0),         // a surrogate
            (b"abc\xCE", b'x'),      // a continuation missing
            (b"\xCE\xBA", 0x80),     // a continuation alone
            (b"\xF0\x9F\x98", 0x20), // cut in an emoji
            (b"", 0xC0),
        ] {
            let mut utf8 = Utf8::default();
            assert_eq!(utf8.push(good), Ok(()));
            assert_eq!(utf8.push(&[bad]), Err(InvalidUtf8), "{good:x?} {bad:x}");
        }
    }

    #[test]
    fn section_8_1_a_text_must_end_between_characters() {
        let mut utf8 = Utf8::default();
        assert_eq!(utf8.push("é".as_bytes().split_last().unwrap().1), Ok(()));
        assert_eq!(utf8.finish(), Err(InvalidUtf8));
        assert_eq!(utf8.push(&"é".as_bytes()[1..]), Ok(()));
        assert_eq!(utf8.finish(), Ok(()));
    }

    proptest! {
        #[test]
        fn cut_anywhere_it_judges_as_the_standard_library_does(
            bytes in prop_oneof![any::<Vec<u8>>(), ".{0,40}".prop_map(String::into_bytes)],
            cuts in prop::collection::vec(0usize..50, 0..6),
        ) {
            let mut utf8 = Utf8::default();
            let mut rest = &bytes[..];
            let mut result = Ok(());
            for cut in cuts {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                result = result.and_then(|()| utf8.push(piece));
                rest = after;
            }
            let result = result.and_then(|()| utf8.push(rest)).and_then(|()| utf8.finish());
            prop_assert_eq!(result.is_ok(), std::str::from_utf8(&bytes).is_ok());
        }
    }
}
