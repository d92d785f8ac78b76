//! Which states stand on the paper already: one is printed only when it changes.

use crate::explain::narrative::protocol::Talk;
use crate::observe::{Evidence, Known, Observation, tcp};
use crate::wire::ws::ReadyState;
use crate::wire::{PerSide, Side};

/// What states stand on the paper already.
#[derive(Debug, Default)]
pub(in crate::explain) struct Shown {
    pub(in crate::explain) tcp: PerSide<Option<Known<tcp::State>>>,
    ws: PerSide<Option<Known<ReadyState>>>,
    /// What is spoken: of a connection that is no WebSocket, no WebSocket state is shown.
    pub(in crate::explain) talk: Talk,
}

impl Shown {
    pub(in crate::explain) fn new(before: PerSide<tcp::State>, evidence: Evidence, talk: Talk) -> Self {
        Self { tcp: before.map(|state| Some(Known { state, evidence })), ws: PerSide::default(), talk }
    }

    /// Client and server were taken for each other.
    pub(in crate::explain) fn swap_ends(&mut self) {
        std::mem::swap(&mut self.tcp.client, &mut self.tcp.server);
        std::mem::swap(&mut self.ws.client, &mut self.ws.server);
    }

    /// The states of an end that are new, in words.
    pub(in crate::explain) fn news(&mut self, side: Side, step: &Observation) -> Vec<String> {
        self.changes(side, step).into_iter().map(NewState::text).collect()
    }

    /// The states of an end that are new, to be shown.
    pub(in crate::explain) fn changes(&mut self, side: Side, step: &Observation) -> Vec<NewState> {
        let mut news = Vec::new();
        if self.tcp[side].map(|known| known.state) != Some(step.tcp[side].state) {
            self.tcp[side] = Some(step.tcp[side]);
            news.push(NewState::Tcp(step.tcp[side]));
        }
        let Some(ws) = step.ws.map(|ends| ends[side]).filter(|_| self.talk == Talk::WebSocket) else {
            return news;
        };
        // That a connection will be a WebSocket is only supposed until it asks for it.
        let supposed = ws.state == ReadyState::Connecting && ws.evidence == Evidence::Inferred;
        if !supposed && self.ws[side].map(|known| known.state) != Some(ws.state) {
            self.ws[side] = Some(ws);
            news.push(NewState::WebSocket(ws));
        }
        news
    }
}

/// A state that an end has entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum NewState {
    Tcp(Known<tcp::State>),
    WebSocket(Known<ReadyState>),
}

impl NewState {
    /// `ESTABLISHED`, `ws OPEN`, with the mark of how it is known.
    pub(in crate::explain) fn text(self) -> String {
        match self {
            Self::Tcp(Known { state, evidence }) => named(state.name(), evidence),
            Self::WebSocket(Known { state, evidence }) => named(&format!("ws {state}"), evidence),
        }
    }

    pub(in crate::explain) const fn evidence(self) -> Evidence {
        match self {
            Self::Tcp(known) => known.evidence,
            Self::WebSocket(known) => known.evidence,
        }
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
