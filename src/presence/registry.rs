//! The registry: the connections of this node, and how each is reached.
//!
//! A connection enters the list when it starts to join and is off it the moment its end is decided: when its guard is
//! dropped, when it is replaced, kicked or logged out, or when the engine says that its session is over. From then on
//! nothing is delivered to it but one last Close, if it was not its own end.

use super::engine::{Ending, LoginOutcome, Notice};
use super::mailbox::Mailbox;
use super::messages;
use super::subscriber::Subscriber;
use super::users::Users;
use super::{
    ConnectionNumber, EndReason, Engine, Generation, JoinError, Language, Map, Session, SessionId, Snapshot,
    Unavailable, UserId, lock,
};
use crate::proto::Kind;
use crate::wire::ws::{CloseCode, CloseFrame};
use bytes::Bytes;
use std::collections::hash_map::Entry;
use std::future::Future;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

/// The connections of this node. Clones share them.
#[derive(Clone)]
pub struct Registry {
    node: Arc<Node>,
}

/// A connection that is to join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The session id that the connection was opened with.
    pub session: SessionId,
    /// The user it was issued to.
    pub user: UserId,
    /// The generation of the login that issued it.
    pub generation: Generation,
    /// The language of the connection.
    pub language: Language,
}

/// The most connections that a user may have on a node; `None`: as many as it has sessions.
pub type UserQuota = Option<NonZeroUsize>;

/// The receivers of a message or a kick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// One session.
    Session(SessionId),
    /// All sessions of a user.
    User(UserId),
}

/// Being online. Dropping it leaves, exactly once, however it comes to be dropped.
#[must_use = "dropping the guard leaves the list"]
pub struct Presence {
    node: Arc<Node>,
    subscriber: Arc<Subscriber>,
    /// `true` if the join has gone through.
    joined: bool,
}

struct Node {
    engine: Arc<dyn Engine>,
    changed: Box<dyn Fn(u64) + Send + Sync>,
    quota: UserQuota,
    list: Mutex<List>,
}

/// `subscribers` and `users` always hold the same sessions.
#[derive(Default)]
struct List {
    subscribers: Map<SessionId, Arc<Subscriber>>,
    users: Users,
    /// The number of the last connection. Under the lock, so that the order of the numbers is the order of the list.
    last: u64,
}

#[expect(clippy::must_use_candidate, reason = "these act; the number they reached is optional")]
impl Registry {
    /// The list of a node, empty, over the node's handle on the truth.
    ///
    /// `changed` is called with the newest version when the set of users has changed, from any thread and perhaps
    /// late: give it to a [`Coalescer`](super::Coalescer), which says when to [`announce`](Self::announce). It must
    /// neither block nor panic, and it must not own the registry.
    ///
    /// # Panics
    ///
    /// If the engine serves a registry already.
    pub fn new(engine: Arc<dyn Engine>, changed: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self::with_quota(engine, None, changed)
    }

    /// The same, with a quota of connections for each user.
    ///
    /// # Panics
    ///
    /// If the engine serves a registry already.
    pub fn with_quota(
        engine: Arc<dyn Engine>,
        quota: UserQuota,
        changed: impl Fn(u64) + Send + Sync + 'static,
    ) -> Self {
        let node = Arc::new(Node { engine, changed: Box::new(changed), quota, list: Mutex::default() });
        // Weak, or the engine and the node would keep each other.
        let hooked = Arc::downgrade(&node);
        node.engine.subscribe(Arc::new(move |notice| {
            if let Some(node) = hooked.upgrade() {
                node.handle_notice(notice);
            }
        }));
        Self { node }
    }

    /// Joins: puts the connection on the list, and delivers N to it.
    ///
    /// An older connection of the same session is replaced by the call itself, before the future is polled. Dropping
    /// the future leaves, whatever the join has already done.
    ///
    /// The caller has checked that the session is valid. A logout between that check and this call finds no
    /// connection to end: check again afterwards, and drop the guard if the session is over.
    ///
    /// # Errors
    ///
    /// [`JoinError::Superseded`] and [`JoinError::Unavailable`] from the engine; [`JoinError::Closed`] when the
    /// connection was ended while it joined, in which case its mailbox holds the Close; [`JoinError::TooMany`] when the
    /// user has as many connections as one may, and this one would not replace another.
    pub fn join(
        &self,
        member: Member,
        mailbox: Arc<dyn Mailbox>,
    ) -> impl Future<Output = Result<Presence, JoinError>> + Send + use<> {
        let entered = lock(&self.node.list).enter(member, mailbox, self.node.quota);
        let presence = entered.map(|(subscriber, replaced)| {
            if let Some(replaced) = replaced {
                replaced.close(opened_again(), None);
            }
            // Made now, so that the subscriber leaves even if the future is never polled.
            Presence { node: Arc::clone(&self.node), subscriber, joined: false }
        });
        async move {
            let mut presence = presence?;
            let (node, subscriber) = (&presence.node, &presence.subscriber);
            let joined = node.engine.join(subscriber.session).await?;
            let snapshot = node.newest(joined.snapshot);
            if !subscriber.open(snapshot.version, messages::presence(subscriber.language, snapshot.users)) {
                return Err(JoinError::Closed);
            }
            // An announcement while it was still joining has not reached it.
            let newest = node.newest(snapshot);
            if newest.version > snapshot.version {
                subscriber.send_count(newest.version, &messages::presence(subscriber.language, newest.users));
            }
            presence.joined = true;
            Ok(presence)
        }
    }

    /// Makes the generation of a new login. Under the policy of one login the older sessions are closed as kicked.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the engine cannot be asked.
    pub async fn login(&self, user: UserId, now_ms: u64) -> Result<LoginOutcome, Unavailable> {
        self.node.engine.login(user, now_ms).await
    }

    /// Delivers N to every connection that has not got this version. Returns to how many.
    pub fn announce(&self) -> usize {
        let newest = self.snapshot();
        let texts = PerLanguage::new(|language| messages::presence(language, newest.users));
        self.subscribers()
            .iter()
            .filter(|subscriber| subscriber.send_count(newest.version, texts.get(subscriber.language)))
            .count()
    }

    /// Sends a message to some. Returns to how many.
    pub fn push(&self, target: Target, message: &str) -> usize {
        let subscribers = lock(&self.node.list).find(target);
        self.send(&subscribers, message)
    }

    /// Sends a message to all. Returns to how many.
    pub fn broadcast(&self, message: &str) -> usize {
        self.send(&self.subscribers(), message)
    }

    /// Ends the connections of a session, or of all sessions of a user: off the list at once, then the notice and the
    /// Close of this reason. Returns how many there were.
    ///
    /// The caller has ended the sessions where they are stored, so that none of them joins again.
    pub fn end(&self, target: Target, why: EndReason<'_>) -> usize {
        let subscribers = self.remove_all(target);
        self.node.dismiss(&subscribers, why)
    }

    /// The reply to a client's message, on the connection of the session `own`.
    #[must_use]
    pub fn answer(&self, own: SessionId, language: Language, input: &[u8], kind: Kind) -> Bytes {
        messages::reply(own, language, input, kind, self.snapshot().users)
    }

    /// The number of users online, on all nodes.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.node.engine.snapshot()
    }

    /// The sessions on the list of this node, in no order; those that are still joining included.
    #[must_use]
    pub fn sessions(&self) -> Vec<Session> {
        lock(&self.node.list).subscribers.values().map(|subscriber| subscriber.session).collect()
    }

    fn subscribers(&self) -> Vec<Arc<Subscriber>> {
        lock(&self.node.list).subscribers.values().cloned().collect()
    }

    fn send(&self, subscribers: &[Arc<Subscriber>], message: &str) -> usize {
        let text = messages::push(message, self.snapshot().users);
        subscribers.iter().filter(|subscriber| subscriber.send_text(&text)).count()
    }

    /// Removes subscribers from this list and from the engine's. Their connections may end later.
    fn remove_all(&self, target: Target) -> Vec<Arc<Subscriber>> {
        let subscribers = lock(&self.node.list).remove_target(target);
        for subscriber in &subscribers {
            self.node.engine.leave(subscriber.session);
        }
        subscribers
    }
}

impl Node {
    /// The engine's hook.
    fn handle_notice(&self, notice: Notice) {
        match notice {
            Notice::Changed(version) => (self.changed)(version),
            Notice::Ended(session, ending) => {
                // The engine has taken the session off its own list.
                let Some(subscriber) = lock(&self.list).remove(session) else { return };
                match ending {
                    Ending::Displaced => {
                        self.dismiss(&[subscriber], EndReason::SignedInElsewhere);
                    }
                    Ending::Replaced => {
                        subscriber.close(opened_again(), None);
                    }
                }
            }
        }
    }

    /// Closes subscribers that are off the list, with the notice. Returns how many it closed.
    fn dismiss(&self, subscribers: &[Arc<Subscriber>], why: EndReason<'_>) -> usize {
        // Most sessions that end have no connection.
        if subscribers.is_empty() {
            return 0;
        }
        let frame = why.close_frame();
        let online = self.engine.snapshot().users;
        let notices = PerLanguage::new(|language| why.notice(language, online));
        let close = |subscriber: &&Arc<Subscriber>| {
            subscriber.close(frame.clone(), notices.get(subscriber.language).clone())
        };
        subscribers.iter().filter(close).count()
    }

    /// The newer of a reply and what the node knows by now.
    fn newest(&self, reply: Snapshot) -> Snapshot {
        let known = self.engine.snapshot();
        if known.version > reply.version { known } else { reply }
    }
}

impl List {
    /// Puts a new subscriber on the list, in the place of an older one of the same session.
    fn enter(
        &mut self,
        member: Member,
        mailbox: Arc<dyn Mailbox>,
        quota: UserQuota,
    ) -> Result<(Arc<Subscriber>, Option<Arc<Subscriber>>), JoinError> {
        let Member { session: id, user, generation, language } = member;
        let is_full = quota.is_some_and(|most| self.users.count(user) >= most.get());
        if is_full && self.subscribers.get(&id).is_none_or(|subscriber| subscriber.session.user != user) {
            return Err(JoinError::TooMany);
        }
        self.last += 1;
        let session = Session { id, user, generation, connection: ConnectionNumber(self.last) };
        let subscriber = Arc::new(Subscriber::new(session, language, mailbox));
        let replaced = self.subscribers.insert(id, Arc::clone(&subscriber));
        if let Some(replaced) = &replaced {
            self.users.remove(replaced.session.user, id);
        }
        self.users.insert(user, id);
        Ok((subscriber, replaced))
    }

    /// Takes a session off the list if this very connection holds it.
    fn remove(&mut self, session: Session) -> Option<Arc<Subscriber>> {
        let Entry::Occupied(entry) = self.subscribers.entry(session.id) else { return None };
        if entry.get().session.connection != session.connection {
            return None;
        }
        let subscriber = entry.remove();
        self.users.remove(subscriber.session.user, session.id);
        Some(subscriber)
    }

    fn find(&self, target: Target) -> Vec<Arc<Subscriber>> {
        let ids = match target {
            Target::Session(id) => vec![id],
            Target::User(user) => self.users.of(user),
        };
        ids.iter().filter_map(|id| self.subscribers.get(id)).cloned().collect()
    }

    fn remove_target(&mut self, target: Target) -> Vec<Arc<Subscriber>> {
        let subscribers = self.find(target);
        for subscriber in &subscribers {
            self.remove(subscriber.session);
        }
        subscribers
    }
}

impl Presence {
    /// The session, and the number of the connection that holds it.
    #[must_use]
    pub fn session(&self) -> Session {
        self.subscriber.session
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.subscriber.hang_up();
        let removed = lock(&self.node.list).remove(self.subscriber.session).is_some();
        // A subscriber off the list has left already: the code that removed it has left for it, or is the newer
        // connection of its session and leaves for both. But a join that was under way may have taken effect after
        // that.
        if removed || !self.joined {
            self.node.engine.leave(self.subscriber.session);
        }
    }
}

/// The Close for a connection that a newer one of its session replaces.
fn opened_again() -> CloseFrame {
    CloseFrame::new(CloseCode::REPLACED, "session opened again")
}

/// A text in each language, shared by all receivers.
struct PerLanguage<T> {
    zh: T,
    en: T,
}

impl<T> PerLanguage<T> {
    fn new(write: impl Fn(Language) -> T) -> Self {
        Self { zh: write(Language::Zh), en: write(Language::En) }
    }

    fn get(&self, language: Language) -> &T {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests;
