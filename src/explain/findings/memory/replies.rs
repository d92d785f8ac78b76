//! Replies of an application: whether one that replied to each message stopped at one.

use super::packet_ref::PacketRef;
use crate::observe::{Message, MessageEnd};

/// One side's messages, and whether each was followed by one of its peer.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct Replies {
    /// Number of messages that one of the peer followed.
    answered: u64,
    /// `true` if some message was followed by another of the same side, so that the two do not take turns.
    is_talker: bool,
    /// The last message, as long as none of the peer follows.
    pending: Option<PendingMessage>,
}

/// A message without a reply.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct PendingMessage {
    pub(in crate::explain::findings) index: u64,
    pub(in crate::explain::findings) length: u64,
    pub(in crate::explain::findings) fragments: u64,
    pub(in crate::explain::findings) last_frame: u64,
    pub(in crate::explain::findings) at: PacketRef,
}

impl Replies {
    /// Notes a message of the side.
    pub(in crate::explain::findings) fn note_sent(&mut self, message: &Message, at: PacketRef) {
        self.is_talker |= self.pending.is_some() || message.end != MessageEnd::Final;
        let (fragments, last_frame) = (message.frames.count(), message.frames.last());
        let (index, length) = (message.index, message.length);
        self.pending = Some(PendingMessage { index, length, fragments, last_frame, at });
    }

    /// Notes a message of its peer.
    pub(in crate::explain::findings) const fn note_reply(&mut self) {
        if self.pending.take().is_some() {
            self.answered += 1;
        }
    }

    /// The first message without a reply, where each before it had one.
    pub(in crate::explain::findings) fn unanswered(&self) -> Option<PendingMessage> {
        self.pending.filter(|_| self.answered > 0 && !self.is_talker)
    }
}
