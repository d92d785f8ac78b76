//! A frame header that cannot be illegal, and its bytes (RFC 6455 §5.2).

use super::{FrameError, HeaderView, MAX_CONTROL_PAYLOAD, MAX_HEADER, MaskKey, Opcode};
use crate::wire::Side;

/// The FIN bit: whether a frame ends its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fin {
    /// The last fragment, or the only one.
    Final,
    /// More fragments follow.
    More,
}

/// A legal frame header: no reserved bit or opcode, control frames whole and short, a length that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    fin: Fin,
    opcode: Opcode,
    length: u64,
    mask: Option<MaskKey>,
}

impl Header {
    /// A header to send.
    ///
    /// # Errors
    /// [`FrameError`] if RFC 6455 forbids such a frame.
    #[inline]
    pub const fn new(
        fin: Fin,
        opcode: Opcode,
        length: u64,
        mask: Option<MaskKey>,
    ) -> Result<Self, FrameError> {
        if opcode.is_reserved() {
            return Err(FrameError::ReservedOpcode(opcode));
        }
        if opcode.is_control() {
            if matches!(fin, Fin::More) {
                return Err(FrameError::FragmentedControl(opcode));
            }
            if length > MAX_CONTROL_PAYLOAD as u64 {
                return Err(FrameError::LongControl(opcode, length));
            }
        }
        if length >> 63 != 0 {
            return Err(FrameError::LengthTooLarge(length));
        }
        Ok(Self { fin, opcode, length, mask })
    }

    /// Lengths of the header at the front of `bytes`, sent by `sender`, and of its payload, if it is of the usual kind:
    /// whole, legal, and of a message in a single frame of less than 64 KiB. For all others parse a [`HeaderView`] and
    /// [`check`](Self::check) it.
    #[inline]
    #[must_use]
    pub fn usual(bytes: &[u8], sender: Side) -> Option<(usize, usize)> {
        let &[0x81 | 0x82, second, ref rest @ ..] = bytes else { return None };
        let (mask, key) = match sender {
            Side::Client => (0x80, 4),
            Side::Server => (0, 0),
        };
        let (header, payload) = match (second ^ mask, rest) {
            (short @ ..=125, _) => (2 + key, usize::from(short)),
            (126, &[high, low, ..]) => (4 + key, usize::from(u16::from_be_bytes([high, low]))),
            _ => return None,
        };
        let minimal = header == 2 + key || payload > MAX_CONTROL_PAYLOAD;
        (minimal && header <= bytes.len()).then_some((header, payload))
    }

    /// Judges a header that `sender` sent.
    ///
    /// # Errors
    /// The first rule of RFC 6455 section 5 that it breaks.
    #[inline]
    pub fn check(view: &HeaderView, sender: Side) -> Result<Self, FrameError> {
        if view.rsv() != 0 {
            return Err(FrameError::ReservedBits(view.rsv()));
        }
        if view.mask().is_some() != (sender == Side::Client) {
            return Err(FrameError::WrongMasking(sender));
        }
        let fin = if view.fin() { Fin::Final } else { Fin::More };
        let header = Self::new(fin, view.opcode(), view.length(), view.mask())?;
        if !view.is_minimal() {
            return Err(FrameError::LengthNotMinimal(view.length()));
        }
        Ok(header)
    }

    /// FIN: the message ends here, or goes on.
    #[must_use]
    pub const fn fin(&self) -> Fin {
        self.fin
    }

    /// The opcode.
    #[must_use]
    pub const fn opcode(&self) -> Opcode {
        self.opcode
    }

    /// The payload's length in bytes.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The masking key: a client's frames have one, a server's none.
    #[must_use]
    pub const fn mask(&self) -> Option<MaskKey> {
        self.mask
    }

    /// The byte with FIN and the opcode.
    const fn first(&self) -> u8 {
        self.opcode.bits() | if matches!(self.fin, Fin::Final) { 0x80 } else { 0 }
    }

    /// The header's bytes, the length in its shortest form.
    #[inline]
    #[must_use]
    pub fn encode(&self) -> HeaderBytes {
        let mut bytes = [0; MAX_HEADER];
        bytes[0] = self.first();
        let mut len = match self.length {
            short @ 0..=125 => {
                bytes[1] = short as u8;
                2
            }
            medium @ 126..=0xFFFF => {
                bytes[1] = 126;
                bytes[2..4].copy_from_slice(&(medium as u16).to_be_bytes());
                4
            }
            long => {
                bytes[1] = 127;
                bytes[2..10].copy_from_slice(&long.to_be_bytes());
                10
            }
        };
        if let Some(MaskKey(key)) = self.mask {
            bytes[1] |= 0x80;
            bytes[len..len + 4].copy_from_slice(&key);
            len += 4;
        }
        HeaderBytes { bytes, len: len as u8 }
    }

    /// Appends the whole frame: this header and `payload`, masked if the header has a key.
    ///
    /// # Panics
    /// If `payload` is not as long as the header says.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each message: the call costs a tenth of it")]
    pub fn encode_frame(&self, payload: &[u8], out: &mut Vec<u8>) {
        assert_eq!(self.length, payload.len() as u64, "the header must have the payload's length");
        // Most of all frames that a server sends. A copy of a length that is known is no call.
        match (self.mask, self.length) {
            (None, short @ ..=125) => out.extend_from_slice(&[self.first(), short as u8]),
            (None, medium @ ..=0xFFFF) => {
                let [high, low] = (medium as u16).to_be_bytes();
                out.extend_from_slice(&[self.first(), 126, high, low]);
            }
            _ => return self.encode_other(payload, out),
        }
        out.extend_from_slice(payload);
    }

    #[inline(never)]
    fn encode_other(&self, payload: &[u8], out: &mut Vec<u8>) {
        out.reserve(MAX_HEADER + payload.len());
        let header = self.encode();
        // All of its array, and then less.
        let start = out.len() + header.len();
        out.extend_from_slice(&header.bytes);
        out.truncate(start);
        match self.mask {
            Some(key) => key.append(0, payload, out),
            None => out.extend_from_slice(payload),
        }
    }
}

/// The bytes of a header; dereferences to those that go on the wire.
#[derive(Debug, Clone, Copy)]
pub struct HeaderBytes {
    bytes: [u8; MAX_HEADER],
    len: u8,
}

impl std::ops::Deref for HeaderBytes {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Parsed;
    use proptest::prelude::*;

    /// One frame, both ways: `hex` parses to `header` and `payload`, and they encode to `hex`.
    fn check_frame(hex: &str, sender: Side, fin: Fin, opcode: Opcode, payload: &[u8]) {
        let bytes: Vec<u8> =
            hex.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
        let Parsed::Complete { value: view, len } = HeaderView::parse(&bytes) else { panic!("too short") };
        let header = Header::check(&view, sender).unwrap();
        assert_eq!((header.fin(), header.opcode()), (fin, opcode));
        let mut body = bytes[len..].to_vec();
        if let Some(key) = header.mask() {
            key.apply(0, &mut body);
        }
        assert_eq!(body, payload);
        let mut out = Vec::new();
        header.encode_frame(payload, &mut out);
        assert_eq!(out, bytes);
    }

    #[test]
    fn section_5_7_examples() {
        use Fin::{Final, More};
        use Side::{Client, Server};
        check_frame("81 05 48 65 6c 6c 6f", Server, Final, Opcode::TEXT, b"Hello");
        check_frame("81 85 37 fa 21 3d 7f 9f 4d 51 58", Client, Final, Opcode::TEXT, b"Hello");
        check_frame("01 03 48 65 6c", Server, More, Opcode::TEXT, b"Hel");
        check_frame("80 02 6c 6f", Server, Final, Opcode::CONTINUATION, b"lo");
        check_frame("89 05 48 65 6c 6c 6f", Server, Final, Opcode::PING, b"Hello");
        check_frame("8a 85 37 fa 21 3d 7f 9f 4d 51 58", Client, Final, Opcode::PONG, b"Hello");
    }

    #[test]
    fn section_5_7_length_forms() {
        let header = |length| Header::new(Fin::Final, Opcode::BINARY, length, None).unwrap().encode();
        assert_eq!(&header(125)[..], [0x82, 0x7D]);
        assert_eq!(&header(126)[..], [0x82, 0x7E, 0, 126]);
        assert_eq!(&header(256)[..], [0x82, 0x7E, 0x01, 0x00]);
        assert_eq!(&header(65_535)[..], [0x82, 0x7E, 0xFF, 0xFF]);
        assert_eq!(&header(65_536)[..], [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn section_5_what_is_refused() {
        let judge = |bytes: &[u8]| match HeaderView::parse(bytes) {
            Parsed::Complete { value, .. } => Header::check(&value, Side::Server).unwrap_err(),
            Parsed::NeedMore(n) => panic!("needs {n}"),
        };
        assert_eq!(judge(&[0xC1, 0]), FrameError::ReservedBits(0b100));
        assert_eq!(judge(&[0x83, 0]), FrameError::ReservedOpcode(Opcode::from_bits(3)));
        assert_eq!(judge(&[0x09, 0]), FrameError::FragmentedControl(Opcode::PING));
        assert_eq!(judge(&[0x88, 126, 0, 126]), FrameError::LongControl(Opcode::CLOSE, 126));
        assert_eq!(judge(&[0x82, 126, 0, 5]), FrameError::LengthNotMinimal(5));
        assert_eq!(judge(&[0x82, 127, 0, 0, 0, 0, 0, 0, 0, 200]), FrameError::LengthNotMinimal(200));
        assert_eq!(judge(&[0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]), FrameError::LengthTooLarge(1 << 63));
        assert_eq!(judge(&[0x82, 0x80, 0, 0, 0, 0]), FrameError::WrongMasking(Side::Server));
    }

    proptest! {
        #[test]
        fn any_frame_there_and_back(
            opcode in prop::sample::select(vec![Opcode::CONTINUATION, Opcode::TEXT, Opcode::BINARY]),
            more: bool,
            key: Option<[u8; 4]>,
            payload in prop::collection::vec(any::<u8>(), 0..70_000),
        ) {
            let fin = if more { Fin::More } else { Fin::Final };
            let header = Header::new(fin, opcode, payload.len() as u64, key.map(MaskKey)).unwrap();
            let mut bytes = Vec::new();
            header.encode_frame(&payload, &mut bytes);
            let Parsed::Complete { value, len } = HeaderView::parse(&bytes) else { panic!("incomplete") };
            let sender = if key.is_some() { Side::Client } else { Side::Server };
            prop_assert_eq!(Header::check(&value, sender), Ok(header));
            let mut body = bytes.split_off(len);
            if let Some(key) = header.mask() {
                key.apply(0, &mut body);
            }
            prop_assert_eq!(body, payload);
        }

        #[test]
        fn any_header_bytes_are_read_and_only_legal_ones_pass(
            first in prop_oneof![any::<u8>(), Just(0x81), Just(0x82)],
            second in prop_oneof![any::<u8>(), Just(0x7E), Just(0xFE)],
            third in prop_oneof![any::<u8>(), Just(0)],
            rest: [u8; MAX_HEADER - 3],
        ) {
            let bytes: [u8; MAX_HEADER] = [&[first, second, third], &rest[..]].concat().try_into().unwrap();
            let Parsed::Complete { value, len } = HeaderView::parse(&bytes) else { panic!("14 bytes suffice") };
            for sender in [Side::Client, Side::Server] {
                let usual = Header::usual(&bytes, sender);
                if let Ok(header) = Header::check(&value, sender) {
                    prop_assert_eq!(&header.encode()[..], &bytes[..len]);
                    let is_usual = matches!(bytes[0], 0x81 | 0x82) && header.length() <= 0xFFFF;
                    prop_assert_eq!(usual, is_usual.then_some((len, header.length() as usize)));
                } else {
                    prop_assert_eq!(usual, None);
                }
                for short in 0..len {
                    prop_assert_eq!(Header::usual(&bytes[..short], sender), None);
                }
            }
        }
    }
}
