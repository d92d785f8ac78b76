//! Rebuilds a connection's packets from the events of its socket, for a server that may not capture. Payloads and their
//! order are facts, the segments around them are made up; each packet's comment says which.

use std::borrow::Cow;
use std::net::SocketAddr;

use super::segment_builder::{BuiltPacket, SegmentBuilder, TcpEndpoint, pieces};
use crate::capture::LinkType;
use crate::capture::REBUILT;
use crate::capture::RawPacket;
use crate::capture::link::checksum;
use crate::observe::{Evidence, Flags, Options, Segment};
use crate::wire::PerSide;
use crate::wire::Side::{self, Client, Server};

/// A connection at the time of `accept`.
#[derive(Debug, Clone, Copy)]
pub struct AcceptedConnection<'s> {
    /// Time of `accept`, in nanoseconds since 1970.
    pub time_ns: u64,
    /// Round trip time in nanoseconds: the SYN came so much earlier.
    pub round_trip_ns: u64,
    /// The client's address.
    pub client: SocketAddr,
    /// The server's.
    pub server: SocketAddr,
    /// The client's SYN, if the kernel saved it.
    pub saved_syn: Option<&'s [u8]>,
    /// The server's initial sequence number, made up: the kernel does not report it.
    pub server_isn: u32,
    /// Options of the server's SYN.
    pub server_options: Options,
    /// Window of the server, in bytes.
    pub window: u32,
}

/// An event of a server's socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketEvent<'e> {
    /// Bytes were read.
    Received(&'e [u8]),
    /// Bytes were written by one call.
    Sent(&'e [u8]),
    /// A read returned the end of the client's stream.
    PeerFinished,
    /// The server shut the socket down, or closed it.
    Finished,
    /// A read or write failed with a reset.
    PeerReset,
    /// The server aborted the connection.
    Reset,
    /// Bytes of a side were lost to the capture: no packet has them, and later ones are numbered after them.
    Lost(Side, u32),
}

/// A packet of a rebuilt connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayedPacket {
    /// The packet.
    pub packet: BuiltPacket,
    /// Captured for the client's saved SYN, else rebuilt.
    pub evidence: Evidence,
    /// Comment for Wireshark: what of the packet is fact, and what is made up.
    pub comment: Cow<'static, str>,
}

impl ReplayedPacket {
    /// The TCP segment, as packet `number` of a capture.
    #[must_use]
    pub fn segment(&self, number: u64) -> Segment<'_> {
        Segment { evidence: self.evidence, ..self.packet.segment(number) }
    }
}

/// Rebuilds one connection from its socket's events.
#[derive(Debug, Clone)]
pub struct SocketReplay {
    segments: SegmentBuilder,
    /// Sent to each end and not yet acknowledged: segments, and their bytes.
    pending: PerSide<(u32, usize)>,
    finished: PerSide<bool>,
    over: bool,
}

/// The comment of a packet that is made up.
fn rebuilt_comment(what: &str) -> Cow<'static, str> {
    format!("[wirewalk] {REBUILT}. {what}").into()
}

impl SocketReplay {
    /// Begins with an accepted connection: the three packets of its handshake.
    #[must_use]
    pub fn open(opening: &AcceptedConnection<'_>) -> (Self, Vec<ReplayedPacket>) {
        // A listener of both versions shows IPv4 addresses as IPv6.
        let canonical = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
        let opening = &AcceptedConnection {
            client: canonical(opening.client),
            server: canonical(opening.server),
            ..*opening
        };
        let syn = opening.saved_syn.and_then(|bytes| saved_syn(bytes, opening));
        let client = match &syn {
            Some((_, end)) => *end,
            // The server's own values, for want of better.
            None => TcpEndpoint {
                address: opening.client,
                isn: opening.server_isn.rotate_left(16),
                options: opening.server_options,
                window: opening.window,
            },
        };
        let options = opening.server_options;
        let server =
            TcpEndpoint { address: opening.server, isn: opening.server_isn, options, window: opening.window };
        let segments = SegmentBuilder::new(client, server);
        let mut replay =
            Self { segments, pending: PerSide::default(), finished: PerSide::default(), over: false };
        let begin_ns = opening.time_ns.saturating_sub(opening.round_trip_ns);
        let builder = &mut replay.segments;
        let first = match &syn {
            Some((bytes, _)) => ReplayedPacket {
                packet: builder.saved_syn(begin_ns, bytes),
                evidence: Evidence::Captured,
                comment: "[wirewalk] The client's own SYN: the kernel kept it (TCP_SAVED_SYN).".into(),
            },
            None => rebuilt(builder.syn(Client, begin_ns), "The client's SYN: its options are not known."),
        };
        let packets = vec![
            first,
            rebuilt(
                builder.syn_ack(Server, begin_ns),
                "The server's answer: its sequence number is made up, its options are the socket's.",
            ),
            rebuilt(
                builder.ack(Client, opening.time_ns),
                "The connection was accepted, so this has arrived.",
            ),
        ];
        (replay, packets)
    }

    /// The packets of a socket event. None follow a reset, or the second FIN's acknowledgment.
    pub fn event(&mut self, time_ns: u64, event: SocketEvent<'_>) -> Vec<ReplayedPacket> {
        let mut packets = Vec::new();
        if self.over {
            return packets;
        }
        match event {
            SocketEvent::Received(bytes) => self.data(Client, time_ns, bytes, &mut packets),
            SocketEvent::Sent(bytes) => self.data(Server, time_ns, bytes, &mut packets),
            SocketEvent::PeerFinished => self.finish(Client, time_ns, &mut packets),
            SocketEvent::Finished => self.finish(Server, time_ns, &mut packets),
            SocketEvent::Lost(from, bytes) => self.segments.skip(from, bytes),
            SocketEvent::PeerReset | SocketEvent::Reset => {
                let (from, what) = match event {
                    SocketEvent::Reset => (Server, "The server aborted the connection."),
                    _ => (Client, "The socket was told of a reset."),
                };
                packets.push(rebuilt(self.segments.reset(from, time_ns), what));
                self.over = true;
            }
        }
        packets
    }

    fn data(&mut self, from: Side, time_ns: u64, bytes: &[u8], packets: &mut Vec<ReplayedPacket>) {
        // No data follow a FIN.
        if self.finished[from] {
            return;
        }
        let what = match from {
            Client => "The payload is what the server's socket received; where it was cut is made up.",
            Server => "The payload is what the server's socket sent; where it was cut is made up.",
        };
        let (most, window) = self.segments.room(from);
        for (chunk, push) in pieces(bytes, most) {
            packets.push(rebuilt(self.segments.segment(from, time_ns, chunk, push), what));
            // The segment carries the acknowledgment.
            self.pending[from] = (0, 0);
            let pending = &mut self.pending[from.peer()];
            *pending = (pending.0 + 1, pending.1 + chunk.len());
            if pending.0 == 2 || pending.1 + most > window {
                *pending = (0, 0);
                let what = "An end acknowledges at least every second segment (RFC 9293 §3.8.6.3).";
                packets.push(rebuilt(self.segments.ack(from.peer(), time_ns), what));
            }
        }
    }

    fn finish(&mut self, from: Side, time_ns: u64, packets: &mut Vec<ReplayedPacket>) {
        if std::mem::replace(&mut self.finished[from], true) {
            return;
        }
        let second = self.finished[from.peer()];
        let fin = match from {
            Client => "The server's socket read the end of what the client sent.",
            Server => "The server closed its socket.",
        };
        packets.push(rebuilt(self.segments.fin(from, time_ns), fin));
        let peer = from.peer();
        let ack = if second {
            self.over = true;
            format!("The {peer} closed first, so it now waits in TIME-WAIT: on Linux 60 s.")
        } else {
            "A FIN is acknowledged at once.".to_owned()
        };
        packets.push(rebuilt(self.segments.ack(peer, time_ns), &ack));
    }
}

fn rebuilt(packet: BuiltPacket, what: &str) -> ReplayedPacket {
    ReplayedPacket { packet, evidence: Evidence::Rebuilt, comment: rebuilt_comment(what) }
}

/// The client's saved SYN with its checksum completed, and the end that it shows; `None` if it is another connection's.
fn saved_syn(bytes: &[u8], opening: &AcceptedConnection<'_>) -> Option<(Vec<u8>, TcpEndpoint)> {
    let mut bytes = bytes.to_vec();
    checksum::complete(LinkType::RAW, &mut bytes);
    let raw = RawPacket {
        number: 0,
        time_ns: opening.time_ns,
        link: LinkType::RAW,
        original_length: u32::try_from(bytes.len()).ok()?,
        bytes: &bytes,
        evidence: Evidence::Captured,
    };
    let segment = raw.decode_unverified().ok()?;
    let same = segment.source.port() == opening.client.port()
        && segment.destination.port() == opening.server.port()
        && segment.source.is_ipv4() == opening.server.is_ipv4()
        && segment.flags.has(Flags::SYN)
        && segment.length == 0;
    let end = TcpEndpoint {
        address: segment.source,
        isn: segment.seq,
        options: segment.options,
        window: segment.window.into(),
    };
    same.then_some((bytes, end))
}
