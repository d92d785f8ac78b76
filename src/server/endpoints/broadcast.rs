//! `/broadcast`: every message to every session.

use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Waker};
use std::thread::{self, ThreadId};

use tokio::task::coop::unconstrained;
use tracing::{Level, debug, enabled};

use crate::proto::{Batch, Frames, Kind};
use crate::server::session::outbox::Outbox;
use crate::server::session::roster::{Registration, Roster};

/// Sessions on `/broadcast`.
pub(in crate::server) type Hub = Roster<HubMember>;

/// A session to which others can write directly, without waking its task.
pub(in crate::server) trait DirectWrite: Send + Sync {
    /// Writes the frames, unless something else must be sent before them; whether it took them.
    fn write_now(&self, frames: &Frames) -> bool;
}

/// A session that receives broadcasts.
#[derive(Clone)]
pub(in crate::server) struct HubMember {
    outbox: Arc<Outbox>,
    /// The session, once it has begun, and its thread.
    session: Option<(ThreadId, Weak<dyn DirectWrite>)>,
}

/// A session's end of the hub, by which it publishes and receives. Dropping it leaves.
pub(in crate::server) struct Publisher {
    registration: Registration<HubMember>,
    /// Messages published since the last flush.
    batch: Batch,
}

impl HubMember {
    /// Delivers a batch. A session of `this` thread is written to at once: its task is not running. Those of other
    /// threads are left to their tasks.
    fn deliver(&self, frames: &Frames, this: Option<ThreadId>) {
        let session = self.session.as_ref().filter(|(thread, _)| Some(*thread) == this);
        let session = session.and_then(|(_, session)| session.upgrade());
        if !session.is_some_and(|session| session.write_now(frames)) {
            self.outbox.send(frames.clone());
        }
    }
}

impl fmt::Debug for HubMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubMember").field("outbox", &self.outbox).finish_non_exhaustive()
    }
}

impl Publisher {
    /// Joins the hub, and receives by the outbox from now on.
    pub(in crate::server) fn join(hub: &Arc<Hub>, outbox: Arc<Outbox>) -> Self {
        Self { registration: hub.join(HubMember { outbox, session: None }), batch: Batch::default() }
    }

    /// Registers the session that has started on this thread.
    pub(in crate::server) fn begin(&self, session: Weak<dyn DirectWrite>) {
        self.registration.change(|member| member.session = Some((thread::current().id(), session)));
    }

    /// Adds a message to the batch.
    pub(in crate::server) fn publish(&mut self, kind: Kind, payload: &[u8]) {
        self.batch.push(kind, payload);
    }

    /// Publishes the batch.
    pub(in crate::server) fn flush_batch(&mut self) {
        let Some(frames) = self.batch.drain() else { return };
        debug!("> frames of {} B to everyone", frames.len());
        // In a debug log each line is in the span of its connection: there each session's own task writes.
        let this = (!enabled!(Level::DEBUG)).then(|| thread::current().id());
        // In one poll: tokio's cooperative budget would otherwise end it after a hundred writes or so.
        let delivery = async { self.registration.roster().each(|member| member.deliver(&frames, this)) };
        let _ = pin!(unconstrained(delivery)).poll(&mut Context::from_waker(Waker::noop()));
    }
}
