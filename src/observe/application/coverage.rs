//! Coverage: what each side's bytes were read as, and gaps in them.

use super::{ApplicationLayer, Dissector, EarlyData, Negotiated, Reader, Readers};
use crate::observe::facts::{
    Coverage, Evidence, Fact, GapReason, Growth, LostSync, LostSyncReason, OpaqueKind, Reading, Unread,
    UnreadReason,
};
use crate::observe::http::body::BodyProgress;
use crate::observe::reassembly::{Origin, Piece};
use crate::observe::ws::frame_reader::MissingBytes;
use crate::wire::{PerSide, Side};

impl ApplicationLayer {
    /// Each side's bytes, and what they were read as.
    pub(in crate::observe) fn coverage(&self) -> PerSide<Coverage> {
        let mut coverage = self.coverage.clone();
        if let Some(readers) = &self.readers
            && let Reader::AwaitingAnswer { early, .. } = &readers.of.client
        {
            for EarlyData { offset, bytes, .. } in early {
                let reading = Reading::Unread(UnreadReason::Desync);
                coverage.client.record(*offset, bytes.len() as u64, reading);
            }
        }
        coverage
    }
}

impl Readers {
    /// The meaning of the bytes of a side that come next; `None` if it is decided later.
    pub(super) fn reading(&self, from: Side) -> Option<Reading> {
        match &self.of[from] {
            Reader::AwaitingAnswer { .. } => None,
            Reader::Search(_) if !self.is_reported[from] => None,
            reader => Some(reader.reading()),
        }
    }
}

impl Reader {
    /// The meaning of the bytes that it reads next.
    const fn reading(&self) -> Reading {
        match self {
            Self::Head(_) | Self::AwaitingAnswer { .. } | Self::Relay(_) => Reading::HttpHead,
            Self::Body(_) => Reading::HttpBody,
            Self::Frames(reader) if reader.has_lost_sync() => Reading::Unread(UnreadReason::Desync),
            Self::Frames(_) => Reading::Frames,
            Self::Search(_) => Reading::Unread(UnreadReason::Desync),
            Self::Hello(_) => Reading::TlsHello,
            Self::Http2(_) => Reading::Http2,
            Self::Foreign(kind) | Self::Opaque(kind) => Reading::Unread(kind.unread_reason()),
        }
    }

    /// The bytes that come next within a payload or a body of known length: what is missing of them hides nothing else.
    const fn payload_left(&self) -> u64 {
        match self {
            Self::Frames(reader) => reader.payload_left(),
            Self::Body(body) => body.payload_left(),
            _ => 0,
        }
    }
}

impl Dissector<'_> {
    /// Records the reading of a side's bytes. What was recorded of them before is forgotten.
    #[inline]
    pub(super) fn cover(&mut self, from: Side, offset: u64, length: u64, reading: Reading) {
        let coverage = &mut self.layer.coverage[from];
        if coverage.record(offset, length, reading) == Growth::SameRange {
            return;
        }
        let before = coverage.ranges().iter().nth_back(1).map(|range| range.reading);
        if let (Reading::Unread(reason), false) = (reading, matches!(before, Some(Reading::Unread(_)))) {
            self.emitter.fact(Fact::Unread(Unread { from, offset, length: None, reason }));
        }
    }

    /// Records bytes that are missing: first those of a payload whose end is known, then those that may hold anything.
    pub(super) fn cover_gap(&mut self, from: Side, offset: u64, length: u64, reason: GapReason) {
        // What waits for a decision comes before the gap.
        self.report_search();
        let readers = self.layer.readers.as_ref();
        let payload = readers.map_or(0, |readers| readers.of[from].payload_left()).min(length);
        let reason = reason.unread_reason();
        self.cover(from, offset, payload, Reading::UnreadPayload(reason));
        self.cover(from, offset + payload, length - payload, Reading::Unread(reason));
    }

    /// Records the reading of the bytes that turned out to be opaque. A gap before them has its own.
    pub(super) fn cover_opaque(&mut self, from: Side, offset: u64, kind: OpaqueKind) {
        let reading = match kind {
            OpaqueKind::AfterGap => return,
            OpaqueKind::Tls => Reading::TlsHello,
            OpaqueKind::Http2 => Reading::Http2,
            _ => Reading::Unread(kind.unread_reason()),
        };
        let length = self.layer.coverage[from].end().saturating_sub(offset);
        self.cover(from, offset, length, reading);
    }

    /// Records that a side's frames are out of sync. A gap has its own reading, and a chunk's framing is read: frames go on
    /// behind it.
    pub(super) fn cover_lost_sync(&mut self, lost: &LostSync) {
        if !matches!(lost.reason, LostSyncReason::Gap | LostSyncReason::Chunk) {
            let length = self.layer.coverage[lost.from].end().saturating_sub(lost.offset);
            self.cover(lost.from, lost.offset, length, Reading::Unread(UnreadReason::Desync));
        }
    }

    /// Skips bytes of a side that are missing.
    pub(super) fn gap(&mut self, from: Side, gap: MissingBytes) {
        let origin = Origin { packet: gap.packet, packet_offset: 0, evidence: Evidence::Inferred };
        let piece = Piece { offset: gap.offset, bytes: &[], origin };
        if self.layer.readers.is_none() {
            self.layer.start();
        }
        let Some(readers) = &mut self.layer.readers else { return };
        match &mut readers.of[from] {
            Reader::Frames(reader) => {
                for signal in reader.gap(gap, &mut readers.numbering).into_iter().flatten() {
                    self.signal(from, signal, origin);
                }
                self.search_if_lost(from);
            }
            Reader::Search(search) => search.gap(gap.offset, gap.length),
            Reader::Body(body) => match body.gap(gap.length) {
                BodyProgress::NeedMore => {}
                BodyProgress::Complete => self.end_body(from),
                BodyProgress::Broken => self.set_opaque(from, OpaqueKind::AfterGap, &piece),
            },
            Reader::Foreign(kind) => {
                let kind = *kind;
                self.set_opaque(from, kind, &piece);
            }
            Reader::Opaque(_) => {}
            Reader::Hello(_) => readers.of[from] = Reader::Opaque(OpaqueKind::Tls),
            Reader::Http2(reader) => {
                if reader.gap(gap.length).is_err() {
                    readers.of[from] = Reader::Opaque(OpaqueKind::Http2);
                }
            }
            Reader::Head(_) if from == Side::Client && readers.negotiated.is_some() => {
                let negotiated = readers.negotiated.take().unwrap_or(Negotiated::NOT_SEEN);
                readers.of.client = Reader::frames(Side::Client, negotiated, Evidence::Inferred);
            }
            Reader::Head(_) | Reader::AwaitingAnswer { .. } | Reader::Relay(_) => {
                self.set_opaque(from, OpaqueKind::AfterGap, &piece);
            }
        }
    }
}
