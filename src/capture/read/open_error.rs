//! The error of a file that cannot be read as a capture at all.

use std::fmt;

/// Error of a file that cannot be read as a capture at all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// It cannot be read or decompressed.
    Unreadable(String),
    /// It is empty.
    Empty,
    /// It ends within its header, after so many bytes.
    CutShort(usize),
    /// Its first bytes are not those of a capture.
    NotACapture {
        /// The first bytes.
        first: [u8; 8],
        /// Number of them.
        len: usize,
        /// Its likely format, if that is known.
        seems: Option<&'static str>,
    },
}

/// Files that are mistaken for captures: first bytes, format, and the remedy.
const OTHERS: [(&[u8], &str); 9] = [
    (&[0x28, 0xB5, 0x2F, 0xFD], "zstd, unpack it first"),
    (&[0x04, 0x22, 0x4D, 0x18], "lz4, unpack it first"),
    (&[0xFD, b'7', b'z', b'X'], "xz, unpack it first"),
    (b"BZh", "bzip2, unpack it first"),
    (b"PK\x03\x04", "a zip archive, unpack it first"),
    (b"snoop\0", "a snoop capture, convert it with editcap"),
    (b"GMBU", "a Network Monitor capture, convert it with editcap"),
    (b"{", "JSON"),
    (b"<", "HTML or XML"),
];

impl OpenError {
    pub(super) fn not_a_capture(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        let len = bytes.len().min(8);
        let mut first = [0; 8];
        first[..len].copy_from_slice(&bytes[..len]);
        let seems = OTHERS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name);
        Self::NotACapture { first, len, seems }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "cannot be read: {why}"),
            Self::Empty => f.write_str("not a capture: the file is empty"),
            Self::CutShort(len) => write!(f, "cut short within its header, after {len} B"),
            Self::NotACapture { first, len, seems } => {
                f.write_str("not a capture: first bytes")?;
                for byte in &first[..*len] {
                    write!(f, " {byte:02x}")?;
                }
                match seems {
                    Some(seems) => write!(f, " (this looks like {seems})"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl std::error::Error for OpenError {}
