//! A descriptor in reserve, for when the process has no other left.

use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

use tracing::warn;

/// Pause of the accept loop without descriptors.
pub(super) const RETRY: Duration = Duration::from_millis(50);

/// Interval between two warnings.
const WARN_INTERVAL: Duration = Duration::from_secs(10);

/// A descriptor that is open only to be closed when one is needed.
pub(super) struct SpareFd {
    file: Option<File>,
    warned: Option<Instant>,
}

impl SpareFd {
    pub(super) fn open() -> Self {
        let mut spare = Self { file: None, warned: None };
        spare.reopen();
        spare
    }

    pub(super) fn reopen(&mut self) {
        self.file = File::open("/dev/null").ok();
    }

    /// Logs why it is needed, not for each client.
    pub(super) fn warn(&mut self, error: &io::Error) {
        if self.warned.is_none_or(|time| time.elapsed() >= WARN_INTERVAL) {
            self.warned = Some(Instant::now());
            warn!("cannot accept: {error}; turning clients away until some leave");
        }
    }

    /// Closes the descriptor; whether there was one.
    pub(super) fn release(&mut self) -> bool {
        let had = self.file.take().is_some();
        if !had {
            self.reopen();
        }
        had
    }
}
