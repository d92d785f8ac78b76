//! The engine's promises, one by one. That they hold together is for the model test, `tests/it/presence_model.rs`.

use super::MemoryEngine;
use crate::presence::engine::{Ending, Notice};
use crate::presence::testing::{ready, session, sid};
use crate::presence::{Engine, Generation, JoinError, LoginPolicy, Session, UserId};
use std::sync::{Arc, Mutex};

/// Version, users and connections.
fn figures(engine: &MemoryEngine) -> (u64, usize, usize) {
    let snapshot = engine.snapshot();
    assert!(!snapshot.stale);
    (snapshot.version, snapshot.users, snapshot.connections)
}

fn join(engine: &MemoryEngine, session: Session) -> Result<(u64, usize), JoinError> {
    ready(engine.join(session)).map(|joined| (joined.snapshot.version, joined.snapshot.users))
}

/// The notices to the hook of a node.
fn listen(engine: &MemoryEngine) -> Arc<Mutex<Vec<Notice>>> {
    let received = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&received);
    engine.subscribe(Arc::new(move |notice| hook.lock().unwrap().push(notice)));
    received
}

fn received(notices: &Mutex<Vec<Notice>>) -> Vec<Notice> {
    std::mem::take(&mut notices.lock().unwrap())
}

#[test]
fn n_is_the_number_of_distinct_users() {
    let engine = MemoryEngine::new(LoginPolicy::Many);
    assert_eq!(figures(&engine), (0, 0, 0));
    assert_eq!(join(&engine, session(1, 10, 1, 1)), Ok((1, 1)));
    assert_eq!(join(&engine, session(2, 10, 2, 2)), Ok((1, 1)), "the second tab is no second user");
    assert_eq!(join(&engine, session(3, 11, 1, 3)), Ok((2, 2)));
    assert_eq!(figures(&engine), (2, 2, 3));
    engine.leave(session(1, 10, 1, 1));
    assert_eq!(figures(&engine), (2, 2, 2));
    engine.leave(session(2, 10, 2, 2));
    engine.leave(session(3, 11, 1, 3));
    assert_eq!(figures(&engine), (4, 0, 0));
}

#[test]
fn everything_can_be_repeated() {
    let engine = MemoryEngine::new(LoginPolicy::Single);
    let one = session(1, 10, 5, 1);
    for _ in 0..3 {
        assert_eq!(join(&engine, one), Ok((1, 1)));
    }
    for _ in 0..3 {
        engine.leave(one);
        assert_eq!(figures(&engine), (2, 0, 0));
    }
}

#[test]
fn a_late_leave_takes_nothing_away_and_a_late_join_takes_nothing_over() {
    let engine = MemoryEngine::new(LoginPolicy::Many);
    assert!(join(&engine, session(1, 10, 1, 1)).is_ok());
    assert!(join(&engine, session(1, 10, 1, 2)).is_ok());
    engine.leave(session(1, 10, 1, 1));
    assert_eq!(figures(&engine), (1, 1, 1));
    assert!(join(&engine, session(1, 10, 1, 1)).is_ok());
    engine.leave(session(1, 10, 1, 1));
    assert_eq!(figures(&engine), (1, 1, 1), "connection 2 holds the session still");
    engine.leave(session(1, 10, 1, 3));
    assert_eq!(figures(&engine), (2, 0, 0), "connection 3 had replaced 2, though it never joined");
}

#[test]
fn another_node_takes_over_and_the_old_one_is_notified() {
    let a = MemoryEngine::new(LoginPolicy::Many);
    let b = a.another_node();
    let (at_a, at_b) = (listen(&a), listen(&b));
    let held = session(1, 10, 1, 7);
    assert!(join(&a, held).is_ok());
    assert_eq!((received(&at_a), received(&at_b)), (vec![Notice::Changed(1)], vec![Notice::Changed(1)]));
    // The connection numbers of two nodes have nothing to do with each other.
    assert!(join(&b, session(1, 10, 1, 3)).is_ok());
    assert_eq!((received(&at_a), received(&at_b)), (vec![Notice::Ended(held, Ending::Replaced)], vec![]));
    a.leave(held);
    assert_eq!(figures(&b), (1, 1, 1));
    b.leave(session(1, 10, 1, 3));
    assert_eq!(figures(&a), (2, 0, 0));
}

#[test]
fn a_newer_login_displaces_and_supersedes() {
    let a = MemoryEngine::new(LoginPolicy::Single);
    let b = a.another_node();
    let at_a = listen(&a);
    let user = UserId(10);
    let first = ready(a.login(user, 1_000)).unwrap();
    assert_eq!((first.generation, first.displaced), (Generation::new(1_000), vec![]));
    let held = session(1, 10, 1_000, 1);
    assert!(join(&a, held).is_ok());

    let second = ready(b.login(user, 1_000)).unwrap();
    assert_eq!((second.generation, second.displaced), (Generation::new(1_001), vec![sid(1)]));
    assert_eq!(
        received(&at_a),
        [Notice::Changed(1), Notice::Ended(held, Ending::Displaced), Notice::Changed(2)],
        "displaced by the login, before the newer session joins"
    );
    assert_eq!(join(&a, held), Err(JoinError::Superseded));
    assert_eq!(figures(&a), (2, 0, 0));
    assert!(join(&b, session(2, 10, 1_001, 1)).is_ok());
    assert_eq!(join(&a, held), Err(JoinError::Superseded));

    // A generation that this engine did not make, as after a restart.
    let joined = ready(a.join(session(3, 10, 9_000, 2))).unwrap();
    assert_eq!(joined.displaced, [sid(2)]);
    assert_eq!(figures(&a), (3, 1, 1), "the user was online throughout, so N has no new version");
    assert_eq!(ready(a.login(user, 5)).unwrap().generation, Generation::new(9_001));
}

#[test]
fn many_logins_live_side_by_side() {
    let engine = MemoryEngine::new(LoginPolicy::Many);
    let user = UserId(10);
    let old = ready(engine.login(user, 1)).unwrap().generation;
    let new = ready(engine.login(user, 1)).unwrap();
    assert!(new.generation > old && new.displaced.is_empty());
    assert!(join(&engine, session(2, 10, new.generation.get(), 2)).is_ok());
    assert!(join(&engine, session(1, 10, old.get(), 1)).is_ok());
    assert_eq!(figures(&engine), (1, 1, 2));
}

#[test]
fn a_session_id_under_another_user_keeps_the_sets_in_step() {
    let engine = MemoryEngine::new(LoginPolicy::Many);
    assert!(join(&engine, session(1, 10, 1, 1)).is_ok());
    assert!(join(&engine, session(1, 11, 1, 2)).is_ok());
    assert_eq!(figures(&engine), (2, 1, 1));
    engine.leave(session(1, 11, 1, 2));
    assert_eq!(figures(&engine), (3, 0, 0));
}

#[test]
#[should_panic(expected = "one registry")]
fn a_handle_has_one_hook() {
    let engine = MemoryEngine::new(LoginPolicy::Many);
    listen(&engine);
    listen(&engine);
}
