//! Output formats. A view renders what it is given and decides nothing.
//!
//! Here live layout, glyphs, colours and file formats, a folder or file for each format. What more than one of them
//! shows is decided in `narrative`; no view reads a packet or calls a rule.

mod comments;
mod feed;
mod field;
mod html;
mod json;
mod label_text;
mod message_text;
mod ladder;
mod mermaid;
mod overview;
mod redaction;
mod summary;

use std::io;

use super::findings::{File, Finding, Verdict};
use crate::observe::{Ended, IcmpReport, Observation};

pub use comments::Comments;
pub use feed::Feed;
pub use field::{Bytes, Field};
pub use html::{Report, Shell};
pub use json::{JsonWriter, NdjsonWriter, Spool};
pub use ladder::{Detail, Glyphs, Ladder, LadderStyle, LiveLadder, Remarks, TimeFormat};
pub use mermaid::Mermaid;
pub use overview::Overview;
pub use redaction::Redaction;
pub use summary::SummaryTable;

/// An output format. The [`Pipeline`](super::Pipeline) calls it.
pub trait View {
    /// The view's use of findings. Without a view that renders them, no rule is run.
    fn findings(&self) -> Findings {
        Findings::Rendered
    }

    /// Notes the time of the capture's first packet. The first call for a capture.
    fn begins(&mut self, _time_ns: u64) {}

    /// Renders one packet.
    ///
    /// # Errors
    /// The error of the writer below.
    fn step(&mut self, step: &Observation) -> io::Result<()>;

    /// Renders the bytes of the packet of the call before. Few views show them.
    ///
    /// # Errors
    /// The error of the writer below.
    fn bytes(&mut self, _bytes: &Bytes<'_>, _step: &Observation) -> io::Result<()> {
        Ok(())
    }

    /// Renders an ICMP error about a connection; what it means is a finding. Few views show the error itself.
    ///
    /// # Errors
    /// The error of the writer below.
    fn icmp(&mut self, _report: &IcmpReport) -> io::Result<()> {
        Ok(())
    }

    /// Renders a finding: after the packet that shows it, or before the connection's end.
    ///
    /// # Errors
    /// The error of the writer below.
    fn finding(&mut self, stream: u64, found: &Finding) -> io::Result<()>;

    /// Renders the verdict on a connection: before its end, and at once when both its ends have closed. The last one
    /// stands. None comes of a connection that is open.
    ///
    /// # Errors
    /// The error of the writer below.
    fn verdict(&mut self, _stream: u64, _verdict: &Verdict) -> io::Result<()> {
        Ok(())
    }

    /// Renders a connection's end.
    ///
    /// # Errors
    /// The error of the writer below.
    fn ended(&mut self, ended: &Ended) -> io::Result<()>;

    /// Renders what is known of the file. The last call for a capture: all its connections have ended.
    ///
    /// # Errors
    /// The error of the writer below.
    fn finish(&mut self, file: &File) -> io::Result<()>;
}

/// A view's use of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Findings {
    /// They are part of what it writes.
    Rendered,
    /// They are of no use to it.
    Ignored,
}

impl<V: View + ?Sized> View for &mut V {
    fn findings(&self) -> Findings {
        (**self).findings()
    }

    fn begins(&mut self, time_ns: u64) {
        (**self).begins(time_ns);
    }

    fn step(&mut self, step: &Observation) -> io::Result<()> {
        (**self).step(step)
    }

    fn bytes(&mut self, bytes: &Bytes<'_>, step: &Observation) -> io::Result<()> {
        (**self).bytes(bytes, step)
    }

    fn icmp(&mut self, report: &IcmpReport) -> io::Result<()> {
        (**self).icmp(report)
    }

    fn finding(&mut self, stream: u64, found: &Finding) -> io::Result<()> {
        (**self).finding(stream, found)
    }

    fn verdict(&mut self, stream: u64, verdict: &Verdict) -> io::Result<()> {
        (**self).verdict(stream, verdict)
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        (**self).ended(ended)
    }

    fn finish(&mut self, file: &File) -> io::Result<()> {
        (**self).finish(file)
    }
}
