//! State changes of both ends: a state is shown only when it differs from the one that was shown last.

use std::fmt;

use crate::explain::narrative::protocol::Protocol;
use crate::observe::{Evidence, Known, Observation, tcp};
use crate::wire::ws::ReadyState;
use crate::wire::{PerSide, Side};

/// A state of one end. Printed with the mark of its evidence: `?` inferred, `*` by a packet that was rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum EndState {
    Tcp(Known<tcp::State>),
    WebSocket(Known<ReadyState>),
}

impl EndState {
    pub(in crate::explain) const fn evidence(self) -> Evidence {
        match self {
            Self::Tcp(known) => known.evidence,
            Self::WebSocket(known) => known.evidence,
        }
    }
}

impl fmt::Display for EndState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(known) => f.write_str(known.state.name())?,
            Self::WebSocket(known) => write!(f, "ws {}", known.state)?,
        }
        f.write_str(match self.evidence() {
            Evidence::Captured => "",
            Evidence::Rebuilt => "*",
            Evidence::Inferred => "?",
        })
    }
}

/// The states that were shown last. Of [`Default`] none: all states of the first packet are shown.
#[derive(Debug, Default)]
pub(in crate::explain) struct StateChanges {
    pub(in crate::explain) tcp: PerSide<Option<Known<tcp::State>>>,
    pub(in crate::explain) ws: PerSide<Option<Known<ReadyState>>>,
    /// A connection that is no WebSocket shows no WebSocket state.
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

    /// Client and server were taken for each other.
    pub(in crate::explain) const fn swap_roles(&mut self) {
        self.tcp.swap();
        self.ws.swap();
    }

    /// The states of an end that a packet changed; from now on they are shown.
    pub(in crate::explain) fn update(&mut self, side: Side, step: &Observation) -> Vec<EndState> {
        let mut changes = Vec::new();
        if is_news(self.tcp[side], step.tcp[side]) {
            self.tcp[side] = Some(step.tcp[side]);
            changes.push(EndState::Tcp(step.tcp[side]));
        }
        let Some(ws) = step.ws.map(|ends| ends[side]).filter(|_| self.protocol == Protocol::WebSocket) else {
            return changes;
        };
        // Before the request a WebSocket is only supposed.
        let is_supposed = ws.state == ReadyState::Connecting && ws.evidence == Evidence::Inferred;
        if !is_supposed && is_news(self.ws[side], ws) {
            self.ws[side] = Some(ws);
            changes.push(EndState::WebSocket(ws));
        }
        changes
    }
}

/// Returns `true` if a state is another than the one shown last, or was only inferred then and a packet shows it now.
fn is_news<S: Copy + PartialEq>(shown: Option<Known<S>>, now: Known<S>) -> bool {
    let is_confirmed =
        |shown: &Known<S>| shown.evidence == Evidence::Inferred && now.evidence != Evidence::Inferred;
    shown.is_none_or(|shown| shown.state != now.state || is_confirmed(&shown))
}
