//! The queue from taps to an observer: bounded in bytes, and never a reason for a connection to wait.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::capture::{SocketEvent, SocketInfo};
use crate::wire::{PerSide, Side};

/// Cost of a record besides its bytes, in bytes.
const RECORD: usize = 96;

/// One event of one tapped connection.
#[derive(Debug)]
pub(in crate::server) struct TapRecord {
    /// Number of the connection, unique in its queue.
    pub(in crate::server) connection: u64,
    /// In nanoseconds since 1970.
    pub(in crate::server) time_ns: u64,
    pub(in crate::server) event: TapEvent,
}

#[derive(Debug)]
pub(in crate::server) enum TapEvent {
    /// The connection was accepted.
    Opened(PerSide<SocketAddr>, Box<SocketInfo>),
    /// Its socket did something; the bytes are those of a transfer.
    Socket(SocketAction, Box<[u8]>),
    /// So many bytes of a side found no room in the queue.
    Lost(Side, u32),
    /// Last record of the connection.
    Closed,
    /// Last record of the queue.
    End,
}

/// [`SocketEvent`] without its bytes.
#[derive(Debug, Clone, Copy)]
pub(in crate::server) enum SocketAction {
    Received,
    Sent,
    PeerFinished,
    Finished,
    PeerReset,
    Reset,
}

impl TapEvent {
    /// Room that a record of this event takes in its queue, in bytes.
    pub(in crate::server) fn cost(&self) -> usize {
        RECORD + if let Self::Socket(_, bytes) = self { bytes.len() } else { 0 }
    }

    /// The socket event that was recorded; `None` for the beginning and the ends.
    pub(super) fn socket_event(&self) -> Option<SocketEvent<'_>> {
        Some(match self {
            Self::Socket(SocketAction::Received, bytes) => SocketEvent::Received(bytes),
            Self::Socket(SocketAction::Sent, bytes) => SocketEvent::Sent(bytes),
            Self::Socket(SocketAction::PeerFinished, _) => SocketEvent::PeerFinished,
            Self::Socket(SocketAction::Finished, _) => SocketEvent::Finished,
            Self::Socket(SocketAction::PeerReset, _) => SocketEvent::PeerReset,
            Self::Socket(SocketAction::Reset, _) => SocketEvent::Reset,
            Self::Lost(from, bytes) => SocketEvent::Lost(*from, *bytes),
            Self::Opened(..) | Self::Closed | Self::End => return None,
        })
    }
}

/// The sending end of the queue.
#[derive(Debug)]
pub(in crate::server) struct TapQueue {
    sender: UnboundedSender<TapRecord>,
    /// Cost of the records in the queue, in bytes.
    queued: AtomicUsize,
    /// The most that may be queued, in bytes. A record that finds no room is dropped and counted.
    capacity: usize,
    connections: AtomicU64,
    /// Records dropped: for want of room, or because the queue was closed.
    dropped: AtomicU64,
    closed: AtomicBool,
}

impl TapQueue {
    /// A queue for `capacity` bytes, and its receiving end.
    pub(in crate::server) fn new(capacity: usize) -> (Arc<Self>, UnboundedReceiver<TapRecord>) {
        let (sender, receiver) = unbounded_channel();
        let queue = Self {
            sender,
            queued: AtomicUsize::new(0),
            capacity,
            connections: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        };
        (Arc::new(queue), receiver)
    }

    /// A number for another connection.
    pub(super) fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed)
    }

    /// Queues a record if there is room; whether there was.
    pub(super) fn push(&self, record: TapRecord) -> bool {
        let queued = self.queued.load(Ordering::Relaxed) + record.event.cost();
        if queued > self.capacity || self.is_closed() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        self.push_unbounded(record)
    }

    /// Queues a record past the bound, for those of which a connection has few; whether anyone receives it.
    pub(super) fn push_unbounded(&self, record: TapRecord) -> bool {
        self.queued.fetch_add(record.event.cost(), Ordering::Relaxed);
        self.sender.send(record).is_ok()
    }

    /// Gives back the room of a record that was received.
    pub(in crate::server) fn release(&self, record: &TapRecord) {
        self.queued.fetch_sub(record.event.cost(), Ordering::Relaxed);
    }

    /// Records dropped so far.
    pub(in crate::server) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Queues the last record: the receiver stops there.
    pub(in crate::server) fn finish(&self) {
        self.push_unbounded(TapRecord { connection: 0, time_ns: 0, event: TapEvent::End });
    }

    /// Drops all records from now on: nobody receives any more.
    pub(in crate::server) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    #[cfg(test)]
    pub(super) fn queued(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }
}
