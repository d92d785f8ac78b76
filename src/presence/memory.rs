//! The engine of one process: the truth in two hash maps behind a mutex.
//!
//! Every operation touches the session and its user, and nothing else: it costs the same at ten sessions and at a
//! million. Nothing is counted; N is the number of keys in the map of users.
//!
//! The newest generation of each user who ever logged in is kept for good, 16 bytes an account, because a session that
//! a newer login has ended must never come back.

use super::engine::{Ending, Hook, JoinOutcome, LoginOutcome, Notice, Reply};
use super::users::Users;
use super::{
    ConnectionNumber, Engine, Generation, JoinError, LoginPolicy, Map, Session, SessionId, Snapshot,
    Unavailable, UserId, lock,
};
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex};

/// A node's handle on a truth kept in memory.
pub struct MemoryEngine {
    truth: Arc<Truth>,
    node: Node,
}

type Node = u32;

struct Truth {
    policy: LoginPolicy,
    state: Mutex<State>,
    /// The hook of each node. Replaced as a whole, so that a caller can take the list and release the lock.
    hooks: Mutex<Arc<[Option<Hook>]>>,
}

impl MemoryEngine {
    /// An empty list, and its first node.
    #[must_use]
    pub fn new(policy: LoginPolicy) -> Self {
        let truth = Truth { policy, state: Mutex::default(), hooks: Mutex::new(Arc::new([None])) };
        Self { truth: Arc::new(truth), node: 0 }
    }

    /// Another node on the same list, with connections and a hook of its own.
    ///
    /// # Panics
    ///
    /// With the 2³²nd node.
    #[must_use]
    pub fn another_node(&self) -> Self {
        let mut hooks = lock(&self.truth.hooks);
        let node = Node::try_from(hooks.len()).expect("fewer than 2³² nodes");
        *hooks = hooks.iter().cloned().chain([None]).collect();
        Self { truth: Arc::clone(&self.truth), node }
    }

    /// Calls the hooks concerned. The lock of the state has been released.
    fn notify(&self, effects: &Effects) {
        if effects.changed.is_none() && effects.ended.is_empty() {
            return;
        }
        let hooks = Arc::clone(&lock(&self.truth.hooks));
        for (node, session, ending) in &effects.ended {
            if let Some(Some(hook)) = hooks.get(*node as usize) {
                hook(Notice::Ended(*session, *ending));
            }
        }
        if let Some(version) = effects.changed {
            hooks.iter().flatten().for_each(|hook| hook(Notice::Changed(version)));
        }
    }
}

impl Engine for MemoryEngine {
    fn policy(&self) -> LoginPolicy {
        self.truth.policy
    }

    fn login(&self, user: UserId, now_ms: u64) -> Reply<'_, Result<LoginOutcome, Unavailable>> {
        Box::pin(async move {
            let (generation, effects) = lock(&self.truth.state).login(self.truth.policy, user, now_ms);
            self.notify(&effects);
            Ok(LoginOutcome { generation, displaced: effects.displaced() })
        })
    }

    fn join(&self, session: Session) -> Reply<'_, Result<JoinOutcome, JoinError>> {
        Box::pin(async move {
            let (snapshot, effects) = {
                let mut state = lock(&self.truth.state);
                let effects = state.join(self.truth.policy, self.node, session)?;
                (state.snapshot(), effects)
            };
            self.notify(&effects);
            Ok(JoinOutcome { snapshot, displaced: effects.displaced() })
        })
    }

    fn leave(&self, session: Session) {
        let effects = lock(&self.truth.state).leave(self.node, session);
        self.notify(&effects);
    }

    fn snapshot(&self) -> Snapshot {
        lock(&self.truth.state).snapshot()
    }

    fn subscribe(&self, hook: Hook) {
        let mut hooks = lock(&self.truth.hooks);
        let mut list: Vec<_> = hooks.iter().cloned().collect();
        let old = list.get_mut(self.node as usize).and_then(|place| place.replace(hook));
        *hooks = list.into();
        drop(hooks);
        assert!(old.is_none(), "a handle on the engine serves one registry");
    }
}

/// The sets. `sessions` and `users` always hold the same sessions.
#[derive(Default)]
struct State {
    sessions: Map<SessionId, SessionRecord>,
    users: Users,
    generations: Map<UserId, Generation>,
    version: u64,
}

/// The holder of a session id: its user, generation and connection, and the node of the connection.
#[derive(Clone, Copy)]
struct SessionRecord {
    user: UserId,
    generation: Generation,
    connection: ConnectionNumber,
    node: Node,
}

impl SessionRecord {
    fn session(self, id: SessionId) -> Session {
        Session { id, user: self.user, generation: self.generation, connection: self.connection }
    }
}

/// The notices that follow from a change, once the lock is released.
#[derive(Default)]
struct Effects {
    changed: Option<u64>,
    ended: Vec<(Node, Session, Ending)>,
}

impl Effects {
    fn displaced(&self) -> Vec<SessionId> {
        let displaced = self.ended.iter().filter(|(_, _, ending)| *ending == Ending::Displaced);
        displaced.map(|(_, session, _)| session.id).collect()
    }
}

impl State {
    fn snapshot(&self) -> Snapshot {
        Snapshot {
            version: self.version,
            users: self.users.len(),
            connections: self.sessions.len(),
            stale: false,
        }
    }

    fn login(&mut self, policy: LoginPolicy, user: UserId, now_ms: u64) -> (Generation, Effects) {
        let generation = Generation::after(self.generations.get(&user).copied(), now_ms);
        self.generations.insert(user, generation);
        let mut effects = Effects::default();
        if policy == LoginPolicy::Single {
            let mut emptied = false;
            for id in self.users.of(user) {
                emptied |= self.users.remove(user, id);
                self.displace(id, &mut effects);
            }
            self.users_changed(emptied, &mut effects);
        }
        (generation, effects)
    }

    fn join(&mut self, policy: LoginPolicy, node: Node, session: Session) -> Result<Effects, JoinError> {
        let Session { id, user, generation, connection } = session;
        if policy == LoginPolicy::Single {
            let newest = self.generations.entry(user).or_insert(generation);
            if generation < *newest {
                return Err(JoinError::Superseded);
            }
            *newest = generation;
        }
        let mut effects = Effects::default();
        let mut changed = false;
        let record = SessionRecord { user, generation, connection, node };
        match self.sessions.entry(id) {
            Entry::Vacant(entry) => {
                entry.insert(record);
            }
            Entry::Occupied(mut entry) => {
                let old = *entry.get();
                if old.node == node && old.connection > connection {
                    // A newer connection of this session was faster. This one has been replaced already.
                    return Ok(effects);
                }
                entry.insert(record);
                if old.node != node {
                    effects.ended.push((old.node, old.session(id), Ending::Replaced));
                }
                if old.user != user {
                    changed |= self.users.remove(old.user, id);
                }
            }
        }
        changed |= self.users.insert(user, id);
        if policy == LoginPolicy::Single {
            // After the insertion, so that the user is online throughout and N does not move.
            for other in self.users.keep_only(user, id) {
                self.displace(other, &mut effects);
            }
        }
        self.users_changed(changed, &mut effects);
        Ok(effects)
    }

    fn leave(&mut self, node: Node, session: Session) -> Effects {
        let mut effects = Effects::default();
        if let Entry::Occupied(entry) = self.sessions.entry(session.id)
            && entry.get().node == node
            && entry.get().connection <= session.connection
        {
            let record = entry.remove();
            let emptied = self.users.remove(record.user, session.id);
            self.users_changed(emptied, &mut effects);
        }
        effects
    }

    /// Takes a session off `sessions`; the caller has taken it off `users`.
    fn displace(&mut self, id: SessionId, effects: &mut Effects) {
        if let Some(record) = self.sessions.remove(&id) {
            effects.ended.push((record.node, record.session(id), Ending::Displaced));
        }
    }

    fn users_changed(&mut self, changed: bool, effects: &mut Effects) {
        if changed {
            self.version += 1;
            effects.changed = Some(self.version);
        }
    }
}

#[cfg(test)]
mod tests;
