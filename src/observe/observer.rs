//! All connections: which packet belongs to which, and the limits on streams and memory.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::config::Config;
use super::facts::{EndReason, Ended, Flags, GivenUp, IcmpError, IcmpReport, Marks, Observation, Segment};
use super::flow::{Flow, FlowStart};
use super::flow_table::{FlowKey, FlowTable, Order};
use super::tombstones::Tombstones;

/// The referee of all connections in a capture.
#[derive(Debug)]
pub struct Observer {
    config: Config,
    streams: FlowTable,
    /// Streams so far.
    count: u64,
    ended: VecDeque<Ended>,
    tombstones: Tombstones,
}

/// The part of the memory that tombstones may take.
const TOMBSTONES: usize = 8;

impl Observer {
    /// An observer that has seen nothing yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let streams = FlowTable::new(config.memory_above);
        let tombstones = Tombstones::new(config.max_memory / TOMBSTONES);
        Self { config, streams, count: 0, ended: VecDeque::new(), tombstones }
    }

    /// Counts a packet of a connection that was given up for lack of room: `true` if it is one, and is not to be observed.
    #[inline]
    pub fn is_given_up(&mut self, segment: &Segment<'_>) -> bool {
        if self.given_up().connections == 0 {
            return false;
        }
        let begins = segment.flags.has(Flags::SYN) && !segment.flags.has(Flags::ACK);
        let key = FlowKey::new(segment.source, segment.destination);
        !begins && self.streams.find(&key).is_none() && self.tombstones.count(&key)
    }

    /// All that was given up so far.
    #[must_use]
    pub const fn given_up(&self) -> GivenUp {
        self.tombstones.given_up()
    }

    /// Observes a packet; packets come in the order in which they were captured. Then call
    /// [`poll_ended`](Self::poll_ended) for the streams that it released.
    pub fn observe(&mut self, segment: &Segment<'_>) -> Observation {
        self.release_finished(segment.time_ns);
        let key = FlowKey::new(segment.source, segment.destination);
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
            let flow = Flow::new(self.count, &FlowStart::new(segment, &self.config, reused));
            self.count += 1;
            self.tombstones.remove(&key);
            self.streams.insert(key, flow)
        });
        let max_pending = self.config.max_pending;
        let mut observation = self.streams.with(place, |flow| flow.observe(segment, max_pending));
        if reused.is_some() {
            observation.marks.add(Marks::REUSED_PORTS);
        }
        self.evict(segment.number);
        observation
    }

    /// The stream that an ICMP error is about; `None` if it quotes a segment of none.
    pub fn attribute(&mut self, error: &IcmpError) -> Option<IcmpReport> {
        let place = self.streams.find(&FlowKey::new(error.source, error.destination))?;
        Some(self.streams.get(place).attribute(error))
    }

    /// The next stream that was released.
    pub fn poll_ended(&mut self) -> Option<Ended> {
        self.ended.pop_front()
    }

    /// Releases the stream between these ends, of which nothing more comes. `None` if there is none.
    pub fn conclude(&mut self, one: SocketAddr, other: SocketAddr) -> Option<Ended> {
        let place = self.streams.find(&FlowKey::new(one, other))?;
        Some(self.streams.remove(place).end(EndReason::Concluded))
    }

    /// Ends the capture, and releases all streams in the order of their numbers.
    pub fn finish(self) -> impl Iterator<Item = Ended> {
        let mut flows = self.streams.into_flows();
        flows.sort_unstable_by_key(|flow| flow.id);
        self.ended.into_iter().chain(flows.into_iter().map(|flow| flow.end(EndReason::CaptureEnded)))
    }

    /// The number of streams that were not released yet.
    #[must_use]
    pub fn stream_count(&self) -> usize {
        self.streams.len()
    }

    /// The memory of these streams, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.streams.memory() + self.tombstones.memory()
    }

    fn release(&mut self, place: usize, reason: EndReason) {
        let flow = self.streams.remove(place);
        self.ended.push_back(flow.end(reason));
    }

    /// Releases the streams whose TIME-WAIT is over.
    #[inline]
    fn release_finished(&mut self, now_ns: u64) {
        while let Some(place) = self.streams.oldest(Order::Over)
            && self.streams.get(place).last_time_ns.saturating_add(self.config.time_wait_ns) < now_ns
        {
            self.release(place, EndReason::Finished);
        }
    }

    /// Gives up what is beyond the limit, with the packet that brought it about: windows of compression, then streams that
    /// are over, then others, each time the longest idle; never the newest stream, nor the chosen one.
    #[inline]
    fn evict(&mut self, packet: u64) {
        while self.memory() > self.config.max_memory {
            if let Some(place) = self.dispensable(Order::Windows) {
                self.streams.give_up_windows(place);
                self.tombstones.add_windows(packet);
                continue;
            }
            let place = self.dispensable(Order::Over).or_else(|| self.dispensable(Order::Open));
            let Some(place) = place else { return };
            self.tombstones.add(&self.streams.key(place), packet);
            self.release(place, EndReason::Evicted);
        }
    }
    /// The longest idle stream of a list that may be given up.
    fn dispensable(&mut self, order: Order) -> Option<usize> {
        let oldest = self.streams.oldest(order)?;
        let is_chosen = |place| self.config.chosen == Some(self.streams.get(place).id);
        let place = if is_chosen(oldest) {
            self.streams.touch(order, oldest);
            self.streams.oldest(order).filter(|place| *place != oldest)?
        } else {
            oldest
        };
        Some(place).filter(|place| Some(*place) != self.streams.newest())
    }
}
