//! How presence's own operations grow with sessions, in this process and without connections.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use wirewalk::presence::{
    Delivery, Generation, Language, LoginPolicy, Mailbox, Member, MemoryEngine, Presence, Registry,
    SessionId, UserId,
};

use crate::chart::{Chart, Growth, Series, nanoseconds};
use crate::extent::Extent;

/// So many come and go between two looks at the clock.
const BATCH: usize = 500;

/// How often: the fastest counts, as other work on the machine only ever makes it slower.
const ROUNDS: usize = 20;

/// Keeps what came last.
#[derive(Default)]
struct Slot(Mutex<Option<Delivery>>);

impl Mailbox for Slot {
    fn deliver(&self, delivery: Delivery) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(delivery);
    }
}

/// Sessions that are online, the longest there first.
struct Crowd {
    registry: Registry,
    online: VecDeque<Presence>,
    next: u64,
}

impl Crowd {
    fn new() -> Self {
        let engine = Arc::new(MemoryEngine::new(LoginPolicy::Many));
        Self { registry: Registry::new(engine, |_| {}), online: VecDeque::new(), next: 0 }
    }

    /// So many come, each another user.
    fn join(&mut self, number: usize) {
        for _ in 0..number {
            self.next += 1;
            let member = Member {
                // Spread over all bits, as random ones are.
                session: SessionId::from_u128(
                    u128::from(self.next).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835),
                ),
                user: UserId(self.next.cast_signed()),
                generation: Generation::new(1),
                language: Language::En,
            };
            let joined = ready(self.registry.join(member, Arc::new(Slot::default())));
            self.online.push_back(joined.expect("memory is always there"));
        }
    }

    /// So many go.
    fn leave(&mut self, number: usize) {
        self.online.drain(..number);
    }
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("memory lets nobody wait"),
    }
}

fn timed(act: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    act();
    begin.elapsed()
}

/// The time of an operation with so many sessions online.
pub(crate) fn by_sessions(extent: &Extent) -> Chart {
    let [mut join, mut leave, mut broadcast] = ["to join", "to leave", "to tell one of all"].map(Series::new);
    let mut crowd = Crowd::new();
    for &number in extent.in_memory {
        crowd.join(number - crowd.online.len());
        let (mut joining, mut leaving, mut broadcasting) = (Duration::MAX, Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            joining = joining.min(timed(|| crowd.join(BATCH)));
            leaving = leaving.min(timed(|| crowd.leave(BATCH)));
        }
        for _ in 0..3 {
            broadcasting = broadcasting.min(timed(|| assert_eq!(crowd.registry.broadcast("hello"), number)));
        }
        let each = |time: Duration, number: usize| time.as_secs_f64() * 1e9 / number as f64;
        join.add(number, each(joining, BATCH));
        leave.add(number, each(leaving, BATCH));
        broadcast.add(number, each(broadcasting, number));
    }
    Chart {
        title: "Presence's own operations, by sessions in memory",
        x: "sessions",
        y: "time of one",
        show: nanoseconds,
        growth: Growth::Level,
        series: vec![join, leave, broadcast],
    }
}
