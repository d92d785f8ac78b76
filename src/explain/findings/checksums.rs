//! How the TCP checksums of one end's packets stand.

use super::watched::At;
use crate::observe::Checksum;

/// How the checksums of one end's packets stand, as far as that can be told.
#[derive(Debug, Default)]
pub(super) struct Checksums {
    pub(super) right: u64,
    pub(super) partial: u64,
    pub(super) wrong: u64,
    /// The first that is not right.
    pub(super) first: Option<At>,
}

impl Checksums {
    pub(super) fn note(&mut self, checksum: Checksum, at: At) {
        match checksum {
            Checksum::Right => self.right += 1,
            Checksum::Partial => self.partial += 1,
            Checksum::Wrong => self.wrong += 1,
            Checksum::Unknown => return,
        }
        if checksum != Checksum::Right {
            self.first.get_or_insert(at);
        }
    }

    pub(super) const fn checked(&self) -> u64 {
        self.right + self.partial + self.wrong
    }
}
