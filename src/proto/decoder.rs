//! Bytes → frames, in pieces as they come, each unmasked in place.

use std::time::Duration;

use super::assembler::Assembler;
use super::error::ProtocolError;
use crate::wire::ws::{Header, HeaderView, MAX_HEADER};
use crate::wire::{Parsed, Side};

/// Where the decoder stands in the stream.
///
/// ```text
///   Header ──header whole──▶ Payload ──last byte──▶ Header
/// ```
#[derive(Debug, Clone, Copy)]
pub(super) enum Decoder {
    /// Within a header, of which `len` bytes were kept from the input before.
    Header { bytes: [u8; MAX_HEADER], len: u8 },
    /// Within a payload, `taken` bytes of which went by.
    Payload { header: Header, taken: u64 },
}

/// Bytes that came in, taken from the front as they are understood.
#[derive(Debug)]
pub struct Input<'b>(&'b mut [u8]);

impl<'b> Input<'b> {
    /// All of what was read, each byte once.
    #[must_use]
    pub const fn new(bytes: &'b mut [u8]) -> Self {
        Self(bytes)
    }

    /// Whether all was taken.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[inline]
    pub(super) fn take(&mut self, len: usize) -> &'b mut [u8] {
        let (taken, rest) = std::mem::take(&mut self.0).split_at_mut(len);
        self.0 = rest;
        taken
    }

    pub(super) fn discard(&mut self) {
        self.0 = &mut [];
    }
}

/// A piece of a frame: all of it, where it lies whole in the buffer.
#[derive(Debug)]
pub(super) struct Piece<'b> {
    pub(super) header: Header,
    /// Unmasked.
    pub(super) payload: &'b mut [u8],
    /// How many bytes of the frame's payload came before.
    pub(super) offset: u64,
}

impl Piece<'_> {
    /// Whether the frame's first byte is in this piece.
    pub(super) const fn is_first(&self) -> bool {
        self.offset == 0
    }

    /// Whether the frame's last byte is in this piece.
    pub(super) const fn is_last(&self) -> bool {
        self.offset + self.payload.len() as u64 == self.header.length()
    }
}

impl Decoder {
    pub(super) const fn new() -> Self {
        Self::Header { bytes: [0; MAX_HEADER], len: 0 }
    }

    /// Takes the next piece from the front of `input`; `None` when all of `input` was taken and more is needed.
    /// A header is shown to the assembler before anything of its payload is waited for.
    #[inline]
    pub(super) fn next<'b>(
        &mut self,
        input: &mut Input<'b>,
        sender: Side,
        assembler: &mut Assembler,
        now: Duration,
    ) -> Result<Option<Piece<'b>>, ProtocolError> {
        let (header, offset) = match self {
            Self::Payload { header, taken } => (*header, *taken),
            Self::Header { bytes, len } => {
                let Some(view) = read_header(bytes, len, input) else { return Ok(None) };
                let header = Header::check(&view, sender)?;
                assembler.admit(&header, now)?;
                (header, 0)
            }
        };
        let left = header.length() - offset;
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(input.0.len());
        if here == 0 && left > 0 {
            *self = Self::Payload { header, taken: offset };
            return Ok(None);
        }
        let payload = input.take(here);
        if let Some(key) = header.mask() {
            key.apply(offset, payload);
        }
        let piece = Piece { header, payload, offset };
        *self =
            if piece.is_last() { Self::new() } else { Self::Payload { header, taken: offset + here as u64 } };
        Ok(Some(piece))
    }
}

/// Reads a header from `input`, or from what was kept of it and `input`. A header that is not whole is kept.
#[inline]
fn read_header(kept: &mut [u8; MAX_HEADER], len: &mut u8, input: &mut Input<'_>) -> Option<HeaderView> {
    if *len == 0
        && let Parsed::Complete { value, len } = HeaderView::parse(input.0)
    {
        input.take(len);
        return Some(value);
    }
    read_cut_header(kept, len, input)
}

#[cold]
fn read_cut_header(kept: &mut [u8; MAX_HEADER], len: &mut u8, input: &mut Input<'_>) -> Option<HeaderView> {
    loop {
        let have = usize::from(*len);
        match HeaderView::parse(&kept[..have]) {
            Parsed::Complete { value, .. } => {
                *len = 0;
                return Some(value);
            }
            Parsed::NeedMore(want) => {
                if input.is_empty() {
                    return None;
                }
                let bytes = input.take((want - have).min(input.0.len()));
                kept[have..have + bytes.len()].copy_from_slice(bytes);
                *len += bytes.len() as u8;
            }
        }
    }
}
