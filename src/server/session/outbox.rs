//! The queue of what others send to a session: bounded, so that a slow peer costs no more than its share.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;
use std::time::Duration;

use bytes::Bytes;
use tracing::debug;

use crate::presence::{Delivery, Mailbox};
use crate::proto::{Connection, Frames, Kind};
use crate::wire::ws::{CloseCode, CloseFrame, Fin};

/// Cost of an entry besides its bytes, in bytes, so that a flood of tiny messages is bounded too.
const ENTRY: usize = 64;

/// A session's queue, filled from any task and emptied by the session's own, which it wakes.
#[derive(Debug)]
pub(in crate::server) struct Outbox {
    queue: Mutex<Queue>,
    /// The most that may be queued, in bytes.
    capacity: usize,
    /// `true` if the queue has entries: read without the lock.
    has_entries: AtomicBool,
    /// `true` if the session's alarm has fired.
    fired: AtomicBool,
    /// The session's task.
    task: OnceLock<Waker>,
}

#[derive(Debug, Default)]
struct Queue {
    entries: VecDeque<Entry>,
    /// Cost of the entries, in bytes.
    size: usize,
    /// Set by a Close, behind which nothing is queued.
    closed: bool,
}

/// An entry of the queue.
#[derive(Debug)]
enum Entry {
    Frames(Frames),
    Text(Bytes),
    /// A message in as many frames as there are parts, with a Ping behind the first one.
    Fragments(Kind, Box<[Bytes]>),
    Ping(Bytes),
    /// The newest count; it replaces an older one.
    Count {
        version: u64,
        text: Bytes,
    },
    /// A Close, and a message before it.
    Close(Box<(CloseFrame, Option<Bytes>)>),
}

impl Outbox {
    pub(in crate::server) fn new(capacity: usize) -> Self {
        Self {
            queue: Mutex::default(),
            capacity,
            has_entries: AtomicBool::new(false),
            fired: AtomicBool::new(false),
            task: OnceLock::new(),
        }
    }

    /// Queues messages. Without room the peer is too slow: the queue is dropped, and the session closed with 4008.
    pub(in crate::server) fn send(&self, frames: Frames) {
        self.add(frames.len(), Entry::Frames(frames));
    }

    /// Queues a message in fragments, with a Ping behind the first one (RFC 6455 §5.4).
    pub(in crate::server) fn send_fragments(&self, kind: Kind, parts: Box<[Bytes]>) {
        self.add(parts.iter().map(Bytes::len).sum(), Entry::Fragments(kind, parts));
    }

    /// Queues a Ping.
    pub(in crate::server) fn ping(&self, payload: Bytes) {
        self.add(payload.len(), Entry::Ping(payload));
    }

    /// Queues a Close, as the last entry.
    pub(in crate::server) fn close(&self, frame: CloseFrame) {
        self.change(|queue| queue.close(frame, None));
    }

    /// Registers the task to wake. Its waker stays the same as long as it lives.
    pub(in crate::server) fn register(&self, task: &Waker) {
        let known = self.task.get_or_init(|| task.clone());
        debug_assert!(known.will_wake(task), "a session stays in its task");
    }

    /// Waker of the task, once it runs.
    pub(in crate::server) fn task(&self) -> Option<&Waker> {
        self.task.get()
    }

    /// Wakes the task because its alarm is due.
    pub(in crate::server) fn fire_alarm(&self) {
        self.fired.store(true, Ordering::Release);
        self.wake();
    }

    /// Returns `true` if the alarm has fired.
    pub(in crate::server) fn alarm_fired(&self) -> bool {
        self.fired.load(Ordering::Acquire)
    }

    /// Resets the alarm; whether it had fired.
    pub(in crate::server) fn reset_alarm(&self) -> bool {
        self.fired.swap(false, Ordering::AcqRel)
    }

    /// Returns `true` if the queue has entries.
    #[inline]
    pub(in crate::server) fn has_entries(&self) -> bool {
        self.has_entries.load(Ordering::Acquire)
    }

    /// Returns `true` if a Close was queued, the last entry.
    pub(in crate::server) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Hands all entries to the connection. Frames are offered to `write` first: [`Connection::send_frames`].
    pub(in crate::server) fn drain(
        &self,
        connection: &mut Connection,
        now: Duration,
        mut write: impl FnMut(&[u8]) -> usize,
    ) {
        let entries = {
            let mut queue = self.lock();
            self.has_entries.store(false, Ordering::Release);
            queue.size = 0;
            // With its memory: a session to which nothing is sent holds none.
            std::mem::take(&mut queue.entries)
        };
        let alone = entries.len() == 1;
        for entry in entries {
            match entry {
                // Dropped when the connection is closing: no data follows a Close (RFC 6455 §5.5.1).
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
                queue.entries.clear();
                queue.close(CloseFrame::new(CloseCode::TOO_SLOW, "too slow"), None);
            } else {
                queue.size += cost;
                queue.entries.push_back(entry);
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Queue)) {
        let mut queue = self.lock();
        if queue.closed {
            return;
        }
        change(&mut queue);
        // Woken once for all entries until the task drains them; and for a Close, which a task that waits to write must
        // see too.
        let is_first = !self.has_entries.swap(true, Ordering::AcqRel);
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

/// Sends a message. Dropped when the connection is closing: no data follows a Close (RFC 6455 §5.5.1).
fn send(connection: &mut Connection, kind: Kind, payload: &[u8]) {
    if connection.send(kind, payload).is_ok() {
        debug!("> {} {} B", kind.opcode(), payload.len());
    }
}

/// Sends a message in fragments.
fn send_fragments(connection: &mut Connection, kind: Kind, parts: &[Bytes]) {
    for (index, part) in parts.iter().enumerate() {
        let fin = if index + 1 == parts.len() { Fin::Final } else { Fin::More };
        let _ = connection.send_fragment(kind, part, fin);
        if index == 0 {
            let _ = connection.ping(b"between fragments");
        }
    }
    debug!("> {} in {} fragments", kind.opcode(), parts.len());
}

impl Queue {
    fn close(&mut self, frame: CloseFrame, notice: Option<Bytes>) {
        self.entries.push_back(Entry::Close(Box::new((frame, notice))));
        self.closed = true;
    }

    fn count(&mut self, version: u64, text: Bytes) {
        let waits = self.entries.iter().position(|entry| matches!(entry, Entry::Count { .. }));
        if let Some(Entry::Count { version: older, .. }) = waits.and_then(|at| self.entries.get(at)) {
            if *older >= version {
                return;
            }
            waits.and_then(|at| self.entries.remove(at));
        }
        self.entries.push_back(Entry::Count { version, text });
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
