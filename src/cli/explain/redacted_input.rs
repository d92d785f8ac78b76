//! `--redact`: the input, with all that identifies people and machines replaced. The redacted capture is what is then
//! explained and written.

use std::io::Seek as _;
use std::path::Path;

use super::Failure;
use super::capture_source::CaptureSource;
use super::input::Input;
use crate::capture::{Damage, Reader, redact};
use crate::cli::spool::Spool;
use crate::explain::{File, Pipeline, Redaction, Settings};

/// The pass that observes a capture ahead of the redacted copy.
struct Lookahead {
    reader: Reader<Input>,
    pipeline: Pipeline<Redaction>,
    /// `true` if the capture has ended.
    has_ended: bool,
}

impl Lookahead {
    /// Reads one more packet; finishes at the end of the capture, and then returns `false`.
    fn advance(&mut self) -> bool {
        if self.has_ended {
            return false;
        }
        // The replacements are gathered in memory, which cannot fail.
        if let Some(packet) = self.reader.next_packet() {
            let _ = self.pipeline.read(&packet);
        } else {
            self.has_ended = true;
            let _ = self.pipeline.finish(|_| File::default());
        }
        true
    }
}

/// The redacted capture, and the damage of the original. `settings` have no filter: all connections are redacted,
/// whichever are shown.
pub(super) fn redacted(
    original: &CaptureSource<'_>,
    file: &Path,
    settings: &Settings,
) -> Result<(Input, Option<Damage>), Failure> {
    let reader = Reader::new(original.open()?).map_err(Failure::Read)?;
    let pipeline = Pipeline::new(settings, Redaction::default());
    let mut lookahead = Lookahead { reader, pipeline, has_ended: false };
    let mut reader = Reader::new(original.open()?).map_err(Failure::Read)?;
    let copy = redact(&mut reader, Spool::new(), |segment, room| {
        while !lookahead.pipeline.views().knows(segment.number, room.len()) && lookahead.advance() {}
        lookahead.pipeline.views().fill(segment.number, segment.source, room);
    });
    let damage = reader.into_info().damage;
    let mut copy = copy?;
    copy.rewind()?;
    Ok((Input::of(copy, file), damage))
}
