//! What the feed keeps of a connection that is open.

use super::row::{Row, Rows};
use super::segments::{PartLabel, Segments};
use crate::explain::narrative::ack_run::AckRun;
use crate::explain::narrative::announcement::{Announcement, Announcer};
use crate::explain::narrative::connection_log::SparseLog;
use crate::explain::narrative::phase::Phase;
use crate::explain::views::json::text::Text;
use crate::observe::{Ended, Observation, Stream};

/// A connection that has not ended.
#[derive(Debug)]
pub(super) struct OpenConnection {
    pub(super) log: SparseLog,
    pub(super) rows: Rows,
    segments: Segments,
    /// If there is a reader who watches.
    pub(super) announcer: Option<Announcer>,
    /// What the last packet brought.
    pub(super) news: Option<Announcement>,
    /// Number of the last packet.
    pub(super) last: u64,
    /// Its end, once it has closed.
    pub(super) closed: Option<Ended>,
}

impl OpenConnection {
    pub(super) fn new(about: Stream, first_ns: u64, announcer: Option<Announcer>) -> Self {
        Self {
            log: SparseLog::new(about),
            rows: Rows::new(first_ns),
            segments: Segments::default(),
            announcer,
            news: None,
            last: 0,
            closed: None,
        }
    }

    /// Writes the fields of a packet's row; gives the labels that packets before it have by now.
    pub(super) fn row(&mut self, step: &Observation, to: &mut Text) -> Vec<PartLabel> {
        self.log.keep(step);
        let round_trip_ns = self.log.connection.heartbeats.round_trip_ns;
        self.news = self.announcer.as_mut().and_then(|announcer| announcer.note(step, round_trip_ns));
        self.last = step.number;
        self.rows.states.protocol = self.log.protocol;
        let (parts, labels) = self.segments.note(step);
        let row = Row {
            step,
            phase: Phase::of(step, self.rows.phase, self.log.protocol),
            acks: AckRun::of(step, self.rows.acks),
            parts: &parts,
            round_trip_ns,
        };
        self.rows.write(&row, to);
        labels
    }
}
