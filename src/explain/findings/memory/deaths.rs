//! How the last connections ended, to be compared.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::connection_memory::{ConnectionMemory, PacketRef};
use crate::observe::{Close, Layer};
use crate::wire::Side::Server;
use crate::wire::ws::CloseCode;

/// A second in nanoseconds.
const SECOND: u64 = 1_000_000_000;

/// How a connection ended, to be compared with others.
#[derive(Debug, Clone, Copy)]
pub(in crate::explain::findings) struct Death {
    pub(in crate::explain::findings) server: SocketAddr,
    pub(in crate::explain::findings) at: PacketRef,
    pub(in crate::explain::findings) age: u64,
    pub(in crate::explain::findings) silence: u64,
    /// The longest silence that it lived through.
    pub(in crate::explain::findings) survived: u64,
}

impl Death {
    /// Whether a longer silence than the last did not end it.
    pub(in crate::explain::findings) const fn is_not_idle(&self) -> bool {
        self.survived > self.silence + SECOND / 2
    }
}

/// How many deaths are remembered.
const MOST_DEATHS: usize = 64;

/// Remembers how a connection ended that its server ended.
pub(in crate::explain::findings) fn note(
    deaths: &mut VecDeque<Death>,
    connection: &ConnectionMemory,
    close: &Close,
) {
    if let Some(death) = death(connection, close) {
        if deaths.len() == MOST_DEATHS {
            deaths.pop_front();
        }
        deaths.push_back(death);
    }
}

/// How a connection ended, if its server ended it, and not with a Close frame of its own accord.
pub(in crate::explain::findings) fn death(connection: &ConnectionMemory, close: &Close) -> Option<Death> {
    let first = close.first.filter(|first| first.side == Server && first.layer != Layer::Silence)?;
    let at = match first.layer {
        Layer::WebSocket => connection.senders.server.close.map(|close| close.at)?,
        Layer::Fin => connection.ends.server.fin?.0,
        _ => connection.ends.server.rst?.0,
    };
    let goes_away = |code: CloseCode| matches!(code, CloseCode::GOING_AWAY | CloseCode::SERVICE_RESTART);
    let by_frame = close.frames.server.as_ref().and_then(|seen| seen.code);
    let is_meant = first.layer == Layer::WebSocket && !by_frame.is_some_and(goes_away);
    let before = [connection.ends.client.last_payload, connection.ends.server.last_payload];
    let last =
        before.into_iter().flatten().filter(|last| last.packet < at.packet).max_by_key(|last| last.time_ns);
    let silence = last.map_or(0, |last| at.since(last));
    let server = connection.about.ends.server;
    let death = Death { server, at, age: at.since(connection.first), silence, survived: connection.survived };
    (connection.has_opened.server && !is_meant).then_some(death)
}
