//! Frames without a handshake before them: those of a capture that begins midway, and those behind a loss of
//! synchronization.

use super::{AssumedProtocol, Dissector, EarlyData, Protocol, Reader};
use crate::observe::facts::{Evidence, Fact, Opaque, OpaqueKind, Reading, Resync, UnreadReason};
use crate::observe::http::detection::{Detection, first_line};
use crate::observe::http::head::HeadCollector;
use crate::observe::reassembly::Piece;
use crate::observe::ws::Machine;
use crate::observe::ws::frame_reader::FrameReader;
use crate::observe::ws::frame_search::{Found, FrameSearch};
use crate::wire::ws::ReadyState;
use crate::wire::{PerSide, Side};

/// Segments of both sides after which bytes without frames are reported as opaque. The search goes on.
const UNDECIDED: u32 = 32;

/// The longest first line of a head in a stream without a beginning, in bytes.
const MAX_FIRST_LINE: usize = 8 * 1024;

impl Dissector<'_> {
    /// Reads frames at once, where the caller says that they are some and the first bytes may be one.
    pub(super) fn is_assumed(&self, from: Side, piece: &Piece<'_>) -> bool {
        let is_first = self.layer.readers.as_deref().is_some_and(
            |readers| matches!(&readers.of[from], Reader::Head(collector) if collector.is_empty()),
        );
        self.layer.assumed == AssumedProtocol::WebSocket
            && is_first
            && FrameReader::is_plausible(from, piece.bytes)
    }

    /// Reads a side's frames from its first bytes on.
    pub(super) fn open_midway(&mut self, from: Side) {
        self.open_websocket();
        let Some(readers) = &mut self.layer.readers else { return };
        readers.of[from] = Reader::frames(from, readers.agreed, Evidence::Inferred);
    }

    /// The connection is a WebSocket, and open, though nothing was seen of its opening.
    fn open_websocket(&mut self) {
        if self.layer.protocol == Protocol::Unknown {
            self.layer.protocol = Protocol::WebSocket;
            let machine = Machine::new(ReadyState::Open);
            self.layer.machines = PerSide { client: machine, server: machine };
            self.close.opened();
        }
    }

    /// Searches for frames from a segment on, whose bytes began no head.
    pub(super) fn search_midway(&mut self, from: Side, start: Option<(u64, u64)>, segment: &Piece<'_>) {
        let Some(readers) = &mut self.layer.readers else { return };
        let mut search = FrameSearch::new(from, readers.agreed.rsv1);
        if let Some((offset, packet)) = start {
            search.start_at(offset, packet);
        }
        readers.of[from] = Reader::Search(Box::new(search));
        self.read_search(from, &mut { *segment });
    }

    /// Searches for frames behind a loss of synchronization.
    pub(super) fn search_if_lost(&mut self, from: Side) {
        if let Some(readers) = &mut self.layer.readers
            && let Reader::Frames(reader) = &readers.of[from]
            && reader.has_lost_sync()
        {
            readers.of[from] = Reader::Search(Box::new(FrameSearch::new(from, reader.rsv1())));
            readers.is_reported[from] = true;
        }
    }

    /// Reads on in the search.
    pub(super) fn read_search(&mut self, from: Side, piece: &mut Piece<'_>) {
        let Some(readers) = &mut self.layer.readers else { return };
        let Reader::Search(search) = &mut readers.of[from] else { return };
        search.push(piece);
        piece.advance(piece.bytes.len());
        let own = search.found();
        let found = |reader: &Reader| match reader {
            Reader::Search(search) => (search.found(), search.segments()),
            _ => (Found::default(), 0),
        };
        let (client, server) = (found(&readers.of.client), found(&readers.of.server));
        let is_known =
            self.layer.protocol == Protocol::WebSocket || self.layer.assumed == AssumedProtocol::WebSocket;
        if is_known && own.is_enough() {
            self.open_websocket();
            self.resynchronize(&[from]);
        } else if self.layer.protocol == Protocol::Unknown && client.0.shows_websocket(server.0) {
            self.open_websocket();
            self.resynchronize(&[Side::Client, Side::Server]);
        } else if self.layer.protocol != Protocol::WebSocket && client.1 + server.1 >= UNDECIDED {
            self.report_search();
        }
    }

    /// Reads the frames that were found, in the order of their packets.
    fn resynchronize(&mut self, sides: &[Side]) {
        let Some(readers) = &mut self.layer.readers else { return };
        let (mut replay, mut unread) = (Vec::new(), Vec::new());
        for &from in sides {
            match std::mem::replace(&mut readers.of[from], Reader::head()) {
                Reader::Search(search) if search.found() != Found::default() => {
                    let (start, is_reported) = (search.start(), readers.is_reported[from]);
                    let bytes = search.into_bytes();
                    readers.of[from] = Reader::frames_again(from, readers.agreed);
                    if let Some((offset, _, origin)) = bytes.first() {
                        let resync = Resync { from, offset: *offset, packet: origin.packet };
                        self.emitter.fact(Fact::Resync(resync));
                        let before = start.filter(|(start, _)| !is_reported && start < offset);
                        unread.extend(before.map(|(start, _)| (from, start, offset - start)));
                    }
                    let early = |(offset, bytes, origin)| EarlyData { from, offset, bytes, origin };
                    replay.extend(bytes.into_iter().map(early));
                }
                other => readers.of[from] = other,
            }
        }
        for from in [Side::Client, Side::Server] {
            // Its first bytes are frames, too, but may begin within one.
            if matches!(&readers.of[from], Reader::Head(collector) if collector.is_empty()) {
                readers.of[from] = Reader::Search(Box::new(FrameSearch::new(from, readers.agreed.rsv1)));
            }
            if let Reader::Search(search) = &readers.of[from]
                && !std::mem::replace(&mut readers.is_reported[from], true)
            {
                unread.extend(search.start().map(|(start, _)| (from, start, search.end() - start)));
            }
        }
        replay.sort_by_key(|early| early.origin.packet);
        readers.replay.extend(replay);
        for (from, offset, length) in unread {
            self.cover(from, offset, length, Reading::Unread(UnreadReason::Desync));
        }
    }

    /// Reports bytes of a stream without a beginning, in which no frames were found.
    pub(super) fn report_search(&mut self) {
        for from in [Side::Client, Side::Server] {
            let Some(readers) = &mut self.layer.readers else { return };
            if let Reader::Search(search) = &readers.of[from]
                && let Some((offset, packet)) = search.start().filter(|_| !readers.is_reported[from])
            {
                readers.is_reported[from] = true;
                let (kind, length) = (OpaqueKind::Unknown, search.end().saturating_sub(offset));
                self.emitter.fact(Fact::Opaque(Opaque { from, offset, packet, kind }));
                self.cover(from, offset, length, Reading::Unread(kind.unread_reason()));
            }
        }
    }
}

/// Returns `true` if what a side of a stream without a beginning sends first is no head, though it begins like one.
pub(super) fn is_no_head(from: Side, collector: &HeadCollector) -> bool {
    let bytes = collector.bytes();
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let line = &bytes[..end.unwrap_or(bytes.len())];
    let is_text = line.iter().all(|byte| matches!(byte, b'\t' | b'\r' | b' '..=b'~'));
    match end {
        _ if !is_text || line.len() > MAX_FIRST_LINE => true,
        // An empty line may stand before it.
        Some(_) if line.trim_ascii().is_empty() => false,
        Some(_) => first_line(bytes) != Some(expected(from)),
        None => false,
    }
}

/// The head that a side sends.
pub(super) const fn expected(from: Side) -> Detection {
    match from {
        Side::Client => Detection::Request,
        Side::Server => Detection::Response,
    }
}
