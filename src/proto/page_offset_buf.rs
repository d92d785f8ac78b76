//! Bytes that lie in memory where the kernel copies them to and from fastest.

use std::fmt;
use std::ops::Deref;

/// The page of every processor this runs on, in bytes: some copy at a tenth of their speed where the two ends of a copy
/// lie a few bytes apart within their pages. The kernel's end of a socket is mostly at the beginning of one.
const PAGE: usize = 4096;

/// How far into a page bytes are placed.
const PAGE_OFFSET: usize = PAGE / 4;

/// Fewer bytes than this lie anywhere: they are not copied the way that has the trouble.
const ALIGNED_FROM: usize = 16 * 1024;

/// Bytes that begin in the middle of a page, if they are many.
#[derive(Default, Clone)]
pub struct PageOffsetBuf {
    /// In front of the bytes is what of a page they do not begin with.
    memory: Vec<u8>,
    start: usize,
}

impl PageOffsetBuf {
    /// So many zeros.
    #[must_use]
    pub fn zeroed(len: usize) -> Self {
        let mut buf = Self::default();
        buf.make_room(len);
        buf.memory.resize(buf.start + len, 0);
        buf
    }

    /// The memory to add bytes to, behind those that are there, and as many as there is [room](Self::room) for.
    pub(super) const fn end(&mut self) -> &mut Vec<u8> {
        &mut self.memory
    }

    /// How many more bytes there is room for.
    pub(super) const fn room(&self) -> usize {
        self.memory.capacity() - self.memory.len()
    }

    /// Makes room for `len` bytes together with those that are there, and no more than that and a page.
    pub(super) fn make_room(&mut self, len: usize) {
        let more = len.saturating_sub(self.len());
        if len < ALIGNED_FROM {
            self.memory.reserve_exact(more);
            return;
        }
        self.memory.reserve_exact(more + PAGE - self.start);
        // Where it lies now, if it had to move.
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

    /// All the memory it has, in bytes.
    pub(super) const fn capacity(&self) -> usize {
        self.memory.capacity()
    }

    /// The bytes, to be changed.
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
    fn many_bytes_lie_mid_page_however_they_grow() {
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
