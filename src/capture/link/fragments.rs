//! IP fragments put together (RFC 815): bounded in number, time and size. Where fragments overlap, the bytes that came
//! first count.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::ops::Range;

use super::ip::{Fragment, Header, Version};
use super::layer::Carried;

/// The most datagrams whose fragments are waited for.
const MOST_DATAGRAMS: usize = 64;

/// Time after which the rest of a datagram is no longer waited for, in nanoseconds.
const LONGEST_WAIT_NS: u64 = 30_000_000_000;

/// The longest payload of a datagram, in bytes.
const LONGEST: usize = 65_535;

/// The most holes of a datagram: more are no ordinary loss.
const MOST_HOLES: usize = 256;

/// What the fragments of one datagram have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    ends: [IpAddr; 2],
    id: u32,
    protocol: u8,
}

/// A datagram of which fragments are missing.
#[derive(Debug)]
struct Datagram {
    key: Key,
    first_packet: u64,
    first_ns: u64,
    fragments: u64,
    /// Headers of the fragment with the offset 0, or of another until that comes; no length and no offset in them.
    header: Vec<u8>,
    payload: Vec<u8>,
    /// Ranges of the payload that have not come, in order. The last one is open until the last fragment has come.
    holes: Vec<Range<usize>>,
    /// End of what was captured: bytes behind it were cut off somewhere.
    captured: usize,
}

/// Datagrams of which fragments are missing, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    datagrams: VecDeque<Datagram>,
    lost: LostFragments,
}

/// Fragments of datagrams that could not be put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LostFragments {
    /// Number of the first packet with one; 0 if there is none.
    pub first_packet: u64,
    /// Their number.
    pub fragments: u64,
}

/// A datagram that was put together.
#[derive(Debug)]
pub(super) struct WholeDatagram {
    /// From its IP header on, as far as it was captured.
    pub(super) bytes: Vec<u8>,
    /// Length on the wire.
    pub(super) wire: usize,
    /// Number of its fragments.
    pub(super) fragments: u64,
}

impl Fragments {
    /// Adds a fragment, and returns the datagram that it completes.
    pub(super) fn add(&mut self, packet: Carried<'_>, number: u64, time_ns: u64) -> Option<WholeDatagram> {
        self.expire(time_ns);
        let Some((fragment, key)) = read(packet.bytes) else {
            self.lost.add(number, 1);
            return None;
        };
        let place = self.datagrams.iter().position(|datagram| datagram.key == key).unwrap_or_else(|| {
            if self.datagrams.len() == MOST_DATAGRAMS {
                self.give_up_oldest();
            }
            self.datagrams.push_back(Datagram::new(key, number, time_ns));
            self.datagrams.len() - 1
        });
        self.datagrams[place].add(&fragment, packet);
        if !self.datagrams[place].holes.is_empty() {
            return None;
        }
        self.datagrams.remove(place)?.whole()
    }

    /// Gives up all that is incomplete, as nothing more comes, and returns what was lost in all.
    pub(super) fn finish(&mut self) -> LostFragments {
        while !self.datagrams.is_empty() {
            self.give_up_oldest();
        }
        std::mem::take(&mut self.lost)
    }

    fn expire(&mut self, now_ns: u64) {
        while self
            .datagrams
            .front()
            .is_some_and(|oldest| oldest.first_ns.saturating_add(LONGEST_WAIT_NS) < now_ns)
        {
            self.give_up_oldest();
        }
    }

    fn give_up_oldest(&mut self) {
        if let Some(Datagram { first_packet, fragments, .. }) = self.datagrams.pop_front() {
            self.lost.add(first_packet, fragments);
        }
    }
}

impl LostFragments {
    fn add(&mut self, first_packet: u64, fragments: u64) {
        let is_first = self.fragments == 0 || first_packet < self.first_packet;
        self.first_packet = if is_first { first_packet } else { self.first_packet };
        self.fragments += fragments;
    }
}

/// A fragment, and what it has in common with the others.
fn read(bytes: &[u8]) -> Option<(Fragment, Key)> {
    let fragment = Fragment::read(bytes)?;
    let Fragment { version, header, carries, id, .. } = fragment;
    let addresses = Header { version, len: header, total: None, carries };
    let key = Key { ends: addresses.ends(bytes), id, protocol: carries };
    Some((fragment, key))
}

impl Datagram {
    fn new(key: Key, first_packet: u64, first_ns: u64) -> Self {
        let holes = std::iter::once(0..LONGEST).collect();
        let (header, payload, captured) = (Vec::new(), Vec::new(), LONGEST);
        Self { key, first_packet, first_ns, fragments: 0, header, payload, holes, captured }
    }

    fn add(&mut self, fragment: &Fragment, packet: Carried<'_>) {
        self.fragments += 1;
        if self.holes.len() >= MOST_HOLES {
            // No ordinary loss: the datagram stays incomplete.
            return;
        }
        let piece = packet.part(fragment.begin, fragment.total.unwrap_or(packet.wire));
        let begin = fragment.offset;
        let end = (begin + piece.wire).min(LONGEST);
        if begin == 0 || self.header.is_empty() {
            self.header = whole_header(fragment, packet.bytes);
        }
        if piece.bytes.len() < piece.wire {
            self.captured = self.captured.min(begin + piece.bytes.len());
        }
        if self.payload.len() < end {
            self.payload.resize(end, 0);
        }
        let mut rest = Vec::with_capacity(self.holes.len() + 1);
        for hole in self.holes.drain(..) {
            let filled = begin.max(hole.start)..end.min(hole.end);
            if filled.is_empty() {
                // Behind the last fragment there is nothing.
                let is_behind = !fragment.more && hole.start >= end;
                rest.extend(Some(hole).filter(|_| !is_behind));
                continue;
            }
            let from =
                (filled.start - begin).min(piece.bytes.len())..(filled.end - begin).min(piece.bytes.len());
            self.payload[filled.start..filled.start + from.len()].copy_from_slice(&piece.bytes[from]);
            rest.extend(Some(hole.start..filled.start).filter(|before| !before.is_empty()));
            if fragment.more {
                rest.extend(Some(filled.end..hole.end).filter(|after| !after.is_empty()));
            }
        }
        self.holes = rest;
    }

    /// The datagram as if it had not been fragmented; `None` if its header is too long to be one.
    fn whole(self) -> Option<WholeDatagram> {
        let Self { header, payload, captured, fragments, .. } = self;
        let wire = header.len() + payload.len();
        let mut bytes = header;
        // A length beyond the field is left out, as network cards do.
        let (at, length) = if bytes.first()? >> 4 == 4 { (2, wire) } else { (4, wire - super::ip::FIXED_6) };
        let length = u16::try_from(length).unwrap_or(0);
        bytes[at..at + 2].copy_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&payload[..captured.min(payload.len())]);
        Some(WholeDatagram { bytes, wire, fragments })
    }
}

/// The headers of a fragment without the fields that make it one.
fn whole_header(fragment: &Fragment, bytes: &[u8]) -> Vec<u8> {
    let mut header = bytes[..fragment.header].to_vec();
    match fragment.version {
        Version::Four => header[6..8].fill(0),
        Version::Six => header[fragment.protocol_at] = fragment.carries,
    }
    header
}
