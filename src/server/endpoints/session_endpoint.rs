//! The endpoint that a session plays: its replies to messages.

use std::sync::{Arc, Weak};

use tracing::debug;

use super::broadcast::{DirectWrite, Hub, Publisher};
use super::message::online::Online;
use crate::proto::{Connection, Kind};
use crate::server::session::outbox::Outbox;

/// Subprotocols of `/echo`.
pub(super) const SUBPROTOCOLS: &[&str] = &["chat", "superchat"];

/// The endpoint of a session, with what it holds there. Dropping it leaves.
pub(in crate::server) enum SessionEndpoint {
    /// `/echo`: every message back as it came.
    Echo,
    /// `/broadcast`: every message to everyone.
    Broadcast(Box<Publisher>),
    /// `/message`: who is online.
    Message(Box<Online>),
    /// None any more: the connection is closing.
    Left,
}

/// Queue entries that one read may become at each subscriber: what is read at once is one entry of hardly more bytes.
const FAN_OUT: usize = 8;

/// Length from which on copying a reply costs more than a write of its own, in bytes.
const LONG: usize = 16 * 1024;

/// Sends a reply. Dropped when the connection is closing: no data follows a Close (RFC 6455 §5.5.1).
#[inline(always)]
#[expect(clippy::inline_always, reason = "called for each message: the call costs a tenth of it")]
fn reply(connection: &mut Connection, kind: Kind, payload: &[u8]) {
    if connection.send(kind, payload).is_ok() {
        debug!("> {} {} B", kind.opcode(), payload.len());
    }
}

impl SessionEndpoint {
    /// `/broadcast`, for the session of this outbox.
    pub(super) fn broadcast(hub: &Arc<Hub>, outbox: &Arc<Outbox>) -> Self {
        Self::Broadcast(Box::new(Publisher::join(hub, Arc::clone(outbox))))
    }

    /// Registers the session that has started on this thread.
    pub(in crate::server) fn begin(&self, session: Weak<dyn DirectWrite>) {
        if let Self::Broadcast(publisher) = self {
            publisher.begin(session);
        }
    }

    /// Bytes that may be read before others get a turn; `None`: no limit. What a read becomes for subscribers must fit
    /// their queues, or they would be too slow before they had a chance to read.
    pub(in crate::server) fn read_budget(&self, send_buffer: usize) -> Option<usize> {
        match self {
            Self::Broadcast(_) => Some((send_buffer / FAN_OUT).max(1)),
            Self::Echo | Self::Message(_) | Self::Left => None,
        }
    }

    /// Replies to a message. A long reply is offered to `write` without a copy: [`Connection::send_through`].
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each message: the call costs a tenth of it")]
    pub(in crate::server) fn on_message(
        &mut self,
        connection: &mut Connection,
        kind: Kind,
        payload: &[u8],
        write: impl FnOnce(&[u8], &[u8]) -> usize,
    ) {
        match self {
            Self::Echo if payload.len() < LONG => reply(connection, kind, payload),
            Self::Echo => {
                if connection.send_through(kind, payload, write).is_ok() {
                    debug!("> {} {} B", kind.opcode(), payload.len());
                }
            }
            others => others.on_message_elsewhere(connection, kind, payload),
        }
    }

    /// Replies to a message on any endpoint but `/echo`. Out of line, so that an echo does not pay for it.
    #[inline(never)]
    fn on_message_elsewhere(&mut self, connection: &mut Connection, kind: Kind, payload: &[u8]) {
        match self {
            Self::Broadcast(publisher) => publisher.publish(kind, payload),
            Self::Message(online) => reply(connection, Kind::Text, &online.reply(kind, payload)),
            Self::Echo | Self::Left => {}
        }
    }

    /// Publishes the batch of everything that was read at once.
    #[inline]
    pub(in crate::server) fn flush_batch(&mut self) {
        if let Self::Broadcast(publisher) = self {
            publisher.flush_batch();
        }
    }
}
