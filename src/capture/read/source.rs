//! The bytes of a capture, from a file or a pipe, plain or gzip, in one buffer that is filled only as far as needed.

use std::io::{self, BufReader, Chain, Cursor, Read};
use std::ops::Range;

use flate2::bufread::MultiGzDecoder;

/// Size of the buffer, in bytes. It grows for a longer block, as far as the block's bytes really come.
const BUFFER: usize = 256 * 1024;

/// Number of bytes that identify the compression.
const PEEK: usize = 8;

type Rewound<R> = Chain<Cursor<Vec<u8>>, R>;

#[derive(Debug)]
enum Input<R> {
    Plain(Rewound<R>),
    Gzip(Box<MultiGzDecoder<BufReader<Rewound<R>>>>),
}

/// Compression of a capture file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// None.
    None,
    /// gzip; offsets are those of the decompressed bytes.
    Gzip,
}

/// A reader with a buffer.
#[derive(Debug)]
pub(super) struct Source<R> {
    input: Input<R>,
    buffer: Vec<u8>,
    /// Unconsumed part of the buffer.
    begin: usize,
    end: usize,
    /// Number of bytes consumed.
    offset: u64,
    /// Offset of the record that is being read.
    record: u64,
    ended: bool,
}

impl<R: Read> Source<R> {
    /// Tells the compression by the first bytes, not by the file's name.
    pub(super) fn new(mut inner: R) -> io::Result<Self> {
        let mut first = vec![0; PEEK];
        let mut len = 0;
        while len < PEEK {
            match read(&mut inner, &mut first[len..])? {
                0 => break,
                more => len += more,
            }
        }
        first.truncate(len);
        let gzip = first.starts_with(&[0x1F, 0x8B]);
        let whole = Cursor::new(first).chain(inner);
        let input = if gzip {
            Input::Gzip(Box::new(MultiGzDecoder::new(BufReader::with_capacity(64 * 1024, whole))))
        } else {
            Input::Plain(whole)
        };
        Ok(Self { input, buffer: vec![0; BUFFER], begin: 0, end: 0, offset: 0, record: 0, ended: false })
    }

    pub(super) fn compression(&self) -> Compression {
        match self.input {
            Input::Plain(_) => Compression::None,
            Input::Gzip(_) => Compression::Gzip,
        }
    }

    /// Marks the begin of a record.
    #[inline]
    pub(super) fn begin_record(&mut self) {
        self.record = self.offset;
    }

    /// Offset of the record that is being read.
    pub(super) fn record(&self) -> u64 {
        self.record
    }

    /// The next `len` bytes, or fewer at the end of the file. Consumes nothing.
    #[inline]
    pub(super) fn peek(&mut self, len: usize) -> io::Result<&[u8]> {
        if self.end - self.begin < len {
            self.fill(len)?;
        }
        Ok(&self.buffer[self.begin..self.end.min(self.begin + len)])
    }

    /// Consumes `len` bytes that were peeked at. Their range stays valid until the next peek.
    #[inline]
    pub(super) fn consume(&mut self, len: usize) -> Range<usize> {
        let consumed = self.begin..(self.begin + len).min(self.end);
        self.begin = consumed.end;
        self.offset += consumed.len() as u64;
        consumed
    }

    /// Bytes that were consumed.
    #[inline]
    pub(super) fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.buffer[range]
    }

    /// Consumes `len` bytes without buffering them; returns how many there were.
    pub(super) fn skip(&mut self, len: u64) -> io::Result<u64> {
        let mut left = len;
        while left > 0 {
            let step = usize::try_from(left).unwrap_or(usize::MAX).min(BUFFER);
            let there = self.peek(step)?.len();
            self.consume(there);
            left -= there as u64;
            if there < step {
                break;
            }
        }
        Ok(len - left)
    }

    #[cold]
    fn fill(&mut self, len: usize) -> io::Result<()> {
        if self.begin > 0 {
            self.buffer.copy_within(self.begin..self.end, 0);
            self.end -= self.begin;
            self.begin = 0;
        }
        while self.end < len && !self.ended {
            if self.end == self.buffer.len() {
                // Twice as much as really came, so a false length costs nothing.
                let grown = (self.buffer.len() * 2).min(len.next_power_of_two());
                self.buffer.resize(grown, 0);
            }
            let space = &mut self.buffer[self.end..];
            let came = match &mut self.input {
                Input::Plain(whole) => read(whole, space)?,
                Input::Gzip(decoder) => read(decoder, space)?,
            };
            self.ended = came == 0;
            self.end += came;
        }
        Ok(())
    }
}

fn read(from: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match from.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns one byte a time, as a slow pipe does.
    struct Slow<'b>(&'b [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let len = into.len().min(1);
            self.0.read(&mut into[..len])
        }
    }

    #[test]
    fn peeked_bytes_are_consumed_or_skipped() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut source = Source::new(Slow(&bytes)).unwrap();
        assert_eq!(source.peek(3).unwrap(), [0, 1, 2]);
        assert_eq!(source.peek(1).unwrap(), [0]);
        let consumed = source.consume(2);
        assert_eq!((source.bytes(consumed), source.offset), (&[0, 1][..], 2));
        assert_eq!(source.skip(250).unwrap(), 250);
        assert_eq!(source.peek(10).unwrap(), [252, 253, 254, 255]);
        assert_eq!(source.skip(10).unwrap(), 4);
        assert!(source.peek(1).unwrap().is_empty());
        assert_eq!(source.offset, 256);
    }

    #[test]
    fn a_long_block_makes_the_buffer_grow_and_a_false_length_does_not() {
        let bytes = vec![7; 3 * BUFFER];
        let mut source = Source::new(&bytes[..]).unwrap();
        assert_eq!(source.peek(3 * BUFFER).unwrap(), bytes);
        let mut source = Source::new(&bytes[..]).unwrap();
        assert_eq!(source.peek(1 << 40).unwrap().len(), bytes.len());
        assert!(source.buffer.len() <= 4 * BUFFER);
    }
}
