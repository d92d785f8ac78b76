//! A list of connections that are all sent the same: everyone on `/broadcast`, everyone when the server stops.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use slab::Slab;

/// How many are looked up at a time: nobody who comes or leaves waits until all are through.
const SOME: usize = 64;

/// Some connections, each by what it can be told with.
#[derive(Debug)]
pub(in crate::server) struct Roster<T> {
    list: Mutex<Slab<T>>,
}

/// A connection's place on a [`Roster`]; dropping it leaves.
#[derive(Debug)]
pub(in crate::server) struct Seat<T> {
    roster: Arc<Roster<T>>,
    number: usize,
}

impl<T> Default for Roster<T> {
    fn default() -> Self {
        Self { list: Mutex::default() }
    }
}

impl<T: Clone> Roster<T> {
    /// Calls `tell` with each. Whoever comes or leaves meanwhile is called or not.
    pub(in crate::server) fn each(&self, mut tell: impl FnMut(&T)) {
        let mut some = Vec::new();
        for from in (0..).step_by(SOME) {
            let list = self.lock();
            if from >= list.capacity() {
                return;
            }
            some.extend((from..from + SOME).filter_map(|number| list.get(number)).cloned());
            drop(list);
            some.drain(..).for_each(|one| tell(&one));
        }
    }
}

impl<T> Roster<T> {
    pub(in crate::server) fn join(self: &Arc<Self>, one: T) -> Seat<T> {
        let number = self.lock().insert(one);
        Seat { roster: Arc::clone(self), number }
    }

    fn lock(&self) -> MutexGuard<'_, Slab<T>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Seat<T> {
    pub(in crate::server) fn roster(&self) -> &Roster<T> {
        &self.roster
    }

    /// Changes what the list has of its holder.
    pub(in crate::server) fn change(&self, change: impl FnOnce(&mut T)) {
        if let Some(one) = self.roster.lock().get_mut(self.number) {
            change(one);
        }
    }
}

impl<T> Drop for Seat<T> {
    fn drop(&mut self) {
        // What is dropped may be the last of its connection: not while others are kept from the list.
        let gone = self.roster.lock().try_remove(self.number);
        drop(gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_once_whoever_leaves() {
        let roster = Arc::new(Roster::default());
        let mut seats: Vec<_> = (0..200).map(|number| Some(roster.join(number))).collect();
        for gone in (0..200).step_by(3) {
            seats[gone] = None;
        }
        seats[1].as_ref().unwrap().change(|number| *number = 1000);
        let mut told = Vec::new();
        roster.each(|number| {
            // The list can be changed meanwhile.
            seats[101] = None;
            told.push(*number);
        });
        let expected: Vec<_> = (0..200).filter(|number| number % 3 > 0 && *number != 101).collect();
        told.sort_unstable();
        assert_eq!(told[told.len() - 1], 1000);
        told.pop();
        assert_eq!(told, expected[1..]);
        drop(seats);
        roster.each(|_| panic!("nobody is left"));
    }
}
