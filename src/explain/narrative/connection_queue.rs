//! Connections in the order in which they began, as Wireshark numbers them (`tcp.stream`): one that has ended waits for
//! those that began before it.

use std::collections::BTreeMap;

use super::connection_log::{ConnectionLog, ConnectionLogs};
use crate::explain::findings::Finding;
use crate::observe::{Ended, Observation};

/// The most packets of connections that have ended and wait; beyond, those that began first come out.
const MOST_WAITING: usize = 20_000;

/// The connections that have not ended, and those that wait.
#[derive(Debug, Default)]
pub(in crate::explain) struct ConnectionQueue {
    open: ConnectionLogs,
    waiting: BTreeMap<u64, (ConnectionLog, Ended)>,
    /// Packets of those that wait.
    packets: usize,
}

impl ConnectionQueue {
    pub(in crate::explain) fn step(&mut self, step: &Observation) {
        self.open.step(step);
    }

    /// Adds a finding to a connection.
    pub(in crate::explain) fn finding(&mut self, stream: u64, found: Finding) {
        self.open.finding(stream, found);
    }

    /// A connection has ended. The next ones whose turn it is come from [`next`](Self::next).
    pub(in crate::explain) fn ended(&mut self, ended: &Ended) {
        if let Some(connection) = self.open.remove(ended.stream) {
            self.packets += connection.steps.len();
            self.waiting.insert(ended.stream, (connection, ended.clone()));
        }
    }

    /// The next connection whose turn it is.
    pub(in crate::explain) fn next(&mut self) -> Option<(ConnectionLog, Ended)> {
        let first = self.waiting.first_entry()?;
        let is_first = self.open.first().is_none_or(|open| open > *first.key());
        if !is_first && self.packets <= MOST_WAITING {
            return None;
        }
        let (connection, ended) = first.remove();
        self.packets -= connection.steps.len();
        Some((connection, ended))
    }
}
