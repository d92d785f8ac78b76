//! A capture being told: packet after packet from the reader to the observer, and what it tells to the views.

use std::io::{self, Read};

use super::progress::Progress;
use super::wanted::Wanted;
use super::{Failure, notes};
use crate::capture::Reader;
use crate::explain::{Comments, File, Found, Inspector, Language, View};
use crate::observe::{Config, Ended, Observer, Step};

/// A capture being told.
pub(super) struct Telling<'v, R> {
    reader: Reader<R>,
    name: String,
    /// None when the capture has ended.
    observer: Option<Observer>,
    inspector: Inspector,
    wanted: Wanted,
    progress: Progress,
    pub(super) views: Views<'v>,
    /// How many bytes the packets had.
    bytes: u64,
    failed: Option<io::Error>,
}

/// Who is told.
pub(super) struct Views<'v> {
    pub(super) view: Option<Box<dyn View + 'v>>,
    pub(super) comments: Option<Comments>,
    /// In which language what the reader noticed is told.
    pub(super) language: Language,
}

impl Views<'_> {
    fn tell(&mut self, mut tell: impl FnMut(&mut dyn View) -> io::Result<()>) -> io::Result<()> {
        if let Some(comments) = &mut self.comments {
            tell(comments)?;
        }
        self.view.as_mut().map_or(Ok(()), |view| tell(&mut **view))
    }
}

impl View for Views<'_> {
    fn step(&mut self, step: &Step) -> io::Result<()> {
        self.tell(|view| view.step(step))
    }

    fn finding(&mut self, stream: u64, found: &Found) -> io::Result<()> {
        self.tell(|view| view.finding(stream, found))
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        self.tell(|view| view.ended(ended))
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        self.tell(|view| view.finish(file))
    }
}

impl<'v, R: Read> Telling<'v, R> {
    pub(super) fn new(
        reader: Reader<R>,
        name: String,
        wanted: Wanted,
        progress: Progress,
        views: Views<'v>,
    ) -> Self {
        let config = Config { assume_websocket: wanted.port.into_iter().collect(), ..Config::default() };
        let observer = Some(Observer::new(config));
        let inspector = Inspector::default();
        Self { reader, name, observer, inspector, wanted, progress, views, bytes: 0, failed: None }
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
    pub(super) const fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// Tells the next packet; at the end of the capture what is left, and then `false`. A view that fails is told no
    /// more.
    pub(super) fn advance(&mut self) -> bool {
        let Self { reader, observer, inspector, wanted, views, .. } = self;
        let Some(watching) = observer else { return false };
        let mut failed = None;
        let mut check = |views: &mut Views<'_>, result: io::Result<()>| {
            if let Err(error) = result {
                failed = Some(error);
                views.view = None;
            }
        };
        let goes_on = if let Some(packet) = reader.next_packet() {
            self.bytes += packet.bytes.len() as u64;
            self.progress.tell(packet.number);
            if let Ok(segment) = packet.segment {
                let step = watching.observe(&segment);
                while let Some(ended) = watching.poll_ended() {
                    let told = wanted.ended(&ended, inspector, views);
                    check(views, told);
                }
                let told = wanted.step(&step, inspector, views);
                check(views, told);
            }
            true
        } else {
            for ended in observer.take().into_iter().flat_map(Observer::finish) {
                let told = wanted.ended(&ended, inspector, views);
                check(views, told);
            }
            let mut file = notes::file(&self.name, reader.facts(), views.language);
            file.notes.extend(inspector.finish().iter().map(|found| found.told(views.language)));
            let told = views.finish(&file);
            check(views, told);
            false
        };
        if failed.is_some() {
            self.failed = failed;
        }
        goes_on
    }

    /// What came of it: where the capture is cut short, if it is.
    pub(super) fn finish(self) -> Result<Option<String>, Failure> {
        match self.failed {
            Some(error) => Err(error.into()),
            None => Ok(self.reader.facts().damage.as_ref().map(ToString::to_string)),
        }
    }
}
