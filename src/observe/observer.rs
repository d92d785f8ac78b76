//! Many connections at once: which packet belongs to which, and how many may be held.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::facts::marks::Marks;
use super::facts::observation::{EndReason, Ended, Observation};
use super::facts::segment::Segment;
use super::flow::Flow;
use super::flow::roles::Opening;
use super::flow_table::{Key, Order, Streams};

/// How an observer sees, and how much it may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// On these server ports a stream that begins midway is taken for WebSocket if its bytes read as frames.
    pub assume_websocket: Vec<u16>,
    /// Ports that tell which end of a stream that begins midway is the server.
    pub server_ports: Vec<u16>,
    /// How many streams are held. Beyond, the one that was idle the longest is released.
    pub max_streams: usize,
    /// How many bytes of a side may wait for those before them. Beyond, the hole is given up.
    pub max_waiting: usize,
    /// How much memory the streams may take in all, in bytes. Beyond, the one that was idle the longest is released.
    pub max_memory: usize,
    /// How long a stream is held when both ends are done: Linux' TIME-WAIT (2 MSL, RFC 9293 §3.4.2).
    pub time_wait_ns: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            assume_websocket: Vec::new(),
            server_ports: vec![80, 443, 3000, 8000, 8080, 8443, 9001],
            max_streams: 65_536,
            max_waiting: 1024 * 1024,
            max_memory: 256 * 1024 * 1024,
            time_wait_ns: 60_000_000_000,
        }
    }
}

/// The referee. Takes segments in the order in which they were captured.
#[derive(Debug)]
pub struct Observer {
    config: Config,
    streams: Streams,
    /// How many streams there were.
    count: u64,
    ended: VecDeque<Ended>,
}

impl Observer {
    /// An observer that has seen nothing yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config, streams: Streams::default(), count: 0, ended: VecDeque::new() }
    }

    /// Takes a packet, and tells what it showed. Streams that are released on the way are told by
    /// [`poll_ended`](Self::poll_ended).
    pub fn observe(&mut self, segment: &Segment<'_>) -> Observation {
        self.release_finished(segment.time_ns);
        let key = Key::new(segment.source, segment.destination);
        let mut place = self.streams.find(&key);
        let mut reused = None;
        if let Some(found) = place
            && self.streams.get(found).is_succeeded_by(segment)
        {
            reused = Some(self.streams.get(found).id);
            self.release(found, EndReason::PortsReused);
            place = None;
        }
        let place = place.unwrap_or_else(|| {
            let flow = Flow::new(self.count, &Opening::new(segment, &self.config, reused));
            self.count += 1;
            self.streams.insert(key, flow)
        });
        let room = self.config.max_waiting;
        let mut step = self.streams.with(place, |flow| flow.packet(segment, room));
        if reused.is_some() {
            step.marks.add(Marks::REUSED_PORTS);
        }
        self.evict();
        step
    }

    /// The next stream that was released since this was asked last.
    pub fn poll_ended(&mut self) -> Option<Ended> {
        self.ended.pop_front()
    }

    /// Nothing more will come of the stream between these ends: what its end left. `None` if there is none.
    pub fn conclude(&mut self, one: SocketAddr, other: SocketAddr) -> Option<Ended> {
        let place = self.streams.find(&Key::new(one, other))?;
        Some(self.streams.remove(place).end(EndReason::Concluded))
    }

    /// The capture has ended: all streams that are left, in their order.
    pub fn finish(self) -> impl Iterator<Item = Ended> {
        let mut flows = self.streams.into_flows();
        flows.sort_unstable_by_key(|flow| flow.id);
        self.ended.into_iter().chain(flows.into_iter().map(|flow| flow.end(EndReason::CaptureEnded)))
    }

    /// How many streams are held.
    #[must_use]
    pub fn held_streams(&self) -> usize {
        self.streams.len()
    }

    /// The memory that the streams take, in bytes, as far as it is counted.
    #[must_use]
    pub const fn held_memory(&self) -> usize {
        self.streams.memory()
    }

    fn release(&mut self, place: usize, reason: EndReason) {
        let flow = self.streams.remove(place);
        self.ended.push_back(flow.end(reason));
    }

    /// Streams whose TIME-WAIT is over.
    #[inline]
    fn release_finished(&mut self, now_ns: u64) {
        while let Some(place) = self.streams.oldest(Order::Over)
            && self.streams.get(place).last_time_ns.saturating_add(self.config.time_wait_ns) < now_ns
        {
            self.release(place, EndReason::Finished);
        }
    }

    /// Makes room: what is over first, then what was idle the longest; never the stream of the last packet.
    #[inline]
    fn evict(&mut self) {
        while self.streams.len() > 1
            && (self.streams.len() > self.config.max_streams
                || self.streams.memory() > self.config.max_memory)
        {
            let newest = self.streams.newest();
            let over = self.streams.oldest(Order::Over).filter(|place| Some(*place) != newest);
            let Some(place) = over.or_else(|| self.streams.oldest(Order::Open)) else { return };
            if Some(place) == newest {
                return;
            }
            self.release(place, EndReason::Evicted);
        }
    }
}
