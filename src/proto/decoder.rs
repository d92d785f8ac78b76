//! Bytes → frames, in pieces as they come.

use super::error::ProtocolError;
use crate::wire::ws::{Header, HeaderView, MAX_HEADER};
use crate::wire::{Parsed, Side};

/// Where the decoder stands in the stream: between frames, within a header, or within a payload.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// What the input before had of a header, which is not whole.
    kept: Kept,
    /// The frame within whose payload we are, and how many bytes of it went by.
    within: Option<(Header, u64)>,
}

/// The beginning of a header.
#[derive(Debug, Default)]
struct Kept {
    bytes: [u8; MAX_HEADER],
    len: u8,
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
    /// The payload as it came: masked, if the header has a key.
    bytes: &'b mut [u8],
    /// How many bytes of the frame's payload came before.
    offset: u64,
}

impl<'b> Piece<'b> {
    /// How many bytes of payload it has.
    pub(super) const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The payload of a frame that is whole, unmasked where it lies.
    #[inline]
    pub(super) fn whole(self) -> &'b mut [u8] {
        if let Some(key) = self.header.mask() {
            key.apply(0, self.bytes);
        }
        self.bytes
    }

    /// Copies the payload to the end of `out`, unmasked on the way.
    pub(super) fn append_to(&self, out: &mut Vec<u8>) {
        match self.header.mask() {
            Some(key) => key.append(self.offset, self.bytes, out),
            None => out.extend_from_slice(self.bytes),
        }
    }

    /// Whether the frame's first byte is in this piece.
    pub(super) const fn is_first(&self) -> bool {
        self.offset == 0
    }

    /// Whether the frame's last byte is in this piece.
    pub(super) const fn is_last(&self) -> bool {
        self.offset + self.bytes.len() as u64 == self.header.length()
    }
}

impl Decoder {
    /// The frame that the input before has cut, and how many bytes of its payload came.
    pub(super) const fn within(&self) -> Option<(Header, u64)> {
        self.within
    }

    /// Takes note of bytes of the frame that it is [within](Self::within), which came another way; whether they end it.
    pub(super) fn advance(&mut self, len: usize) -> bool {
        if let Some((header, offset)) = &mut self.within {
            *offset += len as u64;
            if *offset < header.length() {
                return false;
            }
        }
        self.within = None;
        true
    }

    /// Takes the next piece from the front of `input`; `None` when all of `input` was taken and more is needed.
    /// A header is shown to `admit` before anything of its payload is waited for.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each message: the call costs a tenth of it")]
    pub(super) fn next<'b>(
        &mut self,
        input: &mut Input<'b>,
        sender: Side,
        mut admit: impl FnMut(&Header) -> Result<(), ProtocolError>,
    ) -> Result<Option<Piece<'b>>, ProtocolError> {
        let (header, offset) = if let Some(within) = self.within {
            within
        } else {
            let header = if let Some(header) = self.kept.short(input, sender) {
                header
            } else {
                let Some(view) = self.kept.read(input) else { return Ok(None) };
                Header::check(&view, sender)?
            };
            admit(&header)?;
            (header, 0)
        };
        let left = header.length() - offset;
        let have = input.0.len();
        if left > have as u64 {
            self.within = Some((header, offset + have as u64));
            if have == 0 {
                return Ok(None);
            }
        } else if self.within.is_some() {
            self.within = None;
        }
        let bytes = input.take(have.min(usize::try_from(left).unwrap_or(usize::MAX)));
        Ok(Some(Piece { header, bytes, offset }))
    }
}

impl Kept {
    /// Reads a header from `input` that is one of the usual, in the shortest way.
    #[inline]
    fn short(&self, input: &mut Input<'_>, sender: Side) -> Option<Header> {
        if self.len > 0 {
            return None;
        }
        let (header, len) = Header::short(input.0, sender)?;
        input.take(len);
        Some(header)
    }

    /// Reads a header from `input`, or from what was kept of it and `input`. A header that is not whole is kept.
    #[inline]
    fn read(&mut self, input: &mut Input<'_>) -> Option<HeaderView> {
        if self.len == 0
            && let Parsed::Complete { value, len } = HeaderView::parse(input.0)
        {
            input.take(len);
            return Some(value);
        }
        self.read_cut(input)
    }

    #[cold]
    fn read_cut(&mut self, input: &mut Input<'_>) -> Option<HeaderView> {
        loop {
            let have = usize::from(self.len);
            match HeaderView::parse(&self.bytes[..have]) {
                Parsed::Complete { value, .. } => {
                    self.len = 0;
                    return Some(value);
                }
                Parsed::NeedMore(want) => {
                    if input.is_empty() {
                        return None;
                    }
                    let bytes = input.take((want - have).min(input.0.len()));
                    self.bytes[have..have + bytes.len()].copy_from_slice(bytes);
                    self.len += bytes.len() as u8;
                }
            }
        }
    }
}
