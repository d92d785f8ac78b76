//! An engine that delays every call to the one behind it, as far as the contract of `Engine` allows.
//!
//! * A join waits some polls before it takes effect and some after.
//! * A leave is carried out at once, or later.
//! * The end of a session is reported at once, or with the next beat.
//! * News of a change arrives, or is lost until the next beat; what the node says meanwhile is what it received last.

use super::random::Random;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};
use wirewalk::presence::engine::{Hook, JoinOutcome, LoginOutcome, Notice, Reply};
use wirewalk::presence::{Engine, JoinError, LoginPolicy, Session, Snapshot, Unavailable, UserId};

pub(crate) struct Late {
    engine: Arc<dyn Engine>,
    state: Arc<State>,
}

struct State {
    random: Mutex<Random>,
    leaves: Mutex<VecDeque<Session>>,
    ends: Mutex<VecDeque<Notice>>,
    latest: Mutex<Snapshot>,
    hook: OnceLock<Hook>,
}

impl State {
    fn one_in(&self, times: usize) -> bool {
        self.random.lock().unwrap().one_in(times)
    }

    fn hear(&self, snapshot: Snapshot) {
        let mut latest = self.latest.lock().unwrap();
        if snapshot.version >= latest.version {
            *latest = snapshot;
        }
    }

    fn tell(&self, notice: Notice) {
        if let Some(hook) = self.hook.get() {
            hook(notice);
        }
    }
}

impl Late {
    pub(crate) fn new(engine: Arc<dyn Engine>, random: Random) -> Self {
        let state = State {
            random: Mutex::new(random),
            leaves: Mutex::default(),
            ends: Mutex::default(),
            latest: Mutex::default(),
            hook: OnceLock::new(),
        };
        Self { engine, state: Arc::new(state) }
    }

    /// Carries out a leave that waits; false if none does.
    pub(crate) fn leave_one(&self) -> bool {
        let session = self.state.leaves.lock().unwrap().pop_front();
        if let Some(session) = session {
            self.engine.leave(session);
        }
        session.is_some()
    }

    /// Tells the node everything that it has missed.
    pub(crate) fn beat(&self) {
        let ends = std::mem::take(&mut *self.state.ends.lock().unwrap());
        for notice in ends {
            self.state.tell(notice);
        }
        let newest = self.engine.snapshot();
        self.state.hear(newest);
        self.state.tell(Notice::Changed(newest.version));
    }
}

impl Engine for Late {
    fn policy(&self) -> LoginPolicy {
        self.engine.policy()
    }

    fn login(&self, user: UserId, now_ms: u64) -> Reply<'_, Result<LoginOutcome, Unavailable>> {
        self.engine.login(user, now_ms)
    }

    fn join(&self, session: Session) -> Reply<'_, Result<JoinOutcome, JoinError>> {
        let (before, after) = {
            let mut random = self.state.random.lock().unwrap();
            (random.below(3), random.below(3))
        };
        Box::pin(async move {
            Pause(before).await;
            let joined = self.engine.join(session).await;
            if let Ok(joined) = &joined {
                self.state.hear(joined.snapshot);
            }
            Pause(after).await;
            joined
        })
    }

    fn leave(&self, session: Session) {
        if self.state.one_in(2) {
            self.state.leaves.lock().unwrap().push_back(session);
        } else {
            self.engine.leave(session);
        }
    }

    fn snapshot(&self) -> Snapshot {
        *self.state.latest.lock().unwrap()
    }

    fn subscribe(&self, hook: Hook) {
        assert!(self.state.hook.set(hook).is_ok());
        let (engine, state) = (Arc::downgrade(&self.engine), Arc::clone(&self.state));
        self.engine.subscribe(Arc::new(move |notice| match notice {
            Notice::Changed(_) if state.one_in(3) => {}
            Notice::Changed(_) => {
                if let Some(engine) = engine.upgrade() {
                    state.hear(engine.snapshot());
                }
                state.tell(notice);
            }
            Notice::Ended(..) if state.one_in(2) => state.ends.lock().unwrap().push_back(notice),
            Notice::Ended(..) => state.tell(notice),
        }));
    }
}

/// Pending for some polls.
struct Pause(usize);

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
