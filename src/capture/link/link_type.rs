//! Link types, and the way from a link header through tags, labels and PPP to the IP packet.

use std::fmt;

use etherparse::{EtherType, Ethernet2HeaderSlice, LinuxSllHeader};
use pcap_file::DataLink;

use crate::capture::Anomaly;

/// Kind of header that packets begin with, by its number in the registry at <https://www.tcpdump.org/linktypes.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinkType(pub u32);

impl LinkType {
    /// BSD loopback: four bytes of address family in the byte order of the machine.
    pub const NULL: Self = Self(0);
    /// Ethernet.
    pub const ETHERNET: Self = Self(1);
    /// PPP.
    pub const PPP: Self = Self(9);
    /// IP without a link header, by the number that some systems write.
    pub const RAW_BSD: Self = Self(12);
    /// PPP in HDLC-like framing.
    pub const PPP_HDLC: Self = Self(50);
    /// IPv4 or IPv6 without a link header.
    pub const RAW: Self = Self(101);
    /// OpenBSD loopback: four bytes of address family in network byte order.
    pub const LOOP: Self = Self(108);
    /// Linux cooked capture, version 1: of the interface `any`, by older tools.
    pub const LINUX_SLL: Self = Self(113);
    /// IPv4 without a link header.
    pub const IPV4: Self = Self(228);
    /// IPv6 without a link header.
    pub const IPV6: Self = Self(229);
    /// Linux cooked capture, version 2: of the interface `any`.
    pub const LINUX_SLL2: Self = Self(276);
}

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (*self, DataLink::from(self.0)) {
            (Self::RAW_BSD, _) => f.write_str("RAW"),
            (_, DataLink::Unknown(number)) => write!(f, "{number}"),
            (_, known) => write!(f, "{known:?}"),
        }
    }
}

/// The bytes of a packet from its IP header on.
pub(in crate::capture) fn ip_packet(link: LinkType, packet: &[u8]) -> Result<&[u8], Anomaly> {
    match link {
        LinkType::ETHERNET => {
            let header = Ethernet2HeaderSlice::from_slice(packet).map_err(|_| Anomaly::CutInHeader)?;
            network(header.ether_type(), &packet[header.slice().len()..])
        }
        LinkType::RAW | LinkType::RAW_BSD | LinkType::IPV4 | LinkType::IPV6 => Ok(packet),
        LinkType::NULL | LinkType::LOOP => {
            let (family, rest) = packet.split_first_chunk().ok_or(Anomaly::CutInHeader)?;
            // The byte order is that of the machine that captured. No family has a number above 65,535.
            let family = Some(u32::from_be_bytes(*family)).filter(|family| *family <= 0xFFFF);
            match family.unwrap_or_else(|| u32::from_le_bytes(*packet.first_chunk().expect("just split"))) {
                // AF_INET, and AF_INET6 of Linux, NetBSD, FreeBSD and macOS, each with its own number.
                2 | 10 | 24 | 28 | 30 => Ok(rest),
                _ => Err(Anomaly::NoNetwork),
            }
        }
        LinkType::LINUX_SLL => {
            let header = packet.first_chunk::<{ LinuxSllHeader::LEN }>().ok_or(Anomaly::CutInHeader)?;
            network(ether_type(header, 14), &packet[header.len()..])
        }
        LinkType::LINUX_SLL2 => {
            let header = packet.first_chunk::<20>().ok_or(Anomaly::CutInHeader)?;
            network(ether_type(header, 0), &packet[header.len()..])
        }
        LinkType::PPP | LinkType::PPP_HDLC => match packet {
            // Cisco HDLC shares the number (RFC 1547 §4.3.1): an EtherType instead of PPP's protocol.
            [0x0F | 0x8F, 0x00, high, low, rest @ ..] => {
                network(EtherType(u16::from_be_bytes([*high, *low])), rest)
            }
            // Address and control may be left out (RFC 1661 §6.6).
            [0xFF, 0x03, rest @ ..] => ppp(rest),
            _ => ppp(packet),
        },
        _ => Err(Anomaly::UnknownLink(link)),
    }
}

fn ether_type(header: &[u8], at: usize) -> EtherType {
    EtherType(u16::from_be_bytes([header[at], header[at + 1]]))
}

/// From an `EtherType` on: through tags and labels to the IP header.
fn network(mut kind: EtherType, mut rest: &[u8]) -> Result<&[u8], Anomaly> {
    loop {
        match kind {
            EtherType::IPV4 | EtherType::IPV6 => return Ok(rest),
            // 802.1Q, 802.1ad, and the older numbers of the outer tag.
            EtherType(0x8100 | 0x88A8 | 0x9100 | 0x9200) => {
                let (tag, inner) = rest.split_first_chunk::<4>().ok_or(Anomaly::CutInHeader)?;
                (kind, rest) = (ether_type(tag, 2), inner);
            }
            // PPPoE session (RFC 2516 §4).
            EtherType(0x8864) => return ppp(rest.get(6..).ok_or(Anomaly::CutInHeader)?),
            // MPLS (RFC 3032 §2.1): what follows the last label says itself which version of IP it is.
            EtherType(0x8847 | 0x8848) => {
                let (label, inner) = rest.split_first_chunk::<4>().ok_or(Anomaly::CutInHeader)?;
                rest = inner;
                if label[2] & 1 == 1 {
                    return match rest.first().map(|first| first >> 4) {
                        Some(4 | 6) => Ok(rest),
                        _ => Err(Anomaly::NoNetwork),
                    };
                }
            }
            // A length: IEEE 802.2, and IP perhaps in its SNAP (RFC 1042).
            EtherType(0..=1500) => match rest {
                [0xAA, 0xAA, 0x03, 0, 0, 0, high, low, inner @ ..] => {
                    (kind, rest) = (EtherType(u16::from_be_bytes([*high, *low])), inner);
                    if kind.0 <= 1500 {
                        return Err(Anomaly::NoNetwork);
                    }
                }
                _ => return Err(Anomaly::NoNetwork),
            },
            EtherType(other) => return Err(Anomaly::NotIp(other)),
        }
    }
}

/// From PPP's protocol field on (RFC 1661 §2): one byte if it is odd, two otherwise.
fn ppp(packet: &[u8]) -> Result<&[u8], Anomaly> {
    match packet {
        [0x00, 0x21 | 0x57, rest @ ..] | [0x21 | 0x57, rest @ ..] => Ok(rest),
        [] => Err(Anomaly::CutInHeader),
        _ => Err(Anomaly::NoNetwork),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(link: LinkType, header: &[u8], expected: Result<(), Anomaly>) {
        let packet = [header, b"IP"].concat();
        assert_eq!(ip_packet(link, &packet), expected.map(|()| &b"IP"[..]), "{link}");
    }

    /// An Ethernet header, from the `EtherType` on as given.
    fn ethernet(rest: &[u8]) -> Vec<u8> {
        [&[0; 12], rest].concat()
    }

    #[test]
    fn ip_is_found_behind_every_link_header() {
        check(LinkType::ETHERNET, &ethernet(&[8, 0]), Ok(()));
        check(LinkType::ETHERNET, &ethernet(&[0x81, 0, 0, 7, 0x86, 0xDD]), Ok(()));
        check(LinkType::ETHERNET, &ethernet(&[0x88, 0xA8, 0, 7, 0x81, 0, 0, 9, 8, 0]), Ok(()));
        check(LinkType::ETHERNET, &ethernet(&[0x88, 0x64, 0x11, 0, 0, 1, 0, 9, 0, 0x21]), Ok(()));
        check(LinkType::ETHERNET, &ethernet(&[0, 10, 0xAA, 0xAA, 3, 0, 0, 0, 8, 0]), Ok(()));
        check(LinkType::ETHERNET, &ethernet(&[0, 10, 0x42, 0x42, 3]), Err(Anomaly::NoNetwork));
        check(LinkType::ETHERNET, &ethernet(&[8, 6]), Err(Anomaly::NotIp(0x0806)));
        for link in [LinkType::RAW, LinkType::RAW_BSD, LinkType::IPV4, LinkType::IPV6] {
            check(link, &[], Ok(()));
        }
        for family in [2, 10, 24, 28, 30] {
            check(LinkType::NULL, &u32::to_le_bytes(family), Ok(()));
            check(LinkType::LOOP, &u32::to_be_bytes(family), Ok(()));
        }
        check(LinkType::NULL, &[7, 0, 0, 0], Err(Anomaly::NoNetwork));
        let mut cooked = [0; 20];
        cooked[14] = 8;
        check(LinkType::LINUX_SLL, &cooked[..16], Ok(()));
        cooked = [0; 20];
        cooked[..2].copy_from_slice(&[0x86, 0xDD]);
        check(LinkType::LINUX_SLL2, &cooked, Ok(()));
        for header in [&[0xFF, 3, 0, 0x21][..], &[0, 0x57], &[0x21], &[0x0F, 0, 8, 0]] {
            check(LinkType::PPP, header, Ok(()));
        }
        check(LinkType::PPP, &[0xC0, 0x21], Err(Anomaly::NoNetwork));
        check(LinkType(105), &[], Err(Anomaly::UnknownLink(LinkType(105))));
    }

    #[test]
    fn mpls_ends_where_ip_begins() {
        let packet = ethernet(&[0x88, 0x47, 0, 1, 0, 64, 0, 2, 1, 64, 0x45, 0]);
        assert_eq!(ip_packet(LinkType::ETHERNET, &packet), Ok(&[0x45, 0][..]));
    }

    #[test]
    fn a_cut_link_header_is_an_anomaly() {
        let packet = ethernet(&[0x81, 0, 0, 7, 8, 0]);
        for len in 0..packet.len() {
            assert_eq!(ip_packet(LinkType::ETHERNET, &packet[..len]), Err(Anomaly::CutInHeader), "{len}");
        }
        assert_eq!(ip_packet(LinkType::LINUX_SLL2, &[0; 19]), Err(Anomaly::CutInHeader));
    }

    #[test]
    fn link_types_have_the_names_of_the_registry() {
        for (link, name) in [
            (LinkType::NULL, "NULL"),
            (LinkType::ETHERNET, "ETHERNET"),
            (LinkType::RAW, "RAW"),
            (LinkType::RAW_BSD, "RAW"),
            (LinkType::LOOP, "LOOP"),
            (LinkType::LINUX_SLL, "LINUX_SLL"),
            (LinkType::LINUX_SLL2, "LINUX_SLL2"),
            (LinkType::IPV6, "IPV6"),
            (LinkType(40_000), "40000"),
        ] {
            assert_eq!(link.to_string(), name);
        }
    }
}
