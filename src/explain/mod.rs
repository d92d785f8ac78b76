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
//! ```
//! use wirewalk::capture::Reader;
//! use wirewalk::explain::{File, Ladder, Looks, Pipeline, Settings};
//!
//! let capture: &[u8] = include_bytes!("../../captures/08_close.pcapng");
//! let mut reader = Reader::new(capture)?;
//! let mut text = Vec::new();
//! let mut pipeline = Pipeline::new(&Settings::default(), Ladder::new(&mut text, Looks::default()));
//! while let Some(packet) = reader.next_packet() {
//!     pipeline.read(&packet)?;
//! }
//! pipeline.finish(|_| File::default())?;
//! assert!(String::from_utf8(text)?.contains("SYN-RECEIVED"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Four floors, each uses only those before it: `text` (languages, escapes, columns; no connection), `findings` (what
//! deserves attention), `narrative` (what a connection's course means, as values), `views`.

mod findings;
mod narrative;
mod pipeline;
mod text;
mod views;

pub use findings::{File, Finding, FindingText, Inspector, Known, Severity, known};
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
