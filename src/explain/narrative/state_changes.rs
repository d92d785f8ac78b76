//! Which states stand on the paper already: one is printed only when it changes.

use crate::explain::narrative::protocol::Protocol;
use crate::observe::{Evidence, Known, Observation, tcp};
use crate::wire::ws::ReadyState;
use crate::wire::{PerSide, Side};

/// What states stand on the paper already.
#[derive(Debug, Default)]
pub(in crate::explain) struct StateChanges {
    pub(in crate::explain) tcp: PerSide<Option<Known<tcp::State>>>,
    ws: PerSide<Option<Known<ReadyState>>>,
    /// What is spoken: of a connection that is no WebSocket, no WebSocket state is shown.
    pub(in crate::explain) protocol: Protocol,
}

impl StateChanges {
    pub(in crate::explain) fn new(
        before: PerSide<tcp::State>,
        evidence: Evidence,
        protocol: Protocol,
    ) -> Self {
        Self { tcp: before.map(|state| Some(Known { state, evidence })), ws: PerSide::default(), protocol }
    }

    /// The states of an end that are new, to be shown.
    pub(in crate::explain) fn news(&mut self, side: Side, step: &Observation) -> Vec<String> {
        let mut news = Vec::new();
        if self.tcp[side].map(|known| known.state) != Some(step.tcp[side].state) {
            self.tcp[side] = Some(step.tcp[side]);
            news.push(named(step.tcp[side].state.name(), step.tcp[side].evidence));
        }
        let Some(ws) = step.ws.map(|ends| ends[side]).filter(|_| self.protocol == Protocol::WebSocket) else {
            return news;
        };
        // That a connection will be a WebSocket is only supposed until it asks for it.
        let supposed = ws.state == ReadyState::Connecting && ws.evidence == Evidence::Inferred;
        if !supposed && self.ws[side].map(|known| known.state) != Some(ws.state) {
            self.ws[side] = Some(ws);
            news.push(named(&format!("ws {}", ws.state), ws.evidence));
        }
        news
    }
}

/// A state with the mark of how it is known: `?` inferred, `*` by a packet that was rebuilt.
pub(in crate::explain) fn named(state: &str, evidence: Evidence) -> String {
    let mark = match evidence {
        Evidence::Captured => "",
        Evidence::Rebuilt => "*",
        Evidence::Inferred => "?",
    };
    format!("{state}{mark}")
}
