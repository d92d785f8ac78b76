//! From the tap records of a key to the objects of `explain --ndjson`, as they happen.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::saved_packets::Packet;
use super::watch::Watch;
use crate::explain::{Feed, Pipeline, Settings};
use crate::server::tap::queue::{TapEvent, TapRecord};
use crate::server::tap::replay::TapReplay;
use crate::wire::PerSide;

/// Memory limit of the observer, in bytes.
const OBSERVER_MEMORY: usize = 4 * 1024 * 1024;

/// The observed connections of a key.
pub(super) struct LiveFeed {
    replay: TapReplay,
    pipeline: Pipeline<Feed<Vec<u8>>>,
    /// Open connections, by their number in the queue.
    open: HashMap<u64, OpenConnection>,
    packets: u64,
    /// Time of the last packet. No later one has an earlier time, as in a capture.
    last_ns: u64,
}

/// An open connection.
struct OpenConnection {
    /// `None` before the first packet.
    stream: Option<u64>,
    addresses: PerSide<SocketAddr>,
}

impl Default for LiveFeed {
    fn default() -> Self {
        let settings = Settings { memory: OBSERVER_MEMORY, ..Settings::default() };
        Self {
            replay: TapReplay::default(),
            pipeline: Pipeline::new(&settings, Feed::new(Vec::new()).with_announcements()),
            open: HashMap::new(),
            packets: 0,
            last_ns: 0,
        }
    }
}

impl LiveFeed {
    /// Observes the packets of a record; gives the number of facts.
    pub(super) fn observe(&mut self, record: &TapRecord, watch: &Watch) -> usize {
        if let TapEvent::Opened(addresses, _) = record.event {
            self.open.insert(record.connection, OpenConnection { stream: None, addresses });
        }
        let mut count = 0;
        for rebuilt in self.replay.rebuild(record) {
            self.packets += 1;
            let mut packet = Packet::of(rebuilt);
            packet.time_ns = packet.time_ns.max(self.last_ns);
            self.last_ns = packet.time_ns;
            let facts = self.packet(record.connection, &packet);
            watch.saved_packets().save(self.packets, packet, facts);
            count += facts;
        }
        if matches!(record.event, TapEvent::Closed) {
            watch.remove(record.connection);
            if let Some(OpenConnection { addresses, .. }) = self.open.remove(&record.connection) {
                // Written into memory: that does not fail.
                let _ = self.pipeline.conclude(addresses.client, addresses.server);
            }
        }
        count
    }

    fn packet(&mut self, connection: u64, packet: &Packet) -> usize {
        // Written into memory: that does not fail.
        let Ok(Some(summary)) = self.pipeline.packet(&packet.raw(self.packets)) else { return 0 };
        if let Some(open) = self.open.get_mut(&connection) {
            open.stream = Some(summary.stream);
        }
        summary.facts
    }

    /// Number in the queue of the open connection that has this stream number.
    pub(super) fn connection(&self, stream: u64) -> Option<u64> {
        self.open.iter().find(|(_, open)| open.stream == Some(stream)).map(|(connection, _)| *connection)
    }

    /// Adds a JSON object to those observed.
    pub(super) fn push(&mut self, object: &serde_json::Value) {
        self.pipeline.views().to().extend_from_slice(format!("{object}\n").as_bytes());
    }

    /// The objects since the last call, as a JSON array; `None` if there are none.
    pub(super) fn take_objects(&mut self) -> Option<Vec<u8>> {
        let mut lines = std::mem::take(self.pipeline.views().to());
        let last = lines.last_mut()?;
        *last = b']';
        // Within an object there is no line feed: JSON escapes it.
        lines.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b',');
        lines.insert(0, b'[');
        Some(lines)
    }
}
