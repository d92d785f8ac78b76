//! The first packet of a stream: who is who, and in which states the ends are.

use crate::observe::application::Assume;
use crate::observe::facts::fact::{Stream, ToldBy};
use crate::observe::facts::segment::{Evidence, Flags, Segment};
use crate::observe::http::head::{Sniff, begins_as};
use crate::observe::observer::Config;
use crate::observe::tcp::State;
use crate::wire::PerSide;
use crate::wire::Side;

/// How sure it is which end is the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::observe) struct WhoIsWho(Certainty);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Certainty {
    Certain,
    ByPort,
}

impl WhoIsWho {
    pub(in crate::observe) const fn certain() -> Self {
        Self(Certainty::Certain)
    }

    pub(in crate::observe) fn is_certain(self) -> bool {
        self.0 == Certainty::Certain
    }

    /// Which side a segment's sender is, if the segment tells.
    pub(in crate::observe) fn of(segment: &Segment<'_>) -> Option<(Side, ToldBy)> {
        if segment.flags.has(Flags::SYN) {
            let side = if segment.flags.has(Flags::ACK) { Side::Server } else { Side::Client };
            return Some((side, ToldBy::Syn));
        }
        match begins_as(segment.payload)? {
            Sniff::Request => Some((Side::Client, ToldBy::Http)),
            Sniff::Response => Some((Side::Server, ToldBy::Http)),
            Sniff::Open | Sniff::Other(_) => None,
        }
    }
}

/// What the first packet tells of its stream.
#[derive(Debug)]
pub(in crate::observe) struct Opening {
    pub(in crate::observe) stream: Stream,
    pub(in crate::observe) who: WhoIsWho,
    pub(in crate::observe) assume: Assume,
}

impl Opening {
    pub(in crate::observe) fn new(
        segment: &Segment<'_>,
        config: &Config,
        reuses_ports_of: Option<u64>,
    ) -> Self {
        let told = WhoIsWho::of(segment);
        let (side, told_by) = told.unwrap_or_else(|| by_port(segment, config));
        let (source, destination) = (segment.source, segment.destination);
        let ends = match side {
            Side::Client => PerSide { client: source, server: destination },
            Side::Server => PerSide { client: destination, server: source },
        };
        let before = match (segment.flags.has(Flags::SYN), segment.flags.has(Flags::ACK)) {
            (true, false) => PerSide { client: State::Closed, server: State::Listen },
            (true, true) => PerSide { client: State::SynSent, server: State::Listen },
            (false, _) => PerSide { client: State::Established, server: State::Established },
        };
        let is_assumed = config.assume_websocket.contains(&ends.server.port());
        Self {
            stream: Stream {
                ends,
                told_by,
                evidence: if told.is_some() { segment.evidence } else { Evidence::Inferred },
                before,
                reuses_ports_of,
            },
            who: WhoIsWho(if told.is_some() { Certainty::Certain } else { Certainty::ByPort }),
            assume: if is_assumed { Assume::WebSocket } else { Assume::Nothing },
        }
    }
}

/// Which side the sender is, by the ports: a known one is the server's, else the lower one.
fn by_port(segment: &Segment<'_>, config: &Config) -> (Side, ToldBy) {
    let (source, destination) = (segment.source.port(), segment.destination.port());
    let is_known = |port| config.assume_websocket.contains(&port) || config.server_ports.contains(&port);
    match (is_known(source), is_known(destination)) {
        (true, false) => (Side::Server, ToldBy::KnownPort),
        (false, true) => (Side::Client, ToldBy::KnownPort),
        _ if source < destination => (Side::Server, ToldBy::HigherPort),
        _ => (Side::Client, ToldBy::HigherPort),
    }
}
