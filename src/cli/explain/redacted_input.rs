//! `--redact`: in place of a capture one that tells nothing of people and machines. What is explained and written then
//! is that one.

use std::io::{self, Read, Seek as _};
use std::path::Path;

use super::Failure;
use super::input::Input;
use crate::capture::{Damage, Reader, redact};
use crate::cli::spool::Spool;
use crate::explain::{File, Pipeline, Redaction, Settings};

type Source = Box<dyn Read>;

/// A capture, open twice: what comes through a pipe is laid aside first, as its readers may be far apart.
fn open_twice(file: &Path) -> Result<[Source; 2], Failure> {
    let mut input = Input::open(file).map_err(Failure::Read)?;
    if input.is_file() {
        return Ok([input.source, Input::open(file).map_err(Failure::Read)?.source]);
    }
    let mut kept = Spool::new();
    io::copy(&mut input.source, &mut kept)?;
    let [one, other] = kept.into_readers()?;
    Ok([Box::new(one), Box::new(other)])
}

/// A capture being understood, ahead of its copy.
struct Ahead {
    reader: Reader<Source>,
    pipeline: Pipeline<Redaction>,
    /// Whether the capture has ended.
    is_over: bool,
}

impl Ahead {
    /// Understands one packet more; at the end of the capture what is left, and then `false`.
    fn advance(&mut self) -> bool {
        if self.is_over {
            return false;
        }
        // What is to stand in place of bytes is gathered in memory: that does not fail.
        if let Some(packet) = self.reader.next_packet() {
            let _ = self.pipeline.read(&packet);
        } else {
            self.is_over = true;
            let _ = self.pipeline.finish(|_| File::default());
        }
        true
    }
}

/// The capture in place of this one, and where this one is cut short. Settings without a filter: all
/// connections are redacted, whichever are shown.
pub(super) fn redacted(file: &Path, settings: &Settings) -> Result<(Input, Option<Damage>), Failure> {
    let [one, other] = open_twice(file)?;
    let reader = Reader::new(one).map_err(Failure::Read)?;
    let pipeline = Pipeline::new(settings, Redaction::default());
    let mut ahead = Ahead { reader, pipeline, is_over: false };
    let mut reader = Reader::new(other).map_err(Failure::Read)?;
    let copy = redact(&mut reader, Spool::new(), |segment, room| {
        while !ahead.pipeline.views().knows(segment.number, room.len()) && ahead.advance() {}
        ahead.pipeline.views().fill(segment.number, segment.source, room);
    });
    let damage = reader.into_facts().damage;
    let mut copy = copy?;
    copy.rewind()?;
    Ok((Input::of(copy, file), damage))
}
