//! One TCP connection: one packet in, one [`Observation`] out.
//!
//! A flow holds what outlives a packet: the two directions, the two TCP machines, the application layer, the close. What a
//! packet does to them stands in `dissection`.

mod dissection;
mod release;
mod reset;
mod roles;

use std::net::SocketAddr;

use super::application::ApplicationLayer;
use super::close_tracker::CloseTracker;
use super::emitter::Emitter;
use super::facts::{
    Fact, Flags, HeaderFit, IcmpError, IcmpReport, Known, Marks, Observation, Segment, Stream,
};
use super::flow_memory::FlowMemory;
use super::tcp::analysis::{RoundTrip, analyze};
use super::tcp::direction::{Direction, RelativeSegment};
use super::tcp::{Machine, State};
use crate::wire::{PerSide, Side};
use dissection::{Dissection, Packet};
use reset::BeforeReset;
use roles::{Roles, evidence_of};

pub(super) use roles::FlowStart;

/// One TCP connection.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) id: u64,
    ends: PerSide<SocketAddr>,
    roles: Roles,
    /// The roles, until an observation has reported them.
    announcement: Option<Stream>,
    directions: PerSide<Direction>,
    tcp: PerSide<Machine>,
    application: ApplicationLayer,
    close: CloseTracker,
    is_close_emitted: bool,
    before_reset: Option<Box<BeforeReset>>,
    syn_time_ns: Option<u64>,
    round_trip: RoundTrip,
    packets: u64,
    last_packet: u64,
    pub(super) last_time_ns: u64,
}

impl Flow {
    pub(super) fn new(id: u64, start: &FlowStart) -> Self {
        let FlowStart { stream, roles, assumed } = *start;
        Self {
            id,
            ends: stream.ends,
            roles,
            announcement: Some(stream),
            directions: PerSide { client: Direction::new(), server: Direction::new() },
            tcp: stream.initial.map(Machine::new),
            application: if stream.begins_midway() {
                ApplicationLayer::midway(assumed)
            } else {
                ApplicationLayer::from_the_start()
            },
            close: CloseTracker::default(),
            is_close_emitted: false,
            before_reset: None,
            syn_time_ns: None,
            round_trip: None,
            packets: 0,
            last_packet: 0,
            last_time_ns: 0,
        }
    }

    /// Returns `true` if both ends are done.
    pub(super) const fn is_over(&self) -> bool {
        self.tcp.client.state.is_over() && self.tcp.server.state.is_over()
    }

    /// Memory in use besides the flow itself.
    pub(super) fn memory(&self) -> FlowMemory {
        let PerSide { client, server } = &self.directions;
        let FlowMemory { all, windows } = self.application.memory();
        FlowMemory { all: all + client.bytes.memory() + server.bytes.memory(), windows }
    }

    /// Gives up the windows of compression: messages that may refer to earlier ones are counted, and not inflated.
    pub(super) fn give_up_windows(&mut self) {
        self.application.give_up_windows();
    }

    fn side_of(&self, source: SocketAddr) -> Side {
        if source == self.ends.client { Side::Client } else { Side::Server }
    }

    fn tcp_states(&self) -> PerSide<Known<State>> {
        self.tcp.map(|machine| Known { state: machine.state, evidence: machine.evidence })
    }

    /// Returns `true` if a segment begins a new connection on the same ports: a SYN with a number of its own.
    pub(super) fn is_succeeded_by(&self, segment: &Segment<'_>) -> bool {
        if !segment.flags.has(Flags::SYN) || segment.flags.has(Flags::ACK) {
            return false;
        }
        let direction = &self.directions[self.side_of(segment.source)];
        match direction.syn {
            Some(syn) => syn != segment.seq,
            // Captured late: it stands just before the first byte of the stream.
            None if direction.begins_at(segment.seq) => false,
            None => self.is_over() || !self.application.is_silent(),
        }
    }

    /// An ICMP error about one of its segments.
    pub(super) fn attribute(&self, error: &IcmpError) -> IcmpReport {
        let about = self.side_of(error.source);
        let seq = self.directions[about].relative(error.seq);
        IcmpReport { stream: self.id, about, seq, error: *error }
    }

    /// Observes a packet. Up to `max_pending` bytes of a side are queued behind a gap.
    pub(super) fn observe(&mut self, segment: &Segment<'_>, max_pending: usize) -> Observation {
        let mut emitter = Emitter::new(Some(segment.number));
        self.settle_roles(segment);
        if let Some(stream) = self.announcement.take() {
            emitter.fact(Fact::Stream(stream));
        }
        let from = self.side_of(segment.source);
        let is_copy = self.directions[from].note_packet(segment);
        let relative = self.relative(segment, from);
        let fit = if is_copy { HeaderFit::Unknown } else { self.directions[from].note_header(segment) };
        let mut marks = if is_copy { Marks::COPY } else { self.mark_of_ignored(segment, &relative, from) };
        if marks.is_empty() {
            let (sender, receiver) = self.directions.pair_mut(from);
            if reset::is_inexact(&relative, sender, receiver) {
                marks.add(Marks::INEXACT_RESET);
            }
            marks.add(analyze(sender, receiver, &relative, self.round_trip));
        }
        self.packets += 1;
        self.last_packet = segment.number;
        self.last_time_ns = segment.time_ns;
        // Without SYN, RST and ACK a segment is dropped (RFC 9293 §3.10.7.4, "fifth").
        let is_dropped = segment.flags.0 & (Flags::SYN.0 | Flags::RST.0 | Flags::ACK.0) == 0;
        let mut dissection = Dissection { flow: self, emitter };
        if !marks.has_no_effect() && !is_dropped {
            dissection.packet(&Packet { segment, relative, from, marks, fit, max_pending });
        }
        let Emitter { transitions, facts, .. } = dissection.emitter;
        Observation {
            stream: self.id,
            number: segment.number,
            time_ns: segment.time_ns,
            from,
            ip: segment.ip,
            fit,
            flags: segment.flags,
            seq: relative.seq,
            ack: relative.ack,
            length: segment.length,
            window: self.directions[from].scaled_window(
                segment.window,
                segment.flags,
                &self.directions[from.peer()],
            ),
            options: segment.options,
            evidence: segment.evidence,
            checksum: segment.checksum,
            marks,
            tcp: self.tcp_states(),
            ws: self.application.states(),
            transitions,
            facts,
        }
    }

    /// Settles the roles with the first packet that shows them, and corrects them if the ports misled.
    ///
    /// The first byte that reaches the application layer leaves them as they are: no head, frame or message is ever
    /// emitted under a role that changes later.
    fn settle_roles(&mut self, segment: &Segment<'_>) {
        if self.roles == Roles::Settled || !self.application.is_silent() {
            return;
        }
        let Some((side, role_source)) = self.roles.shown_by(segment) else { return };
        if side != self.side_of(segment.source) {
            self.ends.swap();
            self.directions.swap();
            self.tcp.swap();
        }
        self.roles = Roles::Settled;
        if self.packets > 0 {
            let initial = PerSide { client: State::Established, server: State::Established };
            let evidence = evidence_of(role_source, segment);
            self.announcement =
                Some(Stream { ends: self.ends, role_source, evidence, initial, reuses_ports_of: None });
        }
    }

    /// Numbers a segment relative to the two SYNs.
    #[inline]
    fn relative(&mut self, segment: &Segment<'_>, from: Side) -> RelativeSegment {
        let (sender, receiver) = self.directions.pair_mut(from);
        let flags = segment.flags;
        if flags.has(Flags::SYN) {
            sender.record_syn(segment);
            self.syn_time_ns.get_or_insert(segment.time_ns);
        }
        let relative = RelativeSegment {
            seq: sender.relative_seq(segment),
            ack: segment.ack.map(|ack| receiver.relative_ack(ack)),
            length: i64::from(segment.length),
            flags,
            window: segment.window,
            time_ns: segment.time_ns,
            number: segment.number,
        };
        if self.round_trip.is_none()
            && let Some(start) = self.syn_time_ns
            && from == Side::Client
            && !flags.has(Flags::SYN)
            && relative.ack == Some(1)
        {
            self.round_trip = Some(segment.time_ns.saturating_sub(start));
        }
        relative
    }
}
