//! What was given up for lack of room.

/// What an observer gave up because there was no room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GivenUp {
    /// The number of connections.
    pub connections: u64,
    /// The number of connections whose windows of compression were given up (RFC 7692 §7.1.1).
    pub windows: u64,
    /// The packet with which it began.
    pub first_packet: Option<u64>,
    /// Later packets of those connections, which were not read.
    pub packets: u64,
    /// `true` if there were so many that not all are known again. Then `packets` counts those of others, too, that were
    /// captured from the middle on.
    pub has_unknown: bool,
}
