//! A capture being told: packet after packet from the reader to the views.

use std::borrow::Cow;
use std::io::Read;

use super::fail_threshold::Gate;
use super::progress::Progress;
use super::{Failure, notes};
use crate::capture::{Damage, Reader};
use crate::cli::views::Views;
use crate::explain::{Comments, Pipeline, Settings};

/// A capture being told.
pub(super) struct Telling<'v, R> {
    reader: Reader<R>,
    name: String,
    pipeline: Pipeline<Views<'v>>,
    progress: Progress,
    /// How many bytes the packets had.
    bytes: u64,
    /// Whether the capture has ended.
    is_over: bool,
    /// Where what was read is cut short, if it does not show.
    damage: Option<Damage>,
}

/// What came of it.
pub(super) struct Outcome {
    /// Where the capture is cut short, if it is.
    pub(super) cut_short: Option<String>,
    pub(super) gate: Gate,
}

impl<'v, R: Read> Telling<'v, R> {
    pub(super) fn new(
        reader: Reader<R>,
        name: String,
        settings: &Settings,
        progress: Progress,
        views: Views<'v>,
    ) -> Self {
        let pipeline = Pipeline::new(settings, views);
        Self { reader, name, pipeline, progress, bytes: 0, is_over: false, damage: None }
    }

    /// That what was read is cut short, though it does not show.
    pub(super) fn cut_short(self, damage: Option<Damage>) -> Self {
        Self { damage, ..self }
    }

    /// How many packets were read.
    pub(super) const fn packets(&self) -> u64 {
        self.reader.facts().packets
    }

    /// How many bytes they had.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether the view takes no more.
    pub(super) const fn has_failed(&mut self) -> bool {
        self.pipeline.views().has_failed()
    }

    /// The comments on a packet, if a copy is written.
    pub(super) fn comments(&mut self, packet: u64) -> Vec<Cow<'static, str>> {
        let comments = self.pipeline.views().comments.as_mut();
        comments.map_or_else(Vec::new, |comments| Comments::take(comments, packet))
    }

    /// Tells the next packet; at the end of the capture what is left, and then `false`.
    pub(super) fn advance(&mut self) -> bool {
        if self.is_over {
            return false;
        }
        // Views remember their failure.
        if let Some(packet) = self.reader.next_packet() {
            self.bytes += packet.bytes.len() as u64;
            self.progress.tell(packet.number);
            let _ = self.pipeline.read(&packet);
            return true;
        }
        self.is_over = true;
        let mut facts = self.reader.facts().clone();
        facts.damage = facts.damage.or_else(|| self.damage.clone());
        let language = self.pipeline.views().language;
        let _ = self.pipeline.finish(|found| notes::file(&self.name, &facts, found, language));
        false
    }

    /// What came of it.
    pub(super) fn finish(mut self) -> Result<Outcome, Failure> {
        let views = self.pipeline.views();
        views.check()?;
        let damage = self.reader.facts().damage.as_ref().or(self.damage.as_ref());
        Ok(Outcome { cut_short: damage.map(ToString::to_string), gate: views.gate })
    }
}
