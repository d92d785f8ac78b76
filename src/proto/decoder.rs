//! Bytes → frames, in pieces as they come.

use super::error::ProtocolError;
use crate::wire::ws::{Header, HeaderView, MAX_HEADER};
use crate::wire::{Parsed, Side};

/// Where the decoder stands in the stream: between frames, or where an input has cut one.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// Boxed, as most connections have none.
    cut: Option<Box<Cut>>,
}

#[derive(Debug, Clone, Copy)]
enum Cut {
    /// Within a header: so many bytes of it came.
    Header { bytes: [u8; MAX_HEADER], len: u8 },
    /// Within a payload: so many bytes of it went by.
    Payload { header: Header, offset: u64 },
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

    /// So many bytes from its front, which stay there.
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
    #[inline]
    pub(super) fn within(&self) -> Option<(Header, u64)> {
        match self.cut.as_deref() {
            Some(&Cut::Payload { header, offset }) => Some((header, offset)),
            _ => None,
        }
    }

    /// Takes note of bytes of the frame that it is [within](Self::within), which came another way; whether they end it.
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

    /// The message that `input` begins with, if it lies there whole, in one frame, of `most` bytes at most: how long the
    /// header is, and the payload. What most input is, found in the shortest way.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each message: the call costs a tenth of it")]
    pub(super) fn whole(&self, input: &Input<'_>, sender: Side, most: u64) -> Option<(usize, usize)> {
        if self.cut.is_some() {
            return None;
        }
        let (header, payload) = Header::usual(input.0, sender)?;
        let is_whole = payload <= input.0.len() - header && payload as u64 <= most;
        is_whole.then_some((header, payload))
    }

    /// Takes the next piece from the front of `input`; `None` when all of `input` was taken and more is needed.
    /// A header is shown to `admit` before anything of its payload is waited for.
    pub(super) fn next<'b>(
        &mut self,
        input: &mut Input<'b>,
        sender: Side,
        mut admit: impl FnMut(&Header) -> Result<(), ProtocolError>,
    ) -> Result<Option<Piece<'b>>, ProtocolError> {
        let (header, offset) = if let Some(within) = self.within() {
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

    /// Reads a header from `input`, or from what was kept of it and `input`. One that is not whole is kept.
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
        let (mut kept, mut have) = match self.cut.as_deref() {
            Some(&Cut::Header { bytes, len }) => (bytes, usize::from(len)),
            _ => ([0; MAX_HEADER], 0),
        };
        loop {
            match HeaderView::parse(&kept[..have]) {
                Parsed::Complete { value, .. } => {
                    self.cut = None;
                    return Some(value);
                }
                Parsed::NeedMore(_) if input.is_empty() => {
                    self.cut(Cut::Header { bytes: kept, len: have as u8 });
                    return None;
                }
                Parsed::NeedMore(want) => {
                    let bytes = input.take((want - have).min(input.0.len()));
                    kept[have..have + bytes.len()].copy_from_slice(bytes);
                    have += bytes.len();
                }
            }
        }
    }
}
