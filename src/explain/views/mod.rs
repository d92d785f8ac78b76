//! The ways to tell: each view writes what it is told its own way, and decides nothing.

mod comments;
mod feed;
mod field;
mod html;
mod json;
mod ladder;
mod mermaid;
mod redaction;

use std::io;

use super::findings::{File, Finding};
use crate::observe::{Ended, Observation};

pub use comments::Comments;
pub use feed::Feed;
pub use field::{Bytes, Field};
pub use html::{Report, Shell};
pub use json::{JsonWriter, NdjsonWriter, Spool};
pub use ladder::{Detail, Glyphs, Ladder, LadderStyle, LiveLadder};
pub use mermaid::Mermaid;
pub use redaction::Redaction;

/// A way to tell what was observed. The [`Pipeline`](super::Pipeline) calls it.
pub trait View {
    /// Takes what one packet showed.
    ///
    /// # Errors
    /// What the writer below says.
    fn step(&mut self, step: &Observation) -> io::Result<()>;

    /// Takes the bytes of the packet that the step before was about. Few views show them.
    ///
    /// # Errors
    /// What the writer below says.
    fn bytes(&mut self, _bytes: &Bytes<'_>, _step: &Observation) -> io::Result<()> {
        Ok(())
    }

    /// Takes what was found in a connection: after the packet that shows it, or before the connection's end.
    ///
    /// # Errors
    /// What the writer below says.
    fn finding(&mut self, stream: u64, found: &Finding) -> io::Result<()>;

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
    fn step(&mut self, step: &Observation) -> io::Result<()> {
        (**self).step(step)
    }

    fn bytes(&mut self, bytes: &Bytes<'_>, step: &Observation) -> io::Result<()> {
        (**self).bytes(bytes, step)
    }

    fn finding(&mut self, stream: u64, found: &Finding) -> io::Result<()> {
        (**self).finding(stream, found)
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        (**self).ended(ended)
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        (**self).finish(file)
    }
}
