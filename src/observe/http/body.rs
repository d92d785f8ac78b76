//! Bodies of HTTP/1: the place where one ends (RFC 9112 §6, §7.1). Nothing of their content is kept.

use crate::observe::facts::Body;
use crate::observe::reassembly::Piece;

/// The longest line of a chunk's size, with its extensions, in bytes.
const MAX_SIZE_LINE: u32 = 16 * 1024;

/// The longest trailer section, in bytes.
const MAX_TRAILERS: u32 = 64 * 1024;

/// Follows a body to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) enum BodyReader {
    /// The bytes that are left.
    Length(u64),
    Chunked(Chunked),
    /// All that comes until the connection ends.
    ToEnd,
}

/// A place within a chunked body (RFC 9112 §7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) enum Chunked {
    /// Within the line with a chunk's size.
    Size { size: u64, digits: u8, part: SizePart, read: u32 },
    /// The bytes of a chunk that are left.
    Data(u64),
    /// Before the line end behind a chunk.
    DataEnd,
    /// Within the trailers: bytes of the open line, and of all.
    Trailers { line: u32, read: u32 },
}

/// A part of the line with a chunk's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) enum SizePart {
    Digits,
    Extensions,
}

/// The state of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) enum BodyProgress {
    NeedMore,
    Complete,
    /// Its end cannot be found.
    Broken,
}

impl Chunked {
    const START: Self = Self::Size { size: 0, digits: 0, part: SizePart::Digits, read: 0 };
}

impl BodyReader {
    /// The reader of a body; `None` if there is no body, or if its end cannot be found.
    pub(in crate::observe) const fn new(body: Body) -> Option<Self> {
        match body {
            Body::Bytes(0) | Body::Unknown => None,
            Body::Bytes(length) => Some(Self::Length(length)),
            Body::Chunked => Some(Self::Chunked(Chunked::START)),
            Body::ToEnd => Some(Self::ToEnd),
        }
    }

    /// Consumes bytes at the front of `piece`, up to the end of the body.
    pub(in crate::observe) fn push(&mut self, piece: &mut Piece<'_>) -> BodyProgress {
        match self {
            Self::Length(left) => {
                skip(left, piece);
                if *left == 0 { BodyProgress::Complete } else { BodyProgress::NeedMore }
            }
            Self::Chunked(chunked) => chunked.push(piece),
            Self::ToEnd => {
                piece.advance(piece.bytes.len());
                BodyProgress::NeedMore
            }
        }
    }

    /// Skips missing bytes.
    pub(in crate::observe) const fn gap(&mut self, length: u64) -> BodyProgress {
        match self {
            Self::ToEnd => BodyProgress::NeedMore,
            Self::Length(left) if *left >= length => {
                *left -= length;
                if *left == 0 { BodyProgress::Complete } else { BodyProgress::NeedMore }
            }
            Self::Chunked(Chunked::Data(left)) if *left > length => {
                *left -= length;
                BodyProgress::NeedMore
            }
            Self::Chunked(Chunked::Data(left)) if *left == length => {
                *self = Self::Chunked(Chunked::DataEnd);
                BodyProgress::NeedMore
            }
            Self::Length(_) | Self::Chunked(_) => BodyProgress::Broken,
        }
    }
}

/// Consumes up to `left` bytes.
fn skip(left: &mut u64, piece: &mut Piece<'_>) {
    let here = usize::try_from(*left).unwrap_or(usize::MAX).min(piece.bytes.len());
    *left -= here as u64;
    piece.advance(here);
}

impl Chunked {
    fn push(&mut self, piece: &mut Piece<'_>) -> BodyProgress {
        while let Some(&byte) = piece.bytes.first() {
            if let Self::Data(left) = self {
                skip(left, piece);
                if *left == 0 {
                    *self = Self::DataEnd;
                }
                continue;
            }
            piece.advance(1);
            match self.byte(byte) {
                BodyProgress::NeedMore => {}
                done => return done,
            }
        }
        BodyProgress::NeedMore
    }

    /// Takes a byte of the framing. A line may end in LF alone, as recipients accept it (RFC 9112 §2.2).
    fn byte(&mut self, byte: u8) -> BodyProgress {
        match self {
            Self::Size { size, digits, part, read } => {
                *read += 1;
                let digit = char::from(byte).to_digit(16).filter(|_| *part == SizePart::Digits);
                match (byte, digit) {
                    (_, Some(digit)) if *digits < 16 => {
                        *size = *size << 4 | u64::from(digit);
                        *digits += 1;
                    }
                    _ if *digits == 0 || *read > MAX_SIZE_LINE => return BodyProgress::Broken,
                    (b'\n', _) if *size == 0 => *self = Self::Trailers { line: 0, read: 0 },
                    (b'\n', _) => *self = Self::Data(*size),
                    (b'\r', _) => {}
                    (b';' | b' ' | b'\t', _) => *part = SizePart::Extensions,
                    _ if *part == SizePart::Extensions => {}
                    _ => return BodyProgress::Broken,
                }
            }
            Self::DataEnd => match byte {
                b'\r' => {}
                b'\n' => *self = Self::START,
                _ => return BodyProgress::Broken,
            },
            Self::Trailers { line, read } => {
                *read += 1;
                match byte {
                    _ if *read > MAX_TRAILERS => return BodyProgress::Broken,
                    b'\n' if *line == 0 => return BodyProgress::Complete,
                    b'\n' => *line = 0,
                    b'\r' => {}
                    _ => *line += 1,
                }
            }
            Self::Data(_) => {}
        }
        BodyProgress::NeedMore
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::facts::Evidence;
    use crate::observe::reassembly::Origin;

    /// The progress behind `bytes` in segments of `cut`, and how many of the bytes are left.
    fn read(body: Body, bytes: &[u8], cut: usize) -> (BodyProgress, usize) {
        let mut reader = BodyReader::new(body).unwrap();
        let origin = Origin { packet: 1, packet_offset: 0, evidence: Evidence::Captured };
        let mut before = 0;
        for segment in bytes.chunks(cut) {
            let mut piece = Piece { offset: 0, bytes: segment, origin };
            let progress = reader.push(&mut piece);
            before += segment.len() - piece.bytes.len();
            if progress != BodyProgress::NeedMore {
                return (progress, bytes.len() - before);
            }
        }
        (BodyProgress::NeedMore, 0)
    }

    #[test]
    fn a_body_ends_where_rfc_9112_says_however_it_is_cut() {
        let chunked = b"4\r\nWiki\r\n1A;name=\"a;b\";x\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nDigest: x\r\nExpires: y\r\n\r\nGET";
        for cut in [1, 2, 3, 7, 1000] {
            assert_eq!(read(Body::Chunked, chunked, cut), (BodyProgress::Complete, 3), "{cut}");
            assert_eq!(read(Body::Chunked, b"0\r\n\r\nHTTP", cut), (BodyProgress::Complete, 4), "{cut}");
            assert_eq!(read(Body::Chunked, b"2 \nab\n00\n\nHTTP", cut), (BodyProgress::Complete, 4), "{cut}");
            assert_eq!(read(Body::Bytes(5), b"helloGET", cut), (BodyProgress::Complete, 3), "{cut}");
            assert_eq!(read(Body::ToEnd, b"helloGET", cut), (BodyProgress::NeedMore, 0), "{cut}");
        }
    }

    #[test]
    fn framing_that_cannot_be_chunks_is_broken() {
        let long = [b"1;".as_slice(), &vec![b'x'; 20_000]].concat();
        let trailers = [b"0\r\n".as_slice(), &b"a: b\r\n".repeat(20_000)].concat();
        for bytes in
            [&b"hello"[..], b"\r\n", b"3\r\nabcd", b"11112222333344445\r\n", b"-1\r\n", &long, &trailers]
        {
            assert_eq!(
                read(Body::Chunked, bytes, 5000).0,
                BodyProgress::Broken,
                "{:?}",
                &bytes[..bytes.len().min(20)]
            );
        }
    }

    #[test]
    fn a_gap_is_skipped_only_where_the_end_stays_known() {
        let data = |left| BodyReader::Chunked(Chunked::Data(left));
        for (mut reader, progress) in [
            (BodyReader::Length(11), BodyProgress::NeedMore),
            (BodyReader::Length(10), BodyProgress::Complete),
            (BodyReader::Length(9), BodyProgress::Broken),
            (data(11), BodyProgress::NeedMore),
            (data(10), BodyProgress::NeedMore),
            (data(9), BodyProgress::Broken),
            (BodyReader::Chunked(Chunked::DataEnd), BodyProgress::Broken),
            (BodyReader::ToEnd, BodyProgress::NeedMore),
        ] {
            assert_eq!(reader.gap(10), progress, "{reader:?}");
        }
        let mut reader = data(10);
        reader.gap(10);
        assert_eq!(reader, BodyReader::Chunked(Chunked::DataEnd));
    }
}
