//! Findings, as comments.

use crate::explain::findings::FindingText;
use crate::explain::text::{Comment, Language};

/// So many wait for a packet of another connection. More are counted.
const MOST_LATE: usize = 64;

/// A finding, and the packet whose comment reports it.
#[derive(Debug)]
pub(super) struct FindingComment {
    pub(super) packet: u64,
    id: &'static str,
    text: String,
}

impl FindingComment {
    pub(super) fn new(finding: &FindingText) -> Self {
        let packet = finding.packets.last().copied().unwrap_or_default();
        let inference = finding.inference.as_deref().unwrap_or_default();
        Self { packet, id: finding.id, text: format!("{} – {inference}", finding.fact) }
    }

    /// On a packet of its connection.
    pub(super) fn comment(&self) -> String {
        format!("[wirewalk {}] {}", self.id, self.text)
    }

    /// The text for a packet of another connection: it names the finding's own.
    fn elsewhere(&self, stream: u64, language: Language) -> String {
        let text = Comment::Elsewhere.fill(language, &[&stream, &self.packet, &self.text]);
        format!("[wirewalk {}] {text}", self.id)
    }
}

/// Findings of connections that have no packet left for a comment.
#[derive(Debug, Default)]
pub(super) struct UnplacedFindings {
    comments: Vec<String>,
    /// For how many there was no room.
    left_out: u64,
}

impl UnplacedFindings {
    pub(super) fn add(&mut self, stream: u64, findings: &[FindingComment], language: Language) {
        for finding in findings {
            if self.comments.len() < MOST_LATE {
                self.comments.push(finding.elsewhere(stream, language));
            } else {
                self.left_out += 1;
            }
        }
    }

    /// All of it, once: the next call returns what is new.
    pub(super) fn drain(&mut self, language: Language) -> Vec<String> {
        let Self { mut comments, left_out } = std::mem::take(self);
        if left_out > 0 {
            comments.push(format!("[wirewalk] {}", Comment::FindingsMore.fill(language, &[&left_out])));
        }
        comments
    }
}
