//! A list of sessions that are all sent the same: those on `/broadcast`, and all of them when the server stops.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use slab::Slab;

/// Entries cloned under one lock, so that joining and leaving never waits for the whole list.
const CHUNK: usize = 64;

/// A list of sessions, each by a handle.
#[derive(Debug)]
pub(in crate::server) struct Roster<T> {
    list: Mutex<Slab<T>>,
}

/// An entry of a [`Roster`]; removed when dropped.
#[derive(Debug)]
pub(in crate::server) struct Registration<T> {
    roster: Arc<Roster<T>>,
    number: usize,
}

impl<T> Default for Roster<T> {
    fn default() -> Self {
        Self { list: Mutex::default() }
    }
}

impl<T: Clone> Roster<T> {
    /// Calls `f` with each entry. One that joins or leaves meanwhile may be called or not.
    pub(in crate::server) fn each(&self, mut f: impl FnMut(&T)) {
        let mut chunk = Vec::new();
        for from in (0..).step_by(CHUNK) {
            let list = self.lock();
            if from >= list.capacity() {
                return;
            }
            chunk.extend((from..from + CHUNK).filter_map(|number| list.get(number)).cloned());
            drop(list);
            chunk.drain(..).for_each(|entry| f(&entry));
        }
    }
}

impl<T> Roster<T> {
    pub(in crate::server) fn join(self: &Arc<Self>, entry: T) -> Registration<T> {
        let number = self.lock().insert(entry);
        Registration { roster: Arc::clone(self), number }
    }

    fn lock(&self) -> MutexGuard<'_, Slab<T>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Registration<T> {
    pub(in crate::server) fn roster(&self) -> &Roster<T> {
        &self.roster
    }

    /// Changes the entry.
    pub(in crate::server) fn change(&self, change: impl FnOnce(&mut T)) {
        if let Some(entry) = self.roster.lock().get_mut(self.number) {
            change(entry);
        }
    }
}

impl<T> Drop for Registration<T> {
    fn drop(&mut self) {
        // Dropped after the lock is released: the entry may be the last handle of its session.
        let removed = self.roster.lock().try_remove(self.number);
        drop(removed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_is_called_once_while_others_leave() {
        let roster = Arc::new(Roster::default());
        let mut registrations: Vec<_> = (0..200).map(|number| Some(roster.join(number))).collect();
        for gone in (0..200).step_by(3) {
            registrations[gone] = None;
        }
        registrations[1].as_ref().unwrap().change(|number| *number = 1000);
        let mut called = Vec::new();
        roster.each(|number| {
            // The list can be changed meanwhile.
            registrations[101] = None;
            called.push(*number);
        });
        let expected: Vec<_> = (0..200).filter(|number| number % 3 > 0 && *number != 101).collect();
        called.sort_unstable();
        assert_eq!(called[called.len() - 1], 1000);
        called.pop();
        assert_eq!(called, expected[1..]);
        drop(registrations);
        roster.each(|_| panic!("the list is empty"));
    }
}
