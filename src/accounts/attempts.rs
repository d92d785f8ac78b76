//! Wrong passwords, counted: by address and name, by address, and by name.

use super::Name;
use super::limiter::{Limiter, Rule, network};
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// One person mistyping, or one machine guessing at one account.
const BY_ADDRESS_AND_NAME: Rule = Rule { most: 10, window: Duration::from_mins(1) };
/// One machine trying many names; roomy, since a whole office may share an address.
const BY_ADDRESS: Rule = Rule { most: 100, window: Duration::from_mins(1) };
/// Many machines trying one name.
const BY_NAME: Rule = Rule { most: 200, window: Duration::from_hours(1) };

const MAX_KEYS: usize = 1 << 14;

/// Who tries to log in as whom. Everything that cannot be a name counts as one.
#[derive(Debug)]
pub(super) struct Attempt {
    from: IpAddr,
    name: Option<String>,
}

impl Attempt {
    pub(super) fn new(from: IpAddr, name: Option<&Name>) -> Self {
        Self { from: network(from), name: name.map(|name| name.folded().to_owned()) }
    }

    fn pair(&self) -> (IpAddr, Option<String>) {
        (self.from, self.name.clone())
    }
}

/// The three counts a login has to pass.
#[derive(Debug)]
pub(super) struct Attempts {
    pair: Limiter<(IpAddr, Option<String>)>,
    address: Limiter<IpAddr>,
    name: Limiter<Option<String>>,
}

impl Attempts {
    pub(super) fn new() -> Self {
        Self {
            pair: Limiter::new(BY_ADDRESS_AND_NAME, MAX_KEYS),
            address: Limiter::new(BY_ADDRESS, MAX_KEYS),
            name: Limiter::new(BY_NAME, MAX_KEYS),
        }
    }

    /// How long this attempt has to wait, if it must.
    pub(super) fn retry_after(&self, attempt: &Attempt, now: Instant) -> Option<Duration> {
        [
            self.pair.retry_after(&attempt.pair(), now),
            self.address.retry_after(&attempt.from, now),
            self.name.retry_after(&attempt.name, now),
        ]
        .into_iter()
        .flatten()
        .max()
    }

    /// Counts the attempt as wrong before the password is looked at, so that many at once cannot slip through between
    /// the question and the answer; [`Attempts::forgive`] takes it back. `Err` is how long to wait.
    pub(super) fn charge(&mut self, attempt: &Attempt, now: Instant) -> Result<(), Duration> {
        if let Some(wait) = self.retry_after(attempt, now) {
            return Err(wait);
        }
        self.pair.record(attempt.pair(), now);
        self.address.record(attempt.from, now);
        self.name.record(attempt.name.clone(), now);
        Ok(())
    }

    /// The attempt charged at `time` was not a wrong one after all.
    pub(super) fn forgive(&mut self, attempt: &Attempt, time: Instant) {
        self.pair.forgive(&attempt.pair(), time);
        self.address.forgive(&attempt.from, time);
        self.name.forgive(&attempt.name, time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(from: &str, name: &str) -> Attempt {
        Attempt::new(from.parse().unwrap(), Name::parse(name).ok().as_ref())
    }

    /// How many of `tries` are let through, all at one moment.
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
    fn two_hundred_an_hour_for_one_name() {
        let (mut attempts, now) = (Attempts::new(), Instant::now());
        let everyone = || (0..1000).map(|i| attempt(&format!("10.0.{}.{}", i / 250, i % 250), "Ann"));
        assert_eq!(passed(&mut attempts, now, everyone()), 200);
        assert_eq!(passed(&mut attempts, now + Duration::from_mins(59), everyone()), 0);
        assert_eq!(passed(&mut attempts, now + Duration::from_hours(1), everyone()), 200);
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
