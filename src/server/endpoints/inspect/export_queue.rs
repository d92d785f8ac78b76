//! Limits on exports, of memory and number: a few megabytes of the smallest frames are hundreds of megabytes of JSON.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// The unit in which memory is reserved: a mebibyte.
const UNIT: usize = 1024 * 1024;

/// Memory of one export, with its intermediate results, in bytes. Ordinary packets that fill the saved ones take half.
pub(super) const EXPORT_MEMORY: usize = 64 * UNIT;

/// Memory of all exports until they are sent: two are made at a time. Each keeps a processor busy too.
const MEMORY: usize = 2 * EXPORT_MEMORY;

/// The most requests that wait, and their time limit.
const WAITING: usize = 8;
const WAIT_LIMIT: Duration = Duration::from_secs(10);

/// The memory of all exports, and the queue for it.
#[derive(Debug)]
pub(in crate::server) struct ExportQueue {
    memory: Arc<Semaphore>,
    queue: Semaphore,
}

/// Permit to make an export of up to [`EXPORT_MEMORY`].
#[derive(Debug)]
pub(in crate::server) struct ExportPermit(OwnedSemaphorePermit);

/// A finished export. It releases its memory when dropped.
#[derive(Debug)]
pub(in crate::server) struct Export {
    bytes: Vec<u8>,
    _memory: Option<OwnedSemaphorePermit>,
}

impl ExportQueue {
    pub(super) fn new() -> Self {
        Self { memory: Arc::new(Semaphore::new(MEMORY / UNIT)), queue: Semaphore::new(WAITING) }
    }

    /// Waits for a permit; `None` if too many wait, or it takes too long.
    pub(in crate::server) async fn permit(&self) -> Option<ExportPermit> {
        let _waits = self.queue.try_acquire().ok()?;
        let memory = Arc::clone(&self.memory).acquire_many_owned((EXPORT_MEMORY / UNIT) as u32);
        timeout(WAIT_LIMIT, memory).await.ok()?.ok().map(ExportPermit)
    }
}

impl ExportPermit {
    /// Finishes the export; the memory that it does not need is free again.
    pub(in crate::server) fn finish(mut self, bytes: Vec<u8>) -> Export {
        let memory = self.0.split(bytes.capacity().div_ceil(UNIT).min(self.0.num_permits()));
        Export { bytes, _memory: memory }
    }
}

impl AsRef<[u8]> for Export {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// A writer that fails when the limit it shares with others is reached.
#[derive(Debug)]
pub(super) struct LimitedWriter<'l, W> {
    pub(super) to: W,
    /// Bytes that may be written yet.
    left: &'l Cell<usize>,
}

impl<'l, W: Default> LimitedWriter<'l, W> {
    pub(super) fn new(left: &'l Cell<usize>) -> Self {
        Self { to: W::default(), left }
    }
}

impl<W: Write> Write for LimitedWriter<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.left.get().checked_sub(bytes.len()).ok_or(ErrorKind::FileTooLarge)?;
        self.left.set(left);
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl<R: Read> Read for LimitedWriter<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.to.read(into)
    }
}

impl<S: Seek> Seek for LimitedWriter<'_, S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.to.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_exports_run_a_few_wait_and_others_are_refused() {
        let exports = Arc::new(ExportQueue::new());
        let (first, second) = (exports.permit().await.unwrap(), exports.permit().await.unwrap());
        let wait = || {
            let exports = Arc::clone(&exports);
            tokio::spawn(async move { exports.permit().await })
        };
        let waiting: Vec<_> = (0..WAITING).map(|_| wait()).collect();
        tokio::task::yield_now().await;
        assert!(exports.permit().await.is_none());
        // An export that is being sent holds no more than its length.
        let small = first.finish(vec![0; 10]);
        drop(second);
        for one in waiting {
            drop(one.await.unwrap().unwrap());
        }
        assert_eq!(exports.memory.available_permits(), MEMORY / UNIT - 1);
        drop(small);
        assert_eq!(exports.memory.available_permits(), MEMORY / UNIT);
    }

    #[test]
    fn writers_share_one_limit() {
        let left = Cell::new(10);
        let (mut one, mut other) =
            (LimitedWriter::<Vec<u8>>::new(&left), LimitedWriter::<Vec<u8>>::new(&left));
        one.write_all(b"0123").unwrap();
        other.write_all(b"456789").unwrap();
        assert_eq!(one.write_all(b"0").unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert_eq!((one.to, other.to), (b"0123".to_vec(), b"456789".to_vec()));
    }
}
