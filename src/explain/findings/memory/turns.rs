//! Who answers whom: whether an application that answered each message fell quiet at one.

use super::connection_memory::PacketRef;
use crate::observe::{Message, MessageEnd};

/// One side's messages, and whether its peer sent one after each.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct Turns {
    /// How many messages another of the peer followed.
    answered: u64,
    /// Whether one was followed by the side's own first.
    is_talker: bool,
    /// The last one, as long as nothing follows.
    waiting: Option<Turn>,
}

/// A message that waits for an answer.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct Turn {
    pub(in crate::explain::findings) index: u64,
    pub(in crate::explain::findings) length: u64,
    pub(in crate::explain::findings) fragments: u64,
    /// Its last frame.
    pub(in crate::explain::findings) frame: u64,
    pub(in crate::explain::findings) at: PacketRef,
}

impl Turns {
    /// The side sends a message.
    pub(in crate::explain::findings) fn speaks(&mut self, message: &Message, at: PacketRef) {
        self.is_talker |= self.waiting.is_some() || message.end != MessageEnd::Final;
        let (fragments, frame) = (message.frames.count(), message.frames.last());
        self.waiting = Some(Turn { index: message.index, length: message.length, fragments, frame, at });
    }

    /// The peer does.
    pub(in crate::explain::findings) const fn hears(&mut self) {
        if self.waiting.take().is_some() {
            self.answered += 1;
        }
    }

    /// The message that is the first without an answer, where each before it had one.
    pub(in crate::explain::findings) fn unanswered(&self) -> Option<Turn> {
        self.waiting.filter(|_| self.answered > 0 && !self.is_talker)
    }
}
