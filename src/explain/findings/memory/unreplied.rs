//! Frames of a side since its peer's last frame: whether the two take turns, and whether that stopped.

use super::packet_ref::PacketRef;

/// Number of turns from which on a reply to each frame is a habit.
const HABIT: u64 = 3;

/// A side's frames since its peer's last frame.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct Unreplied {
    pub(in crate::explain::findings) frames: u64,
    /// The packet of the first.
    pub(in crate::explain::findings) first: Option<PacketRef>,
    /// Number of times that the peer's frame followed.
    turns: u64,
    /// `true` if the peer's frame once followed several.
    is_talker: bool,
}

impl Unreplied {
    /// Notes a frame of the side.
    pub(in crate::explain::findings) fn note_sent(&mut self, at: PacketRef) {
        self.first.get_or_insert(at);
        self.frames += 1;
    }

    /// Notes a frame of its peer.
    pub(in crate::explain::findings) const fn note_reply(&mut self) {
        if self.frames > 0 {
            self.turns += 1;
            self.is_talker |= self.frames > 1;
            self.frames = 0;
            self.first = None;
        }
    }

    /// Returns `true` if each frame had a reply, as a habit.
    pub(in crate::explain::findings) const fn had_replies(&self) -> bool {
        self.turns >= HABIT && !self.is_talker
    }
}
