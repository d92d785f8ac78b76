//! `-w`: the capture written again, with comments on its packets.

use std::borrow::Cow;
use std::path::Path;

use super::Failure;
use super::explain_run::{ExplainRun, Outcome};
use super::input::Input;
use super::progress::Progress;
use super::tee::tee;
use crate::capture::{Damage, OutputKind, Overwrite, Packet, Reader, annotate, create_output};
use crate::cli::views::Views;
use crate::explain::Settings;

/// Lookahead of the observer over the copy, in packets and in bytes: a segment's comments are complete when the message
/// that it is part of has ended. Room enough for the longest message that `serve` accepts.
const PACKETS: u64 = 32 * 1024;
const BYTES: u64 = 24 * 1024 * 1024;

/// Explains a capture to the views, and writes a copy with comments.
pub(super) fn write(
    (input, damage): (Input, Option<Damage>),
    progress: Progress,
    settings: &Settings,
    views: Views<'_>,
    (out, overwrite): (&Path, Overwrite),
) -> Result<Outcome, Failure> {
    let name = input.name.clone();
    let (ahead, behind) = tee(input);
    let reader = Reader::new(ahead).map_err(Failure::Read)?;
    let mut original = Reader::new(behind).map_err(Failure::Read)?;
    let copy = create_output(out, OutputKind::Capture, overwrite).map_err(Failure::Copy)?;
    let mut run = ExplainRun::new(reader, name, settings, progress, views).cut_short(damage);
    let mut copied = 0;
    let copying = annotate(&mut original, copy, |packet| {
        let is_near = |run: &ExplainRun<'_, _>| {
            run.packets() < packet.number
                || run.packets() - packet.number < PACKETS && run.bytes() - copied < BYTES
        };
        while is_near(&run) && run.advance() {}
        copied += packet.bytes.len() as u64;
        without_present(packet, run.comments(packet.number))
    });
    // The view gets all of the capture, even if the copy failed.
    while run.advance() {}
    copying.map_err(|error| Failure::Copy(error.into()))?;
    run.finish()
}

/// The comments that the packet does not carry already: annotating a copy again adds no second set.
fn without_present(packet: &Packet<'_>, mut comments: Vec<Cow<'static, str>>) -> Vec<Cow<'static, str>> {
    if !comments.is_empty() {
        let there: Vec<_> = packet.comments().collect();
        comments.retain(|comment| !there.contains(comment));
    }
    comments
}
