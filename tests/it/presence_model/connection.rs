//! A connection in the model: the state of the server's task, and the ends that have a cause.

use super::client::{Client, End};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use wirewalk::presence::{Generation, JoinError, Presence, SessionId, Target, UserId};

/// What is wrong, in words.
pub(crate) type Fault = Result<(), String>;

type Joining = Pin<Box<dyn Future<Output = Result<Presence, JoinError>> + Send>>;

#[derive(Clone, Copy)]
pub(crate) struct Issued {
    pub(crate) id: SessionId,
    pub(crate) user: UserId,
    pub(crate) generation: Generation,
}

/// A connection of which the server's task still holds the future or the guard.
pub(crate) struct Connection {
    pub(crate) node: usize,
    pub(crate) session: Issued,
    pub(crate) client: Arc<Client>,
    pub(crate) hold: Hold,
    /// Ends that it has been given cause for.
    pub(crate) causes: Vec<End>,
}

pub(crate) enum Hold {
    Joining(Joining),
    Guard(Presence),
}

impl Hold {
    pub(crate) fn is_guard_of(&self, session: SessionId) -> bool {
        matches!(self, Self::Guard(presence) if presence.session().id == session)
    }
}

impl Connection {
    /// Not ended by the server: on its node's list.
    pub(crate) fn listed(&self) -> bool {
        self.client.seen().end.is_none()
    }

    pub(crate) fn open(&self) -> bool {
        self.listed() && self.hold.is_guard_of(self.session.id)
    }

    pub(crate) fn is(&self, target: Target) -> bool {
        match target {
            Target::Session(id) => self.session.id == id,
            Target::User(user) => self.session.user == user,
        }
    }

    /// No end without a cause.
    pub(crate) fn justified(&self) -> Fault {
        match self.client.seen().end {
            Some(end) if !self.causes.contains(&end) => {
                Err(format!("{end:?} for no reason, there was cause for {:?}", self.causes))
            }
            _ => Ok(()),
        }
    }
}

/// Holds it in a task that fails; as a panic, but without a word on stderr.
pub(crate) fn panic_with(hold: Hold) {
    let task = move || {
        let _hold = hold;
        resume_unwind(Box::new("the task fails"))
    };
    let _: Result<(), _> = catch_unwind(AssertUnwindSafe(task));
}
