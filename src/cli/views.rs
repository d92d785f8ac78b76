//! Fan-out from one pipeline: to the selected view, to the comments of a copy, and to the threshold of `--fail-on`.

use std::io;

use super::explain::fail_threshold::FailThreshold;
use crate::explain::{Bytes, Comments, File, Finding, Language, Verdict, View};
use crate::observe::{Ended, IcmpReport, Observation};

/// All outputs of one run, as one [`View`]. A view that fails is dropped; the others go on.
pub(super) struct Views<'v> {
    view: Option<Box<dyn View + 'v>>,
    /// The comments of the copy, if one is written.
    pub(super) comments: Option<Comments>,
    /// The language of the capture reader's notes.
    pub(super) language: Language,
    /// Counts findings for `--fail-on`.
    pub(super) threshold: FailThreshold,
    /// The error of the view that failed.
    failure: Option<io::Error>,
}

impl<'v> Views<'v> {
    pub(super) const fn new(
        view: Option<Box<dyn View + 'v>>,
        comments: Option<Comments>,
        language: Language,
        threshold: FailThreshold,
    ) -> Self {
        Self { view, comments, language, threshold, failure: None }
    }

    /// Returns `true` if the view has failed, and its error was not taken yet.
    pub(super) const fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Takes the error of a view that failed.
    ///
    /// # Errors
    /// The view's, once.
    pub(super) fn check(&mut self) -> io::Result<()> {
        self.failure.take().map_or(Ok(()), Err)
    }

    fn forward(&mut self, mut forward: impl FnMut(&mut dyn View) -> io::Result<()>) -> io::Result<()> {
        if let Some(comments) = &mut self.comments {
            forward(comments)?;
        }
        if let Some(view) = &mut self.view
            && let Err(error) = forward(&mut **view)
        {
            self.view = None;
            self.failure = Some(error);
        }
        Ok(())
    }
}

impl View for Views<'_> {
    fn begins(&mut self, time_ns: u64) {
        self.view.iter_mut().for_each(|view| view.begins(time_ns));
    }

    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.forward(|view| view.step(step))
    }

    fn bytes(&mut self, bytes: &Bytes<'_>, step: &Observation) -> io::Result<()> {
        self.forward(|view| view.bytes(bytes, step))
    }

    fn icmp(&mut self, report: &IcmpReport) -> io::Result<()> {
        self.forward(|view| view.icmp(report))
    }

    fn finding(&mut self, stream: u64, found: &Finding) -> io::Result<()> {
        self.threshold.count(found.severity());
        self.forward(|view| view.finding(stream, found))
    }

    fn verdict(&mut self, stream: u64, verdict: &Verdict) -> io::Result<()> {
        self.forward(|view| view.verdict(stream, verdict))
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.forward(|view| view.ended(ended))
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        file.notes.iter().for_each(|note| self.threshold.count(note.severity));
        self.forward(|view| view.finish(file))
    }
}
