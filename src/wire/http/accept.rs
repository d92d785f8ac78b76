//! The key arithmetic: `Sec-WebSocket-Accept` from `Sec-WebSocket-Key` (RFC 6455 §1.3, §4.2.2).

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use sha1::{Digest, Sha1};

/// The GUID that the server appends to the key before it hashes (RFC 6455 §1.3).
pub const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// A valid `Sec-WebSocket-Key`: sixteen bytes in base64, 24 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key([u8; 24]);

/// The fault of a `Sec-WebSocket-Key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyError {
    /// Not base64 in its one canonical form.
    NotBase64,
    /// Base64, but of this many bytes instead of sixteen.
    WrongLength(usize),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBase64 => f.write_str("the key is not canonical base64"),
            Self::WrongLength(bytes) => write!(f, "the key decodes to {bytes} bytes, not 16"),
        }
    }
}

impl std::error::Error for KeyError {}

impl Key {
    /// Makes a key from its nonce. A client draws a new random one for each connection (RFC 6455 §4.1).
    ///
    /// # Panics
    /// Never: sixteen bytes are 24 characters of base64.
    #[must_use]
    pub fn from_nonce(nonce: [u8; 16]) -> Self {
        let mut text = [0; 24];
        BASE64_STANDARD.encode_slice(nonce, &mut text).expect("16 bytes are 24 characters");
        Self(text)
    }

    /// Reads the header's value.
    ///
    /// # Errors
    /// [`KeyError`] if it is not sixteen bytes in canonical base64.
    pub fn parse(value: &[u8]) -> Result<Self, KeyError> {
        // Room for one byte too many, so that a key of 17 bytes is called by its length.
        let mut nonce = [0; 18];
        if value.len() > 24 {
            return match BASE64_STANDARD.decode(value) {
                Ok(nonce) => Err(KeyError::WrongLength(nonce.len())),
                Err(_) => Err(KeyError::NotBase64),
            };
        }
        match BASE64_STANDARD.decode_slice(value, &mut nonce) {
            Ok(16) => Ok(Self(value.try_into().map_err(|_| KeyError::NotBase64)?)),
            Ok(len) => Err(KeyError::WrongLength(len)),
            Err(_) => Err(KeyError::NotBase64),
        }
    }

    /// The header's value.
    ///
    /// # Panics
    /// Never: base64 is ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("base64 is ASCII")
    }

    /// The `Sec-WebSocket-Accept` that answers this key: base64 of the SHA-1 of key and [`GUID`].
    #[must_use]
    pub fn accept(&self) -> String {
        let hash = Sha1::new().chain_update(self.0).chain_update(GUID).finalize();
        BASE64_STANDARD.encode(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_1_3_the_example() {
        let key = Key::parse(b"dGhlIHNhbXBsZSBub25jZQ==").unwrap();
        assert_eq!(key, Key::from_nonce(*b"the sample nonce"));
        assert_eq!(key.accept(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn section_4_2_1_keys_that_are_none() {
        let parse = |key: &str| Key::parse(key.as_bytes()).unwrap_err();
        assert_eq!(parse(""), KeyError::WrongLength(0));
        assert_eq!(parse("dGhlIHNhbXBsZSBub25j"), KeyError::WrongLength(15));
        assert_eq!(parse("dGhlIHNhbXBsZSBub25jZWE="), KeyError::WrongLength(17));
        assert_eq!(parse(&"QUJD".repeat(20)), KeyError::WrongLength(60));
        assert_eq!(parse("dGhlIHNhbXBsZSBub25jZQ"), KeyError::NotBase64, "padding left out");
        assert_eq!(parse("dGhlIHNhbXBsZSBub25jZR=="), KeyError::NotBase64, "stray bits: not canonical");
        assert_eq!(parse("dGhlIHNhbXBsZSBub25j!Q=="), KeyError::NotBase64);
    }
}
