//! RST (RFC 9293 §3.5.3, §3.10.7).

use super::dissection::{Dissection, Packet};
use crate::observe::facts::Flags;
use crate::observe::tcp::direction::{Direction, RelativeSegment};
use crate::observe::tcp::{Event, State};

impl Dissection<'_> {
    /// Ends the connection at both ends (RFC 9293 §3.5.3).
    pub(super) fn reset(&mut self, packet: &Packet<'_>) {
        let (from, number, evidence) = (packet.from, packet.segment.number, packet.segment.evidence);
        self.tcp(from, Event::SendRst, evidence);
        self.tcp(from.peer(), Event::ReceiveRst, evidence);
        for side in [from.peer(), from] {
            // Acknowledged bytes came before the RST, though the capture may have them behind it.
            if !self.flow.directions[side].bytes.is_missing_acked_bytes() {
                self.finish_bytes(side, number);
            }
        }
        let acked = self.flow.directions[from].acked_bytes();
        self.flow.close.rst(from, number, acked);
        for side in [from, from.peer()] {
            self.application().tcp_ended(side, evidence);
        }
    }
}

/// Returns `true` if a segment is a RST that its receiver must ignore (RFC 9293 §3.10.7.3, §3.10.7.4): it does not
/// acknowledge the SYN, or lies before what was acknowledged.
pub(super) fn is_ignored(segment: &RelativeSegment, receiver: &Direction, state: State) -> bool {
    segment.flags.has(Flags::RST)
        && match state {
            State::SynSent => segment.ack.is_none_or(|ack| ack < 1),
            _ => receiver.last_ack.is_some_and(|ack| segment.seq < ack),
        }
}
