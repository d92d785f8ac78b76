//! The release of a flow, and what only its end shows.

use super::Flow;
use super::dissection::Dissection;
use crate::observe::emitter::Emitter;
use crate::observe::facts::{Close, Coverage, EndReason, Ended, Evidence, UnreadReason};
use crate::observe::tcp::{Event, State};
use crate::wire::{PerSide, Side};

impl Flow {
    /// The close, as far as it went.
    pub(super) fn close(&self) -> Close {
        let PerSide { client, server } = &self.directions;
        let acked = PerSide { client: client.fin_acked, server: server.fin_acked };
        // A connection that asked for nothing has no API that reports.
        let ws = self.application.states().filter(|_| self.application.is_websocket());
        let ws = ws.map(|states| states.map(|known| known.state));
        let received = PerSide { client: client.acked_bytes(), server: server.acked_bytes() };
        let mut close = self.close.summary(acked, received, ws, self.coverage());
        for end in [Side::Client, Side::Server] {
            // Nothing shows that its last packets came to this end, which may be gone: what it reports is not known.
            if self.unheard_from(end.peer()).is_some() {
                close.reported[end] = None;
            }
        }
        close
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

    /// The end that answers nothing any more, however often it is repeated: nothing shows that what passes reaches it.
    pub(super) fn silent_end(&self) -> Option<Side> {
        [Side::Client, Side::Server].into_iter().find(|side| self.unheard_from(side.peer()).is_some())
    }

    /// The first packet of a side that its silent peer has not answered; `None` if the peer is not silent.
    fn unheard_from(&self, side: Side) -> Option<u64> {
        // A SYN,ACK that nobody acknowledges: there is no connection yet that could fall silent.
        if self.tcp[side].state == State::SynReceived {
            return None;
        }
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
