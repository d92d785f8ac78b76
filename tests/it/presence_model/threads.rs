//! The same with real threads. No run can be repeated; it finds what the model cannot: concurrent calls.

use super::client::{Client, KICK, Ledger};
use super::random::Random;
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use wirewalk::presence::{
    EndReason, Generation, Language, LoginPolicy, Member, MemoryEngine, Presence, Registry, SessionId,
    Target, UserId,
};

const THREADS: u64 = 4;
const STEPS: usize = 1_000;
const USERS: usize = 5;

#[test]
fn threads_agree_in_the_end() {
    for policy in [LoginPolicy::Many, LoginPolicy::Single] {
        for round in 0..20 {
            run(policy, round);
        }
    }
}

fn run(policy: LoginPolicy, round: u64) {
    let first = MemoryEngine::new(policy);
    let second = first.another_node();
    let nodes = [first, second].map(|engine| Registry::new(Arc::new(engine), |_| {}));
    let ledger = Arc::new(Ledger::default());
    let held: Vec<_> = std::thread::scope(|scope| {
        let threads = (0..THREADS).map(|thread| {
            let (nodes, ledger) = (&nodes, &ledger);
            scope.spawn(move || live(nodes, ledger, Random::new(round * THREADS + thread)))
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no thread panics")).collect()
    });

    for node in &nodes {
        node.announce();
    }
    ledger.result().unwrap();
    let open: Vec<_> = held.iter().filter(|(_, client)| client.seen().end.is_none()).collect();
    let users: BTreeSet<_> = open.iter().map(|(presence, _)| presence.session().user).collect();
    let sessions: BTreeSet<_> = open.iter().map(|(presence, _)| presence.session().id).collect();
    let said = nodes[0].snapshot();
    assert_eq!((said.users, said.connections), (users.len(), open.len()), "{policy:?}, round {round}");
    assert_eq!(nodes.iter().map(|node| node.sessions().len()).sum::<usize>(), open.len());
    assert_eq!(sessions.len(), open.len(), "a session is open twice");
    if policy == LoginPolicy::Single {
        assert_eq!(users.len(), open.len(), "a user has two sessions");
    }
    for (_, client) in &open {
        assert_eq!(
            client.seen().count,
            Some((said.version, users.len() as u64)),
            "{policy:?}, round {round}"
        );
    }
    drop(held);
    let said = nodes[1].snapshot();
    assert_eq!((said.users, said.connections), (0, 0), "{policy:?}, round {round}");
}

/// What one thread does; returns what it holds at the end.
fn live(nodes: &[Registry], ledger: &Arc<Ledger>, mut random: Random) -> Vec<(Presence, Arc<Client>)> {
    let mut held: Vec<(Presence, Arc<Client>)> = Vec::new();
    for step in 0..STEPS {
        let node = &nodes[random.below(nodes.len())];
        let user = random.below(USERS);
        // Few sessions, so that threads meet; the generation is a session's for ever.
        let generation = random.below(3) + step / 100;
        let id = SessionId::from_u128((user * 1_000 + generation) as u128);
        let user = UserId(i64::try_from(user).expect("small"));
        match random.below(12) {
            0..=4 => {
                let generation = Generation::new(generation as u64);
                let client = Client::new(Language::En, Arc::clone(ledger));
                let member = Member { session: id, user, generation, language: Language::En };
                if let Ok(presence) = ready(node.join(member, client.clone())) {
                    held.push((presence, client));
                }
            }
            5..=7 if !held.is_empty() => {
                let (presence, client) = held.swap_remove(random.below(held.len()));
                drop(presence);
                client.go();
            }
            8 => drop(node.end(Target::User(user), KICK)),
            9 => drop(node.end(Target::Session(id), EndReason::LoggedOut)),
            10 => drop(node.broadcast("news")),
            _ => drop(node.announce()),
        }
    }
    held
}

/// The value of a future that has no reason to wait.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the future waits"),
    }
}
