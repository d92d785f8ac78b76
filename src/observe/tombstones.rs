//! What is left of connections that were given up for lack of room: enough to know their packets again.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use super::facts::GivenUp;
use super::flow_table::FlowKey;

/// Memory of one entry, in bytes, with the map's spare room.
const ENTRY: usize = 2 * (size_of::<u64>() + 1);

/// Keys of the connections that were given up, by their hashes.
#[derive(Debug)]
pub(super) struct Tombstones {
    entries: HashSet<u64>,
    hasher: RandomState,
    /// The most entries. Beyond, no packet from the middle of a connection begins a new one: it may be of one that was
    /// given up.
    most: usize,
    given_up: GivenUp,
}

impl Tombstones {
    /// None yet; they may take up to `memory` bytes.
    pub(super) fn new(memory: usize) -> Self {
        Self {
            entries: HashSet::new(),
            hasher: RandomState::new(),
            most: memory / ENTRY,
            given_up: GivenUp::default(),
        }
    }

    /// Memory in use, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.entries.len() * ENTRY
    }

    /// All that was given up so far.
    pub(super) const fn given_up(&self) -> GivenUp {
        self.given_up
    }

    /// A connection is given up at a packet.
    pub(super) fn add(&mut self, key: &FlowKey, packet: u64) {
        self.given_up.connections += 1;
        self.given_up.first_packet.get_or_insert(packet);
        if self.entries.len() < self.most {
            self.entries.insert(self.hasher.hash_one(key));
        } else {
            self.given_up.has_unknown = true;
        }
    }

    /// Windows of compression are given up at a packet.
    pub(super) fn add_windows(&mut self, packet: u64) {
        self.given_up.windows += 1;
        self.given_up.first_packet.get_or_insert(packet);
    }

    /// Counts a packet if it is of a connection that was given up, or may be.
    pub(super) fn count(&mut self, key: &FlowKey) -> bool {
        let is_of_one = self.given_up.has_unknown || self.entries.contains(&self.hasher.hash_one(key));
        self.given_up.packets += u64::from(is_of_one);
        is_of_one
    }

    /// A new connection takes the ports of one that was given up.
    pub(super) fn remove(&mut self, key: &FlowKey) {
        if !self.entries.is_empty() {
            self.entries.remove(&self.hasher.hash_one(key));
        }
    }
}
