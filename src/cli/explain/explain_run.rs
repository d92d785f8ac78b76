//! One run over a capture: packet after packet from the reader through the pipeline to the views.

use std::borrow::Cow;
use std::io::Read;

use super::fail_threshold::FailThreshold;
use super::progress::Progress;
use super::{Failure, notes};
use crate::capture::{Damage, Reader};
use crate::cli::views::Views;
use crate::explain::{Comments, EmptySelection, Pipeline, Settings};

/// A run over one capture.
pub(super) struct ExplainRun<'v, R> {
    reader: Reader<R>,
    name: String,
    pipeline: Pipeline<Views<'v>>,
    progress: Progress,
    /// Captured bytes of all packets so far.
    bytes: u64,
    /// `true` if the capture has ended.
    has_ended: bool,
    /// Damage of the original, where the input is a redacted copy of it.
    damage: Option<Damage>,
}

/// The outcome of a run.
pub(super) struct Outcome {
    /// The place where the capture is cut short, if it is.
    pub(super) cut_short: Option<String>,
    /// What there is, if `--stream` and `--port` select nothing of it.
    pub(super) empty: Option<EmptySelection>,
    pub(super) threshold: FailThreshold,
}

impl<'v, R: Read> ExplainRun<'v, R> {
    pub(super) fn new(
        reader: Reader<R>,
        name: String,
        settings: &Settings,
        progress: Progress,
        views: Views<'v>,
    ) -> Self {
        let pipeline = Pipeline::new(settings, views);
        Self { reader, name, pipeline, progress, bytes: 0, has_ended: false, damage: None }
    }

    /// Sets the damage of the original, which its redacted copy does not show.
    pub(super) fn cut_short(self, damage: Option<Damage>) -> Self {
        Self { damage, ..self }
    }

    /// Packets read so far.
    pub(super) const fn packets(&self) -> u64 {
        self.reader.info().packets
    }

    /// Captured bytes of those packets.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns `true` if the view has failed.
    pub(super) const fn has_failed(&mut self) -> bool {
        self.pipeline.views().has_failed()
    }

    /// The comments on a packet, if a copy is written.
    pub(super) fn comments(&mut self, packet: u64) -> Vec<Cow<'static, str>> {
        let comments = self.pipeline.views().comments.as_mut();
        comments.map_or_else(Vec::new, |comments| Comments::next_comments(comments, packet))
    }

    /// Reads one more packet; finishes at the end of the capture, and then returns `false`.
    pub(super) fn advance(&mut self) -> bool {
        if self.has_ended {
            return false;
        }
        // Views remember their failure.
        if let Some(packet) = self.reader.next_packet() {
            self.bytes += packet.bytes.len() as u64;
            self.progress.update(packet.number);
            let _ = self.pipeline.read(&packet);
            return true;
        }
        self.has_ended = true;
        let mut facts = self.reader.info().clone();
        facts.damage = facts.damage.or_else(|| self.damage.clone());
        facts.notes.iter().for_each(|note| self.pipeline.note_unread(note));
        let language = self.pipeline.views().language;
        let _ = self.pipeline.finish(|found| notes::file(&self.name, &facts, found, language));
        false
    }

    /// The outcome, at the end.
    pub(super) fn finish(mut self) -> Result<Outcome, Failure> {
        let empty = self.pipeline.empty_selection();
        let views = self.pipeline.views();
        views.check()?;
        let damage = self.reader.info().damage.as_ref().or(self.damage.as_ref());
        Ok(Outcome { cut_short: damage.map(ToString::to_string), empty, threshold: views.threshold })
    }
}
