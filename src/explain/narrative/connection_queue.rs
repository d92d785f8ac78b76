//! Connections in the order in which they began, as Wireshark numbers them (`tcp.stream`): one that has ended waits for
//! those that began before it.

use std::collections::BTreeMap;

use super::connection_log::{ConnectionLog, ConnectionLogs};
use crate::explain::findings::{Finding, Verdict};
use crate::observe::{Ended, Observation};

/// The connections that have not ended, and those that wait.
#[derive(Debug)]
pub(in crate::explain) struct ConnectionQueue {
    open: ConnectionLogs,
    waiting: BTreeMap<u64, (ConnectionLog, Ended)>,
    /// Memory of those that wait, in bytes, about.
    memory: usize,
    /// The most of it: beyond, those that began first come out.
    most: usize,
}

impl Default for ConnectionQueue {
    fn default() -> Self {
        Self::with_memory(usize::MAX)
    }
}

impl ConnectionQueue {
    /// A queue with up to so many bytes of packets, one half of open connections, the other of those that wait.
    pub(in crate::explain) const fn with_memory(most: usize) -> Self {
        let most = most / 2;
        Self { open: ConnectionLogs::with_memory(most), waiting: BTreeMap::new(), memory: 0, most }
    }

    pub(in crate::explain) fn step(&mut self, step: &Observation) {
        self.open.step(step);
    }

    /// Adds a finding to a connection.
    pub(in crate::explain) fn finding(&mut self, stream: u64, found: Finding) {
        self.open.finding(stream, found);
    }

    /// Sets the verdict on a connection.
    pub(in crate::explain) fn verdict(&mut self, stream: u64, verdict: &Verdict) {
        self.open.verdict(stream, verdict);
    }

    /// A connection has ended. The next ones whose turn it is come from [`next`](Self::next).
    pub(in crate::explain) fn ended(&mut self, ended: &Ended) {
        if let Some(connection) = self.open.remove(ended.stream) {
            self.memory += connection.memory();
            self.waiting.insert(ended.stream, (connection, ended.clone()));
        }
    }

    /// The next connection whose turn it is.
    pub(in crate::explain) fn next(&mut self) -> Option<(ConnectionLog, Ended)> {
        let first = self.waiting.first_entry()?;
        let is_first = self.open.first().is_none_or(|open| open > *first.key());
        if !is_first && self.memory <= self.most {
            return None;
        }
        let (connection, ended) = first.remove();
        self.memory -= connection.memory();
        Some((connection, ended))
    }
}
