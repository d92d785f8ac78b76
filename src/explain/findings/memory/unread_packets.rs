//! Packets of a capture in which TCP may be, though none was read.

use crate::capture::{Anomaly, Note};

/// Such packets, counted by the reason. Memory is bounded: see [`Note`].
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct UnreadPackets {
    notes: Vec<Note>,
    /// IP fragments whose packet is not complete yet, and the first of them.
    fragments: u64,
    first_fragment: u64,
}

impl UnreadPackets {
    /// Counts a packet without a TCP segment. One of another protocol was read, and is not counted.
    pub(in crate::explain::findings) fn note(&mut self, anomaly: Anomaly, packet: u64) {
        if anomaly == Anomaly::Fragment {
            if self.fragments == 0 {
                self.first_fragment = packet;
            }
            self.fragments += 1;
        } else if anomaly.hides_tcp() {
            Note::count(&mut self.notes, anomaly, packet);
        }
    }

    /// Counts packets of the same reason.
    pub(in crate::explain::findings) fn add(&mut self, note: Note) {
        Note::add(&mut self.notes, note);
    }

    /// A packet was put together from so many fragments, the last of which was not counted.
    pub(in crate::explain::findings) const fn note_reassembly(&mut self, fragments: u64) {
        self.fragments = self.fragments.saturating_sub(fragments.saturating_sub(1));
    }

    /// Notes on them, at the end of the capture.
    pub(in crate::explain::findings) fn notes(&self) -> impl Iterator<Item = Note> + '_ {
        let fragments =
            Note { anomaly: Anomaly::Fragment, count: self.fragments, first: self.first_fragment };
        self.notes.iter().copied().chain((self.fragments > 0).then_some(fragments))
    }
}
