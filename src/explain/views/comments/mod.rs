//! Comments on the packets of a capture, for Wireshark to show: what each carries, which states it changes, which phase
//! it begins.
//!
//! The meaning of a segment is often known only later: which part of a frame it holds, when the frame has ended. So a
//! packet is commented on some time after it was observed: the caller that copies the capture observes ahead, as far as
//! memory allows ([`Comments`] keeps what lies between), and then asks for the comments of the packet that is copied.
//! This needs one pass over the input, works on a pipe, and needs memory for the distance only. A frame that is longer
//! than the distance is described by what is known: its first segments say that it is long, its last what it was.
//!
//! A finding is reported with the packet that shows it. A caller that writes packets as they come cannot go back: then
//! it is reported with the next packet of its connection, or, if that has ended, with the next one of any connection,
//! and names its own connection.

mod payload_comments;
mod commented_connection;
mod finding_comments;
mod state_comments;

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::io;

use crate::explain::findings::{File, Finding};
use crate::explain::text::Language;
use crate::explain::views::View;
use crate::observe::{Ended, Fact, Observation};
use commented_connection::CommentedConnection;
use finding_comments::UnplacedFindings;

/// Prefix of each comment: it marks the comment as this program's.
const PREFIX: &str = "[wirewalk] ";

/// Comments on packets that were observed and not yet asked for.
#[derive(Debug)]
pub struct Comments {
    language: Language,
    /// The packets in their order, and whose they are.
    waiting: VecDeque<(u64, u64)>,
    streams: BTreeMap<u64, CommentedConnection>,
    /// The last packet that was asked for.
    taken: u64,
    late: UnplacedFindings,
}

impl Comments {
    /// Comments in a language.
    #[must_use]
    pub fn new(language: Language) -> Self {
        let (waiting, streams, late) = (VecDeque::new(), BTreeMap::new(), UnplacedFindings::default());
        Self { language, waiting, streams, taken: 0, late }
    }

    /// The comments on a packet, one thought each; none if it was not observed. Packets are asked for in their order, each
    /// once.
    pub fn next_comments(&mut self, packet: u64) -> Vec<Cow<'static, str>> {
        self.taken = packet;
        let mut comments = Vec::new();
        while let Some(&(number, stream)) = self.waiting.front().filter(|(number, _)| *number <= packet) {
            self.waiting.pop_front();
            let Some(followed) = self.streams.get_mut(&stream) else { continue };
            let remarks = followed.next(self.language);
            let found = followed.found(number);
            if followed.is_done() {
                self.streams.remove(&stream);
            }
            if number == packet {
                let remarks = remarks.into_iter().map(|remark| format!("{PREFIX}{remark}").into());
                comments = remarks.chain(found.into_iter().map(Cow::from)).collect();
                comments.extend(self.late.drain(self.language).into_iter().map(Cow::from));
            }
        }
        comments
    }

    /// Findings that no packet is left for: for the end of the capture.
    pub fn rest(&mut self) -> Vec<String> {
        self.late.drain(self.language)
    }
}

impl View for Comments {
    fn step(&mut self, step: &Observation) -> io::Result<()> {
        for fact in &step.facts {
            if let Fact::Stream(about) = fact {
                self.streams
                    .entry(step.stream)
                    .or_insert_with(|| CommentedConnection::new(*about))
                    .about(*about);
            }
        }
        if let Some(followed) = self.streams.get_mut(&step.stream) {
            followed.step(step, self.taken, self.language);
            self.waiting.push_back((step.number, step.stream));
        }
        Ok(())
    }

    fn finding(&mut self, stream: u64, finding: &Finding) -> io::Result<()> {
        // A packet that was rebuilt has a comment that says so.
        if let Some(followed) = self.streams.get_mut(&stream).filter(|_| !finding.is_about_rebuilt()) {
            followed.finding(&finding.render(self.language));
        }
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        let Some(followed) = self.streams.get_mut(&ended.stream) else { return Ok(()) };
        followed.ended(ended, self.taken, self.language);
        if followed.is_done() {
            self.late.add(ended.stream, followed.findings(), self.language);
            self.streams.remove(&ended.stream);
        }
        Ok(())
    }

    fn finish(&mut self, _: &File) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
