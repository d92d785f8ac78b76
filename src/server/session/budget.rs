//! A session's share of the memory that all connections may hold: [`memory`](crate::server::admission::quota::memory).

use crate::server::admission::quota::{Network, NetworkPermit};

/// Bytes that each connection may hold uncounted: a message in two reads is never refused, and a connection that holds
/// little does not touch the shared counters.
const FREE: usize = 4 * 1024;

/// Memory that a connection holds of both pools; released when dropped, before the permit that names its network.
pub(in crate::server) struct MemoryShare<P: AsRef<Network> = NetworkPermit> {
    permit: P,
    held: usize,
    /// Part of it that is of the second pool.
    beyond: usize,
}

impl<P: AsRef<Network>> MemoryShare<P> {
    pub(in crate::server) const fn new(permit: P) -> Self {
        Self { permit, held: 0, beyond: 0 }
    }

    /// Sets the bytes that the connection holds now; false if it grew and the pools have not enough.
    #[inline]
    pub(in crate::server) fn set(&mut self, held: usize) -> bool {
        let held = held.saturating_sub(FREE);
        held == self.held || self.change(held)
    }

    /// Out of line, so that a connection that holds little does not pay for it.
    #[inline(never)]
    fn change(&mut self, held: usize) -> bool {
        let first = self.held - self.beyond;
        if let Some(more) = held.checked_sub(self.held) {
            let Some(beyond) = self.permit.as_ref().reserve(first, more) else { return false };
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

impl<P: AsRef<Network>> Drop for MemoryShare<P> {
    fn drop(&mut self) {
        self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
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

    fn share(networks: &Arc<Networks>, address: &str) -> MemoryShare {
        MemoryShare::new(networks.connect(&Requester::direct(address.parse().unwrap())).unwrap())
    }

    #[test]
    fn large_holders_leave_room_for_small_ones_and_for_other_networks() {
        let networks = networks(Some(32 * MIB));
        let mut large: Vec<_> = (0..4).map(|_| share(&networks, "127.0.0.1")).collect();
        let fit: Vec<_> = large.iter_mut().map(|share| share.set(MESSAGE)).collect();
        assert_eq!(fit, [true, true, false, false]);
        // A refused share stays as it was.
        assert!(large[2].set(MIB) && large[3].set(MIB));
        assert!(share(&networks, "127.0.0.1").set(200 * 1024), "one of the same network");
        let mut other = share(&networks, "127.0.0.2");
        assert!(other.set(MESSAGE), "a whole message of another network");
        assert!(share(&networks, "127.0.0.3").set(200 * 1024), "one of a third");
        drop(large);
        assert!(other.set(2 * MESSAGE), "what was given back is there again");
    }

    #[test]
    fn small_holders_fill_the_first_pool_then_the_second() {
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
    fn released_memory_leaves_the_pools_empty() {
        let networks = networks(Some(32 * MIB));
        let mut one = share(&networks, "192.0.2.1");
        for held in [FREE, FREE + 1, MIB, 3 * MIB, 2 * MIB, MIB / 2, 5 * MIB, 0, 40 * MIB, MIB] {
            assert_eq!(one.set(held), held <= 32 * MIB, "{held}");
        }
        drop(one);
        assert!(networks.holds_nothing());
    }
}
