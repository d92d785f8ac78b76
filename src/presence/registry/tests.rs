//! The deliveries to each connection, and their order. Random sequences are for the model test,
//! `tests/it/presence_model.rs`.

use super::{Presence, Registry, Target};
use crate::presence::engine::{Hook, JoinOutcome, LoginOutcome, Reply};
use crate::presence::testing::{RecordingMailbox, member, ready, sid};
use crate::presence::{
    EndReason, Engine, Generation, JoinError, Language, LoginPolicy, MemoryEngine, Session, Snapshot,
    Unavailable, UserId,
};
use crate::proto::Kind;
use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};

const KICK: EndReason<'_> = EndReason::Administrator { reason: "be nice" };

fn registry(policy: LoginPolicy) -> Registry {
    Registry::new(Arc::new(MemoryEngine::new(policy)), |_| {})
}

fn join(registry: &Registry, id: u128, user: i64) -> (Presence, Arc<RecordingMailbox>) {
    let memo = RecordingMailbox::new();
    let Ok(presence) = ready(registry.join(member(id, user, 1), memo.clone())) else { panic!("joins") };
    (presence, memo)
}

/// Users, connections, and subscribers of this node.
fn figures(registry: &Registry) -> (usize, usize, usize) {
    let snapshot = registry.snapshot();
    (snapshot.users, snapshot.connections, registry.sessions().len())
}

#[test]
fn a_newcomer_gets_the_count_at_once_and_the_others_by_the_announcement() {
    let changed = Arc::new(AtomicU64::new(0));
    let hook = Arc::clone(&changed);
    let engine = Arc::new(MemoryEngine::new(LoginPolicy::Many));
    let registry = Registry::new(engine, move |version| {
        hook.fetch_max(version, Ordering::Relaxed);
    });
    let (_first, first) = join(&registry, 1, 10);
    assert_eq!(first.take(), ["v1 Users connected: 1"]);
    let (second, at_second) = join(&registry, 2, 11);
    assert_eq!(at_second.take(), ["v2 Users connected: 2"]);
    assert_eq!(changed.load(Ordering::Relaxed), 2);
    assert_eq!(first.take(), [""; 0]);
    assert_eq!(registry.announce(), 1, "the newcomer knows");
    assert_eq!(first.take(), ["v2 Users connected: 2"]);
    assert_eq!(registry.announce(), 0);

    let (_tab, tab) = join(&registry, 3, 10);
    assert_eq!(tab.take(), ["v2 Users connected: 2"], "delivered, though nothing has changed");
    drop(second);
    assert_eq!(registry.announce(), 2);
    assert_eq!(first.take(), ["v3 Users connected: 1"]);
    assert_eq!(at_second.take(), [""; 0], "nothing after the guard is gone");
}

#[test]
fn deliveries_are_in_each_language_and_share_their_bytes() {
    let registry = registry(LoginPolicy::Many);
    let zh = RecordingMailbox::new();
    let chinese = crate::presence::Member { language: Language::Zh, ..member(1, 10, 1) };
    let _zh = ready(registry.join(chinese, zh.clone()));
    let (_en, en) = join(&registry, 2, 11);
    registry.announce();
    assert_eq!(zh.take(), ["v1 当前连接人数为：1", "v2 当前连接人数为：2"]);
    assert_eq!(registry.broadcast("news"), 2);
    assert_eq!(registry.push(Target::User(UserId(11)), "for you"), 1);
    assert_eq!(registry.push(Target::Session(sid(1)), "for your tab"), 1);
    assert_eq!(registry.push(Target::User(UserId(12)), "for nobody"), 0);
    assert_eq!(registry.end(Target::User(UserId(10)), KICK), 1);
    assert_eq!(zh.take(), ["news", "for your tab", "已被管理员移出, 4001"]);
    assert_eq!(en.take(), ["v2 Users connected: 2", "news", "for you"]);
}

#[test]
fn a_replaced_connection_takes_nothing_away_when_it_ends() {
    let registry = registry(LoginPolicy::Many);
    let (old, at_old) = join(&registry, 1, 10);
    let (new, at_new) = join(&registry, 1, 10);
    assert_eq!(at_old.take(), ["v1 Users connected: 1", "4002"]);
    drop(old);
    assert_eq!(figures(&registry), (1, 1, 1));
    assert_eq!(registry.broadcast("still here"), 1);
    assert_eq!(at_new.take(), ["v1 Users connected: 1", "still here"]);
    assert_eq!(registry.snapshot().version, 1, "the user was online throughout");
    drop(new);
    assert_eq!(figures(&registry), (0, 0, 0));
}

#[test]
fn the_older_connection_is_replaced_even_if_the_newer_never_arrives() {
    let registry = registry(LoginPolicy::Many);
    let (old, at_old) = join(&registry, 1, 10);
    let never_polled = registry.join(member(1, 10, 1), RecordingMailbox::new());
    assert_eq!(at_old.take(), ["v1 Users connected: 1", "4002"]);
    assert_eq!(figures(&registry), (1, 1, 1));
    drop(old);
    assert_eq!(
        registry.snapshot().version,
        1,
        "the newer one leaves for both, so N does not dip when it arrives"
    );
    drop(never_polled);
    assert_eq!(figures(&registry), (0, 0, 0));
    assert_eq!(registry.snapshot().version, 2);
}

#[test]
fn one_connection_too_many_of_a_user_is_not_on_the_list() {
    let engine = Arc::new(MemoryEngine::new(LoginPolicy::Many));
    let registry = Registry::with_quota(engine, NonZeroUsize::new(2), |_| {});
    let (first, _) = join(&registry, 1, 10);
    let (_second, second) = join(&registry, 2, 10);
    second.take();
    let memo = RecordingMailbox::new();
    let third = ready(registry.join(member(3, 10, 1), memo.clone()));
    assert!(matches!(third, Err(JoinError::TooMany)));
    assert_eq!((figures(&registry), memo.take()), ((1, 2, 2), vec![]));
    // In the place of another, and of another user.
    let (_again, _) = join(&registry, 2, 10);
    let (_other, _) = join(&registry, 4, 11);
    assert_eq!(figures(&registry), (2, 3, 3));
    drop(first);
    let (_third, third) = join(&registry, 3, 10);
    assert_eq!(third.take().len(), 1);
}

#[test]
fn a_kicked_connection_leaves_at_once_and_gets_one_close() {
    let registry = registry(LoginPolicy::Many);
    let (one, at_one) = join(&registry, 1, 10);
    let (_two, at_two) = join(&registry, 2, 10);
    assert_eq!(registry.end(Target::User(UserId(10)), KICK), 2);
    assert_eq!(figures(&registry), (0, 0, 0));
    assert_eq!(registry.end(Target::User(UserId(10)), KICK), 0);
    assert_eq!(registry.broadcast("too late"), 0);
    for memo in [&at_one, &at_two] {
        assert_eq!(memo.take(), ["v1 Users connected: 1", "Removed by an administrator, 4001"]);
    }
    // Many logins: a kicked session may come back, and the guard of its former life is no danger to it.
    let (_back, _) = join(&registry, 1, 10);
    drop(one);
    assert_eq!(figures(&registry), (1, 1, 1));
}

#[test]
fn logged_out_and_expired_are_closed_without_a_notice() {
    for (why, close) in [(EndReason::LoggedOut, "4001"), (EndReason::Expired, "4003")] {
        let registry = registry(LoginPolicy::Many);
        let (_one, at_one) = join(&registry, 1, 10);
        let end = |id| registry.end(Target::Session(sid(id)), why);
        assert_eq!((end(2), end(1), end(1)), (0, 1, 0));
        assert_eq!(at_one.take(), ["v1 Users connected: 1", close]);
        assert_eq!(figures(&registry), (0, 0, 0));
    }
}

#[test]
fn a_newer_login_ends_the_older_session_on_any_node() {
    let engine = MemoryEngine::new(LoginPolicy::Single);
    let other = engine.another_node();
    let (here, there) = (Registry::new(Arc::new(engine), |_| {}), Registry::new(Arc::new(other), |_| {}));
    let (old, at_old) = join(&here, 1, 10);
    let login = ready(there.login(UserId(10), 1_000)).unwrap();
    assert_eq!((login.generation, login.displaced), (Generation::new(1_000), vec![sid(1)]));
    assert_eq!(at_old.take(), ["v1 Users connected: 1", "Signed in elsewhere, 4001"]);
    assert_eq!(figures(&here), (0, 0, 0));
    let again = ready(here.join(member(1, 10, 1), RecordingMailbox::new()));
    assert!(matches!(again, Err(JoinError::Superseded)));
    let _new = ready(there.join(member(2, 10, 1_000), RecordingMailbox::new()));
    drop(old);
    assert_eq!(figures(&there), (1, 1, 1));
}

#[test]
fn a_query_is_answered_with_the_count() {
    let registry = registry(LoginPolicy::Many);
    let (_one, _) = join(&registry, 1, 10);
    let question = format!(r#"{{"sessionId":"{}","query":"onLineNumber"}}"#, sid(1));
    let answer = registry.answer(sid(1), Language::En, question.as_bytes(), Kind::Text);
    assert_eq!(answer, r#"{"code":200,"message":"Users online: 1","event":"answer","online":1}"#);
    let error = registry.answer(sid(2), Language::En, question.as_bytes(), Kind::Text);
    assert!(error.starts_with(br#"{"code":403"#));
}

/// An engine that does something before it answers, or after it has acted and before its caller learns of it.
struct Meddler {
    engine: MemoryEngine,
    before: OnceLock<Box<dyn Fn() + Send + Sync>>,
    after: OnceLock<Box<dyn Fn() + Send + Sync>>,
    /// Set if the reply to a join never arrives.
    silent: OnceLock<()>,
    /// Set if the node hears nothing of its own replies.
    deaf: OnceLock<()>,
}

impl Meddler {
    fn new() -> Arc<Self> {
        let engine = MemoryEngine::new(LoginPolicy::Many);
        let (before, after, silent, deaf) = Default::default();
        Arc::new(Self { engine, before, after, silent, deaf })
    }
}

impl Engine for Meddler {
    fn policy(&self) -> LoginPolicy {
        self.engine.policy()
    }
    fn login(&self, _: UserId, _: u64) -> Reply<'_, Result<LoginOutcome, Unavailable>> {
        Box::pin(async { Err(Unavailable("out of order".into())) })
    }
    fn join(&self, session: Session) -> Reply<'_, Result<JoinOutcome, JoinError>> {
        Box::pin(async move {
            if let Some(before) = self.before.get() {
                before();
            }
            let joined = self.engine.join(session).await;
            if self.silent.get().is_some() {
                std::future::pending::<()>().await;
            }
            joined
        })
    }
    fn leave(&self, session: Session) {
        self.engine.leave(session);
    }
    fn snapshot(&self) -> Snapshot {
        if self.deaf.get().is_some() {
            return Snapshot::default();
        }
        let snapshot = self.engine.snapshot();
        if let Some(after) = self.after.get() {
            after();
        }
        snapshot
    }
    fn subscribe(&self, hook: Hook) {
        self.engine.subscribe(hook);
    }
}

#[test]
fn an_announcement_during_a_join_reaches_the_newcomer() {
    let meddler = Meddler::new();
    let registry = Registry::new(meddler.clone(), |_| {});
    let (other, inner) = (meddler.engine.another_node(), registry.clone());
    let armed = AtomicU64::new(1);
    // Between the newcomer's snapshot and its delivery another user joins, and everybody else gets the new count.
    let meddle = move || {
        if armed.swap(0, Ordering::Relaxed) == 1 {
            assert!(ready(other.join(crate::presence::testing::session(9, 99, 1, 1))).is_ok());
            assert_eq!(inner.announce(), 0);
        }
    };
    assert!(meddler.after.set(Box::new(meddle)).is_ok());
    let (_one, at_one) = join(&registry, 1, 10);
    assert_eq!(at_one.take(), ["v1 Users connected: 1", "v2 Users connected: 2"]);
}

#[test]
fn a_newcomer_gets_the_count_of_the_reply_if_no_newer_is_known() {
    let meddler = Meddler::new();
    let registry = Registry::new(meddler.clone(), |_| {});
    assert!(meddler.deaf.set(()).is_ok());
    let (_one, at_one) = join(&registry, 1, 10);
    assert_eq!(registry.announce(), 0, "the node believes in version 0, which is older");
    assert_eq!(at_one.take(), ["v1 Users connected: 1"]);
}

#[test]
fn kicked_while_joining_is_not_online() {
    let meddler = Meddler::new();
    let registry = Registry::new(meddler.clone(), |_| {});
    let inner = registry.clone();
    let meddle = move || assert_eq!(inner.end(Target::Session(sid(1)), KICK), 1);
    assert!(meddler.before.set(Box::new(meddle)).is_ok());
    let memo = RecordingMailbox::new();
    assert!(matches!(ready(registry.join(member(1, 10, 1), memo.clone())), Err(JoinError::Closed)));
    assert_eq!(figures(&registry), (0, 0, 0));
    assert_eq!(memo.take(), ["Removed by an administrator, 4001"]);
}

#[test]
fn a_join_dropped_after_it_took_effect_leaves() {
    let meddler = Meddler::new();
    let registry = Registry::new(meddler.clone(), |_| {});
    assert!(meddler.silent.set(()).is_ok());
    let memo = RecordingMailbox::new();
    {
        let mut joining = pin!(registry.join(member(1, 10, 1), memo.clone()));
        assert!(matches!(joining.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
        assert_eq!(figures(&registry), (1, 1, 1));
        assert_eq!((registry.announce(), registry.broadcast("not yet")), (0, 0));
    }
    assert_eq!(figures(&registry), (0, 0, 0));
    assert_eq!(memo.take(), [""; 0]);
    assert!(ready(registry.login(UserId(1), 1)).is_err());
}

#[test]
fn a_panicking_task_leaves() {
    let registry = registry(LoginPolicy::Many);
    let (presence, _) = join(&registry, 1, 10);
    let task = move || {
        let _presence = presence;
        // As a panic, but quietly.
        std::panic::resume_unwind(Box::new("the task fails"));
    };
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(task)).is_err());
    assert_eq!(figures(&registry), (0, 0, 0));
}
