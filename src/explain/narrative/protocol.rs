//! The protocol spoken on a connection.

use crate::observe::{Fact, Observation, RequestKind};

/// The protocol spoken on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::explain) enum Protocol {
    /// Nothing shows that it is, or becomes, a WebSocket.
    #[default]
    Other,
    WebSocket,
}

impl Protocol {
    /// The protocol that a packet shows.
    pub(in crate::explain) fn of(step: &Observation) -> Self {
        let shows = |fact: &Fact| match fact {
            Fact::Request(request) => request.kind != RequestKind::Http,
            Fact::Response(response) => response.upgrade.is_some(),
            Fact::Frame(_) => true,
            _ => false,
        };
        if step.facts.iter().any(shows) { Self::WebSocket } else { Self::Other }
    }

    pub(in crate::explain) const fn or(self, other: Self) -> Self {
        match self {
            Self::WebSocket => self,
            Self::Other => other,
        }
    }
}
