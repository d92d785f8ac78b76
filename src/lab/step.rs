//! The steps of a script, right or wrong, as data: a [`Player`](super::Player) plays them.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::{Compress, Compression, FlushCompress};
use sha1::{Digest as _, Sha1};

use crate::wire::http::GUID;
use crate::wire::ws::{Fin, Header, MaskKey, Opcode};

/// One step of an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Sends these, in one write.
    Send(&'static [Piece]),
    /// Reads the other end's head, up to its empty line.
    ReceiveHead,
    /// Reads the next whole frame.
    ReceiveFrame,
    /// Reads until a Close.
    ReceiveClose,
    /// Reads until the other end has ended.
    ReceiveEof,
    /// Reads for so long.
    ReceiveFor(Duration),
    /// Reads for as long as the visitor chose, or else so long.
    Idle(Duration),
    /// Reads until the visitor has opened so many connections.
    AwaitConnections(usize),
    /// Reads nothing, for so long.
    Pause(Duration),
    /// Reads nothing, until there is something that is not read.
    LeaveUnread,
    /// Sends a FIN.
    SendFin,
    /// Ends with a RST.
    SendRst,
    /// Closes the socket as it is: a RST, if bytes were not read.
    Drop,
}

/// Bytes to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// Text with placeholders `{host}`, `{target}`, `{key}` and `{accept}`, the last by this arithmetic.
    Head(&'static str, AcceptHash),
    /// A frame.
    Frame(RawFrame),
    /// Bytes as they are.
    Raw(&'static [u8]),
    /// These bytes, so many times.
    Repeat(&'static [u8], usize),
    /// A message of so many zero bytes, compressed for permessage-deflate.
    Bomb(usize),
}

/// A frame with any first byte; its length is right, and in the shortest form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawFrame {
    /// FIN, the reserved bits and the opcode.
    pub first: u8,
    /// The masking key, if it is masked.
    pub mask: Option<MaskKey>,
    /// The payload.
    pub payload: &'static [u8],
}

/// Computation of `Sec-WebSocket-Accept` from the key (RFC 6455 §4.2.2): right, or one of the common mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcceptHash {
    /// As the RFC has it.
    Right,
    /// From the sixteen bytes that the key stands for, not from its text.
    DecodedKey,
    /// Without the GUID.
    NoGuid,
    /// With the GUID in lower case.
    LowerGuid,
    /// The hash in hexadecimal, not in base64.
    Hex,
    /// The hexadecimal digits of the hash, in base64.
    HexInBase64,
    /// With the carriage return of the key's line.
    StrayCr,
    /// From the key of another connection.
    OtherKey,
}

/// Values of the placeholders of a head.
#[derive(Debug, Clone, Default)]
pub struct Placeholders {
    /// The server's name and port.
    pub host: String,
    /// Path and query.
    pub target: String,
    /// `Sec-WebSocket-Key`, as it came or as it is to be sent.
    pub key: String,
}

/// The key of RFC 6455 §1.3.
const OTHER_KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

impl AcceptHash {
    /// `Sec-WebSocket-Accept` for a key.
    #[must_use]
    pub fn of(self, key: &str) -> String {
        let hash = |bytes: &[u8], guid: &str| Sha1::new().chain_update(bytes).chain_update(guid).finalize();
        let hex = || {
            let digits = |text: String, byte: &u8| text + &format!("{byte:02x}");
            hash(key.as_bytes(), GUID).iter().fold(String::new(), digits)
        };
        BASE64_STANDARD.encode(match self {
            Self::Right => hash(key.as_bytes(), GUID),
            Self::DecodedKey => hash(&BASE64_STANDARD.decode(key).unwrap_or_default(), GUID),
            Self::NoGuid => hash(key.as_bytes(), ""),
            Self::LowerGuid => hash(key.as_bytes(), &GUID.to_lowercase()),
            Self::StrayCr => hash(format!("{key}\r").as_bytes(), GUID),
            Self::OtherKey => hash(OTHER_KEY.as_bytes(), GUID),
            Self::Hex => return hex(),
            Self::HexInBase64 => return BASE64_STANDARD.encode(hex()),
        })
    }
}

impl Piece {
    /// Adds its bytes to `out`.
    pub fn write(&self, placeholders: &Placeholders, out: &mut Vec<u8>) {
        match *self {
            Self::Head(text, accept) => {
                let filled = text
                    .replace("{host}", &placeholders.host)
                    .replace("{target}", &placeholders.target)
                    .replace("{key}", &placeholders.key)
                    .replace("{accept}", &accept.of(&placeholders.key));
                out.extend_from_slice(filled.as_bytes());
            }
            Self::Frame(frame) => frame.write(out),
            Self::Raw(bytes) => out.extend_from_slice(bytes),
            Self::Repeat(bytes, times) => out.extend(bytes.repeat(times)),
            Self::Bomb(len) => write_frame(0xC2, None, &deflated(len), out),
        }
    }
}

impl RawFrame {
    fn write(&self, out: &mut Vec<u8>) {
        write_frame(self.first, self.mask, self.payload, out);
    }
}

/// Writes a legal header, and then replaces its first byte.
fn write_frame(first: u8, mask: Option<MaskKey>, payload: &[u8], out: &mut Vec<u8>) {
    let header = Header::new(Fin::Final, Opcode::BINARY, payload.len() as u64, mask)
        .expect("no binary frame in memory is too long");
    let start = out.len();
    out.extend_from_slice(&header.encode());
    out[start] = first;
    let body = out.len();
    out.extend_from_slice(payload);
    if let Some(key) = mask {
        key.apply(0, &mut out[body..]);
    }
}

/// So many zero bytes, as permessage-deflate compresses them: without the empty block at the end (RFC 7692 §7.2.1).
fn deflated(len: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(len / 500 + 64);
    let mut deflate = Compress::new(Compression::best(), false);
    deflate.compress_vec(&vec![0; len], &mut out, FlushCompress::Sync).expect("deflate takes any bytes");
    out.truncate(out.len() - 4);
    out
}

/// A frame as a server sends it: not masked.
pub(super) const fn frame(first: u8, payload: &'static [u8]) -> Piece {
    Piece::Frame(RawFrame { first, mask: None, payload })
}

/// A masked frame, with the key of RFC 6455 §5.7.
pub(super) const fn masked(first: u8, payload: &'static [u8]) -> Piece {
    Piece::Frame(RawFrame { first, mask: Some(MaskKey([0x37, 0xFA, 0x21, 0x3D])), payload })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(piece: Piece) -> Vec<u8> {
        let placeholders =
            Placeholders { host: "h".to_owned(), target: "/t".to_owned(), key: OTHER_KEY.to_owned() };
        let mut out = Vec::new();
        piece.write(&placeholders, &mut out);
        out
    }

    #[test]
    fn rfc_6455_section_4_2_2_each_mistake_has_its_own_hash() {
        let all = [
            (AcceptHash::Right, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            (AcceptHash::OtherKey, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            (AcceptHash::Hex, "b37a4f2cc0624f1690f64606cf385945b2bec4ea"),
        ];
        for (accept, expected) in all {
            assert_eq!(accept.of(OTHER_KEY), expected, "{accept:?}");
        }
        let ways = [
            AcceptHash::Right,
            AcceptHash::DecodedKey,
            AcceptHash::NoGuid,
            AcceptHash::LowerGuid,
            AcceptHash::Hex,
            AcceptHash::HexInBase64,
            AcceptHash::StrayCr,
        ];
        let different: std::collections::BTreeSet<_> = ways.iter().map(|way| way.of(OTHER_KEY)).collect();
        assert_eq!(different.len(), ways.len());
    }

    #[test]
    fn each_piece_has_its_bytes() {
        assert_eq!(
            bytes(Piece::Head("{host} {target} {key}\r\n", AcceptHash::Right)),
            b"h /t dGhlIHNhbXBsZSBub25jZQ==\r\n"
        );
        assert_eq!(bytes(frame(0xF3, b"Hi")), [0xF3, 2, b'H', b'i']);
        assert_eq!(bytes(masked(0x81, b"Hello")), b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
        assert_eq!(bytes(Piece::Repeat(b"ab", 3)), b"ababab");
        let bomb = bytes(Piece::Bomb(1 << 20));
        assert!(bomb.len() < 2000 && bomb[0] == 0xC2, "{}", bomb.len());
    }
}
