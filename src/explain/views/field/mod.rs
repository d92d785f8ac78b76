//! The bytes of a packet, split into runs: each byte belongs to exactly one run, and each run has a name.
//!
//! Headers are read from the bytes themselves; the bytes behind them are named as the observer read the stream.
//! Nothing is judged here: what contradicts itself is read as far as it goes, and the rest is [`Field::Unread`].

mod link;
mod name;
mod network;
mod stream;
mod tcp;

use std::ops::Range;

use crate::capture::LinkType;
use crate::capture::link::innermost_internet;

pub use name::Field;
pub(super) use stream::Streams;

/// A packet's bytes, as far as they were captured.
#[derive(Debug, Clone, Copy)]
pub struct Bytes<'p> {
    /// The link type: a number of the registry at <https://www.tcpdump.org/linktypes.html>.
    pub link: u32,
    /// The bytes.
    pub bytes: &'p [u8],
    /// Number of bytes on the wire.
    pub original_length: u32,
}

/// Bytes that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) len: usize,
    pub(super) field: Field,
    /// Its decoded value, where that is not the number that stands there; the same in every language.
    pub(super) value: Option<String>,
}

/// Runs of one packet, from its first byte on.
#[derive(Debug, Default)]
pub(super) struct Runs {
    runs: Vec<Run>,
    at: usize,
}

impl Runs {
    /// Adds the next run. An empty one is no run.
    fn push(&mut self, len: usize, field: Field, value: Option<String>) {
        if len > 0 {
            self.at += len;
            self.runs.push(Run { len, field, value });
        }
    }

    fn plain(&mut self, len: usize, field: Field) {
        self.push(len, field, None);
    }
}

/// Reads the headers: what they are, and where the TCP payload stands. The runs end where it begins.
pub(super) fn headers(packet: &Bytes<'_>) -> (Runs, Range<usize>) {
    let mut runs = Runs::default();
    let from_network = |runs: &mut Runs| {
        let end = network::read(packet.bytes, runs)?;
        tcp::read(&packet.bytes[..end], runs).map(|()| runs.at..end)
    };
    let mut payload = link::read(packet.link, packet.bytes, &mut runs).and_then(|()| from_network(&mut runs));
    if payload.is_none()
        && let Some(at) = innermost_internet(LinkType(packet.link), packet.bytes)
    {
        // Headers that are not told apart here, up to the IP packet that carries TCP.
        runs = Runs::default();
        runs.plain(at, Field::Encapsulation);
        payload = from_network(&mut runs);
    }
    let payload = payload.unwrap_or_else(|| {
        runs.plain(packet.bytes.len() - runs.at, Field::Unread);
        runs.at..runs.at
    });
    (runs, payload)
}

#[cfg(test)]
mod tests;
