//! Rate limits.

use std::time::Duration;

/// An average rate and a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The average, over time.
    pub per_second: u32,
    /// The most at once after a pause.
    pub burst: u32,
}

/// A counter against a [`Rate`] in one number: the time at which all events so far would be worked off at the average
/// rate (the generic cell rate algorithm of ITU-T I.371).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Meter {
    worked_off: Duration,
}

impl Meter {
    /// Counts one event at `now`; false if it exceeds the rate.
    pub(super) fn allows(&mut self, rate: Rate, now: Duration) -> bool {
        let each = Duration::from_secs(1) / rate.per_second.max(1);
        self.worked_off = self.worked_off.max(now) + each;
        self.worked_off.saturating_sub(now) <= each * rate.burst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_the_average() {
        let rate = Rate { per_second: 20, burst: 40 };
        let start = Duration::from_secs(100);
        let mut meter = Meter::default();
        assert_eq!((0..60).take_while(|_| meter.allows(rate, start)).count(), 40);
        let mut meter = Meter::default();
        let steady = (0..1000).map(|i| start + Duration::from_millis(50 * i));
        assert!(steady.into_iter().all(|now| meter.allows(rate, now)));
    }
}
