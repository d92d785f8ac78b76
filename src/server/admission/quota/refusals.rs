//! Refusals by quota: counted, and logged at intervals.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tracing::warn;

use super::Quota;
use crate::server::lock::lock;

/// Interval between two log lines of a quota.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// Number of refusals of each quota. Displays those above zero.
#[derive(Debug, Default)]
pub(in crate::server) struct Refusals([Count; Quota::ALL.len()]);

#[derive(Debug, Default)]
struct Count {
    refused: AtomicU64,
    logged: Mutex<Option<Instant>>,
}

impl Refusals {
    /// Counts a refusal; `of` is the network or user, for the log.
    pub(in crate::server) fn count(&self, quota: Quota, of: impl fmt::Display) {
        let count = &self.0[quota as usize];
        let refused = count.refused.fetch_add(1, Ordering::Relaxed) + 1;
        let mut logged = lock(&count.logged);
        if logged.is_none_or(|time| time.elapsed() >= LOG_INTERVAL) {
            *logged = Some(Instant::now());
            warn!("refused {of}: {}; {refused} so far (--quota-{})", quota.reason(), quota.name());
        }
    }

    /// Number of refusals of a quota.
    pub(in crate::server) fn refused(&self, quota: Quota) -> u64 {
        self.0[quota as usize].refused.load(Ordering::Relaxed)
    }

    /// Returns `true` if nothing was refused.
    pub(in crate::server) fn is_empty(&self) -> bool {
        Quota::ALL.iter().all(|quota| self.refused(*quota) == 0)
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = Quota::ALL.map(|quota| (quota.name(), self.refused(quota)));
        for (number, (name, refused)) in counts.iter().filter(|(_, refused)| *refused > 0).enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(f, "{comma}{name} {refused}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_counted_by_quota_and_zeros_left_out() {
        for (number, quota) in Quota::ALL.into_iter().enumerate() {
            assert_eq!(quota as usize, number);
        }
        let refusals = Refusals::default();
        assert!(refusals.is_empty());
        for (quota, times) in [(Quota::Connections, 2), (Quota::HeldBytes, 1)] {
            (0..times).for_each(|_| refusals.count(quota, "192.0.2.1"));
        }
        assert_eq!(refusals.to_string(), "connections 2, held-bytes 1");
    }
}
