//! A frame's header field by field and byte by byte (RFC 6455 §5.2).

use std::ops::RangeInclusive;

use crate::explain::text::{FieldValue, Label, Language, hexadecimal};
use crate::wire::ws::{HeaderView, Opcode};

/// A field of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum HeaderField {
    Fin,
    Rsv,
    Opcode,
    Mask,
    Length,
    ExtendedLength,
    MaskingKey,
}

/// A field with its value, in so many bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) struct HeaderBits {
    pub(in crate::explain) field: HeaderField,
    pub(in crate::explain) value: u64,
    pub(in crate::explain) bits: usize,
    /// Its value in words.
    pub(in crate::explain) words: FieldValue,
}

impl HeaderBits {
    /// The id of the field's texts.
    pub(in crate::explain) const fn id(&self) -> &'static str {
        match self.field {
            HeaderField::Fin => "ws.fin",
            HeaderField::Rsv => "ws.rsv",
            HeaderField::Opcode => "ws.opcode",
            HeaderField::Mask => "ws.mask",
            HeaderField::Length => "ws.length",
            HeaderField::ExtendedLength if self.bits == 16 => "ws.length-short",
            HeaderField::ExtendedLength => "ws.length-long",
            HeaderField::MaskingKey => "ws.key",
        }
    }
}

/// Bytes of the header that say one thing.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::explain) struct HeaderRow {
    /// Their positions, from 0.
    pub(in crate::explain) places: RangeInclusive<usize>,
    /// `81 = 1 000 0001`
    pub(in crate::explain) bytes: String,
    pub(in crate::explain) meaning: String,
}

/// Size of the extended length, in bytes.
const fn extended(header: &HeaderView) -> usize {
    match header.length_field() {
        126 => 2,
        127 => 8,
        _ => 0,
    }
}

/// The fields, in their order on the wire.
pub(in crate::explain) fn header_bits(header: &HeaderView) -> Vec<HeaderBits> {
    let field = |field, value, bits, words| HeaderBits { field, value, bits, words };
    let opcode = header.opcode();
    let fin = if header.fin() { FieldValue::LastFrame } else { FieldValue::MoreFrames };
    let mask = if header.mask().is_some() { FieldValue::Masked } else { FieldValue::NotMasked };
    let mut fields = vec![
        field(HeaderField::Fin, header.fin().into(), 1, fin),
        field(HeaderField::Rsv, header.rsv().into(), 3, rsv_words(header.rsv())),
        field(HeaderField::Opcode, opcode.bits().into(), 4, opcode_words(opcode)),
        field(HeaderField::Mask, header.mask().is_some().into(), 1, mask),
        field(HeaderField::Length, header.length_field().into(), 7, length_words(header.length_field())),
    ];
    if extended(header) > 0 {
        let words = if header.is_minimal() { FieldValue::ExtendedLength } else { FieldValue::NotMinimal };
        fields.push(field(HeaderField::ExtendedLength, header.length(), 8 * extended(header), words));
    }
    if let Some(key) = header.mask() {
        let key = u32::from_be_bytes(key.0);
        fields.push(field(HeaderField::MaskingKey, key.into(), 32, FieldValue::Key));
    }
    fields
}

const fn rsv_words(rsv: u8) -> FieldValue {
    match rsv {
        0b000 => FieldValue::NoExtension,
        0b100 => FieldValue::Rsv1,
        _ => FieldValue::OtherRsv,
    }
}

const fn opcode_words(opcode: Opcode) -> FieldValue {
    match opcode {
        Opcode::CONTINUATION => FieldValue::Continuation,
        Opcode::TEXT => FieldValue::Text,
        Opcode::BINARY => FieldValue::Binary,
        Opcode::CLOSE => FieldValue::Close,
        Opcode::PING => FieldValue::Ping,
        Opcode::PONG => FieldValue::Pong,
        other if other.is_control() => FieldValue::ReservedControl,
        _ => FieldValue::ReservedData,
    }
}

const fn length_words(field: u8) -> FieldValue {
    match field {
        126 => FieldValue::LengthIn16,
        127 => FieldValue::LengthIn64,
        _ => FieldValue::ShortLength,
    }
}

/// The meaning of each byte.
pub(in crate::explain) fn header_rows(header: &HeaderView, language: Language) -> Vec<HeaderRow> {
    let (fin, rsv, opcode) = (u8::from(header.fin()), header.rsv(), header.opcode());
    let (field, masked) = (header.length_field(), u8::from(header.mask().is_some()));
    let (first, second) = (fin << 7 | rsv << 4 | opcode.bits(), masked << 7 | field);
    let length = Label::BitLength.text(language);
    let follows = match field {
        126 => format!("{length}={field}: {}", Label::BitOf16.text(language)),
        127 => format!("{length}={field}: {}", Label::BitOf64.text(language)),
        _ => format!("{length}={field}"),
    };
    let mut rows = vec![
        HeaderRow {
            places: 0..=0,
            bytes: format!("{first:02x} = {fin} {rsv:03b} {:04b}", opcode.bits()),
            meaning: format!("FIN={fin} RSV={rsv:03b} opcode=0x{:x} ({opcode})", opcode.bits()),
        },
        HeaderRow {
            places: 1..=1,
            bytes: format!("{second:02x} = {masked} {field:07b}"),
            meaning: format!("MASK={masked} {follows}"),
        },
    ];
    let extended = extended(header);
    if extended > 0 {
        let too_long = if header.is_minimal() {
            String::new()
        } else {
            format!(", {}", Label::BitNotMinimal.text(language))
        };
        let long = header.length().to_be_bytes();
        rows.push(HeaderRow {
            places: 2..=1 + extended,
            bytes: hexadecimal(long[8 - extended..].iter().copied()),
            meaning: format!("{}={}{too_long}", Label::BitExtended.text(language), header.length()),
        });
    }
    if let Some(key) = header.mask() {
        rows.push(HeaderRow {
            places: 2 + extended..=5 + extended,
            bytes: hexadecimal(key.0),
            meaning: Label::BitMaskingKey.text(language).to_owned(),
        });
    }
    rows
}
