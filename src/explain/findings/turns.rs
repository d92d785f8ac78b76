//! Who answers whom: whether an application that answered each message fell quiet at one.

use super::watched::At;
use crate::observe::{Message, MessageEnd};

/// One side's messages, and whether its peer sent one after each.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// How many messages another of the peer followed.
    answered: u64,
    /// Whether one was followed by the side's own first.
    is_talker: bool,
    /// The last one, as long as nothing follows.
    waiting: Option<Turn>,
}

/// A message that waits for an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) index: u64,
    pub(super) length: u64,
    pub(super) fragments: u64,
    /// Its last frame.
    pub(super) frame: u64,
    pub(super) at: At,
}

impl Turns {
    /// The side sends a message.
    pub(super) fn speaks(&mut self, message: &Message, at: At) {
        self.is_talker |= self.waiting.is_some() || message.end != MessageEnd::Final;
        let (fragments, frame) = (message.frames.count(), message.frames.last());
        self.waiting = Some(Turn { index: message.index, length: message.length, fragments, frame, at });
    }

    /// The peer does.
    pub(super) const fn hears(&mut self) {
        if self.waiting.take().is_some() {
            self.answered += 1;
        }
    }

    /// The message that is the first without an answer, where each before it had one.
    pub(super) fn unanswered(&self) -> Option<Turn> {
        self.waiting.filter(|_| self.answered > 0 && !self.is_talker)
    }
}
