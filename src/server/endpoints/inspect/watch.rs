//! What a key stands for: where its connections tell what they do, and how they can be made to do something.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use socket2::SockRef;
use tokio::sync::mpsc::UnboundedReceiver;

use super::redacted_head::redact_head;
use super::saved_packets::Kept;
use crate::capture::{SocketEvent, SocketInfo, TimestampedRead};
use crate::server::lock::lock;
use crate::server::recorder::{Ends, Entry, Line, Queue, now_ns};
use crate::server::session::outbox::Outbox;
use crate::server::tap::abort_handle::Brake;
use crate::server::tap::stream::{Tap, Tappable};

/// The most that waits to be told, in bytes.
const MOST_WAITING: usize = 2 * 1024 * 1024;

/// The most connections of a key at a time. More are served as others are, and not watched.
const CONNECTIONS: usize = 16;

/// What a key stands for.
pub(in crate::server) struct Watch {
    queue: Arc<Queue>,
    open: Mutex<HashMap<u64, Arc<Reins>>>,
    kept: Mutex<Kept>,
}

/// By what a connection is made to do something that a page cannot ask its own WebSocket for.
#[derive(Default)]
pub(in crate::server) struct Reins {
    brake: Arc<Brake>,
    outbox: OnceLock<Arc<Outbox>>,
}

/// A connection that is about to be watched.
pub(in crate::server) struct Begun<'r> {
    /// What was read of it already, as far as the request's head goes.
    pub(in crate::server) head: &'r [u8],
    /// And behind it.
    pub(in crate::server) early: &'r [u8],
    pub(in crate::server) client: SocketAddr,
    /// When it was accepted, in nanoseconds since 1970.
    pub(in crate::server) accepted_ns: u64,
}

impl Watch {
    /// A watch, and what is told to it.
    pub(super) fn new() -> (Arc<Self>, UnboundedReceiver<Entry>) {
        let (queue, entries) = Queue::new(MOST_WAITING);
        (Arc::new(Self { queue, open: Mutex::default(), kept: Mutex::default() }), entries)
    }

    /// Puts a tap on a connection.
    ///
    /// # Errors
    /// The stream as it was, if it cannot be watched.
    pub(in crate::server) fn begin<S: Tappable>(
        &self,
        stream: S,
        begun: &Begun<'_>,
    ) -> Result<(Tap, Arc<Reins>), S> {
        let read_ns = now_ns();
        let local = SockRef::from(&stream).local_addr().ok().and_then(|address| address.as_socket());
        let (Some(server), Ok(facts)) = (local, SocketInfo::of(&stream)) else { return Err(stream) };
        let mut open = lock(&self.open);
        if open.len() >= CONNECTIONS {
            return Err(stream);
        }
        // Without the kernel's times, those of the calls are taken.
        let _ = TimestampedRead::enable_timestamps(&stream);
        let ends = Ends { client: begun.client, server };
        let Some(mut line) = Line::open(&self.queue, begun.accepted_ns, ends, facts) else {
            return Err(stream);
        };
        let read = [&redact_head(begun.head), begun.early].concat();
        line.event(read_ns, SocketEvent::Received(&read));
        let reins = Arc::new(Reins::default());
        open.insert(line.connection(), Arc::clone(&reins));
        Ok((stream.tapped(line, Arc::clone(&reins.brake)), reins))
    }

    /// A connection is gone.
    pub(super) fn forget(&self, connection: u64) {
        lock(&self.open).remove(&connection);
    }

    pub(super) fn reins(&self, connection: u64) -> Option<Arc<Reins>> {
        lock(&self.open).get(&connection).cloned()
    }

    pub(super) fn queue(&self) -> &Queue {
        &self.queue
    }

    pub(in crate::server) fn kept(&self) -> MutexGuard<'_, Kept> {
        lock(&self.kept)
    }

    /// Nobody watches any more.
    pub(super) fn end(&self) {
        self.queue.end();
    }
}

impl Reins {
    /// The connection's WebSocket is open, and takes messages here.
    pub(in crate::server) fn take(&self, outbox: &Arc<Outbox>) {
        let _ = self.outbox.set(Arc::clone(outbox));
    }

    pub(super) fn abort(&self) {
        self.brake.pull();
    }

    /// Has something sent, if there is a WebSocket that the server's own player plays; whether there is.
    pub(super) fn tell(&self, what: impl FnOnce(&Outbox)) -> bool {
        self.outbox.get().map(|outbox| what(outbox)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::{TcpListener, TcpStream};

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let (client, accepted) = tokio::join!(client, listener.accept());
        (client.unwrap(), accepted.unwrap().0)
    }

    #[tokio::test]
    async fn what_there_is_no_room_for_takes_no_place() {
        let (watch, mut entries) = Watch::new();
        let client = "127.0.0.1:1000".parse().unwrap();
        let begin = |stream, early| {
            watch.begin(stream, &Begun { head: b"GET / HTTP/1.1\r\n", early, client, accepted_ns: 1 })
        };
        let long = vec![0; MOST_WAITING - 300];
        let (_one, first) = pair().await;
        let first = begin(first, &long).expect("there is room");
        for _ in 0..2 * CONNECTIONS {
            let (_one, other) = pair().await;
            assert!(begin(other, b"").is_err(), "there is none");
        }
        assert_eq!(lock(&watch.open).len(), 1);
        while let Ok(entry) = entries.try_recv() {
            watch.queue.taken(&entry);
        }
        let (_one, other) = pair().await;
        assert!(begin(other, b"").is_ok(), "there is room again");
        drop(first);
    }
}
