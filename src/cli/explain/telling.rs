//! A capture being told: packet after packet from the reader to the observer, and what it tells to the views.

use std::io::{self, Read};

use super::gate::Gate;
use super::progress::Progress;
use super::{Failure, notes};
use crate::capture::{Damage, Reader};
use crate::cli::wanted::Wanted;
use crate::explain::{Bytes, Comments, File, Found, Inspector, Language, View};
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
    /// Where what was read is cut short, if it does not show.
    damage: Option<Damage>,
}

/// Who is told.
pub(in crate::cli) struct Views<'v> {
    pub(in crate::cli) view: Option<Box<dyn View + 'v>>,
    pub(in crate::cli) comments: Option<Comments>,
    /// In which language what the reader noticed is told.
    pub(in crate::cli) language: Language,
    /// What was found is counted here.
    pub(in crate::cli) gate: Gate,
}

/// What came of it.
pub(super) struct Outcome {
    /// Where the capture is cut short, if it is.
    pub(super) cut_short: Option<String>,
    pub(super) gate: Gate,
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

    fn bytes(&mut self, bytes: &Bytes<'_>, step: &Step) -> io::Result<()> {
        self.tell(|view| view.bytes(bytes, step))
    }

    fn finding(&mut self, stream: u64, found: &Found) -> io::Result<()> {
        self.gate.count(found.severity().name());
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
        let (bytes, failed, damage) = (0, None, None);
        Self { reader, name, observer, inspector, wanted, progress, views, bytes, failed, damage }
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
                let bytes = Bytes {
                    link: packet.interface().link.0,
                    bytes: packet.bytes,
                    original_length: packet.original_length,
                };
                let told = wanted.step(&step, &bytes, inspector, views);
                check(views, told);
            }
            true
        } else {
            for ended in observer.take().into_iter().flat_map(Observer::finish) {
                let told = wanted.ended(&ended, inspector, views);
                check(views, told);
            }
            let mut facts = reader.facts().clone();
            facts.damage = facts.damage.or_else(|| self.damage.clone());
            let file = notes::file(&self.name, &facts, &inspector.finish(), views.language);
            let told = views.finish(&file);
            check(views, told);
            false
        };
        if failed.is_some() {
            self.failed = failed;
        }
        goes_on
    }

    /// What came of it.
    pub(super) fn finish(self) -> Result<Outcome, Failure> {
        if let Some(error) = self.failed {
            return Err(error.into());
        }
        let damage = self.reader.facts().damage.as_ref().or(self.damage.as_ref());
        Ok(Outcome { cut_short: damage.map(ToString::to_string), gate: self.views.gate })
    }
}
