//! The four-bit opcode of a frame (RFC 6455 §5.2 and §11.8).

use std::fmt;

/// A frame's opcode: all sixteen, the reserved ones included.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Opcode(u8);

impl Opcode {
    /// Another fragment of the message begun before (0x0).
    pub const CONTINUATION: Self = Self(0x0);
    /// A text message, or its first fragment (0x1).
    pub const TEXT: Self = Self(0x1);
    /// A binary message, or its first fragment (0x2).
    pub const BINARY: Self = Self(0x2);
    /// The sender will send nothing more (0x8).
    pub const CLOSE: Self = Self(0x8);
    /// Asks for a Pong with the same bytes (0x9).
    pub const PING: Self = Self(0x9);
    /// Answers a Ping, or is an unsolicited heartbeat (0xA).
    pub const PONG: Self = Self(0xA);

    /// The opcode in the low four bits of a header's first byte; the high four are ignored.
    #[must_use]
    pub const fn from_bits(byte: u8) -> Self {
        Self(byte & 0x0F)
    }

    /// The four bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Control frames have the high bit of the opcode set (RFC 6455 §5.5), reserved ones included.
    #[must_use]
    pub const fn is_control(self) -> bool {
        self.0 & 0x8 != 0
    }

    /// Opcodes 3–7 and B–F mean nothing yet; receiving one fails the connection (RFC 6455 §5.2).
    #[must_use]
    pub const fn is_reserved(self) -> bool {
        matches!(self.0, 0x3..=0x7 | 0xB..=0xF)
    }

    /// The word for it, or `reserved-` and the number.
    #[must_use]
    pub const fn name(self) -> &'static str {
        const NAMES: [&str; 16] = [
            "continuation",
            "text",
            "binary",
            "reserved-3",
            "reserved-4",
            "reserved-5",
            "reserved-6",
            "reserved-7",
            "close",
            "ping",
            "pong",
            "reserved-11",
            "reserved-12",
            "reserved-13",
            "reserved-14",
            "reserved-15",
        ];
        NAMES[self.0 as usize]
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opcode({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_11_8_all_sixteen() {
        let names: Vec<String> = (0..16).map(|bits| Opcode::from_bits(bits).to_string()).collect();
        assert_eq!(
            names.join(" "),
            "continuation text binary reserved-3 reserved-4 reserved-5 reserved-6 reserved-7 \
             close ping pong reserved-11 reserved-12 reserved-13 reserved-14 reserved-15"
        );
        for bits in 0..16 {
            let opcode = Opcode::from_bits(0xF0 | bits);
            assert_eq!(opcode.bits(), bits);
            assert_eq!(opcode.is_control(), bits >= 8);
            assert_eq!(opcode.is_reserved(), !matches!(bits, 0 | 1 | 2 | 8 | 9 | 10));
        }
    }
}
