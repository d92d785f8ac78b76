//! From what the taps tell to packets: each connection of a queue, rebuilt.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use super::sender::{Entry, What};
use crate::capture::{AcceptedConnection, ReplayedPacket, SocketReplay};

/// The connections of a queue that are open.
#[derive(Debug, Default)]
pub(in crate::server) struct Rebuilding {
    open: HashMap<u64, SocketReplay>,
    numbers: RandomState,
}

impl Rebuilding {
    /// The packets of what a tap told.
    pub(in crate::server) fn take(&mut self, entry: &Entry) -> Vec<ReplayedPacket> {
        match &entry.what {
            What::Gone => {
                self.open.remove(&entry.connection);
                Vec::new()
            }
            What::Opened(ends, facts) => {
                let (rebuild, made) = SocketReplay::open(&AcceptedConnection {
                    time_ns: entry.time_ns,
                    round_trip_ns: facts.round_trip_ns,
                    client: ends.client,
                    server: ends.server,
                    saved_syn: facts.saved_syn.as_deref(),
                    server_isn: self.numbers.hash_one(entry.connection) as u32,
                    server_options: facts.options,
                    window: facts.window,
                });
                self.open.insert(entry.connection, rebuild);
                made
            }
            what => match (self.open.get_mut(&entry.connection), what.event()) {
                (Some(rebuild), Some(event)) => rebuild.event(entry.time_ns, event),
                _ => Vec::new(),
            },
        }
    }
}
