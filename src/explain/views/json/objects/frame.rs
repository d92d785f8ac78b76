//! A frame.

use bytes::{Buf as _, BufMut as _};

use super::Object;
use super::listed::{Digest, Listed, Rest, Shown, pack_digest, unpack_digest, write_digest};
use crate::explain::views::json::text::Text;
use crate::observe;
use crate::wire::Side;
use crate::wire::ws::{MaskKey, Opcode};

#[derive(Debug, Clone)]
pub(in crate::explain) struct Frame<'b> {
    packets: Listed<'b>,
    offset: u64,
    from: Side,
    /// FIN, RSV1 to RSV3 and the opcode, as they stand on the wire.
    first_byte: u8,
    masking_key: Option<MaskKey>,
    length: u64,
    payload_sha256: Digest,
    preview: Shown<'b>,
}

impl<'b> Frame<'b> {
    pub(in crate::explain) fn of(frame: &'b observe::Frame) -> Self {
        let header = &frame.header;
        let (opcode, rsv) = (header.opcode(), header.rsv());
        let text = |text: String| Shown::Text(text.into(), Rest::Nothing);
        let preview = match frame.close() {
            Some(Ok(close)) if close.reason().is_empty() && header.length() > 0 => {
                text(close.code().to_string())
            }
            Some(Ok(close)) if header.length() > 0 => text(format!("{} {}", close.code(), close.reason())),
            // Compressed, or what an unknown extension makes of it.
            _ if rsv != 0 => Shown::of(Opcode::BINARY, &frame.preview),
            _ => Shown::of(opcode, &frame.preview),
        };
        Self {
            packets: Listed::Of(&frame.packets),
            offset: frame.offset,
            from: frame.from,
            first_byte: u8::from(header.fin()) << 7 | rsv << 4 | opcode.bits(),
            masking_key: header.mask(),
            length: header.length(),
            payload_sha256: frame.payload_sha256,
            preview,
        }
    }
}

impl<'b> Object<'b> for Frame<'b> {
    fn write(&self, to: &mut Text) {
        let bit = |bit: u8| self.first_byte & 1 << bit != 0;
        to.raw(r#""packets":"#);
        self.packets.write(to);
        to.raw(r#","offset":"#).number(self.offset);
        to.raw(r#","from":"#).name(self.from.name());
        to.raw(r#","fin":"#).truth(bit(7));
        to.raw(r#","rsv1":"#).truth(bit(6));
        to.raw(r#","rsv2":"#).truth(bit(5));
        to.raw(r#","rsv3":"#).truth(bit(4));
        to.raw(r#","opcode":"#).name(Opcode::from_bits(self.first_byte).name());
        to.raw(r#","masked":"#).truth(self.masking_key.is_some());
        to.raw(r#","masking_key":"#);
        to.maybe(self.masking_key, |to, MaskKey(key)| _ = to.raw("\"").hexadecimal(&key).raw("\""));
        to.raw(r#","length":"#).number(self.length);
        to.raw(r#","payload_sha256":"#);
        write_digest(&self.payload_sha256, to);
        to.raw(r#","preview":"#);
        self.preview.write(to);
    }

    fn swap_ends(&mut self) {
        self.from = self.from.peer();
    }

    fn pack(&self, to: &mut Vec<u8>) {
        self.packets.pack(to);
        to.put_u64_le(self.offset);
        to.put_u64_le(self.length);
        to.put_slice(&[self.from as u8, self.first_byte, self.masking_key.is_some().into()]);
        to.put_slice(&self.masking_key.map_or([0; 4], |MaskKey(key)| key));
        pack_digest(&self.payload_sha256, to);
        self.preview.pack(to);
    }

    fn unpack(from: &mut &'b [u8]) -> Self {
        let packets = Listed::unpack(from);
        let (offset, length) = (from.get_u64_le(), from.get_u64_le());
        let (side, first_byte, is_masked) = (super::side(from.get_u8()), from.get_u8(), from.get_u8() != 0);
        let key = MaskKey(from.get_u32().to_be_bytes());
        Self {
            packets,
            offset,
            from: side,
            first_byte,
            masking_key: is_masked.then_some(key),
            length,
            payload_sha256: unpack_digest(from),
            preview: Shown::unpack(from),
        }
    }
}
