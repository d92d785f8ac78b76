//! The application layer of one connection: heads of HTTP, then frames. Each side's bytes come in order.
//!
//! ```text
//!             upgrade request   ┌────────────────┐ 101: frames, the early ones first
//!  ┌──────┐────────────────────▶│ AwaitingAnswer │──────────────┐
//!  │ Head │◀── another answer ──└────────────────┘              ▼
//!  │      │                                                ┌────────┐
//!  │      │── 101 (server) ───────────────────────────────▶│ Frames │
//!  │      │── plain HTTP ──▶ Body ──▶ Head                 └────────┘
//!  └──────┘── neither ──▶ Hello, Http2 ──▶ Opaque
//! ```
//!
//! [`ApplicationLayer`] is what outlives a packet. Its mechanism are the methods of [`Dissector`]: here those of every
//! reader and of frames, in `heads` those of HTTP/1, in `opaque` those of other protocols.

mod heads;
mod opaque;

use std::collections::VecDeque;

use super::close_tracker::CloseTracker;
use super::emitter::Emitter;
use super::facts::{Evidence, Fact, Frame, Gap, Known, OpaqueKind, Overlap, SeenClose};
use super::http::head::{HeadCollector, PendingRequest};
use super::http::hello::HelloCollector;
use super::http::http2;
use super::reassembly::{Delivery, Origin, Piece};
use super::ws::assembler::Assembler;
use super::ws::frame_reader::{FrameReader, MissingBytes, Rsv1, Signal};
use super::ws::numbering::Numbering;
use super::ws::{Event, Machine};
use crate::wire::ws::{CloseCode, Deflate, ReadyState};
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

/// A client's bytes that wait for the answer to its request.
#[derive(Debug)]
struct EarlyData {
    offset: u64,
    bytes: Box<[u8]>,
    origin: Origin,
}

/// The reader of one side's bytes.
#[derive(Debug)]
enum Reader {
    Head(HeadCollector),
    /// The bytes that are left of a body.
    Body(u64),
    AwaitingAnswer {
        early: Vec<EarlyData>,
        memory: usize,
    },
    Frames(Box<FrameReader>),
    /// A TLS hello; what follows it is opaque.
    Hello(HelloCollector),
    Http2(Box<http2::Reader>),
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
    /// Early data whose answer has come.
    replay: VecDeque<EarlyData>,
}

/// The application layer of one connection.
#[derive(Debug)]
pub(super) struct ApplicationLayer {
    protocol: Protocol,
    assumed: AssumedProtocol,
    machines: PerSide<Machine>,
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
        Self { protocol, assumed, machines: PerSide { client: machine, server: machine }, readers: None }
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

    /// Memory in use besides the layer itself, in bytes.
    pub(super) fn memory(&self) -> usize {
        let Some(readers) = &self.readers else { return 0 };
        size_of::<Readers>() + readers.of.client.memory() + readers.of.server.memory()
    }

    /// Makes the readers, given the first bytes that are delivered.
    fn start(&mut self, from: Side, bytes: &[u8]) {
        let is_websocket =
            self.assumed == AssumedProtocol::WebSocket && FrameReader::is_plausible(from, bytes);
        let of = if is_websocket {
            self.protocol = Protocol::WebSocket;
            let machine = Machine::new(ReadyState::Open);
            self.machines = PerSide { client: machine, server: machine };
            let frames = |side| Reader::frames(side, Negotiated::NOT_SEEN, Evidence::Inferred);
            PerSide { client: frames(Side::Client), server: frames(Side::Server) }
        } else {
            PerSide { client: Reader::head(), server: Reader::head() }
        };
        let (pending_requests, replay) = (VecDeque::new(), VecDeque::new());
        let numbering = Numbering::default();
        self.readers = Some(Box::new(Readers { of, pending_requests, numbering, negotiated: None, replay }));
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

    /// Memory in use, in bytes.
    fn memory(&self) -> usize {
        match self {
            Self::Head(collector) => collector.memory(),
            Self::AwaitingAnswer { memory, .. } => *memory,
            Self::Frames(reader) => reader.memory(),
            Self::Hello(collector) => collector.memory(),
            Self::Http2(reader) => reader.memory(),
            Self::Body(_) | Self::Opaque(_) => 0,
        }
    }
}

/// The application layer while a packet's bytes pass through it, and where its output goes.
#[derive(Debug)]
pub(super) struct Dissector<'d> {
    pub(super) layer: &'d mut ApplicationLayer,
    pub(super) close: &'d mut CloseTracker,
    pub(super) emitter: &'d mut Emitter,
}

impl Dissector<'_> {
    /// Takes an output of a side's reassembly. `packet` is the packet that brought it about.
    pub(super) fn delivery(&mut self, from: Side, packet: u64, delivery: Delivery<'_>) {
        match delivery {
            Delivery::Bytes(piece) => self.bytes(from, piece),
            Delivery::Gap { offset, length, reason } => {
                self.emitter.fact(Fact::Gap(Gap { from, offset, length, reason }));
                self.gap(from, MissingBytes { offset, length, packet });
            }
            Delivery::Overlap { offset, length, agreement } => {
                self.emitter.fact(Fact::Overlap(Overlap { from, offset, length, agreement }));
            }
        }
    }

    /// TCP has ended for an end.
    pub(super) fn tcp_ended(&mut self, side: Side, evidence: Evidence) {
        if let Some(readers) = &mut self.layer.readers
            && let Reader::Frames(reader) = &mut readers.of[side.peer()]
            && let Some(signal) = reader.give_up_header()
        {
            self.emit(signal);
        }
        self.websocket_closed(side, evidence);
    }

    /// All bytes of a side have come, and its FIN behind them: an open frame stays without an end.
    pub(super) fn fin(&mut self, from: Side, evidence: Evidence) {
        self.finish_frames(from);
        self.websocket_closed(from.peer(), evidence);
    }

    /// The release of the connection: nothing more comes.
    pub(super) fn finish(&mut self) {
        self.finish_frames(Side::Client);
        self.finish_frames(Side::Server);
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

    fn websocket_closed(&mut self, side: Side, evidence: Evidence) {
        if matches!(self.layer.protocol, Protocol::Presumed | Protocol::WebSocket) {
            self.event(side, Event::TcpEnded, evidence);
        }
    }

    /// Drives one end's WebSocket machine.
    fn event(&mut self, side: Side, event: Event, evidence: Evidence) {
        let Self { layer, emitter, .. } = self;
        layer.machines[side].step(event, evidence, |rule, evidence| emitter.ws(side, rule, evidence));
    }

    /// Reads a side's next bytes, then early data that they release.
    fn bytes(&mut self, from: Side, piece: Piece<'_>) {
        self.read(from, piece);
        while let Some(early) = self.layer.readers.as_mut().and_then(|readers| readers.replay.pop_front()) {
            let EarlyData { offset, ref bytes, origin } = early;
            self.read(Side::Client, Piece { offset, bytes, origin });
        }
    }

    fn read(&mut self, from: Side, mut piece: Piece<'_>) {
        if self.layer.readers.is_none() {
            self.layer.start(from, piece.bytes);
        }
        while !piece.bytes.is_empty() {
            let Some(readers) = &mut self.layer.readers else { return };
            match &mut readers.of[from] {
                Reader::Frames(_) => self.read_frames(from, &mut piece),
                Reader::Head(_) => self.read_head(from, &mut piece),
                Reader::Hello(_) => self.read_hello(from, &mut piece),
                Reader::Http2(_) => self.read_http2(from, &mut piece),
                Reader::Body(left) => {
                    let here = usize::try_from(*left).unwrap_or(usize::MAX).min(piece.bytes.len());
                    *left -= here as u64;
                    piece.advance(here);
                    if *left == 0 {
                        readers.of[from] = Reader::head();
                    }
                }
                Reader::AwaitingAnswer { early, memory } if *memory + piece.bytes.len() <= MAX_EARLY => {
                    let Piece { offset, bytes, origin } = piece;
                    *memory += bytes.len() + size_of::<EarlyData>();
                    early.push(EarlyData { offset, bytes: bytes.into(), origin });
                    return;
                }
                Reader::AwaitingAnswer { .. } => self.set_opaque(from, OpaqueKind::Unknown, &piece),
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

    /// Skips bytes of a side that are missing.
    fn gap(&mut self, from: Side, gap: MissingBytes) {
        let origin = Origin { packet: gap.packet, packet_offset: 0, evidence: Evidence::Inferred };
        let piece = Piece { offset: gap.offset, bytes: &[], origin };
        if self.layer.readers.is_none() {
            self.layer.start(from, piece.bytes);
        }
        let Some(readers) = &mut self.layer.readers else { return };
        match &mut readers.of[from] {
            Reader::Frames(reader) => {
                for signal in reader.gap(gap, &mut readers.numbering).into_iter().flatten() {
                    self.signal(from, signal, origin);
                }
            }
            Reader::Body(left) if *left > gap.length => *left -= gap.length,
            Reader::Body(left) if *left == gap.length => readers.of[from] = Reader::head(),
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
            Reader::Body(_) | Reader::Head(_) | Reader::AwaitingAnswer { .. } => {
                self.set_opaque(from, OpaqueKind::AfterGap, &piece);
            }
        }
    }
}

fn seen_close(frame: &Frame, packet: u64) -> SeenClose {
    let body = frame.preview.bytes();
    let code = match body {
        _ if frame.missing > 0 => None,
        [] => Some(CloseCode::NO_STATUS),
        [high, low, ..] => Some(CloseCode(u16::from_be_bytes([*high, *low]))),
        [_] => None,
    };
    let reason = String::from_utf8_lossy(body.get(2..).unwrap_or_default()).into_owned();
    let is_legal = frame.close().is_some_and(|close| close.is_ok());
    SeenClose { frame: frame.index, packet, code, reason, is_legal }
}
