//! What was refused for a quota: counted, and logged now and then.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tracing::warn;

use super::Quota;
use crate::server::lock::lock;

/// How long nothing more is logged of a quota.
const QUIET: Duration = Duration::from_secs(10);

/// How often each quota refused something. Displays those that did.
#[derive(Debug, Default)]
pub(in crate::server) struct Refusals([Count; Quota::ALL.len()]);

#[derive(Debug, Default)]
struct Count {
    refused: AtomicU64,
    logged: Mutex<Option<Instant>>,
}

impl Refusals {
    /// Counts one; `of` is whose quota it was, for the log.
    pub(in crate::server) fn count(&self, quota: Quota, of: impl fmt::Display) {
        let count = &self.0[quota as usize];
        let refused = count.refused.fetch_add(1, Ordering::Relaxed) + 1;
        let mut logged = lock(&count.logged);
        if logged.is_none_or(|time| time.elapsed() >= QUIET) {
            *logged = Some(Instant::now());
            warn!("refused {of}: {}; {refused} so far (--quota-{})", quota.reason(), quota.name());
        }
    }

    /// How often this quota refused something.
    pub(in crate::server) fn refused(&self, quota: Quota) -> u64 {
        self.0[quota as usize].refused.load(Ordering::Relaxed)
    }

    /// Whether nothing was refused.
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
    fn each_quota_is_counted_and_those_that_refused_are_shown() {
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
