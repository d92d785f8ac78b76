//! The sessions of each user: a set of users, each with a set of sessions that is never empty.
//!
//! Most users have one session and some have two, so these are kept in place; only a third pays for a set of its own.

use super::{Map, SessionId, UserId};
use std::collections::BTreeSet;
use std::collections::hash_map::Entry;

/// The users that hold a session, and which.
#[derive(Debug, Default)]
pub(super) struct Users(Map<UserId, Sessions>);

#[derive(Debug)]
enum Sessions {
    One(SessionId),
    Two([SessionId; 2]),
    /// Three or more, in an order that does not depend on chance: a seed of the model test repeats exactly.
    More(BTreeSet<SessionId>),
}

impl Users {
    /// The number of users.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a session; true if the user had none.
    pub(super) fn insert(&mut self, user: UserId, id: SessionId) -> bool {
        match self.0.entry(user) {
            Entry::Vacant(entry) => {
                entry.insert(Sessions::One(id));
                true
            }
            Entry::Occupied(mut entry) => {
                let sessions = entry.get_mut();
                match sessions {
                    Sessions::One(held) if *held == id => {}
                    Sessions::Two(held) if held.contains(&id) => {}
                    Sessions::One(held) => *sessions = Sessions::Two([*held, id]),
                    Sessions::Two([a, b]) => *sessions = Sessions::More([*a, *b, id].into()),
                    Sessions::More(held) => {
                        held.insert(id);
                    }
                }
                false
            }
        }
    }

    /// Takes a session away; true if it was the user's last.
    pub(super) fn remove(&mut self, user: UserId, id: SessionId) -> bool {
        let Entry::Occupied(mut entry) = self.0.entry(user) else { return false };
        let sessions = entry.get_mut();
        match sessions {
            Sessions::One(held) if *held == id => {
                entry.remove();
                return true;
            }
            Sessions::Two([gone, left] | [left, gone]) if *gone == id => *sessions = Sessions::One(*left),
            Sessions::One(_) | Sessions::Two(_) => {}
            Sessions::More(held) => {
                held.remove(&id);
                if held.len() == 2
                    && let (Some(a), Some(b)) = (held.pop_first(), held.pop_first())
                {
                    *sessions = Sessions::Two([a, b]);
                }
            }
        }
        false
    }

    /// The user's sessions.
    pub(super) fn of(&self, user: UserId) -> Vec<SessionId> {
        match self.0.get(&user) {
            None => Vec::new(),
            Some(Sessions::One(held)) => vec![*held],
            Some(Sessions::Two(held)) => held.to_vec(),
            Some(Sessions::More(held)) => held.iter().copied().collect(),
        }
    }

    /// The number of the user's sessions.
    pub(super) fn count(&self, user: UserId) -> usize {
        match self.0.get(&user) {
            None => 0,
            Some(Sessions::One(_)) => 1,
            Some(Sessions::Two(_)) => 2,
            Some(Sessions::More(held)) => held.len(),
        }
    }

    /// Takes away all the user's sessions but one, and returns them.
    pub(super) fn keep_only(&mut self, user: UserId, id: SessionId) -> Vec<SessionId> {
        match self.0.get_mut(&user) {
            // The usual case costs nothing.
            None => Vec::new(),
            Some(Sessions::One(held)) if *held == id => Vec::new(),
            Some(sessions) => match std::mem::replace(sessions, Sessions::One(id)) {
                Sessions::One(held) => vec![held],
                Sessions::Two(held) => held.into_iter().filter(|held| *held != id).collect(),
                Sessions::More(held) => held.into_iter().filter(|held| *held != id).collect(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Users;
    use crate::presence::{SessionId, UserId};
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn behaves_like_a_map_of_sets() {
        let mut users = Users::default();
        let mut model: BTreeMap<UserId, BTreeSet<SessionId>> = BTreeMap::new();
        let mut random = 1_u64;
        for _ in 0..20_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let user = UserId(i64::try_from((random >> 33) % 4).unwrap());
            let id = SessionId::from_u128(u128::from((random >> 40) % 5));
            let held = model.entry(user).or_default();
            match (random >> 50) % 8 {
                0..=3 => {
                    let new = std::mem::replace(held, with(held, id)).is_empty();
                    assert_eq!(users.insert(user, id), new);
                }
                4..=6 => assert_eq!(users.remove(user, id), held.remove(&id) && held.is_empty()),
                _ if held.contains(&id) => {
                    let others: BTreeSet<_> = users.keep_only(user, id).into_iter().collect();
                    held.remove(&id);
                    assert_eq!(others, std::mem::replace(held, BTreeSet::from([id])));
                }
                _ => {}
            }
            assert_eq!(users.of(user).into_iter().collect::<BTreeSet<_>>(), model[&user]);
            assert_eq!(users.count(user), model[&user].len());
            assert_eq!(users.len(), model.values().filter(|held| !held.is_empty()).count());
        }
    }

    fn with(held: &BTreeSet<SessionId>, id: SessionId) -> BTreeSet<SessionId> {
        held.iter().copied().chain([id]).collect()
    }
}
