//! How much all connections together may hold: of messages that have not ended, and of answers that were not taken.
//!
//! Two pools, so that a few who hold much leave room for the many who hold little: what each connection holds first, and
//! what it holds beyond that. Of either a network has a share, so that others find room too.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::server::admission::quota::{ConnectionPermit, Network, add};

/// The most that is held in a process, in bytes: of what connections hold first, and of what they hold beyond.
const FIRST_OF_ALL: usize = 16 * 1024 * 1024;
const BEYOND_OF_ALL: usize = 48 * 1024 * 1024;

/// The part of the first pool that one network may have.
const FIRST_OF_NETWORK: usize = FIRST_OF_ALL / 2;

/// As much of a connection comes from the first pool, as long as there is any.
const FIRST: usize = 1024 * 1024;

/// What each connection may hold without being counted: nobody is sent away for a message that came in two reads, and a
/// connection that holds little does not touch the counters that all share.
const FREE: usize = 4 * 1024;

/// What is held of each pool: by all, or by a network.
#[derive(Debug, Default)]
pub(in crate::server) struct Held {
    first: AtomicUsize,
    beyond: AtomicUsize,
}

impl Held {
    #[cfg(test)]
    pub(in crate::server) fn is_empty(&self) -> bool {
        self.first.load(Ordering::Relaxed) == 0 && self.beyond.load(Ordering::Relaxed) == 0
    }

    pub(in crate::server) fn give_back(&self, first: usize, beyond: usize) {
        for (counter, less) in [(&self.first, first), (&self.beyond, beyond)] {
            if less > 0 {
                counter.fetch_sub(less, Ordering::Relaxed);
            }
        }
    }
}

/// What a network may have of each pool.
#[derive(Debug, Clone, Copy)]
pub(in crate::server) struct Limits {
    first: Option<NonZeroUsize>,
    beyond: Option<NonZeroUsize>,
}

impl Limits {
    /// Without a quota a network may have all of both.
    pub(in crate::server) fn new(quota: Option<NonZeroUsize>) -> Self {
        Self { first: quota.and_then(|_| NonZeroUsize::new(FIRST_OF_NETWORK)), beyond: quota }
    }

    /// Takes so much more for a connection that has `first` of the first pool; how much of it comes from the second one.
    /// `None`, and nothing is taken, if there is not enough: for the network, or at all.
    pub(in crate::server) fn take(
        &self,
        first: usize,
        more: usize,
        all: &Held,
        network: &Held,
    ) -> Option<usize> {
        let near = more.min(FIRST.saturating_sub(first));
        let near =
            if take(near, (&all.first, FIRST_OF_ALL), (&network.first, self.first)) { near } else { 0 };
        let far = more - near;
        if take(far, (&all.beyond, BEYOND_OF_ALL), (&network.beyond, self.beyond)) {
            return Some(far);
        }
        all.give_back(near, 0);
        network.give_back(near, 0);
        None
    }
}

/// Takes from both counters or from none.
fn take(more: usize, all: (&AtomicUsize, usize), network: (&AtomicUsize, Option<NonZeroUsize>)) -> bool {
    if more == 0 {
        return true;
    }
    if !add(network.0, more, network.1) {
        return false;
    }
    let taken = add(all.0, more, NonZeroUsize::new(all.1));
    if !taken {
        network.0.fetch_sub(more, Ordering::Relaxed);
    }
    taken
}

/// What a connection holds of both pools; given back when dropped, and then what its network is known by: of a WebSocket
/// its place in the quota of connections.
pub(in crate::server) struct Share<P: AsRef<Network> = ConnectionPermit> {
    permit: P,
    held: usize,
    /// How much of it is of the second pool.
    beyond: usize,
}

impl<P: AsRef<Network>> Share<P> {
    pub(in crate::server) const fn new(permit: P) -> Self {
        Self { permit, held: 0, beyond: 0 }
    }

    /// Takes note that the connection now holds so much; false if it grew and there is not enough: whoever asks for more
    /// when there is none is the one to go.
    #[inline]
    pub(in crate::server) fn set(&mut self, held: usize) -> bool {
        let held = held.saturating_sub(FREE);
        held == self.held || self.change(held)
    }

    /// Apart, so that a connection that holds little does not pay for it.
    #[inline(never)]
    fn change(&mut self, held: usize) -> bool {
        let first = self.held - self.beyond;
        if let Some(more) = held.checked_sub(self.held) {
            let Some(beyond) = self.permit.as_ref().hold(first, more) else { return false };
            self.beyond += beyond;
        } else {
            let less = self.held - held;
            let beyond = less.min(self.beyond);
            self.permit.as_ref().release(less - beyond, beyond);
            self.beyond -= beyond;
        }
        self.held = held;
        true
    }
}

impl<P: AsRef<Network>> Drop for Share<P> {
    fn drop(&mut self) {
        self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::server::admission::quota::{Networks, Quotas};
    use crate::server::admission::requester::Requester;

    const MIB: usize = 1024 * 1024;
    const MESSAGE: usize = 16 * MIB;

    fn networks(quota: Option<usize>) -> Arc<Networks> {
        let held_bytes = quota.and_then(NonZeroUsize::new);
        Arc::new(Networks::new(Quotas { held_bytes, ..Quotas::DEFAULT }))
    }

    fn share(networks: &Arc<Networks>, address: &str) -> Share {
        Share::new(networks.connect(&Requester::direct(address.parse().unwrap())).unwrap())
    }

    #[test]
    fn four_with_much_leave_room_for_those_with_little_and_for_other_networks() {
        let networks = networks(Some(32 * MIB));
        let mut large: Vec<_> = (0..4).map(|_| share(&networks, "127.0.0.1")).collect();
        let fit: Vec<_> = large.iter_mut().map(|share| share.set(MESSAGE)).collect();
        assert_eq!(fit, [true, true, false, false]);
        // Who is refused grows no further, and is as it was.
        assert!(large[2].set(MIB) && large[3].set(MIB));
        assert!(share(&networks, "127.0.0.1").set(200 * 1024), "one of the same network");
        let mut other = share(&networks, "127.0.0.2");
        assert!(other.set(MESSAGE), "a whole message of another network");
        assert!(share(&networks, "127.0.0.3").set(200 * 1024), "one of a third");
        drop(large);
        assert!(other.set(2 * MESSAGE), "what was given back is there again");
    }

    #[test]
    fn many_with_little_fill_the_first_pool_and_then_the_second() {
        const EACH: usize = MIB / 2;
        let fit = |networks: &Arc<Networks>, address| {
            let shares = std::iter::repeat_with(|| share(networks, address));
            shares.map_while(|mut share| share.set(FREE + EACH).then_some(share)).collect::<Vec<_>>()
        };
        let shared = networks(Some(32 * MIB));
        let (one, other) = (fit(&shared, "192.0.2.1"), fit(&shared, "2001:db8::1"));
        assert_eq!((one.len() * EACH, other.len() * EACH), (40 * MIB, 24 * MIB), "64 MiB in all");
        assert!(fit(&shared, "192.0.2.3").is_empty(), "nothing is left");
        drop((one, other));
        assert_eq!(fit(&shared, "192.0.2.3").len() * EACH, 40 * MIB);
        assert_eq!(fit(&networks(None), "192.0.2.1").len() * EACH, 64 * MIB, "without a quota");
    }

    #[test]
    fn what_is_given_back_leaves_nothing() {
        let networks = networks(Some(32 * MIB));
        let mut one = share(&networks, "192.0.2.1");
        for held in [FREE, FREE + 1, MIB, 3 * MIB, 2 * MIB, MIB / 2, 5 * MIB, 0, 40 * MIB, MIB] {
            assert_eq!(one.set(held), held <= 32 * MIB, "{held}");
        }
        drop(one);
        assert!(networks.holds_nothing());
    }
}
