//! Where packets come from: the packet socket, or what is rebuilt from our own sockets.

use std::borrow::Cow;
use std::io;
use std::net::TcpStream;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use wirewalk::capture::{
    AcceptedConnection, BuiltPacket, CaptureOptions, Checksums, Direction, Interface, LinkType, PacketSocket,
    REBUILT, RawPacket, ReplayedPacket, SocketEvent, SocketInfo, SocketReplay,
};
use wirewalk::observe::Evidence;
use wirewalk::wire::Side;

/// The loopback interface.
const LOOPBACK: &str = "lo";

/// A packet, wherever it comes from.
pub(crate) struct Packet {
    pub(crate) time_ns: u64,
    pub(crate) link: LinkType,
    pub(crate) bytes: Vec<u8>,
    /// As the server sees it.
    pub(crate) direction: Direction,
    pub(crate) evidence: Evidence,
    /// What is to be said of a packet that was rebuilt.
    pub(crate) comment: Option<Cow<'static, str>>,
}

impl Packet {
    /// The packet as the `number`th of a capture, to be decoded.
    pub(crate) fn raw(&self, number: u64) -> RawPacket<'_> {
        RawPacket {
            number,
            time_ns: self.time_ns,
            link: self.link,
            original_length: self.bytes.len() as u32,
            bytes: &self.bytes,
            evidence: self.evidence,
        }
    }
}

/// A packet that no network has seen.
impl From<BuiltPacket> for Packet {
    fn from(BuiltPacket { from, time_ns, bytes }: BuiltPacket) -> Self {
        let direction = if from == Side::Client { Direction::Inbound } else { Direction::Outbound };
        let comment = Some(format!("[wirewalk] {REBUILT}.").into());
        Self { time_ns, link: LinkType::RAW, bytes, direction, evidence: Evidence::Rebuilt, comment }
    }
}

impl From<ReplayedPacket> for Packet {
    fn from(ReplayedPacket { packet, evidence, comment }: ReplayedPacket) -> Self {
        Self { evidence, comment: Some(comment), ..packet.into() }
    }
}

/// Where packets come from.
pub(super) enum Packets {
    /// They are captured.
    Captured(PacketSocket),
    /// They are rebuilt, each as soon as a socket has done what it is for.
    Rebuilt { from_taps: Receiver<Packet>, to_us: Sender<Packet> },
}

impl Packets {
    /// Those of the server at this port, from now on.
    pub(super) fn of(port: u16) -> Self {
        let checksums = Checksums::Complete;
        match PacketSocket::open(CaptureOptions { interface: LOOPBACK.to_owned(), port, checksums }) {
            Ok(socket) => {
                println!("Packets: captured, every one that passes port {port}.");
                Self::Captured(socket)
            }
            Err(error) => {
                println!("Packets: rebuilt from what the sockets do; capturing was refused ({error}).");
                let (to_us, from_taps) = mpsc::channel();
                Self::Rebuilt { from_taps, to_us }
            }
        }
    }

    /// What the capture will say of where they were taken.
    pub(super) fn interface(&self) -> Interface {
        match self {
            Self::Captured(socket) => socket.interface(),
            Self::Rebuilt { .. } => rebuilt(LOOPBACK, "rebuilt from what sockets did, not captured"),
        }
    }

    /// The next one, if there is one within this time.
    pub(super) fn next(&mut self, patience: Duration) -> io::Result<Option<Packet>> {
        match self {
            Self::Captured(socket) => Ok(socket.receive(patience)?.map(|caught| Packet {
                time_ns: caught.time_ns,
                link: caught.link,
                bytes: caught.bytes.to_vec(),
                direction: caught.direction,
                evidence: Evidence::Captured,
                comment: None,
            })),
            Self::Rebuilt { from_taps, .. } => Ok(from_taps.recv_timeout(patience).ok()),
        }
    }

    /// What an end of a new connection must tell; nothing if packets are captured.
    pub(super) fn tap(&self, end: Side, stream: &TcpStream) -> io::Result<Option<Tap>> {
        match self {
            Self::Captured(_) => Ok(None),
            Self::Rebuilt { to_us, .. } => Tap::open(end, stream, to_us.clone()).map(Some),
        }
    }
}

/// An interface on which nothing was captured.
pub(crate) fn rebuilt(name: &str, description: &str) -> Interface {
    Interface {
        name: Some(name.to_owned()),
        description: Some(description.to_owned()),
        snaplen: 262_144,
        ..Interface::new(LinkType::RAW)
    }
}

/// What a socket does, made into packets.
pub(super) struct Tap {
    end: Side,
    rebuild: SocketReplay,
    packets: Sender<Packet>,
}

impl Tap {
    fn open(end: Side, stream: &TcpStream, packets: Sender<Packet>) -> io::Result<Self> {
        let facts = SocketInfo::of(stream)?;
        let (own, peer) = (stream.local_addr()?, stream.peer_addr()?);
        let (client, server) = if end == Side::Client { (own, peer) } else { (peer, own) };
        let (rebuild, first) = SocketReplay::open(&AcceptedConnection {
            time_ns: now(),
            round_trip_ns: facts.round_trip_ns,
            client,
            server,
            saved_syn: facts.saved_syn.as_deref(),
            // Nobody tells it, so any will do.
            server_isn: now() as u32,
            server_options: facts.options,
            window: facts.window,
        });
        let tap = Self { end, rebuild, packets };
        tap.send(first);
        Ok(tap)
    }

    /// The end did this.
    pub(super) fn tell(&mut self, event: SocketEvent<'_>) {
        use SocketEvent::{Finished, Lost, PeerFinished, PeerReset, Received, Reset, Sent};
        let at_server = match (self.end, event) {
            (Side::Server, event) | (Side::Client, event @ Lost(..)) => event,
            (Side::Client, Sent(bytes)) => Received(bytes),
            (Side::Client, Received(bytes)) => Sent(bytes),
            (Side::Client, Finished) => PeerFinished,
            (Side::Client, PeerFinished) => Finished,
            (Side::Client, Reset) => PeerReset,
            (Side::Client, PeerReset) => Reset,
        };
        let packets = self.rebuild.event(now(), at_server);
        self.send(packets);
    }

    fn send(&self, packets: Vec<ReplayedPacket>) {
        for mut packet in packets {
            if self.end == Side::Client {
                packet.comment = format!("[wirewalk] {REBUILT}. The client's socket told of it.").into();
            }
            // Nobody listens any more when the scene is over.
            let _ = self.packets.send(packet.into());
        }
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_nanos() as u64
}
