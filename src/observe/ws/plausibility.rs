//! Plausibility of a frame's header: the rules that even careless software keeps (RFC 6455 §5.2).

use crate::wire::Side;
use crate::wire::ws::{HeaderView, MAX_CONTROL_PAYLOAD, Opcode};

/// The longest plausible payload, in bytes.
const MAX_PLAUSIBLE_LENGTH: u64 = 1 << 40;

/// The masking of a frame (RFC 6455 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Masking {
    Masked,
    Plain,
}

impl Masking {
    pub(super) const fn of(header: &HeaderView) -> Self {
        if header.mask().is_some() { Self::Masked } else { Self::Plain }
    }

    pub(super) const fn required_of(side: Side) -> Self {
        match side {
            Side::Client => Self::Masked,
            Side::Server => Self::Plain,
        }
    }
}

/// The meaning of RSV1 on a data frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) enum Rsv1 {
    /// The 101 accepted no extension.
    Unused,
    /// An extension uses it, or the 101 was not seen.
    Extension,
}

/// Facts about a side before a header.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeaderContext {
    /// The masking of its frames so far.
    pub(super) masking: Option<Masking>,
    pub(super) rsv1: Rsv1,
    pub(super) previous: Previous,
}

/// The encoding of the previous frame's length: a minimal one can be trusted for the start of this frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Previous {
    /// Minimally, or there is no previous frame.
    Minimal,
    /// In more bytes than needed: by a sender that never uses the short forms, or cut off to fewer bits.
    NotMinimal,
}

impl Previous {
    /// Number of broken rules with which bytes still are a header.
    const fn tolerated(self) -> u32 {
        match self {
            Self::Minimal => 1,
            Self::NotMinimal => 0,
        }
    }
}

/// Returns `true` if bytes that were read as a header cannot be one.
pub(super) fn is_impossible(header: &HeaderView, context: HeaderContext) -> bool {
    broken_rules(header, context) > context.previous.tolerated()
}

/// Beginnings of an HTTP message: of a response, and of requests. As a frame's header each breaks a rule.
const HTTP: [&[u8]; 9] =
    [b"HTTP/", b"GET /", b"HEAD /", b"POST /", b"PUT /", b"PATCH /", b"DELETE /", b"OPTIONS ", b"CONNECT "];

/// Returns `true` if bytes, two or more, are text of HTTP as far as they go.
pub(super) fn is_http(bytes: &[u8]) -> bool {
    // A usual frame begins otherwise.
    bytes.first().is_some_and(u8::is_ascii_uppercase)
        && HTTP.iter().any(|begin| bytes.iter().zip(*begin).all(|(byte, expected)| byte == expected))
}

/// Returns `true` if a header breaks no rule, and continues no message.
pub(super) fn is_regular(from: Side, header: &HeaderView) -> bool {
    let masking = Some(Masking::required_of(from));
    let context = HeaderContext { masking, rsv1: Rsv1::Extension, previous: Previous::Minimal };
    broken_rules(header, context) == 0 && header.opcode() != Opcode::CONTINUATION
}

/// The number of rules that a header breaks. One is a bug to be explained, two at once are no frame.
fn broken_rules(header: &HeaderView, context: HeaderContext) -> u32 {
    let opcode = header.opcode();
    let HeaderContext { masking, rsv1, previous } = context;
    let is_for_data = !opcode.is_control() && !opcode.is_reserved();
    let allowed = if is_for_data && rsv1 == Rsv1::Extension { 0b100 } else { 0 };
    let broken = [
        opcode.is_reserved(),
        header.rsv() & !allowed != 0,
        opcode.is_control() && !header.fin(),
        previous == Previous::Minimal && has_odd_length(header),
        masking.is_some_and(|masking| masking != Masking::of(header)),
        header.length() > MAX_PLAUSIBLE_LENGTH,
        header.length() >> 63 != 0,
    ];
    broken.into_iter().map(u32::from).sum()
}

/// Returns `true` if the length is too long for a control frame, not in its shortest form, or both: one fault of the code
/// that writes lengths. Behind a length that is not minimal it is expected, since such code makes it again.
const fn has_odd_length(header: &HeaderView) -> bool {
    let is_long = header.opcode().is_control() && header.length() > MAX_CONTROL_PAYLOAD as u64;
    is_long || !header.is_minimal()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Parsed;

    fn context(previous: Previous) -> HeaderContext {
        HeaderContext { masking: Some(Masking::Plain), rsv1: Rsv1::Unused, previous }
    }

    fn header(bytes: &[u8]) -> HeaderView {
        match HeaderView::parse(bytes) {
            Parsed::Complete { value, .. } => value,
            Parsed::NeedMore(_) => panic!("{bytes:?}"),
        }
    }

    #[test]
    fn an_odd_length_is_one_fault_and_no_sign_of_lost_sync() {
        for bytes in [
            &[0x89, 126, 0, 126][..],
            &[0x8A, 126, 0, 20],
            &[0x89, 127, 0, 0, 0, 0, 0, 0, 0, 128],
            &[0x88, 127, 0, 0, 0, 0, 0, 1, 0, 0],
            &[0x81, 126, 0, 3],
            &[0x81, 127, 0, 0, 0, 0, 0, 0, 0, 3],
        ] {
            for previous in [Previous::Minimal, Previous::NotMinimal] {
                assert!(!is_impossible(&header(bytes), context(previous)), "{bytes:?} {previous:?}");
            }
        }
    }

    #[test]
    fn an_odd_length_and_another_fault_are_no_header() {
        for bytes in [
            &[0x99, 126, 0, 126][..],
            &[0x09, 126, 0, 126],
            &[0x83, 126, 0, 3],
            &[0x89, 127, 0xFF, 0, 0, 0, 0, 0, 0, 128],
            &[0x81, 0xFE, 0, 3, 1, 2, 3, 4],
        ] {
            for previous in [Previous::Minimal, Previous::NotMinimal] {
                assert!(is_impossible(&header(bytes), context(previous)), "{bytes:?} {previous:?}");
            }
        }
    }
}
