//! A frame header that cannot be illegal, and its bytes (RFC 6455 §5.2).

use super::{FrameError, HeaderView, MAX_CONTROL_PAYLOAD, MAX_HEADER, MaskKey, Opcode};
use crate::wire::Side;

/// Whether a frame ends its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fin {
    /// The last fragment, or the only one.
    Final,
    /// More fragments follow.
    More,
}

impl Fin {
    /// What a header's first byte says.
    const fn of(first: u8) -> Self {
        if first & 0x80 != 0 { Self::Final } else { Self::More }
    }
}

/// Whether a header with this first byte is legal, if its payload is short.
const LEGAL: [bool; 256] = {
    let mut legal = [false; 256];
    let mut first = 0;
    while first < 256 {
        let byte = first as u8;
        let rsv = byte & 0x70;
        legal[first] = rsv == 0 && Header::new(Fin::of(byte), Opcode::from_bits(byte), 0, None).is_ok();
        first += 1;
    }
    legal
};

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

    /// Reads the header that `bytes` begins with and `sender` sent, if it is one of the usual: whole, legal, and of a
    /// payload of at most 125 bytes. Then its first byte alone tells whether it is legal. Of all others [`HeaderView`]
    /// tells what they are, and [`check`](Self::check) what is wrong.
    #[inline]
    #[must_use]
    pub fn short(bytes: &[u8], sender: Side) -> Option<(Self, usize)> {
        let &[first, second, ref rest @ ..] = bytes else { return None };
        let length = second & 0x7F;
        if length > MAX_CONTROL_PAYLOAD as u8 || !LEGAL[usize::from(first)] {
            return None;
        }
        let (mask, len) = match sender {
            Side::Client if second & 0x80 != 0 => (Some(MaskKey(*rest.first_chunk::<4>()?)), 6),
            Side::Server if second & 0x80 == 0 => (None, 2),
            _ => return None,
        };
        let header =
            Self { fin: Fin::of(first), opcode: Opcode::from_bits(first), length: u64::from(length), mask };
        Some((header, len))
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

    /// Whether the message ends here.
    #[must_use]
    pub const fn fin(&self) -> Fin {
        self.fin
    }

    /// What the frame is.
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
    #[inline]
    pub fn encode_frame(&self, payload: &[u8], out: &mut Vec<u8>) {
        assert_eq!(self.length, payload.len() as u64, "the header must tell the payload's length");
        out.reserve(MAX_HEADER + payload.len());
        if let (None, short @ ..=125) = (self.mask, self.length) {
            // Most of all frames that a server sends.
            out.extend_from_slice(&[self.first(), short as u8]);
            out.extend_from_slice(payload);
            return;
        }
        let header = self.encode();
        // All of its array and then less: a copy of a length that is known is no call.
        let start = out.len() + header.len();
        out.extend_from_slice(&header.bytes);
        out.truncate(start);
        match self.mask {
            Some(key) => key.append(0, payload, out),
            None => out.extend_from_slice(payload),
        }
    }
}

/// The bytes of a header; as a slice they are what goes on the wire.
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
        fn any_header_bytes_are_read_and_only_legal_ones_pass(bytes: [u8; MAX_HEADER]) {
            let Parsed::Complete { value, len } = HeaderView::parse(&bytes) else { panic!("14 bytes suffice") };
            for sender in [Side::Client, Side::Server] {
                let short = Header::short(&bytes, sender);
                if let Ok(header) = Header::check(&value, sender) {
                    prop_assert_eq!(&header.encode()[..], &bytes[..len]);
                    prop_assert_eq!(short, (header.length() <= 125).then_some((header, len)));
                } else {
                    prop_assert_eq!(short, None);
                }
            }
        }
    }
}
