//! Link types, and which reader reads the header of each.

use std::fmt;

use pcap_file::DataLink;

use super::header::{ether, lan, ppp, pseudo, wlan};
use super::layer::{Carried, Content, Step};
use crate::capture::Anomaly;

/// Kind of header that packets begin with, by its number in the registry at <https://www.tcpdump.org/linktypes.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinkType(pub u32);

impl LinkType {
    /// BSD loopback: four bytes of address family in the byte order of the machine.
    pub const NULL: Self = Self(0);
    /// Ethernet.
    pub const ETHERNET: Self = Self(1);
    /// ARCNET, as BSD captures it.
    pub const ARCNET: Self = Self(7);
    /// PPP.
    pub const PPP: Self = Self(9);
    /// FDDI.
    pub const FDDI: Self = Self(10);
    /// IP without a link header, by the number that some systems write.
    pub const RAW_BSD: Self = Self(12);
    /// IP without a link header, by the number that OpenBSD writes.
    pub const RAW_OPENBSD: Self = Self(14);
    /// PPP in HDLC-like framing.
    pub const PPP_HDLC: Self = Self(50);
    /// `PPPoE` without Ethernet.
    pub const PPP_ETHER: Self = Self(51);
    /// IPv4 or IPv6 without a link header.
    pub const RAW: Self = Self(101);
    /// Cisco HDLC.
    pub const C_HDLC: Self = Self(104);
    /// IEEE 802.11.
    pub const IEEE802_11: Self = Self(105);
    /// OpenBSD loopback: four bytes of address family in network byte order.
    pub const LOOP: Self = Self(108);
    /// What BSD's `IPsec` decrypted.
    pub const ENC: Self = Self(109);
    /// Linux cooked capture, version 1: of the interface `any`, by older tools.
    pub const LINUX_SLL: Self = Self(113);
    /// The log of BSD's packet filter.
    pub const PFLOG: Self = Self(117);
    /// IEEE 802.11 behind a Prism header, or AVS in its place.
    pub const IEEE802_11_PRISM: Self = Self(119);
    /// IEEE 802.11 behind a radiotap header.
    pub const IEEE802_11_RADIOTAP: Self = Self(127);
    /// ARCNET, as Linux captures it.
    pub const ARCNET_LINUX: Self = Self(129);
    /// ATM of a Juniper router, second kind of interface.
    pub const JUNIPER_ATM2: Self = Self(135);
    /// ATM of a Juniper router, first kind of interface.
    pub const JUNIPER_ATM1: Self = Self(137);
    /// IEEE 802.11 behind an AVS header.
    pub const IEEE802_11_AVS: Self = Self(163);
    /// Ethernet of a Juniper router.
    pub const JUNIPER_ETHER: Self = Self(178);
    /// PPP of a Juniper router.
    pub const JUNIPER_PPP: Self = Self(179);
    /// Cisco HDLC of a Juniper router.
    pub const JUNIPER_CHDLC: Self = Self(181);
    /// Any link, behind Per-Packet Information.
    pub const PPI: Self = Self(192);
    /// PPP behind a byte that gives the direction.
    pub const PPP_WITH_DIRECTION: Self = Self(204);
    /// IP of Solaris.
    pub const IPNET: Self = Self(226);
    /// IPv4 without a link header.
    pub const IPV4: Self = Self(228);
    /// IPv6 without a link header.
    pub const IPV6: Self = Self(229);
    /// The log of Linux's packet filter.
    pub const NFLOG: Self = Self(239);
    /// Any link of macOS, behind PKTAP.
    pub const PKTAP: Self = Self(258);
    /// Linux cooked capture, version 2: of the interface `any`.
    pub const LINUX_SLL2: Self = Self(276);
}

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (*self, DataLink::from(self.0)) {
            (Self::RAW_BSD | Self::RAW_OPENBSD, _) => f.write_str("RAW"),
            (_, DataLink::Unknown(number)) => write!(f, "{number}"),
            (_, known) => write!(f, "{known:?}"),
        }
    }
}

/// Reader of one kind of header.
type ReadHeader = for<'p> fn(Carried<'p>) -> Result<Step<'p>, Anomaly>;

/// The link types that few captures have.
const OTHERS: &[(LinkType, ReadHeader)] = &[
    (LinkType::NULL, pseudo::loopback),
    (LinkType::LOOP, pseudo::loopback),
    (LinkType::LINUX_SLL, pseudo::cooked),
    (LinkType::LINUX_SLL2, pseudo::cooked_2),
    (LinkType::PPP, ppp::frame),
    (LinkType::PPP_HDLC, ppp::frame),
    (LinkType::PPP_ETHER, ppp::over_ethernet),
    (LinkType::PPP_WITH_DIRECTION, pseudo::ppp_with_direction),
    (LinkType::C_HDLC, ppp::cisco),
    (LinkType::ARCNET, lan::arcnet),
    (LinkType::ARCNET_LINUX, lan::arcnet_linux),
    (LinkType::FDDI, lan::fddi),
    (LinkType::IEEE802_11, wlan::frame),
    (LinkType::IEEE802_11_RADIOTAP, wlan::radiotap),
    (LinkType::IEEE802_11_AVS, wlan::avs),
    (LinkType::IEEE802_11_PRISM, wlan::prism),
    (LinkType::PPI, pseudo::ppi),
    (LinkType::ENC, pseudo::enc),
    (LinkType::PFLOG, pseudo::pflog),
    (LinkType::IPNET, pseudo::ipnet),
    (LinkType::NFLOG, pseudo::nflog),
    (LinkType::PKTAP, pseudo::pktap),
    (LinkType::JUNIPER_ETHER, |packet| pseudo::juniper(Content::Link(LinkType::ETHERNET), packet)),
    (LinkType::JUNIPER_ATM1, |packet| pseudo::juniper_atm(4, packet)),
    (LinkType::JUNIPER_ATM2, |packet| pseudo::juniper_atm(8, packet)),
    (LinkType::JUNIPER_PPP, |packet| pseudo::juniper(Content::Ppp, packet)),
    (LinkType::JUNIPER_CHDLC, |packet| pseudo::juniper(Content::Link(LinkType::C_HDLC), packet)),
];

/// Reads the header of a link.
#[inline]
pub(super) fn header(link: LinkType, packet: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    match link {
        LinkType::ETHERNET => ether::ethernet(packet),
        LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_OPENBSD | LinkType::IPV4 | LinkType::IPV6 => {
            Step::plain(Content::Internet, packet, 0)
        }
        _ => {
            let other = OTHERS.iter().find(|(known, _)| *known == link);
            other.ok_or(Anomaly::UnknownLink(link))?.1(packet)
        }
    }
}

/// True if packets of this link type are decoded.
pub(in crate::capture) fn is_read(link: LinkType) -> bool {
    let packet = Carried { at: 0, bytes: &[], wire: 0 };
    !matches!(header(link, packet), Err(Anomaly::UnknownLink(_)))
}

#[cfg(test)]
mod tests {
    use super::super::decapsulation::decapsulate;
    use super::super::layer::Trace;
    use super::*;

    /// The bytes of a packet from its IP header on.
    fn ip_packet(link: LinkType, packet: &[u8]) -> Result<&[u8], Anomaly> {
        struct First<'p>(Option<&'p [u8]>);
        impl<'p> Trace<'p> for First<'p> {
            fn internet(&mut self, packet: Carried<'p>) {
                self.0.get_or_insert(packet.bytes);
            }
        }
        let mut first = First(None);
        let carried = Carried { at: 0, bytes: packet, wire: packet.len() };
        let end = decapsulate(link, carried, &mut first).map(|_| &[][..]);
        first.0.map_or(end, Ok)
    }

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
        check(LinkType::C_HDLC, &[0x0F, 0, 8, 0], Ok(()));
        check(LinkType::PPP_ETHER, &[0x11, 0, 0, 1, 0, 9, 0, 0x21], Ok(()));
        check(LinkType::PPP_WITH_DIRECTION, &[1, 0xFF, 3, 0, 0x21], Ok(()));
        check(LinkType::ARCNET, &[1, 2, 212, 0, 0, 9], Ok(()));
        check(LinkType::ARCNET, &[1, 2, 212, 0xFF, 0, 0, 0, 0, 0, 9], Ok(()));
        check(LinkType::ARCNET_LINUX, &[1, 2, 0, 0, 240], Ok(()));
        check(LinkType::ENC, &[2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], Ok(()));
        check(LinkType::PFLOG, &[&[5, 2, 0, 0, 7][..], &[0; 3]].concat(), Ok(()));
        check(LinkType::IPNET, &[&[1, 26][..], &[0; 22]].concat(), Ok(()));
        let snap = [0xAA, 0xAA, 3, 0, 0, 0, 8, 0];
        check(LinkType::FDDI, &[&[0x50; 13][..], &snap].concat(), Ok(()));
        check(LinkType::JUNIPER_PPP, &[b"MGC\x80\0\x02\0\0".as_slice(), &[0, 0x21]].concat(), Ok(()));
        check(LinkType::JUNIPER_ETHER, b"MGC\x02\x02\0\0\0", Ok(()));
        check(LinkType::JUNIPER_ATM1, &[b"MGC\0\0\0\0\0".as_slice(), &snap].concat(), Ok(()));
        check(LinkType::PPP, &[0xC0, 0x21], Err(Anomaly::NoNetwork));
        check(LinkType(189), &[], Err(Anomaly::UnknownLink(LinkType(189))));
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
