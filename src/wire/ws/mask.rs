//! Masking (RFC 6455 §5.3): each byte XOR the key's byte at the same place modulo four.

use std::fmt;

/// A masking key, as its four bytes stand on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MaskKey(pub [u8; 4]);

impl MaskKey {
    /// Masks or unmasks, which are the same, in place. `offset` is how far into the payload `data` begins, so that
    /// a payload may come in pieces.
    #[inline]
    pub fn apply(self, offset: u64, data: &mut [u8]) {
        let [a, b, c, d] = self.rotated(offset).0;
        let narrow = u32::from_ne_bytes([a, b, c, d]);
        let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
        // From wide to narrow: blocks as vectors like them, words, a half, bytes.
        let (blocks, rest) = data.as_chunks_mut::<64>();
        for block in blocks {
            for word in block.as_chunks_mut::<8>().0 {
                *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
            }
        }
        let (words, rest) = rest.as_chunks_mut::<8>();
        for word in words {
            *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
        }
        let (halves, rest) = rest.as_chunks_mut::<4>();
        for half in halves {
            *half = (u32::from_ne_bytes(*half) ^ narrow).to_ne_bytes();
        }
        for (byte, key) in rest.iter_mut().zip([a, b, c]) {
            *byte ^= key;
        }
    }

    /// The key as it lies over a piece of payload that begins at `offset`.
    #[inline]
    #[must_use]
    pub const fn rotated(self, offset: u64) -> Self {
        // Bytes in the order of the wire: moving on by one byte is a rotation towards the front.
        let bits = (offset & 3) as u32 * 8;
        Self(u32::from_le_bytes(self.0).rotate_right(bits).to_le_bytes())
    }
}

impl fmt::Display for MaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for MaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MaskKey({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn section_5_7_hello() {
        let key = MaskKey([0x37, 0xFA, 0x21, 0x3D]);
        let mut data = *b"Hello";
        key.apply(0, &mut data);
        assert_eq!(data, [0x7F, 0x9F, 0x4D, 0x51, 0x58]);
        assert_eq!(key.to_string(), "37fa213d");
    }

    proptest! {
        #[test]
        fn section_5_3_as_the_rfc_defines_it(key: [u8; 4], offset in 0u64..1 << 40, data: Vec<u8>) {
            let mut fast = data.clone();
            MaskKey(key).apply(offset, &mut fast);
            let plain: Vec<u8> =
                data.iter().zip(offset..).map(|(byte, i)| byte ^ key[(i % 4) as usize]).collect();
            prop_assert_eq!(fast, plain);
        }
    }
}
