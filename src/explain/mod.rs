//! Observations as words: findings, narrative and views.
//!
//! A [`Pipeline`] takes packets, has them observed and inspected, and calls a [`View`] for each [`Observation`] and each
//! [`Finding`]. A view renders one output format: [`Ladder`] and [`LiveLadder`] text (the first in a second pass, after
//! that of an [`Overview`]), [`SummaryTable`] a line for each connection, [`JsonWriter`] one JSON document,
//! [`NdjsonWriter`] its objects one a line, [`Feed`] those lines and each packet's bytes, [`Report`] an HTML page around
//! the feed, [`Mermaid`] a sequence diagram, [`Comments`] packet comments for Wireshark, [`Redaction`] the bytes that
//! replace secrets.
//!
//! Pure: a view writes to the [writer](std::io::Write) that it is given and knows no file, terminal or clock; what it
//! spills goes to a [`Spool`].
//!
//! ```
//! use wirewalk::capture::Reader;
//! use wirewalk::explain::{File, LadderStyle, LiveLadder, Pipeline, Settings};
//!
//! let capture: &[u8] = include_bytes!("../../captures/08_close.pcapng");
//! let mut reader = Reader::new(capture)?;
//! let mut text = Vec::new();
//! let mut pipeline = Pipeline::new(&Settings::default(), LiveLadder::new(&mut text, LadderStyle::default()));
//! while let Some(packet) = reader.next_packet() {
//!     pipeline.read(&packet)?;
//! }
//! pipeline.finish(|_| File::default())?;
//! assert!(String::from_utf8(text)?.contains("SYN-RECEIVED"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Five floors, each uses only those before it: `text` (languages, escapes, columns; no connection), `findings` (rules
//! and their catalogue), `narrative` (what a connection's course means, as typed values), `filter` (which connections are
//! asked for), `views` (layout and formats).
//! `pipeline` joins them. Nothing else may live here.
//!
//! [`Observation`]: crate::observe::Observation

mod filter;
mod findings;
mod narrative;
mod pipeline;
mod text;
mod views;

pub use filter::{Filter, FilterError};
pub use findings::{File, Finding, FindingKind, FindingText, Inspector, Severity, Verdict, finding_kinds};
pub use pipeline::{EmptySelection, PacketSummary, Pipeline, Settings, StreamFilter};
pub use text::{Language, counted, escape_controls};
pub use views::{
    Bytes, Comments, Detail, Feed, Field, Findings, Glyphs, JsonWriter, Ladder, LadderStyle, LiveLadder,
    Mermaid, NdjsonWriter, Overview, Redaction, Remarks, Report, Shell, Spool, SummaryTable, TimeFormat,
    View,
};

/// The version of this program, as it stands in what it writes.
const VERSION: &str = env!("CARGO_PKG_VERSION");

#[cfg(test)]
mod testing;
