//! The release of a flow, and what only its end shows.

use super::Flow;
use super::dissection::Dissection;
use crate::observe::emitter::Emitter;
use crate::observe::facts::{Close, EndReason, Ended, Evidence};
use crate::observe::tcp::{Event, State};
use crate::wire::{PerSide, Side};

/// Repetitions without an answer after which an end is called silent.
const SILENT_AFTER: u32 = 3;

impl Flow {
    /// The close, as far as it went.
    pub(super) fn close(&self) -> Close {
        let PerSide { client, server } = &self.directions;
        let acked = PerSide { client: client.fin_acked, server: server.fin_acked };
        // A connection that asked for nothing has no API that reports.
        let ws = self.application.states().filter(|_| self.application.is_websocket());
        let ws = ws.map(|states| states.map(|known| known.state));
        let received = PerSide { client: client.acked_bytes(), server: server.acked_bytes() };
        self.close.summary(acked, received, ws)
    }

    /// Releases the flow.
    pub(in crate::observe) fn end(mut self, reason: EndReason) -> Ended {
        let last_packet = self.last_packet;
        let mut dissection = Dissection { flow: &mut self, emitter: Emitter::new(None) };
        for side in [Side::Client, Side::Server] {
            if reason == EndReason::Finished {
                dissection.tcp(side, Event::TwoMslPassed, Evidence::Inferred);
            }
            dissection.finish_bytes(side, last_packet);
            let flow = &mut *dissection.flow;
            let is_dialing = flow.tcp[side].state == State::SynSent;
            if let Some((packet, repeats)) = flow.directions[side].unanswered
                && !flow.is_over()
                && (repeats >= SILENT_AFTER || (is_dialing && repeats > 0))
            {
                flow.close.silence(side.peer(), packet);
            }
        }
        dissection.application().finish();
        let Emitter { transitions, facts, .. } = dissection.emitter;
        Ended {
            stream: self.id,
            reason,
            tcp: self.tcp_states(),
            ws: self.application.states(),
            close: self.close(),
            transitions,
            facts,
            packets: self.packets,
            last_packet,
        }
    }
}
