//! Rules about packets in which TCP may be, though none was read.

use super::Severity;
use crate::capture::{Anomaly, Note};
use crate::explain::findings::catalogue::capture::{
    CUT_IN_HEADERS, CUT_IN_HEADERS_CONFIRM, ENCAPSULATED, ENCRYPTED_CONFIRM, ENCRYPTED_PACKETS, FRAGMENTS,
    FRAGMENTS_CONFIRM, IN_TUNNELS, OTHERS_UNREAD, PACKETS_NOT_READ, WITH_BAD_HEADER,
};
use crate::explain::findings::catalogue::opening::CAPTURE_WITHOUT_TCP;
use crate::explain::findings::finding::Finding;
use crate::explain::findings::memory::capture_memory::CaptureMemory;

/// X11 for each reason, and H18 if there is none: only where all packets were read, no TCP means no connection.
pub(in crate::explain::findings) fn of_capture(capture: &CaptureMemory) -> Vec<Finding> {
    let is_empty = capture.connections == 0;
    let severity = if is_empty { Severity::Warning } else { Severity::Info };
    let mut found: Vec<_> =
        capture.unread.notes().map(|note| packets_not_read(&note).with_severity(severity)).collect();
    if is_empty && found.is_empty() {
        found.push(Finding::of_capture(&CAPTURE_WITHOUT_TCP));
    }
    found
}

/// X11.
fn packets_not_read(note: &Note) -> Finding {
    let finding = Finding::new(&PACKETS_NOT_READ, note.first).with("packets", note.count);
    let finding = finding.with("first", note.first);
    match note.anomaly {
        Anomaly::UnknownLink(link) => finding.with("what", link.to_string().as_str()),
        Anomaly::Encapsulated(protocol) if protocol.is_encrypted() => {
            finding.with_fact(ENCRYPTED_PACKETS).with_confirm(ENCRYPTED_CONFIRM).with("what", protocol.name())
        }
        Anomaly::Encapsulated(protocol) => finding.with_fact(ENCAPSULATED).with("what", protocol.name()),
        Anomaly::TooDeep => finding.with_fact(IN_TUNNELS),
        Anomaly::Fragment => finding.with_fact(FRAGMENTS).with_confirm(FRAGMENTS_CONFIRM),
        Anomaly::CutInHeader => finding.with_fact(CUT_IN_HEADERS).with_confirm(CUT_IN_HEADERS_CONFIRM),
        Anomaly::BadHeader(header) => finding.with_fact(WITH_BAD_HEADER).with("what", header),
        _ => finding.with_fact(OTHERS_UNREAD),
    }
}
