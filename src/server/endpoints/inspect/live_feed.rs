//! From what the taps of a key tell to the objects of `explain --ndjson`, as they are understood.

use std::collections::HashMap;

use super::saved_packets::Packet;
use super::watch::Watch;
use crate::explain::{Feed, Pipeline, Settings};
use crate::server::recorder::{Ends, Entry, Rebuilding, What};

/// The most memory that understanding the packets may take, in bytes.
const UNDERSTANDING: usize = 4 * 1024 * 1024;

/// How a key's connections are told.
pub(super) struct Telling {
    rebuilding: Rebuilding,
    pipeline: Pipeline<Feed<Vec<u8>>>,
    /// Those that are open, by their number.
    open: HashMap<u64, Open>,
    packets: u64,
    /// When the last packet was: no later one is written down with an earlier time, so none is told with one.
    last_ns: u64,
}

/// A connection that is open.
struct Open {
    /// None before its first packet.
    stream: Option<u64>,
    ends: Ends,
}

impl Default for Telling {
    fn default() -> Self {
        let settings = Settings { memory: UNDERSTANDING, ..Settings::default() };
        Self {
            rebuilding: Rebuilding::default(),
            pipeline: Pipeline::new(&settings, Feed::new(Vec::new())),
            open: HashMap::new(),
            packets: 0,
            last_ns: 0,
        }
    }
}

impl Telling {
    /// Takes what a tap told; gives how many facts that is.
    pub(super) fn take(&mut self, entry: &Entry, watch: &Watch) -> usize {
        if let What::Opened(ends, _) = entry.what {
            self.open.insert(entry.connection, Open { stream: None, ends });
        }
        let mut count = 0;
        for rebuilt in self.rebuilding.take(entry) {
            self.packets += 1;
            let mut packet = Packet::of(rebuilt);
            packet.time_ns = packet.time_ns.max(self.last_ns);
            self.last_ns = packet.time_ns;
            let facts = self.packet(entry.connection, &packet);
            watch.kept().keep(self.packets, packet, facts);
            count += facts;
        }
        if matches!(entry.what, What::Gone) {
            watch.forget(entry.connection);
            if let Some(Open { ends, .. }) = self.open.remove(&entry.connection) {
                // Written into memory: that does not fail.
                let _ = self.pipeline.conclude(ends.client, ends.server);
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

    /// The number of a connection that is open, by its stream.
    pub(super) fn connection(&self, stream: u64) -> Option<u64> {
        self.open.iter().find(|(_, open)| open.stream == Some(stream)).map(|(connection, _)| *connection)
    }

    /// Something besides what is understood, as a JSON object.
    pub(super) fn say(&mut self, object: &serde_json::Value) {
        self.pipeline.views().to().extend_from_slice(format!("{object}\n").as_bytes());
    }

    /// What was told since this was asked last, as a JSON array; `None` if nothing.
    pub(super) fn told(&mut self) -> Option<Vec<u8>> {
        let mut lines = std::mem::take(self.pipeline.views().to());
        let last = lines.last_mut()?;
        *last = b']';
        // Within an object there is no line feed: JSON escapes it.
        lines.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b',');
        lines.insert(0, b'[');
        Some(lines)
    }
}
