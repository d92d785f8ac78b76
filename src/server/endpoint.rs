//! What the server does with a message, by endpoint.

use std::sync::Arc;

use bytes::Bytes;

use super::app::App;
use super::roster::Seat;
use crate::presence::{Language, Presence};
use crate::proto::{Connection, Kind, Message, Payload};

/// The subprotocols of `/echo`.
pub(super) const SUBPROTOCOLS: &[&str] = &["chat", "superchat"];

/// Where a WebSocket was opened, and what it holds there. Dropping it leaves.
pub(super) enum Endpoint {
    /// `/echo`: every message back as it came.
    Echo,
    /// `/broadcast`: every message to everyone.
    Broadcast(Seat),
    /// `/message`: who is online.
    Message(Box<Online>),
}

/// A session that is online.
pub(super) struct Online {
    pub(super) app: Arc<App>,
    pub(super) presence: Presence,
    pub(super) language: Language,
}

impl Endpoint {
    /// Answers a message. What cannot be sent because the connection is closing needs no answer.
    #[inline]
    pub(super) fn message(&mut self, connection: &mut Connection, message: Message<'_>) {
        match self {
            Self::Echo => {
                let _ = connection.send(message.kind, &message.payload);
            }
            Self::Broadcast(seat) => {
                let payload = match message.payload {
                    Payload::Borrowed(bytes) => Bytes::copy_from_slice(bytes),
                    Payload::Gathered(bytes) => bytes.into(),
                };
                seat.roster().each(|outbox| outbox.send(message.kind, payload.clone()));
            }
            Self::Message(online) => {
                let own = online.presence.session().id;
                let answer = online.app.presence.answer(own, online.language, &message.payload, message.kind);
                let _ = connection.send(Kind::Text, &answer);
            }
        }
    }
}
