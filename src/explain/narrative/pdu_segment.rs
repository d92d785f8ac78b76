//! Data in several segments: the packet of each part.

use std::collections::HashMap;

use crate::explain::narrative::connection_log::ConnectionLog;
use crate::explain::text::escape_controls;
use crate::observe::{Fact, Numbers};

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

/// By packet, the parts that it carries, in the order in which what they are of ends.
pub(in crate::explain) type PduSegments = HashMap<u64, Vec<PduSegment>>;

/// All parts of a connection.
pub(in crate::explain) fn pdu_segments(connection: &ConnectionLog) -> PduSegments {
    let mut parts = PduSegments::new();
    for fact in connection.steps.iter().flat_map(|step| &step.facts) {
        let (packets, what): (&Numbers, String) = match fact {
            Fact::Frame(frame) => (&frame.packets, frame.header.opcode().to_string().to_uppercase()),
            Fact::Request(request) => (&request.head.packets, request.method.clone()),
            Fact::Response(response) => (&response.head.packets, response.status.0.to_string()),
            _ => continue,
        };
        if packets.count() > 1 {
            for (packet, part) in PduSegment::each(packets, &escape_controls(&what)) {
                parts.entry(packet).or_default().push(part);
            }
        }
    }
    parts
}
