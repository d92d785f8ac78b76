//! TCP checksums of one end's packets.

use super::packet_ref::PacketRef;
use crate::observe::Checksum;

/// Numbers of packets by the state of their checksum, of those that could be checked.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct ChecksumCounts {
    pub(in crate::explain::findings) right: u64,
    /// Only the pseudo-header is summed: the network card fills in the rest.
    pub(in crate::explain::findings) partial: u64,
    pub(in crate::explain::findings) wrong: u64,
    /// The first that is not right.
    pub(in crate::explain::findings) first: Option<PacketRef>,
}

impl ChecksumCounts {
    pub(in crate::explain::findings) fn note(&mut self, checksum: Checksum, at: PacketRef) {
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

    pub(in crate::explain::findings) const fn checked(&self) -> u64 {
        self.right + self.partial + self.wrong
    }
}
