//! Frames → messages (RFC 6455 §5.4): fragments joined, text checked as it comes, limits kept.

use std::time::Duration;

use super::config::Limits;
use super::decoder::Piece;
use super::error::ProtocolError;
use super::event::{Kind, Message, Payload};
use super::page_offset_buf::PageOffsetBuf;
use super::rate::Meter;
use crate::wire::ws::{Fin, Header, Opcode, Utf8};

/// The assembler of messages. Between messages it allocates nothing.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    partial: Option<Box<Partial>>,
    /// Allocated when a limit first counts.
    meters: Option<Box<Meters>>,
}

/// Counters against the rates.
#[derive(Debug, Default)]
struct Meters {
    messages: Meter,
    pings: Meter,
}

/// A message whose last frame has not come yet.
#[derive(Debug)]
struct Partial {
    kind: Kind,
    payload: PageOffsetBuf,
    utf8: Utf8,
    /// Length by the headers so far, in bytes.
    promised: u64,
    fragments: u32,
    empty: u32,
    since: Duration,
}

/// Room that a header's length earns, as a multiple of the payload that has come.
const TRUST: usize = 4;

impl Partial {
    /// Reserves room when `came` bytes of the message have come, the last of them in a frame with `fin`: in proportion
    /// to what came, never for a header's length alone, which costs the sender nothing.
    fn make_room(&mut self, came: usize, fin: Fin) {
        let promised = usize::try_from(self.promised).unwrap_or(usize::MAX);
        let trusted = promised.min(came.saturating_mul(TRUST));
        // Before further fragments, by powers of two: many fragments then rarely move it, and the longest message, a
        // power of two itself, leaves no room unused.
        let room = if fin == Fin::Final { trusted } else { trusted.max(came.next_power_of_two()) };
        self.payload.make_room(room);
    }
}

impl Assembler {
    /// Checks a frame's header: whether the frame may come now, and whether its message stays within the limits.
    #[inline]
    pub(super) fn admit(
        &mut self,
        header: &Header,
        limits: &Limits,
        now: Duration,
    ) -> Result<(), ProtocolError> {
        match header.opcode() {
            Opcode::CONTINUATION => self.admit_continuation(header, limits),
            Opcode::TEXT | Opcode::BINARY => {
                if self.partial.is_some() {
                    return Err(ProtocolError::MessageInsideMessage);
                }
                if header.length() > limits.message {
                    return Err(ProtocolError::MessageTooBig(limits.message));
                }
                match limits.messages {
                    Some(rate) if !self.meters().messages.allows(rate, now) => {
                        Err(ProtocolError::TooManyMessages)
                    }
                    _ => Ok(()),
                }
            }
            Opcode::PING => match limits.pings {
                Some(rate) if !self.meters().pings.allows(rate, now) => Err(ProtocolError::TooManyPings),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn meters(&mut self) -> &mut Meters {
        self.meters.get_or_insert_default()
    }

    fn admit_continuation(&mut self, header: &Header, limits: &Limits) -> Result<(), ProtocolError> {
        let Some(partial) = &mut self.partial else { return Err(ProtocolError::NothingToContinue) };
        partial.fragments += 1;
        partial.empty += u32::from(header.length() == 0);
        if let Some(most) = limits.fragments.filter(|most| partial.fragments > *most) {
            return Err(ProtocolError::TooManyFragments(most));
        }
        if let Some(most) = limits.empty_fragments.filter(|most| partial.empty > *most) {
            return Err(ProtocolError::TooManyEmptyFragments(most));
        }
        // Neither can overflow: a length has 63 bits, and `promised` is within the limit.
        partial.promised += header.length();
        if partial.promised > limits.message {
            return Err(ProtocolError::MessageTooBig(limits.message));
        }
        Ok(())
    }

    /// Adds a piece of a data frame; returns the message that it ends.
    pub(super) fn push<'b>(
        &mut self,
        piece: Piece<'b>,
        now: Duration,
    ) -> Result<Option<Message<'b>>, ProtocolError> {
        let whole = piece.is_first() && piece.is_last() && piece.header.fin() == Fin::Final;
        match Kind::of(piece.header.opcode()) {
            Some(kind) if whole => {
                let payload = piece.whole();
                if kind == Kind::Text {
                    Utf8::check(payload).map_err(|_| ProtocolError::NotUtf8)?;
                }
                Ok(Some(Message { kind, payload: Payload::Borrowed(payload) }))
            }
            // A continuation frame has no kind of its own.
            kind => self.append(&piece, kind.unwrap_or(Kind::Binary), now),
        }
    }

    /// Longest message that may begin now, if its length is the only limit that applies.
    #[inline]
    pub(super) fn message_limit(&self, limits: &Limits) -> Option<u64> {
        (self.partial.is_none() && limits.messages.is_none()).then_some(limits.message)
    }

    /// Appends a piece to the partial message; starts one of `kind` if there is none.
    #[inline(never)]
    fn append<'b>(
        &mut self,
        piece: &Piece<'_>,
        kind: Kind,
        now: Duration,
    ) -> Result<Option<Message<'b>>, ProtocolError> {
        let header = &piece.header;
        let partial = self.partial.get_or_insert_with(|| {
            Box::new(Partial {
                kind,
                payload: PageOffsetBuf::default(),
                utf8: Utf8::default(),
                promised: header.length(),
                fragments: 1,
                empty: u32::from(header.length() == 0),
                since: now,
            })
        });
        let from = partial.payload.len();
        let need = from + piece.len();
        if piece.len() > partial.payload.room() {
            partial.make_room(need, header.fin());
        }
        piece.append_to(partial.payload.end());
        self.check(from, piece.is_last().then(|| header.fin()))
    }

    /// The buffer for the rest of a frame, with room for `some` bytes or more; `None` if less than `some` has come of
    /// the message: too little to earn that room.
    pub(super) fn spare_room(&mut self, header: &Header, some: usize) -> Option<&mut PageOffsetBuf> {
        let partial = self.partial.as_mut().filter(|partial| partial.payload.len() >= some)?;
        let came = partial.payload.len();
        if partial.payload.room() < some {
            partial.make_room(came, header.fin());
        }
        Some(&mut partial.payload)
    }

    /// Checks the payload from `from` on as UTF-8. `ended` is the FIN bit of a frame that ended with it; returns the
    /// message if that ended too.
    pub(super) fn check(
        &mut self,
        from: usize,
        ended: Option<Fin>,
    ) -> Result<Option<Message<'static>>, ProtocolError> {
        let Some(partial) = &mut self.partial else { return Ok(None) };
        if partial.kind == Kind::Text {
            partial.utf8.push(&partial.payload[from..]).map_err(|_| ProtocolError::NotUtf8)?;
        }
        if ended != Some(Fin::Final) {
            return Ok(None);
        }
        let Some(partial) = self.partial.take() else { return Ok(None) };
        partial.utf8.finish().map_err(|_| ProtocolError::NotUtf8)?;
        Ok(Some(Message { kind: partial.kind, payload: Payload::Gathered(partial.payload) }))
    }

    /// Memory of the partial message, in bytes.
    pub(super) fn buffered_bytes(&self) -> usize {
        self.partial.as_ref().map_or(0, |partial| partial.payload.capacity())
    }

    /// The time by which the partial message must end.
    pub(super) fn deadline(&self, limits: &Limits) -> Option<Duration> {
        Some(self.partial.as_ref()?.since + limits.message_time?)
    }

    /// Drops the partial message.
    pub(super) fn clear(&mut self) {
        self.partial = None;
    }
}
