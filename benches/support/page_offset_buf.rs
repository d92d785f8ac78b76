//! Buffer at a chosen offset of a memory page.

use std::ops::{Deref, DerefMut};

const PAGE: usize = 4096;

/// Bytes at a known offset of a page.
///
/// Some processors copy ten times slower to an address just above that of the source modulo a page. Which allocations
/// meet like that is luck, and would be all that is measured; so what is read stands in the middle of a page, and what
/// is written begins with one.
pub(crate) struct PageOffsetBuf {
    memory: Vec<u8>,
    begin: usize,
    len: usize,
}

impl PageOffsetBuf {
    /// Zeros, `offset` bytes after the begin of a page.
    pub(crate) fn at(offset: usize, len: usize) -> Self {
        let memory = vec![0; PAGE + offset + len];
        let begin = memory.as_ptr().align_offset(PAGE) + offset;
        Self { memory, begin, len }
    }

    /// To be written.
    pub(crate) fn target(len: usize) -> Self {
        Self::at(0, len)
    }

    /// To be read.
    pub(crate) fn source(bytes: &[u8]) -> Self {
        let mut buffer = Self::at(PAGE / 2, bytes.len());
        buffer.copy_from_slice(bytes);
        buffer
    }
}

impl Deref for PageOffsetBuf {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.memory[self.begin..][..self.len]
    }
}

impl DerefMut for PageOffsetBuf {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.memory[self.begin..][..self.len]
    }
}
