//! Open connections, feeds and experiments, by network.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use super::memory::{PoolLimits, PoolUsage, add};
use super::{OverQuota, Quota, Quotas, RETRY, Refusals};
use crate::accounts::{Limiter, LimiterRule, network};
use crate::server::admission::requester::Requester;
use crate::server::lock::lock;

/// Window over which registrations are counted.
const REGISTRATIONS: Duration = Duration::from_hours(1);

/// The most networks whose registrations are remembered.
const REGISTRANTS: usize = 10_000;

/// Networks with something open.
pub(in crate::server) struct Networks {
    quotas: Quotas,
    open: Mutex<Open>,
    registrations: Option<Mutex<Limiter<IpAddr>>>,
    limits: PoolLimits,
    /// Memory held by all connections.
    held: PoolUsage,
    refusals: Refusals,
}

/// Looked up for each connection, so by a fast hash; it is seeded, and no order is visible that would show collisions.
type Open = HashMap<(IpAddr, Standing), Weak<Network>, foldhash::quality::RandomState>;

/// A network's standing: its counts have quotas, or are exempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Standing {
    Counted,
    Exempt,
}

impl Standing {
    const fn of(client: &Requester) -> Self {
        if client.is_local() { Self::Exempt } else { Self::Counted }
    }
}

/// Counts of one network: an IPv4 address, or an IPv6 /64. Removed with the last permit.
pub(in crate::server) struct Network {
    address: IpAddr,
    standing: Standing,
    networks: Arc<Networks>,
    connections: AtomicUsize,
    feeds: AtomicUsize,
    lab_runs: AtomicUsize,
    held: PoolUsage,
}

impl Networks {
    pub(in crate::server) fn new(quotas: Quotas) -> Self {
        let rule = |most: NonZeroUsize| LimiterRule { most: most.get(), window: REGISTRATIONS };
        let limiter = |most| Mutex::new(Limiter::new(rule(most), REGISTRANTS));
        Self {
            quotas,
            open: Mutex::default(),
            registrations: quotas.registrations.map(limiter),
            limits: PoolLimits::new(quotas.held_bytes),
            held: PoolUsage::default(),
            refusals: Refusals::default(),
        }
    }

    /// A permit for another connection.
    ///
    /// # Errors
    /// If its network has as many as it may.
    pub(in crate::server) fn connect(
        self: &Arc<Self>,
        client: &Requester,
    ) -> Result<NetworkPermit, OverQuota> {
        let network = self.network(client.address, Standing::of(client));
        self.add(&network, Quota::Connections, |network| &network.connections)?;
        Ok(NetworkPermit(network))
    }

    /// A permit for a connection of a proxy, which counts for its clients once they are known.
    pub(in crate::server) fn connect_proxy(self: &Arc<Self>, proxy: IpAddr) -> NetworkPermit {
        let network = self.network(proxy, Standing::Exempt);
        network.connections.fetch_add(1, Ordering::Relaxed);
        NetworkPermit(network)
    }

    /// The network of a client.
    pub(in crate::server) fn network_of(self: &Arc<Self>, client: &Requester) -> Arc<Network> {
        self.network(client.address, Standing::of(client))
    }

    /// A permit for another inspect feed.
    ///
    /// # Errors
    /// If the client's network has as many as it may.
    pub(in crate::server) fn open_feed(
        self: &Arc<Self>,
        client: &Requester,
    ) -> Result<QuotaPermit, OverQuota> {
        self.acquire(client, Quota::Feeds, |network| &network.feeds)
    }

    /// A permit for another lab experiment.
    ///
    /// # Errors
    /// If the client's network has as many as it may.
    pub(in crate::server) fn run_lab(self: &Arc<Self>, client: &Requester) -> Result<QuotaPermit, OverQuota> {
        self.acquire(client, Quota::LabRuns, |network| &network.lab_runs)
    }

    fn acquire(
        self: &Arc<Self>,
        client: &Requester,
        quota: Quota,
        counter: Counter,
    ) -> Result<QuotaPermit, OverQuota> {
        let network = self.network(client.address, Standing::of(client));
        self.add(&network, quota, counter)?;
        Ok(QuotaPermit { network, counter })
    }

    fn add(&self, network: &Network, quota: Quota, counter: Counter) -> Result<(), OverQuota> {
        let most = self.quotas.of(quota).filter(|_| network.standing == Standing::Counted);
        if add(counter(network), 1, most) {
            return Ok(());
        }
        self.refusals.count(quota, network);
        Err(OverQuota { quota, retry_after: RETRY })
    }

    /// Counts an account that is about to be made; it stays counted unless it is [given back](Self::not_registered).
    ///
    /// # Errors
    /// If the client's network has made as many as it may.
    pub(in crate::server) fn register(&self, client: &Requester, now: Instant) -> Result<(), OverQuota> {
        let Some(limiter) = self.registrations.as_ref().filter(|_| !client.is_local()) else { return Ok(()) };
        let mut limiter = lock(limiter);
        let key = network(client.address);
        if let Some(retry_after) = limiter.retry_after(&key, now) {
            drop(limiter);
            self.refusals.count(Quota::Registrations, key);
            return Err(OverQuota { quota: Quota::Registrations, retry_after });
        }
        limiter.record(key, now);
        Ok(())
    }

    /// The account that was counted at `time` was not made.
    pub(in crate::server) fn not_registered(&self, client: &Requester, time: Instant) {
        if let Some(limiter) = &self.registrations {
            lock(limiter).forgive(&network(client.address), time);
        }
    }

    /// Counts a request that was refused because too many passwords wait to be hashed.
    pub(in crate::server) fn refuse_hash(&self, client: &Requester) {
        self.refusals.count(Quota::Hashes, network(client.address));
    }

    /// Refusals so far.
    pub(in crate::server) const fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    fn network(self: &Arc<Self>, address: IpAddr, standing: Standing) -> Arc<Network> {
        let address = network(address);
        let mut open = lock(&self.open);
        if let Some(known) = open.get(&(address, standing)).and_then(Weak::upgrade) {
            return known;
        }
        let network = Arc::new(Network {
            address,
            standing,
            networks: Arc::clone(self),
            connections: AtomicUsize::default(),
            feeds: AtomicUsize::default(),
            lab_runs: AtomicUsize::default(),
            held: PoolUsage::default(),
        });
        open.insert((address, standing), Arc::downgrade(&network));
        network
    }
}

/// Counter of a network that a [`QuotaPermit`] holds.
type Counter = fn(&Network) -> &AtomicUsize;

impl Network {
    /// Reserves memory of the network and of the process: [`PoolLimits::reserve`]. A refusal is counted.
    pub(in crate::server) fn reserve(&self, held: usize, more: usize) -> Option<usize> {
        let beyond = self.networks.limits.reserve(held, more, &self.networks.held, &self.held);
        if beyond.is_none() {
            self.networks.refusals.count(Quota::HeldBytes, self);
        }
        beyond
    }

    /// Releases reserved memory.
    pub(in crate::server) fn release(&self, first: usize, beyond: usize) {
        self.networks.held.release(first, beyond);
        self.held.release(first, beyond);
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let mut open = lock(&self.networks.open);
        // Unless a new entry has replaced this one meanwhile.
        let key = (self.address, self.standing);
        if open.get(&key).is_some_and(|network| network.strong_count() == 0) {
            open.remove(&key);
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)?;
        if self.address.is_ipv6() { f.write_str("/64") } else { Ok(()) }
    }
}

/// A connection's permit in its network; given back when dropped.
pub(in crate::server) struct NetworkPermit(Arc<Network>);

/// The network that it counts for.
impl AsRef<Network> for NetworkPermit {
    fn as_ref(&self) -> &Network {
        &self.0
    }
}

impl Drop for NetworkPermit {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The permit of a feed or an experiment; given back when dropped.
pub(in crate::server) struct QuotaPermit {
    network: Arc<Network>,
    counter: Counter,
}

impl Drop for QuotaPermit {
    fn drop(&mut self) {
        (self.counter)(&self.network).fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
