//! A limit on failures: a sliding window over the most recent ones, per key.
//!
//! Pure: time is an argument and nothing is locked. A window that slides, and not a bucket that refills, because the
//! promise is then exact: never more than `most` in any stretch of `window`.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

/// The rule of a [`Limiter`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimiterRule {
    /// Failures allowed in one window; at least 1.
    pub most: usize,
    /// The window: how long each counts.
    pub window: Duration,
}

/// Counts per key, and says how long to wait once a key has used up its [`LimiterRule`].
///
/// Memory is bounded by `max_keys`, each with at most [`LimiterRule::most`] times: when a new key finds the table full,
/// keys whose times have all passed are dropped, and if that is not enough, the ones quiet for longest.
#[derive(Debug)]
pub struct Limiter<K> {
    rule: LimiterRule,
    max_keys: usize,
    /// The times of each key, oldest first; never empty.
    times: HashMap<K, VecDeque<Instant>>,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    /// An empty limiter that remembers at most `max_keys` keys (at least one).
    #[must_use]
    pub fn new(rule: LimiterRule, max_keys: usize) -> Self {
        let rule = LimiterRule { most: rule.most.max(1), ..rule };
        Self { rule, max_keys: max_keys.max(1), times: HashMap::new() }
    }

    /// The wait of `key`; `None` when it may go ahead.
    #[must_use]
    pub fn retry_after(&self, key: &K, now: Instant) -> Option<Duration> {
        let times = self.times.get(key)?;
        // With the newest `most` still counting, the oldest of them is the one whose end makes room.
        let first = times.len().checked_sub(self.rule.most)?;
        let age = now.saturating_duration_since(times[first]);
        self.rule.window.checked_sub(age).filter(|wait| !wait.is_zero())
    }

    /// Counts one for `key`.
    pub fn record(&mut self, key: K, now: Instant) {
        if !self.times.contains_key(&key) && self.times.len() >= self.max_keys {
            self.make_room(now);
        }
        let times = self.times.entry(key).or_default();
        while times.front().is_some_and(|&time| self.rule.is_over(time, now)) {
            times.pop_front();
        }
        // Callers that ran at once may arrive out of order.
        let place = times.partition_point(|&time| time <= now);
        times.insert(place, now);
        if times.len() > self.rule.most {
            times.pop_front();
        }
    }

    /// Takes back one that was recorded for `key` at `time`; nothing happens if it no longer counts.
    pub fn forgive(&mut self, key: &K, time: Instant) {
        let Some(times) = self.times.get_mut(key) else { return };
        if let Ok(place) = times.binary_search(&time) {
            times.remove(place);
        }
        if times.is_empty() {
            self.times.remove(key);
        }
    }

    fn make_room(&mut self, now: Instant) {
        let rule = self.rule;
        self.times.retain(|_, times| times.back().is_some_and(|&time| !rule.is_over(time, now)));
        if self.times.len() < self.max_keys {
            return;
        }
        // An eighth at a time, so that a flood of new keys does not pay for a full scan each.
        let surplus = (self.max_keys / 8).max(1);
        let mut last: Vec<(Instant, K)> =
            self.times.iter().filter_map(|(key, times)| Some((*times.back()?, key.clone()))).collect();
        last.select_nth_unstable_by_key(surplus - 1, |&(time, _)| time);
        for (_, key) in last.drain(..surplus) {
            self.times.remove(&key);
        }
    }
}

impl LimiterRule {
    fn is_over(self, time: Instant, now: Instant) -> bool {
        now.saturating_duration_since(time) >= self.window
    }
}

/// The network that counts as one peer: an IPv4 address (also when written as IPv6), or the /64 of an IPv6 address, all
/// of which one host has.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: LimiterRule = LimiterRule { most: 3, window: Duration::from_mins(1) };

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn allows_exactly_as_many_as_the_rule_says_in_any_window() {
        let (mut limiter, start) = (Limiter::new(RULE, 10), Instant::now());
        // (seconds since the start, the wait expected; when there is none, one is recorded)
        let rows = [
            (0, None),
            (10, None),
            (50, None),
            (50, Some(10)),
            (59, Some(1)),
            (60, None),
            (60, Some(10)),
            (69, Some(1)),
            (70, None),
            (70, Some(40)),
            (110, None),
            (110, Some(10)),
            (500, None),
            (500, None),
            (500, None),
            (500, Some(60)),
        ];
        for (at, wait) in rows {
            let now = start + seconds(at);
            assert_eq!(limiter.retry_after(&"a", now), wait.map(seconds), "at {at} s");
            assert_eq!(limiter.retry_after(&"b", now), None, "another key is not concerned");
            if wait.is_none() {
                limiter.record("a", now);
            }
        }
    }

    #[test]
    fn forgives_one() {
        let (mut limiter, start) = (Limiter::new(RULE, 10), Instant::now());
        for second in 0..3 {
            limiter.record("a", start + seconds(second));
        }
        let now = start + seconds(3);
        limiter.forgive(&"a", now);
        assert_eq!(limiter.retry_after(&"a", now), Some(seconds(57)), "nothing was recorded then");
        limiter.forgive(&"a", start + seconds(1));
        assert_eq!(limiter.retry_after(&"a", now), None);
        limiter.forgive(&"a", start);
        limiter.forgive(&"a", start + seconds(2));
        assert!(limiter.times.is_empty());
    }

    #[test]
    fn bears_time_out_of_order() {
        let (mut limiter, start) = (Limiter::new(RULE, 10), Instant::now());
        for second in [20, 0, 10] {
            limiter.record("a", start + seconds(second));
        }
        assert_eq!(limiter.retry_after(&"a", start + seconds(20)), Some(seconds(40)));
    }

    #[test]
    fn keeps_no_more_times_than_matter() {
        let (mut limiter, start) = (Limiter::new(RULE, 10), Instant::now());
        for second in 0..50 {
            limiter.record("a", start + seconds(second));
        }
        assert_eq!(limiter.times["a"].len(), 3);
        assert_eq!(limiter.retry_after(&"a", start + seconds(50)), Some(seconds(57)));
    }

    #[test]
    fn sweeps_what_has_passed_then_drops_the_quietest() {
        let (mut limiter, start) = (Limiter::new(RULE, 16), Instant::now());
        for key in 0..16 {
            limiter.record(key, start + seconds(key));
        }
        limiter.record(16, start + seconds(16));
        assert_eq!(limiter.times.len(), 15, "an eighth went, one came");
        assert!(!limiter.times.contains_key(&0) && !limiter.times.contains_key(&1));

        limiter.record(17, start + seconds(17));
        limiter.record(18, start + seconds(70));
        assert_eq!(limiter.times.len(), 8, "keys 2 to 10 had passed");
        assert!(limiter.times.contains_key(&11) && limiter.times.contains_key(&18));
    }

    #[test]
    fn is_bounded_even_when_time_stands_still() {
        let (mut limiter, now) = (Limiter::new(RULE, 100), Instant::now());
        for key in 0..10_000 {
            limiter.record(key, now);
            assert!(limiter.times.len() <= 100);
        }
        assert!(limiter.times.contains_key(&9_999));
        let mut one = Limiter::new(RULE, 0);
        one.record("a", now);
        one.record("b", now);
        assert_eq!(one.times.len(), 1);
    }

    #[test]
    fn counts_ipv6_by_64_and_mapped_ipv4_as_ipv4() {
        let network = |address: &str| network(address.parse().unwrap()).to_string();
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("::1"), "::");
    }
}
