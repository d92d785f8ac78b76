//! Many networks that guess at one name wait before each try, longer the more wrong tries there were; its owner, at a
//! network they have not signed in from yet, waits no longer than the longest of these, whatever the others do.
//!
//! Each network waits from the moment it first asked, and not from the last try of anyone: no number of others can use
//! up somebody's turn. A site, which may be many networks, has a share of the places to wait in. Pure: time is an
//! argument and nothing is locked.

use super::throttle::make_room;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

/// Wrong tries of one name before anyone waits, and before each doubling.
const FREE: u32 = 20;
const FIRST: Duration = Duration::from_secs(2);
/// Short, as it is also what an owner on a journey waits.
const LONGEST: Duration = Duration::from_mins(1);
/// Time for which a network that has waited may use its turn.
const TURN: Duration = Duration::from_mins(5);
/// The part of all places that one site may take, as a divisor.
const SITE_SHARE: usize = 64;
/// Time without a wrong try after which the waits end.
const MEMORY: Duration = Duration::from_hours(1);

/// The delays of all names, and who waits for a turn. Each table is bounded by `max_keys`.
#[derive(Debug)]
pub(super) struct NameDelay<K> {
    max_keys: usize,
    guesses: HashMap<K, Guesses>,
    /// When each network first asked for the turn that it waits for or has.
    asked: HashMap<(IpAddr, K), Instant>,
    /// Places of each site.
    places: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Guesses {
    wrong: u32,
    last: Instant,
}

impl<K: Hash + Eq + Clone> NameDelay<K> {
    pub(super) fn new(max_keys: usize) -> Self {
        Self {
            max_keys: max_keys.max(1),
            guesses: HashMap::new(),
            asked: HashMap::new(),
            places: HashMap::new(),
        }
    }

    /// The wait of this network before it may try this name; `None` when it may now. To ask is to begin to
    /// wait.
    pub(super) fn retry_after(&mut self, from: IpAddr, name: &K, now: Instant) -> Option<Duration> {
        let delay = self.delay(name, now)?;
        let key = (from, name.clone());
        if !self.asked.contains_key(&key) {
            if self.is_full() || self.has_share(site(from)) {
                self.drop_old(now);
            }
            if self.has_share(site(from)) {
                // Its first places have to become free: all it could take would leave none to hold others up in.
                return Some(delay);
            }
            if self.is_full() {
                // No place is taken from a network that waits in it. A guesser with so many networks is not delayed by
                // a minute each; an owner would be.
                return None;
            }
        }
        let asked = self.asked.entry(key).or_insert_with(|| {
            *self.places.entry(site(from)).or_default() += 1;
            now
        });
        if now.saturating_duration_since(*asked) >= delay + TURN {
            *asked = now;
        }
        delay.checked_sub(now.saturating_duration_since(*asked)).filter(|wait| !wait.is_zero())
    }

    /// Counts a wrong try, which takes the network's turn.
    pub(super) fn record(&mut self, from: IpAddr, name: &K, now: Instant) {
        if !self.guesses.contains_key(name) {
            make_room(&mut self.guesses, self.max_keys, now, MEMORY, |guesses| guesses.last);
        }
        let guesses = self.guesses.entry(name.clone()).or_insert(Guesses { wrong: 0, last: now });
        if now.saturating_duration_since(guesses.last) >= MEMORY {
            guesses.wrong = 0;
        }
        guesses.wrong = guesses.wrong.saturating_add(1);
        guesses.last = guesses.last.max(now);
        if self.asked.remove(&(from, name.clone())).is_some() {
            give_back(&mut self.places, site(from));
        }
    }

    /// Takes one back.
    pub(super) fn forgive(&mut self, name: &K) {
        let Some(guesses) = self.guesses.get_mut(name) else { return };
        guesses.wrong = guesses.wrong.saturating_sub(1);
        if guesses.wrong == 0 {
            self.guesses.remove(name);
        }
    }

    fn is_full(&self) -> bool {
        self.asked.len() >= self.max_keys
    }

    /// Returns `true` if a site has all the places that it may take.
    fn has_share(&self, site: IpAddr) -> bool {
        self.places.get(&site).is_some_and(|places| *places >= (self.max_keys / SITE_SHARE).max(1))
    }

    /// Frees the places of those who did not take their turn.
    fn drop_old(&mut self, now: Instant) {
        self.asked.retain(|(from, _), asked| {
            let stays = now.saturating_duration_since(*asked) < LONGEST + TURN;
            if !stays {
                give_back(&mut self.places, site(*from));
            }
            stays
        });
    }

    fn delay(&self, name: &K, now: Instant) -> Option<Duration> {
        let guesses = self.guesses.get(name)?;
        if now.saturating_duration_since(guesses.last) >= MEMORY {
            return None;
        }
        let doublings = guesses.wrong.checked_sub(FREE)? / FREE;
        let delay = 2u32.checked_pow(doublings).and_then(|factor| FIRST.checked_mul(factor));
        Some(delay.map_or(LONGEST, |delay| delay.min(LONGEST)))
    }
}

fn give_back(places: &mut HashMap<IpAddr, usize>, site: IpAddr) {
    if let Entry::Occupied(mut entry) = places.entry(site) {
        *entry.get_mut() -= 1;
        if *entry.get() == 0 {
            entry.remove();
        }
    }
}

/// The site: what one organisation or household may have all of, an IPv4 address, or an IPv6 /48, which is 65,536
/// networks.
fn site(network: IpAddr) -> IpAddr {
    match network {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 80)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: &str = "ann";

    fn network(number: u32) -> IpAddr {
        IpAddr::from(number.to_be_bytes())
    }

    fn after_wrong(tries: u32, now: Instant) -> NameDelay<&'static str> {
        let mut delays = NameDelay::new(1000);
        (0..tries).for_each(|number| delays.record(network(number), &ANN, now));
        delays
    }

    #[test]
    fn the_delay_doubles_with_every_twenty_wrong_tries_up_to_a_minute() {
        let now = Instant::now();
        for (tries, wait) in [
            (0, None),
            (19, None),
            (20, Some(2)),
            (39, Some(2)),
            (40, Some(4)),
            (60, Some(8)),
            (80, Some(16)),
            (100, Some(32)),
            (120, Some(60)),
            (140, Some(60)),
            (100_000, Some(60)),
        ] {
            let mut delays = after_wrong(tries, now);
            let waits = delays.retry_after(network(1_000_000), &ANN, now);
            assert_eq!(waits.map(|wait| wait.as_secs()), wait, "after {tries}");
            assert_eq!(delays.retry_after(network(1_000_000), &"bob", now), None, "another name");
        }
    }

    #[test]
    fn each_network_waits_from_when_it_asked_whatever_others_do() {
        let now = Instant::now();
        let mut delays = after_wrong(1000, now);
        let owner = network(1_000_000);
        assert_eq!(delays.retry_after(owner, &ANN, now), Some(LONGEST));
        for second in 1..60 {
            let now = now + Duration::from_secs(second);
            (0..10).for_each(|number| delays.record(network(number), &ANN, now));
            let left = Duration::from_secs(60 - second);
            assert_eq!(delays.retry_after(owner, &ANN, now), Some(left));
        }
        let turn = now + LONGEST;
        assert_eq!(delays.retry_after(owner, &ANN, turn), None);
        assert_eq!(delays.retry_after(owner, &ANN, turn + TURN / 2), None, "a turn lasts");
        delays.record(owner, &ANN, turn);
        assert_eq!(delays.retry_after(owner, &ANN, turn), Some(LONGEST), "a wrong try takes the turn");
        let late = turn + LONGEST + TURN;
        assert_eq!(delays.retry_after(owner, &ANN, late), Some(LONGEST), "a turn left for too long is gone");
    }

    #[test]
    fn an_hour_of_quiet_ends_it_and_right_tries_do_not_count() {
        let now = Instant::now();
        let mut delays = after_wrong(1000, now);
        let later = now + MEMORY;
        assert_eq!(delays.retry_after(network(0), &ANN, later), None);
        delays.record(network(0), &ANN, later);
        assert_eq!(delays.retry_after(network(0), &ANN, later), None);
        for _ in 0..100 {
            delays.record(network(0), &ANN, later);
            delays.forgive(&ANN);
        }
        assert_eq!(delays.retry_after(network(0), &ANN, later), None);
        delays.forgive(&ANN);
        delays.forgive(&ANN);
        assert!(delays.guesses.is_empty());
    }

    #[test]
    fn a_full_table_takes_no_place_from_another_network() {
        let now = Instant::now();
        let mut delays = after_wrong(1000, now);
        let owner = network(1_000_000);
        assert!(delays.retry_after(owner, &ANN, now).is_some());
        for number in 0..5000 {
            delays.retry_after(network(number), &ANN, now);
            assert!(delays.asked.len() <= 1000);
        }
        assert_eq!(delays.retry_after(owner, &ANN, now + LONGEST), None);
        assert_eq!(delays.retry_after(network(4999), &ANN, now), None, "one too many does not wait");
        let later = now + LONGEST + TURN;
        assert_eq!(delays.retry_after(network(4999), &ANN, later), Some(LONGEST), "places become free");
    }

    /// One /64 of a /48.
    fn of_site(site: u16, number: u16) -> IpAddr {
        Ipv6Addr::new(0x2001, 0xdb8, site, number, 0, 0, 0, 0).into()
    }

    #[test]
    fn a_site_takes_its_share_of_the_places_and_all_its_networks_wait() {
        let now = Instant::now();
        let mut delays = NameDelay::new(6400);
        (0..1000).for_each(|number| delays.record(network(number), &ANN, now));
        for number in 0..20_000 {
            assert_eq!(delays.retry_after(of_site(1, number), &ANN, now), Some(LONGEST), "{number}");
        }
        assert_eq!(delays.asked.len(), 100, "of 6400 places");
        let turn = now + LONGEST;
        assert_eq!(delays.retry_after(of_site(2, 0), &ANN, turn), Some(LONGEST), "another site has a place");
        assert_eq!(delays.retry_after(of_site(1, 99), &ANN, turn), None);
        assert_eq!(
            delays.retry_after(of_site(1, 100), &ANN, turn),
            Some(LONGEST),
            "it had no place to wait in"
        );
        delays.record(of_site(1, 99), &ANN, turn);
        assert_eq!(delays.retry_after(of_site(1, 100), &ANN, turn), Some(LONGEST));
        assert_eq!(delays.retry_after(of_site(1, 100), &ANN, turn + LONGEST), None, "it took the place left");
        let late = turn + LONGEST + TURN;
        assert_eq!(delays.retry_after(of_site(1, 5), &ANN, late), Some(LONGEST));
        assert_eq!(delays.retry_after(of_site(1, 200), &ANN, late), Some(LONGEST));
        assert_eq!(delays.places.values().sum::<usize>(), delays.asked.len());
        delays.drop_old(late + LONGEST + TURN);
        assert!(delays.asked.is_empty() && delays.places.is_empty());
    }
}
