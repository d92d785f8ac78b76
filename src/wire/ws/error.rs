//! The faults of a single frame.

use std::fmt;

use super::{CloseCode, Opcode};
use crate::rfc::Rfc;
use crate::wire::Side;

/// A frame that RFC 6455 forbids, whatever came before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameError {
    /// A reserved bit is set that no extension gave a meaning: the three bits RSV1 RSV2 RSV3.
    ReservedBits(u8),
    /// An opcode without a meaning.
    ReservedOpcode(Opcode),
    /// A control frame without FIN.
    FragmentedControl(Opcode),
    /// A control frame of more than 125 bytes.
    LongControl(Opcode, u64),
    /// The length stands in more bytes than it needs.
    LengthNotMinimal(u64),
    /// The high bit of a 64-bit length is set.
    LengthTooLarge(u64),
    /// A client's frame must be masked, a server's must not; this side broke that.
    WrongMasking(Side),
    /// A Close body of one byte has half a code.
    CloseBodyOfOneByte,
    /// A Close code that may not stand on the wire.
    CloseCodeNotSendable(CloseCode),
    /// A Close reason that is not UTF-8.
    CloseReasonNotUtf8,
}

impl FrameError {
    /// The code to fail the connection with.
    #[must_use]
    pub const fn close_code(self) -> CloseCode {
        match self {
            Self::CloseReasonNotUtf8 => CloseCode::INVALID_DATA,
            _ => CloseCode::PROTOCOL_ERROR,
        }
    }

    /// The rule that was broken.
    #[must_use]
    pub const fn rfc(self) -> Rfc {
        match self {
            Self::ReservedBits(_) | Self::ReservedOpcode(_) => Rfc(6455, "5.2"),
            Self::LengthNotMinimal(_) | Self::LengthTooLarge(_) => Rfc(6455, "5.2"),
            Self::FragmentedControl(_) | Self::LongControl(..) => Rfc(6455, "5.5"),
            Self::WrongMasking(_) => Rfc(6455, "5.1"),
            Self::CloseBodyOfOneByte | Self::CloseReasonNotUtf8 => Rfc(6455, "5.5.1"),
            Self::CloseCodeNotSendable(_) => Rfc(6455, "7.4"),
        }
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedBits(bits) => write!(f, "reserved bits set: RSV {bits:03b}"),
            Self::ReservedOpcode(opcode) => write!(f, "reserved opcode {:#X}", opcode.bits()),
            Self::FragmentedControl(opcode) => write!(f, "fragmented {opcode} frame"),
            Self::LongControl(opcode, length) => write!(f, "{opcode} frame of {length} bytes, 125 at most"),
            Self::LengthNotMinimal(length) => write!(f, "length {length} not in its shortest form"),
            Self::LengthTooLarge(length) => write!(f, "length {length:#X} has its high bit set"),
            Self::WrongMasking(Side::Client) => f.write_str("client frame not masked"),
            Self::WrongMasking(Side::Server) => f.write_str("server frame masked"),
            Self::CloseBodyOfOneByte => f.write_str("close body of one byte"),
            Self::CloseCodeNotSendable(code) => write!(f, "close code {code} may not be sent"),
            Self::CloseReasonNotUtf8 => f.write_str("close reason not UTF-8"),
        }
    }
}

impl std::error::Error for FrameError {}
