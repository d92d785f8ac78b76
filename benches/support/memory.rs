//! A stream in memory, which never lets anyone wait: what a socket costs without the kernel.

use std::io::{self, IoSlice, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::PageOffsetBuf;

/// What one read or write moves at most: as much as a server's socket usually holds.
pub(crate) const MOST: usize = 128 * 1024;

/// What is read are the same bytes over and over; what is written is copied, and then overwritten.
pub(crate) struct Memory {
    source: Bytes,
    /// How much of the source was read.
    read: usize,
    sink: PageOffsetBuf,
}

impl Memory {
    /// A stream on which these bytes come over and over; no read goes beyond their end.
    pub(crate) fn new(source: Bytes) -> Self {
        Self { source, read: 0, sink: PageOffsetBuf::target(MOST) }
    }

    /// A stream on which nothing comes.
    pub(crate) fn sink() -> Self {
        Self::new(Bytes::new())
    }

    #[inline]
    fn come(&mut self, room: usize) -> &[u8] {
        let begin = self.read;
        let end = self.source.len().min(begin + room.min(MOST));
        self.read = if end == self.source.len() { 0 } else { end };
        &self.source[begin..end]
    }

    /// Takes bytes as a socket does: it copies them.
    #[inline]
    pub(crate) fn put(&mut self, bytes: &[u8]) -> usize {
        for piece in bytes.chunks(MOST) {
            self.sink[..piece.len()].copy_from_slice(piece);
        }
        bytes.len()
    }
}

impl Read for Memory {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.come(into.len());
        into[..bytes.len()].copy_from_slice(bytes);
        Ok(bytes.len())
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.put(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for Memory {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = into.remaining();
        into.put_slice(self.come(room));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Memory {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(self.put(bytes)))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(parts.iter().map(|part| self.put(part)).sum()))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
