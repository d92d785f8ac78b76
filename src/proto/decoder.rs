//! Bytes → frames, in pieces as they come.

use super::error::ProtocolError;
use crate::wire::ws::{Header, HeaderView, MAX_HEADER};
use crate::wire::{Parsed, Side};

/// The decoder: between frames, or within one that the last input has cut.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// Boxed, as most connections have none.
    cut: Option<Box<Cut>>,
}

#[derive(Debug, Clone, Copy)]
enum Cut {
    /// Within a header, after `len` bytes of it.
    Header { bytes: [u8; MAX_HEADER], len: u8 },
    /// Within a payload, after `offset` bytes of it.
    Payload { header: Header, offset: u64 },
}

/// Received bytes, consumed from the front.
#[derive(Debug)]
pub struct Input<'b>(&'b mut [u8]);

impl<'b> Input<'b> {
    /// The bytes of one read; each byte is given once.
    #[must_use]
    pub const fn new(bytes: &'b mut [u8]) -> Self {
        Self(bytes)
    }

    /// Returns `true` if all is consumed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first `len` bytes, without consuming them.
    #[inline]
    pub(super) fn front(&mut self, len: usize) -> &mut [u8] {
        &mut self.0[..len]
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

/// A piece of a frame; the whole frame, if it lies whole in the input.
#[derive(Debug)]
pub(super) struct Piece<'b> {
    pub(super) header: Header,
    /// The payload as it came: masked, if the header has a key.
    bytes: &'b mut [u8],
    /// Bytes of the frame's payload in earlier pieces.
    offset: u64,
}

impl<'b> Piece<'b> {
    /// Bytes of payload in this piece.
    pub(super) const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The payload of a whole frame, unmasked in place.
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

    /// Returns `true` if the frame's first byte is in this piece.
    pub(super) const fn is_first(&self) -> bool {
        self.offset == 0
    }

    /// Returns `true` if the frame's last byte is in this piece.
    pub(super) const fn is_last(&self) -> bool {
        self.offset + self.bytes.len() as u64 == self.header.length()
    }
}

impl Decoder {
    /// The frame that the last input has cut, and how many bytes of its payload have come.
    #[inline]
    pub(super) fn cut_frame(&self) -> Option<(Header, u64)> {
        match self.cut.as_deref() {
            Some(&Cut::Payload { header, offset }) => Some((header, offset)),
            _ => None,
        }
    }

    /// Counts bytes of the [cut frame](Self::cut_frame) that were read past the decoder. True if they end it.
    pub(super) fn advance(&mut self, len: usize) -> bool {
        if let Some(Cut::Payload { header, offset }) = self.cut.as_deref_mut() {
            *offset += len as u64;
            if *offset < header.length() {
                return false;
            }
        }
        self.cut = None;
        true
    }

    /// Lengths of header and payload of the message at the front of `input`, if it lies there whole, in one frame, of
    /// `most` bytes at most. The common case, found without a [`HeaderView`].
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each message: the call costs a tenth of it")]
    pub(super) fn whole_message(&self, input: &Input<'_>, sender: Side, most: u64) -> Option<(usize, usize)> {
        if self.cut.is_some() {
            return None;
        }
        let (header, payload) = Header::usual(input.0, sender)?;
        let is_whole = payload <= input.0.len() - header && payload as u64 <= most;
        is_whole.then_some((header, payload))
    }

    /// The next piece from the front of `input`; `None` when all of `input` is consumed and more is needed. `admit`
    /// checks each header before its payload is awaited.
    pub(super) fn next<'b>(
        &mut self,
        input: &mut Input<'b>,
        sender: Side,
        mut admit: impl FnMut(&Header) -> Result<(), ProtocolError>,
    ) -> Result<Option<Piece<'b>>, ProtocolError> {
        let (header, offset) = if let Some(within) = self.cut_frame() {
            within
        } else {
            let Some(view) = self.read(input) else { return Ok(None) };
            let header = Header::check(&view, sender)?;
            admit(&header)?;
            (header, 0)
        };
        let left = header.length() - offset;
        let have = input.0.len();
        if left > have as u64 {
            self.cut(Cut::Payload { header, offset: offset + have as u64 });
            if have == 0 {
                return Ok(None);
            }
        } else if self.cut.is_some() {
            self.cut = None;
        }
        let bytes = input.take(have.min(usize::try_from(left).unwrap_or(usize::MAX)));
        Ok(Some(Piece { header, bytes, offset }))
    }

    #[inline(never)]
    fn cut(&mut self, cut: Cut) {
        match self.cut.as_deref_mut() {
            Some(before) => *before = cut,
            None => self.cut = Some(Box::new(cut)),
        }
    }

    /// Reads a header from `input`, after the bytes of it that an earlier input had. One that is cut is kept.
    #[inline]
    fn read(&mut self, input: &mut Input<'_>) -> Option<HeaderView> {
        if self.cut.is_none()
            && let Parsed::Complete { value, len } = HeaderView::parse(input.0)
        {
            input.take(len);
            return Some(value);
        }
        self.read_cut(input)
    }

    #[cold]
    fn read_cut(&mut self, input: &mut Input<'_>) -> Option<HeaderView> {
        let (mut bytes_so_far, mut have) = match self.cut.as_deref() {
            Some(&Cut::Header { bytes, len }) => (bytes, usize::from(len)),
            _ => ([0; MAX_HEADER], 0),
        };
        loop {
            match HeaderView::parse(&bytes_so_far[..have]) {
                Parsed::Complete { value, .. } => {
                    self.cut = None;
                    return Some(value);
                }
                Parsed::NeedMore(_) if input.is_empty() => {
                    self.cut(Cut::Header { bytes: bytes_so_far, len: have as u8 });
                    return None;
                }
                Parsed::NeedMore(want) => {
                    let bytes = input.take((want - have).min(input.0.len()));
                    bytes_so_far[have..have + bytes.len()].copy_from_slice(bytes);
                    have += bytes.len();
                }
            }
        }
    }
}
