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

/// What RSV1 means on a frame of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) enum Rsv1 {
    /// The 101 accepted no extension.
    Nothing,
    /// An extension gives it a meaning, or the 101 was not seen.
    Something,
}

/// What a side's frames are measured by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure {
    /// Whether it masks, as its frames before show.
    pub(super) habit: Option<Masking>,
    pub(super) rsv1: Rsv1,
    pub(super) before: Before,
}

/// Whether the frame before tells where this one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    Trusted,
    /// Its length is written as no software writes it that can: perhaps not all of it.
    Doubted,
}

/// Whether bytes that are read as a header are none.
pub(super) fn is_impossible(header: &HeaderView, measure: Measure) -> bool {
    let most = match measure.before {
        Before::Doubted => 0,
        Before::Trusted => 1,
    };
    oddities(header, measure) > most
}

/// Whether bytes are text of HTTP.
pub(super) fn is_http(bytes: &[u8]) -> bool {
    bytes.starts_with(b"HTTP/") || bytes.starts_with(b"GET /")
}

/// Whether a header is as it should be, and no fragment of something before.
pub(super) fn is_regular(from: Side, header: &HeaderView) -> bool {
    let habit = Some(Masking::right_for(from));
    let measure = Measure { habit, rsv1: Rsv1::Something, before: Before::Trusted };
    oddities(header, measure) == 0 && header.opcode() != Opcode::CONTINUATION
}

/// How many rules a header breaks that even careless software keeps. One is a bug to be explained, two at once are no
/// frame.
fn oddities(header: &HeaderView, measure: Measure) -> u32 {
    let opcode = header.opcode();
    let Measure { habit, rsv1, .. } = measure;
    let is_for_data = !opcode.is_control() && !opcode.is_reserved();
    let meant = if is_for_data && rsv1 == Rsv1::Something { 0b100 } else { 0 };
    let odd = [
        opcode.is_reserved(),
        header.rsv() & !meant != 0,
        opcode.is_control() && !header.fin(),
        opcode.is_control() && header.length() > MAX_CONTROL_PAYLOAD as u64,
        habit.is_some_and(|habit| habit != Masking::of(header)),
        !header.is_minimal(),
        header.length() > ABSURD,
        header.length() >> 63 != 0,
    ];
    odd.into_iter().map(u32::from).sum()
}
