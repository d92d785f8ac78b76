//! Expiry of sessions: one task closes their connections at that moment.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::Notify;
use tokio::time::timeout;
use tracing::debug;
use uuid::Uuid;

use crate::explain::counted;
use crate::presence::EndReason;
use crate::server::app::App;

/// Interval at which the clock is read at least: it may be set, and goes on while the machine sleeps.
const CHECK_INTERVAL: Duration = Duration::from_secs(10);

/// Sessions with a connection, by expiry time.
#[derive(Debug, Default)]
pub(in crate::server) struct Expiries {
    queue: Mutex<Queue>,
    /// Notified of a session that expires before all others.
    first_changed: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    /// By expiry time, and by a number of its own for each connection.
    sessions: BTreeMap<(SystemTime, u64), Uuid>,
    last: u64,
}

/// Entry of a connection in [`Expiries`]; removed when dropped.
#[derive(Debug)]
pub(in crate::server) struct Expiry {
    expiries: Arc<Expiries>,
    key: (SystemTime, u64),
}

impl Expiries {
    /// Closes the connection of this session at `expires`.
    pub(in crate::server) fn register(self: &Arc<Self>, session: Uuid, expires: SystemTime) -> Expiry {
        let mut queue = self.lock();
        queue.last += 1;
        let key = (expires, queue.last);
        queue.sessions.insert(key, session);
        if queue.sessions.first_key_value().is_some_and(|(first, _)| *first == key) {
            self.first_changed.notify_one();
        }
        drop(queue);
        Expiry { expiries: Arc::clone(self), key }
    }

    /// Removes the sessions that have expired at `now`; gives the time to the next as well.
    fn take_due(&self, now: SystemTime) -> (Vec<Uuid>, Duration) {
        let mut queue = self.lock();
        let mut due = Vec::new();
        while let Some(first) = queue.sessions.first_entry() {
            match first.key().0.duration_since(now) {
                Ok(left) if !left.is_zero() => return (due, left.min(CHECK_INTERVAL)),
                _ => due.push(first.remove()),
            }
        }
        (due, CHECK_INTERVAL)
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
            debug!("{} closed, as sessions have expired", counted(closed as u64, "connections"));
        }
        // Woken or not, the next round finds what is due.
        let _ = timeout(wait, app.expiries.first_changed.notified()).await;
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
    fn sessions_are_due_in_order_of_expiry_and_once() {
        let expiries = Arc::new(Expiries::default());
        let [a, b, c, gone] = [1, 2, 3, 4].map(Uuid::from_u128);
        let _held = [(b, 20), (a, 15), (c, 20)].map(|(id, end)| expiries.register(id, at(end)));
        drop(expiries.register(gone, at(15)));
        assert_eq!(expiries.take_due(at(0)), (vec![], CHECK_INTERVAL), "the clock is read before");
        assert_eq!(expiries.take_due(at(14)), (vec![], SECOND));
        assert_eq!(expiries.take_due(at(15)), (vec![a], 5 * SECOND));
        // The clock was set back: a removed session does not return, and no other is early.
        assert_eq!(expiries.take_due(at(1)), (vec![], CHECK_INTERVAL));
        // It was set far ahead: all are due.
        assert_eq!(expiries.take_due(at(1_000)), (vec![b, c], CHECK_INTERVAL));
        assert_eq!(expiries.lock().sessions.len(), 0);
    }

    #[test]
    fn a_connection_that_ends_removes_only_its_own_entry() {
        let expiries = Arc::new(Expiries::default());
        let session = Uuid::from_u128(1);
        let older = expiries.register(session, at(9));
        let newer = expiries.register(session, at(9));
        drop(older);
        assert_eq!(expiries.take_due(at(9)).0, [session]);
        drop(newer);
        assert!(expiries.take_due(at(9)).0.is_empty());
    }

    #[tokio::test]
    async fn only_a_session_that_expires_first_wakes_the_task() {
        let expiries = Arc::new(Expiries::default());
        let woken = async || timeout(Duration::ZERO, expiries.first_changed.notified()).await.is_ok();
        let _first = expiries.register(Uuid::from_u128(1), at(9));
        assert!(woken().await);
        let _later = expiries.register(Uuid::from_u128(2), at(10));
        assert!(!woken().await);
        let _sooner = expiries.register(Uuid::from_u128(3), at(8));
        assert!(woken().await);
    }
}
