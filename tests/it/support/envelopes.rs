//! Packets within packets: each encapsulation and link type that is read, made around a packet of IP.

use wirewalk::wire::Side::{self, Client, Server};

/// An encapsulation or a link type.
pub(crate) struct Envelope {
    pub(crate) name: &'static str,
    /// The link type of the capture.
    pub(crate) link: u32,
    /// The packet in it.
    pub(crate) wrap: fn(&[u8], Side) -> Vec<u8>,
    /// Preferences that tshark needs to read it; `None` where tshark 4.0 does not.
    pub(crate) tshark: Option<&'static [&'static str]>,
}

const ETHERNET: u32 = 1;

/// Addresses of the ends of tunnels.
pub(crate) const TUNNEL: [[u8; 4]; 2] = [[203, 0, 113, 1], [203, 0, 113, 2]];

const fn row(name: &'static str, link: u32, wrap: fn(&[u8], Side) -> Vec<u8>) -> Envelope {
    Envelope { name, link, wrap, tshark: Some(&[]) }
}

/// All of them.
pub(crate) const ENVELOPES: &[Envelope] = &[
    row("VLAN", ETHERNET, |ip, side| frame(side, &[0x81, 0, 0, 42], kind(ip), ip)),
    row("QinQ", ETHERNET, |ip, side| frame(side, &[0x88, 0xA8, 0, 7, 0x81, 0, 0, 42], kind(ip), ip)),
    row("E-Tag", ETHERNET, |ip, side| frame(side, &[0x89, 0x3F, 0, 0, 0, 5, 0, 0], kind(ip), ip)),
    row("VN-Tag", ETHERNET, |ip, side| frame(side, &[0x89, 0x26, 0, 1, 0, 2], kind(ip), ip)),
    row("Cisco MetaData", ETHERNET, |ip, side| frame(side, &[0x89, 0x09, 1, 1, 0, 1, 0, 9], kind(ip), ip)),
    row("PBB", ETHERNET, |ip, side| {
        frame(side, &[], 0x88E7, &[&[0, 0, 0x12, 0x34], &eth(ip, side)[..]].concat())
    }),
    row("PPPoE", ETHERNET, |ip, side| {
        frame(side, &[], 0x8864, &[&[0x11, 0, 0, 9][..], &length(ip.len() + 2), &ppp(ip)].concat())
    }),
    row("MPLS", ETHERNET, |ip, side| frame(side, &[], 0x8847, &mpls(&[16, 17], ip))),
    row("MPLS, pseudowire with a control word", ETHERNET, |ip, side| {
        frame(side, &[], 0x8847, &mpls(&[18], &[&[0; 4][..], &eth(ip, side)].concat()))
    }),
    row("MPLS in PPP", 9, |ip, _| [&[0xFF, 3, 2, 0x81][..], &mpls(&[19], ip)].concat()),
    row("MPLS in GRE", ETHERNET, |ip, side| {
        outer(47, side, &[&[0, 0, 0x88, 0x47][..], &mpls(&[20], ip)].concat())
    }),
    row("MPLS in UDP", ETHERNET, |ip, side| udp(6635, side, &mpls(&[21], ip))),
    row("IPIP", ETHERNET, |ip, side| outer(4, side, ip)),
    row("16 tunnels", ETHERNET, |ip, side| {
        let inner = (1..16).fold(ip.to_vec(), |inner, _| ip4(4, side, &inner));
        outer(4, side, &inner)
    }),
    row("AH", ETHERNET, |ip, side| {
        outer(51, side, &[&[4, 4, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1], &[0xA5; 12][..], ip].concat())
    }),
    row("GRE", ETHERNET, |ip, side| outer(47, side, &[&[0, 0, 8, 0], ip].concat())),
    row("GRE with checksum, key and sequence", ETHERNET, |ip, side| {
        let mut gre = [&[0xB0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 99], ip].concat();
        let sum = checksum(&gre);
        gre[4..6].copy_from_slice(&sum);
        outer(47, side, &gre)
    }),
    row("Ethernet in GRE", ETHERNET, |ip, side| {
        outer(47, side, &[&[0, 0, 0x65, 0x58][..], &eth(ip, side)].concat())
    }),
    row("NVGRE", ETHERNET, |ip, side| {
        outer(47, side, &[&[0x20, 0, 0x65, 0x58, 0, 0x12, 0x34, 0][..], &eth(ip, side)].concat())
    }),
    row("EoIP", ETHERNET, |ip, side| {
        let frame = eth(ip, side);
        outer(47, side, &[&[0x20, 1, 0x64, 0][..], &length(frame.len()), &[42, 0], &frame].concat())
    }),
    row("PPTP", ETHERNET, |ip, side| {
        outer(
            47,
            side,
            &[&[0x30, 1, 0x88, 0x0B][..], &length(ip.len() + 2), &[0, 9, 0, 0, 0, 1], &ppp(ip)].concat(),
        )
    }),
    row("ERSPAN I", ETHERNET, |ip, side| {
        outer(47, side, &[&[0, 0, 0x88, 0xBE][..], &eth(ip, side)].concat())
    }),
    row("ERSPAN II", ETHERNET, |ip, side| {
        let header = [0x10, 0, 0x88, 0xBE, 0, 0, 0, 1, 0x10, 42, 0, 1, 0, 0, 0, 0];
        outer(47, side, &[&header[..], &eth(ip, side)].concat())
    }),
    row("ERSPAN III", ETHERNET, |ip, side| {
        let header = [0x10, 0, 0x22, 0xEB, 0, 0, 0, 1, 0x20, 42, 0, 7, 0, 0, 0, 1, 0, 0, 0, 0];
        outer(47, side, &[&header[..], &eth(ip, side)].concat())
    }),
    row("VXLAN", ETHERNET, |ip, side| {
        udp(4789, side, &[&[8, 0, 0, 0, 0, 0x12, 0x34, 0][..], &eth(ip, side)].concat())
    }),
    Envelope {
        tshark: Some(&["-d", "udp.port==8472,vxlan"]),
        ..row("VXLAN of Linux", ETHERNET, |ip, side| {
            udp(8472, side, &[&[8, 0, 0, 0, 0, 0, 5, 0][..], &eth(ip, side)].concat())
        })
    },
    row("VXLAN-GPE", ETHERNET, |ip, side| udp(4790, side, &[&[0x0C, 0, 0, 1, 0, 0, 5, 0], ip].concat())),
    row("Geneve", ETHERNET, |ip, side| {
        let header = [2, 0, 0x65, 0x58, 0, 0x12, 0x34, 0, 1, 2, 3, 1, 9, 9, 9, 9];
        udp(6081, side, &[&header[..], &eth(ip, side)].concat())
    }),
    row("GTP-U", ETHERNET, |ip, side| {
        udp(2152, side, &[&[0x30, 0xFF][..], &length(ip.len()), &[0, 0, 1, 7], ip].concat())
    }),
    row("GTP-U with an extension", ETHERNET, |ip, side| {
        let more = [0, 1, 0, 0x85, 1, 0x10, 9, 0];
        udp(
            2152,
            side,
            &[&[0x36, 0xFF][..], &length(ip.len() + more.len()), &[0, 0, 1, 7], &more, ip].concat(),
        )
    }),
    row("L2TP", ETHERNET, |ip, side| {
        let ppp = ppp(ip);
        udp(1701, side, &[&[0x40, 2][..], &length(ppp.len() + 10), &[0, 7, 0, 9, 0xFF, 3], &ppp].concat())
    }),
    // The layout behind the session is known from control messages alone, or guessed.
    Envelope {
        tshark: None,
        ..row("L2TPv3 in IP", ETHERNET, |ip, side| {
            outer(115, side, &[&[0, 0, 0, 9][..], &eth(ip, side)].concat())
        })
    },
    row("LISP", ETHERNET, |ip, side| udp(4341, side, &[&[0; 8], ip].concat())),
    row("802.11", 105, |ip, side| dot11([8, to_or_from(side)], &[], side, ip)),
    row("802.11 with QoS and four addresses", 105, |ip, side| {
        dot11([0x88, 3], &[2, 0, 0, 0, 0, 9, 0, 0], side, ip)
    }),
    row("A-MSDU", 105, |ip, side| {
        let snap = [&[0xAA, 0xAA, 3, 0, 0, 0][..], &kind(ip).to_be_bytes(), ip].concat();
        let subframe = [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2][..], &length(snap.len()), &snap].concat();
        [&[0x88, to_or_from(side), 0, 0][..], &[2, 0, 0, 0, 0, 7].repeat(3), &[0, 0, 0x80, 0], &subframe]
            .concat()
    }),
    row("radiotap", 127, |ip, side| {
        // TSFT, flags that say that the header is padded, rate.
        let tap = [0, 0, 18, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 4];
        let frame = dot11([0x88, to_or_from(side)], &[0, 0, 0, 0], side, ip);
        [&tap[..], &frame].concat()
    }),
    row("PPI", 192, |ip, side| {
        [&[0, 0, 8, 0, 105, 0, 0, 0][..], &dot11([8, to_or_from(side)], &[], side, ip)].concat()
    }),
    row("AVS", 163, |ip, side| {
        let mut avs = [0; 64];
        avs[..8].copy_from_slice(&[0x80, 0x21, 0x10, 1, 0, 0, 0, 64]);
        [&avs[..], &dot11([8, to_or_from(side)], &[], side, ip)].concat()
    }),
    row("Prism", 119, |ip, side| {
        let mut prism = [0; 144];
        prism[..8].copy_from_slice(&[0x44, 0, 0, 0, 144, 0, 0, 0]);
        [&prism[..], &dot11([8, to_or_from(side)], &[], side, ip)].concat()
    }),
    row("NFLOG", 239, |ip, _| {
        let mut record =
            [&[2, 0, 0, 0, 8, 0, 1, 0, 8, 0, 3, 0][..], &little(ip.len() + 4), &[9, 0], ip].concat();
        record.resize(record.len().next_multiple_of(4), 0);
        record
    }),
    row("PFLOG", 117, |ip, _| [&[61, 2, 0, 0][..], b"em0", &[0; 57], ip].concat()),
    row("PKTAP", 258, |ip, side| {
        let mut tap = [0; 108];
        tap[..12].copy_from_slice(&[108, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
        tap[12..15].copy_from_slice(b"en0");
        [&tap[..], &eth(ip, side)].concat()
    }),
    row("ENC", 109, |ip, _| [&[2, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0], ip].concat()),
    row("Cisco HDLC", 104, |ip, _| [&[0x0F, 0, 8, 0], ip].concat()),
    row("IPNET", 226, |ip, _| [&[1, 2, 0, 0][..], &[0; 2], &length(ip.len()), &[0; 16], ip].concat()),
    row("Juniper Ethernet", 178, |ip, side| {
        [b"MGC\x80\0\x06\x01\x04\0\0\0\x07", &eth(ip, side)[..]].concat()
    }),
    row("Juniper PPP", 179, |ip, _| [b"MGC\0\xFF\x03", &ppp(ip)[..]].concat()),
    row("FDDI", 10, |ip, side| {
        [&[0x50][..], &addresses(side), &[0xAA, 0xAA, 3, 0, 0, 0], &kind(ip).to_be_bytes(), ip].concat()
    }),
    row("ARCNET", 7, |ip, _| [&[1, 2, 212, 0, 0, 1], ip].concat()),
    row("ARCNET of Linux", 129, |ip, _| [&[1, 2, 0, 0, 212, 0, 0, 1], ip].concat()),
];

/// The same for packets of IPv6.
pub(crate) const ENVELOPES_OF_IPV6: &[Envelope] = &[
    row("6in4", ETHERNET, |ip, side| outer(41, side, ip)),
    row("Teredo", ETHERNET, |ip, side| udp(3544, side, &[&[0, 0, 0xC3, 0x50, 192, 0, 2, 45], ip].concat())),
    row("Teredo with authentication", ETHERNET, |ip, side| {
        udp(3544, side, &[&[0, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0], ip].concat())
    }),
    row("MPLS", ETHERNET, |ip, side| frame(side, &[], 0x8847, &mpls(&[16], ip))),
    row("GTP-U", ETHERNET, |ip, side| {
        udp(2152, side, &[&[0x30, 0xFF][..], &length(ip.len()), &[0, 0, 1, 7], ip].concat())
    }),
    row("IPNET", 226, |ip, _| [&[1, 26, 0, 0][..], &[0; 2], &length(ip.len()), &[0; 16], ip].concat()),
];

/// A packet in Ethernet.
pub(crate) fn eth(ip: &[u8], side: Side) -> Vec<u8> {
    frame(side, &[], kind(ip), ip)
}

fn kind(ip: &[u8]) -> u16 {
    if ip[0] >> 4 == 4 { 0x0800 } else { 0x86DD }
}

fn addresses(side: Side) -> Vec<u8> {
    let ends = [[2, 0, 0x5E, 0, 0, 0x0A], [2, 0, 0x5E, 0, 0, 0x14]];
    let [to, from] = if side == Client { [ends[1], ends[0]] } else { ends };
    [to, from].concat()
}

fn frame(side: Side, tags: &[u8], kind: u16, payload: &[u8]) -> Vec<u8> {
    [&addresses(side)[..], tags, &kind.to_be_bytes(), payload].concat()
}

fn length(len: usize) -> [u8; 2] {
    (len as u16).to_be_bytes()
}

fn little(len: usize) -> [u8; 2] {
    (len as u16).to_le_bytes()
}

fn ppp(ip: &[u8]) -> Vec<u8> {
    [&[0, if ip[0] >> 4 == 4 { 0x21 } else { 0x57 }], ip].concat()
}

fn mpls(labels: &[u32], payload: &[u8]) -> Vec<u8> {
    let entry = |(place, label): (usize, &u32)| {
        let is_last = u32::from(place + 1 == labels.len());
        (label << 12 | is_last << 8 | 64).to_be_bytes()
    };
    let stack: Vec<u8> = labels.iter().enumerate().flat_map(entry).collect();
    [&stack[..], payload].concat()
}

fn checksum(bytes: &[u8]) -> [u8; 2] {
    let words = bytes.chunks(2).map(|two| u32::from(two[0]) << 8 | u32::from(*two.get(1).unwrap_or(&0)));
    let mut sum: u32 = words.sum();
    while sum >> 16 > 0 {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    (!sum as u16).to_be_bytes()
}

/// An IPv4 packet between the ends of the tunnel.
pub(crate) fn ip4(protocol: u8, side: Side, payload: &[u8]) -> Vec<u8> {
    let [from, to] = if side == Server { [TUNNEL[1], TUNNEL[0]] } else { TUNNEL };
    let total = length(20 + payload.len());
    let mut header = [&[0x45, 0][..], &total, &[0, 1, 0, 0, 64, protocol, 0, 0], &from, &to].concat();
    let sum = checksum(&header);
    header[10..12].copy_from_slice(&sum);
    header.extend_from_slice(payload);
    header
}

fn outer(protocol: u8, side: Side, payload: &[u8]) -> Vec<u8> {
    eth(&ip4(protocol, side, payload), side)
}

fn udp(port: u16, side: Side, payload: &[u8]) -> Vec<u8> {
    let ports = [[0xC0, 0x01], port.to_be_bytes()].concat();
    outer(17, side, &[&ports[..], &length(8 + payload.len()), &[0, 0], payload].concat())
}

fn to_or_from(side: Side) -> u8 {
    if side == Client { 1 } else { 2 }
}

/// A data frame of 802.11: its control field, what stands between its three addresses and IEEE 802.2.
fn dot11(control: [u8; 2], more: &[u8], side: Side, ip: &[u8]) -> Vec<u8> {
    let snap = [&[0xAA, 0xAA, 3, 0, 0, 0][..], &kind(ip).to_be_bytes(), ip].concat();
    [&control[..], &[0, 0], &addresses(side), &[2, 0, 0x5E, 0, 0, 0x99, 0, 0], more, &snap].concat()
}
