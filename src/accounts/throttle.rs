//! Growing waits: a few wrong tries are free, each further one waits longer.
//!
//! Pure, like the [`Limiter`](super::Limiter): time is an argument and nothing is locked.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::{Duration, Instant};

/// The allowance of a [`Throttle`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Wrong tries that are free in one window; at least 1.
    pub most: usize,
    /// The window, and the first wait. Each later wait is twice as long.
    pub window: Duration,
    /// The longest wait.
    pub longest: Duration,
}

/// The growth of a key's waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// Doubled each time, up to [`Allowance::longest`].
    Doubling,
    /// Not at all: each is one [`Allowance::window`].
    Steady,
}

/// After this long without a wrong try a key begins anew.
const MEMORY: Duration = Duration::from_hours(1);

/// Counts wrong tries per key, and says how long to wait.
///
/// Never more than [`Allowance::most`] in one window: with that many, the wait begins with the last of them. Once it is
/// over the tries are free again, and the next wait is twice as long. Memory is bounded by `max_keys`: when a new key
/// finds the table full, keys that would begin anew are dropped, and if that is not enough, the ones quiet for longest.
#[derive(Debug)]
pub struct Throttle<K> {
    allowance: Allowance,
    max_keys: usize,
    tries: HashMap<K, Tries>,
}

#[derive(Debug)]
struct Tries {
    /// At most [`Allowance::most`], oldest first.
    times: VecDeque<Instant>,
    /// Waits that are over.
    waits: u32,
    last: Instant,
}

impl<K: Hash + Eq + Clone> Throttle<K> {
    /// An empty throttle that remembers at most `max_keys` keys (at least one).
    #[must_use]
    pub fn new(allowance: Allowance, max_keys: usize) -> Self {
        let allowance = Allowance { most: allowance.most.max(1), ..allowance };
        Self { allowance, max_keys: max_keys.max(1), tries: HashMap::new() }
    }

    /// The wait of `key`; `None` when it may go ahead.
    #[must_use]
    pub fn retry_after(&self, key: &K, growth: Growth, now: Instant) -> Option<Duration> {
        let tries = self.tries.get(key)?;
        if tries.times.len() < self.allowance.most {
            return None;
        }
        let age = now.saturating_duration_since(*tries.times.back()?);
        self.wait(tries.waits, growth).checked_sub(age).filter(|wait| !wait.is_zero())
    }

    /// Counts a wrong try of `key`, which [`retry_after`](Self::retry_after) lets go ahead.
    pub fn record(&mut self, key: K, now: Instant) {
        if !self.tries.contains_key(&key) {
            make_room(&mut self.tries, self.max_keys, now, MEMORY, |tries| tries.last);
        }
        let Allowance { most, window, .. } = self.allowance;
        let fresh = || Tries { times: VecDeque::new(), waits: 0, last: now };
        let tries = self.tries.entry(key).or_insert_with(fresh);
        if now.saturating_duration_since(tries.last) >= MEMORY {
            *tries = fresh();
        }
        if tries.times.len() >= most {
            // The wait is over.
            tries.times.clear();
            tries.waits = tries.waits.saturating_add(1);
        }
        while tries.times.front().is_some_and(|&time| now.saturating_duration_since(time) >= window) {
            tries.times.pop_front();
        }
        // Callers that ran at once may arrive out of order.
        let place = tries.times.partition_point(|&time| time <= now);
        tries.times.insert(place, now);
        tries.last = tries.last.max(now);
    }

    /// Takes back one that was recorded for `key` at `time`; nothing happens if it no longer counts. The waits before
    /// it are not forgotten: a right try does not wipe out wrong ones.
    pub fn forgive(&mut self, key: &K, time: Instant) {
        let Some(tries) = self.tries.get_mut(key) else { return };
        if let Ok(place) = tries.times.binary_search(&time) {
            tries.times.remove(place);
        }
        if tries.times.is_empty() && tries.waits == 0 {
            self.tries.remove(key);
        }
    }

    fn wait(&self, waits: u32, growth: Growth) -> Duration {
        let Allowance { window, longest, .. } = self.allowance;
        match growth {
            Growth::Steady => window,
            Growth::Doubling => 2u32
                .checked_pow(waits)
                .and_then(|factor| window.checked_mul(factor))
                .map_or(longest, |wait| wait.min(longest)),
        }
    }
}

/// Makes room for one more key in a table that is full: drops the keys quiet for `quiet`, and if that is not enough,
/// those quiet for longest. `last` says when a key was last busy.
pub(super) fn make_room<K: Hash + Eq + Clone, V>(
    table: &mut HashMap<K, V>,
    max_keys: usize,
    now: Instant,
    quiet: Duration,
    last: impl Fn(&V) -> Instant,
) {
    if table.len() < max_keys {
        return;
    }
    table.retain(|_, value| now.saturating_duration_since(last(value)) < quiet);
    if table.len() < max_keys {
        return;
    }
    // An eighth at a time, so that a flood of new keys does not pay for a full scan each.
    let surplus = (max_keys / 8).max(1);
    let mut times: Vec<(Instant, K)> = table.iter().map(|(key, value)| (last(value), key.clone())).collect();
    times.select_nth_unstable_by_key(surplus - 1, |&(time, _)| time);
    for (_, key) in times.drain(..surplus) {
        table.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWANCE: Allowance =
        Allowance { most: 3, window: Duration::from_mins(1), longest: Duration::from_mins(5) };

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    /// The number of tries that go ahead at one moment, and the wait of the next.
    fn burst(throttle: &mut Throttle<&str>, growth: Growth, now: Instant) -> (usize, Option<u64>) {
        let mut passed = 0;
        for _ in 0..20 {
            if throttle.retry_after(&"a", growth, now).is_none() {
                throttle.record("a", now);
                passed += 1;
            }
        }
        (passed, throttle.retry_after(&"a", growth, now).map(|wait| wait.as_secs()))
    }

    #[test]
    fn each_wait_is_twice_the_last_up_to_the_longest() {
        let (mut throttle, mut now) = (Throttle::new(ALLOWANCE, 10), Instant::now());
        for wait in [60, 120, 240, 300, 300] {
            assert_eq!(burst(&mut throttle, Growth::Doubling, now), (3, Some(wait)));
            now += seconds(wait - 1);
            assert!(throttle.retry_after(&"a", Growth::Doubling, now).is_some());
            now += seconds(1);
        }
        assert_eq!(throttle.retry_after(&"b", Growth::Doubling, now), None, "another key is not concerned");
    }

    #[test]
    fn steady_waits_stay_one_window() {
        let (mut throttle, mut now) = (Throttle::new(ALLOWANCE, 10), Instant::now());
        for _ in 0..40 {
            assert_eq!(burst(&mut throttle, Growth::Steady, now), (3, Some(60)));
            now += seconds(60);
        }
    }

    #[test]
    fn never_more_than_allowed_in_one_window() {
        let (mut throttle, start) = (Throttle::new(ALLOWANCE, 10), Instant::now());
        // (seconds since the start, the wait expected; when there is none, one is recorded)
        let rows = [
            (0, None),
            (50, None),
            (61, None),
            (70, None),
            (70, Some(60)),
            (129, Some(1)),
            (130, None),
            (130, None),
            (189, None),
            (189, Some(120)),
            (308, Some(1)),
            (309, None),
        ];
        for (at, wait) in rows {
            let now = start + seconds(at);
            assert_eq!(throttle.retry_after(&"a", Growth::Doubling, now), wait.map(seconds), "at {at} s");
            if wait.is_none() {
                throttle.record("a", now);
            }
        }
    }

    #[test]
    fn begins_anew_after_an_hour_of_quiet() {
        let (mut throttle, now) = (Throttle::new(ALLOWANCE, 10), Instant::now());
        burst(&mut throttle, Growth::Doubling, now);
        let later = now + seconds(60);
        assert_eq!(burst(&mut throttle, Growth::Doubling, later), (3, Some(120)));
        assert_eq!(burst(&mut throttle, Growth::Doubling, later + MEMORY), (3, Some(60)));
    }

    #[test]
    fn forgives_one_but_not_the_waits() {
        let (mut throttle, now) = (Throttle::new(ALLOWANCE, 10), Instant::now());
        for _ in 0..100 {
            throttle.record("a", now);
            throttle.forgive(&"a", now);
        }
        assert!(throttle.tries.is_empty());
        burst(&mut throttle, Growth::Doubling, now);
        let later = now + seconds(60);
        throttle.record("a", later);
        throttle.forgive(&"a", later);
        assert_eq!(burst(&mut throttle, Growth::Doubling, later), (3, Some(120)));
        throttle.forgive(&"a", later);
        assert_eq!(throttle.retry_after(&"a", Growth::Doubling, later), None);
    }

    #[test]
    fn is_bounded_and_drops_the_quietest() {
        let (mut throttle, now) = (Throttle::new(ALLOWANCE, 100), Instant::now());
        for key in 0..10_000 {
            throttle.record(key, now + seconds(key));
            assert!(throttle.tries.len() <= 100);
        }
        assert!(throttle.tries.contains_key(&9_999) && !throttle.tries.contains_key(&0));
        throttle.record(0, now + seconds(10_000) + MEMORY);
        assert!(throttle.tries.len() < 100, "an hour later the old ones are gone");
    }
}
