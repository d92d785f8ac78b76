//! Spilled bytes: a log of them, and an index into it.

use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

use bytes::{Buf as _, BufMut as _};

/// Storage for spilled bytes: memory, a temporary file, or the one that becomes the other.
pub trait Spool: Read + Write + Seek {}

impl<S: Read + Write + Seek> Spool for S {}

/// Position and length of bytes in a [`Log`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    offset: u64,
    len: u32,
}

impl Place {
    /// Encoded length.
    pub(super) const LEN: usize = 12;

    /// No place.
    pub(super) const NONE: Self = Self { offset: 0, len: 0 };

    pub(super) const fn is_none(self) -> bool {
        self.len == 0
    }

    /// The place without its first bytes.
    pub(super) const fn behind(self, bytes: usize) -> Self {
        Self { offset: self.offset + bytes as u64, len: self.len - bytes as u32 }
    }

    pub(super) const fn first(self, bytes: usize) -> Self {
        Self { len: bytes as u32, ..self }
    }

    pub(super) fn encode(self, to: &mut Vec<u8>) {
        to.put_u64_le(self.offset);
        to.put_u32_le(self.len);
    }

    pub(super) fn decode(from: &mut &[u8]) -> Self {
        let (offset, len) = (from.get_u64_le(), from.get_u32_le());
        Self { offset, len }
    }
}

/// Records one behind the other, in the order in which they were spilled.
#[derive(Debug)]
pub(super) struct Log<S: Write> {
    spool: BufWriter<S>,
    end: u64,
    /// Offset at which the next read needs no seek.
    at: Option<u64>,
}

impl<S: Spool> Log<S> {
    pub(super) fn new(spool: S) -> Self {
        Self { spool: BufWriter::with_capacity(64 * 1024, spool), end: 0, at: None }
    }

    /// Appends one record, all of its parts in one place.
    pub(super) fn append(&mut self, parts: &[&[u8]]) -> io::Result<Place> {
        let offset = self.end;
        for part in parts {
            self.spool.write_all(part)?;
            self.end += part.len() as u64;
        }
        Ok(Place { offset, len: (self.end - offset) as u32 })
    }

    /// Reads bytes again. Once that was done nothing more can be appended.
    pub(super) fn read(&mut self, place: Place, into: &mut Vec<u8>) -> io::Result<()> {
        if self.at.is_none() {
            self.spool.flush()?;
        }
        let spool = self.spool.get_mut();
        if self.at != Some(place.offset) {
            spool.seek(SeekFrom::Start(place.offset))?;
        }
        into.resize(place.len as usize, 0);
        spool.read_exact(into)?;
        self.at = Some(place.offset + u64::from(place.len));
        Ok(())
    }
}

/// Entries of an [`Index`] that are buffered before they are written.
const MOST_WAITING: usize = 4096;

/// A place for each number.
#[derive(Debug)]
pub(super) struct Index<S> {
    spool: S,
    waiting: Vec<(u64, Place)>,
}

impl<S: Spool> Index<S> {
    pub(super) const fn new(spool: S) -> Self {
        Self { spool, waiting: Vec::new() }
    }

    pub(super) fn set(&mut self, number: u64, place: Place) -> io::Result<()> {
        self.waiting.push((number, place));
        if self.waiting.len() < MOST_WAITING { Ok(()) } else { self.write() }
    }

    /// Writes what waits: numbers that follow each other in one go.
    fn write(&mut self) -> io::Result<()> {
        self.waiting.sort_unstable_by_key(|(number, _)| *number);
        let mut bytes = Vec::new();
        for run in self.waiting.chunk_by(|(one, _), (next, _)| one + 1 == *next) {
            self.spool.seek(SeekFrom::Start(run[0].0 * Place::LEN as u64))?;
            bytes.clear();
            for (_, place) in run {
                place.encode(&mut bytes);
            }
            self.spool.write_all(&bytes)?;
        }
        self.waiting.clear();
        Ok(())
    }

    /// The places in the order of their numbers.
    pub(super) fn places(&mut self) -> io::Result<impl Iterator<Item = io::Result<Place>> + use<'_, S>> {
        self.write()?;
        self.spool.seek(SeekFrom::Start(0))?;
        let mut from = io::BufReader::with_capacity(64 * 1024, &mut self.spool);
        let mut entry = [0; Place::LEN];
        let places = std::iter::from_fn(move || match from.read_exact(&mut entry) {
            Ok(()) => Some(Ok(Place::decode(&mut entry.as_slice()))),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(error) => Some(Err(error)),
        });
        // Numbers that were left out have none.
        Ok(places.filter(|place| !place.as_ref().is_ok_and(|place| place.is_none())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_back() {
        let mut log = Log::new(io::Cursor::new(Vec::new()));
        let one = log.append(&[b"one"]).unwrap();
        let two = log.append(&[b"tw", b"o!"]).unwrap();
        let mut bytes = Vec::new();
        for (place, text) in
            [(two, &b"two!"[..]), (one, b"one"), (two.behind(2), b"o!"), (two.first(1), b"t")]
        {
            log.read(place, &mut bytes).unwrap();
            assert_eq!(bytes, text);
        }
    }

    #[test]
    fn places_come_in_the_order_of_their_numbers() {
        let mut index = Index::new(io::Cursor::new(Vec::new()));
        let place = |number: u64| Place { offset: 7 * number, len: 1 };
        // Each third number, from behind and more than wait at once.
        for number in (0..3 * MOST_WAITING as u64).rev().step_by(3) {
            index.set(number, place(number)).unwrap();
        }
        index.set(0, place(0)).unwrap();
        let places: Vec<Place> = index.places().unwrap().map(Result::unwrap).collect();
        let numbers = std::iter::once(0).chain((2..3 * MOST_WAITING as u64).step_by(3));
        assert_eq!(places, numbers.map(place).collect::<Vec<_>>());
    }
}
