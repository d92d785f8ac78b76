//! A RST (RFC 9293 §3.5.3, §3.10.7).

use super::Flow;
use crate::observe::emitter::Emitter;
use crate::observe::facts::segment::{Flags, Segment};
use crate::observe::tcp::direction::{Half, Placed};
use crate::observe::tcp::{Event, State};
use crate::wire::Side;

impl Flow {
    /// RFC 9293 §3.5.3: a RST ends the connection at both ends.
    pub(super) fn reset(&mut self, segment: &Segment<'_>, from: Side, told: &mut Emitter) {
        let evidence = segment.evidence;
        self.tcp(from, Event::SendRst, evidence, told);
        self.tcp(from.peer(), Event::ReceiveRst, evidence, told);
        for side in [from.peer(), from] {
            // What was acknowledged came before the RST, though the capture may have it behind.
            if !self.halves[side].bytes.is_awaited() {
                self.finish_bytes(side, segment.number, told);
            }
        }
        self.closing.rst(from, segment.number);
        for side in [from, from.peer()] {
            self.dialogue.tcp_ended(side, evidence, told);
        }
    }
}

/// Whether a segment is a RST that its receiver must ignore (RFC 9293 §3.10.7.3, §3.10.7.4): it does not acknowledge
/// the SYN, or lies before what was acknowledged.
pub(super) fn is_void(it: &Placed, receiver: &Half, state: State) -> bool {
    it.flags.has(Flags::RST)
        && match state {
            State::SynSent => it.ack.is_none_or(|ack| ack < 1),
            _ => receiver.last_ack.is_some_and(|ack| it.seq < ack),
        }
}
