//! Timers of the sessions: one queue for all of them, so that an idle session costs no timer of its own.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use tokio::time::Instant;
use tokio_util::time::DelayQueue;
use tokio_util::time::delay_queue::Key;

use crate::server::session::outbox::Outbox;

/// Alarms of all sessions.
#[derive(Debug, Default)]
pub(in crate::server) struct Alarms(Mutex<DelayQueue<Arc<Outbox>>>);

/// Alarm of one session.
#[derive(Debug)]
pub(in crate::server) struct Alarm {
    key: Key,
    due: Instant,
}

impl Alarms {
    /// Wakes sessions at their alarms, as long as the server runs.
    pub(in crate::server) async fn run(&self) {
        poll_fn::<(), _>(|cx| {
            let mut queue = self.lock();
            // An empty queue is ready with `None`, and wakes this task when an alarm is set.
            while let Poll::Ready(Some(due)) = queue.poll_expired(cx) {
                due.into_inner().fire_alarm();
            }
            Poll::Pending
        })
        .await;
    }

    /// Wakes the session at `due`, or before: a session that is woken early only checks its timers again. So an alarm
    /// is set anew only for an earlier time, or after it has fired.
    pub(in crate::server) fn wake_at(
        &self,
        connection: &Arc<Outbox>,
        alarm: &mut Option<Alarm>,
        due: Instant,
    ) {
        if alarm.as_ref().is_some_and(|alarm| alarm.due <= due) && !connection.alarm_fired() {
            return;
        }
        let mut queue = self.lock();
        match alarm {
            Some(alarm) if !connection.reset_alarm() => {
                queue.reset_at(&alarm.key, due);
                alarm.due = due;
            }
            _ => *alarm = Some(Alarm { key: queue.insert_at(Arc::clone(connection), due), due }),
        }
    }

    /// Removes the alarm of a session that has ended.
    pub(in crate::server) fn cancel(&self, connection: &Outbox, alarm: Option<Alarm>) {
        let Some(alarm) = alarm else { return };
        let mut queue = self.lock();
        if !connection.reset_alarm() {
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

    /// Runs the queue until the session's alarm has fired.
    async fn ring(alarms: &Alarms, connection: &Outbox) {
        tokio::select! {
            () = alarms.run() => {}
            () = async { while !connection.alarm_fired() { tokio::time::sleep(Duration::from_millis(1)).await } } => {}
        }
    }

    #[tokio::test]
    async fn a_session_has_one_alarm_that_moves_earlier_and_is_cancelled() {
        let alarms = Alarms::default();
        let (one, other) = (Arc::new(Outbox::new(0)), Arc::new(Outbox::new(0)));
        let (mut alarm, mut late) = (None, None);
        let set = || alarms.lock().len();

        alarms.wake_at(&other, &mut late, Instant::now() + LATER);
        alarms.wake_at(&one, &mut alarm, Instant::now() + LATER);
        alarms.wake_at(&one, &mut alarm, Instant::now() + 2 * LATER);
        assert_eq!(set(), 2, "an earlier alarm is enough");
        alarms.wake_at(&one, &mut alarm, Instant::now());
        assert_eq!(set(), 2, "it fires earlier");
        ring(&alarms, &one).await;
        assert_eq!((set(), one.alarm_fired(), other.alarm_fired()), (1, true, false));

        alarms.wake_at(&one, &mut alarm, Instant::now());
        assert_eq!((set(), one.alarm_fired()), (2, false), "it has fired, so another is set");
        ring(&alarms, &one).await;
        alarms.cancel(&one, alarm.take());
        assert_eq!(set(), 1, "a fired alarm needs no cancelling");

        alarms.wake_at(&one, &mut alarm, Instant::now() + LATER);
        alarms.cancel(&one, alarm.take());
        alarms.cancel(&other, late.take());
        assert_eq!(set(), 0);
        alarms.cancel(&one, None);
    }
}
