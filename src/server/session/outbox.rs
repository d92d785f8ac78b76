//! What others want a connection to send: bounded, so that a slow receiver costs no more than its share.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;
use tracing::debug;

use crate::presence::{Delivery, Mailbox};
use crate::proto::{Connection, Frames, Kind};
use crate::server::endpoints::session_endpoint::send;
use crate::wire::ws::{CloseCode, CloseFrame, Fin};

/// What an entry costs besides its bytes, so that a flood of tiny messages is bounded too.
const ENTRY: usize = 64;

/// A connection's queue, filled from any task and emptied by the connection's own; and the way to wake that task.
#[derive(Debug)]
pub(in crate::server) struct Outbox {
    queue: Mutex<Queue>,
    /// The most that may wait, in bytes.
    capacity: usize,
    /// Whether something waits: told before the lock is taken.
    news: AtomicBool,
    /// Whether the alarm rang that the connection had set.
    rang: AtomicBool,
    /// The connection's task.
    task: OnceLock<Waker>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Entry>,
    /// What the messages cost.
    size: usize,
    /// Nothing is queued behind a Close.
    closed: bool,
}

/// What waits in a queue.
#[derive(Debug)]
enum Entry {
    Frames(Frames),
    Text(Bytes),
    /// A message in as many frames as there are parts, with a Ping behind the first one.
    Fragments(Kind, Box<[Bytes]>),
    Ping(Bytes),
    /// The newest count; an older one that still waits is not worth sending.
    Count {
        version: u64,
        text: Bytes,
    },
    /// A Close, and what is to be said before it.
    Close(Box<(CloseFrame, Option<Bytes>)>),
}

impl Outbox {
    pub(in crate::server) fn new(capacity: usize) -> Self {
        Self {
            queue: Mutex::default(),
            capacity,
            news: AtomicBool::new(false),
            rang: AtomicBool::new(false),
            task: OnceLock::new(),
        }
    }

    /// Queues messages. When there is no room the receiver is too slow: what waits is dropped, and it is closed with
    /// 4008.
    pub(in crate::server) fn send(&self, frames: Frames) {
        self.add(frames.len(), Entry::Frames(frames));
    }

    /// Queues a message that is sent in fragments, with a Ping behind the first one (RFC 6455 §5.4).
    pub(in crate::server) fn send_fragments(&self, kind: Kind, parts: Box<[Bytes]>) {
        self.add(parts.iter().map(Bytes::len).sum(), Entry::Fragments(kind, parts));
    }

    /// Queues a Ping.
    pub(in crate::server) fn ping(&self, payload: Bytes) {
        self.add(payload.len(), Entry::Ping(payload));
    }

    /// Queues a Close behind what waits.
    pub(in crate::server) fn close(&self, frame: CloseFrame) {
        self.change(|queue| queue.close(frame, None));
    }

    /// Who is to be woken when something is queued: a task, whose waker stays the same as long as it lives.
    pub(in crate::server) fn register(&self, task: &Waker) {
        let known = self.task.get_or_init(|| task.clone());
        debug_assert!(known.will_wake(task), "a connection stays in its task");
    }

    /// What wakes the task, once it runs.
    pub(in crate::server) fn task(&self) -> Option<&Waker> {
        self.task.get()
    }

    /// Wakes the task because the alarm rings that it had set.
    pub(in crate::server) fn ring(&self) {
        self.rang.store(true, Ordering::Release);
        self.wake();
    }

    /// Whether the alarm rang.
    pub(in crate::server) fn has_rung(&self) -> bool {
        self.rang.load(Ordering::Acquire)
    }

    /// From now on another alarm is waited for; whether the one before rang.
    pub(in crate::server) fn forget_ring(&self) -> bool {
        self.rang.swap(false, Ordering::AcqRel)
    }

    /// Whether something waits.
    #[inline]
    pub(in crate::server) fn has_news(&self) -> bool {
        self.news.load(Ordering::Acquire)
    }

    /// Whether a Close is the last that will ever wait.
    pub(in crate::server) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Hands all that waits to the connection. Frames are offered to `write` first: [`Connection::send_frames`].
    pub(in crate::server) fn drain(
        &self,
        connection: &mut Connection,
        now: Duration,
        mut write: impl FnMut(&[u8]) -> usize,
    ) {
        let waiting = {
            let mut queue = self.lock();
            self.news.store(false, Ordering::Release);
            queue.size = 0;
            // The memory goes too: a connection to which nothing is sent holds none.
            std::mem::take(&mut queue.waiting)
        };
        let alone = waiting.len() == 1;
        for entry in waiting {
            match entry {
                // One that comes too late, because the connection is closing, is lost with it, as RFC 6455 has it.
                Entry::Frames(frames) => {
                    let write = |bytes: &[u8]| if alone { write(bytes) } else { 0 };
                    if connection.send_frames(&frames, write).is_ok() {
                        debug!("> frames of {} B", frames.len());
                    }
                }
                Entry::Text(text) | Entry::Count { text, .. } => send(connection, Kind::Text, &text),
                Entry::Fragments(kind, parts) => send_fragments(connection, kind, &parts),
                Entry::Ping(payload) => {
                    let _ = connection.ping(&payload);
                    debug!("> ping {} B", payload.len());
                }
                Entry::Close(closing) => {
                    let (frame, notice) = *closing;
                    if let Some(notice) = notice {
                        send(connection, Kind::Text, &notice);
                    }
                    connection.close(&frame, now);
                    debug!("> close {}", frame.code());
                }
            }
        }
    }

    fn add(&self, len: usize, entry: Entry) {
        self.change(|queue| {
            let cost = len + ENTRY;
            if queue.size + cost > self.capacity {
                queue.waiting.clear();
                queue.close(CloseFrame::new(CloseCode::TOO_SLOW, "too slow"), None);
            } else {
                queue.size += cost;
                queue.waiting.push_back(entry);
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Queue)) {
        let mut queue = self.lock();
        if queue.closed {
            return;
        }
        change(&mut queue);
        // Woken once for all that waits: what comes until the task looks is found then. But that it is all over, even
        // a task learns that waits for something else.
        let is_first = !self.news.swap(true, Ordering::AcqRel);
        let closed = queue.closed;
        drop(queue);
        if is_first || closed {
            self.wake();
        }
    }

    fn wake(&self) {
        if let Some(task) = self.task.get() {
            task.wake_by_ref();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends a message in parts. What comes too late, because the connection is closing, is lost with it.
fn send_fragments(connection: &mut Connection, kind: Kind, parts: &[Bytes]) {
    for (place, part) in parts.iter().enumerate() {
        let fin = if place + 1 == parts.len() { Fin::Final } else { Fin::More };
        let _ = connection.send_fragment(kind, part, fin);
        if place == 0 {
            let _ = connection.ping(b"between fragments");
        }
    }
    debug!("> {} in {} fragments", kind.opcode(), parts.len());
}

impl Queue {
    fn close(&mut self, frame: CloseFrame, notice: Option<Bytes>) {
        self.waiting.push_back(Entry::Close(Box::new((frame, notice))));
        self.closed = true;
    }

    fn count(&mut self, version: u64, text: Bytes) {
        let waits = self.waiting.iter().position(|entry| matches!(entry, Entry::Count { .. }));
        if let Some(Entry::Count { version: older, .. }) = waits.and_then(|at| self.waiting.get(at)) {
            if *older >= version {
                return;
            }
            waits.and_then(|at| self.waiting.remove(at));
        }
        self.waiting.push_back(Entry::Count { version, text });
    }
}

impl Mailbox for Outbox {
    fn deliver(&self, delivery: Delivery) {
        match delivery {
            Delivery::Count { version, text } => self.change(|queue| queue.count(version, text)),
            Delivery::Text(text) => self.add(text.len(), Entry::Text(text)),
            Delivery::Close { frame, notice } => self.change(|queue| queue.close(frame, notice)),
        }
    }
}
