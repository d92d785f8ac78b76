//! IP headers, one in the other if need be (RFC 791 §3.1, RFC 8200 §3 and §4).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Field, Runs};

/// How deep IP is followed into IP.
const MOST_TUNNELS: u8 = 4;

/// Protocols, by number: TCP, and IP in IP.
const TCP: u8 = 6;
const IP4: u8 = 4;
const IP6: u8 = 41;

/// Reads up to the TCP header; gives where the packet of IP ends.
pub(super) fn read(bytes: &[u8], runs: &mut Runs) -> Option<usize> {
    let mut end = bytes.len();
    for _ in 0..MOST_TUNNELS {
        let packet = &bytes[..end];
        let protocol = match packet.get(runs.at)? >> 4 {
            4 => version_4(packet, &mut end, runs)?,
            6 => version_6(packet, &mut end, runs)?,
            _ => return None,
        };
        match protocol {
            TCP => return Some(end),
            IP4 | IP6 => {}
            _ => return None,
        }
    }
    None
}

fn version_4(packet: &[u8], end: &mut usize, runs: &mut Runs) -> Option<u8> {
    let header: &[u8; 20] = packet.get(runs.at..)?.first_chunk()?;
    let len = usize::from(header[0] & 15) * 4;
    if len < 20 || packet.len() < runs.at + len {
        return None;
    }
    // A length of 0 is left to the network card.
    let total = usize::from(u16::from_be_bytes([header[2], header[3]]));
    if total >= len {
        *end = packet.len().min(runs.at + total);
    }
    let address = |at: usize| {
        let four: &[u8; 4] = header[at..].first_chunk().expect("a header has 20 bytes");
        Some(Ipv4Addr::from(*four).to_string())
    };
    runs.push(1, Field::Ip4Version, Some(len.to_string()));
    runs.plain(1, Field::Ip4Service);
    runs.plain(2, Field::Ip4Length);
    runs.plain(2, Field::Ip4Identification);
    let fragment = match (header[6] & 0x60, header[6] & 0x1F | header[7]) {
        (0x40, 0) => "DF",
        (0, 0) => "–",
        _ => "MF",
    };
    runs.push(2, Field::Ip4Fragment, Some(fragment.to_owned()));
    runs.plain(1, Field::Ip4TimeToLive);
    runs.push(1, Field::Ip4Protocol, Some(protocol(header[9])));
    runs.plain(2, Field::Ip4Checksum);
    runs.push(4, Field::Ip4Source, address(12));
    runs.push(4, Field::Ip4Destination, address(16));
    runs.plain(len - 20, Field::Ip4Options);
    Some(header[9])
}

fn version_6(packet: &[u8], end: &mut usize, runs: &mut Runs) -> Option<u8> {
    let header: &[u8; 40] = packet.get(runs.at..)?.first_chunk()?;
    let length = usize::from(u16::from_be_bytes([header[4], header[5]]));
    if length > 0 {
        *end = packet.len().min(runs.at + 40 + length);
    }
    let address = |at: usize| {
        let sixteen: &[u8; 16] = header[at..].first_chunk().expect("a header has 40 bytes");
        Some(Ipv6Addr::from(*sixteen).to_string())
    };
    let mut next = header[6];
    runs.plain(4, Field::Ip6Version);
    runs.plain(2, Field::Ip6Length);
    runs.push(1, Field::Ip6Next, Some(protocol(next)));
    runs.plain(1, Field::Ip6HopLimit);
    runs.push(16, Field::Ip6Source, address(8));
    runs.push(16, Field::Ip6Destination, address(24));
    loop {
        let Some(extension) = packet.get(runs.at..runs.at + 8) else { return Some(next) };
        let len = match next {
            0 | 43 | 60 | 135 | 139 | 140 => (usize::from(extension[1]) + 1) * 8,
            51 => (usize::from(extension[1]) + 2) * 4,
            44 => 8,
            _ => return Some(next),
        };
        if packet.len() < runs.at + len {
            return None;
        }
        next = extension[0];
        runs.push(len, Field::Ip6Extension, Some(protocol(next)));
    }
}

/// The name of a protocol, or its number.
fn protocol(number: u8) -> String {
    match number {
        IP4 => "IPv4".to_owned(),
        TCP => "TCP".to_owned(),
        IP6 => "IPv6".to_owned(),
        other => other.to_string(),
    }
}
