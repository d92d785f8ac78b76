//! Braces that tie rows together, in two columns on the left: one thing over several packets, several things in one.

use crate::explain::narrative::pdu_segment::PduSegment;

/// The braces of a connection, drawn packet after packet.
#[derive(Debug, Default)]
pub(super) struct Braces {
    /// The last packet of the brace that is open.
    until: u64,
}

/// The braces of one packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Brace {
    /// Beside its first row, and beside the rows below.
    over_packets: (char, char),
    labels: usize,
}

impl Braces {
    /// The braces of the next packet, which carries these parts and has so many labels.
    pub(super) fn of(&mut self, packet: u64, parts: &[PduSegment], labels: usize) -> Brace {
        let was_open = packet <= self.until;
        self.until = parts.iter().map(|part| part.last).fold(self.until, u64::max);
        let is_open = packet < self.until;
        let first = match (parts.is_empty(), was_open, is_open) {
            (false, false, _) => '╭',
            (false, true, false) => '╰',
            (false, true, true) => '├',
            (true, _, true) => '│',
            (true, ..) => ' ',
        };
        Brace { over_packets: (first, if is_open { '│' } else { ' ' }), labels }
    }
}

impl Brace {
    /// No brace.
    pub(super) const NONE: Self = Self { over_packets: (' ', ' '), labels: 0 };

    /// The braces beside a row of the packet.
    pub(super) fn at(self, row: usize) -> String {
        let over_packets = if row == 0 { self.over_packets.0 } else { self.over_packets.1 };
        let in_packet = match row {
            _ if self.labels < 2 || row >= self.labels => ' ',
            0 => '┌',
            row if row + 1 == self.labels => '└',
            _ => '├',
        };
        format!("{over_packets}{in_packet}")
    }

    /// The braces beside what stands below the packet.
    pub(super) fn below(self) -> String {
        format!("{} ", self.over_packets.1)
    }
}
