//! The rate of announcements.
//!
//! Ten thousand users who come within ten seconds would be fifty million deliveries, one for each of those already
//! there. A [`Coalescer`] makes about a hundred announcements of them: the first change is announced at once, then
//! there is at most one announcement per window, and the last value is always announced.
//!
//! ```
//! use std::time::Duration;
//! use wirewalk::presence::coalesce::{Action, Coalescer};
//!
//! let ms = Duration::from_millis;
//! let mut coalescer = Coalescer::new(ms(100));
//! coalescer.changed(1);
//! assert_eq!(coalescer.poll(ms(0)), Action::Announce(1));
//! coalescer.changed(2);
//! coalescer.changed(3);
//! assert_eq!(coalescer.poll(ms(30)), Action::WaitUntil(ms(100)));
//! assert_eq!(coalescer.poll(ms(100)), Action::Announce(3));
//! assert_eq!(coalescer.poll(ms(100)), Action::Idle);
//! ```

use std::time::Duration;

/// The default window between two announcements.
pub const WINDOW: Duration = Duration::from_millis(100);

/// Decides when a change is announced. Times are distances from an origin that the caller chooses.
#[derive(Debug)]
pub struct Coalescer {
    window: Duration,
    newest: u64,
    announced: u64,
    /// No announcement before this.
    not_before: Duration,
}

/// The next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Announce now; this version or a newer one. It is taken as done.
    Announce(u64),
    /// There is something to announce, but not before this time.
    WaitUntil(Duration),
    /// There is nothing to announce until something changes.
    Idle,
}

impl Default for Coalescer {
    fn default() -> Self {
        Self::new(WINDOW)
    }
}

impl Coalescer {
    /// A coalescer that has announced nothing, version 0 excepted, which is the empty list.
    #[must_use]
    pub fn new(window: Duration) -> Self {
        Self { window, newest: 0, announced: 0, not_before: Duration::ZERO }
    }

    /// There is a new version. One that comes late is known already, and changes nothing.
    pub fn changed(&mut self, version: u64) {
        self.newest = self.newest.max(version);
    }

    /// The next step at `now`. After [`Action::Announce`], ask again.
    #[must_use]
    pub fn poll(&mut self, now: Duration) -> Action {
        if self.newest == self.announced {
            Action::Idle
        } else if now < self.not_before {
            Action::WaitUntil(self.not_before)
        } else {
            self.announced = self.newest;
            self.not_before = now.saturating_add(self.window);
            Action::Announce(self.newest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Coalescer};
    use std::time::Duration;

    /// Lets the changes happen, wakes exactly when due, and returns each announcement with its time.
    fn run(changes: impl IntoIterator<Item = (u64, Duration)>) -> Vec<(u64, Duration)> {
        let mut coalescer = Coalescer::default();
        let mut announced = Vec::new();
        let mut wake = None;
        let mut poll = |coalescer: &mut Coalescer, now| loop {
            match coalescer.poll(now) {
                Action::Announce(version) => announced.push((version, now)),
                Action::WaitUntil(then) => break Some(then),
                Action::Idle => break None,
            }
        };
        for (version, now) in changes {
            if let Some(then) = wake
                && then <= now
            {
                poll(&mut coalescer, then);
            }
            coalescer.changed(version);
            wake = poll(&mut coalescer, now);
        }
        if let Some(then) = wake {
            assert_eq!(poll(&mut coalescer, then), None);
        }
        announced
    }

    #[test]
    fn ten_thousand_joins_in_ten_seconds_are_a_hundred_announcements() {
        let announced = run((1..=10_000).map(|version| (version, Duration::from_millis(version))));
        assert!(announced.len() <= 101, "{} announcements", announced.len());
        assert_eq!(announced[0], (1, Duration::from_millis(1)), "the first at once");
        assert_eq!(announced.last().map(|last| last.0), Some(10_000), "the last always");
        assert!(
            announced.windows(2).all(|pair| pair[1].1 >= pair[0].1 + super::WINDOW && pair[1].0 > pair[0].0)
        );
    }

    #[test]
    fn a_lone_change_is_announced_at_once_and_once() {
        let seconds = Duration::from_secs;
        assert_eq!(run([(1, seconds(1)), (2, seconds(5))]), [(1, seconds(1)), (2, seconds(5))]);
    }

    #[test]
    fn a_late_version_is_no_news() {
        let mut coalescer = Coalescer::default();
        coalescer.changed(9);
        assert_eq!(coalescer.poll(Duration::ZERO), Action::Announce(9));
        coalescer.changed(8);
        coalescer.changed(9);
        assert_eq!(coalescer.poll(Duration::from_secs(1)), Action::Idle);
    }

    #[test]
    fn a_clock_at_its_end_does_no_harm() {
        let mut coalescer = Coalescer::default();
        coalescer.changed(1);
        assert_eq!(coalescer.poll(Duration::MAX), Action::Announce(1));
        coalescer.changed(2);
        assert_eq!(coalescer.poll(Duration::MAX), Action::Announce(2));
    }
}
