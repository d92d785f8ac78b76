//! The last packets of an end, by which a copy is told from a retransmission: a host gives each packet it sends an IP
//! identification of its own (RFC 6864 §4), a packet that was captured twice keeps it.

use crate::observe::facts::{Flags, Ip, Segment};

/// Packets of an end that are compared with the next one.
const MOST: usize = 4;

/// Time within which a packet with the same IP ID is a copy while it is not known that the end counts its IDs, in
/// nanoseconds.
const COPY_WITHIN_NS: u64 = 1_000_000;

/// The same where its IDs are known to differ: another interface may capture it so much later.
const COPY_WITHIN_OF_COUNTED_IDS_NS: u64 = 20_000_000;

/// The same of packets without an ID: no retransmission is so fast.
const COPY_WITHIN_WITHOUT_ID_NS: u64 = 200_000;

/// Copies of packets with data after which an acknowledgment without an IP ID is a copy too.
const COPIES_OF_DATA: u8 = 2;

/// What a copy has in common with its original. The TTL and the checksum may differ: one of the two was captured behind
/// a router, or before the network card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Imprint {
    seq: u32,
    ack: Option<u32>,
    length: u32,
    timestamps: Option<(u32, u32)>,
    /// The first and the last bytes of the payload, folded.
    edges: u32,
    id: u16,
    window: u16,
    flags: Flags,
}

impl Imprint {
    #[inline]
    fn new(segment: &Segment<'_>, ip: Ip) -> Self {
        Self {
            seq: segment.seq,
            ack: segment.ack,
            length: segment.length,
            timestamps: segment.options.timestamps,
            edges: edges(segment.payload),
            // Zero is the ID of packets that need none (RFC 6864 §4.1).
            id: ip.id.unwrap_or(0),
            window: segment.window,
            flags: segment.flags,
        }
    }

    /// Returns `true` if a repetition of it at once is no habit of TCP: neither an acknowledgment nor a RST.
    const fn is_never_repeated_at_once(self) -> bool {
        let phantom = self.flags.0 & (Flags::SYN.0 | Flags::FIN.0) != 0;
        self.length > 0 || phantom
    }
}

/// The first and the last four bytes, folded.
#[inline]
fn edges(bytes: &[u8]) -> u32 {
    let word = |bytes: Option<&[u8; 4]>| bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes));
    word(bytes.first_chunk()) ^ word(bytes.last_chunk()).rotate_left(13)
}

/// The last packets of an end.
#[derive(Debug, Default)]
pub(super) struct RecentPackets {
    imprints: [Imprint; MOST],
    times_ns: [u64; MOST],
    /// Packets so far.
    count: u64,
    copies_of_data: u8,
}

impl RecentPackets {
    /// Notes a packet. Returns `true` if it is a copy of one of the last: that one counts.
    #[inline]
    pub(super) fn note(&mut self, segment: &Segment<'_>) -> bool {
        let Some(ip) = segment.ip else { return false };
        let imprint = Imprint::new(segment, ip);
        let known = MOST.min(usize::try_from(self.count).unwrap_or(MOST));
        if let Some(place) = self.imprints[..known].iter().position(|known| *known == imprint)
            && self.is_copy(imprint, segment.time_ns.abs_diff(self.times_ns[place]), known)
        {
            return true;
        }
        let place = (self.count % MOST as u64) as usize;
        (self.imprints[place], self.times_ns[place]) = (imprint, segment.time_ns);
        self.count += 1;
        false
    }

    /// Returns `true` if a packet like one of the `known` last is a copy of it, so much later.
    #[cold]
    fn is_copy(&mut self, imprint: Imprint, later_ns: u64, known: usize) -> bool {
        let others = || self.imprints[..known].iter().filter(|other| **other != imprint);
        let is_copy = if imprint.id == 0 {
            later_ns < COPY_WITHIN_WITHOUT_ID_NS
                && (imprint.is_never_repeated_at_once() || self.copies_of_data >= COPIES_OF_DATA)
        } else if others().any(|other| other.id == imprint.id) {
            // The end has one ID for all its packets.
            later_ns < COPY_WITHIN_WITHOUT_ID_NS && imprint.is_never_repeated_at_once()
        } else if others().next().is_some() {
            later_ns < COPY_WITHIN_OF_COUNTED_IDS_NS
        } else {
            later_ns < COPY_WITHIN_NS
        };
        self.copies_of_data =
            self.copies_of_data.saturating_add(u8::from(is_copy && imprint.is_never_repeated_at_once()));
        is_copy
    }
}
