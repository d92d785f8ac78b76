//! Values of other modules in JSON, for serde.
#![expect(clippy::ref_option, reason = "serde hands a field by reference")]

use std::fmt::Display;

use serde::Serializer;

/// A value as its text, or null.
pub(in crate::explain) fn printed_if_any<S: Serializer>(
    value: &Option<impl Display>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.collect_str(value),
        None => to.serialize_none(),
    }
}
