//! Who is told of a capture: the view that was asked for, the comments for a copy, and the count for `--fail-on`.

use std::io;

use super::explain::fail_threshold::Gate;
use crate::explain::{Bytes, Comments, File, Finding, Language, View};
use crate::observe::{Ended, Observation};

/// Who is told. A view that fails is told no more; the others are.
pub(super) struct Views<'v> {
    view: Option<Box<dyn View + 'v>>,
    /// What the copy says of its packets, if one is written.
    pub(super) comments: Option<Comments>,
    /// In which language what the reader noticed is told.
    pub(super) language: Language,
    /// What was found is counted here.
    pub(super) gate: Gate,
    /// Why the view failed.
    failure: Option<io::Error>,
}

impl<'v> Views<'v> {
    pub(super) const fn new(
        view: Option<Box<dyn View + 'v>>,
        comments: Option<Comments>,
        language: Language,
        gate: Gate,
    ) -> Self {
        Self { view, comments, language, gate, failure: None }
    }

    /// Whether the view takes no more.
    pub(super) const fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Why it takes no more, if so. Says so once.
    ///
    /// # Errors
    /// What the view said.
    pub(super) fn check(&mut self) -> io::Result<()> {
        self.failure.take().map_or(Ok(()), Err)
    }

    fn tell(&mut self, mut tell: impl FnMut(&mut dyn View) -> io::Result<()>) -> io::Result<()> {
        if let Some(comments) = &mut self.comments {
            tell(comments)?;
        }
        if let Some(view) = &mut self.view
            && let Err(error) = tell(&mut **view)
        {
            self.view = None;
            self.failure = Some(error);
        }
        Ok(())
    }
}

impl View for Views<'_> {
    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.tell(|view| view.step(step))
    }

    fn bytes(&mut self, bytes: &Bytes<'_>, step: &Observation) -> io::Result<()> {
        self.tell(|view| view.bytes(bytes, step))
    }

    fn finding(&mut self, stream: u64, found: &Finding) -> io::Result<()> {
        self.gate.count(found.severity());
        self.tell(|view| view.finding(stream, found))
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.tell(|view| view.ended(ended))
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        file.notes.iter().for_each(|note| self.gate.count(note.severity));
        self.tell(|view| view.finish(file))
    }
}
