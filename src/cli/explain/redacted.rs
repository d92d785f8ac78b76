//! `--redact`: in place of a capture one that tells nothing of people and machines. What is explained and written then
//! is that one.

use std::io::{self, Read, Seek as _};
use std::path::Path;

use super::Failure;
use super::input::Input;
use crate::capture::{Damage, Reader, redact};
use crate::cli::spool::Spool;
use crate::explain::{Redaction, View as _};
use crate::observe::{Config, Flags, Observer};

/// A capture that is read twice.
enum Source<'p> {
    File(&'p Path),
    /// What came through a pipe.
    Kept(Spool),
}

impl<'p> Source<'p> {
    fn new(file: &'p Path) -> Result<Self, Failure> {
        let mut input = Input::open(file).map_err(Failure::Read)?;
        if input.is_file() {
            return Ok(Self::File(file));
        }
        let mut kept = Spool::new();
        io::copy(&mut input.source, &mut kept)?;
        Ok(Self::Kept(kept))
    }

    fn reader(&mut self) -> Result<Reader<Box<dyn Read + '_>>, Failure> {
        let source: Box<dyn Read + '_> = match self {
            Self::File(file) => Input::open(file).map_err(Failure::Read)?.source,
            Self::Kept(kept) => {
                kept.rewind()?;
                Box::new(kept)
            }
        };
        Reader::new(source).map_err(Failure::Read)
    }
}

/// The capture in place of this one, and where this one is cut short.
pub(super) fn redacted(file: &Path, port: Option<u16>) -> Result<(Input, Option<Damage>), Failure> {
    let config = Config { assume_websocket: port.into_iter().collect(), ..Config::default() };
    let mut source = Source::new(file)?;
    // First all of it is understood: what a segment carries is known when what it is part of has ended.
    let mut redaction = Redaction::default();
    let mut observer = Observer::new(config.clone());
    let mut reader = source.reader()?;
    while let Some(packet) = reader.next_packet() {
        let Ok(segment) = packet.segment else { continue };
        let step = observer.observe(&segment);
        while let Some(ended) = observer.poll_ended() {
            redaction.ended(&ended)?;
        }
        redaction.step(&step)?;
    }
    for ended in observer.finish() {
        redaction.ended(&ended)?;
    }
    drop(reader);
    let mut observer = Observer::new(config);
    let mut reader = source.reader()?;
    let copy = redact(&mut reader, Spool::new(), |segment, room| {
        let step = observer.observe(segment);
        while observer.poll_ended().is_some() {}
        let offset = step.seq + i64::from(segment.flags.has(Flags::SYN)) - 1;
        redaction.fill(step.stream, segment.source, offset, room);
    });
    let damage = reader.into_facts().damage;
    let mut copy = copy?;
    copy.rewind()?;
    Ok((Input::of(copy, file), damage))
}
