//! A buffer at an offset in a page from which the kernel copies fastest.

use std::fmt;
use std::ops::Deref;

/// Bytes of a page. Some processors copy at a tenth of their speed where source and destination lie a few bytes apart
/// within their pages, and the kernel's end of a socket is mostly at the beginning of one.
const PAGE: usize = 4096;

/// Offset in a page at which the bytes begin.
const PAGE_OFFSET: usize = PAGE / 4;

/// Length from which on the offset is kept; shorter copies do not have the trouble.
const ALIGNED_FROM: usize = 16 * 1024;

/// A growing buffer whose bytes, if they are many, begin in the middle of a page.
#[derive(Default, Clone)]
pub struct PageOffsetBuf {
    /// Padding of `start` bytes, then the bytes.
    memory: Vec<u8>,
    start: usize,
}

impl PageOffsetBuf {
    /// A buffer of `len` zeros.
    #[must_use]
    pub fn zeroed(len: usize) -> Self {
        let mut buf = Self::default();
        buf.make_room(len);
        buf.memory.resize(buf.start + len, 0);
        buf
    }

    /// The vector to append to, within the [room](Self::room) that there is.
    pub(super) const fn end(&mut self) -> &mut Vec<u8> {
        &mut self.memory
    }

    /// Bytes that can be appended without moving.
    pub(super) const fn room(&self) -> usize {
        self.memory.capacity() - self.memory.len()
    }

    /// Reserves memory for `len` bytes in all, and no more than that and a page.
    pub(super) fn make_room(&mut self, len: usize) {
        let more = len.saturating_sub(self.len());
        if len < ALIGNED_FROM {
            self.memory.reserve_exact(more);
            return;
        }
        self.memory.reserve_exact(more + PAGE - self.start);
        // The reservation may have moved it.
        let start = PAGE_OFFSET.wrapping_sub(self.memory.as_ptr().addr()) % PAGE;
        let (from, end) = (self.start, self.memory.len());
        if start == from {
            return;
        }
        self.memory.resize(end.max(start + end - from), 0);
        self.memory.copy_within(from..end, start);
        self.memory.truncate(start + end - from);
        self.start = start;
    }

    /// All its memory, in bytes.
    pub(super) const fn capacity(&self) -> usize {
        self.memory.capacity()
    }

    /// The bytes, mutable.
    #[must_use]
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..]
    }
}

impl Deref for PageOffsetBuf {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.memory[self.start..]
    }
}

impl fmt::Debug for PageOffsetBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deref().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_contents_keep_their_page_offset_as_they_grow() {
        let mut buf = PageOffsetBuf::default();
        let mut all = Vec::new();
        for len in [1, 100, 5_000, ALIGNED_FROM - 1, ALIGNED_FROM, 40_000, 40_001, 200_000, 3_000_000] {
            buf.make_room(len);
            assert!(buf.room() >= len - all.len(), "{len}");
            assert!(buf.capacity() <= len.max(ALIGNED_FROM) + 2 * PAGE, "{len}: {}", buf.capacity());
            let bytes = vec![len as u8; len - all.len()];
            all.extend_from_slice(&bytes);
            buf.end().extend_from_slice(&bytes);
            assert_eq!(*buf, *all, "{len}");
            if len >= ALIGNED_FROM {
                assert_eq!(buf.as_ptr().addr() % PAGE, PAGE_OFFSET, "{len}");
            }
        }
        let zeros = PageOffsetBuf::zeroed(100_000);
        assert_eq!((zeros.len(), zeros.as_ptr().addr() % PAGE), (100_000, PAGE_OFFSET));
    }
}
