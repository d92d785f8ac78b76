//! The tables of the WebSocket machine: what changes a state, what a state implies, and what leaves it alone.
//!
//! Every pair of a state and an event stands in exactly one of the three; a test counts them.

use super::Rule;
use crate::observe::facts::ws::Event as E;
use crate::rfc::Rfc;
use crate::wire::ws::ReadyState as S;

const fn rule(from: S, event: E, to: S, section: &'static str) -> Rule {
    Rule { from, event, to, rfc: Rfc(6455, section) }
}

/// Events that change a state. A pair that does not stand here or in [`IMPLIED`] stands in [`STAYS`].
pub const TRANSITIONS: &[Rule] = {
    &[
        rule(S::Connecting, E::Send101, S::Open, "4.2.2"),
        rule(S::Connecting, E::Receive101, S::Open, "4.1"),
        rule(S::Connecting, E::SendRefusal, S::Closed, "4.2.2"),
        rule(S::Connecting, E::ReceiveRefusal, S::Closed, "4.1"),
        rule(S::Connecting, E::TcpEnded, S::Closed, "7.1.4"),
        rule(S::Open, E::SendClose, S::Closing, "7.1.3"),
        rule(S::Open, E::ReceiveClose, S::Closing, "7.1.3"),
        rule(S::Open, E::TcpEnded, S::Closed, "7.1.4"),
        rule(S::Closing, E::TcpEnded, S::Closed, "7.1.4"),
        // Refused, and tried again on the same TCP connection.
        rule(S::Closed, E::SendRequest, S::Connecting, "4.1"),
        rule(S::Closed, E::ReceiveRequest, S::Connecting, "4.2.1"),
    ]
};

/// An end that sends frames takes the connection for open, whatever was seen of its opening.
pub const IMPLIED: &[Rule] = {
    &[rule(S::Connecting, E::SendFrame, S::Open, "4.1"), rule(S::Connecting, E::SendClose, S::Open, "4.1")]
};

/// Events that leave a state as it is.
pub const STAYS: &[(S, &[E])] = {
    &[
        // After a 101 that is not valid the client must fail the connection; TCP's end is what shows it.
        (S::Connecting, &[E::SendRequest, E::ReceiveRequest, E::ReceiveWrong101, E::ReceiveClose]),
        (
            S::Open,
            &[
                E::SendRequest,
                E::ReceiveRequest,
                E::Send101,
                E::Receive101,
                E::ReceiveWrong101,
                E::SendRefusal,
                E::ReceiveRefusal,
                E::SendFrame,
            ],
        ),
        (
            S::Closing,
            &[
                E::SendRequest,
                E::ReceiveRequest,
                E::Send101,
                E::Receive101,
                E::ReceiveWrong101,
                E::SendRefusal,
                E::ReceiveRefusal,
                E::SendFrame,
                E::SendClose,
                E::ReceiveClose,
            ],
        ),
        (
            S::Closed,
            &[
                E::Send101,
                E::Receive101,
                E::ReceiveWrong101,
                E::SendRefusal,
                E::ReceiveRefusal,
                E::SendFrame,
                E::SendClose,
                E::ReceiveClose,
                E::TcpEnded,
            ],
        ),
    ]
};
