//! The place of a connection's beginning in the capture, so that connections can be lined up.

use crate::explain::text::{Label, Language, seconds};

/// The words behind a connection's name: the time from the capture's first packet to its own; `None` if they are one.
pub(in crate::explain) fn begin_offset(
    capture_ns: Option<u64>,
    first_ns: u64,
    language: Language,
) -> Option<String> {
    let since = capture_ns.and_then(|begin| first_ns.checked_sub(begin)).filter(|since| *since > 0)?;
    Some(Label::Begins.fill(language, &[&format!("{:.6}", seconds(since))]))
}
