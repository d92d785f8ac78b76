//! The application layer of one connection: heads of HTTP, then frames. Each side's bytes come in order.
//!
//! ```text
//!             upgrade request   ┌────────────────┐ 101: frames, the early ones first
//!  ┌──────┐────────────────────▶│ AwaitingAnswer │──────────────┐
//!  │ Head │◀── another answer ──└────────────────┘              ▼
//!  │      │                                                ┌────────┐
//!  │      │── 101 (server) ───────────────────────────────▶│ Frames │
//!  │      │── plain HTTP ──▶ Body ──▶ Head                 └────────┘
//!  └──────┘── neither ──▶ Hello, Http2 ──▶ Opaque; midway ──▶ Search ──▶ Frames
//! ```
//!
//! [`ApplicationLayer`] is what outlives a packet. Its mechanism are the methods of [`Dissector`]: here those of every
//! reader and of frames, in `heads` those of HTTP/1, in `relay` those of proxies, in `search` those of frames without a
//! handshake, in `opaque` those of other protocols, in `coverage` what bytes were read as, and gaps.

mod coverage;
mod heads;
mod memory;
mod opaque;
mod relay;
mod search;
mod restoration;

use std::collections::VecDeque;

use super::close_tracker::{CloseTracker, seen_close};
use super::emitter::Emitter;
use super::facts::{Coverage, Evidence, Fact, Frame, Gap, Known, OpaqueKind, Overlap};
use super::http::body::BodyReader;
use super::http::head::{HeadCollector, PendingRequest};
use super::http::hello::HelloCollector;
use super::http::http2;
use super::http::relay::RelayReader;
use super::reassembly::{Delivery, Origin, Piece};
use super::ws::assembler::Assembler;
use super::ws::frame_reader::{FrameReader, MissingBytes, Rsv1, Signal};
use super::ws::frame_search::FrameSearch;
use super::ws::numbering::Numbering;
use super::ws::{Event, Machine};
use crate::wire::ws::{Deflate, ReadyState};
use crate::wire::{PerSide, Side};

/// Bytes that a client may send before the answer to its upgrade request.
const MAX_EARLY: usize = 256 * 1024;

/// Requests that may wait for their answers.
const MAX_PENDING_REQUESTS: usize = 16;

/// The protocol of the connection, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    /// The capture begins midway, and nothing shows it.
    Unknown,
    /// WebSocket, as nothing speaks against it yet.
    Presumed,
    WebSocket,
    /// Something else: plain HTTP, TLS, …
    Other,
}

/// The protocol that a stream without a beginning is read as, if its bytes allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AssumedProtocol {
    WebSocket,
    None,
}

/// Bytes that wait: a client's for the answer to its request, or a side's until they are known to be frames.
#[derive(Debug)]
struct EarlyData {
    from: Side,
    offset: u64,
    bytes: Box<[u8]>,
    origin: Origin,
}

/// The reader of one side's bytes.
#[derive(Debug)]
enum Reader {
    Head(HeadCollector),
    Body(BodyReader),
    AwaitingAnswer {
        early: Vec<EarlyData>,
        memory: usize,
    },
    Frames(Box<FrameReader>),
    /// Bytes in which frames may begin.
    Search(Box<FrameSearch>),
    /// A TLS hello; what follows it is opaque.
    Hello(HelloCollector),
    Http2(Box<http2::Reader>),
    /// A message of a proxy, or to it.
    Relay(RelayReader),
    /// Bytes of this kind, of which none has come yet.
    Foreign(OpaqueKind),
    Opaque(OpaqueKind),
}

/// The extensions in use on the frames behind a 101.
#[derive(Debug, Clone, Copy)]
struct Negotiated {
    /// If permessage-deflate was agreed on.
    deflate: Option<Deflate>,
    rsv1: Rsv1,
}

impl Negotiated {
    /// Without a 101 in the capture.
    const NOT_SEEN: Self = Self { deflate: None, rsv1: Rsv1::Extension };
}

/// Both sides' readers, made when the first byte comes.
#[derive(Debug)]
struct Readers {
    of: PerSide<Reader>,
    pending_requests: VecDeque<PendingRequest>,
    numbering: Numbering,
    /// Set by a 101 that came before its request was whole.
    negotiated: Option<Negotiated>,
    /// What the 101 agreed on.
    agreed: Negotiated,
    /// Early data that are read now.
    replay: VecDeque<EarlyData>,
    /// Sides whose search for frames was reported.
    is_reported: PerSide<bool>,
}

/// The application layer of one connection.
#[derive(Debug)]
pub(super) struct ApplicationLayer {
    protocol: Protocol,
    assumed: AssumedProtocol,
    machines: PerSide<Machine>,
    coverage: PerSide<Coverage>,
    readers: Option<Box<Readers>>,
}

impl ApplicationLayer {
    /// For a connection whose first byte the capture has.
    pub(super) const fn from_the_start() -> Self {
        Self::new(Protocol::Presumed, AssumedProtocol::None)
    }

    /// For a connection that the capture has from its middle on.
    pub(super) const fn midway(assumed: AssumedProtocol) -> Self {
        Self::new(Protocol::Unknown, assumed)
    }

    const fn new(protocol: Protocol, assumed: AssumedProtocol) -> Self {
        let machine = Machine::new(ReadyState::Connecting);
        let machines = PerSide { client: machine, server: machine };
        let coverage = PerSide { client: Coverage::new(), server: Coverage::new() };
        Self { protocol, assumed, machines, coverage, readers: None }
    }

    /// Returns `true` if no byte was delivered yet.
    pub(super) const fn is_silent(&self) -> bool {
        self.readers.is_none()
    }

    /// The two ends' states; `None` if the protocol is another, or unknown.
    pub(super) fn states(&self) -> Option<PerSide<Known<ReadyState>>> {
        let known = |machine: Machine| Known { state: machine.state, evidence: machine.evidence };
        matches!(self.protocol, Protocol::Presumed | Protocol::WebSocket).then(|| self.machines.map(known))
    }

    /// Makes the readers, when the first bytes are delivered.
    fn start(&mut self) {
        self.readers = Some(Box::new(Readers {
            of: PerSide { client: Reader::head(), server: Reader::head() },
            pending_requests: VecDeque::new(),
            numbering: Numbering::default(),
            negotiated: None,
            agreed: Negotiated::NOT_SEEN,
            replay: VecDeque::new(),
            is_reported: PerSide::default(),
        }));
    }
}

impl Reader {
    fn head() -> Self {
        Self::Head(HeadCollector::default())
    }

    fn frames(side: Side, negotiated: Negotiated, evidence: Evidence) -> Self {
        let assembler = Assembler::new(negotiated.deflate.map(|deflate| deflate.of(side)));
        Self::Frames(Box::new(FrameReader::new(side, assembler, negotiated.rsv1, evidence)))
    }

    /// Frames that were found by their look: messages before them are not known, nor is the window.
    fn frames_again(side: Side, negotiated: Negotiated) -> Self {
        let mut assembler = Assembler::new(negotiated.deflate.map(|deflate| deflate.of(side)));
        assembler.lose_context();
        Self::Frames(Box::new(FrameReader::new(side, assembler, negotiated.rsv1, Evidence::Inferred)))
    }
}

/// The application layer while a packet's bytes pass through it, and where its output goes.
#[derive(Debug)]
pub(super) struct Dissector<'d> {
    pub(super) layer: &'d mut ApplicationLayer,
    pub(super) close: &'d mut CloseTracker,
    pub(super) emitter: &'d mut Emitter,
    /// The end that has fallen silent: that anything reaches it is inferred.
    pub(super) silent: Option<Side>,
}

impl Dissector<'_> {
    /// Takes an output of a side's reassembly. `packet` is the packet that brought it about.
    pub(super) fn delivery(&mut self, from: Side, packet: u64, delivery: Delivery<'_>) {
        match delivery {
            Delivery::Bytes(piece) => self.bytes(from, piece),
            Delivery::Gap { offset, length, reason } => {
                self.emitter.fact(Fact::Gap(Gap { from, offset, length, reason }));
                self.cover_gap(from, offset, length, reason);
                self.gap(from, MissingBytes { offset, length, packet });
            }
            Delivery::Overlap { offset, length, agreement } => {
                self.emitter.fact(Fact::Overlap(Overlap { from, offset, length, agreement }));
            }
        }
    }

    /// Nothing more comes to an end.
    pub(super) fn tcp_ended(&mut self, side: Side) {
        if let Some(readers) = &mut self.layer.readers
            && let Reader::Frames(reader) = &mut readers.of[side.peer()]
            && let Some(signal) = reader.give_up_header()
        {
            self.emit(signal);
        }
    }

    /// All bytes of a side have come, and its FIN behind them: an open frame stays without an end.
    pub(super) fn fin(&mut self, from: Side) {
        self.finish_frames(from);
    }

    /// The release of the connection: nothing more comes.
    pub(super) fn finish(&mut self) {
        self.finish_frames(Side::Client);
        self.finish_frames(Side::Server);
        self.report_search();
        self.layer.coverage = self.layer.coverage();
        self.layer.readers = None;
    }

    fn finish_frames(&mut self, from: Side) {
        if let Some(readers) = &mut self.layer.readers
            && let Reader::Frames(reader) = &mut readers.of[from]
        {
            for signal in reader.finish(&mut readers.numbering).into_iter().flatten() {
                self.emit(signal);
            }
        }
    }

    /// TCP is closed for an end.
    pub(super) fn websocket_closed(&mut self, side: Side, evidence: Evidence) {
        if matches!(self.layer.protocol, Protocol::Presumed | Protocol::WebSocket) {
            self.event(side, Event::TcpEnded, evidence);
        }
    }

    /// Drives one end's WebSocket machine.
    fn event(&mut self, side: Side, event: Event, evidence: Evidence) {
        let evidence = if self.silent == Some(side) { Evidence::Inferred } else { evidence };
        let Self { layer, close, emitter, .. } = self;
        layer.machines[side].step(event, evidence, |rule, evidence| emitter.ws(side, rule, evidence));
        if side == Side::Server && layer.machines[side].state == ReadyState::Open {
            close.opened();
        }
    }

    /// Reads a side's next bytes, then early data that they release.
    fn bytes(&mut self, from: Side, piece: Piece<'_>) {
        self.read(from, piece);
        while let Some(early) = self.layer.readers.as_mut().and_then(|readers| readers.replay.pop_front()) {
            let EarlyData { from, offset, ref bytes, origin } = early;
            self.read(from, Piece { offset, bytes, origin });
        }
    }

    fn read(&mut self, from: Side, mut piece: Piece<'_>) {
        if self.layer.readers.is_none() {
            self.layer.start();
        }
        while !piece.bytes.is_empty() {
            let Some(readers) = &self.layer.readers else { return };
            if let Some(reading) = readers.reading(from) {
                self.cover(from, piece.offset, piece.bytes.len() as u64, reading);
            }
            let Some(readers) = &mut self.layer.readers else { return };
            match &mut readers.of[from] {
                Reader::Frames(_) => self.read_frames(from, &mut piece),
                Reader::Head(_) => self.read_head(from, &mut piece),
                Reader::Search(_) => self.read_search(from, &mut piece),
                Reader::Hello(_) => self.read_hello(from, &mut piece),
                Reader::Http2(_) => self.read_http2(from, &mut piece),
                Reader::Body(_) => self.read_body(from, &mut piece),
                Reader::Relay(_) => self.read_relay(from, &mut piece),
                Reader::AwaitingAnswer { early, memory } if *memory + piece.bytes.len() <= MAX_EARLY => {
                    let Piece { offset, bytes, origin } = piece;
                    *memory += bytes.len() + size_of::<EarlyData>();
                    early.push(EarlyData { from, offset, bytes: bytes.into(), origin });
                    return;
                }
                Reader::AwaitingAnswer { .. } => self.set_opaque(from, OpaqueKind::Unknown, &piece),
                Reader::Foreign(kind) => {
                    let kind = *kind;
                    self.set_opaque(from, kind, &piece);
                }
                Reader::Opaque(_) => return,
            }
        }
    }

    fn read_frames(&mut self, from: Side, piece: &mut Piece<'_>) {
        let origin = piece.origin;
        while let Some(readers) = &mut self.layer.readers
            && let Reader::Frames(reader) = &mut readers.of[from]
            && let Some(signal) = reader.next(piece, &mut readers.numbering)
        {
            self.signal(from, signal, origin);
        }
        self.search_if_lost(from);
    }

    /// Applies what a frame reader read to the two WebSocket machines, and emits it.
    fn signal(&mut self, from: Side, signal: Signal, Origin { packet, evidence, .. }: Origin) {
        match &signal {
            Signal::Begins(header, _) => {
                let event = if header.is_close() { Event::SendClose } else { Event::SendFrame };
                self.event(from, event, evidence);
            }
            Signal::Ends(frame, _) if frame.header.is_close() => {
                self.close.close_frame(from, seen_close(frame, packet), frame.end());
                self.event(from.peer(), Event::ReceiveClose, evidence);
                let open = self.open_frame(from.peer());
                self.emitter.facts.extend(open.map(Fact::OpenFrame));
            }
            Signal::Ends(..) | Signal::Lost(..) | Signal::MessageEnds(_) => {}
        }
        self.emit(signal);
    }

    /// Emits what a frame reader read.
    fn emit(&mut self, signal: Signal) {
        match signal {
            Signal::Begins(_, interrupted) => self.emitter.message(interrupted),
            Signal::Ends(frame, message) => {
                self.emitter.fact(Fact::Frame(frame));
                self.emitter.message(message);
            }
            Signal::Lost(lost, message) => {
                self.cover_lost_sync(&lost);
                self.emitter.fact(Fact::LostSync(lost));
                self.emitter.message(message);
            }
            Signal::MessageEnds(message) => self.emitter.fact(Fact::Message(message)),
        }
    }

    /// A side's frame whose payload is still to come.
    fn open_frame(&self, side: Side) -> Option<Box<Frame>> {
        let readers = self.layer.readers.as_deref()?;
        let Reader::Frames(reader) = &readers.of[side] else { return None };
        reader.open_frame(&readers.numbering)
    }
}
