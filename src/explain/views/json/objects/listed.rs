//! Parts of objects: lists of numbers, the beginnings of payloads, texts.

use std::borrow::Cow;

use bytes::{Buf as _, BufMut as _};

use crate::explain::views::json::text::Text;
use crate::observe::{Numbers, Preview};
use crate::wire::ws::Opcode;

/// Takes so many bytes off the front.
pub(super) fn get_bytes<'b>(from: &mut &'b [u8], len: usize) -> &'b [u8] {
    from.split_off(..len).expect("as many as were put there")
}

pub(super) fn put_text(text: &str, to: &mut Vec<u8>) {
    to.put_u32_le(text.len() as u32);
    to.put_slice(text.as_bytes());
}

pub(super) fn get_text<'b>(from: &mut &'b [u8]) -> &'b str {
    let len = from.get_u32_le() as usize;
    simdutf8::basic::from_utf8(get_bytes(from, len)).expect("text was put there")
}

/// Numbers of packets or frames.
#[derive(Debug, Clone, Copy)]
pub(super) enum Listed<'b> {
    Of(&'b Numbers),
    /// Eight bytes each.
    Packed(&'b [u8]),
}

impl<'b> Listed<'b> {
    pub(super) fn write(self, to: &mut Text) {
        match self {
            Self::Of(numbers) => to.list(numbers.iter(), |to, number| _ = to.number(number)),
            Self::Packed(bytes) => {
                let (numbers, _) = bytes.as_chunks::<8>();
                to.list(numbers, |to, number| _ = to.number(u64::from_le_bytes(*number)))
            }
        };
    }

    pub(super) fn pack(self, to: &mut Vec<u8>) {
        match self {
            Self::Of(numbers) => {
                to.put_u32_le(numbers.iter().count() as u32);
                numbers.iter().for_each(|number| to.put_u64_le(number));
            }
            Self::Packed(bytes) => {
                to.put_u32_le((bytes.len() / 8) as u32);
                to.put_slice(bytes);
            }
        }
    }

    pub(super) fn unpack(from: &mut &'b [u8]) -> Self {
        let count = from.get_u32_le() as usize;
        Self::Packed(get_bytes(from, 8 * count))
    }
}

/// The beginning of a payload, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown<'b> {
    Text(Cow<'b, str>, Rest),
    Hexadecimal(&'b [u8], Rest),
}

/// Whether there is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    Nothing,
    More,
}

impl<'b> Shown<'b> {
    /// Text as it is, all else in hexadecimal.
    pub(super) fn of(kind: Opcode, preview: &'b Preview) -> Self {
        let rest = if preview.is_cut() { Rest::More } else { Rest::Nothing };
        match preview.text().filter(|_| kind != Opcode::BINARY && !kind.is_reserved()) {
            Some(text) => Self::Text(text.into(), rest),
            None => Self::Hexadecimal(preview.bytes(), rest),
        }
    }

    /// As a string, with `…` if there is more.
    pub(super) fn write(&self, to: &mut Text) {
        to.raw("\"");
        let rest = match self {
            Self::Text(text, rest) => {
                to.escaped(text);
                rest
            }
            Self::Hexadecimal(bytes, rest) => {
                to.hexadecimal(bytes);
                rest
            }
        };
        to.raw(if *rest == Rest::More { "…\"" } else { "\"" });
    }

    pub(super) fn pack(&self, to: &mut Vec<u8>) {
        let (kind, bytes, rest) = match self {
            Self::Text(text, rest) => (0, text.as_bytes(), rest),
            Self::Hexadecimal(bytes, rest) => (1, *bytes, rest),
        };
        to.put_slice(&[kind, *rest as u8]);
        to.put_u32_le(bytes.len() as u32);
        to.put_slice(bytes);
    }

    pub(super) fn unpack(from: &mut &'b [u8]) -> Self {
        let kind = from.get_u8();
        let rest = if from.get_u8() == Rest::More as u8 { Rest::More } else { Rest::Nothing };
        if kind == 0 {
            return Self::Text(get_text(from).into(), rest);
        }
        let len = from.get_u32_le() as usize;
        Self::Hexadecimal(get_bytes(from, len), rest)
    }
}

/// A hash, if the whole is known.
pub(super) type Digest = Option<[u8; 32]>;

pub(super) fn write_digest(digest: &Digest, to: &mut Text) {
    to.maybe(digest.as_ref(), |to, digest| _ = to.raw("\"").hexadecimal(digest).raw("\""));
}

pub(super) fn pack_digest(digest: &Digest, to: &mut Vec<u8>) {
    to.put_u8(digest.is_some().into());
    to.put_slice(digest.as_ref().map_or(&[], |digest| digest.as_slice()));
}

pub(super) fn unpack_digest(from: &mut &[u8]) -> Digest {
    (from.get_u8() != 0).then(|| {
        let mut digest = [0; 32];
        from.copy_to_slice(&mut digest);
        digest
    })
}
