//! `/broadcast`: who is there, and how what one says reaches everyone.

use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Waker};
use std::thread::{self, ThreadId};

use tokio::task::coop::unconstrained;
use tracing::{Level, debug, enabled};

use crate::proto::{Batch, Frames, Kind};
use crate::server::session::outbox::Outbox;
use crate::server::session::roster::{Roster, Seat};

/// Everyone on `/broadcast`.
pub(in crate::server) type Hub = Roster<Listener>;

/// A session to which others can write, so that its task need not be woken for it.
pub(in crate::server) trait Direct: Send + Sync {
    /// Writes the frames, unless something else is to be sent before; whether it took them.
    fn send_at_once(&self, frames: &Frames) -> bool;
}

/// One who hears everyone.
#[derive(Clone)]
pub(in crate::server) struct Listener {
    outbox: Arc<Outbox>,
    /// Its session, once that has begun, and the thread that serves it.
    session: Option<(ThreadId, Weak<dyn Direct>)>,
}

/// One who speaks to everyone, and hears everyone. Dropping it leaves.
pub(in crate::server) struct Voice {
    seat: Seat<Listener>,
    /// What was said since the last time it was passed on.
    said: Batch,
}

impl Listener {
    /// Tells it what was said. A session of `this` thread is written to at once: nobody else uses it now. Those of
    /// others are left to their threads, which have time of their own to write.
    fn hear(&self, frames: &Frames, this: Option<ThreadId>) {
        let session = self.session.as_ref().filter(|(thread, _)| Some(*thread) == this);
        let session = session.and_then(|(_, session)| session.upgrade());
        if !session.is_some_and(|session| session.send_at_once(frames)) {
            self.outbox.send(frames.clone());
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("outbox", &self.outbox).finish_non_exhaustive()
    }
}

impl Voice {
    /// One who hears what is said from now on, by way of the outbox.
    pub(in crate::server) fn join(hub: &Arc<Hub>, outbox: Arc<Outbox>) -> Self {
        Self { seat: hub.join(Listener { outbox, session: None }), said: Batch::default() }
    }

    /// Its session has begun, on this thread.
    pub(in crate::server) fn begin(&self, session: Weak<dyn Direct>) {
        self.seat.change(|listener| listener.session = Some((thread::current().id(), session)));
    }

    /// Says something to everyone, with what else is said until it is passed on.
    pub(in crate::server) fn say(&mut self, kind: Kind, payload: &[u8]) {
        self.said.push(kind, payload);
    }

    /// Passes on what was said, once for all of it.
    pub(in crate::server) fn pass_on(&mut self) {
        let Some(frames) = self.said.take() else { return };
        debug!("> frames of {} B to everyone", frames.len());
        // A log tells of each connection by itself: there each one's own task writes.
        let this = (!enabled!(Level::DEBUG)).then(|| thread::current().id());
        // All in one turn: the runtime would otherwise let the speaker's task write to a hundred or so.
        let telling = async { self.seat.roster().each(|listener| listener.hear(&frames, this)) };
        let _ = pin!(unconstrained(telling)).poll(&mut Context::from_waker(Waker::noop()));
    }
}
