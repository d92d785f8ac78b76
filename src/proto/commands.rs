//! The commands of the application.

use std::time::Duration;

use super::connection::Connection;
use super::error::SendError;
use super::event::Kind;
use super::frames::Frames;
use super::state::State;
use crate::wire::ws::{CloseFrame, Fin, Header, MAX_CONTROL_PAYLOAD, MaskKey, Opcode};

impl Connection {
    /// Sends a text message in one frame.
    ///
    /// # Errors
    /// [`SendError::Closing`], [`SendError::MessageUnfinished`].
    pub fn send_text(&mut self, text: &str) -> Result<(), SendError> {
        self.send(Kind::Text, text.as_bytes())
    }

    /// Sends a message in one frame. The payload of a [`Kind::Text`] must be UTF-8, as that of a received text
    /// message is.
    ///
    /// # Errors
    /// [`SendError::Closing`], [`SendError::MessageUnfinished`].
    #[inline]
    pub fn send(&mut self, kind: Kind, payload: &[u8]) -> Result<(), SendError> {
        self.may_send_message()?;
        self.put(Fin::Final, kind.opcode(), payload);
        Ok(())
    }

    /// Sends a message in one frame without copying its payload: `write` is offered header and payload and returns how
    /// many of their bytes it wrote; only the rest is buffered. Not called, and all buffered, while earlier bytes wait
    /// or where the payload must be masked.
    ///
    /// # Errors
    /// [`SendError::Closing`], [`SendError::MessageUnfinished`].
    ///
    /// # Panics
    /// If `write` returns more than there is.
    pub fn send_through(
        &mut self,
        kind: Kind,
        payload: &[u8],
        write: impl FnOnce(&[u8], &[u8]) -> usize,
    ) -> Result<(), SendError> {
        self.may_send_message()?;
        if self.masks.is_some() || self.unsent() > 0 {
            self.put(Fin::Final, kind.opcode(), payload);
            return Ok(());
        }
        let header = header(Fin::Final, kind.opcode(), payload, None).encode();
        let written = write(&header, payload);
        let of_payload = written.saturating_sub(header.len());
        self.out.bytes.extend_from_slice(&header[written.min(header.len())..]);
        self.out.bytes.extend_from_slice(&payload[of_payload..]);
        Ok(())
    }

    /// Sends messages that were encoded once for many receivers. `write` is offered their bytes and returns how many it
    /// wrote; only the rest is buffered. Not called, and all buffered, while earlier bytes wait.
    ///
    /// # Errors
    /// [`SendError::Closing`], [`SendError::MessageUnfinished`].
    ///
    /// # Panics
    /// On the client's side, which must mask (RFC 6455 §5.3); and if `write` returns more than there is.
    pub fn send_frames(
        &mut self,
        frames: &Frames,
        write: impl FnOnce(&[u8]) -> usize,
    ) -> Result<(), SendError> {
        assert!(self.masks.is_none(), "a client masks each frame by itself");
        self.may_send_message()?;
        let bytes = frames.bytes();
        let written = if self.unsent() > 0 { 0 } else { write(bytes) };
        self.out.bytes.extend_from_slice(&bytes[written..]);
        Ok(())
    }

    /// Sends a fragment of a message: the first one begins it, a [`Fin::Final`] one ends it (RFC 6455 §5.4). All
    /// fragments of a text together must be UTF-8. Control frames may go in between, other messages not.
    ///
    /// # Errors
    /// [`SendError::Closing`]; [`SendError::MessageUnfinished`] if the fragments before are of the other kind.
    pub fn send_fragment(&mut self, kind: Kind, payload: &[u8], fin: Fin) -> Result<(), SendError> {
        self.may_send()?;
        let opcode = match self.sending {
            None => kind.opcode(),
            Some(begun) if begun == kind => Opcode::CONTINUATION,
            Some(_) => return Err(SendError::MessageUnfinished),
        };
        self.sending = (fin == Fin::More).then_some(kind);
        self.put(fin, opcode, payload);
        Ok(())
    }

    /// Sends a Ping (RFC 6455 §5.5.2).
    ///
    /// # Errors
    /// [`SendError::Closing`], [`SendError::LongControl`].
    pub fn ping(&mut self, payload: &[u8]) -> Result<(), SendError> {
        self.control(Opcode::PING, payload)
    }

    /// Sends an unsolicited Pong, a one-way heartbeat (RFC 6455 §5.5.3). Pings are answered without it.
    ///
    /// # Errors
    /// [`SendError::Closing`], [`SendError::LongControl`].
    pub fn pong(&mut self, payload: &[u8]) -> Result<(), SendError> {
        self.control(Opcode::PONG, payload)
    }

    /// Begins the closing handshake (RFC 6455 §7.1.2). Messages that still come are still returned. Does nothing if a
    /// Close was sent before.
    pub fn close(&mut self, frame: &CloseFrame, now: Duration) {
        let side = self.side;
        match self.state.closing(side) {
            Some(record) if record.sent.is_none() => record.sent = Some(frame.clone()),
            _ => return,
        }
        let mut body = Vec::new();
        frame.encode_body(&mut body);
        self.put(Fin::Final, Opcode::CLOSE, &body);
        self.sending = None;
        self.clock.closing(now);
        self.end_output_if_done();
    }

    fn control(&mut self, opcode: Opcode, payload: &[u8]) -> Result<(), SendError> {
        self.may_send()?;
        if payload.len() > MAX_CONTROL_PAYLOAD {
            return Err(SendError::LongControl);
        }
        self.put(Fin::Final, opcode, payload);
        Ok(())
    }

    fn may_send(&self) -> Result<(), SendError> {
        if matches!(self.state, State::Open) { Ok(()) } else { Err(SendError::Closing) }
    }

    fn may_send_message(&self) -> Result<(), SendError> {
        self.may_send()?;
        if self.sending.is_some() { Err(SendError::MessageUnfinished) } else { Ok(()) }
    }

    /// Encodes a frame; the callers have checked that it is legal.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each message: the call costs a tenth of it")]
    pub(super) fn put(&mut self, fin: Fin, opcode: Opcode, payload: &[u8]) {
        let mask = self.masks.as_mut().map(|next| next());
        header(fin, opcode, payload, mask).encode_frame(payload, &mut self.out.bytes);
    }
}

/// The header of a frame; the callers have checked that it is legal.
#[inline]
pub(super) fn header(fin: Fin, opcode: Opcode, payload: &[u8], mask: Option<MaskKey>) -> Header {
    Header::new(fin, opcode, payload.len() as u64, mask)
        .expect("no reserved opcode, no long or fragmented control frame, no 2^63 bytes")
}
