//! Rules about what was given up for lack of room.

use crate::explain::findings::catalogue::capture::{
    CONNECTIONS_GIVEN_UP, NOT_ALL_KNOWN_AGAIN, WINDOWS_ALONE, WINDOWS_GIVEN_UP,
};
use crate::explain::findings::finding::Finding;
use crate::observe::GivenUp;

/// A rule about what an observer gave up in a whole capture.
type GivenUpRule = fn(&GivenUp) -> Option<Finding>;

pub(in crate::explain::findings) const OF_GIVEN_UP: &[GivenUpRule] = &[given_up];

/// X13.
fn given_up(it: &GivenUp) -> Option<Finding> {
    let packet = it.first_packet?;
    let finding = Finding::of_capture(&CONNECTIONS_GIVEN_UP).with_packet(packet);
    let finding = finding.with("packet", packet);
    if it.connections == 0 {
        let finding = finding.with("windows", it.windows);
        return Some(finding.with_fact(WINDOWS_GIVEN_UP).with_inference(WINDOWS_ALONE));
    }
    let finding = finding.with("connections", it.connections).with("later", it.packets);
    Some(if it.has_unknown { finding.with_fact(NOT_ALL_KNOWN_AGAIN) } else { finding })
}
