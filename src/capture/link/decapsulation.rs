//! The way through a packet to its TCP segment: link headers, tags, tunnels and IP, one in the other.

use std::net::IpAddr;

use super::ip::{self, Fault, Header, Version};
use super::layer::{Carried, Content, Step, Trace};
use super::{header, link_type, tunnel};
use crate::capture::{Anomaly, LinkType};
use crate::observe::{Encapsulation, Ip};

/// The most tunnels in one another.
pub(super) const MOST_TUNNELS: usize = 16;

/// TCP, and the IP packet that it came in.
pub(super) struct Addressed<'p> {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    pub(super) ip: Ip,
    pub(super) payload: Carried<'p>,
}

/// The IP packet around what is being read.
#[derive(Clone, Copy)]
struct Outer {
    ends: [IpAddr; 2],
    ip: Ip,
}

/// Follows a packet to its TCP segment.
#[inline]
pub(super) fn decapsulate<'p>(
    link: LinkType,
    packet: Carried<'p>,
    trace: &mut impl Trace<'p>,
) -> Result<Addressed<'p>, Anomaly> {
    let mut step = link_type::header(link, packet)?;
    let mut outer: Option<Outer> = None;
    let mut tunnels = 0;
    loop {
        let Step { content, carried, .. } = step;
        step = match content {
            Content::EtherType(kind) => header::ether::payload(kind, carried)?,
            Content::Internet => {
                let (around, number, payload) = internet(carried, trace)?;
                if number == ip::TCP {
                    let [source, destination] = around.ends;
                    return Ok(Addressed { source, destination, ip: around.ip, payload });
                }
                outer = Some(around);
                Step { content: Content::Protocol(number), carried: payload, through: None }
            }
            Content::Protocol(ip::TCP) => {
                let around = outer.expect("a protocol number comes from an IP header");
                let [source, destination] = around.ends;
                return Ok(Addressed { source, destination, ip: around.ip, payload: carried });
            }
            Content::Protocol(number) => tunnel::payload(number, carried).inspect_err(|_| {
                let source = outer.map(|outer| outer.ends[0]);
                if let Some(source) = source {
                    trace.payload(source, number, carried);
                }
            })?,
            Content::Link(link) => link_type::header(link, carried)?,
            Content::Llc => header::ether::llc(carried)?,
            Content::Ppp => header::ppp::protocol(carried)?,
        };
        if let Some((protocol, id)) = step.through {
            let is_in_ip = matches!(content, Content::Protocol(_));
            let ends = outer.map(|outer| outer.ends).filter(|_| is_in_ip);
            trace.encapsulation(|| Encapsulation { protocol, id, ends });
            tunnels += usize::from(is_in_ip);
            if tunnels > MOST_TUNNELS {
                return Err(Anomaly::TooDeep);
            }
        }
    }
}

/// An IP header: the protocol it carries, and the payload.
#[inline]
fn internet<'p>(
    packet: Carried<'p>,
    trace: &mut impl Trace<'p>,
) -> Result<(Outer, u8, Carried<'p>), Anomaly> {
    let bytes = packet.bytes;
    trace.internet(packet);
    let header = Header::read(bytes).map_err(|fault| match fault {
        Fault::Cut => Anomaly::CutInHeader,
        Fault::NoVersion => Anomaly::BadHeader("IP"),
        Fault::Length => Anomaly::BadHeader("IPv4"),
        Fault::Fragment => {
            trace.fragment(packet);
            Anomaly::Fragment
        }
    })?;
    // A length beyond the captured bytes: the packet was cut, whether its record says so or not.
    let payload = packet.part(header.len, header.total.unwrap_or(packet.wire));
    let ip = match header.version {
        Version::Four => Ip { ttl: bytes[8], id: Some(u16::from_be_bytes([bytes[4], bytes[5]])) },
        Version::Six => Ip { ttl: bytes[7], id: None },
    };
    Ok((Outer { ends: header.ends(bytes), ip }, header.carries, payload))
}

/// Offset of the first IP header in a packet.
pub(in crate::capture) fn first_internet(link: LinkType, bytes: &[u8]) -> Option<usize> {
    internet_headers(link, bytes).0.first().copied()
}

/// Offset of the IP header that TCP stands behind; `None` without TCP.
#[must_use]
pub fn innermost_internet(link: LinkType, bytes: &[u8]) -> Option<usize> {
    let (headers, has_tcp) = internet_headers(link, bytes);
    headers.last().copied().filter(|_| has_tcp)
}

/// Offsets of the IP headers, the outermost first, and whether TCP stands behind the last.
fn internet_headers(link: LinkType, bytes: &[u8]) -> (Vec<usize>, bool) {
    struct Headers(Vec<usize>);
    impl<'p> Trace<'p> for Headers {
        fn internet(&mut self, packet: Carried<'p>) {
            self.0.push(packet.at);
        }
    }
    let mut headers = Headers(Vec::new());
    let packet = Carried { at: 0, bytes, wire: bytes.len() };
    let has_tcp = decapsulate(link, packet, &mut headers).is_ok();
    (headers.0, has_tcp)
}

/// Encapsulations of a packet, the outermost first.
pub(super) fn encapsulations(link: LinkType, packet: Carried<'_>) -> Vec<Encapsulation> {
    struct Encapsulations(Vec<Encapsulation>);
    impl Trace<'_> for Encapsulations {
        fn encapsulation(&mut self, encapsulation: impl FnOnce() -> Encapsulation) {
            // Tags and labels are as many as a packet has room for.
            if self.0.len() < 2 * MOST_TUNNELS {
                self.0.push(encapsulation());
            }
        }
    }
    let mut found = Encapsulations(Vec::new());
    // Of what is not read to its end, that which was read.
    let _ = decapsulate(link, packet, &mut found);
    found.0
}
