//! How much all connections together may hold: of messages that have not ended, and of answers that were not taken.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The most that is held in a process, in bytes.
const MOST: usize = 64 * 1024 * 1024;

/// What each connection may hold without being counted: nobody is sent away for a message that came in two reads, and a
/// connection that holds little does not touch the counter that all share.
const FREE: usize = 4 * 1024;

/// Counts what is held over all connections.
#[derive(Debug, Default)]
pub(super) struct Budget {
    held: AtomicUsize,
}

/// One connection's part of a [`Budget`]; given back when dropped.
#[derive(Debug)]
pub(super) struct Share {
    budget: std::sync::Arc<Budget>,
    held: usize,
}

impl Share {
    pub(super) const fn new(budget: std::sync::Arc<Budget>) -> Self {
        Self { budget, held: 0 }
    }

    /// Takes note that the connection now holds so much; false if it grew while all together hold too much: the one
    /// who asks for more when there is none is the one to go.
    pub(super) fn set(&mut self, held: usize) -> bool {
        let held = held.saturating_sub(FREE);
        if held == self.held {
            return true;
        }
        let grew = held > self.held;
        let total = if grew {
            let more = held - self.held;
            self.budget.held.fetch_add(more, Ordering::Relaxed) + more
        } else {
            let less = self.held - held;
            self.budget.held.fetch_sub(less, Ordering::Relaxed) - less
        };
        self.held = held;
        !grew || total <= MOST
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn whoever_asks_for_more_than_there_is_must_go() {
        let budget = Arc::new(Budget::default());
        let (mut first, mut second) = (Share::new(budget.clone()), Share::new(budget.clone()));
        assert!(first.set(FREE + MOST - 10));
        assert!(second.set(FREE + 10));
        assert!(!second.set(FREE + 11));
        assert!(first.set(FREE + 5), "less is always welcome");
        drop(second);
        drop(first);
        assert_eq!(budget.held.load(Ordering::Relaxed), 0);
    }
}
