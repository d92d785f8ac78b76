//! What was observed, told to programs and to people.
//!
//! A [`Pipeline`] takes packets, has them observed, finds what deserves attention (an [`Inspector`] does), and tells a
//! [`View`], step by step, which writes it down its own way:
//! [`Ladder`] as text, [`Live`] as text row by row, [`Document`] as one JSON document, [`Lines`] as the same objects one
//! a line, [`Feed`] as those lines and the bytes of each packet, [`Report`] as a page with them in it, [`Mermaid`] as a
//! sequence diagram, [`Comments`] as comments on packets, [`Redaction`] as what may stand in place of each secret.
//!
//! Pure: each view writes to the [`io::Write`] it is given, and knows no file, terminal or clock; what one must lay aside
//! goes to the [`Spool`] it is given.

mod accept;
mod acks;
mod comments;
mod document;
mod encode;
mod feed;
mod field;
mod finding;
mod findings;
mod held;
mod html;
mod items;
mod json;
mod ladder;
mod mermaid;
mod ndjson;
mod pipeline;
mod redaction;
mod text;
mod words;

use std::io;

use crate::observe::{Ended, Step};

pub use comments::Comments;
pub use feed::Feed;
pub use field::{Bytes, Field};
pub use finding::{File, Finding};
pub use findings::{Found, Inspector, Known, Severity, known};
pub use html::{Report, Shell};
pub use json::{Document, Spool};
pub use ladder::{Detail, Glyphs, Ladder, Live, Looks};
pub use mermaid::Mermaid;
pub use ndjson::Lines;
pub use pipeline::{PacketSummary, Pipeline, Settings, StreamFilter};
pub use redaction::Redaction;
pub use words::Language;

/// The version of this program, as it stands in what it writes.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A way to tell what was observed. The [`Pipeline`] calls it.
pub trait View {
    /// Takes what one packet showed.
    ///
    /// # Errors
    /// What the writer below says.
    fn step(&mut self, step: &Step) -> io::Result<()>;

    /// Takes the bytes of the packet that the step before was about. Few views show them.
    ///
    /// # Errors
    /// What the writer below says.
    fn bytes(&mut self, _bytes: &Bytes<'_>, _step: &Step) -> io::Result<()> {
        Ok(())
    }

    /// Takes what was found in a connection: after the packet that shows it, or before the connection's end.
    ///
    /// # Errors
    /// What the writer below says.
    fn finding(&mut self, stream: u64, found: &Found) -> io::Result<()>;

    /// Takes what the end of a stream left.
    ///
    /// # Errors
    /// What the writer below says.
    fn ended(&mut self, ended: &Ended) -> io::Result<()>;

    /// Takes what is known of the file; the last call for a capture. All its streams have ended.
    ///
    /// # Errors
    /// What the writer below says.
    fn finish(&mut self, file: &File) -> io::Result<()>;
}

impl<V: View + ?Sized> View for &mut V {
    fn step(&mut self, step: &Step) -> io::Result<()> {
        (**self).step(step)
    }

    fn bytes(&mut self, bytes: &Bytes<'_>, step: &Step) -> io::Result<()> {
        (**self).bytes(bytes, step)
    }

    fn finding(&mut self, stream: u64, found: &Found) -> io::Result<()> {
        (**self).finding(stream, found)
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        (**self).ended(ended)
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        (**self).finish(file)
    }
}

#[cfg(test)]
mod testing;
