//! Headers that no wire carries: of the system that captured, in front of a packet.

use super::super::layer::{Carried, Content, Step, internet};
use super::super::link_type::LinkType;
use super::ppp;
use crate::capture::Anomaly;

/// A number of 32 bits in the byte order of the machine that captured, which is below 65,536 in one of the two.
fn host_order(bytes: [u8; 4]) -> u32 {
    let big = u32::from_be_bytes(bytes);
    if big <= 0xFFFF { big } else { u32::from_le_bytes(bytes) }
}

/// `AF_INET`, and `AF_INET6` of Linux, NetBSD, FreeBSD, macOS and IPNET, each with its own number.
const fn is_internet_family(family: u32) -> bool {
    matches!(family, 2 | 10 | 24 | 26 | 28 | 30)
}

/// IP behind `len` bytes, if the address family says so.
fn of_family(family: u32, carried: Carried<'_>, len: usize) -> Result<Step<'_>, Anomaly> {
    if is_internet_family(family) {
        Step::plain(Content::Internet, carried, len)
    } else {
        Err(Anomaly::NoNetwork)
    }
}

/// BSD loopback: an address family.
pub(in crate::capture::link) fn loopback(packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    of_family(host_order(*packet.first()?), packet, 4)
}

/// Linux cooked capture, version 1.
pub(in crate::capture::link) fn cooked(packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    Step::plain(Content::EtherType(packet.number(14)?), packet, 16)
}

/// Linux cooked capture, version 2.
pub(in crate::capture::link) fn cooked_2(packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    Step::plain(Content::EtherType(packet.number(0)?), packet, 20)
}

/// NFLOG of Linux: type-length-value records, one of which is the packet.
pub(in crate::capture::link) fn nflog(packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    const PAYLOAD: u16 = 9;
    let mut rest = packet.skip(4)?;
    // The byte order is the machine's: a record's length is below its value's in the right one.
    while !rest.bytes.is_empty() {
        let [a, b, c, d] = *rest.first()?;
        let (little, big) =
            ([[a, b], [c, d]].map(u16::from_le_bytes), [[a, b], [c, d]].map(u16::from_be_bytes));
        let [len, kind] = if little[1] & 0x7FFF <= 0xFF { little } else { big };
        let len = usize::from(len);
        if len < 4 {
            return Err(Anomaly::BadHeader("NFLOG"));
        }
        if kind & 0x7FFF == PAYLOAD {
            return internet(rest.part(0, len.min(rest.wire)), 4);
        }
        rest = rest.skip(len.next_multiple_of(4))?;
    }
    Err(Anomaly::NoNetwork)
}

/// PFLOG of BSD's packet filter: its length, without padding, then the address family.
pub(in crate::capture::link) fn pflog(packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let [len, family] = *packet.first()?;
    of_family(family.into(), packet, usize::from(len).next_multiple_of(4).max(4))
}

/// PKTAP of macOS: its length, the kind of record, and the link type of what follows.
pub(in crate::capture::link) fn pktap(packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let header: &[u8; 12] = packet.first()?;
    let [len, kind, link] =
        [0, 4, 8].map(|at| u32::from_le_bytes(*header[at..].first_chunk().expect("twelve bytes")) as usize);
    if len < header.len() {
        return Err(Anomaly::BadHeader("PKTAP"));
    }
    // A record that is no packet.
    if kind != 1 {
        return Err(Anomaly::NoNetwork);
    }
    Step::plain(Content::Link(LinkType(link as u32)), packet, len)
}

/// ENC of BSD's `IPsec`: address family, SPI, flags; what follows is decrypted.
pub(in crate::capture::link) fn enc(packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    of_family(host_order(*packet.first()?), packet, 12)
}

/// IPNET of Solaris.
pub(in crate::capture::link) fn ipnet(packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let [_, family] = *packet.first()?;
    of_family(family.into(), packet, 24)
}

/// PPP behind a byte that gives the direction.
pub(in crate::capture::link) fn ppp_with_direction(packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    ppp::frame(packet.skip(1)?)
}

/// PPI: its length, and the link type of what follows.
pub(in crate::capture::link) fn ppi(packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let [_, _, low, high, link @ ..]: [u8; 8] = *packet.first()?;
    let len = usize::from(u16::from_le_bytes([low, high])).max(8);
    Step::plain(Content::Link(LinkType(u32::from_le_bytes(link))), packet, len)
}

/// A packet of a Juniper router: a magic number, flags, extensions, then what `inner` says.
pub(in crate::capture::link) fn juniper(inner: Content, packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    const EXTENSIONS: u8 = 0x80;
    const NO_LINK_HEADER: u8 = 0x02;
    let [b'M', b'G', b'C', flags] = *packet.first()? else { return Err(Anomaly::BadHeader("Juniper")) };
    let len = if flags & EXTENSIONS == 0 { 4 } else { 6 + usize::from(packet.number(4)?) };
    if flags & NO_LINK_HEADER == 0 {
        return Step::plain(inner, packet, len);
    }
    // The protocol as Juniper numbers it: 2 for IPv4, 6 for IPv6.
    match *packet.skip(len)?.first()? {
        [2 | 6, 0, 0, 0] => Step::plain(Content::Internet, packet, len + 4),
        _ => Err(Anomaly::NoNetwork),
    }
}

/// ATM of a Juniper router: a cookie of `len` bytes, then IEEE 802.2 (RFC 2684 §5) or IP.
pub(in crate::capture::link) fn juniper_atm(len: usize, packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let step = juniper(Content::Llc, packet)?;
    if step.content == Content::Internet {
        return Ok(step);
    }
    let inner = step.carried.skip(len)?;
    if inner.bytes.starts_with(&[0xAA, 0xAA, 0x03]) {
        Ok(Step { carried: inner, ..step })
    } else {
        internet(inner, 0)
    }
}
