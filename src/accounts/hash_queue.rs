//! The queue for password hashes, fair between networks. Pure: the hasher keeps it under a lock.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::num::NonZeroUsize;

/// Most who wait for one purpose.
pub(super) const ROOM: usize = 256;

/// Most logins served in a row while a registration waits.
const LOGINS_IN_A_ROW: u32 = 3;

/// The purpose of a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Login,
    Registration,
}

/// The queue is full, or this network has its share of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct QueueFull;

/// The position of one who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct QueuePosition {
    purpose: Purpose,
    network: IpAddr,
    number: u64,
}

/// Two queues with a bound each, so that registrations take no room from logins. Logins come first, but every fourth
/// turn is a registration's; within each the networks take turns.
#[derive(Debug)]
pub(super) struct HashQueue<T> {
    logins: FairQueue<T>,
    registrations: FairQueue<T>,
    /// Most of one network for one purpose.
    quota: Option<NonZeroUsize>,
    /// Logins served while a registration waits.
    in_a_row: u32,
    next_number: u64,
}

impl<T> HashQueue<T> {
    pub(super) fn new(quota: Option<NonZeroUsize>) -> Self {
        Self { logins: FairQueue::new(), registrations: FairQueue::new(), quota, in_a_row: 0, next_number: 0 }
    }

    /// Sets the quota of a network; those who wait already stay.
    pub(super) fn set_quota(&mut self, quota: Option<NonZeroUsize>) {
        self.quota = quota;
    }

    /// Queues behind the others of the network.
    pub(super) fn push(
        &mut self,
        purpose: Purpose,
        network: IpAddr,
        who: T,
    ) -> Result<QueuePosition, QueueFull> {
        let position = QueuePosition { purpose, network, number: self.next_number };
        let quota = self.quota;
        let queue = self.queue(purpose);
        if queue.len >= ROOM || quota.is_some_and(|quota| queue.waiting(network) >= quota.get()) {
            return Err(QueueFull);
        }
        queue.push(network, position.number, who);
        self.next_number += 1;
        Ok(position)
    }

    /// Removes the next in turn.
    pub(super) fn pop(&mut self) -> Option<T> {
        let registrations_turn = self.in_a_row >= LOGINS_IN_A_ROW && self.registrations.len > 0;
        if !registrations_turn && let Some(login) = self.logins.pop() {
            self.in_a_row = if self.registrations.len == 0 { 0 } else { self.in_a_row + 1 };
            return Some(login);
        }
        self.in_a_row = 0;
        self.registrations.pop()
    }

    /// Gives up a position; nothing happens if its turn has come.
    pub(super) fn remove(&mut self, position: QueuePosition) {
        self.queue(position.purpose).remove(position.network, position.number);
    }

    fn queue(&mut self, purpose: Purpose) -> &mut FairQueue<T> {
        match purpose {
            Purpose::Login => &mut self.logins,
            Purpose::Registration => &mut self.registrations,
        }
    }
}

/// Those who wait for one purpose: the networks in the order of their turns. There are at most [`ROOM`], so looking for
/// one is cheap beside a hash.
#[derive(Debug)]
struct FairQueue<T> {
    networks: VecDeque<(IpAddr, VecDeque<(u64, T)>)>,
    len: usize,
}

impl<T> FairQueue<T> {
    fn new() -> Self {
        Self { networks: VecDeque::new(), len: 0 }
    }

    fn waiting(&self, network: IpAddr) -> usize {
        self.networks.iter().find(|(its, _)| *its == network).map_or(0, |(_, queue)| queue.len())
    }

    fn push(&mut self, network: IpAddr, number: u64, who: T) {
        self.len += 1;
        match self.networks.iter_mut().find(|(its, _)| *its == network) {
            Some((_, queue)) => queue.push_back((number, who)),
            None => self.networks.push_back((network, VecDeque::from([(number, who)]))),
        }
    }

    fn pop(&mut self) -> Option<T> {
        let (network, mut queue) = self.networks.pop_front()?;
        let (_, who) = queue.pop_front()?;
        self.len -= 1;
        if !queue.is_empty() {
            self.networks.push_back((network, queue));
        }
        Some(who)
    }

    fn remove(&mut self, network: IpAddr, number: u64) {
        let Some(at) = self.networks.iter().position(|(its, _)| *its == network) else { return };
        let queue = &mut self.networks[at].1;
        let Some(position) = queue.iter().position(|(its, _)| *its == number) else { return };
        queue.remove(position);
        self.len -= 1;
        if queue.is_empty() {
            self.networks.remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Purpose::{Login, Registration};
    use super::*;

    fn network(number: u32) -> IpAddr {
        IpAddr::from(number.to_be_bytes())
    }

    fn queue<T>(quota: usize) -> HashQueue<T> {
        HashQueue::new(NonZeroUsize::new(quota))
    }

    fn drain<T>(queue: &mut HashQueue<T>) -> Vec<T> {
        std::iter::from_fn(|| queue.pop()).collect()
    }

    #[test]
    fn a_login_waits_for_no_more_than_one_registration_in_four() {
        let mut queue = queue(0);
        for number in 0..200 {
            queue.push(Registration, network(1), format!("r{number}")).unwrap();
        }
        queue.push(Login, network(1), "l0".into()).unwrap();
        assert_eq!(queue.pop().unwrap(), "l0", "however many registrations came before");
        assert_eq!(queue.pop().unwrap(), "r0");
        for number in 1..8 {
            queue.push(Login, network(1), format!("l{number}")).unwrap();
        }
        let order: Vec<_> = drain(&mut queue).into_iter().take(10).collect();
        assert_eq!(order, ["l1", "l2", "l3", "r1", "l4", "l5", "l6", "r2", "l7", "r3"]);
    }

    #[test]
    fn only_logins_before_a_registration_count_against_them() {
        let mut queue = queue(0);
        for number in 0..20 {
            queue.push(Login, network(1), number).unwrap();
        }
        for _ in 0..15 {
            queue.pop().unwrap();
        }
        queue.push(Registration, network(1), 100).unwrap();
        assert_eq!(drain(&mut queue), [15, 16, 17, 100, 18, 19]);
    }

    #[test]
    fn networks_take_turns() {
        let mut queue = queue(0);
        for (from, count) in [(1, 4), (2, 1), (3, 2)] {
            for number in 0..count {
                queue.push(Login, network(from), (from, number)).unwrap();
            }
        }
        assert_eq!(drain(&mut queue), [(1, 0), (2, 0), (3, 0), (1, 1), (3, 1), (1, 2), (1, 3)]);
    }

    #[test]
    fn a_network_has_a_share_of_each_queue_and_a_queue_has_a_bound() {
        let mut queue = queue(128);
        let fill = |queue: &mut HashQueue<()>, purpose, from| {
            (0..1000).filter(|_| queue.push(purpose, network(from), ()).is_ok()).count()
        };
        assert_eq!(fill(&mut queue, Registration, 1), 128);
        assert_eq!(fill(&mut queue, Login, 1), 128, "registrations take no room from logins");
        assert_eq!(fill(&mut queue, Registration, 2), 128, "another network finds its share");
        assert_eq!(fill(&mut queue, Registration, 3), 0, "the queue is full");
        assert_eq!(queue.push(Registration, network(3), ()), Err(QueueFull));
        queue.set_quota(None);
        assert_eq!(fill(&mut queue, Login, 1), ROOM - 128, "without a quota the bound of the queue remains");
        assert_eq!(drain(&mut queue).len(), 2 * ROOM);
        assert_eq!((queue.logins.len, queue.registrations.len), (0, 0));
    }

    #[test]
    fn a_position_given_up_is_free_again() {
        let mut queue = queue(2);
        let first = queue.push(Registration, network(1), "first").unwrap();
        let second = queue.push(Registration, network(1), "second").unwrap();
        assert_eq!(queue.push(Registration, network(1), "third"), Err(QueueFull));
        queue.remove(first);
        queue.remove(first);
        queue.push(Registration, network(1), "third").unwrap();
        assert_eq!(drain(&mut queue), ["second", "third"]);
        queue.remove(second);
        assert_eq!(queue.registrations.len, 0);
        assert!(queue.registrations.networks.is_empty());
    }
}
