//! An endpoint's connection after its opening handshake: input, and the events that follow.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::assembler::Assembler;
use super::config::{Config, MaskSource};
use super::decoder::{Decoder, Input, Piece};
use super::error::{EndCause, ProtocolError};
use super::event::{Event, Kind, Payload};
use super::page_offset_buf::PageOffsetBuf;
use super::state::{CloseRecord, State};
use super::timers::Clock;
use super::transmit::SendBuffer;
use crate::wire::Side;
use crate::wire::ws::{CloseFrame, Fin, Header, Opcode, ReadyState};

/// One end of a WebSocket connection. Only a [`handshake`](super::handshake) makes one.
pub struct Connection {
    pub(super) side: Side,
    pub(super) config: Arc<Config>,
    pub(super) state: State,
    pub(super) assembler: Assembler,
    pub(super) clock: Clock,
    pub(super) out: SendBuffer,
    /// Kind of the fragmented message that is being sent.
    pub(super) sending: Option<Kind>,
    /// A client's masking keys; a server masks nothing.
    pub(super) masks: Option<MaskSource>,
    pub(super) decoder: Decoder,
    /// Payload so far of a control frame that was cut.
    control: Option<Box<PageOffsetBuf>>,
}

impl Connection {
    pub(super) fn new(side: Side, config: Arc<Config>, masks: Option<MaskSource>, now: Duration) -> Self {
        Self {
            side,
            state: State::Open,
            assembler: Assembler::default(),
            clock: Clock::new(now),
            out: SendBuffer::default(),
            sending: None,
            masks,
            decoder: Decoder::default(),
            control: None,
            config,
        }
    }

    /// Consumes `input` up to the next event; `None` when all of it is consumed. The caller keeps nothing: a frame that
    /// is cut is buffered here.
    ///
    /// A message that lies whole in `input` is unmasked in place and borrowed from there. Answers (Pong, Close) wait
    /// for [`poll_transmit`](Self::poll_transmit).
    pub fn receive<'b>(&mut self, input: &mut Input<'b>, now: Duration) -> Option<Event<'b>> {
        self.clock.received(now);
        loop {
            if input.is_empty() {
                return None;
            }
            if !self.reads() {
                input.discard();
                return None;
            }
            let admit = |header: &Header| self.assembler.admit(header, &self.config.limits, now);
            let event = match self.decoder.next(input, self.side.peer(), admit) {
                Ok(Some(piece)) if piece.header.opcode().is_control() => self.receive_control(piece, now),
                Ok(Some(piece)) => self.assembler.push(piece, now).map(|done| done.map(Event::Message)),
                Ok(None) => return None,
                Err(error) => Err(error),
            };
            match event {
                Ok(Some(event)) => return Some(event),
                Ok(None) => {}
                Err(error) => {
                    self.fail(error, now);
                    input.discard();
                    return Some(Event::Failed(error));
                }
            }
        }
    }

    /// Adds a piece of a control frame; returns the event when the frame is whole.
    fn receive_control<'b>(
        &mut self,
        piece: Piece<'b>,
        now: Duration,
    ) -> Result<Option<Event<'b>>, ProtocolError> {
        let opcode = piece.header.opcode();
        let payload = match (piece.is_first(), piece.is_last()) {
            (true, true) => Payload::Borrowed(piece.whole()),
            (_, last) => {
                piece.append_to(self.control.get_or_insert_default().end());
                if !last {
                    return Ok(None);
                }
                Payload::Gathered(*self.control.take().unwrap_or_default())
            }
        };
        Ok(Some(match opcode {
            Opcode::PING => {
                // After a Close of ours no Pong may follow (RFC 6455 §5.5.1).
                if matches!(self.state, State::Open) {
                    self.put(Fin::Final, Opcode::PONG, &payload);
                }
                Event::Ping(payload)
            }
            Opcode::PONG => Event::Pong(payload),
            _ => {
                let frame = CloseFrame::parse(&payload)?;
                self.receive_close(&frame, now);
                Event::Close(frame)
            }
        }))
    }

    /// The peer's Close: answered with the same code unless ours went first (RFC 6455 §5.5.1).
    fn receive_close(&mut self, frame: &CloseFrame, now: Duration) {
        let peer = self.side.peer();
        if let Some(record) = self.state.closing(peer) {
            record.received = Some(frame.clone());
        }
        self.assembler.clear();
        self.close(&CloseFrame::new(frame.code(), ""), now);
        self.end_output_if_done();
    }

    /// The end of the peer's stream: TCP FIN, or RST.
    pub fn receive_eof(&mut self) {
        self.end(EndCause::TransportEnded);
    }

    /// Fails the connection (RFC 6455 §7.1.7): sends a Close with the error, and reads nothing more. For rules of the
    /// application; those of [`Limits`](super::Limits) and of the protocol are enforced here.
    pub fn fail(&mut self, error: ProtocolError, now: Duration) {
        self.close(&CloseFrame::new(error.close_code(), &error.to_string()), now);
        let side = self.side;
        if let Some(record) = self.state.closing(side) {
            record.cause = Some(EndCause::Failed(error));
        }
        self.assembler.clear();
        self.control = None;
        self.end_output_if_done();
    }

    /// Ends the connection with TCP. After both Closes that is the orderly end, and `cause` is not recorded.
    pub(super) fn end(&mut self, cause: EndCause) {
        let done = self.state.record().is_some_and(|r| r.sent.is_some() && r.received.is_some());
        let first = if cause == EndCause::TransportEnded { self.side.peer() } else { self.side };
        self.state.end(first, (!done).then_some(cause));
        self.assembler.clear();
        self.out = SendBuffer::default();
    }

    /// Returns `true` if input is still read: not after the peer's Close or a failure.
    pub(super) fn reads(&self) -> bool {
        match &self.state {
            State::Open => true,
            State::Closing(record) => record.received.is_none() && record.cause.is_none(),
            State::Closed(_) => false,
        }
    }

    /// The role of this end.
    #[must_use]
    pub const fn side(&self) -> Side {
        self.side
    }

    /// The state, as RFC 6455 and the browsers name it.
    #[must_use]
    pub const fn ready_state(&self) -> ReadyState {
        self.state.ready_state()
    }

    /// The close, once it has begun; final when the state is [`ReadyState::Closed`].
    #[must_use]
    pub const fn close_record(&self) -> Option<&CloseRecord> {
        self.state.record()
    }

    /// Memory of a message whose end has not come, in bytes: the cost of a sender that does not finish.
    #[must_use]
    pub fn held(&self) -> usize {
        self.assembler.buffered_bytes()
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("side", &self.side)
            .field("state", &self.state)
            .field("unsent", &self.unsent())
            .finish_non_exhaustive()
    }
}
