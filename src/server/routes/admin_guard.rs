//! Wrong admin tokens: counted by network, and slowed.
//!
//! Only wrong tokens count. After 10 in a minute the network waits a minute, then twice as long each time, up to a
//! quarter of an hour; meanwhile the answer is the same for a right token, or the wait would hold up nobody who
//! guesses. But a network that the right token has come from since the start is served it all the same: there, behind
//! one proxy perhaps, anyone could lock the administrator out. What protects the token in such a network is its length.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use subtle::ConstantTimeEq as _;

use crate::accounts::{Allowance, Growth, Throttle, network};
use crate::server::lock::lock;

const WRONG_TOKENS: Allowance =
    Allowance { most: 10, window: Duration::from_mins(1), longest: Duration::from_mins(15) };

/// The most networks whose wrong tokens are remembered.
const NETWORKS: usize = 10_000;

/// The most networks that the right token has come from.
const KNOWN: usize = 1000;

/// Guard of the administrator's API.
pub(in crate::server) struct AdminGuard {
    state: Mutex<State>,
}

struct State {
    wrong: Throttle<IpAddr>,
    /// When the right token last came from a network.
    known: HashMap<IpAddr, Instant>,
}

/// Result of a token check.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::server) enum Admission {
    /// It is the right one.
    Granted,
    /// It is not.
    Refused,
    /// There were too many wrong ones: try again after this long.
    Wait(Duration),
}

impl Default for AdminGuard {
    fn default() -> Self {
        let state = State { wrong: Throttle::new(WRONG_TOKENS, NETWORKS), known: HashMap::new() };
        Self { state: Mutex::new(state) }
    }
}

impl AdminGuard {
    /// Compares the token that came from `from` with the right one. None given is no guess, and is not counted.
    pub(in crate::server) fn admit(&self, given: &str, right: &str, from: IpAddr, now: Instant) -> Admission {
        // Before anything else, and in constant time: neither the answer nor the time shows how much was right.
        let is_right = bool::from(given.as_bytes().ct_eq(right.as_bytes()));
        let from = network(from);
        let mut state = lock(&self.state);
        if is_right && state.known.contains_key(&from) {
            state.known.insert(from, now);
            return Admission::Granted;
        }
        if given.is_empty() {
            return Admission::Refused;
        }
        if let Some(wait) = state.wrong.retry_after(&from, Growth::Doubling, now) {
            return Admission::Wait(wait);
        }
        if is_right {
            state.know(from, now);
            Admission::Granted
        } else {
            state.wrong.record(from, now);
            Admission::Refused
        }
    }
}

impl State {
    fn know(&mut self, from: IpAddr, now: Instant) {
        if self.known.len() >= KNOWN {
            let oldest = self.known.iter().min_by_key(|&(_, time)| *time).map(|(network, _)| *network);
            oldest.and_then(|network| self.known.remove(&network));
        }
        self.known.insert(from, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: &str = "the right one";

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    /// The number of 30 wrong tokens that are checked, and the wait of the next one.
    fn burst(guard: &AdminGuard, from: IpAddr, now: Instant) -> (usize, Admission) {
        let looked = (0..30).filter(|_| guard.admit("wrong", RIGHT, from, now) == Admission::Refused).count();
        (looked, guard.admit("wrong", RIGHT, from, now))
    }

    #[test]
    fn ten_wrong_tokens_then_waits_that_grow() {
        let (guard, mut now) = (AdminGuard::default(), Instant::now());
        for minutes in [1, 2, 4, 8, 15, 15] {
            let wait = Duration::from_mins(minutes);
            assert_eq!(burst(&guard, address(1), now), (10, Admission::Wait(wait)));
            assert_eq!(
                guard.admit(RIGHT, RIGHT, address(1), now),
                Admission::Wait(wait),
                "not told by a right one"
            );
            assert_eq!(guard.admit("", RIGHT, address(1), now), Admission::Refused, "no token is no guess");
            now += wait;
        }
        assert_eq!(guard.admit(RIGHT, RIGHT, address(2), now), Admission::Granted, "another network");
        assert_eq!(guard.admit(RIGHT, RIGHT, address(1), now), Admission::Granted, "after the wait");
    }

    #[test]
    fn a_network_that_had_the_right_token_is_never_locked_out() {
        let (guard, now) = (AdminGuard::default(), Instant::now());
        assert_eq!(guard.admit(RIGHT, RIGHT, address(1), now), Admission::Granted);
        assert_eq!(burst(&guard, address(1), now).0, 10);
        assert_eq!(guard.admit(RIGHT, RIGHT, address(1), now), Admission::Granted);
        assert!(matches!(guard.admit("wrong", RIGHT, address(1), now), Admission::Wait(_)));
    }

    #[test]
    fn known_networks_are_bounded_and_the_least_recent_is_dropped() {
        let (guard, now) = (AdminGuard::default(), Instant::now());
        for number in 0..2000_u32 {
            let from = IpAddr::from(number.to_be_bytes());
            let now = now + Duration::from_secs(number.into());
            assert_eq!(guard.admit(RIGHT, RIGHT, from, now), Admission::Granted);
        }
        let state = lock(&guard.state);
        assert_eq!(state.known.len(), KNOWN);
        assert!(state.known.contains_key(&IpAddr::from(1999_u32.to_be_bytes())));
    }
}
