//! A capture for several readers: a file is opened by each, a pipe is spooled.

use std::io;
use std::path::Path;

use super::Failure;
use super::input::Input;
use crate::cli::spool::{Spool, SpoolReader};

/// A capture, for any number of readers.
pub(super) enum CaptureSource<'f> {
    File(&'f Path),
    /// The bytes of a pipe, and its name.
    Spooled(SpoolReader, &'f Path),
}

impl<'f> CaptureSource<'f> {
    /// Opens a capture; what cannot be opened again is read to its end.
    pub(super) fn new(file: &'f Path) -> Result<Self, Failure> {
        let mut input = Input::open(file).map_err(Failure::Read)?;
        if input.is_file() {
            return Ok(Self::File(file));
        }
        let mut spool = Spool::new();
        io::copy(&mut input, &mut spool)?;
        Ok(Self::Spooled(spool.into_reader()?, file))
    }

    /// The capture, from its beginning.
    pub(super) fn open(&self) -> Result<Input, Failure> {
        match self {
            Self::File(file) => Input::open(file).map_err(Failure::Read),
            Self::Spooled(reader, file) => Ok(Input::of(reader.another(), file)),
        }
    }
}
