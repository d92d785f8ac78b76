//! Closes by servers, to be compared between connections.

use std::net::SocketAddr;

use super::connection_memory::ConnectionMemory;
use super::packet_ref::PacketRef;
use crate::observe::{Close, Layer};
use crate::wire::Side::Server;
use crate::wire::ws::CloseCode;

/// A second in nanoseconds.
const SECOND: u64 = 1_000_000_000;

/// A server's way of closing a WebSocket, other than by a Close frame that gives a reason of the application.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct ServerClose {
    pub(in crate::explain::findings) server: SocketAddr,
    pub(in crate::explain::findings) at: PacketRef,
    /// Time since the first packet of the connection, in nanoseconds.
    pub(in crate::explain::findings) age: u64,
    /// Time without payload before it, in nanoseconds.
    pub(in crate::explain::findings) silence: u64,
    /// The longest time without payload after which the connection went on, in nanoseconds.
    pub(in crate::explain::findings) longest_silence: u64,
}

impl ServerClose {
    /// The close of a connection; `None` if its server did not close it first, or closed it by a Close frame with another
    /// code than 1001 or 1012.
    pub(in crate::explain::findings) fn of(connection: &ConnectionMemory, close: &Close) -> Option<Self> {
        let first =
            close.known_first().filter(|first| first.side == Server && first.layer != Layer::Silence)?;
        let at = match first.layer {
            Layer::WebSocket => connection.senders.server.close.map(|close| close.at)?,
            Layer::Fin => connection.ends.server.fin?.0,
            _ => connection.ends.server.rst?.0,
        };
        let goes_away = |code: CloseCode| matches!(code, CloseCode::GOING_AWAY | CloseCode::SERVICE_RESTART);
        let by_frame = close.frames.server.as_ref().and_then(|seen| seen.code);
        let is_meant = first.layer == Layer::WebSocket && !by_frame.is_some_and(goes_away);
        let payloads = [connection.ends.client.last_payload, connection.ends.server.last_payload];
        let earlier = payloads.into_iter().flatten().filter(|last| last.packet < at.packet);
        let silence = earlier.max_by_key(|last| last.time_ns).map_or(0, |last| at.since(last));
        (connection.has_opened.server && !is_meant).then(|| Self {
            server: connection.about.ends.server,
            at,
            age: at.since(connection.first),
            silence,
            longest_silence: connection.longest_silence,
        })
    }

    /// Returns `true` if the same server closed another connection within a second.
    pub(in crate::explain::findings) fn is_together_with(&self, other: &Self) -> bool {
        self.server == other.server && self.at.time_ns.abs_diff(other.at.time_ns) <= SECOND
    }

    /// Returns `true` if the connection survived a longer silence than the last, so that an idle timeout did not close
    /// it.
    pub(in crate::explain::findings) const fn is_not_idle(&self) -> bool {
        self.longest_silence > self.silence + SECOND / 2
    }
}
