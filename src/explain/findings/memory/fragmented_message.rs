//! Compressed messages in fragments, which some of Apple's clients cannot inflate.

use crate::observe::{Coding, Inflated, Message};
use crate::wire::Side::Server;

/// A message of a server in several compressed fragments, which can be inflated.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct FragmentedMessage {
    pub(in crate::explain::findings) fragments: u64,
    pub(in crate::explain::findings) last_frame: u64,
}

impl FragmentedMessage {
    pub(in crate::explain::findings) fn of(message: &Message) -> Option<Self> {
        let is_sound = matches!(message.coding, Coding::Deflate(Inflated::Whole(_)));
        let (fragments, last_frame) = (message.frames.count(), message.frames.last());
        (message.from == Server && is_sound && fragments > 1).then_some(Self { fragments, last_frame })
    }
}
