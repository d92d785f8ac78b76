//! Comparison of a packet's IP header with those of its sender's other packets: who else sends in an end's name has a way
//! of its own to the capture, and a count of its own.

/// The result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderFit {
    /// Too few packets to compare with, or the end's own differ.
    Unknown,
    /// As those before.
    Alike,
    /// Another TTL: it came another way, or from another host.
    OtherTtl {
        /// The TTL of those before.
        usual: u8,
        /// The number of these in a row.
        packets: u32,
    },
    /// An identification far from those before, which were counted up. Zero is none: systems have it in packets that no
    /// socket sends.
    OtherId {
        /// The identification of the packet before.
        last: u16,
        /// The number of packets whose identifications were counted up.
        packets: u32,
    },
}

impl HeaderFit {
    /// Returns `true` if another host may have sent it.
    #[must_use]
    pub const fn differs(self) -> bool {
        matches!(self, Self::OtherTtl { .. } | Self::OtherId { .. })
    }
}
