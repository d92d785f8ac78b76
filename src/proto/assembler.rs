//! Frames → messages (RFC 6455 §5.4): fragments joined, text checked as it comes, limits kept.

use std::time::Duration;

use super::config::Limits;
use super::decoder::Piece;
use super::error::ProtocolError;
use super::event::{Kind, Message, Payload};
use super::page_offset_buf::PageOffsetBuf;
use super::rate::Meter;
use crate::wire::ws::{Fin, Header, Opcode, Utf8};

/// Joins frames into messages. Between messages it holds nothing.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    partial: Option<Box<Partial>>,
    /// Made when there is something to count.
    meters: Option<Box<Meters>>,
}

/// What is counted against a rate.
#[derive(Debug, Default)]
struct Meters {
    messages: Meter,
    pings: Meter,
}

/// A message whose end has not come yet.
#[derive(Debug)]
struct Partial {
    kind: Kind,
    payload: PageOffsetBuf,
    utf8: Utf8,
    /// What the headers so far promised, in bytes.
    promised: u64,
    fragments: u32,
    empty: u32,
    since: Duration,
}

/// How many times as much room as came of a message its headers' promise is good for.
const TRUST: usize = 4;

impl Partial {
    /// Makes room when so many bytes of the message have come, the last of them in a frame of this kind: for what came,
    /// never for what a header promises alone, since a promise costs nothing to make.
    fn make_room(&mut self, came: usize, fin: Fin) {
        let promised = usize::try_from(self.promised).unwrap_or(usize::MAX);
        let trusted = promised.min(came.saturating_mul(TRUST));
        // Before other fragments, by powers of two: so that many do not move it often, and so that the longest message,
        // which is one too, ends with none to spare.
        let room = if fin == Fin::Final { trusted } else { trusted.max(came.next_power_of_two()) };
        self.payload.make_room(room);
    }
}

impl Assembler {
    /// Judges a frame by its header: whether it may come now, and whether its message stays within the limits.
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
        // Neither can overflow: a length has 63 bits, and what was promised is within the limit.
        partial.promised += header.length();
        if partial.promised > limits.message {
            return Err(ProtocolError::MessageTooBig(limits.message));
        }
        Ok(())
    }

    /// Takes a piece of a data frame; gives the message that it ends.
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
            // One that continues a message has no kind of its own.
            kind => self.gather(&piece, kind.unwrap_or(Kind::Binary), now),
        }
    }

    /// How long a message may be that begins now, if its length is all there is to judge it by.
    #[inline]
    pub(super) fn most(&self, limits: &Limits) -> Option<u64> {
        (self.partial.is_none() && limits.messages.is_none()).then_some(limits.message)
    }

    /// Adds a piece to the partial message, begun now (as `kind`) if there is none.
    #[inline(never)]
    fn gather<'b>(
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
        self.judge(from, piece.is_last().then(|| header.fin()))
    }

    /// Where the rest of a frame is gathered, with room for `some` of it or more; `None` if no more than that came of the
    /// message, which is no reason for so much room.
    pub(super) fn room(&mut self, header: &Header, some: usize) -> Option<&mut PageOffsetBuf> {
        let partial = self.partial.as_mut().filter(|partial| partial.payload.len() >= some)?;
        let came = partial.payload.len();
        if partial.payload.room() < some {
            partial.make_room(came, header.fin());
        }
        Some(&mut partial.payload)
    }

    /// Judges what was gathered from `from` on. If a frame ended with it, `ended` tells of what kind; gives the message
    /// that ended too.
    pub(super) fn judge(
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

    /// Bytes held of a message whose end has not come.
    pub(super) fn buffered_bytes(&self) -> usize {
        self.partial.as_ref().map_or(0, |partial| partial.payload.capacity())
    }

    /// When the message under way must have ended.
    pub(super) fn deadline(&self, limits: &Limits) -> Option<Duration> {
        Some(self.partial.as_ref()?.since + limits.message_time?)
    }

    /// Lets go of what was gathered.
    pub(super) fn clear(&mut self) {
        self.partial = None;
    }
}
