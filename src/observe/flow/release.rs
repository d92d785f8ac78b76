//! The end of a flow: what only the end could tell.

use super::Flow;
use crate::observe::emitter::Emitter;
use crate::observe::facts::close::Close;
use crate::observe::facts::observation::{EndReason, Ended, Known};
use crate::observe::facts::segment::Evidence;
use crate::observe::tcp::{Event, Machine, State};
use crate::wire::PerSide;
use crate::wire::Side;

/// After so many repetitions without an answer an end is called silent.
const SILENT_AFTER: u32 = 3;

impl Flow {
    /// How it closed, as far as it did.
    pub(super) fn close(&self) -> Close {
        let acked = PerSide { client: self.halves.client.fin_acked, server: self.halves.server.fin_acked };
        let ws = self.dialogue.states().map(|states| states.map(|known| known.state));
        self.closing.summary(acked, ws)
    }

    /// Releases the flow.
    pub(in crate::observe) fn end(mut self, reason: EndReason) -> Ended {
        let mut told = Emitter::by(None);
        for side in [Side::Client, Side::Server] {
            if reason == EndReason::Finished {
                self.tcp(side, Event::TwoMslPassed, Evidence::Inferred, &mut told);
            }
            self.finish_bytes(side, self.last_packet, &mut told);
            let dials = self.tcp[side].state == State::SynSent;
            if let Some((packet, repeats)) = self.halves[side].unanswered()
                && !self.is_over()
                && (repeats >= SILENT_AFTER || (dials && repeats > 0))
            {
                self.closing.silence(side.peer(), packet);
            }
        }
        self.dialogue.finish(&mut told);
        let known = |machine: Machine| Known { state: machine.state, evidence: machine.evidence };
        Ended {
            stream: self.id,
            reason,
            tcp: self.tcp.map(known),
            ws: self.dialogue.states(),
            close: self.close(),
            transitions: told.transitions,
            facts: told.facts,
            packets: self.packets,
            last_packet: self.last_packet,
        }
    }
}
