//! Tunnels in UDP: by the port, if the first bytes are those of its protocol.

use super::super::header::ether;
use super::super::layer::{Carried, Content, Step, internet};
use super::super::link_type::LinkType;
use super::l2tp;
use crate::capture::Anomaly;
use crate::capture::anomaly::UnreadProtocol;
use crate::observe::EncapsulationProtocol as Protocol;

/// Length of the UDP header.
const HEADER: usize = 8;

/// Reader of a datagram of one port. [`OTHER`] where it is none of its protocol.
type ReadDatagram = for<'p> fn(Carried<'p>) -> Result<Step<'p>, Anomaly>;

/// Not the protocol of the port.
const OTHER: Anomaly = Anomaly::NotTcp(17);

const PORTS: &[(u16, ReadDatagram)] = &[
    // The second is Linux's first choice, before there was a number.
    (4789, vxlan),
    (8472, vxlan),
    (4790, vxlan_gpe),
    (6081, geneve),
    (2152, gtp_u),
    (3544, teredo),
    (1701, l2tp::over_udp),
    (4341, lisp),
    (6635, mpls),
    (4500, esp),
    (51820, wireguard),
    (1194, open_vpn),
    (5247, capwap),
];

/// A datagram.
pub(super) fn payload(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let ports = [carried.number(2)?, carried.number(0)?];
    let known = ports.iter().find_map(|port| PORTS.iter().find(|(known, _)| known == port));
    let Some((_, read)) = known else { return Err(OTHER) };
    read(carried.skip(HEADER)?)
}

/// VXLAN (RFC 7348 §5): flags of which one is set, the network.
fn vxlan(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let [flags, _, _, _, network @ ..]: [u8; 8] = *carried.first()?;
    // The other flags are reserved, or of the group policy extension.
    if flags & 0x08 == 0 || flags & 0x77 != 0 {
        return Err(OTHER);
    }
    let step = Step::plain(Content::Link(LinkType::ETHERNET), carried, 8)?;
    Ok(step.through(Protocol::Vxlan, u32::from_be_bytes(network) >> 8))
}

/// VXLAN with a protocol number (draft-ietf-nvo3-vxlan-gpe §3).
fn vxlan_gpe(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let [flags, _, _, next, network @ ..]: [u8; 8] = *carried.first()?;
    let content = match (flags & 0x04, next) {
        (0, _) => return vxlan(carried),
        (_, 1 | 2) => Content::Internet,
        (_, 3) => Content::Link(LinkType::ETHERNET),
        (_, 4) => return Err(Anomaly::Encapsulated(UnreadProtocol::Nsh)),
        _ => return Err(OTHER),
    };
    Step::plain(content, carried, 8)
        .map(|step| step.through(Protocol::Vxlan, u32::from_be_bytes(network) >> 8))
}

/// Geneve (RFC 8926 §3.4): version and length of the options, `EtherType`, network.
fn geneve(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let [first, _, high, low, network @ ..]: [u8; 8] = *carried.first()?;
    if first >> 6 != 0 {
        return Err(OTHER);
    }
    let len = 8 + usize::from(first & 0x3F) * 4;
    let content = Content::EtherType(u16::from_be_bytes([high, low]));
    Step::plain(content, carried, len)
        .map(|step| step.through(Protocol::Geneve, u32::from_be_bytes(network) >> 8))
}

/// GTP-U (3GPP TS 29.281 §5.1): a G-PDU of version 1, with its extension headers.
fn gtp_u(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    const USER_PACKET: u8 = 0xFF;
    let [flags, kind, _, _, tunnel @ ..]: [u8; 8] = *carried.first()?;
    if flags & 0xF0 != 0x30 || kind != USER_PACKET {
        return Err(OTHER);
    }
    let mut len = 8;
    if flags & 0x07 != 0 {
        len = 12;
        let mut next = *carried.bytes.get(11).ok_or(Anomaly::CutInHeader)?;
        let has_extensions = flags & 0x04 != 0;
        while has_extensions && next != 0 {
            let units = usize::from(*carried.bytes.get(len).ok_or(Anomaly::CutInHeader)?);
            if units == 0 {
                return Err(Anomaly::BadHeader("GTP-U"));
            }
            len += units * 4;
            next = *carried.bytes.get(len - 1).ok_or(Anomaly::CutInHeader)?;
        }
    }
    let tunnel = u32::from_be_bytes(tunnel);
    let inner = carried.bytes.get(len..).unwrap_or_default();
    if !ether::is_internet(inner) && ether::is_frame(inner) {
        return Step::plain(Content::Link(LinkType::ETHERNET), carried, len)
            .map(|step| step.through(Protocol::GtpU, tunnel));
    }
    internet(carried, len).map(|step| step.through(Protocol::GtpU, tunnel))
}

/// Teredo (RFC 4380 §5.1.1): IPv6, perhaps behind authentication and the origin's address.
fn teredo(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let mut len = 0;
    if let [0, 1, id, authentication, ..] = carried.bytes {
        len += 4 + usize::from(*id) + usize::from(*authentication) + 9;
    }
    if carried.bytes.get(len..).is_some_and(|rest| rest.starts_with(&[0, 0])) {
        len += 8;
    }
    match carried.bytes.get(len) {
        Some(first) if first >> 4 == 6 => {
            Step::plain(Content::Internet, carried, len).map(|step| step.through(Protocol::Teredo, None))
        }
        _ => Err(OTHER),
    }
}

/// LISP (RFC 9300 §5.1): eight bytes, then IP.
fn lisp(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    internet(carried, 8).map_err(|_| OTHER).map(|step| step.through(Protocol::Lisp, None))
}

/// MPLS (RFC 7510 §3).
fn mpls(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    ether::mpls(carried).map(|step| step.through(Protocol::MplsInUdp, None))
}

/// ESP for a way through NAT (RFC 3948 §2): not the key exchange, which begins with four zeros, and no keepalive.
fn esp(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let is_other = carried.wire <= 1 || carried.bytes.starts_with(&[0; 4]);
    Err(if is_other { OTHER } else { Anomaly::Encapsulated(UnreadProtocol::EspInUdp) })
}

/// `WireGuard`: a message of data is of type 4, with three zeros behind it.
fn wireguard(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let is_data = carried.bytes.starts_with(&[4, 0, 0, 0]);
    Err(if is_data { Anomaly::Encapsulated(UnreadProtocol::WireGuard) } else { OTHER })
}

/// `OpenVPN`: the packets of data have the opcodes 6 and 9.
fn open_vpn(carried: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    let is_data = carried.bytes.first().is_some_and(|first| matches!(first >> 3, 6 | 9));
    Err(if is_data { Anomaly::Encapsulated(UnreadProtocol::OpenVpn) } else { OTHER })
}

/// The data channel of CAPWAP (RFC 5415 §4).
fn capwap(_: Carried<'_>) -> Result<Step<'_>, Anomaly> {
    Err(Anomaly::Encapsulated(UnreadProtocol::Capwap))
}
