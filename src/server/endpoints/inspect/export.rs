//! How much is made of what was kept, and for how many at once: a few megabytes of the smallest frames are hundreds of
//! megabytes when they are told.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// The unit in which memory is taken and given back: a mebibyte.
const UNIT: usize = 1024 * 1024;

/// The most that is made for one, and on the way to it, in bytes. Ordinary packets that fill what is kept take half.
pub(super) const MOST_OF_ONE: usize = 64 * UNIT;

/// As much for all, until it is sent: so two are made at a time. It takes a processor for a while, too.
const MOST: usize = 2 * MOST_OF_ONE;

/// How many wait for their turn, and how long.
const WAITING: usize = 8;
const PATIENCE: Duration = Duration::from_secs(10);

/// The memory that all take together, and the queue for it.
#[derive(Debug)]
pub(in crate::server) struct Saving {
    memory: Arc<Semaphore>,
    queue: Semaphore,
}

/// Leave to make something: [`MOST_OF_ONE`] of the memory.
#[derive(Debug)]
pub(in crate::server) struct Turn(OwnedSemaphorePermit);

/// What was made. It gives its memory back when it is dropped.
#[derive(Debug)]
pub(in crate::server) struct Made {
    bytes: Vec<u8>,
    _memory: Option<OwnedSemaphorePermit>,
}

impl Saving {
    pub(super) fn new() -> Self {
        Self { memory: Arc::new(Semaphore::new(MOST / UNIT)), queue: Semaphore::new(WAITING) }
    }

    /// Waits for a turn; `None` if too many do, or it takes too long.
    pub(in crate::server) async fn turn(&self) -> Option<Turn> {
        let _waits = self.queue.try_acquire().ok()?;
        let memory = Arc::clone(&self.memory).acquire_many_owned((MOST_OF_ONE / UNIT) as u32);
        timeout(PATIENCE, memory).await.ok()?.ok().map(Turn)
    }
}

impl Turn {
    /// What was made in it; what it did not need is free again.
    pub(in crate::server) fn made(mut self, bytes: Vec<u8>) -> Made {
        let memory = self.0.split(bytes.capacity().div_ceil(UNIT).min(self.0.num_permits()));
        Made { bytes, _memory: memory }
    }
}

impl AsRef<[u8]> for Made {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Memory that can be written to as long as others that share it leave some.
#[derive(Debug)]
pub(super) struct Limited<'l, W> {
    pub(super) to: W,
    /// How many bytes may be written yet.
    left: &'l Cell<usize>,
}

impl<'l, W: Default> Limited<'l, W> {
    pub(super) fn new(left: &'l Cell<usize>) -> Self {
        Self { to: W::default(), left }
    }
}

impl<W: Write> Write for Limited<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.left.get().checked_sub(bytes.len()).ok_or(ErrorKind::FileTooLarge)?;
        self.left.set(left);
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.to.read(into)
    }
}

impl<S: Seek> Seek for Limited<'_, S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.to.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_make_a_few_wait_and_the_rest_come_again() {
        let saving = Arc::new(Saving::new());
        let (first, second) = (saving.turn().await.unwrap(), saving.turn().await.unwrap());
        let wait = || {
            let saving = Arc::clone(&saving);
            tokio::spawn(async move { saving.turn().await })
        };
        let waiting: Vec<_> = (0..WAITING).map(|_| wait()).collect();
        tokio::task::yield_now().await;
        assert!(saving.turn().await.is_none());
        // What is on its way to whoever reads slowly takes no more than it is long.
        let small = first.made(vec![0; 10]);
        drop(second);
        for one in waiting {
            drop(one.await.unwrap().unwrap());
        }
        assert_eq!(saving.memory.available_permits(), MOST / UNIT - 1);
        drop(small);
        assert_eq!(saving.memory.available_permits(), MOST / UNIT);
    }

    #[test]
    fn so_much_is_written_by_all_together() {
        let left = Cell::new(10);
        let (mut one, mut other) = (Limited::<Vec<u8>>::new(&left), Limited::<Vec<u8>>::new(&left));
        one.write_all(b"0123").unwrap();
        other.write_all(b"456789").unwrap();
        assert_eq!(one.write_all(b"0").unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert_eq!((one.to, other.to), (b"0123".to_vec(), b"456789".to_vec()));
    }
}
