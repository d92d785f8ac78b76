//! Roles of a stream's ends, client and server, and the states in which its first packet finds them.
//!
//! A SYN and a head of HTTP settle the roles, and frames where nothing but the higher port speaks. A first packet
//! that is none of these leaves them to the ports until something settles them, and the first byte that reaches the
//! application layer settles them for good: only packets without delivered bytes are ever seen with roles that turn
//! out to be wrong.

use crate::observe::application::AssumedProtocol;
use crate::observe::config::Config;
use crate::observe::facts::{Evidence, Flags, RoleSource, Segment, Stream};
use crate::observe::http::detection::{Detection, first_line};
use crate::observe::tcp::State;
use crate::observe::ws::frame_search::sender_of;
use crate::wire::{PerSide, Side};

/// Certainty of the roles: assumed ones may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Roles {
    /// A packet showed them.
    Settled,
    /// A port that servers use suggests them.
    Assumed,
    /// Nothing does but that one port is the higher.
    Guessed,
}

/// The role of a segment's sender, if the segment shows it.
fn sender_role(segment: &Segment<'_>) -> Option<(Side, RoleSource)> {
    if segment.flags.has(Flags::SYN) {
        let side = if segment.flags.has(Flags::ACK) { Side::Server } else { Side::Client };
        return Some((side, RoleSource::Syn));
    }
    match first_line(segment.payload)? {
        Detection::Request => Some((Side::Client, RoleSource::Http)),
        Detection::Response => Some((Side::Server, RoleSource::Http)),
        Detection::Undecided | Detection::Relay(_) | Detection::Other(_) => None,
    }
}

impl Roles {
    /// The role of a segment's sender, if the segment shows it. Masked frames count only where nothing else does.
    pub(super) fn shown_by(self, segment: &Segment<'_>) -> Option<(Side, RoleSource)> {
        sender_role(segment).or_else(|| {
            let by_masking = sender_of(segment.payload).filter(|_| self == Self::Guessed);
            by_masking.map(|side| (side, RoleSource::Masking))
        })
    }

    const fn of(source: RoleSource) -> Self {
        match source {
            RoleSource::Syn | RoleSource::Http | RoleSource::Masking => Self::Settled,
            RoleSource::KnownPort => Self::Assumed,
            RoleSource::HigherPort => Self::Guessed,
        }
    }
}

/// The evidence of roles that a segment shows.
pub(super) fn evidence_of(source: RoleSource, segment: &Segment<'_>) -> Evidence {
    match source {
        RoleSource::Syn | RoleSource::Http => segment.evidence,
        RoleSource::Masking | RoleSource::KnownPort | RoleSource::HigherPort => Evidence::Inferred,
    }
}

/// A stream as its first packet shows it.
#[derive(Debug)]
pub(in crate::observe) struct FlowStart {
    pub(super) stream: Stream,
    pub(super) roles: Roles,
    pub(super) assumed: AssumedProtocol,
}

impl FlowStart {
    /// Reads the first packet. `reuses_ports_of` is the stream whose ports it takes.
    pub(in crate::observe) fn new(
        segment: &Segment<'_>,
        config: &Config,
        reuses_ports_of: Option<u64>,
    ) -> Self {
        let by_port = role_by_port(segment, config);
        let shown = Roles::of(by_port.1).shown_by(segment);
        let (side, role_source) = shown.unwrap_or(by_port);
        let (source, destination) = (segment.source, segment.destination);
        let ends = match side {
            Side::Client => PerSide { client: source, server: destination },
            Side::Server => PerSide { client: destination, server: source },
        };
        let initial = match (segment.flags.has(Flags::SYN), segment.flags.has(Flags::ACK)) {
            (true, false) => PerSide { client: State::Closed, server: State::Listen },
            (true, true) => PerSide { client: State::SynSent, server: State::Listen },
            (false, _) => PerSide { client: State::Established, server: State::Established },
        };
        let is_websocket = config.assume_websocket.contains(&ends.server.port());
        Self {
            stream: Stream {
                ends,
                role_source,
                evidence: evidence_of(role_source, segment),
                initial,
                reuses_ports_of,
            },
            roles: Roles::of(role_source),
            assumed: if is_websocket { AssumedProtocol::WebSocket } else { AssumedProtocol::None },
        }
    }
}

/// The sender's role by the ports: a known one is the server's, else the lower one.
fn role_by_port(segment: &Segment<'_>, config: &Config) -> (Side, RoleSource) {
    let (source, destination) = (segment.source.port(), segment.destination.port());
    let is_known = |port| config.assume_websocket.contains(&port) || config.server_ports.contains(&port);
    match (is_known(source), is_known(destination)) {
        (true, false) => (Side::Server, RoleSource::KnownPort),
        (false, true) => (Side::Client, RoleSource::KnownPort),
        _ if source < destination => (Side::Server, RoleSource::HigherPort),
        _ => (Side::Client, RoleSource::HigherPort),
    }
}
