//! The release of a flow, and what only its end shows.

use super::Flow;
use super::dissection::Dissection;
use crate::observe::emitter::Emitter;
use crate::observe::facts::{Close, Coverage, EndReason, Ended, Evidence, UnreadReason};
use crate::observe::tcp::{Event, State};
use crate::wire::{PerSide, Side};

/// Repetitions without an answer after which an end is called silent.
const SILENT_AFTER: u32 = 3;

impl Flow {
    /// The close, as far as it went.
    pub(super) fn close(&self) -> Close {
        let PerSide { client, server } = &self.directions;
        let acked = PerSide { client: client.fin_acked, server: server.fin_acked };
        let ws = self.application.states().map(|states| states.map(|known| known.state));
        self.close.summary(acked, ws, self.coverage())
    }

    /// What each side's bytes were read as, so far.
    fn coverage(&self) -> PerSide<Coverage> {
        let mut coverage = self.application.coverage();
        for side in [Side::Client, Side::Server] {
            let (own, peer) = (&self.directions[side], &self.directions[side.peer()]);
            let coverage = &mut coverage[side];
            if own.bytes.is_incomplete(own.fin) {
                coverage.leave_open(UnreadReason::Gap);
            }
            if own.is_unseen() && peer.last_ack.is_some() {
                coverage.has_none(UnreadReason::OneDirection);
            } else if own.syn.is_none() && peer.syn.is_none() {
                coverage.begin(UnreadReason::BeforeCapture);
            }
        }
        coverage
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
        let mut close = self.close();
        let open = match reason {
            EndReason::CaptureEnded => Some(UnreadReason::AfterCapture),
            EndReason::Evicted => Some(UnreadReason::GivenUp),
            EndReason::Finished | EndReason::PortsReused | EndReason::Concluded => None,
        };
        if let Some(open) = open.filter(|_| !self.application.is_silent() && close.rst.is_none()) {
            for side in [Side::Client, Side::Server] {
                if close.fins[side].is_none() {
                    close.coverage[side].leave_open(open);
                }
            }
        }
        Ended {
            stream: self.id,
            reason,
            tcp: self.tcp_states(),
            ws: self.application.states(),
            close,
            transitions,
            facts,
            packets: self.packets,
            last_packet,
        }
    }
}
