//! Memory of the capture as a whole.

use std::collections::VecDeque;

use super::connection_memory::ConnectionMemory;
use super::server_close::ServerClose;
use super::unread_packets::UnreadPackets;
use crate::observe::Close;

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
}

/// The most keys that are remembered.
const MOST_KEYS: usize = 64;

/// The most connections closed by their servers that are remembered.
const MOST_SERVER_CLOSES: usize = 64;

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

    pub(in crate::explain::findings) fn server_closes(&self) -> impl Iterator<Item = &ServerClose> {
        self.server_closes.iter()
    }

    /// Remembers how a connection closed, if its server closed it.
    pub(in crate::explain::findings) fn note_close(&mut self, connection: &ConnectionMemory, close: &Close) {
        if let Some(server_close) = ServerClose::of(connection, close) {
            if self.server_closes.len() == MOST_SERVER_CLOSES {
                self.server_closes.pop_front();
            }
            self.server_closes.push_back(server_close);
        }
    }
}
