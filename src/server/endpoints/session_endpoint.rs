//! What the server does with a message, by endpoint.

use std::sync::{Arc, Weak};

use tracing::debug;

use crate::presence::{Language, Presence};
use crate::proto::{Connection, Kind};
use crate::server::app::App;
use crate::server::endpoints::broadcast::{Direct, Voice};
use crate::server::endpoints::message::expiry::Expiry;

/// The subprotocols of `/echo`.
pub(in crate::server) const SUBPROTOCOLS: &[&str] = &["chat", "superchat"];

/// Where a WebSocket was opened, and what it holds there. Dropping it leaves.
pub(in crate::server) enum Endpoint {
    /// `/echo`: every message back as it came.
    Echo,
    /// `/broadcast`: every message to everyone.
    Broadcast(Box<Voice>),
    /// `/message`: who is online.
    Message(Box<Online>),
    /// None any more: the connection is closing.
    Left,
}

/// A session that is online.
pub(in crate::server) struct Online {
    pub(in crate::server) app: Arc<App>,
    pub(in crate::server) presence: Presence,
    pub(in crate::server) language: Language,
    /// Ends the connection when its session ends by itself.
    pub(in crate::server) _expiry: Expiry,
}

/// What is read at once goes to each receiver as one entry of its queue, of hardly more bytes: the queue has room for so
/// many of them.
const FAN_OUT: usize = 8;

/// From this length on copying an answer costs more than writing it by itself.
const LONG: usize = 16 * 1024;

/// Sends a message. One that comes too late, because the connection is closing, is lost with it, as RFC 6455 has it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "called for each message: the call costs a tenth of it")]
pub(in crate::server) fn send(connection: &mut Connection, kind: Kind, payload: &[u8]) {
    if connection.send(kind, payload).is_ok() {
        debug!("> {} {} B", kind.opcode(), payload.len());
    }
}

impl Endpoint {
    /// The session has begun, on this thread.
    pub(in crate::server) fn begin(&self, session: Weak<dyn Direct>) {
        if let Self::Broadcast(voice) = self {
            voice.begin(session);
        }
    }

    /// How much may be taken in before others get a turn, in bytes; `None`: as much as comes. What it makes for others
    /// must fit their queues, or they would be too slow before they had a chance to read.
    pub(in crate::server) fn portion(&self, send_buffer: usize) -> Option<usize> {
        match self {
            Self::Broadcast(_) => Some((send_buffer / FAN_OUT).max(1)),
            Self::Echo | Self::Message(_) | Self::Left => None,
        }
    }

    /// Answers a message. A long answer is offered to `write` from where it lies: [`Connection::send_through`].
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each message: the call costs a tenth of it")]
    pub(in crate::server) fn message(
        &mut self,
        connection: &mut Connection,
        kind: Kind,
        payload: &[u8],
        write: impl FnOnce(&[u8], &[u8]) -> usize,
    ) {
        match self {
            Self::Echo if payload.len() < LONG => send(connection, kind, payload),
            Self::Echo => {
                if connection.send_through(kind, payload, write).is_ok() {
                    debug!("> {} {} B", kind.opcode(), payload.len());
                }
            }
            others => others.message_of_others(connection, kind, payload),
        }
    }

    /// Answers a message on what is not `/echo`. Apart, so that an echo does not pay for it.
    #[inline(never)]
    fn message_of_others(&mut self, connection: &mut Connection, kind: Kind, payload: &[u8]) {
        match self {
            Self::Broadcast(voice) => voice.say(kind, payload),
            Self::Message(online) => {
                let own = online.presence.session().id;
                let answer = online.app.presence.answer(own, online.language, payload, kind);
                send(connection, Kind::Text, &answer);
            }
            Self::Echo | Self::Left => {}
        }
    }

    /// All that was read has been answered: what is for others is passed on, once for all of it.
    #[inline]
    pub(in crate::server) fn pass_on(&mut self) {
        if let Self::Broadcast(voice) = self {
            voice.pass_on();
        }
    }
}
