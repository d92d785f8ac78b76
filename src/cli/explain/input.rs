//! The input of `explain`: a file, or standard input.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use super::progress::{Progress, StatusLine};
use crate::capture::OpenError;
use crate::cli::spool::Spool;

/// An open capture.
pub(super) struct Input {
    pub(super) source: Box<dyn Read>,
    /// Its name, as given.
    pub(super) name: String,
    /// Its length in bytes, if it is a file.
    size: Option<u64>,
    /// Bytes read so far.
    read: Rc<Cell<u64>>,
}

impl Input {
    /// Opens a file; `-` is standard input.
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        let read = Rc::new(Cell::new(0));
        let name = path.display().to_string();
        if path == Path::new("-") {
            let source = Box::new(CountingReader { inner: io::stdin().lock(), read: Rc::clone(&read) });
            return Ok(Self { source, name, size: None, read });
        }
        let file = File::open(path)?;
        let size = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
        let source = Box::new(CountingReader { inner: file, read: Rc::clone(&read) });
        Ok(Self { source, name, size, read })
    }

    /// A redacted copy of a file.
    pub(super) fn of(source: Spool, file: &Path) -> Self {
        let read = Rc::new(Cell::new(0));
        let source = Box::new(CountingReader { inner: source, read: Rc::clone(&read) });
        Self { source, name: file.display().to_string(), size: None, read }
    }

    /// Returns `true` if it can be opened again.
    pub(super) const fn is_file(&self) -> bool {
        self.size.is_some()
    }

    /// The progress of reading it, for a terminal.
    pub(super) fn progress(&self, line: &StatusLine) -> Progress {
        Progress::new(line.clone(), &self.name, self.size, Rc::clone(&self.read))
    }
}

/// A reader that counts bytes.
struct CountingReader<R> {
    inner: R,
    read: Rc<Cell<u64>>,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let came = self.inner.read(into)?;
        self.read.set(self.read.get() + came as u64);
        Ok(came)
    }
}
