//! IP headers, one in the other if need be (RFC 791 §3.1, RFC 8200 §3 and §4).

use super::{Field, Runs};
use crate::capture::link::ip::{self, Extension, Header, Version};

/// Reads up to the TCP header; gives where the packet of IP ends.
pub(super) fn read(bytes: &[u8], runs: &mut Runs) -> Option<usize> {
    let mut end = bytes.len();
    for _ in 0..ip::MOST_HEADERS {
        let packet = bytes.get(runs.at..end)?;
        let header = Header::read(packet).ok()?;
        let whole = packet.get(..header.len)?;
        if let Some(total) = header.total {
            end = end.min(runs.at + total);
        }
        match header.version {
            Version::Four => version_4(&header, whole, runs),
            Version::Six => version_6(&header, whole, runs),
        }
        match header.carries {
            ip::TCP => return Some(end),
            ip::IPV4 | ip::IPV6 => {}
            _ => return None,
        }
    }
    None
}

fn version_4(header: &Header, bytes: &[u8], runs: &mut Runs) {
    let [source, destination] = header.ends(bytes).map(|end| Some(end.to_string()));
    runs.push(1, Field::Ip4Version, Some(header.len.to_string()));
    runs.plain(1, Field::Ip4Service);
    runs.plain(2, Field::Ip4Length);
    runs.plain(2, Field::Ip4Identification);
    // No fragment is read.
    let may_be_cut = if bytes[6] & 0x40 == 0 { "–" } else { "DF" };
    runs.push(2, Field::Ip4Fragment, Some(may_be_cut.to_owned()));
    runs.plain(1, Field::Ip4TimeToLive);
    runs.push(1, Field::Ip4Protocol, Some(protocol(header.carries)));
    runs.plain(2, Field::Ip4Checksum);
    runs.push(4, Field::Ip4Source, source);
    runs.push(4, Field::Ip4Destination, destination);
    runs.plain(header.len - 20, Field::Ip4Options);
}

fn version_6(header: &Header, bytes: &[u8], runs: &mut Runs) {
    let [source, destination] = header.ends(bytes).map(|end| Some(end.to_string()));
    let (fixed, mut rest) = bytes.split_at(ip::FIXED_6);
    let mut number = fixed[6];
    runs.plain(4, Field::Ip6Version);
    runs.plain(2, Field::Ip6Length);
    runs.push(1, Field::Ip6Next, Some(protocol(number)));
    runs.plain(1, Field::Ip6HopLimit);
    runs.push(16, Field::Ip6Source, source);
    runs.push(16, Field::Ip6Destination, destination);
    while let Some(Ok(Extension { len, next })) = Extension::read(number, rest) {
        runs.push(len, Field::Ip6Extension, Some(protocol(next)));
        (number, rest) = (next, &rest[len..]);
    }
}

/// The name of a protocol, or its number.
fn protocol(number: u8) -> String {
    match number {
        ip::IPV4 => "IPv4".to_owned(),
        ip::TCP => "TCP".to_owned(),
        ip::IPV6 => "IPv6".to_owned(),
        other => other.to_string(),
    }
}
