//! The fields of a head of HTTP/2, as far as they are readable without the dynamic table (RFC 7541).
//!
//! That is enough here. `:protocol` is not in the static table, so its first use on a connection is a literal, plain or
//! Huffman-coded; later indices into the dynamic table are not resolved. `:status` is in the static table.

use std::borrow::Cow;

/// Returns `true` if a block has a literal field with this name and value.
pub(in crate::observe) fn has_literal(block: &[u8], name: &str, value: &str) -> bool {
    let is = |text: &Text<'_>, wanted: &str| text.spelled().is_some_and(|it| *it == *wanted.as_bytes());
    Fields(block).any(|field| match field {
        Field::Literal { name: Name::Text(it), value: its } => is(&it, name) && is(&its, value),
        _ => false,
    })
}

/// The places of `:status` in the static table, and its values there (RFC 7541, appendix A).
const STATUSES: [(u64, u16); 7] = [(8, 200), (9, 204), (10, 206), (11, 304), (12, 400), (13, 404), (14, 500)];

/// The `:status` that a block begins with, if it is readable.
pub(in crate::observe) fn status(block: &[u8]) -> Option<u16> {
    let known = |index: u64| STATUSES.iter().find(|(place, _)| *place == index);
    match Fields(block).next()? {
        Field::Indexed(index) => known(index).map(|(_, status)| *status),
        Field::Literal { name: Name::Index(index), value } => {
            known(index)?;
            std::str::from_utf8(&value.spelled()?).ok()?.parse().ok()
        }
        Field::Literal { .. } => None,
    }
}

/// A field as it stands in a block (RFC 7541 §6).
enum Field<'b> {
    /// Both its name and its value are in a table.
    Indexed(u64),
    Literal {
        name: Name<'b>,
        value: Text<'b>,
    },
}

enum Name<'b> {
    Index(u64),
    Text(Text<'b>),
}

/// The fields of a block, up to what is none.
struct Fields<'b>(&'b [u8]);

impl<'b> Fields<'b> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// A number that begins in so many bits of a byte (RFC 7541 §5.1).
    fn number(&mut self, bits: u32) -> Option<u64> {
        let most = (1 << bits) - 1;
        let mut number = u64::from(self.byte()?) & most;
        if number < most {
            return Some(number);
        }
        // No sensible number takes more.
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            number += u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// A string (RFC 7541 §5.2).
    fn text(&mut self) -> Option<Text<'b>> {
        let coding = if self.0.first()? & 0x80 == 0 { Coding::Plain } else { Coding::Huffman };
        let length = usize::try_from(self.number(7)?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(Text { coding, bytes })
    }

    fn literal(&mut self, bits: u32) -> Option<Field<'b>> {
        let name = match self.number(bits)? {
            0 => Name::Text(self.text()?),
            index => Name::Index(index),
        };
        Some(Field::Literal { name, value: self.text()? })
    }
}

impl<'b> Iterator for Fields<'b> {
    type Item = Field<'b>;

    fn next(&mut self) -> Option<Field<'b>> {
        match self.0.first()? {
            0x80.. => self.number(7).map(Field::Indexed),
            // Added to the dynamic table.
            0x40.. => self.literal(6),
            // A new size of that table.
            0x20.. => {
                self.number(5)?;
                self.next()
            }
            // Not added to the dynamic table.
            _ => self.literal(4),
        }
    }
}

/// A string as it stands in a block.
struct Text<'b> {
    coding: Coding,
    bytes: &'b [u8],
}

enum Coding {
    Plain,
    Huffman,
}

/// Huffman's code, of the characters that `:protocol`, `websocket` and a status have (RFC 7541, appendix B): how many
/// bits, and which.
const CODE: [(u8, u32, u8); 22] = [
    (b'0', 5, 0x00),
    (b'1', 5, 0x01),
    (b'2', 5, 0x02),
    (b'c', 5, 0x04),
    (b'e', 5, 0x05),
    (b'o', 5, 0x07),
    (b's', 5, 0x08),
    (b't', 5, 0x09),
    (b'3', 6, 0x19),
    (b'4', 6, 0x1A),
    (b'5', 6, 0x1B),
    (b'6', 6, 0x1C),
    (b'7', 6, 0x1D),
    (b'8', 6, 0x1E),
    (b'9', 6, 0x1F),
    (b'b', 6, 0x23),
    (b'l', 6, 0x28),
    (b'p', 6, 0x2B),
    (b'r', 6, 0x2C),
    (b':', 7, 0x5C),
    (b'k', 7, 0x75),
    (b'w', 7, 0x78),
];

/// The longest of these, in bits.
const LONGEST: u32 = 7;

impl<'b> Text<'b> {
    /// The decoded text; `None` if a character is another one, or it is broken.
    fn spelled(&self) -> Option<Cow<'b, [u8]>> {
        if let Coding::Plain = self.coding {
            return Some(Cow::Borrowed(self.bytes));
        }
        let mut spelled = Vec::new();
        let (mut bits, mut code) = (0, 0);
        for bit in self.bytes.iter().flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1)) {
            (bits, code) = (bits + 1, code << 1 | bit);
            if let Some((character, ..)) = CODE.iter().find(|(_, of, is)| (*of, *is) == (bits, code)) {
                spelled.push(*character);
                (bits, code) = (0, 0);
            } else if bits > LONGEST {
                return None;
            }
        }
        // The last byte is filled up with ones.
        (u32::from(code) == (1 << bits) - 1).then_some(Cow::Owned(spelled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Python's hpack 4.2 writes it: `:method CONNECT`, `:protocol websocket`, `:scheme http`, `:path /chat`,
    /// `:authority a`, `sec-websocket-version 13`; then the same once more.
    const HUFFMAN: &str = "4287bdab4e9c17b7ff4087b95d8749c87a3f87f058d072752a7f86448460938d3f41811f408f4148b782c68393a952b772d8831eaf820b3f";
    const PLAIN: &str = "4207434f4e4e45435440093a70726f746f636f6c09776562736f636b65748644052f6368617441016140157365632d776562736f636b65742d76657273696f6e023133";
    const AGAIN: &str = "c2c186c0bfbe";

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn rfc_8441_section_5_1_the_extended_connect_is_known_in_both_spellings() {
        for block in [HUFFMAN, PLAIN] {
            let block = bytes(block);
            assert!(has_literal(&block, ":protocol", "websocket"));
            assert!(
                !has_literal(&block, ":protocol", "webtransport")
                    && !has_literal(&block, ":method", "websocket")
            );
            for end in 0..block.len() {
                // Whatever is cut off, nothing is read beyond it.
                has_literal(&block[..end], ":protocol", "websocket");
            }
        }
        assert!(!has_literal(&bytes(AGAIN), ":protocol", "websocket"), "an index into the dynamic table");
    }

    #[test]
    fn rfc_7541_section_5_1_numbers() {
        for (hex, bits, number) in
            [("0a", 5, Some(10)), ("1f9a0a", 5, Some(1337)), ("2a", 8, Some(42)), ("1f9a", 5, None)]
        {
            assert_eq!(Fields(&bytes(hex)).number(bits), number, "{hex}");
        }
        assert_eq!(Fields(&[0xFF; 16]).number(7), None);
    }

    #[test]
    fn a_status_is_an_index_or_spelled_out() {
        for (hex, status_is) in [
            ("88", Some(200)),
            ("8d", Some(404)),
            ("3fe11f88", Some(200)),
            ("4803353031", Some(501)),
            ("48826402", Some(302)),
            ("4883680cff", Some(403)),
            ("0803343034", Some(404)),
            ("be", None),
            ("", None),
        ] {
            assert_eq!(status(&bytes(hex)), status_is, "{hex}");
        }
    }
}
