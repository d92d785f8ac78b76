//! Memory of the capture as a whole.

use std::collections::VecDeque;

use super::challenge::{AcceptedUpgrade, Challenge};
use super::connection_memory::ConnectionMemory;
use super::opening::is_switch;
use super::packet_ref::PacketRef;
use super::server_close::ServerClose;
use super::silent_end::SilentEnd;
use super::unread_packets::UnreadPackets;
use crate::observe::{Close, Response, Stream};

/// Memory of the capture as a whole: what rules compare connections by.
#[derive(Debug, Default)]
pub(in crate::explain::findings) struct CaptureMemory {
    /// Time of its last packet, in nanoseconds.
    pub(in crate::explain::findings) last_ns: u64,
    pub(in crate::explain::findings) connections: u64,
    pub(in crate::explain::findings) unread: UnreadPackets,
    /// `true` if the file carries secrets of TLS.
    pub(in crate::explain::findings) has_tls_secrets: bool,
    /// `Sec-WebSocket-Key` of the latest connections.
    keys: VecDeque<String>,
    /// The latest connections that their servers closed.
    server_closes: VecDeque<ServerClose>,
    /// `true` if there was a challenge.
    has_challenge: bool,
    /// The latest Upgrades that were accepted after the first challenge.
    accepted: VecDeque<AcceptedUpgrade>,
    /// The latest connections that ended after a silence.
    silent_ends: VecDeque<SilentEnd>,
}

/// The most keys that are remembered.
const MOST_KEYS: usize = 64;

/// The most accepted Upgrades that are remembered.
const MOST_ACCEPTED: usize = 64;

/// The most connections closed by their servers that are remembered.
const MOST_SERVER_CLOSES: usize = 64;

/// The most connections that ended after a silence that are remembered.
const MOST_SILENT_ENDS: usize = 64;

impl CaptureMemory {
    pub(in crate::explain::findings) fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(String::as_str)
    }

    pub(in crate::explain::findings) fn note_key(&mut self, key: &str) {
        if self.keys.len() == MOST_KEYS {
            self.keys.pop_front();
        }
        self.keys.push_back(key.to_owned());
    }

    /// Notes a response before the connection does: a challenge, or an Upgrade that is accepted after one.
    pub(in crate::explain::findings) fn note_response(
        &mut self,
        connection: &ConnectionMemory,
        response: &Response,
        at: PacketRef,
    ) {
        self.has_challenge |= Challenge::is_one(response);
        if let Some((request, _)) = connection.opening.request.as_deref().filter(|_| self.has_challenge)
            && is_switch(response)
        {
            if self.accepted.len() == MOST_ACCEPTED {
                self.accepted.pop_front();
            }
            self.accepted.push_back(AcceptedUpgrade::new(&connection.about, request, at));
        }
    }

    /// The packet of the 101 that answers a challenge on another connection.
    pub(in crate::explain::findings) fn accepted_after(
        &self,
        about: &Stream,
        challenge: &Challenge,
    ) -> Option<u64> {
        self.accepted.iter().find_map(|accepted| accepted.answers(about, challenge))
    }

    pub(in crate::explain::findings) fn server_closes(&self) -> impl Iterator<Item = &ServerClose> {
        self.server_closes.iter()
    }

    pub(in crate::explain::findings) fn silent_ends(&self) -> impl Iterator<Item = &SilentEnd> {
        self.silent_ends.iter()
    }

    /// Remembers how a connection closed, if its server closed it or it was silent before.
    pub(in crate::explain::findings) fn note_close(&mut self, connection: &ConnectionMemory, close: &Close) {
        if let Some(server_close) = ServerClose::of(connection, close) {
            if self.server_closes.len() == MOST_SERVER_CLOSES {
                self.server_closes.pop_front();
            }
            self.server_closes.push_back(server_close);
        }
        if let Some(silent_end) = SilentEnd::of(connection, close) {
            if self.silent_ends.len() == MOST_SILENT_ENDS {
                self.silent_ends.pop_front();
            }
            self.silent_ends.push_back(silent_end);
        }
    }
}
