//! Builds the packets of a TCP connection, exact in every number, so that Wireshark has nothing to complain about.

use std::net::{IpAddr, SocketAddr};

use etherparse::{IpNumber, Ipv4Header, Ipv6Header, TcpHeader, TcpOptionElement};

use crate::capture::LinkType;
use crate::capture::RawPacket;
use crate::observe::{Evidence, Flags, Options, Segment};
use crate::wire::Side;

/// Time to live, and hop limit.
const TTL: u8 = 64;

/// Limit of a SYN's options, in bytes with padding.
const MOST_OPTIONS: usize = 40;

/// The largest TCP payload that fits an IP packet, whatever the options.
const MOST_PAYLOAD: usize = 65_535 - 40 - 20 - MOST_OPTIONS;

/// One end of a connection, as its packets show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpEndpoint {
    /// Its address and port.
    pub address: SocketAddr,
    /// Its initial sequence number.
    pub isn: u32,
    /// The options of its SYN. Window scale, SACK and timestamps hold if both ends offer them.
    pub options: Options,
    /// The window it offers, in bytes.
    pub window: u32,
}

impl TcpEndpoint {
    /// An end as Linux shows it on an Ethernet: MSS 1460 (IPv6: 1440), SACK, timestamps, a scaled window of 64 KiB.
    #[must_use]
    pub const fn linux(address: SocketAddr, isn: u32) -> Self {
        let options = Options {
            mss: Some(if address.is_ipv4() { 1460 } else { 1440 }),
            window_scale: Some(7),
            sack_permitted: true,
            timestamps: Some((isn ^ 0x5555_5555, 0)),
        };
        Self { address, isn, options, window: 64_240 }
    }
}

/// A packet of a [`SegmentBuilder`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltPacket {
    /// Sender.
    pub from: Side,
    /// Time, in nanoseconds since 1970.
    pub time_ns: u64,
    /// Bytes, from the IP header on ([`LinkType::RAW`]).
    pub bytes: Vec<u8>,
}

impl BuiltPacket {
    /// The TCP segment, as packet `number` of a capture.
    ///
    /// # Panics
    /// If the packet was not built here.
    #[must_use]
    pub fn segment(&self, number: u64) -> Segment<'_> {
        let raw = RawPacket {
            number,
            time_ns: self.time_ns,
            link: LinkType::RAW,
            original_length: self.bytes.len() as u32,
            bytes: &self.bytes,
            evidence: Evidence::Rebuilt,
        };
        raw.decode_unverified().expect("a TCP segment was built")
    }
}

/// Send and receive variables of one end (RFC 9293 §3.3.1).
#[derive(Debug, Clone)]
struct Numbers {
    end: TcpEndpoint,
    /// True once anything was sent.
    has_sent: bool,
    /// SND.NXT.
    next: u32,
    /// The latest timestamp sent.
    stamp: u32,
    /// RCV.NXT
    received: Option<u32>,
    /// The peer's latest timestamp received.
    echo: u32,
    /// True while what the peer sends is in flight.
    in_flight: bool,
    /// The next IP identification.
    id: u16,
}

impl Numbers {
    const fn new(end: TcpEndpoint) -> Self {
        Self {
            end,
            has_sent: false,
            next: end.isn,
            stamp: 0,
            received: None,
            echo: 0,
            in_flight: false,
            id: end.isn as u16,
        }
    }
}

/// Builds a connection packet by packet: each method builds the next segments, numbered after those before.
///
/// A segment arrives at the peer at once, unless [`hold`](Self::hold) keeps it in flight.
#[derive(Debug, Clone)]
pub struct SegmentBuilder {
    client: Numbers,
    server: Numbers,
    begin_ns: Option<u64>,
    /// True if both SYNs offered it.
    scaled: bool,
    stamped: bool,
}

impl SegmentBuilder {
    /// A connection before its first packet. If one end has an IPv6 address, the other's IPv4 address is mapped to IPv6.
    #[must_use]
    pub fn new(mut client: TcpEndpoint, mut server: TcpEndpoint) -> Self {
        if client.address.is_ipv6() != server.address.is_ipv6() {
            for end in [&mut client, &mut server] {
                if let IpAddr::V4(address) = end.address.ip() {
                    end.address.set_ip(address.to_ipv6_mapped().into());
                }
            }
        }
        let scaled = client.options.window_scale.is_some() && server.options.window_scale.is_some();
        let stamped = client.options.timestamps.is_some() && server.options.timestamps.is_some();
        // A server does not offer what it was not offered (RFC 7323 §2.2 and §3.2, RFC 2018 §2).
        if !scaled {
            server.options.window_scale = None;
        }
        if !stamped {
            server.options.timestamps = None;
        }
        server.options.sack_permitted &= client.options.sack_permitted;
        Self { client: Numbers::new(client), server: Numbers::new(server), begin_ns: None, scaled, stamped }
    }

    /// Keeps what the peer sends from now on in flight: `side` does not acknowledge it.
    pub fn hold(&mut self, side: Side) {
        self.numbers(side).in_flight = true;
    }

    /// Delivers what was in flight to `side`.
    pub fn release(&mut self, side: Side) {
        self.numbers(side).in_flight = false;
        self.arrive(side);
    }

    /// The client's captured SYN, from the IP header on. Its ISN and options must be those of the client's
    /// [`TcpEndpoint`].
    pub(super) fn saved_syn(&mut self, time_ns: u64, bytes: &[u8]) -> BuiltPacket {
        let mut built = self.syn(Side::Client, time_ns);
        if let [0x40..=0x4F, _, _, _, high, low, ..] = *bytes {
            self.client.id = u16::from_be_bytes([high, low]).wrapping_add(1);
        }
        built.bytes.clear();
        built.bytes.extend_from_slice(bytes);
        built
    }

    /// Limits of an end: payload of a segment, and window of the peer, in bytes.
    pub(super) fn room(&self, from: Side) -> (usize, usize) {
        let peer = match from {
            Side::Client => &self.server,
            Side::Server => &self.client,
        };
        (self.most_payload(), peer.end.window as usize)
    }

    /// The SYN of the client, or of the server in a simultaneous open.
    pub fn syn(&mut self, from: Side, time_ns: u64) -> BuiltPacket {
        self.send(from, time_ns, Flags::SYN, &[])
    }

    /// SYN and ACK.
    pub fn syn_ack(&mut self, from: Side, time_ns: u64) -> BuiltPacket {
        self.numbers(from).next = self.numbers(from).end.isn;
        self.send(from, time_ns, Flags::SYN | Flags::ACK, &[])
    }

    /// ACK of everything that arrived.
    pub fn ack(&mut self, from: Side, time_ns: u64) -> BuiltPacket {
        self.send(from, time_ns, Flags::ACK, &[])
    }

    /// The segments of one write, cut by the MSS, PSH on the last.
    pub fn data<'c>(
        &'c mut self,
        from: Side,
        time_ns: u64,
        bytes: &'c [u8],
    ) -> impl Iterator<Item = BuiltPacket> + use<'c> {
        let most = self.most_payload();
        pieces(bytes, most).map(move |(chunk, push)| self.segment(from, time_ns, chunk, push))
    }

    /// One segment of a write.
    pub(super) fn segment(&mut self, from: Side, time_ns: u64, payload: &[u8], push: Flags) -> BuiltPacket {
        self.send(from, time_ns, Flags::ACK | push, payload)
    }

    /// Skips the sequence numbers of bytes that no packet has.
    pub(super) fn skip(&mut self, from: Side, len: u32) {
        let own = self.numbers(from);
        own.next = own.next.wrapping_add(len);
        if !self.numbers(from.peer()).in_flight {
            self.arrive(from.peer());
        }
    }

    /// FIN and ACK.
    pub fn fin(&mut self, from: Side, time_ns: u64) -> BuiltPacket {
        self.send(from, time_ns, Flags::FIN | Flags::ACK, &[])
    }

    /// RST with an acknowledgment: how a connection is aborted, and how a SYN is refused (RFC 9293 §3.10.7.1).
    pub fn reset(&mut self, from: Side, time_ns: u64) -> BuiltPacket {
        let own = self.numbers(from);
        if !own.has_sent {
            // A refusal has the sequence number 0.
            own.next = 0;
        }
        self.send(from, time_ns, Flags::RST | Flags::ACK, &[])
    }

    /// RST without an acknowledgment: the answer of an end that no longer knows the connection to a segment of it.
    pub fn bare_reset(&mut self, from: Side, time_ns: u64) -> BuiltPacket {
        self.send(from, time_ns, Flags::RST, &[])
    }

    /// Limit of a segment's payload in bytes (RFC 9293 §3.7.1, RFC 6691).
    fn most_payload(&self) -> usize {
        let options = if self.stamped { 12 } else { 0 };
        let mss =
            |end: &TcpEndpoint| end.options.mss.unwrap_or(if end.address.is_ipv4() { 536 } else { 1220 });
        // An end that announces what its own network can take sends no more either.
        let mss = mss(&self.client.end).min(mss(&self.server.end));
        usize::from(mss).saturating_sub(options).clamp(1, MOST_PAYLOAD)
    }

    fn numbers(&mut self, side: Side) -> &mut Numbers {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// All that the other end has sent is here.
    fn arrive(&mut self, side: Side) {
        let sent = self.numbers(side.peer());
        if !sent.has_sent {
            return;
        }
        let (next, stamp) = (sent.next, sent.stamp);
        let own = self.numbers(side);
        own.received = Some(next);
        own.echo = stamp;
    }

    fn send(&mut self, from: Side, time_ns: u64, flags: Flags, payload: &[u8]) -> BuiltPacket {
        let begin_ns = *self.begin_ns.get_or_insert(time_ns);
        let (scaled, stamped) = (self.scaled, self.stamped);
        let peer = self.numbers(from.peer()).end.address;
        let own = self.numbers(from);
        let syn = flags.has(Flags::SYN);

        let mut header = TcpHeader::new(own.end.address.port(), peer.port(), own.next, 0);
        [header.fin, header.syn, header.rst, header.psh, header.ack] =
            [Flags::FIN, Flags::SYN, Flags::RST, Flags::PSH, Flags::ACK].map(|flag| flags.has(flag));
        if header.ack {
            header.acknowledgment_number = own.received.unwrap_or(0);
        }
        // The window of a SYN is never scaled (RFC 7323 §2.2); a RST has none.
        let shift = if scaled && !syn { own.end.options.window_scale.unwrap_or(0).min(14) } else { 0 };
        header.window_size = match flags {
            _ if header.rst => 0,
            _ => u16::try_from(own.end.window >> shift).unwrap_or(u16::MAX),
        };
        let mut elements = Vec::with_capacity(8);
        if syn {
            let own = own.end.options;
            elements.extend(own.mss.map(TcpOptionElement::MaximumSegmentSize));
            elements
                .extend(own.sack_permitted.then_some(TcpOptionElement::SelectiveAcknowledgementPermitted));
        }
        if let Some((first, _)) = own.end.options.timestamps
            && (syn || stamped && !header.rst)
        {
            // A millisecond is a tick, as Linux has it. RFC 7323 §3.2: the echo is valid only with an ACK.
            let value = first.wrapping_add((time_ns.saturating_sub(begin_ns) / 1_000_000) as u32);
            let echo = if header.ack { own.echo } else { 0 };
            if !syn {
                elements.extend([TcpOptionElement::Noop, TcpOptionElement::Noop]);
            }
            elements.push(TcpOptionElement::Timestamp(value, echo));
            own.stamp = value;
        }
        if syn && let Some(scale) = own.end.options.window_scale {
            elements.extend([TcpOptionElement::Noop, TcpOptionElement::WindowScale(scale)]);
        }
        header.set_options(&elements).expect("at most 24 bytes of options");
        let taken = payload.len() as u32 + u32::from(syn) + u32::from(header.fin);
        let bytes = packet(own.end.address.ip(), peer.ip(), own.id, header, payload);
        own.has_sent = true;
        own.id = own.id.wrapping_add(1);
        own.next = own.next.wrapping_add(taken);
        if !self.numbers(from.peer()).in_flight {
            self.arrive(from.peer());
        }
        BuiltPacket { from, time_ns, bytes }
    }
}

/// The segments' payloads of one write, PSH for the last.
pub(super) fn pieces(bytes: &[u8], most: usize) -> impl Iterator<Item = (&[u8], Flags)> {
    let last = bytes.len().div_ceil(most);
    let push = move |i| if i + 1 == last { Flags::PSH } else { Flags::default() };
    bytes.chunks(most).enumerate().map(move |(i, piece)| (piece, push(i)))
}

/// The IP packet around a TCP header, with the checksums of both.
fn packet(source: IpAddr, destination: IpAddr, id: u16, mut header: TcpHeader, payload: &[u8]) -> Vec<u8> {
    const FITS: &str = "a segment is at most as long as an IP packet can be";
    let len = header.header_len() + payload.len();
    let mut bytes = Vec::with_capacity(40 + len);
    match (source, destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            let mut ip =
                Ipv4Header::new(len as u16, TTL, IpNumber::TCP, source.octets(), destination.octets())
                    .expect(FITS);
            ip.identification = id;
            ip.dont_fragment = true;
            ip.header_checksum = ip.calc_header_checksum();
            header.checksum = header.calc_checksum_ipv4(&ip, payload).expect(FITS);
            bytes.extend_from_slice(&ip.to_bytes());
        }
        (source, destination) => {
            let [source, destination] = [source, destination].map(|address| match address {
                IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
                IpAddr::V6(address) => address.octets(),
            });
            let ip = Ipv6Header {
                payload_length: len as u16,
                next_header: IpNumber::TCP,
                hop_limit: TTL,
                source,
                destination,
                ..Ipv6Header::default()
            };
            header.checksum = header.calc_checksum_ipv6(&ip, payload).expect(FITS);
            bytes.extend_from_slice(&ip.to_bytes());
        }
    }
    bytes.extend_from_slice(&header.to_bytes());
    bytes.extend_from_slice(payload);
    bytes
}
