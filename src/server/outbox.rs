//! What others want a connection to send: bounded, so that a slow receiver costs no more than its share.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;
use tracing::debug;

use super::endpoint::send;
use crate::presence::{Delivery, Mailbox};
use crate::proto::{Connection, Kind};
use crate::wire::ws::{CloseCode, CloseFrame, Fin};

/// What an entry costs besides its bytes, so that a flood of tiny messages is bounded too.
const ENTRY: usize = 64;

/// A connection's queue, filled from any task and emptied by the connection's own.
#[derive(Debug)]
pub(super) struct Outbox {
    queue: Mutex<Queue>,
    /// The most that may wait, in bytes.
    capacity: usize,
}

/// Something to send.
#[derive(Debug)]
enum Item {
    /// A message in one frame.
    Message(Kind, Bytes),
    /// A message in as many frames as there are parts, with a Ping behind the first one.
    Fragments(Kind, Box<[Bytes]>),
    Ping(Bytes),
}

#[derive(Debug, Default)]
struct Queue {
    messages: VecDeque<Item>,
    /// What the messages cost.
    size: usize,
    /// The newest count; an older one that still waits is not worth sending.
    count: Option<(u64, Bytes)>,
    /// A Close, and what is to be said before it. Nothing is queued after it. Boxed, since few connections ever have one.
    close: Option<Box<(CloseFrame, Option<Bytes>)>>,
    closed: bool,
    waker: Option<Waker>,
}

impl Outbox {
    pub(super) fn new(capacity: usize) -> Self {
        Self { queue: Mutex::default(), capacity }
    }

    /// Queues a message. When there is no room the receiver is too slow: what waits is dropped, and it is closed with
    /// 4008.
    pub(super) fn send(&self, kind: Kind, payload: Bytes) {
        self.queue(payload.len(), Item::Message(kind, payload));
    }

    /// Queues a message that is sent in fragments, with a Ping behind the first one (RFC 6455 §5.4).
    pub(super) fn send_fragments(&self, kind: Kind, parts: Box<[Bytes]>) {
        self.queue(parts.iter().map(Bytes::len).sum(), Item::Fragments(kind, parts));
    }

    /// Queues a Ping.
    pub(super) fn ping(&self, payload: Bytes) {
        self.queue(payload.len(), Item::Ping(payload));
    }

    fn queue(&self, len: usize, item: Item) {
        self.change(|queue| {
            let cost = len + ENTRY;
            if queue.size + cost > self.capacity {
                queue.messages.clear();
                queue.count = None;
                queue.close(CloseFrame::new(CloseCode::TOO_SLOW, "too slow"), None);
            } else {
                queue.size += cost;
                queue.messages.push_back(item);
            }
        });
    }

    /// Queues a Close behind what waits.
    pub(super) fn close(&self, frame: CloseFrame) {
        self.change(|queue| queue.close(frame, None));
    }

    /// Who is to be woken when something is queued.
    pub(super) fn register(&self, waker: &Waker) {
        let mut queue = self.lock();
        match &mut queue.waker {
            Some(known) => known.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
    }

    /// Hands all that waits to the connection; whether there was anything.
    pub(super) fn drain(&self, connection: &mut Connection, now: Duration) -> bool {
        let mut queue = self.lock();
        if queue.messages.is_empty() && queue.count.is_none() && queue.close.is_none() {
            return false;
        }
        // The memory goes too: a connection to which nothing is sent holds none.
        let messages = std::mem::take(&mut queue.messages);
        let (count, closing) = (queue.count.take(), queue.close.take());
        queue.size = 0;
        drop(queue);
        for item in messages {
            item.send(connection);
        }
        if let Some((_, text)) = count {
            send(connection, Kind::Text, &text);
        }
        if let Some((frame, notice)) = closing.map(|closing| *closing) {
            if let Some(notice) = notice {
                send(connection, Kind::Text, &notice);
            }
            connection.close(&frame, now);
            debug!("> close {}", frame.code());
        }
        true
    }

    fn change(&self, change: impl FnOnce(&mut Queue)) {
        let mut queue = self.lock();
        if queue.closed {
            return;
        }
        change(&mut queue);
        let waker = queue.waker.take();
        drop(queue);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Item {
    /// What comes too late, because the connection is closing, is lost with it.
    fn send(self, connection: &mut Connection) {
        match self {
            Self::Message(kind, payload) => send(connection, kind, &payload),
            Self::Fragments(kind, parts) => {
                for (place, part) in parts.iter().enumerate() {
                    let fin = if place + 1 == parts.len() { Fin::Final } else { Fin::More };
                    let _ = connection.send_fragment(kind, part, fin);
                    if place == 0 {
                        let _ = connection.ping(b"between fragments");
                    }
                }
                debug!("> {} in {} fragments", kind.opcode(), parts.len());
            }
            Self::Ping(payload) => {
                let _ = connection.ping(&payload);
                debug!("> ping {} B", payload.len());
            }
        }
    }
}

impl Queue {
    fn close(&mut self, frame: CloseFrame, notice: Option<Bytes>) {
        self.close = Some(Box::new((frame, notice)));
        self.closed = true;
    }
}

impl Mailbox for Outbox {
    fn deliver(&self, delivery: Delivery) {
        match delivery {
            Delivery::Count { version, text } => self.change(|queue| {
                if queue.count.as_ref().is_none_or(|(waiting, _)| *waiting < version) {
                    queue.count = Some((version, text));
                }
            }),
            Delivery::Text(text) => self.send(Kind::Text, text),
            Delivery::Close { frame, notice } => self.change(|queue| queue.close(frame, notice)),
        }
    }
}
