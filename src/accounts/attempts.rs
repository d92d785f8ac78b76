//! Wrong passwords, counted: by network and name, by network, and by name.

use super::UserName;
use super::limiter::{Limiter, LimiterRule, network};
use super::name_delay::NameDelay;
use super::throttle::{Allowance, Growth, Throttle};
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// One person mistyping, or one machine guessing at one account.
const BY_NETWORK_AND_NAME: Allowance =
    Allowance { most: 10, window: Duration::from_mins(1), longest: Duration::from_mins(15) };
/// One machine trying many names; roomy, since a whole office may share an address.
const BY_NETWORK: LimiterRule = LimiterRule { most: 100, window: Duration::from_mins(1) };

const MAX_KEYS: usize = 1 << 14;

/// Known if the user has signed in from the network before, else new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Familiarity {
    Known,
    New,
}

/// An attempt to log in: its network and its name. All texts that cannot be a name count as one.
#[derive(Debug)]
pub(super) struct Attempt {
    from: IpAddr,
    name: Option<String>,
    familiarity: Familiarity,
}

impl Attempt {
    pub(super) fn new(from: IpAddr, name: Option<&UserName>, familiarity: Familiarity) -> Self {
        Self { from: network(from), name: name.map(|name| name.folded().to_owned()), familiarity }
    }

    fn pair(&self) -> (IpAddr, Option<String>) {
        (self.from, self.name.clone())
    }

    /// Growth of the waits. Where the owner has signed in before, they do not grow: somebody else there may be the one
    /// who guesses.
    fn growth(&self) -> Growth {
        match self.familiarity {
            Familiarity::Known => Growth::Steady,
            Familiarity::New => Growth::Doubling,
        }
    }
}

/// The limits that a login must pass. None locks the owner out for long: on a network that they have signed in from,
/// attempts elsewhere do not delay them; on a new one they wait a minute at most.
#[derive(Debug)]
pub(super) struct Attempts {
    pair: Throttle<(IpAddr, Option<String>)>,
    network: Limiter<IpAddr>,
    /// For networks that are new to the name only.
    name: NameDelay<Option<String>>,
}

impl Attempts {
    pub(super) fn new() -> Self {
        Self {
            pair: Throttle::new(BY_NETWORK_AND_NAME, MAX_KEYS),
            network: Limiter::new(BY_NETWORK, MAX_KEYS),
            name: NameDelay::new(MAX_KEYS),
        }
    }

    /// The wait of this attempt, if any.
    pub(super) fn retry_after(&mut self, attempt: &Attempt, now: Instant) -> Option<Duration> {
        let pair = self.pair.retry_after(&attempt.pair(), attempt.growth(), now);
        let network = self.network.retry_after(&attempt.from, now);
        let own = pair.max(network);
        match attempt.familiarity {
            // Who may not try anyway is not given a place to wait in.
            Familiarity::New if own.is_none() => self.name.retry_after(attempt.from, &attempt.name, now),
            _ => own,
        }
    }

    /// Counts the attempt as wrong before the password is looked at, so that many at once cannot slip through between
    /// the question and the answer; [`Attempts::forgive`] takes it back. `Err` is how long to wait.
    pub(super) fn charge(&mut self, attempt: &Attempt, now: Instant) -> Result<(), Duration> {
        if let Some(wait) = self.retry_after(attempt, now) {
            return Err(wait);
        }
        self.pair.record(attempt.pair(), now);
        self.network.record(attempt.from, now);
        if attempt.familiarity == Familiarity::New {
            self.name.record(attempt.from, &attempt.name, now);
        }
        Ok(())
    }

    /// The attempt charged at `time` was not a wrong one after all.
    pub(super) fn forgive(&mut self, attempt: &Attempt, time: Instant) {
        self.pair.forgive(&attempt.pair(), time);
        self.network.forgive(&attempt.from, time);
        if attempt.familiarity == Familiarity::New {
            self.name.forgive(&attempt.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(from: &str, name: &str) -> Attempt {
        Attempt::new(from.parse().unwrap(), UserName::parse(name).ok().as_ref(), Familiarity::New)
    }

    fn at_home(name: &str) -> Attempt {
        Attempt { familiarity: Familiarity::Known, ..attempt("192.0.2.200", name) }
    }

    /// The number of `tries` that pass, all at one moment.
    fn passed(attempts: &mut Attempts, now: Instant, tries: impl Iterator<Item = Attempt>) -> usize {
        tries.filter(|attempt| attempts.charge(attempt, now).is_ok()).count()
    }

    #[test]
    fn ten_a_minute_for_one_address_and_name() {
        let (mut attempts, now) = (Attempts::new(), Instant::now());
        assert_eq!(passed(&mut attempts, now, (0..30).map(|_| attempt("192.0.2.1", "Ann"))), 10);
        assert_eq!(attempts.retry_after(&attempt("192.0.2.1", "ANN"), now), Some(Duration::from_mins(1)));
        assert_eq!(attempts.retry_after(&attempt("192.0.2.2", "Ann"), now), None);
        assert_eq!(attempts.retry_after(&attempt("192.0.2.1", "Bob"), now), None);
        let later = now + Duration::from_mins(1);
        assert_eq!(passed(&mut attempts, later, (0..30).map(|_| attempt("192.0.2.1", "Ann"))), 10);
    }

    #[test]
    fn a_hundred_a_minute_for_one_address() {
        let (mut attempts, now) = (Attempts::new(), Instant::now());
        let many = |range: std::ops::Range<u32>| {
            range.map(|i| attempt(&format!("2001:db8::{i:x}"), &format!("user{i}")))
        };
        assert_eq!(passed(&mut attempts, now, many(0..300)), 100);
        assert_eq!(attempts.retry_after(&attempt("2001:db8:0:1::", "user0"), now), None);
        let later = now + Duration::from_mins(1);
        assert_eq!(passed(&mut attempts, later, many(300..600)), 100);
    }

    #[test]
    fn the_waits_of_one_network_and_name_grow_to_a_quarter_of_an_hour() {
        let (mut attempts, mut now) = (Attempts::new(), Instant::now());
        let mut minutes = Vec::new();
        while minutes.len() < 6 {
            if let Err(wait) = attempts.charge(&attempt("192.0.2.1", "Ann"), now) {
                // The delay of the name is shorter.
                minutes.extend(Some(wait.as_secs() / 60).filter(|minutes| *minutes > 0));
                now += wait;
            }
        }
        assert_eq!(minutes, [1, 2, 4, 8, 15, 15]);
    }

    #[test]
    fn many_networks_wait_and_the_owner_does_not_at_home() {
        let (mut attempts, mut now) = (Attempts::new(), Instant::now());
        let everyone = || (0..1000).map(|i| attempt(&format!("10.0.{}.{}", i / 250, i % 250), "Ann"));
        assert_eq!(passed(&mut attempts, now, everyone()), 20);
        assert_eq!(passed(&mut attempts, now, everyone()), 0);
        for _ in 0..20 {
            for _ in 0..3 {
                attempts.charge(&at_home("Ann"), now).expect("at home the owner gets in");
                attempts.forgive(&at_home("Ann"), now);
            }
            now += Duration::from_mins(1);
            assert_eq!(passed(&mut attempts, now, everyone()), 1000, "one try each a minute");
            assert_eq!(passed(&mut attempts, now, everyone()), 0);
        }
        let journey = attempt("192.0.2.77", "Ann");
        assert_eq!(attempts.charge(&journey, now), Err(Duration::from_mins(1)));
        now += Duration::from_mins(1);
        passed(&mut attempts, now, everyone());
        attempts.charge(&journey, now).expect("after a minute the owner gets in anywhere");
        assert_eq!(attempts.retry_after(&attempt("192.0.2.77", "Bob"), now), None);
    }

    #[test]
    fn at_home_it_is_ten_a_minute_and_the_waits_do_not_grow() {
        let (mut attempts, mut now) = (Attempts::new(), Instant::now());
        for _ in 0..5 {
            assert_eq!(passed(&mut attempts, now, (0..30).map(|_| at_home("Ann"))), 10);
            now += Duration::from_mins(1);
        }
        assert_eq!(
            attempts.retry_after(&attempt("192.0.2.1", "Ann"), now),
            None,
            "nor does anyone else wait"
        );
    }

    #[test]
    fn what_is_no_name_is_counted_together() {
        let (mut attempts, now) = (Attempts::new(), Instant::now());
        let nonsense = (0..30).map(|i| attempt("192.0.2.1", &"?".repeat(i)));
        assert_eq!(passed(&mut attempts, now, nonsense), 10);
    }

    #[test]
    fn forgiven_attempts_do_not_count() {
        let (mut attempts, now) = (Attempts::new(), Instant::now());
        for _ in 0..500 {
            let right = attempt("192.0.2.1", "Ann");
            attempts.charge(&right, now).unwrap();
            attempts.forgive(&right, now);
        }
        assert_eq!(passed(&mut attempts, now, (0..30).map(|_| attempt("192.0.2.1", "Ann"))), 10);
    }
}
