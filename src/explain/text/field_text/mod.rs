//! What each field of a packet is: its name, its value in words, why it exists, and the sentence of the RFC that defines
//! it. A page shows these beside the bytes; they go to it once.

mod data;
mod link;
mod network;
mod tcp;
#[cfg(test)]
mod tests;
mod websocket;

use super::Localized;
use crate::rfc::Rfc;

/// The texts of a field.
#[derive(Debug)]
pub(in crate::explain) struct FieldText {
    /// Id: the protocol, a point, and the field.
    pub(in crate::explain) id: &'static str,
    pub(in crate::explain) name: Localized,
    /// Its value: `{n}` is the number in its bytes, `{hex}` the bytes, `{v}` the decoded value. Empty: the bytes are text.
    pub(in crate::explain) value: Localized,
    pub(in crate::explain) why: Localized,
    /// The section that defines it.
    pub(in crate::explain) rfc: Option<Rfc>,
    /// The sentence there, word for word; empty where none is short enough.
    pub(in crate::explain) sentence: &'static str,
}

/// The texts of all fields.
pub(in crate::explain) fn field_texts() -> impl Iterator<Item = &'static FieldText> {
    [websocket::FIELDS, data::FIELDS, tcp::FIELDS, network::FIELDS, link::FIELDS].into_iter().flatten()
}

/// Defines the fields of a protocol: of each its id, the section and sentence that define it, its name, its value and why
/// it exists. A row whose languages have other placeholders does not compile.
macro_rules! fields {
    ($($id:literal $rfc:expr, $sentence:literal {
        $name:literal, $name_zh:literal;
        $value:literal, $value_zh:literal;
        $why:literal, $why_zh:literal;
    })*) => {
        /// All of the protocol.
        pub(super) const FIELDS: &[super::FieldText] = &[$(super::FieldText {
            id: $id,
            name: crate::explain::text::Localized::new($name, $name_zh),
            value: crate::explain::text::Localized::new($value, $value_zh),
            why: crate::explain::text::Localized::new($why, $why_zh),
            rfc: $rfc,
            sentence: $sentence,
        }),*];
    };
}
use fields;
