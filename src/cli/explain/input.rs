//! The input of `explain`: a file, or standard input.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write as _};
use std::path::Path;
use std::rc::Rc;

use super::progress::{Progress, StatusLine};
use super::writer::SharedWriter;
use crate::capture::OpenError;

/// An open capture.
pub(super) struct Input {
    source: Source,
    /// Its name, as given.
    pub(super) name: String,
    /// Its length in bytes, if it is a file.
    size: Option<u64>,
    /// Bytes read so far, in all passes.
    read: Rc<Cell<u64>>,
    /// Bytes that may still be read: a second pass ends where the first did, though the file may grow.
    left: u64,
}

/// The source of a capture's bytes.
enum Source {
    /// Standard input, or another pipe. What was written is flushed before it is waited for.
    Pipe {
        source: Box<dyn Read>,
        flushed: Option<SharedWriter>,
    },
    File(Box<dyn SeekableFile>),
}

/// A source that can be read again.
trait SeekableFile: Read + Seek {}

impl<S: Read + Seek> SeekableFile for S {}

impl Input {
    /// Opens a file; `-` is standard input.
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        let name = path.display().to_string();
        let pipe = |source| Source::Pipe { source, flushed: None };
        if path == Path::new("-") {
            return Ok(Self::new(pipe(Box::new(io::stdin().lock())), name, None));
        }
        let file = File::open(path)?;
        let size = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
        let source = if size.is_some() { Source::File(Box::new(file)) } else { pipe(Box::new(file)) };
        Ok(Self::new(source, name, size))
    }

    /// What was spooled of a file.
    pub(super) fn of(source: impl Read + Seek + 'static, file: &Path) -> Self {
        Self::new(Source::File(Box::new(source)), file.display().to_string(), None)
    }

    fn new(source: Source, name: String, size: Option<u64>) -> Self {
        Self { source, name, size, read: Rc::default(), left: u64::MAX }
    }

    /// The same, and a pipe flushes this writer whenever its bytes may have to be waited for.
    pub(super) fn flushing(mut self, to: &SharedWriter) -> Self {
        if let Source::Pipe { flushed, .. } = &mut self.source {
            *flushed = Some(to.clone());
        }
        self
    }

    /// Returns `true` if it can be opened again by its name.
    pub(super) const fn is_file(&self) -> bool {
        self.size.is_some()
    }

    /// Returns `true` if it can be read again.
    pub(super) const fn is_seekable(&self) -> bool {
        matches!(self.source, Source::File(_))
    }

    /// Begins a second pass: the same bytes again.
    pub(super) fn rewind(&mut self) -> io::Result<()> {
        if let Source::File(file) = &mut self.source {
            self.left = file.stream_position()?;
            file.seek(SeekFrom::Start(0))?;
        }
        Ok(())
    }

    /// The progress of reading it so many times, for a terminal.
    pub(super) fn progress(&self, passes: u64, line: &StatusLine) -> Progress {
        let size = self.size.map(|size| size * passes);
        Progress::new(line.clone(), &self.name, size, Rc::clone(&self.read))
    }
}

impl Read for Input {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let came = match &mut self.source {
            Source::Pipe { source, flushed } => {
                if let Some(to) = flushed {
                    // A writer that failed fails again where it is written to.
                    let _ = to.flush();
                }
                source.read(&mut into[..most])?
            }
            Source::File(file) => file.read(&mut into[..most])?,
        };
        self.left -= came as u64;
        self.read.set(self.read.get() + came as u64);
        Ok(came)
    }
}
