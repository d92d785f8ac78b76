//! When connections want to be woken: one wheel for all of them, so that one which waits costs no timer of its own.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use tokio::time::Instant;
use tokio_util::time::DelayQueue;
use tokio_util::time::delay_queue::Key;

use crate::server::session::outbox::Outbox;

/// The alarms of all connections.
#[derive(Debug, Default)]
pub(in crate::server) struct Alarms(Mutex<DelayQueue<Arc<Outbox>>>);

/// A connection's alarm.
#[derive(Debug)]
pub(in crate::server) struct Alarm {
    key: Key,
    /// When it rings.
    at: Instant,
}

impl Alarms {
    /// Rings, as long as the server runs.
    pub(in crate::server) async fn run(&self) {
        poll_fn::<(), _>(|cx| {
            let mut queue = self.lock();
            // An empty queue is ready with nothing; an alarm that is set wakes us then too.
            while let Poll::Ready(Some(due)) = queue.poll_expired(cx) {
                due.into_inner().ring();
            }
            Poll::Pending
        })
        .await;
    }

    /// Sees to it that the connection is woken at `due`, or before: one that is woken early only looks again. So an alarm
    /// is set anew only to ring earlier, or after it rang.
    pub(in crate::server) fn wake(&self, connection: &Arc<Outbox>, alarm: &mut Option<Alarm>, due: Instant) {
        if alarm.as_ref().is_some_and(|alarm| alarm.at <= due) && !connection.has_rung() {
            return;
        }
        let mut queue = self.lock();
        match alarm {
            Some(alarm) if !connection.forget_ring() => {
                queue.reset_at(&alarm.key, due);
                alarm.at = due;
            }
            _ => *alarm = Some(Alarm { key: queue.insert_at(Arc::clone(connection), due), at: due }),
        }
    }

    /// The connection has ended.
    pub(in crate::server) fn cancel(&self, connection: &Outbox, alarm: Option<Alarm>) {
        let Some(alarm) = alarm else { return };
        let mut queue = self.lock();
        if !connection.forget_ring() {
            queue.remove(&alarm.key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, DelayQueue<Arc<Outbox>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LATER: Duration = Duration::from_hours(1);

    /// Runs the wheel until the connection's alarm rang.
    async fn ring(alarms: &Alarms, connection: &Outbox) {
        tokio::select! {
            () = alarms.run() => {}
            () = async { while !connection.has_rung() { tokio::time::sleep(Duration::from_millis(1)).await } } => {}
        }
    }

    #[tokio::test]
    async fn one_alarm_a_connection_set_earlier_or_anew_and_cancelled() {
        let alarms = Alarms::default();
        let (one, other) = (Arc::new(Outbox::new(0)), Arc::new(Outbox::new(0)));
        let (mut alarm, mut late) = (None, None);
        let set = || alarms.lock().len();

        alarms.wake(&other, &mut late, Instant::now() + LATER);
        alarms.wake(&one, &mut alarm, Instant::now() + LATER);
        alarms.wake(&one, &mut alarm, Instant::now() + 2 * LATER);
        assert_eq!(set(), 2, "one that rings before is enough");
        alarms.wake(&one, &mut alarm, Instant::now());
        assert_eq!(set(), 2, "it rings earlier");
        ring(&alarms, &one).await;
        assert_eq!((set(), one.has_rung(), other.has_rung()), (1, true, false));

        alarms.wake(&one, &mut alarm, Instant::now());
        assert_eq!((set(), one.has_rung()), (2, false), "it rang, so another is set");
        ring(&alarms, &one).await;
        alarms.cancel(&one, alarm.take());
        assert_eq!(set(), 1, "there is nothing to cancel after it rang");

        alarms.wake(&one, &mut alarm, Instant::now() + LATER);
        alarms.cancel(&one, alarm.take());
        alarms.cancel(&other, late.take());
        assert_eq!(set(), 0);
        alarms.cancel(&one, None);
    }
}
