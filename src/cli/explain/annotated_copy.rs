//! `-w`: the capture written again, with comments on its packets.

use std::borrow::Cow;
use std::path::Path;

use super::Failure;
use super::explain_run::{Outcome, Telling};
use super::input::Input;
use super::progress::Progress;
use super::tee::tee;
use crate::capture::{Damage, OutputKind, Overwrite, Packet, Reader, annotate, create_output};
use crate::cli::views::Views;
use crate::explain::Settings;

/// How far ahead of the copy the observer may be, in packets and in bytes: what a segment carries is known when what it
/// is part of has ended. Room enough for the longest message that `serve` takes.
const PACKETS: u64 = 32 * 1024;
const BYTES: u64 = 24 * 1024 * 1024;

/// Tells a capture to the views, and writes a copy with comments.
pub(super) fn tell(
    (input, damage): (Input, Option<Damage>),
    progress: Progress,
    settings: &Settings,
    views: Views<'_>,
    (out, overwrite): (&Path, Overwrite),
) -> Result<Outcome, Failure> {
    let (ahead, behind) = tee(input.source);
    let reader = Reader::new(ahead).map_err(Failure::Read)?;
    let mut original = Reader::new(behind).map_err(Failure::Read)?;
    let copy = create_output(out, OutputKind::Capture, overwrite).map_err(Failure::Copy)?;
    let mut telling = Telling::new(reader, input.name, settings, progress, views).cut_short(damage);
    let mut copied = 0;
    let copying = annotate(&mut original, copy, |packet| {
        let is_near = |telling: &Telling<'_, _>| {
            telling.packets() < packet.number
                || telling.packets() - packet.number < PACKETS && telling.bytes() - copied < BYTES
        };
        while is_near(&telling) && telling.advance() {}
        copied += packet.bytes.len() as u64;
        new(packet, telling.comments(packet.number))
    });
    // The view is told all of it, whatever became of the copy.
    while telling.advance() {}
    copying.map_err(|error| Failure::Copy(error.into()))?;
    telling.finish()
}

/// The comments that a packet does not have: whoever annotates a copy again gets no second set.
fn new(packet: &Packet<'_>, mut comments: Vec<Cow<'static, str>>) -> Vec<Cow<'static, str>> {
    if !comments.is_empty() {
        let there: Vec<_> = packet.comments().collect();
        comments.retain(|comment| !there.contains(comment));
    }
    comments
}
