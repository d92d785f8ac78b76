//! A list of connections that are all sent the same: everyone on `/broadcast`, everyone when the server stops.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::outbox::Outbox;

/// The outboxes of some connections.
#[derive(Debug, Default)]
pub(super) struct Roster {
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    next: u64,
    outboxes: HashMap<u64, Arc<Outbox>>,
}

/// A connection's place on a [`Roster`]; dropping it leaves.
#[derive(Debug)]
pub(super) struct Seat {
    roster: Arc<Roster>,
    number: u64,
}

impl Roster {
    pub(super) fn join(self: &Arc<Self>, outbox: Arc<Outbox>) -> Seat {
        let mut list = self.lock();
        list.next += 1;
        let number = list.next;
        list.outboxes.insert(number, outbox);
        Seat { roster: Arc::clone(self), number }
    }

    /// Calls `send` with each outbox.
    pub(super) fn each(&self, send: impl FnMut(&Arc<Outbox>)) {
        self.lock().outboxes.values().for_each(send);
    }

    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    pub(super) fn roster(&self) -> &Roster {
        &self.roster
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.roster.lock().outboxes.remove(&self.number);
    }
}
