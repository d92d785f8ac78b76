//! What the two ends say to each other above TCP: HTTP heads, then frames. Each side's bytes come in order.
//!
//! ```text
//!             request wants        ┌─────────┐ 101: frames, those that came early first
//!  ┌──────┐   WebSocket            │ Waiting │──────────────┐
//!  │ Head │───────────────────────▶└─────────┘              ▼
//!  │      │◀── another answer ─────────┘               ┌────────┐
//!  │      │── 101 (server) ───────────────────────────▶│ Frames │
//!  │      │── plain HTTP ──▶ Body ──▶ Head             └────────┘
//!  └──────┘── neither ──▶ Blind
//! ```

mod heads;
mod opaque;

use std::collections::VecDeque;

use crate::observe::emitter::Emitter;
use crate::observe::facts::close::SeenClose;
use crate::observe::facts::fact::{Fact, OpaqueKind};
use crate::observe::facts::frame::Frame;
use crate::observe::facts::observation::Known;
use crate::observe::facts::segment::Evidence;
use crate::observe::flow::close_tracker::Closing;
use crate::observe::http::head::{Asked, Collector};
use crate::observe::http::hello;
use crate::observe::http::http2;
use crate::observe::reassembly::Piece;
use crate::observe::ws::assembler::Assembler;
use crate::observe::ws::frame_reader::{FrameReader, MissingBytes, Numbering, Rsv1, Signal};
use crate::observe::ws::{Event, Machine};
use crate::wire::PerSide;
use crate::wire::Side;
use crate::wire::ws::{CloseCode, Deflate, ReadyState};

/// How many bytes a client may send before the answer to its request for an upgrade.
const MOST_WAITING: usize = 256 * 1024;

/// How many requests may wait for their answers.
const MOST_ASKED: usize = 16;

/// Whether the connection is a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Begun midway: nothing tells.
    NotKnown,
    /// Begun, and nothing speaks against it.
    Supposed,
    WebSocket,
    /// Something else: plain HTTP, TLS, …
    Other,
}

/// Whether frames may be looked for without a 101, for a stream that begins midway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) enum Assume {
    WebSocket,
    Nothing,
}

/// A client's bytes that wait for the answer to its request.
#[derive(Debug)]
struct Early {
    offset: u64,
    bytes: Box<[u8]>,
    packet: u64,
    packet_offset: u32,
    evidence: Evidence,
}

/// What reads a side's bytes.
#[derive(Debug)]
enum Reader {
    Head(Collector),
    /// So many bytes of a body are left.
    Body(u64),
    Waiting {
        early: Vec<Early>,
        held: usize,
    },
    Frames(Box<FrameReader>),
    /// What comes behind it is not looked at.
    Hello(hello::Collector),
    Http2(Box<http2::Reader>),
    /// Nothing does.
    Blind(OpaqueKind),
}

/// What a 101 says of the frames behind it.
#[derive(Debug, Clone, Copy)]
struct Switched {
    /// If permessage-deflate was agreed on.
    deflate: Option<Deflate>,
    rsv1: Rsv1,
}

impl Switched {
    /// Where no 101 was seen.
    const NOT_SEEN: Self = Self { deflate: None, rsv1: Rsv1::Something };
}

/// Both sides' readers, made when the first byte comes.
#[derive(Debug)]
struct Readers {
    of: PerSide<Reader>,
    asked: VecDeque<Asked>,
    numbering: Numbering,
    /// A 101 came before its request was whole.
    switched: Option<Switched>,
    /// A client's bytes that waited, and are to be read now.
    again: VecDeque<Early>,
}

/// The dialogue of one connection.
#[derive(Debug)]
pub(in crate::observe) struct Dialogue {
    kind: Kind,
    assume: Assume,
    machines: PerSide<Machine>,
    readers: Option<Box<Readers>>,
}

impl Dialogue {
    /// A dialogue whose beginning was seen.
    pub(in crate::observe) const fn from_the_beginning() -> Self {
        Self::new(Kind::Supposed, Assume::Nothing)
    }

    /// A dialogue that had begun before.
    pub(in crate::observe) const fn midway(assume: Assume) -> Self {
        Self::new(Kind::NotKnown, assume)
    }

    const fn new(kind: Kind, assume: Assume) -> Self {
        let machine = Machine::new(ReadyState::Connecting);
        Self { kind, assume, machines: PerSide { client: machine, server: machine }, readers: None }
    }

    /// Whether nothing was read yet.
    pub(in crate::observe) const fn is_silent(&self) -> bool {
        self.readers.is_none()
    }

    /// The two ends' states; `None` if it is no WebSocket, or nothing tells.
    pub(in crate::observe) fn states(&self) -> Option<PerSide<Known<ReadyState>>> {
        let known = |machine: Machine| Known { state: machine.state, evidence: machine.evidence };
        matches!(self.kind, Kind::Supposed | Kind::WebSocket).then(|| self.machines.map(known))
    }

    /// The memory it holds.
    pub(in crate::observe) fn held(&self) -> usize {
        let Some(readers) = &self.readers else { return 0 };
        let held = |reader: &Reader| match reader {
            Reader::Head(collector) => collector.held(),
            Reader::Waiting { held, .. } => *held,
            Reader::Frames(reader) => reader.held(),
            Reader::Hello(collector) => collector.held(),
            Reader::Http2(reader) => reader.held(),
            Reader::Body(_) | Reader::Blind(_) => 0,
        };
        size_of::<Readers>() + held(&readers.of.client) + held(&readers.of.server)
    }

    fn event(&mut self, side: Side, event: Event, evidence: Evidence, told: &mut Emitter) {
        self.machines[side].step(event, evidence, |rule, evidence| told.ws(side, rule, evidence));
    }

    /// TCP has ended for an end.
    pub(in crate::observe) fn tcp_ended(&mut self, side: Side, evidence: Evidence, told: &mut Emitter) {
        if let Some(readers) = &mut self.readers
            && let Reader::Frames(reader) = &mut readers.of[side.peer()]
            && let Some(Signal::Lost(lost, message)) = reader.settle()
        {
            told.fact(Fact::LostSync(lost));
            told.facts.extend(message.map(Fact::Message));
        }
        self.closed(side, evidence, told);
    }

    /// All bytes of a side have come, and its FIN behind them: what it began and did not end has no end.
    pub(in crate::observe) fn fin(&mut self, from: Side, evidence: Evidence, told: &mut Emitter) {
        if let Some(readers) = &mut self.readers
            && let Reader::Frames(reader) = &mut readers.of[from]
        {
            reader.finish(&mut readers.numbering, told);
        }
        self.closed(from.peer(), evidence, told);
    }

    fn closed(&mut self, side: Side, evidence: Evidence, told: &mut Emitter) {
        if matches!(self.kind, Kind::Supposed | Kind::WebSocket) {
            self.event(side, Event::TcpEnded, evidence, told);
        }
    }

    /// The next bytes of a side.
    pub(in crate::observe) fn bytes(
        &mut self,
        from: Side,
        piece: Piece<'_>,
        closing: &mut Closing,
        told: &mut Emitter,
    ) {
        self.read(from, piece, closing, told);
        while let Some(early) = self.readers.as_mut().and_then(|readers| readers.again.pop_front()) {
            let Early { offset, ref bytes, packet, packet_offset, evidence } = early;
            let piece = Piece { offset, bytes, packet, packet_offset, evidence };
            self.read(Side::Client, piece, closing, told);
        }
    }

    fn read(&mut self, from: Side, mut piece: Piece<'_>, closing: &mut Closing, told: &mut Emitter) {
        if self.readers.is_none() {
            self.begin(&piece, from);
        }
        while !piece.bytes.is_empty() {
            let Some(readers) = &mut self.readers else { return };
            match &mut readers.of[from] {
                Reader::Frames(_) => self.read_frames(from, &mut piece, closing, told),
                Reader::Head(_) => self.read_head(from, &mut piece, told),
                Reader::Hello(_) => self.read_hello(from, &mut piece, told),
                Reader::Http2(_) => self.read_http2(from, &mut piece, told),
                Reader::Body(left) => {
                    let here = usize::try_from(*left).unwrap_or(usize::MAX).min(piece.bytes.len());
                    *left -= here as u64;
                    piece.advance(here);
                    if *left == 0 {
                        readers.of[from] = Reader::Head(Collector::default());
                    }
                }
                Reader::Waiting { early, held } if *held + piece.bytes.len() <= MOST_WAITING => {
                    let Piece { offset, bytes, packet, packet_offset, evidence } = piece;
                    *held += bytes.len() + size_of::<Early>();
                    early.push(Early { offset, bytes: bytes.into(), packet, packet_offset, evidence });
                    return;
                }
                Reader::Waiting { .. } => self.blind(from, OpaqueKind::Unknown, &piece, told),
                Reader::Blind(_) => return,
            }
        }
    }

    /// The first bytes of the dialogue: makes the readers.
    fn begin(&mut self, piece: &Piece<'_>, from: Side) {
        let head = || Reader::Head(Collector::default());
        let frames = |side| frames(side, Switched::NOT_SEEN, Evidence::Inferred);
        let is_assumed = self.assume == Assume::WebSocket && FrameReader::is_plausible(from, piece.bytes);
        let of = if is_assumed {
            self.kind = Kind::WebSocket;
            let machine = Machine::new(ReadyState::Open);
            self.machines = PerSide { client: machine, server: machine };
            PerSide { client: frames(Side::Client), server: frames(Side::Server) }
        } else {
            PerSide { client: head(), server: head() }
        };
        let (asked, again) = (VecDeque::new(), VecDeque::new());
        self.readers =
            Some(Box::new(Readers { of, asked, numbering: Numbering::default(), switched: None, again }));
    }

    fn read_frames(&mut self, from: Side, piece: &mut Piece<'_>, closing: &mut Closing, told: &mut Emitter) {
        let (packet, evidence) = (piece.packet, piece.evidence);
        while let Some(readers) = &mut self.readers
            && let Reader::Frames(reader) = &mut readers.of[from]
            && let Some(signal) = reader.next(piece, &mut readers.numbering)
        {
            self.signal(from, signal, (packet, evidence), closing, told);
        }
    }

    fn signal(
        &mut self,
        from: Side,
        signal: Signal,
        (packet, evidence): (u64, Evidence),
        closing: &mut Closing,
        told: &mut Emitter,
    ) {
        match signal {
            Signal::Begins(header, interrupted) => {
                told.facts.extend(interrupted.map(Fact::Message));
                let event = if header.is_close() { Event::SendClose } else { Event::SendFrame };
                self.event(from, event, evidence, told);
            }
            Signal::Ends(frame, message) => {
                if frame.header.is_close() {
                    closing.close_frame(from, seen_close(&frame, packet));
                    self.event(from.peer(), Event::ReceiveClose, evidence, told);
                    told.facts.extend(self.begun(from.peer()).map(Fact::Begun));
                }
                told.fact(Fact::Frame(frame));
                told.facts.extend(message.map(Fact::Message));
            }
            Signal::Lost(lost, message) => {
                told.fact(Fact::LostSync(lost));
                told.facts.extend(message.map(Fact::Message));
            }
        }
    }

    /// A side's frame whose payload is still to come.
    fn begun(&self, side: Side) -> Option<Box<Frame>> {
        let readers = self.readers.as_deref()?;
        let Reader::Frames(reader) = &readers.of[side] else { return None };
        reader.begun(&readers.numbering)
    }

    /// Bytes of a side are missing.
    pub(in crate::observe) fn hole(
        &mut self,
        from: Side,
        gap: MissingBytes,
        closing: &mut Closing,
        told: &mut Emitter,
    ) {
        let piece = Piece {
            offset: gap.offset,
            bytes: &[],
            packet: gap.packet,
            packet_offset: 0,
            evidence: Evidence::Inferred,
        };
        if self.readers.is_none() {
            self.begin(&piece, from);
        }
        let Some(readers) = &mut self.readers else { return };
        match &mut readers.of[from] {
            Reader::Frames(reader) => {
                for signal in reader.hole(gap, &mut readers.numbering).into_iter().flatten() {
                    self.signal(from, signal, (gap.packet, Evidence::Inferred), closing, told);
                }
            }
            Reader::Body(left) if *left > gap.length => *left -= gap.length,
            Reader::Body(left) if *left == gap.length => {
                readers.of[from] = Reader::Head(Collector::default());
            }
            Reader::Blind(_) => {}
            Reader::Hello(_) => readers.of[from] = Reader::Blind(OpaqueKind::Tls),
            Reader::Http2(reader) => {
                if reader.hole(gap.length) == http2::Progress::Lost {
                    readers.of[from] = Reader::Blind(OpaqueKind::Http2);
                }
            }
            Reader::Head(_) if from == Side::Client && readers.switched.is_some() => {
                let switched = readers.switched.take().unwrap_or(Switched::NOT_SEEN);
                readers.of.client = frames(Side::Client, switched, Evidence::Inferred);
            }
            Reader::Body(_) | Reader::Head(_) | Reader::Waiting { .. } => {
                self.blind(from, OpaqueKind::AfterHole, &piece, told);
            }
        }
    }

    /// Nothing comes any more.
    pub(in crate::observe) fn finish(&mut self, told: &mut Emitter) {
        let Some(readers) = &mut self.readers else { return };
        for side in [Side::Client, Side::Server] {
            if let Reader::Frames(reader) = &mut readers.of[side] {
                reader.finish(&mut readers.numbering, told);
            }
        }
        self.readers = None;
    }
}

fn frames(side: Side, switched: Switched, evidence: Evidence) -> Reader {
    let assembler = Assembler::new(switched.deflate.map(|deflate| deflate.of(side)));
    Reader::Frames(Box::new(FrameReader::new(side, assembler, switched.rsv1, evidence)))
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
