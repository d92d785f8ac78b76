//! Bytes between frames that are no frames and tell their own end: a head of HTTP (RFC 9112 §2.1), and the framing of a
//! chunked body (RFC 9112 §7.1). Frames may go on behind them.

/// The longest head, in bytes.
const MAX_HEAD: u32 = 64 * 1024;

/// The longest line of a chunk, in bytes.
const MAX_CHUNK_LINE: u32 = 64;

/// Progress through such bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct ForeignBytes {
    place: Place,
    length: u32,
}

/// The place of the next byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a line of a head; at its first byte if it is empty.
    HeadLine { is_empty: bool },
    /// At the first byte of a chunk's framing: the end of the chunk before, or the next size.
    ChunkStart,
    /// In a chunk's size.
    Size(Size),
    /// In a chunk's extension.
    Extension(Size),
    /// At the LF of a line, and what comes behind it.
    LineFeed(Behind),
    /// At the first digit of a size.
    FirstDigit,
    /// At the CR of the empty line behind the last chunk.
    LastReturn,
}

/// The size of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    /// The last chunk.
    Zero,
    Some,
}

/// What is expected behind a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behind {
    Size,
    Data,
    LastLine,
}

/// Result of one more byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    NeedMore,
    /// The byte was the last of them.
    Complete,
    /// The byte cannot stand there.
    Broken,
}

impl ForeignBytes {
    pub(super) const fn head() -> Self {
        Self { place: Place::HeadLine { is_empty: false }, length: 0 }
    }

    pub(super) const fn chunk() -> Self {
        Self { place: Place::ChunkStart, length: 0 }
    }

    /// Returns `true` if a chunk's framing may begin with this byte: as a frame's header all of these break a rule, unless
    /// RSV1 is in use.
    pub(super) const fn may_begin_chunk(byte: u8) -> bool {
        byte == b'\r' || byte.is_ascii_hexdigit()
    }

    /// Consumes a byte.
    pub(super) fn push(&mut self, byte: u8) -> Progress {
        self.length += 1;
        let most = if matches!(self.place, Place::HeadLine { .. }) { MAX_HEAD } else { MAX_CHUNK_LINE };
        if self.length > most {
            return Progress::Broken;
        }
        let next = match (self.place, byte) {
            (Place::HeadLine { is_empty: true }, b'\n') => return Progress::Complete,
            (Place::HeadLine { .. }, b'\n') => Place::HeadLine { is_empty: true },
            (Place::HeadLine { is_empty: true }, b'\r') => Place::HeadLine { is_empty: true },
            (Place::HeadLine { .. }, _) => Place::HeadLine { is_empty: false },
            (Place::ChunkStart, b'\r') => Place::LineFeed(Behind::Size),
            (Place::ChunkStart | Place::FirstDigit, b'0') => Place::Size(Size::Zero),
            (Place::ChunkStart | Place::FirstDigit, digit) if digit.is_ascii_hexdigit() => {
                Place::Size(Size::Some)
            }
            (Place::Size(Size::Zero), b'0') => Place::Size(Size::Zero),
            (Place::Size(_), digit) if digit.is_ascii_hexdigit() => Place::Size(Size::Some),
            (Place::Size(size), b';' | b' ' | b'\t') => Place::Extension(size),
            (Place::Size(Size::Zero) | Place::Extension(Size::Zero), b'\r') => {
                Place::LineFeed(Behind::LastLine)
            }
            (Place::Size(Size::Some) | Place::Extension(Size::Some), b'\r') => Place::LineFeed(Behind::Data),
            (Place::Extension(size), byte) if !byte.is_ascii_control() => Place::Extension(size),
            (Place::LineFeed(Behind::Size), b'\n') => Place::FirstDigit,
            (Place::LineFeed(Behind::LastLine), b'\n') => Place::LastReturn,
            (Place::LineFeed(Behind::Data), b'\n') => return Progress::Complete,
            (Place::LastReturn, b'\r') => Place::LineFeed(Behind::Data),
            _ => return Progress::Broken,
        };
        self.place = next;
        Progress::NeedMore
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number of bytes until the end, or the first that cannot stand there.
    fn read(mut foreign: ForeignBytes, bytes: &[u8]) -> (usize, Progress) {
        for (at, byte) in bytes.iter().enumerate() {
            match foreign.push(*byte) {
                Progress::NeedMore => {}
                progress => return (at + 1, progress),
            }
        }
        (bytes.len(), Progress::NeedMore)
    }

    #[test]
    fn a_head_ends_with_its_empty_line() {
        let head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
        let frame = [&head[..], b"\x81\x01a"].concat();
        assert_eq!(read(ForeignBytes::head(), &frame), (head.len(), Progress::Complete));
        assert_eq!(read(ForeignBytes::head(), b"GET / HTTP/1.1\nHost: a\n\n"), (24, Progress::Complete));
        assert_eq!(read(ForeignBytes::head(), b"GET / HTTP/1.1\r\n"), (16, Progress::NeedMore));
        let endless = vec![b'a'; MAX_HEAD as usize + 9];
        assert_eq!(read(ForeignBytes::head(), &endless), (MAX_HEAD as usize + 1, Progress::Broken));
    }

    #[test]
    fn the_framing_of_a_chunk_ends_where_its_data_begin_or_with_the_last_chunk() {
        for (bytes, length) in [
            (&b"7\r\n\x81\x05Hello"[..], 3),
            (b"1a;name=value\r\n\x81", 15),
            (b"\r\nFF\r\n\x81", 6),
            (b"0\r\n\r\n\x81", 5),
            (b"\r\n0\r\n\r\n", 7),
        ] {
            assert_eq!(read(ForeignBytes::chunk(), bytes), (length, Progress::Complete), "{bytes:?}");
        }
        for (bytes, length) in [(&b"7\n"[..], 2), (b"\r\r", 2), (b"0\r\nX", 4), (b"7x", 2), (b"\r\n\r", 3)] {
            assert_eq!(read(ForeignBytes::chunk(), bytes), (length, Progress::Broken), "{bytes:?}");
        }
        let endless = [b'a'; 100];
        assert_eq!(read(ForeignBytes::chunk(), &endless), (65, Progress::Broken));
    }
}
