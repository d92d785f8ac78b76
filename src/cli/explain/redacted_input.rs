//! `--redact`: the input, with all that identifies people and machines replaced. The redacted capture is what is then
//! explained and written.

use std::io::{self, Read, Seek as _};
use std::path::Path;

use super::Failure;
use super::input::Input;
use crate::capture::{Damage, Reader, redact};
use crate::cli::spool::Spool;
use crate::explain::{File, Pipeline, Redaction, Settings};

type Source = Box<dyn Read>;

/// A capture, open twice. A pipe is spooled first, as its readers may be far apart.
fn open_twice(file: &Path) -> Result<[Source; 2], Failure> {
    let mut input = Input::open(file).map_err(Failure::Read)?;
    if input.is_file() {
        return Ok([Box::new(input), Box::new(Input::open(file).map_err(Failure::Read)?)]);
    }
    let mut spool = Spool::new();
    io::copy(&mut input, &mut spool)?;
    let [one, other] = spool.into_readers()?;
    Ok([Box::new(one), Box::new(other)])
}

/// The pass that observes a capture ahead of the redacted copy.
struct Lookahead {
    reader: Reader<Source>,
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
pub(super) fn redacted(file: &Path, settings: &Settings) -> Result<(Input, Option<Damage>), Failure> {
    let [one, other] = open_twice(file)?;
    let reader = Reader::new(one).map_err(Failure::Read)?;
    let pipeline = Pipeline::new(settings, Redaction::default());
    let mut lookahead = Lookahead { reader, pipeline, has_ended: false };
    let mut reader = Reader::new(other).map_err(Failure::Read)?;
    let copy = redact(&mut reader, Spool::new(), |segment, room| {
        while !lookahead.pipeline.views().knows(segment.number, room.len()) && lookahead.advance() {}
        lookahead.pipeline.views().fill(segment.number, segment.source, room);
    });
    let damage = reader.into_info().damage;
    let mut copy = copy?;
    copy.rewind()?;
    Ok((Input::of(copy, file), damage))
}
