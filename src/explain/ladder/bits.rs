//! A frame's header bit by bit (RFC 6455 §5.2), and how its payload is unmasked (§5.3).

use super::layout::hexadecimal;
use crate::observe::Frame;

/// How many bytes are unmasked before the eyes of the reader.
const UNMASKED: usize = 16;

/// One line for each part of the header that is there.
pub(super) fn lines(frame: &Frame) -> Vec<String> {
    let header = &frame.header;
    let (fin, rsv, opcode) = (u8::from(header.fin()), header.rsv(), header.opcode());
    let field = header.length_field();
    let masked = u8::from(header.mask().is_some());
    let mut lines = vec![
        format!(
            "{fin} {rsv:03b} {:04b}  FIN={fin} RSV={rsv:03b} opcode=0x{:x} ({opcode})",
            opcode.bits(),
            opcode.bits()
        ),
        format!("{masked} {field:07b}   MASK={masked} length={field}"),
    ];
    let extended = match field {
        126 => format!("{:04x}", header.length()),
        127 => format!("{:016x}", header.length()),
        _ => String::new(),
    };
    if !extended.is_empty() {
        let too_long = if header.is_minimal() { "" } else { ", not minimal" };
        lines.push(format!("{extended}  extended length={}{too_long}", header.length()));
    }
    let Some(key) = header.mask() else { return lines };
    lines.push(format!("{}  masking key", hexadecimal(key.0)));
    let plain: Vec<u8> = frame.preview.bytes().iter().copied().take(UNMASKED).collect();
    if !plain.is_empty() {
        let keys = || key.0.into_iter().cycle();
        let masked = hexadecimal(plain.iter().zip(keys()).map(|(byte, key)| byte ^ key));
        lines.push(format!("  {masked}  masked payload"));
        lines.push(format!("⊕ {}  key[i mod 4]", hexadecimal(keys().take(plain.len()))));
        lines.push(format!("= {}  payload", hexadecimal(plain)));
    }
    lines
}
