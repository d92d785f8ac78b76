//! A frame's replacement payload.

use super::words::{LETTER, Words};
use crate::observe::{Coding, Frame, Message, Text};
use crate::wire::ws::{MaskKey, Opcode};

/// A byte that no UTF-8 has.
const NOT_UTF8: u8 = 0xFF;

/// A payload.
#[derive(Debug)]
pub(super) struct Payload {
    length: u64,
    mask: Option<MaskKey>,
    content: Content,
    /// Offset of a byte that makes it, or its message, no UTF-8.
    flaw: Option<u64>,
}

/// The content, unmasked.
#[derive(Debug)]
enum Content {
    /// One byte again and again, behind these.
    Plain { begin: Vec<u8>, rest: u8 },
    /// A part of a compressed message: so many bytes of it stand before this, and so many are all of it.
    Deflated { before: u64, total: u64 },
}

impl Payload {
    pub(super) fn of(frame: &Frame, words: &mut Words) -> Self {
        let length = frame.header.length();
        let mut flaw = None;
        let begin = match frame.header.opcode() {
            // The code is the reason for all of it.
            Opcode::CLOSE => {
                let body = frame.preview.bytes();
                let is_broken = body.len() > 2 && frame.close().is_some_and(|close| close.is_err());
                let is_text = std::str::from_utf8(body.get(2..).unwrap_or_default()).is_ok();
                flaw = (is_broken && !is_text).then_some(2);
                body.get(..2).unwrap_or_default().to_vec()
            }
            Opcode::PING | Opcode::PONG if frame.missing == 0 && !frame.preview.is_cut() => {
                words.word(frame.preview.bytes())
            }
            _ => Vec::new(),
        };
        let rest = if frame.header.opcode() == Opcode::TEXT || frame.header.opcode().is_control() {
            LETTER
        } else {
            0
        };
        Self { length, mask: frame.header.mask(), content: Content::Plain { begin, rest }, flaw }
    }

    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Number of its bytes in memory.
    pub(super) const fn known(&self) -> usize {
        match &self.content {
            Content::Plain { begin, .. } => begin.len(),
            Content::Deflated { .. } => 0,
        }
    }

    /// It is a part of this message, in this frame, behind so many bytes.
    pub(super) fn part_of(&mut self, message: &Message, frame: Option<u64>, before: u64) {
        self.content = match message.coding {
            Coding::Deflate(_) => Content::Deflated { before, total: message.length + message.missing },
            Coding::Plain => {
                let rest = if message.kind == Opcode::TEXT { LETTER } else { 0 };
                Content::Plain { begin: Vec::new(), rest }
            }
        };
        if let (Coding::Plain, Text::NotUtf8 { frame: with_flaw, offset }) = (message.coding, message.text)
            && frame == Some(with_flaw)
            && self.length > 0
        {
            self.flaw = Some(offset.saturating_sub(before).min(self.length - 1));
        }
    }

    /// The bytes from a place in it on, masked if it is.
    pub(super) fn fill(&self, from: u64, into: &mut [u8]) {
        match &self.content {
            Content::Plain { begin, rest } => {
                let known = begin.iter().copied().skip(usize::try_from(from).unwrap_or(usize::MAX));
                for (byte, content) in into.iter_mut().zip(known.chain(std::iter::repeat(*rest))) {
                    *byte = content;
                }
            }
            Content::Deflated { before, total } => {
                for (at, byte) in (before + from..).zip(into.iter_mut()) {
                    *byte = deflated(at, *total);
                }
            }
        }
        if let Some(place) = self.flaw.and_then(|flaw| flaw.checked_sub(from))
            && let Some(byte) = usize::try_from(place).ok().and_then(|place| into.get_mut(place))
        {
            *byte = NOT_UTF8;
        }
        if let Some(key) = self.mask {
            key.apply(from, into);
        }
    }
}

/// A byte of a compressed message of any length (RFC 7692 §7.2.1, RFC 1951 §3.2.6): a block with fixed codes that holds
/// as many `x` as there is room for, each in the eight bits 10101000, and the begin of the empty stored block whose end
/// is left out.
fn deflated(at: u64, total: u64) -> u8 {
    match (at, total) {
        (0, 2) => 0x02,
        // Block header 010, and five bits of the first letter.
        (0, 3..) => 0xAA,
        // Three bits of a letter, five of the next.
        (1.., 3..) if at + 2 < total => 0xA8,
        // Its last bits, the end of the block, the header of the next: all zero.
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Side;
    use crate::wire::ws::{Deflate, Inflater};

    #[test]
    fn rfc_7692_section_7_2_a_message_of_any_length_inflates() {
        let deflate = Deflate::read("permessage-deflate").unwrap();
        for total in 1..300 {
            let bytes: Vec<u8> = (0..total).map(|at| deflated(at, total)).collect();
            let mut plain = Vec::new();
            let mut inflater = Inflater::new(deflate.of(Side::Client), 1_000);
            inflater.push(&bytes, |piece| plain.extend_from_slice(piece)).unwrap();
            inflater.finish().unwrap();
            let letters = usize::try_from(total.saturating_sub(2)).unwrap();
            assert_eq!(plain, vec![LETTER; letters], "{total}");
        }
    }
}
