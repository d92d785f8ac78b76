//! The truth over all nodes, as a trait.
//!
//! An engine holds sets: the sessions that are online and whose they are. It knows no connection; the
//! [`Registry`](super::Registry) of each node stands between the engine and the sockets.
//!
//! One engine value is **one node's handle** on the truth. Several handles may share it: those of
//! [`MemoryEngine::another_node`](super::MemoryEngine::another_node), or, later, several processes on one Redis.
//!
//! | method | as a Redis script (PRESENCE.md, section 3) |
//! |---|---|
//! | [`login`](Engine::login) | `login`: new `gen:<uid>`; in single mode also empties `u:<uid>` into the kick mailboxes |
//! | [`join`](Engine::join) | `join`: `u:<uid>`, `n:<inc>`, `online`, `ver`; the value under a session id is `inc` and connection number |
//! | [`leave`](Engine::leave) | `leave`, queued behind the joins of this node and sent by a task |
//! | [`snapshot`](Engine::snapshot) | no script: the newest `(ver, N)` heard from a reply, a beat or the `count` channel |
//! | [`subscribe`](Engine::subscribe) | no script: fed by the `count` and `ctl:<inc>` channels and by every beat |

use super::{ConnectionNumber, Generation, SessionId, UserId};
use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// An answer of an engine that may have to ask another process first.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The callback of an engine. It must not block, and must not panic.
pub type Hook = Arc<dyn Fn(Notice) + Send + Sync>;

/// The truth over all nodes.
///
/// # Contract
///
/// * A join whose future is dropped half way may or may not have taken effect. The caller leaves afterwards, and a
///   leave takes effect after the join of the same connection.
/// * The version grows by at least one with every change of the set of users, and never falls, not even when the
///   store loses everything; an engine whose store can be lost starts its versions from the store's clock.
/// * A session that is displaced or replaced is off the list first; then the hook of its own node is called. The reply
///   does not carry it: a dropped future would lose it.
/// * The hook is called with no lock held, from any thread, perhaps repeatedly and in any order.
pub trait Engine: Send + Sync + 'static {
    /// The number of sessions that a user may have: one or several.
    fn policy(&self) -> LoginPolicy;

    /// Makes the generation of a new login: see [`Generation::after`].
    ///
    /// Under [`LoginPolicy::Single`] the user's older sessions are displaced, and none of them can join any more.
    fn login(&self, user: UserId, now_ms: u64) -> Reply<'_, Result<LoginOutcome, Unavailable>>;

    /// Puts a session on the list. Joining again is harmless.
    ///
    /// A session that another connection holds is taken over from it: on this node only from an older connection
    /// (an older one that comes late changes nothing), on another node from any, and that node's hook is called.
    ///
    /// # Errors
    ///
    /// [`JoinError::Superseded`] under [`LoginPolicy::Single`], when the user has logged in again since;
    /// [`JoinError::Unavailable`] when the truth cannot be asked.
    fn join(&self, session: Session) -> Reply<'_, Result<JoinOutcome, JoinError>>;

    /// Takes a session off the list if this node holds it, with this connection or an older one.
    ///
    /// "Or an older one": by the time a connection leaves, it has replaced all older ones of its session on this node,
    /// even when its own join never took effect. Never blocks; leaving twice is harmless.
    fn leave(&self, session: Session);

    /// The newest state this node knows. Never blocks.
    fn snapshot(&self) -> Snapshot;

    /// Installs the hook of this node.
    ///
    /// # Panics
    ///
    /// If there is one already: connection numbers are a node's, so two registries cannot share a handle.
    fn subscribe(&self, hook: Hook);
}

/// The number of sessions that a user may have at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoginPolicy {
    /// As many as they like.
    #[default]
    Many,
    /// One: the newest login ends the older ones, and they cannot come back.
    Single,
}

/// A session, as one connection of this node holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// The session id that the login issued.
    pub id: SessionId,
    /// The user who logged in.
    pub user: UserId,
    /// The place of that login among the user's logins.
    pub generation: Generation,
    /// The connection of this node that holds it.
    pub connection: ConnectionNumber,
}

/// The number of users online.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Grows whenever the set of users changes.
    pub version: u64,
    /// N: the number of distinct users.
    pub users: usize,
    /// The number of sessions.
    pub connections: usize,
    /// `true` if the node is cut off from the truth, and this is the last that it knows.
    pub stale: bool,
}

/// A login as the engine has recorded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginOutcome {
    /// The generation to keep with the session.
    pub generation: Generation,
    /// The sessions it displaced. Their nodes have been notified; this is for the log.
    pub displaced: Vec<SessionId>,
}

/// A join as the engine has recorded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinOutcome {
    /// The state just after the join.
    pub snapshot: Snapshot,
    /// The sessions it displaced. Their nodes have been notified; this is for the log.
    pub displaced: Vec<SessionId>,
}

/// A notice to the hook of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The set of users has changed: the newest version known. It may come late, so keep the greatest.
    Changed(u64),
    /// A session that this node held is off the list. Exactly this connection is meant, and no later one.
    Ended(Session, Ending),
}

/// Why an engine took a session off the list of its own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// A newer login of the same user displaced it.
    Displaced,
    /// The same session id was opened on another node.
    Replaced,
}

/// Why a connection could not join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinError {
    /// The user has logged in again since; under [`LoginPolicy::Single`] this session is over.
    Superseded,
    /// The connection was replaced, kicked or logged out while it joined; its mailbox holds the Close. Only a
    /// [`Registry`](super::Registry) answers so.
    Closed,
    /// The user has as many connections on this node as one may. Only a [`Registry`](super::Registry) answers so.
    TooMany,
    /// The truth cannot be asked.
    Unavailable(Unavailable),
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Superseded => f.write_str("a newer login of the user has taken the session's place"),
            Self::Closed => f.write_str("the connection was closed while it joined"),
            Self::TooMany => f.write_str("the user has as many connections as one may"),
            Self::Unavailable(why) => why.fmt(f),
        }
    }
}

impl std::error::Error for JoinError {}

impl From<Unavailable> for JoinError {
    fn from(why: Unavailable) -> Self {
        Self::Unavailable(why)
    }
}

/// The truth cannot be asked, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable(pub Cow<'static, str>);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the presence engine is unavailable: {}", self.0)
    }
}

impl std::error::Error for Unavailable {}
