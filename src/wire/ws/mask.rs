//! Masking (RFC 6455 §5.3): each byte XOR the key's byte at the same place modulo four.

use std::fmt;

/// A masking key, as its four bytes stand on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MaskKey(pub [u8; 4]);

/// Length in bytes from which on the widest registers pay for asking whether the processor has them.
const WIDE: usize = 256;

/// Bytes of a step.
const BLOCK: usize = 64;

impl MaskKey {
    /// Masks or unmasks, which are the same, in place. `offset` is how far into the payload `data` begins, so that
    /// a payload may come in pieces.
    #[inline]
    pub fn apply(self, offset: u64, data: &mut [u8]) {
        let key = self.rotated(offset);
        if data.len() < BLOCK { words(key, data) } else { key.apply_to_many(data) }
    }

    #[inline(never)]
    fn apply_to_many(self, data: &mut [u8]) {
        #[cfg(target_arch = "x86_64")]
        if data.len() >= WIDE && is_x86_feature_detected!("avx2") {
            #[expect(unsafe_code, reason = "instructions that not every processor has")]
            // SAFETY: this one has them.
            unsafe {
                avx2::apply(self, data);
            }
            return;
        }
        apply(self, data);
    }

    /// Masks or unmasks `data` on the way to the end of `out`: one pass over it, where a copy and
    /// [`apply`](Self::apply) make two.
    #[inline]
    pub fn append(self, offset: u64, data: &[u8], out: &mut Vec<u8>) {
        let key = self.rotated(offset);
        #[cfg(target_arch = "x86_64")]
        if data.len() >= WIDE && is_x86_feature_detected!("avx2") {
            #[expect(unsafe_code, reason = "instructions that not every processor has")]
            // SAFETY: this one has them.
            unsafe {
                avx2::append(key, data, out);
            }
            return;
        }
        let start = out.len();
        out.extend_from_slice(data);
        apply(key, &mut out[start..]);
    }

    /// The key as it lies over a piece of payload that begins at `offset`.
    #[inline]
    #[must_use]
    pub const fn rotated(self, offset: u64) -> Self {
        // Bytes in the order of the wire: moving on by one byte is a rotation towards the front.
        let bits = (offset & 3) as u32 * 8;
        Self(u32::from_le_bytes(self.0).rotate_right(bits).to_le_bytes())
    }

    /// The key and again the key; the same in either order of bytes.
    const fn twice(self) -> u64 {
        let once = u32::from_ne_bytes(self.0) as u64;
        once << 32 | once
    }
}

/// Inlined, the compiler makes of this vectors as wide as the caller's target features allow.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a function of its own would have the narrow vectors")]
fn apply(key: MaskKey, data: &mut [u8]) {
    let (blocks, rest) = data.as_chunks_mut::<BLOCK>();
    for block in blocks {
        xor(key, block);
    }
    words(key, rest);
}

/// Less than a block: words, a half, bytes.
#[inline(always)]
#[expect(clippy::inline_always, reason = "for a short message the call would cost as much")]
fn words(key: MaskKey, data: &mut [u8]) {
    let [a, b, c, _] = key.0;
    let (narrow, wide) = (u32::from_ne_bytes(key.0), key.twice());
    let (words, rest) = data.as_chunks_mut::<8>();
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

/// A whole number of words. Inlined as [`apply`] is.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a function of its own would have the narrow vectors")]
fn xor<const N: usize>(key: MaskKey, block: &mut [u8; N]) {
    for word in block.as_chunks_mut::<8>().0 {
        *word = (u64::from_ne_bytes(*word) ^ key.twice()).to_ne_bytes();
    }
}

/// The same with vectors of 32 bytes.
#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::MaskKey;

    /// From this length on it pays that no vector lies across two lines of the cache.
    const ALIGN: usize = 2048;

    /// Eight vectors: to count and to jump then costs little.
    const BLOCK: usize = 256;

    #[target_feature(enable = "avx2")]
    pub(super) fn apply(key: MaskKey, data: &mut [u8]) {
        let head = if data.len() < ALIGN { 0 } else { data.as_ptr().align_offset(32).min(32) };
        let (head, body) = data.split_at_mut(head);
        super::apply(key, head);
        let key = key.rotated(head.len() as u64);
        let (blocks, rest) = body.as_chunks_mut::<BLOCK>();
        for block in blocks {
            super::xor(key, block);
        }
        super::apply(key, rest);
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn append(key: MaskKey, data: &[u8], out: &mut Vec<u8>) {
        // A block is masked in registers, between two copies of a length that is known.
        out.reserve(data.len());
        let (blocks, rest) = data.as_chunks::<BLOCK>();
        for block in blocks {
            let mut block = *block;
            super::xor(key, &mut block);
            out.extend_from_slice(&block);
        }
        let start = out.len();
        out.extend_from_slice(rest);
        super::apply(key, &mut out[start..]);
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

    fn plainly(key: [u8; 4], offset: u64, data: &[u8]) -> Vec<u8> {
        data.iter().zip(offset..).map(|(byte, i)| byte ^ key[(i % 4) as usize]).collect()
    }

    proptest! {
        #[test]
        fn section_5_3_as_the_rfc_defines_it(key: [u8; 4], offset in 0u64..1 << 40, data: Vec<u8>) {
            let mut fast = data.clone();
            MaskKey(key).apply(offset, &mut fast);
            prop_assert_eq!(fast, plainly(key, offset, &data));
        }

        #[test]
        fn section_5_3_at_any_length_and_address(
            key: [u8; 4],
            offset in 0u64..8,
            begin in 0usize..64,
            data in prop::collection::vec(any::<u8>(), 0..6000),
        ) {
            let begin = begin.min(data.len());
            let plain = plainly(key, offset, &data[begin..]);
            let mut fast = data.clone();
            MaskKey(key).apply(offset, &mut fast[begin..]);
            prop_assert_eq!(&fast[begin..], &plain);
            prop_assert_eq!(&fast[..begin], &data[..begin]);
            let mut out = data[..begin].to_vec();
            MaskKey(key).append(offset, &data[begin..], &mut out);
            prop_assert_eq!(out, fast);
        }
    }
}
