//! Captures from an interface with a packet socket of Linux (`AF_PACKET`): no library, no tool, and no privilege but
//! `CAP_NET_RAW`.

use std::io;
use std::mem::{offset_of, size_of};
use std::os::fd::AsRawFd;
use std::time::Duration;

use libc::c_int;
use socket2::{Domain, Socket, Type};

use super::ancillary::{self, ControlBuffer};
use super::packet_filter;
use super::sockopt;
use crate::capture::Direction;
use crate::capture::LinkType;
use crate::capture::RawPacket;
use crate::capture::link::checksum;
use crate::capture::now_ns;
use crate::capture::write::{SNAPLEN, system};
use crate::capture::{Interface, Statistics};
use crate::observe::Evidence;

/// Size of the kernel's receive buffer, in bytes.
const KERNEL_BUFFER: usize = 32 * 1024 * 1024;

/// Room in front of a packet for a header that the kernel keeps elsewhere: the cooked header, or a VLAN tag.
const HEADROOM: usize = 20;

const LOOPBACK: &str = "lo";
/// All interfaces.
const ANY: &str = "any";

/// Options of a [`PacketSocket`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureOptions {
    /// The interface's name: `lo`, `eth0`, or `any` for all.
    pub interface: String,
    /// The TCP port, of either end.
    pub port: u16,
    /// Treatment of offloaded checksums.
    pub checksums: Checksums,
}

/// Treatment of checksums that are left to the network card (checksum offload).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksums {
    /// Complete them as the card would, for readers that validate.
    Complete,
    /// Leave them.
    AsIs,
}

/// An open packet socket.
#[derive(Debug)]
pub struct PacketSocket {
    socket: Socket,
    options: CaptureOptions,
    link: LinkType,
    buffer: Vec<u8>,
    /// Read timeout of the socket, as last set.
    timeout: Option<Duration>,
    received: u64,
    dropped: u64,
}

/// A packet of a [`PacketSocket`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapturedPacket<'s> {
    /// Time when the kernel saw it, in nanoseconds since 1970.
    pub time_ns: u64,
    /// Link type.
    pub link: LinkType,
    /// Length on the wire, in bytes.
    pub original_length: u32,
    /// Captured bytes, from the link header on.
    pub bytes: &'s [u8],
    /// Direction; on the loopback interface that of the end at the captured port.
    pub direction: Direction,
}

impl<'s> CapturedPacket<'s> {
    /// The packet as number `number` of a capture, to be decoded.
    #[must_use]
    pub const fn raw(&self, number: u64) -> RawPacket<'s> {
        RawPacket {
            number,
            time_ns: self.time_ns,
            link: self.link,
            original_length: self.original_length,
            bytes: self.bytes,
            evidence: Evidence::Captured,
        }
    }
}

impl PacketSocket {
    /// Opens the socket and begins to capture: no packet after the return is missed.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] without `CAP_NET_RAW`; if there is no such interface.
    pub fn open(options: CaptureOptions) -> io::Result<Self> {
        let (index, ethernet) = match options.interface.as_str() {
            ANY => (0, false),
            // ARPHRD_ETHER and ARPHRD_LOOPBACK.
            name => (number(name, "ifindex")?, matches!(number(name, "type")?, 1 | 772)),
        };
        let kind = if ethernet { Type::RAW } else { Type::DGRAM };
        let link = if ethernet { LinkType::ETHERNET } else { LinkType::LINUX_SLL2 };
        // Protocol 0 lets nothing in: the filter comes before the first packet.
        let socket = Socket::new(Domain::PACKET, kind, None)?;
        let loopback = number(LOOPBACK, "ifindex").unwrap_or(u32::MAX);
        socket.attach_filter(&packet_filter::tcp_port(options.port, loopback))?;
        let room = c_int::try_from(KERNEL_BUFFER).unwrap_or(c_int::MAX);
        if sockopt::set(&socket, libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, room).is_err() {
            // Without CAP_NET_ADMIN there is as much as net.core.rmem_max allows.
            socket.set_recv_buffer_size(KERNEL_BUFFER)?;
        }
        sockopt::set(&socket, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, 1)?;
        sockopt::set(&socket, libc::SOL_PACKET, libc::PACKET_AUXDATA, 1)?;
        bind(&socket, index)?;
        let buffer = vec![0; HEADROOM + SNAPLEN as usize];
        Ok(Self { socket, options, link, buffer, timeout: None, received: 0, dropped: 0 })
    }

    /// Description of the interface for a capture.
    #[must_use]
    pub fn interface(&self) -> Interface {
        let mut description = Vec::new();
        if self.options.checksums == Checksums::Complete {
            description.push("checksums left to the network card are completed");
        }
        if self.options.interface == LOOPBACK {
            description.push("directions are the server's");
        }
        Interface {
            snaplen: SNAPLEN,
            name: Some(self.options.interface.clone()),
            description: (!description.is_empty()).then(|| description.join("; ")),
            filter: Some(format!("tcp port {}", self.options.port)),
            os: Some(system()),
            ..Interface::new(self.link)
        }
    }

    /// Receives the next packet; `None` if none comes within `timeout`. A timeout of zero takes only queued packets.
    ///
    /// To stop without loss, call with zero until it returns `None`.
    ///
    /// # Errors
    /// If the interface is gone.
    pub fn receive(&mut self, timeout: Duration) -> io::Result<Option<CapturedPacket<'_>>> {
        let flags = if timeout.is_zero() {
            libc::MSG_DONTWAIT
        } else {
            if self.timeout != Some(timeout) {
                self.socket.set_read_timeout(Some(timeout))?;
                self.timeout = Some(timeout);
            }
            0
        };
        let mut control = ControlBuffer::new();
        let received = ancillary::receive(
            &self.socket,
            &mut self.buffer[HEADROOM..],
            &mut control,
            flags | libc::MSG_TRUNC,
        );
        let (len, from) = match received {
            Ok(received) => received,
            Err(error) => {
                return match error.kind() {
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted => {
                        Ok(None)
                    }
                    _ => Err(error),
                };
            }
        };
        let mut begin = HEADROOM;
        let end = HEADROOM + len.min(SNAPLEN as usize);
        let ancillary_data = control.read();
        let wire = ancillary_data.len.map_or(len, |len| len as usize);
        if self.link == LinkType::LINUX_SLL2 {
            begin = 0;
            self.buffer[..HEADROOM].copy_from_slice(&cooked(&from));
        } else if let Some(tag) = ancillary_data.vlan
            && end - begin >= 12
        {
            // The kernel strips the tag; it goes back to where it was.
            begin -= 4;
            self.buffer.copy_within(HEADROOM..HEADROOM + 12, begin);
            self.buffer[begin + 12..begin + 16].copy_from_slice(&tag);
        }
        let packet = &mut self.buffer[begin..end];
        if ancillary_data.checksum_missing && self.options.checksums == Checksums::Complete {
            checksum::complete(self.link, packet);
        }
        let time_ns = ancillary_data.time_ns.unwrap_or_else(now_ns);
        let original_length = (wire + HEADROOM - begin) as u32;
        let direction =
            if from.sll_pkttype == libc::PACKET_OUTGOING { Direction::Outbound } else { Direction::Inbound };
        let mut packet =
            CapturedPacket { time_ns, link: self.link, original_length, bytes: packet, direction };
        if u32::from(from.sll_hatype) == u32::from(libc::ARPHRD_LOOPBACK)
            && let Ok(segment) = packet.raw(0).decode_unverified()
            && segment.source.port() != self.options.port
        {
            // Every packet of the loopback interface leaves it.
            packet.direction = Direction::Inbound;
        }
        Ok(Some(packet))
    }

    /// Counters so far, for the interface with this index in a capture.
    ///
    /// # Errors
    /// If the socket is gone.
    pub fn statistics(&mut self, interface: usize) -> io::Result<Statistics> {
        let (received, dropped) = counters(&self.socket)?;
        self.received += u64::from(received);
        self.dropped += u64::from(dropped);
        Ok(Statistics {
            interface,
            time_ns: now_ns(),
            begin_ns: None,
            end_ns: None,
            received: Some(self.received),
            dropped: Some(self.dropped),
            comments: Vec::new(),
        })
    }
}

/// An attribute of an interface in `/sys/class/net`.
fn number(interface: &str, file: &str) -> io::Result<u32> {
    // The name comes from the command line, and is no path.
    let named = !interface.is_empty() && !interface.contains('/') && !interface.starts_with('.');
    let text = named.then(|| std::fs::read_to_string(format!("/sys/class/net/{interface}/{file}")));
    let text = text.and_then(Result::ok).and_then(|text| text.trim_end().parse().ok());
    text.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no interface {interface}")))
}

/// The header of a cooked capture, version 2.
fn cooked(from: &libc::sockaddr_ll) -> [u8; HEADROOM] {
    let mut header = [0; HEADROOM];
    // Its protocol is in network byte order already.
    header[..2].copy_from_slice(&from.sll_protocol.to_ne_bytes());
    header[4..8].copy_from_slice(&from.sll_ifindex.to_be_bytes());
    header[8..10].copy_from_slice(&from.sll_hatype.to_be_bytes());
    header[10..12].copy_from_slice(&[from.sll_pkttype, from.sll_halen]);
    header[12..].copy_from_slice(&from.sll_addr);
    header
}

/// Packets received and dropped since the last call; reading resets both.
fn counters(socket: &Socket) -> io::Result<(u32, u32)> {
    let mut counted = [0; size_of::<libc::tpacket_stats>()];
    sockopt::get(socket, libc::SOL_PACKET, libc::PACKET_STATISTICS, &mut counted)?;
    let word =
        |at: usize| u32::from_ne_bytes([counted[at], counted[at + 1], counted[at + 2], counted[at + 3]]);
    let (packets, drops) =
        (offset_of!(libc::tpacket_stats, tp_packets), offset_of!(libc::tpacket_stats, tp_drops));
    Ok((word(packets), word(drops)))
}

#[expect(unsafe_code, reason = "an address of AF_PACKET cannot be made by socket2")]
fn bind(socket: &Socket, index: u32) -> io::Result<()> {
    let address = libc::sockaddr_ll {
        sll_family: libc::AF_PACKET as u16,
        sll_protocol: (libc::ETH_P_ALL as u16).to_be(),
        sll_ifindex: index.cast_signed(),
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 0,
        sll_addr: [0; 8],
    };
    // SAFETY: the address is read during the call only, and its size is given.
    let result = unsafe {
        let address: *const libc::sockaddr_ll = &raw const address;
        libc::bind(socket.as_raw_fd(), address.cast(), size_of::<libc::sockaddr_ll>() as u32)
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
