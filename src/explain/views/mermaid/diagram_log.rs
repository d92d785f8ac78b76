//! The packets of a connection that a diagram can show: the first ones and the last ones. Those between are counted.

use std::collections::VecDeque;

use super::{AT_THE_END, MOST};
use crate::explain::findings::Finding;
use crate::explain::narrative::ack_run::AckRun;
use crate::explain::narrative::packet_label::{ArrowKind, labels};
use crate::explain::narrative::packet_window::{PacketWindow, SettledPacket};
use crate::explain::narrative::phase::Phase;
use crate::explain::narrative::protocol::Protocol;
use crate::observe::{Observation, Stream};

/// A connection, as far as it can be drawn.
#[derive(Debug)]
pub(super) struct DiagramLog {
    pub(super) about: Stream,
    pub(super) protocol: Protocol,
    window: PacketWindow,
    /// As many as are drawn before those that are folded.
    pub(super) first: PacketList,
    pub(super) folded: FoldedPackets,
    /// As many as are drawn at the end.
    pub(super) last: PacketList,
    acks: Option<AckRun>,
}

/// A packet, or acknowledgments in a row.
#[derive(Debug)]
pub(super) struct DrawnPacket {
    pub(super) packet: SettledPacket,
    /// Number of acknowledgments, if it is the first of several.
    pub(super) acks: usize,
    /// The time of the last of them.
    pub(super) last_ns: u64,
    /// Number of its arrows.
    arrows: usize,
}

/// Packets, and the number of all their arrows.
#[derive(Debug, Default)]
pub(super) struct PacketList {
    pub(super) packets: VecDeque<DrawnPacket>,
    arrows: usize,
}

/// Packets that are only counted, by their arrows.
#[derive(Debug, Default)]
pub(super) struct FoldedPackets {
    pub(super) frames: usize,
    pub(super) others: usize,
    pub(super) phase: Option<Phase>,
    /// The last of them, whose states hold before those behind it.
    pub(super) last: Option<(Observation, u64)>,
}

impl PacketList {
    fn push(&mut self, packet: DrawnPacket) {
        self.arrows += packet.arrows;
        self.packets.push_back(packet);
    }
}

impl DiagramLog {
    pub(super) fn new(about: Stream) -> Self {
        Self {
            about,
            protocol: Protocol::Other,
            window: PacketWindow::default(),
            first: PacketList::default(),
            folded: FoldedPackets::default(),
            last: PacketList::default(),
            acks: None,
        }
    }

    /// Number of arrows that are kept.
    pub(super) const fn arrows(&self) -> usize {
        self.first.arrows + self.last.arrows
    }

    /// The roles of its ends, which hold for earlier packets too.
    pub(super) fn about(&mut self, about: Stream) {
        if self.about.ends != about.ends {
            self.window.swap_roles();
            let drawn = self.first.packets.iter_mut().chain(&mut self.last.packets);
            drawn.for_each(|drawn| drawn.packet.step.swap_roles());
            if let Some((last, _)) = &mut self.folded.last {
                last.swap_roles();
            }
        }
        self.about = about;
    }

    /// Adds a packet.
    pub(super) fn step(&mut self, step: &Observation) {
        self.settled();
        self.protocol = self.protocol.or(Protocol::of(step));
        let facts = step.facts.iter().filter(|fact| fact.is_of_packet()).cloned().collect();
        self.window.push(Observation { transitions: step.transitions.clone(), facts, ..*step });
    }

    /// Adds a finding to the packet that it is about, if that can be drawn.
    pub(super) fn finding(&mut self, found: &Finding) {
        if self.window.add_problem(found).is_some() {
            return;
        }
        let mut drawn = self.first.packets.iter_mut().chain(&mut self.last.packets);
        let is_about = |drawn: &&mut DrawnPacket| found.packets().last() == Some(&drawn.packet.step.number);
        if let Some(drawn) = drawn.find(is_about) {
            drawn.packet.add_problem(found);
        }
    }

    /// No packet comes any more.
    pub(super) fn end(&mut self) {
        self.window.settle();
        self.settled();
    }

    fn settled(&mut self) {
        while let Some(packet) = self.window.next() {
            self.acks = packet.acks(self.acks);
            self.keep(packet);
        }
    }

    /// Keeps a packet, and lets go of one that cannot be drawn any more.
    fn keep(&mut self, packet: SettledPacket) {
        let before = self.last.packets.back_mut().or(self.first.packets.back_mut());
        if let (Some(AckRun { count: count @ AckRun::FOLDED_FROM.., .. }), Some(before)) = (self.acks, before)
        {
            (before.acks, before.last_ns) = (count, packet.step.time_ns);
            return;
        }
        let (arrows, last_ns) = (labels(&packet.step, &packet.parts).len(), packet.step.time_ns);
        let drawn = DrawnPacket { packet, acks: 1, last_ns, arrows };
        if self.first.arrows < MOST - AT_THE_END {
            self.first.push(drawn);
            return;
        }
        self.last.push(drawn);
        while self.folded.last.is_some() || self.first.arrows + self.last.arrows > MOST {
            let front = self.last.packets.front().map_or(0, |front| front.arrows);
            if self.last.arrows - front < AT_THE_END {
                return;
            }
            let Some(gone) = self.last.packets.pop_front() else { return };
            self.last.arrows -= gone.arrows;
            self.folded.add(gone, self.protocol);
        }
    }
}

impl FoldedPackets {
    fn add(&mut self, DrawnPacket { packet, last_ns, .. }: DrawnPacket, protocol: Protocol) {
        let frames = labels(&packet.step, &packet.parts);
        let (frames, others): (Vec<_>, Vec<_>) =
            frames.iter().partition(|label| label.kind() == ArrowKind::WebSocket);
        self.frames += frames.len();
        self.others += others.len();
        self.phase = Phase::of(&packet.step, self.phase, protocol);
        self.last = Some((packet.step, last_ns));
    }
}
