//! A spool: bytes that a view can write only at the end, in memory at first, then in a temporary file.

use std::env;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt as _;
use std::rc::Rc;

use tempfile::{SpooledData, SpooledTempFile};

/// Bytes held in memory before they spill to a file.
const IN_MEMORY: usize = 1024 * 1024;

/// Memory, then an unlinked temporary file that goes with the process.
#[derive(Debug)]
pub(super) struct Spool(SpooledTempFile);

impl Spool {
    pub(super) fn new() -> Self {
        Self(SpooledTempFile::new(IN_MEMORY))
    }
}

/// Adds to an error what could not be written, and the remedy.
fn of_spool(error: &io::Error) -> io::Error {
    let directory = env::temp_dir();
    let what = format!(
        "what must be laid aside until the end goes to {}, and there: {error}; TMPDIR names another place",
        directory.display()
    );
    io::Error::new(error.kind(), what)
}

impl Read for Spool {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into).map_err(|error| of_spool(&error))
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(|error| of_spool(&error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(|error| of_spool(&error))
    }
}

impl Seek for Spool {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to).map_err(|error| of_spool(&error))
    }
}

/// One of several readers of a spool.
#[derive(Debug)]
pub(super) struct SpoolReader {
    file: Rc<File>,
    at: u64,
}

impl Spool {
    /// A reader of all that was spooled.
    pub(super) fn into_reader(mut self) -> io::Result<SpoolReader> {
        self.0.roll().map_err(|error| of_spool(&error))?;
        let SpooledData::OnDisk(file) = self.0.into_inner() else { unreachable!("it was rolled to a file") };
        Ok(SpoolReader { file: Rc::new(file), at: 0 })
    }
}

impl SpoolReader {
    /// Another reader, from the beginning.
    pub(super) fn another(&self) -> Self {
        Self { file: Rc::clone(&self.file), at: 0 }
    }
}

impl Seek for SpoolReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.file.metadata()?.len().checked_add_signed(by),
        };
        self.at = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl Read for SpoolReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let came = self.file.read_at(into, self.at).map_err(|error| of_spool(&error))?;
        self.at += came as u64;
        Ok(came)
    }
}
