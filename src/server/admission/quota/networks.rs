//! The networks that have something open, and how much.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use super::{OverQuota, Quota, Quotas, RETRY, Refusals};
use crate::accounts::{Limiter, LimiterRule, network};
use crate::server::admission::requester::Requester;
use crate::server::lock::lock;
use crate::server::session::budget::{Held, Limits, Share};

/// The time that registrations are counted over.
const REGISTRATIONS: Duration = Duration::from_hours(1);

/// The most networks whose registrations are remembered.
const REGISTRANTS: usize = 10_000;

/// All networks that have something open.
pub(in crate::server) struct Networks {
    quotas: Quotas,
    open: Mutex<Open>,
    registrations: Option<Mutex<Limiter<IpAddr>>>,
    limits: Limits,
    /// What all connections together hold.
    held: Held,
    refusals: Refusals,
}

/// Asked for each connection, so by a fast hash; it is seeded, and nobody sees an order that would tell of collisions.
type Open = HashMap<(IpAddr, Standing), Weak<Network>, foldhash::quality::RandomState>;

/// Whether a network's count is held against its quotas.
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

/// What one network has open: an IPv4 address, or an IPv6 /64. It is forgotten with the last that is.
pub(in crate::server) struct Network {
    address: IpAddr,
    standing: Standing,
    networks: Arc<Networks>,
    connections: AtomicUsize,
    feeds: AtomicUsize,
    lab_runs: AtomicUsize,
    held: Held,
}

impl Networks {
    pub(in crate::server) fn new(quotas: Quotas) -> Self {
        let rule = |most: NonZeroUsize| LimiterRule { most: most.get(), window: REGISTRATIONS };
        let limiter = |most| Mutex::new(Limiter::new(rule(most), REGISTRANTS));
        Self {
            quotas,
            open: Mutex::default(),
            registrations: quotas.registrations.map(limiter),
            limits: Limits::new(quotas.held_bytes),
            held: Held::default(),
            refusals: Refusals::default(),
        }
    }

    /// A place for another connection.
    ///
    /// # Errors
    /// If its network has as many as it may.
    pub(in crate::server) fn connect(
        self: &Arc<Self>,
        client: &Requester,
    ) -> Result<ConnectionPermit, OverQuota> {
        let network = self.network(client.address, Standing::of(client));
        self.add(&network, Quota::Connections, |network| &network.connections)?;
        Ok(ConnectionPermit(network))
    }

    /// A place for a connection of a proxy, which counts for its clients once they are known.
    pub(in crate::server) fn connect_proxy(self: &Arc<Self>, proxy: IpAddr) -> ConnectionPermit {
        let network = self.network(proxy, Standing::Exempt);
        network.connections.fetch_add(1, Ordering::Relaxed);
        ConnectionPermit(network)
    }

    /// What a request holds besides its connection, as long as it is read; nothing yet.
    pub(in crate::server) fn share(self: &Arc<Self>, client: &Requester) -> Share<Arc<Network>> {
        Share::new(self.network(client.address, Standing::of(client)))
    }

    /// A place for another feed.
    ///
    /// # Errors
    /// If the client's network has as many as it may.
    pub(in crate::server) fn open_feed(self: &Arc<Self>, client: &Requester) -> Result<Permit, OverQuota> {
        self.take(client, Quota::Feeds, |network| &network.feeds)
    }

    /// A place for another experiment of the lab.
    ///
    /// # Errors
    /// If the client's network has as many as it may.
    pub(in crate::server) fn run_lab(self: &Arc<Self>, client: &Requester) -> Result<Permit, OverQuota> {
        self.take(client, Quota::LabRuns, |network| &network.lab_runs)
    }

    fn take(
        self: &Arc<Self>,
        client: &Requester,
        quota: Quota,
        counter: Counter,
    ) -> Result<Permit, OverQuota> {
        let network = self.network(client.address, Standing::of(client));
        self.add(&network, quota, counter)?;
        Ok(Permit { network, counter })
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

    /// What was refused so far.
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
            held: Held::default(),
        });
        open.insert((address, standing), Arc::downgrade(&network));
        network
    }
}

/// What of a network a [`Permit`] counts.
type Counter = fn(&Network) -> &AtomicUsize;

/// Adds to a counter, unless that makes it more than `most`.
pub(in crate::server) fn add(counter: &AtomicUsize, more: usize, most: Option<NonZeroUsize>) -> bool {
    let most = most.map_or(usize::MAX, NonZeroUsize::get);
    let sum = |count: usize| count.checked_add(more).filter(|sum| *sum <= most);
    counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, sum).is_ok()
}

impl Network {
    /// Takes memory of the network's, and of all that there is; counts whoever is refused.
    pub(in crate::server) fn hold(&self, held: usize, more: usize) -> Option<usize> {
        let beyond = self.networks.limits.take(held, more, &self.networks.held, &self.held);
        if beyond.is_none() {
            self.networks.refusals.count(Quota::HeldBytes, self);
        }
        beyond
    }

    /// Gives memory back.
    pub(in crate::server) fn release(&self, first: usize, beyond: usize) {
        self.networks.held.give_back(first, beyond);
        self.held.give_back(first, beyond);
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let mut open = lock(&self.networks.open);
        // Somebody may have come meanwhile: that one has an entry of its own.
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

/// A connection's place in the quota of its network; given back when dropped.
pub(in crate::server) struct ConnectionPermit(Arc<Network>);

/// The network that it counts for.
impl AsRef<Network> for ConnectionPermit {
    fn as_ref(&self) -> &Network {
        &self.0
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A place of a feed or an experiment; given back when dropped.
pub(in crate::server) struct Permit {
    network: Arc<Network>,
    counter: Counter,
}

impl Drop for Permit {
    fn drop(&mut self) {
        (self.counter)(&self.network).fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
