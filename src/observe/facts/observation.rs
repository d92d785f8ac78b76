//! What one packet showed, and what the end of a stream left.

use std::fmt;

use super::close::Close;
use super::fact::Fact;
use super::marks::Marks;
use super::segment::{Checksum, Evidence, Flags, Ip, Options};
use crate::observe::tcp;
use crate::observe::ws;
use crate::rfc::Rfc;
use crate::wire::PerSide;
use crate::wire::Side;
use crate::wire::ws::ReadyState;

/// A state, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<S> {
    /// The state.
    pub state: S,
    /// How it is known: by the packet that last changed it, or by inference.
    pub evidence: Evidence,
}

/// What one packet showed. Each packet gives one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The TCP connection it belongs to: numbers in the order of their first packets, from 0, as Wireshark counts.
    pub stream: u64,
    /// The packet's place in its file.
    pub number: u64,
    /// Nanoseconds since 1970.
    pub time_ns: u64,
    /// Who sent it.
    pub from: Side,
    /// What its IP header tells; `None` if that was made up.
    pub ip: Option<Ip>,
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
    /// The options, as they stand in the segment: those of a SYN hold for all that follow.
    pub options: Options,
    /// Whether the packet was captured or rebuilt.
    pub evidence: Evidence,
    /// How the packet's checksum stands.
    pub checksum: Checksum,
    /// What is noteworthy about it among its neighbours.
    pub marks: Marks,
    /// Both ends' TCP after the packet.
    pub tcp: PerSide<Known<tcp::State>>,
    /// Both ends' WebSocket after the packet; `None` when it is known not to be one, or nothing tells.
    pub ws: Option<PerSide<Known<ReadyState>>>,
    /// The changes of state that it brought, in their order.
    pub transitions: Vec<Transition>,
    /// What became known with it.
    pub facts: Vec<Fact>,
}

/// A change of state of one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The packet that brought it; `None` if time alone did.
    pub packet: Option<u64>,
    /// Whose state it is.
    pub side: Side,
    /// From, to, and by which event.
    pub change: Change,
    /// The rule.
    pub rfc: Rfc,
    /// How it is known.
    pub evidence: Evidence,
}

/// Which machine changed, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// TCP.
    Tcp {
        /// The state before.
        from: tcp::State,
        /// The state after.
        to: tcp::State,
        /// What happened.
        event: tcp::Event,
    },
    /// WebSocket.
    WebSocket {
        /// The state before.
        from: ReadyState,
        /// The state after.
        to: ReadyState,
        /// What happened.
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

    /// What happened.
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

/// A stream is over for the observer: it was released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Which.
    pub stream: u64,
    /// Why it was released.
    pub reason: EndReason,
    /// Both ends' TCP at last.
    pub tcp: PerSide<Known<tcp::State>>,
    /// Both ends' WebSocket at last; `None` if it was none.
    pub ws: Option<PerSide<Known<ReadyState>>>,
    /// The changes of state that time alone brought.
    pub transitions: Vec<Transition>,
    /// What only the end could tell: holes that were never filled, frames and messages without an end.
    pub facts: Vec<Fact>,
    /// How it closed, as far as it did. The same as in [`Fact::Close`] if there was one, and what the
    /// capture had late behind it.
    pub close: Close,
    /// How many packets it had.
    pub packets: u64,
    /// The last of them.
    pub last_packet: u64,
}

/// Why a stream was released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// Both ends were done, and nothing more came for the time of TIME-WAIT.
    Finished,
    /// A new connection took its ports.
    PortsReused,
    /// There was no room for so many streams, and this one had been idle the longest: what comes after of it begins a
    /// new stream, in its middle.
    Evicted,
    /// Whoever follows it knows that nothing more comes of it. An end may be in TIME-WAIT still.
    Concluded,
    /// The capture ended.
    CaptureEnded,
}
