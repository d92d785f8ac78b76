//! Ends of connections after a silence, to be compared between connections.

use std::net::SocketAddr;

use super::connection_memory::ConnectionMemory;
use super::packet_ref::PacketRef;
use crate::observe::{Close, Layer};
use crate::wire::Side::{self, Client, Server};
use crate::wire::ws::CloseCode;

/// A second in nanoseconds.
const SECOND: u64 = 1_000_000_000;

/// Shortest silence that may be an idle timeout, in nanoseconds.
pub(in crate::explain::findings) const SHORTEST_SILENCE: u64 = 5 * SECOND;

/// The end of a connection, and the silence before it.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct SilentEnd {
    pub(in crate::explain::findings) server: SocketAddr,
    /// The side that ended it.
    pub(in crate::explain::findings) side: Side,
    pub(in crate::explain::findings) layer: Layer,
    pub(in crate::explain::findings) end: PacketRef,
    /// The last packet with payload before the end.
    pub(in crate::explain::findings) since: PacketRef,
    /// Time between the two, in nanoseconds.
    pub(in crate::explain::findings) silence: u64,
}

/// Codes with which an application ends a WebSocket on purpose, and those that name a fault of the peer (RFC 6455 §7.4.1).
const WITH_A_REASON: &[CloseCode] = &[
    CloseCode::NORMAL,
    CloseCode::GOING_AWAY,
    CloseCode::NO_STATUS,
    CloseCode::PROTOCOL_ERROR,
    CloseCode::UNSUPPORTED,
    CloseCode::INVALID_DATA,
    CloseCode::TOO_BIG,
    CloseCode::MANDATORY_EXTENSION,
];

impl SilentEnd {
    /// The end of a connection after a silence of both sides; `None` if it came in the midst of payload, or with a reason
    /// of its own.
    pub(in crate::explain::findings) fn of(connection: &ConnectionMemory, close: &Close) -> Option<Self> {
        let first = close.first?;
        let since = match first.layer {
            Layer::WebSocket => connection.senders[first.side].close?.payload_before?,
            _ => connection.last_payload()?,
        };
        Self::since(connection, close, since)
    }

    /// The same after a silence since this packet.
    pub(in crate::explain::findings) fn since(
        connection: &ConnectionMemory,
        close: &Close,
        since: PacketRef,
    ) -> Option<Self> {
        let first = close.first?;
        let of_side = &connection.ends[first.side];
        let end = match first.layer {
            Layer::WebSocket => connection.senders[first.side].close?.at,
            Layer::Fin => of_side.fin?.0,
            Layer::Rst => of_side.rst?.0,
            Layer::Silence => return None,
        };
        let code = close.frames[first.side].as_ref().and_then(|seen| seen.code);
        let is_wordless = match first.layer {
            Layer::WebSocket => code.is_some_and(|code| !WITH_A_REASON.contains(&code)),
            _ => close.frames.client.is_none() && close.frames.server.is_none(),
        };
        let has_opened = connection.has_opened.client && connection.has_opened.server;
        let knows_all = [Client, Server].into_iter().all(|side| connection.reads_all(side));
        let silence = end.since(since);
        (has_opened && knows_all && is_wordless && silence >= SHORTEST_SILENCE).then_some(Self {
            server: connection.about.ends.server,
            side: first.side,
            layer: first.layer,
            end,
            since,
            silence,
        })
    }

    /// Returns `true` if another connection to the same server ended after the same silence (± 2 %), at another time: what
    /// ends many connections at once ends them after one silence, too.
    pub(in crate::explain::findings) fn is_alike(&self, other: &Self) -> bool {
        self.server == other.server
            && self.silence.abs_diff(other.silence) <= self.silence / 50
            && self.end.time_ns.abs_diff(other.end.time_ns) > SECOND / 2
    }
}
