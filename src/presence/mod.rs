//! Users online, counted exactly, and pushed to everybody.
//!
//! N is the number of *distinct users* online: the same account in two tabs counts once. The module is pure: it
//! opens no socket, reads no clock and needs no runtime; time is an argument, and a connection is a [`Mailbox`].
//!
//! In reading order:
//!
//! 1. [`engine`]: the truth over all nodes, as a trait. A session joins, leaves, and a login makes a generation.
//! 2. [`memory`]: the engine of a process that needs no other, and of the tests.
//! 3. [`mailbox`]: the receiving end of a connection.
//! 4. [`registry`]: the connections of this node; joining returns a guard, and dropping the guard leaves.
//! 5. [`coalesce`]: how often N is announced.
//! 6. [`end_reason`]: why a session is ended, and what its client reads of that.
//! 7. [`messages`]: the JSON on the wire, both ways, in two [languages](language).
//!
//! ```
//! use std::sync::Arc;
//! use wirewalk::presence::{
//!     Delivery, Generation, Language, LoginPolicy, Mailbox, Member, MemoryEngine, Registry, SessionId, UserId,
//! };
//!
//! /// A connection that prints; a real one queues, and wakes the task that writes to the socket.
//! struct Printer;
//! impl Mailbox for Printer {
//!     fn deliver(&self, delivery: Delivery) {
//!         println!("{delivery:?}");
//!     }
//! }
//!
//! # let story = async {
//! let engine = Arc::new(MemoryEngine::new(LoginPolicy::Many));
//! let registry = Registry::new(engine, |version| println!("version {version} is to be announced"));
//!
//! let login = registry.login(UserId(7), 1_700_000_000_000).await?;
//! let session = SessionId::from_u128(0x8d5f_6a1e);
//! let member = Member { session, user: UserId(7), generation: login.generation, language: Language::En };
//! let presence = registry.join(member, Arc::new(Printer)).await?;
//! assert_eq!(registry.snapshot().users, 1);
//! drop(presence);
//! assert_eq!(registry.snapshot().users, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # };
//! # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
//! # assert!(matches!(std::pin::pin!(story).poll(&mut context), std::task::Poll::Ready(Ok(()))));
//! ```
//!
//! # Invariants
//!
//! * **Sets, never counters.** N is the size of a set, so every operation can be repeated without harm.
//! * **A removal names its connection.** A session id that connects again replaces its older connection, whose late
//!   end must take nothing away. Every removal therefore names the session id *and* the [`ConnectionNumber`].
//! * **Every change has a version.** It grows by one whenever the set of users changes, at every client it only
//!   grows, and one version never stands for two values of N.
//! * **No lock is held while calling out.** Engine, hook and list each release their lock before they call each
//!   other. The one exception is a connection's own lock, held while its mailbox takes a delivery: that is what keeps
//!   a connection's deliveries in order and makes a Close the last of them (see [`Mailbox`]).

pub mod coalesce;
pub mod end_reason;
pub mod engine;
pub mod language;
mod subscriber;
pub mod mailbox;
pub mod memory;
pub mod messages;
mod query;
pub mod registry;
mod users;

#[cfg(test)]
mod testing;

pub use coalesce::Coalescer;
pub use end_reason::EndReason;
pub use engine::{Engine, JoinError, LoginPolicy, Session, Snapshot, Unavailable};
pub use language::Language;
pub use mailbox::{Delivery, Mailbox};
pub use memory::MemoryEngine;
pub use registry::{Member, Presence, Registry, Target, UserQuota};

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The id that a login issues and a WebSocket is opened with.
pub type SessionId = uuid::Uuid;

/// An account's number. N counts these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub i64);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The place of a login among the logins of one user: the later login has the greater generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(u64);

impl Generation {
    /// A generation read back from where the session is kept.
    #[must_use]
    pub fn new(value: u64) -> Self {
        Self(value)
    }

    /// The generation of a login at `now_ms` (milliseconds since 1970) after `previous`.
    ///
    /// The clock keeps it growing when the previous one was forgotten, the successor when the clock stands or jumps
    /// back.
    #[must_use]
    pub fn after(previous: Option<Self>, now_ms: u64) -> Self {
        Self(previous.map_or(now_ms, |previous| now_ms.max(previous.0.saturating_add(1))))
    }

    /// The number to keep.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

/// A connection's number on its node, from 1 in the order in which they joined; never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionNumber(pub u64);

/// A table of sessions or users. Its keys are issued by us, session ids at random and user ids in a row, so nobody can
/// choose them to collide; hashing them takes a tenth of what the standard library's hash takes.
type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// Locks, whatever happened to the last holder.
///
/// No code of this module panics between two changes that belong together, so poison says nothing about the data.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::Generation;

    #[test]
    fn a_generation_follows_the_clock_and_never_repeats() {
        let first = Generation::after(None, 1_000);
        assert_eq!(first, Generation::new(1_000));
        assert_eq!(Generation::after(Some(first), 1_000).get(), 1_001, "the clock stands");
        assert_eq!(Generation::after(Some(first), 7).get(), 1_001, "the clock jumped back");
        assert_eq!(Generation::after(Some(first), 5_000).get(), 5_000);
        assert_eq!(Generation::after(Some(Generation::new(u64::MAX)), 7).get(), u64::MAX);
    }
}
