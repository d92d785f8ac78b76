//! How serious a mark of a packet is: much of what is worth a word is normal.

use crate::explain::findings::Severity;
use crate::observe::Marks;

/// Marks of packets as healthy connections have them: no label warns of these.
const NORMAL: [Marks; 4] = [Marks::KEEP_ALIVE, Marks::KEEP_ALIVE_ACK, Marks::WINDOW_UPDATE, Marks::COPY];

/// Severity of one mark.
pub(in crate::explain) fn mark_severity(mark: Marks) -> Severity {
    if NORMAL.contains(&mark) { Severity::Info } else { Severity::Warning }
}
