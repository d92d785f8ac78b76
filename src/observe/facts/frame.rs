//! A frame as it was seen, valid or not (RFC 6455 §5.2).

use super::numbers::Numbers;
use super::preview::Preview;
use super::segment::Evidence;
use crate::wire::Side;
use crate::wire::ws::{CloseCode, CloseFrame, FrameError, HeaderView, MAX_CONTROL_PAYLOAD, Opcode};

/// A frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its place among the stream's frames of both sides, from 0, in the order in which they end.
    pub index: u64,
    /// The sender.
    pub from: Side,
    /// The packets that carry bytes of it.
    pub packets: Numbers,
    /// Offset in its side's stream, from the first byte after the SYN.
    pub offset: u64,
    /// Offset in the payload of the first of its packets.
    pub packet_offset: u32,
    /// Its header.
    pub header: HeaderView,
    /// The length of its header, in bytes.
    pub header_len: u8,
    /// Its part in a message.
    pub part: Part,
    /// Missing bytes of its payload: in gaps, or behind the end of the capture.
    pub missing: u64,
    /// Its end: reached or not.
    pub end: FrameEnd,
    /// The SHA-256 of the payload, unmasked; `None` if bytes are missing.
    pub payload_sha256: Option<[u8; 32]>,
    /// The payload's beginning, unmasked.
    pub preview: Preview,
    /// The weakest evidence among its packets; inferred if it is inferred that the side speaks WebSocket.
    pub evidence: Evidence,
}

/// The end of a frame, by its last byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameEnd {
    /// It was captured, or lies in a gap.
    Reached,
    /// The stream ended before.
    NotReached,
}

/// The part of a frame in a message (RFC 6455 §5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A message by itself.
    Whole,
    /// The first of several fragments.
    First,
    /// A fragment between.
    Middle,
    /// The last fragment.
    Last,
    /// A control frame: no part of a message, but it may stand between fragments.
    Control,
    /// A continuation of nothing: a broken rule.
    Orphan,
    /// It begins a message where the one before has not ended: a broken rule. The one before is given up.
    Interrupting,
}

impl Frame {
    /// Offset behind its last byte in its sender's stream.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.header_len)).saturating_add(self.header.length())
    }

    /// Its Close body; `None` if it is no Close frame, or not complete.
    ///
    /// # Errors
    /// [`FrameError`] if the body is not a legal one, or the frame no legal control frame (RFC 6455 §5.5).
    #[must_use]
    pub fn close(&self) -> Option<Result<CloseFrame, FrameError>> {
        let (opcode, length) = (self.header.opcode(), self.header.length());
        if opcode == Opcode::CLOSE && length > MAX_CONTROL_PAYLOAD as u64 {
            return Some(Err(FrameError::LongControl(opcode, length)));
        }
        if opcode == Opcode::CLOSE && !self.header.fin() {
            return Some(Err(FrameError::FragmentedControl(opcode)));
        }
        let whole = self.missing == 0 && self.header.opcode() == Opcode::CLOSE && !self.preview.is_cut();
        whole.then(|| CloseFrame::parse(self.preview.bytes()))
    }

    /// Code and reason of a Close frame as they stand there, legal or not; `None` if it is no Close frame, has no code, or
    /// bytes are missing.
    #[must_use]
    pub fn close_body(&self) -> Option<(CloseCode, &[u8])> {
        let is_close = self.header.opcode() == Opcode::CLOSE && self.missing == 0;
        match self.preview.bytes() {
            [high, low, reason @ ..] if is_close => {
                Some((CloseCode(u16::from_be_bytes([*high, *low])), reason))
            }
            _ => None,
        }
    }
}
