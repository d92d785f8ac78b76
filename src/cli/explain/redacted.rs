//! `--redact`: in place of a capture one that tells nothing of people and machines. What is explained and written then
//! is that one.

use std::io::{self, Read, Seek as _};
use std::path::Path;

use super::Failure;
use super::input::Input;
use crate::capture::{Damage, Reader, redact};
use crate::cli::spool::Spool;
use crate::explain::{Redaction, View as _};
use crate::observe::{Config, Observer};

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
    /// None when the capture has ended.
    observer: Option<Observer>,
    redaction: Redaction,
}

impl Ahead {
    /// Understands one packet more; at the end of the capture what is left, and then `false`.
    fn advance(&mut self) -> bool {
        let Self { reader, observer, redaction } = self;
        let Some(watching) = observer else { return false };
        // What is to stand in place of bytes is gathered in memory: that does not fail.
        if let Some(packet) = reader.next_packet() {
            if let Ok(segment) = packet.segment {
                let step = watching.observe(&segment);
                while let Some(ended) = watching.poll_ended() {
                    let _ = redaction.ended(&ended);
                }
                let _ = redaction.step(&step);
            }
        } else {
            let left = observer.take().into_iter().flat_map(Observer::finish);
            left.for_each(|ended| redaction.ended(&ended).unwrap_or_default());
        }
        true
    }
}

/// The capture in place of this one, and where this one is cut short.
pub(super) fn redacted(file: &Path, port: Option<u16>) -> Result<(Input, Option<Damage>), Failure> {
    let config = Config { assume_websocket: port.into_iter().collect(), ..Config::default() };
    let [one, other] = open_twice(file)?;
    let reader = Reader::new(one).map_err(Failure::Read)?;
    let mut ahead = Ahead { reader, observer: Some(Observer::new(config)), redaction: Redaction::default() };
    let mut reader = Reader::new(other).map_err(Failure::Read)?;
    let copy = redact(&mut reader, Spool::new(), |segment, room| {
        while !ahead.redaction.knows(segment.number, room.len()) && ahead.advance() {}
        ahead.redaction.fill(segment.number, segment.source, room);
    });
    let damage = reader.into_facts().damage;
    let mut copy = copy?;
    copy.rewind()?;
    Ok((Input::of(copy, file), damage))
}
