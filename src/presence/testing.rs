//! Helpers that the tests of this module share.

use super::{ConnectionNumber, Delivery, Generation, Mailbox, Member, Session, SessionId, UserId, lock};
use crate::presence::Language;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

/// The value of a future that has no reason to wait.
pub(super) fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the future waits"),
    }
}

pub(super) fn sid(id: u128) -> SessionId {
    SessionId::from_u128(id)
}

pub(super) fn session(id: u128, user: i64, generation: u64, connection: u64) -> Session {
    let (user, generation) = (UserId(user), Generation::new(generation));
    Session { id: sid(id), user, generation, connection: ConnectionNumber(connection) }
}

pub(super) fn member(id: u128, user: i64, generation: u64) -> Member {
    let (user, generation) = (UserId(user), Generation::new(generation));
    Member { session: sid(id), user, generation, language: Language::En }
}

/// A mailbox that records its deliveries as text.
#[derive(Default)]
pub(super) struct RecordingMailbox(Mutex<Vec<String>>);

impl RecordingMailbox {
    pub(super) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// The deliveries since the last call.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.0))
    }
}

impl Mailbox for RecordingMailbox {
    fn deliver(&self, delivery: Delivery) {
        let text = |bytes: &[u8]| {
            let value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
            value["message"].as_str().unwrap().to_owned()
        };
        lock(&self.0).push(match delivery {
            Delivery::Count { version, text: bytes } => format!("v{version} {}", text(&bytes)),
            Delivery::Text(bytes) => text(&bytes),
            Delivery::Close { frame, notice } => match notice {
                Some(bytes) => format!("{}, {}", text(&bytes), frame.code()),
                None => frame.code().to_string(),
            },
        });
    }
}
