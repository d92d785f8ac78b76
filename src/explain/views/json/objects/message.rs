//! A message.

use bytes::{Buf as _, BufMut as _};

use super::Object;
use super::listed::{Digest, Listed, Shown, pack_digest, unpack_digest, write_digest};
use crate::explain::views::json::text::Text;
use crate::observe::{self, Coding};
use crate::wire::Side;
use crate::wire::ws::Opcode;

#[derive(Debug, Clone)]
pub(in crate::explain) struct Message<'b> {
    from: Side,
    kind: Opcode,
    frames: Listed<'b>,
    length: Option<u64>,
    compressed: bool,
    sha256: Digest,
    preview: Option<Shown<'b>>,
}

impl<'b> Message<'b> {
    pub(in crate::explain) fn of(message: &'b observe::Message) -> Self {
        // Of a message that could not be inflated there is what came out before.
        let is_told = message.plain_length().is_some() || !message.preview.bytes().is_empty();
        Self {
            from: message.from,
            kind: message.kind,
            frames: Listed::Of(&message.frames),
            length: message.plain_length(),
            compressed: message.coding != Coding::Plain,
            sha256: message.sha256,
            preview: is_told.then(|| Shown::of(message.kind, &message.preview)),
        }
    }
}

impl<'b> Object<'b> for Message<'b> {
    fn write(&self, to: &mut Text) {
        to.raw(r#""from":"#).name(self.from.name());
        to.raw(r#","kind":"#).name(self.kind.name());
        to.raw(r#","frames":"#);
        self.frames.write(to);
        to.raw(r#","length":"#).maybe(self.length, |to, length| {
            to.number(length);
        });
        to.raw(r#","compressed":"#).truth(self.compressed);
        to.raw(r#","sha256":"#);
        write_digest(&self.sha256, to);
        to.raw(r#","preview":"#).maybe(self.preview.as_ref(), |to, preview| preview.write(to));
    }

    fn swap_ends(&mut self) {
        self.from = self.from.peer();
    }

    fn pack(&self, to: &mut Vec<u8>) {
        self.frames.pack(to);
        let given = [self.compressed, self.length.is_some(), self.preview.is_some()].map(u8::from);
        to.put_slice(&[self.from as u8, self.kind.bits()]);
        to.put_slice(&given);
        to.put_u64_le(self.length.unwrap_or_default());
        pack_digest(&self.sha256, to);
        if let Some(preview) = &self.preview {
            preview.pack(to);
        }
    }

    fn unpack(from: &mut &'b [u8]) -> Self {
        let frames = Listed::unpack(from);
        let (side, kind) = (super::side(from.get_u8()), Opcode::from_bits(from.get_u8()));
        let [compressed, has_length, shown] = [(); 3].map(|()| from.get_u8() != 0);
        let length = Some(from.get_u64_le()).filter(|_| has_length);
        let sha256 = unpack_digest(from);
        let preview = shown.then(|| Shown::unpack(from));
        Self { from: side, kind, frames, length, compressed, sha256, preview }
    }
}
