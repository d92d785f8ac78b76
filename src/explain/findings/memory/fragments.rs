//! Messages that Apple's clients may not inflate.

use crate::observe::{Coding, Inflated, Message};
use crate::wire::Side::Server;

/// A message of a server, in fragments and compressed, that can be inflated.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct Fragments {
    pub(in crate::explain::findings) count: u64,
    /// Its last frame.
    pub(in crate::explain::findings) frame: u64,
}

impl Fragments {
    pub(in crate::explain::findings) fn of(message: &Message) -> Option<Self> {
        let is_sound = matches!(message.coding, Coding::Deflate(Inflated::Whole(_)));
        let (count, frame) = (message.frames.count(), message.frames.last());
        (message.from == Server && is_sound && count > 1).then_some(Self { count, frame })
    }
}
