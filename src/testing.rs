//! TCP conversations made segment by segment: the one builder of [`Segment`]s for tests within the crate.
//!
//! Tests from outside, and benches, make packets instead: `tests/it/support/script.rs`.

#![expect(clippy::cast_sign_loss, reason = "positions before the SYN wrap around, as sequence numbers do")]

use std::net::SocketAddr;

use crate::observe::{Checksum, Evidence, Flags, Ip, Options, Segment};
use crate::wire::{PerSide, Side};

/// Time before the first segment, in nanoseconds since 1970.
pub(crate) const BEGIN_NS: u64 = 1_700_000_000_000_000_000;

/// The window field at first.
const WINDOW: u16 = 64_240;

/// Two ends that number their bytes, and the clock of the capture between them.
///
/// Positions are counted from the SYNs, so that sequence numbers may wrap around.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) ends: PerSide<SocketAddr>,
    /// The sequence numbers of the SYNs.
    pub(crate) isn: PerSide<u32>,
    /// The position that each end sends next.
    pub(crate) next: PerSide<i64>,
    /// The position that each end expects next, and acknowledges.
    pub(crate) expects: PerSide<i64>,
    pub(crate) window: PerSide<u16>,
    /// TTLs of the IP headers; `None` without headers.
    pub(crate) ttl: Option<PerSide<u8>>,
    /// Distance of the IP IDs from the numbers of the segments.
    pub(crate) id_ahead: PerSide<u16>,
    pub(crate) syn_options: Options,
    pub(crate) evidence: Evidence,
    pub(crate) checksum: Checksum,
    /// The number of the last segment.
    pub(crate) number: u64,
    /// The time of the last segment.
    pub(crate) time_ns: u64,
    /// Time from one segment to the next.
    pub(crate) gap_ns: u64,
    is_held: PerSide<bool>,
    last: PerSide<Option<Sent>>,
}

/// A segment as its end sent it.
#[derive(Debug, Clone)]
struct Sent {
    /// The number of the segment, which is its IP ID too.
    number: u64,
    seq: i64,
    flags: Flags,
    payload: Vec<u8>,
}

impl Script {
    /// Captured segments without IP headers, without options, and of unknown checksums.
    pub(crate) fn new(ends: PerSide<SocketAddr>, isn: PerSide<u32>) -> Self {
        Self {
            ends,
            isn,
            next: PerSide::default(),
            expects: PerSide::default(),
            window: PerSide { client: WINDOW, server: WINDOW },
            ttl: None,
            id_ahead: PerSide::default(),
            syn_options: Options::default(),
            evidence: Evidence::Captured,
            checksum: Checksum::Unknown,
            number: 0,
            time_ns: BEGIN_NS,
            gap_ns: 0,
            is_held: PerSide::default(),
            last: PerSide::default(),
        }
    }

    /// The next segment of an end. It arrives at once, unless its peer is held.
    pub(crate) fn segment<'p>(&mut self, from: Side, flags: Flags, payload: &'p [u8]) -> Segment<'p> {
        let seq = self.next[from];
        let segment = self.segment_at(from, flags, (seq, self.expects[from]), payload);
        let phantom = i64::from(flags.has(Flags::SYN)) + i64::from(flags.has(Flags::FIN));
        self.next[from] += i64::from(segment.length) + phantom;
        let number = segment.number;
        self.last[from] = Some(Sent { number, seq, flags, payload: payload.to_vec() });
        let peer = from.peer();
        if !self.is_held[peer] {
            self.expects[peer] = self.next[from];
        }
        segment
    }

    /// SYN, SYN-ACK, ACK.
    pub(crate) fn handshake(&mut self) -> [Segment<'static>; 3] {
        [(Side::Client, Flags::SYN), (Side::Server, Flags::SYN | Flags::ACK), (Side::Client, Flags::ACK)]
            .map(|(from, flags)| self.segment(from, flags, b""))
    }

    /// A segment at a position of its own, with an acknowledgment of its own: those of the ends stay.
    pub(crate) fn segment_at<'p>(
        &mut self,
        from: Side,
        flags: Flags,
        (seq, ack): (i64, i64),
        payload: &'p [u8],
    ) -> Segment<'p> {
        self.number += 1;
        self.time_ns += self.gap_ns;
        let number_of = |side: Side, position: i64| self.isn[side].wrapping_add(position as u32);
        Segment {
            number: self.number,
            time_ns: self.time_ns,
            source: self.ends[from],
            destination: self.ends[from.peer()],
            ip: self.ttl.map(|ttl| Ip {
                ttl: ttl[from],
                id: Some((self.number as u16).wrapping_add(self.id_ahead[from])),
            }),
            seq: number_of(from, seq),
            ack: flags.has(Flags::ACK).then(|| number_of(from.peer(), ack)),
            flags,
            window: self.window[from],
            options: if flags.has(Flags::SYN) { self.syn_options } else { Options::default() },
            payload,
            length: payload.len() as u32,
            evidence: self.evidence,
            checksum: self.checksum,
        }
    }

    /// The next segment of an end, of whose payload the capture has only so many bytes.
    pub(crate) fn cut<'p>(
        &mut self,
        from: Side,
        flags: Flags,
        payload: &'p [u8],
        captured: usize,
    ) -> Segment<'p> {
        Segment { payload: &payload[..captured], ..self.segment(from, flags, payload) }
    }

    /// A segment without payload, so far from the position that its end sends next.
    pub(crate) fn off(&mut self, from: Side, flags: Flags, by: i64) -> Segment<'static> {
        self.segment_at(from, flags, (self.next[from] + by, self.expects[from]), b"")
    }

    /// The last segment of an end again, if there is one.
    pub(crate) fn again(&mut self, from: Side) -> Option<Segment<'_>> {
        let last = self.last[from].take()?;
        let ack = self.expects[from];
        let segment = self.segment_at(from, last.flags, (last.seq, ack), b"");
        let payload = self.last[from].insert(last).payload.as_slice();
        Some(Segment { payload, length: payload.len() as u32, ..segment })
    }

    /// The last segment of an end, captured a second time.
    pub(crate) fn copy(&mut self, from: Side) -> Option<Segment<'_>> {
        let number = self.last[from].as_ref()?.number;
        let segment = self.again(from)?;
        Some(Segment { ip: segment.ip.map(|ip| Ip { id: Some(number as u16), ..ip }), ..segment })
    }

    /// The next bytes of an end are not captured, but arrive.
    pub(crate) fn miss(&mut self, from: Side, bytes: i64) {
        self.next[from] += bytes;
        self.expects[from.peer()] = self.next[from];
    }

    /// Segments from now on arrive at `side` when [`release`](Self::release) says so.
    pub(crate) fn hold(&mut self, side: Side) {
        self.is_held[side] = true;
    }

    pub(crate) fn release(&mut self, side: Side) {
        self.is_held[side] = false;
        self.expects[side] = self.next[side.peer()];
    }

    /// Another connection to the same server, from this port.
    pub(crate) fn reconnect(&mut self, port: u16) {
        self.ends.client.set_port(port);
        self.next = PerSide::default();
        self.expects = PerSide::default();
        self.window = PerSide { client: WINDOW, server: WINDOW };
        self.is_held = PerSide::default();
        self.last = PerSide::default();
    }
}

/// A frame of any length whose first byte is given, masked if there is a key.
pub(crate) fn frame(first: u8, key: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let masked = if key.is_some() { 0x80 } else { 0 };
    let mut bytes = vec![first];
    match payload.len() {
        len @ 0..=125 => bytes.push(masked | len as u8),
        len @ 126..=0xFFFF => {
            bytes.push(masked | 0x7E);
            bytes.extend((len as u16).to_be_bytes());
        }
        len => {
            bytes.push(masked | 0x7F);
            bytes.extend((len as u64).to_be_bytes());
        }
    }
    bytes.extend(key.iter().flatten());
    let key = key.unwrap_or_default();
    bytes.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    bytes
}
