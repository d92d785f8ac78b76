//! What was observed, told to programs and to people.
//!
//! A [`Pipeline`] takes packets, has them observed, finds what deserves attention (an [`Inspector`] does), and tells a
//! [`View`], step by step, which writes it down its own way:
//! [`Ladder`] as text, [`Live`] as text row by row, [`Document`] as one JSON document, [`Lines`] as the same objects one
//! a line, [`Feed`] as those lines and the bytes of each packet, [`Report`] as a page with them in it, [`Mermaid`] as a
//! sequence diagram, [`Comments`] as comments on packets, [`Redaction`] as what may stand in place of each secret.
//!
//! Pure: each view writes to the [writer](std::io::Write) it is given, and knows no file, terminal or clock; what one must
//! lay aside goes to the [`Spool`] it is given.
//!
//! Four floors, each uses only those before it: `text` (languages, escapes, columns; no connection), `findings` (what
//! deserves attention), `narrative` (what a connection's course means, as values), `views`.

mod findings;
mod narrative;
mod pipeline;
mod text;
mod views;

pub use findings::{File, Finding, FindingKind, FindingText, Inspector, Severity, finding_kinds};
pub use pipeline::{PacketSummary, Pipeline, Settings, StreamFilter};
pub use text::{Language, escape_controls};
pub use views::{
    Bytes, Comments, Detail, Document, Feed, Field, Glyphs, Ladder, Lines, Live, Looks, Mermaid, Redaction,
    Report, Shell, Spool, View,
};

/// The version of this program, as it stands in what it writes.
const VERSION: &str = env!("CARGO_PKG_VERSION");

#[cfg(test)]
mod testing;
