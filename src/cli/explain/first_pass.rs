//! The first of two passes over a capture: an overview of its connections, for the text and for a filter.

use std::io;

use super::Failure;
use super::input::Input;
use super::progress::Progress;
use crate::capture::Reader;
use crate::explain::{File, Overview, Pipeline, Settings};

/// Reads all of the capture, and begins the second pass.
pub(super) fn survey(
    input: &mut Input,
    settings: &Settings,
    overview: Overview,
    progress: &mut Progress,
) -> Result<Overview, Failure> {
    let mut reader = Reader::new(&mut *input).map_err(Failure::Read)?;
    let mut pipeline = Pipeline::new(settings, overview);
    while let Some(packet) = reader.next_packet() {
        progress.update(packet.number);
        pipeline.read(&packet)?;
    }
    pipeline.finish(|_| File::default())?;
    let overview = std::mem::take(pipeline.views());
    drop(reader);
    input.rewind().map_err(|error: io::Error| Failure::Read(error.into()))?;
    Ok(overview)
}
