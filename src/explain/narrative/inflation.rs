//! Compressed messages: where one ends, its ratio, and why it was not inflated (RFC 7692 §6.2).

use crate::explain::text::Label;
use crate::observe::{Coding, Fact, Frame, Inflated, Message};
use crate::wire::ws::InflateError;

/// The compressed message that ends with a frame; its fact follows that of the frame at once.
pub(in crate::explain) fn compressed_message<'f>(frame: &Frame, behind: &'f [Fact]) -> Option<&'f Message> {
    let Some(Fact::Message(message)) = behind.first() else { return None };
    let is_of_frame = message.frames.last() == frame.index && message.from == frame.from;
    (is_of_frame && message.coding != Coding::Plain).then_some(message)
}

/// The ratio of two lengths: `×1.7`.
pub(in crate::explain) fn ratio(plain: u64, compressed: u64) -> String {
    format!("×{:.1}", plain as f64 / compressed.max(1) as f64)
}

/// The reason why a message was not inflated; `None` if it was, or needs not be.
pub(in crate::explain) const fn not_inflated(coding: Coding) -> Option<Label> {
    let Coding::Deflate(inflated) = coding else { return None };
    Some(match inflated {
        Inflated::Whole(_) => return None,
        Inflated::BytesMissing => Label::InflateBytesMissing,
        Inflated::NoEnd => Label::InflateNoEnd,
        Inflated::Failed(InflateError::Corrupt | InflateError::Unfinished) => Label::InflateCorrupt,
        Inflated::Failed(InflateError::TooLong) => Label::InflateTooLong,
        Inflated::Failed(InflateError::ContextLost) => Label::InflateAfterOther,
    })
}
