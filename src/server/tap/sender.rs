//! From the taps to whoever records or watches: a queue of bounded size that never holds a connection up.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::capture::{SocketEvent, SocketInfo};
use crate::wire::{PerSide, Side};

use crate::server::recorder::Ends;

/// What an entry costs beside its bytes.
const ENTRY: usize = 96;

/// Something to be recorded of a connection.
#[derive(Debug)]
pub(in crate::server) struct Entry {
    pub(in crate::server) connection: u64,
    /// In nanoseconds since 1970.
    pub(in crate::server) time_ns: u64,
    pub(in crate::server) what: What,
}

#[derive(Debug)]
pub(in crate::server) enum What {
    /// It was accepted.
    Opened(Ends, Box<SocketInfo>),
    /// Its socket did something; this side's bytes go with it, if it was a transfer.
    Did(Kind, Box<[u8]>),
    /// So many bytes of a side could not be queued.
    Lost(Side, u32),
    /// Nothing more comes of it.
    Gone,
    /// Nothing more comes of any.
    Stop,
}

/// [`SocketEvent`] without its bytes.
#[derive(Debug, Clone, Copy)]
pub(in crate::server) enum Kind {
    Received,
    Sent,
    PeerFinished,
    Finished,
    PeerReset,
    Reset,
}

impl What {
    pub(in crate::server) fn cost(&self) -> usize {
        ENTRY + if let Self::Did(_, bytes) = self { bytes.len() } else { 0 }
    }

    pub(super) fn event(&self) -> Option<SocketEvent<'_>> {
        Some(match self {
            Self::Did(Kind::Received, bytes) => SocketEvent::Received(bytes),
            Self::Did(Kind::Sent, bytes) => SocketEvent::Sent(bytes),
            Self::Did(Kind::PeerFinished, _) => SocketEvent::PeerFinished,
            Self::Did(Kind::Finished, _) => SocketEvent::Finished,
            Self::Did(Kind::PeerReset, _) => SocketEvent::PeerReset,
            Self::Did(Kind::Reset, _) => SocketEvent::Reset,
            Self::Lost(from, bytes) => SocketEvent::Lost(*from, *bytes),
            Self::Opened(..) | Self::Gone | Self::Stop => return None,
        })
    }
}

/// The end of the queue where entries go in.
#[derive(Debug)]
pub(in crate::server) struct Queue {
    sender: UnboundedSender<Entry>,
    waiting: AtomicUsize,
    /// The most that waits, in bytes. What comes when it is full is not queued, and counted.
    most: usize,
    connections: AtomicU64,
    /// Entries for which there was no room, or nobody.
    lost: AtomicU64,
    /// Nobody records any more.
    ended: AtomicBool,
}

impl Queue {
    /// A queue in which so many bytes may wait.
    pub(in crate::server) fn new(most: usize) -> (Arc<Self>, UnboundedReceiver<Entry>) {
        let (sender, receiver) = unbounded_channel();
        let queue = Self {
            sender,
            waiting: AtomicUsize::new(0),
            most,
            connections: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            ended: AtomicBool::new(false),
        };
        (Arc::new(queue), receiver)
    }

    /// Queues an entry if there is room; whether there was.
    fn push(&self, entry: Entry) -> bool {
        let cost = entry.what.cost();
        let waiting = self.waiting.load(Ordering::Relaxed) + cost;
        if waiting > self.most || self.ended.load(Ordering::Relaxed) {
            self.lost.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        self.push_anyway(entry)
    }

    /// Queues what takes little room, and of which a connection has few; whether anybody is there to take it.
    fn push_anyway(&self, entry: Entry) -> bool {
        self.waiting.fetch_add(entry.what.cost(), Ordering::Relaxed);
        self.sender.send(entry).is_ok()
    }

    /// An entry was taken out.
    pub(in crate::server) fn taken(&self, entry: &Entry) {
        self.waiting.fetch_sub(entry.what.cost(), Ordering::Relaxed);
    }

    /// Entries for which there was no room, or nobody.
    pub(in crate::server) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    pub(in crate::server) fn stop(&self) {
        self.push_anyway(Entry { connection: 0, time_ns: 0, what: What::Stop });
    }

    /// From now on nothing is queued: nobody records.
    pub(in crate::server) fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

/// What the tap of one connection tells.
#[derive(Debug)]
pub(in crate::server) struct Line {
    queue: Arc<Queue>,
    connection: u64,
    /// Bytes of a side that could not be queued, not yet told.
    lost: PerSide<u32>,
}

impl Line {
    /// A line for a connection; `None` if its beginning cannot be queued, without which nothing of it is understood.
    pub(in crate::server) fn open(
        queue: &Arc<Queue>,
        time_ns: u64,
        ends: Ends,
        facts: SocketInfo,
    ) -> Option<Self> {
        let connection = queue.connections.fetch_add(1, Ordering::Relaxed);
        let opened = Entry { connection, time_ns, what: What::Opened(ends, Box::new(facts)) };
        queue.push(opened).then(|| Self { queue: Arc::clone(queue), connection, lost: PerSide::default() })
    }

    /// Its number, by which the entries of its queue name it.
    pub(in crate::server) const fn connection(&self) -> u64 {
        self.connection
    }

    /// What the socket did.
    pub(in crate::server) fn event(&mut self, time_ns: u64, event: SocketEvent<'_>) {
        let (kind, bytes) = match event {
            SocketEvent::Received(bytes) => (Kind::Received, bytes),
            SocketEvent::Sent(bytes) => (Kind::Sent, bytes),
            SocketEvent::PeerFinished => (Kind::PeerFinished, &[][..]),
            SocketEvent::Finished => (Kind::Finished, &[][..]),
            SocketEvent::PeerReset => (Kind::PeerReset, &[][..]),
            SocketEvent::Reset => (Kind::Reset, &[][..]),
            SocketEvent::Lost(..) => return,
        };
        // An end is told whatever waits: what does not move on must not look open for ever.
        let is_end = !matches!(kind, Kind::Received | Kind::Sent);
        let push = if is_end { Self::push_anyway } else { Self::push };
        for from in [Side::Client, Side::Server] {
            if self.lost[from] > 0 && push(self, time_ns, What::Lost(from, self.lost[from])) {
                self.lost[from] = 0;
            }
        }
        let after_a_loss = self.lost != PerSide::default();
        if after_a_loss || !push(self, time_ns, What::Did(kind, bytes.into())) {
            let from = if matches!(kind, Kind::Sent) { Side::Server } else { Side::Client };
            self.lost[from] = self.lost[from].saturating_add(bytes.len() as u32);
        }
    }

    /// A call failed. A reset is what the peer did; what else may be wrong shows in no packet.
    pub(in crate::server) fn failed(&mut self, time_ns: u64, error: &io::Error) {
        if matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) {
            self.event(time_ns, SocketEvent::PeerReset);
        }
    }

    /// The socket is closed.
    pub(in crate::server) fn gone(&mut self) {
        self.push_anyway(0, What::Gone);
    }

    fn push_anyway(&self, time_ns: u64, what: What) -> bool {
        let is_there = !self.queue.ended.load(Ordering::Relaxed);
        is_there && self.queue.push_anyway(Entry { connection: self.connection, time_ns, what })
    }

    fn push(&self, time_ns: u64, what: What) -> bool {
        self.queue.push(Entry { connection: self.connection, time_ns, what })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::Options;

    fn line(queue: &Arc<Queue>) -> Option<Line> {
        let ends =
            Ends { client: "127.0.0.1:1000".parse().unwrap(), server: "127.0.0.1:80".parse().unwrap() };
        let facts =
            SocketInfo { saved_syn: None, options: Options::default(), round_trip_ns: 0, window: 65_535 };
        Line::open(queue, 1, ends, facts)
    }

    const MOST_WAITING: usize = 1024 * 1024;

    fn shown(receiver: &mut UnboundedReceiver<Entry>, queue: &Queue) -> Vec<String> {
        let entries = std::iter::from_fn(|| receiver.try_recv().ok()).inspect(|entry| queue.taken(entry));
        entries
            .map(|entry| match entry.what {
                What::Opened(..) => format!("{} opened", entry.connection),
                What::Did(kind, bytes) => format!("{} {kind:?} {}", entry.connection, bytes.len()),
                What::Lost(from, bytes) => format!("{} lost {from} {bytes}", entry.connection),
                What::Gone => format!("{} gone", entry.connection),
                What::Stop => "stop".to_owned(),
            })
            .collect()
    }

    #[test]
    fn what_has_no_room_is_counted_and_told_before_what_comes_next() {
        let (queue, mut receiver) = Queue::new(MOST_WAITING);
        let (mut line, mut other) = (line(&queue).unwrap(), line(&queue).unwrap());
        let long = vec![0; MOST_WAITING - 1000];
        line.event(2, SocketEvent::Sent(&long));
        line.event(3, SocketEvent::Received(&[0; 700]));
        line.event(4, SocketEvent::Sent(&[0; 300]));
        line.event(5, SocketEvent::Sent(&[0; 1000]));
        other.event(5, SocketEvent::PeerFinished);
        assert!(queue.lost() > 0);
        let expected = ["0 opened", "1 opened", &format!("0 Sent {}", long.len())];
        assert_eq!(shown(&mut receiver, &queue)[..3], expected);
        let before = queue.lost();
        line.event(6, SocketEvent::Received(b"again"));
        line.gone();
        assert_eq!(queue.lost(), before);
        let after = shown(&mut receiver, &queue);
        assert!(after.iter().any(|it| it.starts_with("0 lost server ")), "{after:?}");
        assert_eq!(after[after.len() - 2..], ["0 Received 5", "0 gone"]);
        assert_eq!(queue.waiting.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn nothing_waits_for_nobody() {
        let (queue, mut receiver) = Queue::new(MOST_WAITING);
        let mut line_before = line(&queue).unwrap();
        queue.end();
        assert!(line(&queue).is_none());
        line_before.event(2, SocketEvent::Sent(b"a"));
        line_before.gone();
        queue.stop();
        assert_eq!(shown(&mut receiver, &queue), ["0 opened", "stop"]);
        // The second opening, and what was sent.
        assert_eq!(queue.lost(), 2);
    }
}
