//! How values of other modules stand in JSON, where serde writes it.
#![expect(clippy::ref_option, reason = "serde hands a field by reference")]

use std::fmt::Display;

use serde::Serializer;

/// As its text, if there is one.
pub(in crate::explain) fn printed_if_any<S: Serializer>(
    value: &Option<impl Display>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.collect_str(value),
        None => to.serialize_none(),
    }
}
