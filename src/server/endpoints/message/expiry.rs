//! When sessions end by themselves: one task closes the connections of each at that moment.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::Notify;
use tokio::time::timeout;
use tracing::debug;
use uuid::Uuid;

use crate::presence::EndReason;
use crate::server::app::App;

/// How often the clock is looked at again, at least: it may be set, and it goes on while the machine sleeps.
const LOOK: Duration = Duration::from_secs(10);

/// The sessions that have a connection, in the order in which they end.
#[derive(Debug, Default)]
pub(in crate::server) struct Expiries {
    queue: Mutex<Queue>,
    /// A session has come that ends before all others.
    sooner: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    /// By end, and by a number of its own for each connection.
    sessions: BTreeMap<(SystemTime, u64), Uuid>,
    last: u64,
}

/// A connection's place among the [`Expiries`]; dropping it leaves.
#[derive(Debug)]
pub(in crate::server) struct Expiry {
    expiries: Arc<Expiries>,
    key: (SystemTime, u64),
}

impl Expiries {
    /// The connection of this session ends then.
    pub(in crate::server) fn watch(self: &Arc<Self>, session: Uuid, expires: SystemTime) -> Expiry {
        let mut queue = self.lock();
        queue.last += 1;
        let key = (expires, queue.last);
        queue.sessions.insert(key, session);
        if queue.sessions.first_key_value().is_some_and(|(first, _)| *first == key) {
            self.sooner.notify_one();
        }
        drop(queue);
        Expiry { expiries: Arc::clone(self), key }
    }

    /// Takes out the sessions that have ended at `now`, and says how long to wait for the next.
    fn take_due(&self, now: SystemTime) -> (Vec<Uuid>, Duration) {
        let mut queue = self.lock();
        let mut due = Vec::new();
        while let Some(first) = queue.sessions.first_entry() {
            match first.key().0.duration_since(now) {
                Ok(left) if !left.is_zero() => return (due, left.min(LOOK)),
                _ => due.push(first.remove()),
            }
        }
        (due, LOOK)
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Expiry {
    fn drop(&mut self) {
        self.expiries.lock().sessions.remove(&self.key);
    }
}

/// Runs as long as the server.
pub(in crate::server) async fn run(app: Arc<App>) {
    loop {
        let (due, wait) = app.expiries.take_due(SystemTime::now());
        if !due.is_empty() {
            let closed = app.end_sessions(&due, EndReason::Expired);
            debug!("{closed} connections closed: their sessions have expired");
        }
        // Woken or not: what is due is looked up.
        let _ = timeout(wait, app.expiries.sooner.notified()).await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn sessions_are_due_in_order_at_their_end_and_once() {
        let expiries = Arc::new(Expiries::default());
        let [a, b, c, gone] = [1, 2, 3, 4].map(Uuid::from_u128);
        let _held = [(b, 20), (a, 15), (c, 20)].map(|(id, end)| expiries.watch(id, at(end)));
        drop(expiries.watch(gone, at(15)));
        assert_eq!(expiries.take_due(at(0)), (vec![], LOOK), "the clock is looked at before");
        assert_eq!(expiries.take_due(at(14)), (vec![], SECOND));
        assert_eq!(expiries.take_due(at(15)), (vec![a], 5 * SECOND));
        // The clock was set back: who was taken out does not come again, and nobody else is early.
        assert_eq!(expiries.take_due(at(1)), (vec![], LOOK));
        // It was set far ahead: all are due.
        assert_eq!(expiries.take_due(at(1_000)), (vec![b, c], LOOK));
        assert_eq!(expiries.lock().sessions.len(), 0);
    }

    #[test]
    fn a_connection_that_ends_takes_only_its_own_place() {
        let expiries = Arc::new(Expiries::default());
        let session = Uuid::from_u128(1);
        let older = expiries.watch(session, at(9));
        let newer = expiries.watch(session, at(9));
        drop(older);
        assert_eq!(expiries.take_due(at(9)).0, [session]);
        drop(newer);
        assert!(expiries.take_due(at(9)).0.is_empty());
    }

    #[tokio::test]
    async fn only_a_session_that_ends_first_wakes_the_sweeper() {
        let expiries = Arc::new(Expiries::default());
        let woken = async || timeout(Duration::ZERO, expiries.sooner.notified()).await.is_ok();
        let _first = expiries.watch(Uuid::from_u128(1), at(9));
        assert!(woken().await);
        let _later = expiries.watch(Uuid::from_u128(2), at(10));
        assert!(!woken().await);
        let _sooner = expiries.watch(Uuid::from_u128(3), at(8));
        assert!(woken().await);
    }
}
