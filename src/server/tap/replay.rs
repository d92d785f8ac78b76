//! Packets rebuilt from the records of a tap queue, connection by connection.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use super::queue::{TapEvent, TapRecord};
use crate::capture::{AcceptedConnection, ReplayedPacket, SocketReplay};

/// The open connections of a queue, each being rebuilt.
#[derive(Debug, Default)]
pub(in crate::server) struct TapReplay {
    open: HashMap<u64, SocketReplay>,
    numbers: RandomState,
}

impl TapReplay {
    /// Rebuilds the packets of one record.
    pub(in crate::server) fn rebuild(&mut self, record: &TapRecord) -> Vec<ReplayedPacket> {
        match &record.event {
            TapEvent::Closed => {
                self.open.remove(&record.connection);
                Vec::new()
            }
            TapEvent::Opened(addresses, facts) => {
                let (rebuild, packets) = SocketReplay::open(&AcceptedConnection {
                    time_ns: record.time_ns,
                    round_trip_ns: facts.round_trip_ns,
                    client: addresses.client,
                    server: addresses.server,
                    saved_syn: facts.saved_syn.as_deref(),
                    server_isn: self.numbers.hash_one(record.connection) as u32,
                    server_options: facts.options,
                    window: facts.window,
                });
                self.open.insert(record.connection, rebuild);
                packets
            }
            event => match (self.open.get_mut(&record.connection), event.socket_event()) {
                (Some(rebuild), Some(event)) => rebuild.event(record.time_ns, event),
                _ => Vec::new(),
            },
        }
    }
}
