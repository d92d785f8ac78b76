//! One byte stream for two readers, each at its own pace: what only one has read is buffered for the other, in bounded
//! memory. So a pipe can be read twice.

use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

use super::backlog::Backlog;

/// The stream that both readers share.
struct Shared<R> {
    source: R,
    /// Bytes that only the reader ahead has read.
    buffered: Backlog,
    ahead: ReaderSide,
    /// The end of the stream, or its error.
    end: Option<io::Result<()>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReaderSide {
    First,
    Second,
}

/// One of two readers.
pub(super) struct Tee<R> {
    shared: Rc<RefCell<Shared<R>>>,
    side: ReaderSide,
}

/// Two readers of one stream.
pub(super) fn tee<R: Read>(source: R) -> (Tee<R>, Tee<R>) {
    let shared = Shared { source, buffered: Backlog::default(), ahead: ReaderSide::First, end: None };
    let shared = Rc::new(RefCell::new(shared));
    (Tee { shared: Rc::clone(&shared), side: ReaderSide::First }, Tee { shared, side: ReaderSide::Second })
}

impl<R: Read> Read for Tee<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut shared = self.shared.borrow_mut();
        if shared.ahead != self.side && !shared.buffered.is_empty() {
            return shared.buffered.read(into);
        }
        match &shared.end {
            Some(Ok(())) => return Ok(0),
            Some(Err(error)) => return Err(io::Error::new(error.kind(), error.to_string())),
            None => {}
        }
        shared.ahead = self.side;
        let came = match shared.source.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                shared.end = Some(Err(io::Error::new(error.kind(), error.to_string())));
                return Err(error);
            }
            Ok(came) => came,
        };
        if came == 0 && !into.is_empty() {
            shared.end = Some(Ok(()));
        }
        shared.buffered.push(&into[..came])?;
        Ok(came)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_readers_get_all_bytes() {
        let bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
        let (mut one, mut other) = tee(&bytes[..]);
        let (mut by_one, mut by_other) = (Vec::new(), Vec::new());
        let take = |from: &mut Tee<&[u8]>, into: &mut Vec<u8>, most: usize| {
            let mut part = vec![0; most];
            let came = from.read(&mut part).unwrap();
            into.extend(&part[..came]);
        };
        // Now one is ahead, now the other.
        for round in 0..5_000_usize {
            take(&mut one, &mut by_one, round * 7 % 31 + 1);
            take(&mut other, &mut by_other, round * 5 % 37 + 1);
        }
        assert!(by_one == bytes && by_other == bytes);
        assert!(one.shared.borrow().buffered.is_empty());
    }

    #[test]
    fn both_readers_get_the_error() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("torn"))
            }
        }
        let (mut one, mut other) = tee(Broken);
        for reader in [&mut one, &mut other] {
            assert_eq!(reader.read(&mut [0; 4]).unwrap_err().to_string(), "torn");
        }
    }
}
