//! The events that change the WebSocket state of one end (RFC 6455 §4 and §7), and the names of the states.

use super::spelled;
use crate::wire::ws::ReadyState;

spelled! {
    /// An event at one end.
    Event {
        /// The client's request for an Upgrade leaves.
        SendRequest = "send upgrade request",
        /// The client's request for an Upgrade comes.
        ReceiveRequest = "receive upgrade request",
        /// The server's 101 leaves.
        Send101 = "send 101",
        /// A valid 101 comes.
        Receive101 = "receive 101",
        /// A 101 comes that the client must not take (RFC 6455 §4.1).
        ReceiveWrong101 = "receive 101 that is not valid",
        /// An answer other than 101 leaves.
        SendRefusal = "send refusal",
        /// An answer other than 101 comes.
        ReceiveRefusal = "receive refusal",
        /// A frame leaves.
        SendFrame = "send frame",
        /// A Close frame leaves.
        SendClose = "send Close",
        /// A Close frame comes.
        ReceiveClose = "receive Close",
        /// TCP has ended for this end.
        TcpEnded = "TCP ended",
        /// An event that was not captured, but is implied by one that was.
        NotCaptured = "not captured, implied by what follows",
    }
}

/// The state, as RFC 6455 and the browsers spell it.
#[must_use]
pub const fn name(state: ReadyState) -> &'static str {
    match state {
        ReadyState::Connecting => "CONNECTING",
        ReadyState::Open => "OPEN",
        ReadyState::Closing => "CLOSING",
        ReadyState::Closed => "CLOSED",
    }
}
