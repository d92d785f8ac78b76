//! What came in several segments: which packet carries which part of it.

use std::collections::HashMap;

use super::label::Part;
use crate::explain::held::Connection;
use crate::observe::{Fact, Numbers};

/// By packet, the part that it carries. A packet that carries parts of two things is named by the later one.
pub(in crate::explain) fn parts(connection: &Connection) -> HashMap<u64, Part> {
    let mut parts = HashMap::new();
    for fact in connection.steps.iter().flat_map(|step| &step.facts) {
        let (packets, what): (&Numbers, String) = match fact {
            Fact::Frame(frame) => (&frame.packets, frame.header.opcode().to_string().to_uppercase()),
            Fact::Request(request) => (&request.head.packets, request.method.clone()),
            Fact::Response(response) => (&response.head.packets, response.status.0.to_string()),
            _ => continue,
        };
        let of = packets.count();
        if of > 1 {
            for (place, packet) in (1..).zip(packets.iter()) {
                parts.insert(packet, Part { place, of, what: super::clean(&what) });
            }
        }
    }
    parts
}
