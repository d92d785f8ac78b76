//! The release of a flow, and what only its end shows.

use super::Flow;
use super::dissection::Dissection;
use crate::observe::emitter::Emitter;
use crate::observe::facts::{Close, EndReason, Ended, Evidence};
use crate::observe::tcp::{Event, State};
use crate::wire::{PerSide, Side};

impl Flow {
    /// The close, as far as it went.
    pub(super) fn close(&self) -> Close {
        let PerSide { client, server } = &self.directions;
        let acked = PerSide { client: client.fin_acked, server: server.fin_acked };
        let ws = self.application.states().map(|states| states.map(|known| known.state));
        let mut close = self.close.summary(acked, ws);
        for end in [Side::Client, Side::Server] {
            // Nothing shows that its last packets came to this end, which may be gone: what it reports is not known.
            if self.unheard_from(end.peer()).is_some() {
                close.reported[end] = None;
            }
        }
        close
    }

    /// The first packet of a side that its silent peer has not answered; `None` if the peer is not silent.
    fn unheard_from(&self, side: Side) -> Option<u64> {
        let is_dialing = self.tcp[side].state == State::SynSent;
        let unanswered = self.directions[side].unanswered.filter(|it| it.shows_silence(is_dialing))?;
        Some(unanswered.packet)
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
            if let Some(packet) = flow.unheard_from(side)
                && !flow.is_over()
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
