//! Observations: the output for one packet, and for the end of a stream.

use std::fmt;

use super::close::Close;
use super::fact::Fact;
use super::header_fit::HeaderFit;
use super::marks::Marks;
use super::segment::{Checksum, Evidence, Flags, Ip, Options};
use super::tcp;
use super::ws;
use crate::rfc::Rfc;
use crate::wire::ws::ReadyState;
use crate::wire::{PerSide, Side};

/// A state with its evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<S> {
    /// The state.
    pub state: S,
    /// The evidence of the packet that last changed it, or inference.
    pub evidence: Evidence,
}

/// The observation of one packet: one for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The TCP connection it belongs to: numbers in the order of their first packets, from 0, as Wireshark counts.
    pub stream: u64,
    /// The packet's place in its file.
    pub number: u64,
    /// Nanoseconds since 1970.
    pub time_ns: u64,
    /// The sender.
    pub from: Side,
    /// Its IP header; `None` if the packet was rebuilt.
    pub ip: Option<Ip>,
    /// Comparison of that header with those before of the same sender.
    pub fit: HeaderFit,
    /// The control bits.
    pub flags: Flags,
    /// The sequence number, counted from the sender's SYN; negative before the first byte that the capture knows.
    pub seq: i64,
    /// The acknowledgment number, counted from the receiver's SYN.
    pub ack: Option<i64>,
    /// Bytes of payload on the wire.
    pub length: u32,
    /// The sender's receive window in bytes, scaled if the scale is known (RFC 7323 §2.2).
    pub window: u32,
    /// The options of this segment; those of a SYN hold for all that follow.
    pub options: Options,
    /// Evidence of the packet: captured or rebuilt.
    pub evidence: Evidence,
    /// The check of the checksum.
    pub checksum: Checksum,
    /// Its marks among its neighbours.
    pub marks: Marks,
    /// Both ends' TCP after the packet.
    pub tcp: PerSide<Known<tcp::State>>,
    /// Both ends' WebSocket after the packet; `None` if the protocol is another, or unknown.
    pub ws: Option<PerSide<Known<ReadyState>>>,
    /// The changes of state that it brought, in order.
    pub transitions: Vec<Transition>,
    /// The facts that became known with it.
    pub facts: Vec<Fact>,
}

impl Observation {
    /// Returns `true` if the segment does nothing but acknowledge.
    #[must_use]
    pub fn is_pure_ack(&self) -> bool {
        self.flags.0 & !Flags::PSH.0 == Flags::ACK.0 && self.length == 0
    }

    /// Returns `true` for a RST that its receiver must not ignore.
    #[must_use]
    pub const fn is_reset(&self) -> bool {
        self.flags.has(Flags::RST) && !self.marks.has_no_effect()
    }

    /// Exchanges the roles of the ends, for a packet that came before [`Fact::Stream`] corrected them.
    ///
    /// Such a packet has states, transitions and marks. It has no fact with a side of its own, since the first byte that is
    /// read settles the roles.
    pub(crate) fn swap_roles(&mut self) {
        self.from = self.from.peer();
        self.tcp.swap();
        if let Some(ws) = &mut self.ws {
            ws.swap();
        }
        for transition in &mut self.transitions {
            transition.side = transition.side.peer();
        }
    }
}

/// A change of state of one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The packet that brought it; `None` if time did.
    pub packet: Option<u64>,
    /// The side with this state.
    pub side: Side,
    /// From, to, and by which event.
    pub change: Change,
    /// The rule.
    pub rfc: Rfc,
    /// Its evidence.
    pub evidence: Evidence,
}

/// The machine that changed, and the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// TCP.
    Tcp {
        /// The state before.
        from: tcp::State,
        /// The state after.
        to: tcp::State,
        /// The event.
        event: tcp::Event,
    },
    /// WebSocket.
    WebSocket {
        /// The state before.
        from: ReadyState,
        /// The state after.
        to: ReadyState,
        /// The event.
        event: ws::Event,
    },
}

impl Change {
    /// `tcp` or `websocket`.
    #[must_use]
    pub const fn layer(&self) -> &'static str {
        match self {
            Self::Tcp { .. } => "tcp",
            Self::WebSocket { .. } => "websocket",
        }
    }

    /// The state before, as the RFC spells it.
    #[must_use]
    pub const fn from(&self) -> &'static str {
        match self {
            Self::Tcp { from, .. } => from.name(),
            Self::WebSocket { from, .. } => ws::name(*from),
        }
    }

    /// The state after, as the RFC spells it.
    #[must_use]
    pub const fn to(&self) -> &'static str {
        match self {
            Self::Tcp { to, .. } => to.name(),
            Self::WebSocket { to, .. } => ws::name(*to),
        }
    }

    /// The name of the event.
    #[must_use]
    pub const fn event(&self) -> &'static str {
        match self {
            Self::Tcp { event, .. } => event.name(),
            Self::WebSocket { event, .. } => event.name(),
        }
    }
}

/// `client tcp CLOSED → SYN-SENT (send SYN, RFC 9293 §3.5, captured)`
impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { side, change, rfc, evidence, .. } = self;
        let (layer, from, to, event) = (change.layer(), change.from(), change.to(), change.event());
        write!(f, "{side} {layer} {from} → {to} ({event}, {rfc}, {evidence})")
    }
}

/// The release of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its number.
    pub stream: u64,
    /// The reason of the release.
    pub reason: EndReason,
    /// Both ends' last TCP states.
    pub tcp: PerSide<Known<tcp::State>>,
    /// Both ends' last WebSocket states; `None` without a WebSocket.
    pub ws: Option<PerSide<Known<ReadyState>>>,
    /// The changes of state that time alone brought.
    pub transitions: Vec<Transition>,
    /// The facts that only the end shows: gaps that were never filled, frames and messages without an end.
    pub facts: Vec<Fact>,
    /// The close. That of [`Fact::Close`] if there was one, with what came late behind it.
    pub close: Close,
    /// The number of its packets.
    pub packets: u64,
    /// The last of them.
    pub last_packet: u64,
}

/// The reason of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// Both ends were done, and nothing more came for the time of TIME-WAIT.
    Finished,
    /// A new connection took its ports.
    PortsReused,
    /// There was no room for it, and it had been idle the longest. Later packets of it are counted, and not observed.
    Evicted,
    /// The caller knows that nothing more comes. An end may still be in TIME-WAIT.
    Concluded,
    /// The capture ended.
    CaptureEnded,
}
