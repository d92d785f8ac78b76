//! Text of compressed messages, as the application gets them (RFC 7692 §6.2).

use crate::explain::narrative::inflation::{not_inflated, ratio};
use crate::explain::text::{Label, Language, escape_controls, hexadecimal};
use crate::observe::{Coding, Message};
use crate::wire::ws::Opcode;

/// The most bytes of a payload that is no text.
const BYTES: usize = 16;

/// The two lengths, or the reason why the message was not inflated.
pub(super) fn inflation_text(message: &Message, language: Language) -> String {
    match (not_inflated(message.coding), message.plain_length()) {
        (None, Some(plain)) => {
            let times = ratio(plain, message.length);
            Label::Inflated.fill(language, &[&message.length, &plain, &times])
        }
        (reason, _) => {
            let reason = reason.map_or("", |reason| reason.text(language));
            Label::NotInflatedFor.fill(language, &[&reason])
        }
    }
}

/// The beginning of an inflated message, escaped: `"hello"`, or `00 01 …`; `None` if it was not inflated.
pub(super) fn inflated_payload(message: &Message) -> Option<String> {
    if message.coding == Coding::Plain || message.plain_length().is_none() {
        return None;
    }
    let preview = &message.preview;
    if message.kind != Opcode::BINARY && preview.text().is_some() {
        return Some(format!("\"{}\"", escape_controls(&preview.to_string())));
    }
    let more = if preview.bytes().len() > BYTES || preview.is_cut() { " …" } else { "" };
    Some(hexadecimal(preview.bytes().iter().copied().take(BYTES)) + more)
}
