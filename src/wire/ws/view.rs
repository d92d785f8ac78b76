//! The lenient reading of a frame header: its bits, legal or not (RFC 6455 §5.2).

use super::{MAX_CONTROL_PAYLOAD, MaskKey, Opcode};
use crate::wire::Parsed;

/// A frame header read without judgement: to explain a broken capture, illegal headers must be readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderView {
    first: u8,
    second: u8,
    length: u64,
    mask: Option<MaskKey>,
}

impl HeaderView {
    /// Reads the header that `bytes` begins with.
    #[inline]
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Parsed<Self> {
        let &[first, second, ref rest @ ..] = bytes else { return Parsed::NeedMore(2) };
        let masked = second & 0x80 != 0;
        let (length, rest) = match second & 0x7F {
            126 => match rest.split_first_chunk::<2>() {
                Some((bytes, rest)) => (u64::from(u16::from_be_bytes(*bytes)), rest),
                None => return Parsed::NeedMore(header_len(second)),
            },
            127 => match rest.split_first_chunk::<8>() {
                Some((bytes, rest)) => (u64::from_be_bytes(*bytes), rest),
                None => return Parsed::NeedMore(header_len(second)),
            },
            short => (u64::from(short), rest),
        };
        let mask = if masked {
            match rest.first_chunk::<4>() {
                Some(key) => Some(MaskKey(*key)),
                None => return Parsed::NeedMore(header_len(second)),
            }
        } else {
            None
        };
        Parsed::Complete { value: Self { first, second, length, mask }, len: header_len(second) }
    }

    /// The bytes that it was read from.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.first, self.second];
        match self.length_field() {
            126 => bytes.extend((self.length as u16).to_be_bytes()),
            127 => bytes.extend(self.length.to_be_bytes()),
            _ => {}
        }
        bytes.extend(self.mask.into_iter().flat_map(|MaskKey(key)| key));
        bytes
    }

    /// The FIN bit: this is the last, perhaps the only, fragment.
    #[must_use]
    pub const fn fin(&self) -> bool {
        self.first & 0x80 != 0
    }

    /// The three reserved bits, RSV1 the highest: 0 to 7.
    #[must_use]
    pub const fn rsv(&self) -> u8 {
        self.first >> 4 & 0x7
    }

    /// The opcode, reserved ones included.
    #[must_use]
    pub const fn opcode(&self) -> Opcode {
        Opcode::from_bits(self.first)
    }

    /// The seven bits of the length field: a length, or 126 or 127 for an extended one.
    #[must_use]
    pub const fn length_field(&self) -> u8 {
        self.second & 0x7F
    }

    /// The payload's length in bytes, whichever form it stands in.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The masking key, if the MASK bit is set.
    #[must_use]
    pub const fn mask(&self) -> Option<MaskKey> {
        self.mask
    }

    /// Returns `true` if it begins a Close frame that its receiver accepts as one: unfragmented, and of 125 bytes at
    /// most. Any other is a broken control frame (RFC 6455 §5.5), which closes nothing.
    #[must_use]
    pub const fn is_close(&self) -> bool {
        self.opcode().bits() == Opcode::CLOSE.bits()
            && self.fin()
            && self.length <= MAX_CONTROL_PAYLOAD as u64
    }

    /// Returns `true` if the length is encoded in the fewest bytes that hold it.
    #[must_use]
    pub const fn is_minimal(&self) -> bool {
        match self.length_field() {
            126 => self.length > 125,
            127 => self.length > 0xFFFF,
            _ => true,
        }
    }
}

/// The length of a whole header, by its second byte.
const fn header_len(second: u8) -> usize {
    let extended = match second & 0x7F {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    2 + extended + if second & 0x80 != 0 { 4 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(bytes: &[u8]) -> HeaderView {
        match HeaderView::parse(bytes) {
            Parsed::Complete { value, len } => {
                assert_eq!(len, bytes.len());
                assert_eq!(value.to_bytes(), bytes, "there and back");
                value
            }
            Parsed::NeedMore(n) => panic!("needs {n}"),
        }
    }

    #[test]
    fn section_5_2_reads_any_bits() {
        let all = view(&[0xFF, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4]);
        assert!(all.fin());
        assert_eq!((all.rsv(), all.opcode().bits(), all.length_field()), (7, 15, 127));
        assert_eq!(all.length(), 0x8000_0000_0000_0001);
        assert_eq!(all.mask(), Some(MaskKey([1, 2, 3, 4])));
        assert!(!view(&[0x01, 0x7E, 0x00, 0x05]).is_minimal());
        assert!(!view(&[0x01, 0x7F, 0, 0, 0, 0, 0, 0, 0, 200]).is_minimal());
        assert!(view(&[0x01, 0x7E, 0x00, 0x7E]).is_minimal());
    }

    #[test]
    fn section_5_2_says_how_much_is_missing() {
        let whole = [0x82, 0xFE, 0x01, 0x00, 9, 9, 9, 9];
        assert_eq!(HeaderView::parse(&[]), Parsed::NeedMore(2));
        assert_eq!(HeaderView::parse(&whole[..1]), Parsed::NeedMore(2));
        for cut in 2..8 {
            assert_eq!(HeaderView::parse(&whole[..cut]), Parsed::NeedMore(8));
        }
        assert_eq!(HeaderView::parse(&[0x82, 0x7F]), Parsed::NeedMore(10));
    }
}
