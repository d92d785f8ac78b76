//! Data in several segments: the packet of each part.

use crate::explain::text::escape_controls;
use crate::observe::{Fact, Head, Numbers};
use crate::wire::Side;

/// One segment's part of something that comes in several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::explain) struct PduSegment {
    /// Number of the part, from 1.
    pub(in crate::explain) place: u64,
    /// Of how many.
    pub(in crate::explain) of: u64,
    /// The packet with the last.
    pub(in crate::explain) last: u64,
    pub(in crate::explain) what: String,
}

impl PduSegment {
    /// Each packet with the part that it carries.
    pub(in crate::explain) fn each<'n>(
        packets: &'n Numbers,
        what: &'n str,
    ) -> impl Iterator<Item = (u64, Self)> + 'n {
        let (of, last) = (packets.count(), packets.last());
        (1..).zip(packets.iter()).map(move |(place, packet)| {
            // Of a very long list the middle is left out.
            let place = if packet == last { of } else { place };
            (packet, Self { place, of, last, what: what.to_owned() })
        })
    }
}

/// Something that has ended: a head or a frame, with the packets that carry bytes of it.
#[derive(Debug)]
pub(in crate::explain) struct Pdu<'f> {
    pub(in crate::explain) from: Side,
    pub(in crate::explain) packets: &'f Numbers,
    /// Offset behind it in its side's stream.
    pub(in crate::explain) end: u64,
    what: String,
}

impl<'f> Pdu<'f> {
    /// That of a fact.
    pub(in crate::explain) fn of(fact: &'f Fact) -> Option<Self> {
        let head = |from, head: &'f Head, what| Self {
            from,
            packets: &head.packets,
            end: head.offset.saturating_add(head.length),
            what,
        };
        match fact {
            Fact::Frame(frame) => {
                let length = u64::from(frame.header_len).saturating_add(frame.header.length());
                let what = frame.header.opcode().to_string().to_uppercase();
                let end = frame.offset.saturating_add(length);
                Some(Self { from: frame.from, packets: &frame.packets, end, what })
            }
            Fact::Request(request) => Some(head(Side::Client, &request.head, request.method.clone())),
            Fact::Response(response) => {
                Some(head(Side::Server, &response.head, response.status.0.to_string()))
            }
            _ => None,
        }
    }

    /// Each packet with the part that it carries; none if one packet carries all of it.
    pub(in crate::explain) fn segments(&self) -> Vec<(u64, PduSegment)> {
        if self.packets.count() < 2 {
            return Vec::new();
        }
        PduSegment::each(self.packets, &escape_controls(&self.what)).collect()
    }
}
