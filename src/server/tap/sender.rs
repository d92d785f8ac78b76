//! A tapped connection's end of its queue.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use super::queue::{SocketAction, TapEvent, TapQueue, TapRecord};
use crate::capture::{SocketEvent, SocketInfo};
use crate::wire::{PerSide, Side};

/// Sends the events of one connection to a [`TapQueue`].
#[derive(Debug)]
pub(in crate::server) struct TapSender {
    queue: Arc<TapQueue>,
    connection: u64,
    /// Bytes of each side that found no room, not yet reported.
    lost: PerSide<u32>,
}

impl TapSender {
    /// A sender for another connection; `None` if there is no room for its first record, without which nothing of it
    /// can be rebuilt.
    pub(in crate::server) fn open(
        queue: &Arc<TapQueue>,
        time_ns: u64,
        addresses: PerSide<SocketAddr>,
        facts: SocketInfo,
    ) -> Option<Self> {
        let connection = queue.next_connection();
        let event = TapEvent::Opened(addresses, Box::new(facts));
        let opened = queue.push(TapRecord { connection, time_ns, event });
        opened.then(|| Self { queue: Arc::clone(queue), connection, lost: PerSide::default() })
    }

    /// The connection's number in its queue.
    pub(in crate::server) const fn connection(&self) -> u64 {
        self.connection
    }

    /// Records what the socket did.
    pub(in crate::server) fn event(&mut self, time_ns: u64, event: SocketEvent<'_>) {
        let (action, bytes) = match event {
            SocketEvent::Received(bytes) => (SocketAction::Received, bytes),
            SocketEvent::Sent(bytes) => (SocketAction::Sent, bytes),
            SocketEvent::PeerFinished => (SocketAction::PeerFinished, &[][..]),
            SocketEvent::Finished => (SocketAction::Finished, &[][..]),
            SocketEvent::PeerReset => (SocketAction::PeerReset, &[][..]),
            SocketEvent::Reset => (SocketAction::Reset, &[][..]),
            SocketEvent::Lost(..) => return,
        };
        // An end is recorded however full the queue is: a closed connection must not look open for ever.
        let is_end = !matches!(action, SocketAction::Received | SocketAction::Sent);
        let push = if is_end { Self::push_unbounded } else { Self::push };
        for from in [Side::Client, Side::Server] {
            if self.lost[from] > 0 && push(self, time_ns, TapEvent::Lost(from, self.lost[from])) {
                self.lost[from] = 0;
            }
        }
        let after_a_loss = self.lost != PerSide::default();
        if after_a_loss || !push(self, time_ns, TapEvent::Socket(action, bytes.into())) {
            let from = if matches!(action, SocketAction::Sent) { Side::Server } else { Side::Client };
            self.lost[from] = self.lost[from].saturating_add(bytes.len() as u32);
        }
    }

    /// Records a failed call as the peer's reset, if it is one; other errors show in no packet.
    pub(in crate::server) fn error(&mut self, time_ns: u64, error: &io::Error) {
        if matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) {
            self.event(time_ns, SocketEvent::PeerReset);
        }
    }

    /// Records that the socket is closed.
    pub(in crate::server) fn closed(&mut self) {
        self.push_unbounded(0, TapEvent::Closed);
    }

    fn push_unbounded(&self, time_ns: u64, event: TapEvent) -> bool {
        !self.queue.is_closed() && self.queue.push_unbounded(self.record(time_ns, event))
    }

    fn push(&self, time_ns: u64, event: TapEvent) -> bool {
        self.queue.push(self.record(time_ns, event))
    }

    const fn record(&self, time_ns: u64, event: TapEvent) -> TapRecord {
        TapRecord { connection: self.connection, time_ns, event }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::UnboundedReceiver;

    use super::*;
    use crate::observe::Options;

    fn sender(queue: &Arc<TapQueue>) -> Option<TapSender> {
        let addresses =
            PerSide { client: "127.0.0.1:1000".parse().unwrap(), server: "127.0.0.1:80".parse().unwrap() };
        let facts =
            SocketInfo { saved_syn: None, options: Options::default(), round_trip_ns: 0, window: 65_535 };
        TapSender::open(queue, 1, addresses, facts)
    }

    const CAPACITY: usize = 1024 * 1024;

    fn shown(receiver: &mut UnboundedReceiver<TapRecord>, queue: &TapQueue) -> Vec<String> {
        let records = std::iter::from_fn(|| receiver.try_recv().ok()).inspect(|record| queue.release(record));
        records
            .map(|record| match record.event {
                TapEvent::Opened(..) => format!("{} opened", record.connection),
                TapEvent::Socket(action, bytes) => {
                    format!("{} {action:?} {}", record.connection, bytes.len())
                }
                TapEvent::Lost(from, bytes) => format!("{} lost {from} {bytes}", record.connection),
                TapEvent::Closed => format!("{} closed", record.connection),
                TapEvent::End => "end".to_owned(),
            })
            .collect()
    }

    #[test]
    fn dropped_bytes_are_counted_and_reported_before_the_next_event() {
        let (queue, mut receiver) = TapQueue::new(CAPACITY);
        let (mut one, mut other) = (sender(&queue).unwrap(), sender(&queue).unwrap());
        let long = vec![0; CAPACITY - 1000];
        one.event(2, SocketEvent::Sent(&long));
        one.event(3, SocketEvent::Received(&[0; 700]));
        one.event(4, SocketEvent::Sent(&[0; 300]));
        one.event(5, SocketEvent::Sent(&[0; 1000]));
        other.event(5, SocketEvent::PeerFinished);
        assert!(queue.dropped() > 0);
        let expected = ["0 opened", "1 opened", &format!("0 Sent {}", long.len())];
        assert_eq!(shown(&mut receiver, &queue)[..3], expected);
        let before = queue.dropped();
        one.event(6, SocketEvent::Received(b"again"));
        one.closed();
        assert_eq!(queue.dropped(), before);
        let after = shown(&mut receiver, &queue);
        assert!(after.iter().any(|it| it.starts_with("0 lost server ")), "{after:?}");
        assert_eq!(after[after.len() - 2..], ["0 Received 5", "0 closed"]);
        assert_eq!(queue.queued(), 0);
    }

    #[test]
    fn a_closed_queue_takes_no_records_and_counts_them() {
        let (queue, mut receiver) = TapQueue::new(CAPACITY);
        let mut sender_before = sender(&queue).unwrap();
        queue.close();
        assert!(sender(&queue).is_none());
        sender_before.event(2, SocketEvent::Sent(b"a"));
        sender_before.closed();
        queue.finish();
        assert_eq!(shown(&mut receiver, &queue), ["0 opened", "end"]);
        // The second opening, and what was sent.
        assert_eq!(queue.dropped(), 2);
    }
}
