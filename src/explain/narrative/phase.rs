//! Phases of a connection.

use super::protocol::Protocol;
use crate::explain::text::Label;
use crate::observe::{Fact, Flags, Marks, Observation};
use crate::wire::ws::{Opcode, ReadyState};

/// A stage of a connection's course, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::explain) enum Phase {
    Open,
    Upgrade,
    Data,
    Messages,
    WebSocketClose,
    TcpClose,
}

impl Phase {
    /// Its name in JSON.
    pub(in crate::explain) const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Upgrade => "upgrade",
            Self::Data => "data",
            Self::Messages => "messages",
            Self::WebSocketClose => "websocket-close",
            Self::TcpClose => "tcp-close",
        }
    }

    /// Its title.
    pub(in crate::explain) const fn label(self) -> Label {
        match self {
            Self::Open => Label::PhaseOpen,
            Self::Upgrade => Label::PhaseUpgrade,
            Self::Data => Label::PhaseData,
            Self::Messages => Label::PhaseMessages,
            Self::WebSocketClose => Label::PhaseWsClose,
            Self::TcpClose => Label::PhaseTcpClose,
        }
    }

    /// The phase that a packet is in; `None` as long as nothing shows it. One never goes back, but from data that turn
    /// out to be followed by an Upgrade.
    pub(in crate::explain) fn of(
        step: &Observation,
        before: Option<Self>,
        protocol: Protocol,
    ) -> Option<Self> {
        if step.marks.has(Marks::COPY) {
            return before;
        }
        let is_websocket = protocol == Protocol::WebSocket;
        // Not one that its receiver ignores: without ACK (RFC 9293 §3.10.7.4, "fifth"), or out of the window.
        let ends = step.flags.has(Flags::FIN | Flags::ACK) || step.flags.has(Flags::RST);
        let ends = ends && !step.marks.has_no_effect();
        let is_head = |fact: &Fact| matches!(fact, Fact::Request(_) | Fact::Response(_));
        let frames = step.facts.iter().filter_map(|fact| match fact {
            Fact::Frame(frame) if frame.header.opcode() == Opcode::CLOSE => Some(Self::WebSocketClose),
            Fact::Frame(_) => Some(Self::Messages),
            _ => None,
        });
        let shown = match frames.max() {
            _ if ends => Some(Self::TcpClose),
            // A 101 may have the first frames in its segment.
            _ if is_websocket && step.ws.is_some() && step.facts.iter().any(is_head) => Some(Self::Upgrade),
            Some(shown) => Some(shown),
            None if step.flags.has(Flags::SYN) => Some(Self::Open),
            None => None,
        };
        let supposed = match before {
            _ if step.length == 0 => before,
            _ if !is_websocket || step.ws.is_none() => Some(Self::Data),
            // The first segments of a frame that ends in a later one.
            _ if step.ws.is_some_and(|ws| ws[step.from].state == ReadyState::Open) => Some(Self::Messages),
            None | Some(Self::Open) => Some(Self::Upgrade),
            Some(_) => before,
        };
        match shown {
            Some(_) if before == Some(Self::Data) => shown,
            Some(_) => shown.max(before),
            None => supposed.max(before),
        }
    }
}
