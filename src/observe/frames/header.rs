//! Whether bytes can be a frame's header: judged by what even careless software keeps (RFC 6455 §5.2).

use crate::wire::Side;
use crate::wire::ws::{HeaderView, MAX_CONTROL_PAYLOAD, Opcode};

/// A length that no frame has: beyond it a header is taken for something else.
const ABSURD: u64 = 1 << 40;

/// Whether a frame is masked (RFC 6455 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Masking {
    Masked,
    Plain,
}

impl Masking {
    pub(super) const fn of(header: &HeaderView) -> Self {
        if header.mask().is_some() { Self::Masked } else { Self::Plain }
    }

    pub(super) const fn right_for(side: Side) -> Self {
        match side {
            Side::Client => Self::Masked,
            Side::Server => Self::Plain,
        }
    }
}

/// Whether bytes are text of HTTP.
pub(super) fn is_http(bytes: &[u8]) -> bool {
    bytes.starts_with(b"HTTP/") || bytes.starts_with(b"GET /")
}

/// Whether a header is as it should be, and no fragment of something before.
pub(super) fn is_regular(from: Side, header: &HeaderView) -> bool {
    oddities(header, Some(Masking::right_for(from))) == 0 && header.opcode() != Opcode::CONTINUATION
}

/// How many rules a header breaks that even careless software keeps. One is a bug to be explained, two at once are no
/// frame.
pub(super) fn oddities(header: &HeaderView, habit: Option<Masking>) -> u32 {
    let opcode = header.opcode();
    let odd = [
        opcode.is_reserved(),
        header.rsv() != 0 && (header.rsv() & 0b011 != 0 || opcode.is_control() || opcode.is_reserved()),
        opcode.is_control() && !header.fin(),
        opcode.is_control() && header.length() > MAX_CONTROL_PAYLOAD as u64,
        habit.is_some_and(|habit| habit != Masking::of(header)),
        !header.is_minimal(),
        header.length() > ABSURD,
        header.length() >> 63 != 0,
    ];
    odd.into_iter().map(u32::from).sum()
}
