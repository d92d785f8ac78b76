//! The memory that all connections together may hold, of unfinished messages and unsent answers.
//!
//! Two pools, so that a few connections that hold much leave room for the many that hold little: the first mebibyte of
//! each comes from one, the rest from the other. A network has a share of either.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Sizes of the two pools of a process, in bytes.
const FIRST_OF_ALL: usize = 16 * 1024 * 1024;
const BEYOND_OF_ALL: usize = 48 * 1024 * 1024;

/// A network's share of the first pool, in bytes.
const FIRST_OF_NETWORK: usize = FIRST_OF_ALL / 2;

/// A connection's part of the first pool, in bytes, as long as there is any.
const FIRST: usize = 1024 * 1024;

/// Bytes in use of each pool: by all, or by a network.
#[derive(Debug, Default)]
pub(super) struct PoolUsage {
    first: AtomicUsize,
    beyond: AtomicUsize,
}

impl PoolUsage {
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.first.load(Ordering::Relaxed) == 0 && self.beyond.load(Ordering::Relaxed) == 0
    }

    pub(super) fn release(&self, first: usize, beyond: usize) {
        for (counter, less) in [(&self.first, first), (&self.beyond, beyond)] {
            if less > 0 {
                counter.fetch_sub(less, Ordering::Relaxed);
            }
        }
    }
}

/// A network's limit on each pool.
#[derive(Debug, Clone, Copy)]
pub(super) struct PoolLimits {
    first: Option<NonZeroUsize>,
    beyond: Option<NonZeroUsize>,
}

impl PoolLimits {
    /// Without a quota a network may use all of both pools.
    pub(super) fn new(quota: Option<NonZeroUsize>) -> Self {
        Self { first: quota.and_then(|_| NonZeroUsize::new(FIRST_OF_NETWORK)), beyond: quota }
    }

    /// Reserves `more` bytes for a connection that has `first` of the first pool; gives how many of them are of the
    /// second. `None`, and nothing is reserved, if the network or the process has not enough.
    pub(super) fn reserve(
        &self,
        first: usize,
        more: usize,
        all: &PoolUsage,
        network: &PoolUsage,
    ) -> Option<usize> {
        let near = more.min(FIRST.saturating_sub(first));
        let near =
            if reserve(near, (&all.first, FIRST_OF_ALL), (&network.first, self.first)) { near } else { 0 };
        let far = more - near;
        if reserve(far, (&all.beyond, BEYOND_OF_ALL), (&network.beyond, self.beyond)) {
            return Some(far);
        }
        all.release(near, 0);
        network.release(near, 0);
        None
    }
}

/// Reserves of both counters or of none.
fn reserve(more: usize, all: (&AtomicUsize, usize), network: (&AtomicUsize, Option<NonZeroUsize>)) -> bool {
    if more == 0 {
        return true;
    }
    if !add(network.0, more, network.1) {
        return false;
    }
    let reserved = add(all.0, more, NonZeroUsize::new(all.1));
    if !reserved {
        network.0.fetch_sub(more, Ordering::Relaxed);
    }
    reserved
}

/// Adds to a counter, unless that makes it more than `most`.
pub(super) fn add(counter: &AtomicUsize, more: usize, most: Option<NonZeroUsize>) -> bool {
    let most = most.map_or(usize::MAX, NonZeroUsize::get);
    let sum = |count: usize| count.checked_add(more).filter(|sum| *sum <= most);
    counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, sum).is_ok()
}
