//! The watch of a key: the taps on its connections, and the control over them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use socket2::SockRef;
use tokio::sync::mpsc::UnboundedReceiver;

use super::redacted_head::redact_head;
use super::saved_packets::SavedPackets;
use crate::capture::{SocketEvent, SocketInfo, TimestampedRead, now_ns};
use crate::server::lock::lock;
use crate::server::session::outbox::Outbox;
use crate::server::tap::abort_handle::AbortHandle;
use crate::server::tap::queue::{TapQueue, TapRecord};
use crate::server::tap::sender::TapSender;
use crate::server::tap::stream::{ConnectionStream, Tap};
use crate::wire::PerSide;

/// Capacity of the queue from the taps, in bytes.
const QUEUE_CAPACITY: usize = 2 * 1024 * 1024;

/// The most connections of a key at a time. Others are served, and not watched.
const CONNECTIONS: usize = 16;

/// The watched connections of a key.
pub(in crate::server) struct Watch {
    queue: Arc<TapQueue>,
    open: Mutex<HashMap<u64, Arc<ConnectionControl>>>,
    saved_packets: Mutex<SavedPackets>,
}

/// Control over the server's end of a watched connection.
#[derive(Default)]
pub(in crate::server) struct ConnectionControl {
    abort: Arc<AbortHandle>,
    outbox: OnceLock<Arc<Outbox>>,
}

/// A connection to be watched, and what was received of it before.
pub(in crate::server) struct PendingWatch<'r> {
    /// The request head.
    pub(in crate::server) head: &'r [u8],
    /// Bytes behind the head.
    pub(in crate::server) early: &'r [u8],
    pub(in crate::server) client: SocketAddr,
    /// Time of the accept, in nanoseconds since 1970.
    pub(in crate::server) accepted_ns: u64,
}

impl Watch {
    /// A watch, and the receiving end of its queue.
    pub(super) fn new() -> (Arc<Self>, UnboundedReceiver<TapRecord>) {
        let (queue, records) = TapQueue::new(QUEUE_CAPACITY);
        (Arc::new(Self { queue, open: Mutex::default(), saved_packets: Mutex::default() }), records)
    }

    /// Puts a tap on a connection.
    ///
    /// # Errors
    /// The stream as it was, if it cannot be watched.
    pub(in crate::server) fn attach<S: ConnectionStream>(
        &self,
        stream: S,
        pending: &PendingWatch<'_>,
    ) -> Result<(Tap, Arc<ConnectionControl>), S> {
        let read_ns = now_ns();
        let local = SockRef::from(&stream).local_addr().ok().and_then(|address| address.as_socket());
        let (Some(server), Ok(facts)) = (local, SocketInfo::of(&stream)) else { return Err(stream) };
        let mut open = lock(&self.open);
        if open.len() >= CONNECTIONS {
            return Err(stream);
        }
        // Without the times of the kernel, those of the calls count.
        let _ = TimestampedRead::enable_timestamps(&stream);
        let addresses = PerSide { client: pending.client, server };
        let Some(mut sender) = TapSender::open(&self.queue, pending.accepted_ns, addresses, facts) else {
            return Err(stream);
        };
        let read = [&redact_head(pending.head), pending.early].concat();
        sender.event(read_ns, SocketEvent::Received(&read));
        let control = Arc::new(ConnectionControl::default());
        open.insert(sender.connection(), Arc::clone(&control));
        Ok((stream.tapped(sender, Arc::clone(&control.abort)), control))
    }

    /// Removes a connection that has ended.
    pub(super) fn remove(&self, connection: u64) {
        lock(&self.open).remove(&connection);
    }

    pub(super) fn control(&self, connection: u64) -> Option<Arc<ConnectionControl>> {
        lock(&self.open).get(&connection).cloned()
    }

    pub(super) fn queue(&self) -> &TapQueue {
        &self.queue
    }

    pub(super) fn saved_packets(&self) -> MutexGuard<'_, SavedPackets> {
        lock(&self.saved_packets)
    }

    /// Ends the watch: its feed is closed.
    pub(super) fn end(&self) {
        self.queue.close();
    }
}

impl ConnectionControl {
    /// Attaches the outbox of the connection's session.
    pub(in crate::server) fn attach(&self, outbox: &Arc<Outbox>) {
        let _ = self.outbox.set(Arc::clone(outbox));
    }

    pub(super) fn abort(&self) {
        self.abort.abort();
    }

    /// Calls `f` with the outbox of the session, if the connection has one; whether it has.
    pub(super) fn send(&self, f: impl FnOnce(&Outbox)) -> bool {
        self.outbox.get().map(|outbox| f(outbox)).is_some()
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
    async fn a_connection_without_room_in_the_queue_is_not_watched() {
        let (watch, mut records) = Watch::new();
        let client = "127.0.0.1:1000".parse().unwrap();
        let attach = |stream, early| {
            watch.attach(stream, &PendingWatch { head: b"GET / HTTP/1.1\r\n", early, client, accepted_ns: 1 })
        };
        let long = vec![0; QUEUE_CAPACITY - 300];
        let (_one, first) = pair().await;
        let first = attach(first, &long).expect("there is room");
        for _ in 0..2 * CONNECTIONS {
            let (_one, other) = pair().await;
            assert!(attach(other, b"").is_err(), "there is none");
        }
        assert_eq!(lock(&watch.open).len(), 1);
        while let Ok(record) = records.try_recv() {
            watch.queue.release(&record);
        }
        let (_one, other) = pair().await;
        assert!(attach(other, b"").is_ok(), "there is room again");
        drop(first);
    }
}
