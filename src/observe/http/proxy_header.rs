//! The header of the PROXY protocol, versions 1 and 2: the ends of the connection that a proxy accepted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::relay::RelayParse;
use crate::observe::facts::RelayEvent;

/// The beginning of version 1, which is one line of text.
const LINE: &[u8] = b"PROXY ";

/// The longest line of version 1, in bytes, its end included.
const MAX_LINE: usize = 107;

/// The beginning of version 2.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";

/// Length of the fixed part of version 2.
const FIXED: usize = 16;

/// Returns `true` if bytes begin such a header.
pub(super) fn is_begun(bytes: &[u8]) -> bool {
    // Shorter ones may be empty lines before a request.
    bytes.starts_with(LINE)
        || (bytes.len() > 4 && SIGNATURE.starts_with(&bytes[..bytes.len().min(12)]))
        || bytes.starts_with(SIGNATURE)
}

/// Reads a header.
pub(super) fn parse(bytes: &[u8]) -> RelayParse {
    if bytes.starts_with(LINE) { version_1(bytes) } else { version_2(bytes) }
}

fn version_1(bytes: &[u8]) -> RelayParse {
    let Some(end) = bytes.iter().take(MAX_LINE).position(|byte| *byte == b'\n') else {
        return if bytes.len() < MAX_LINE { RelayParse::NeedMore } else { RelayParse::Other };
    };
    let Ok(line) = std::str::from_utf8(bytes[..end].trim_ascii_end()) else { return RelayParse::Other };
    let words: Vec<&str> = line.split(' ').collect();
    let ends = match words[..] {
        ["PROXY", "TCP4" | "TCP6", source, destination, from, to] => {
            let address =
                |ip: &str, port: &str| Some(SocketAddr::new(ip.parse::<IpAddr>().ok()?, port.parse().ok()?));
            let Some(ends) = address(source, from).zip(address(destination, to)) else {
                return RelayParse::Other;
            };
            Some(ends)
        }
        ["PROXY", "UNKNOWN", ..] => None,
        _ => return RelayParse::Other,
    };
    RelayParse::Complete(end + 1, Some(RelayEvent::ProxyHeader { version: 1, ends }), None)
}

fn version_2(bytes: &[u8]) -> RelayParse {
    let Some(&[command, family, high, low]) = bytes.get(12..FIXED) else { return RelayParse::NeedMore };
    if !bytes.starts_with(SIGNATURE) || command >> 4 != 2 || command & 0xF > 1 {
        return RelayParse::Other;
    }
    let end = FIXED + usize::from(u16::from_be_bytes([high, low]));
    let Some(addresses) = bytes.get(FIXED..end) else { return RelayParse::NeedMore };
    let port = |at: usize| Some(u16::from_be_bytes([*addresses.get(at)?, *addresses.get(at + 1)?]));
    let ends = match (command & 0xF, family >> 4) {
        (1, 1) => {
            let ip = |at: usize| {
                let octets: [u8; 4] = addresses.get(at..at + 4)?.try_into().ok()?;
                Some(IpAddr::V4(Ipv4Addr::from(octets)))
            };
            address(ip(0), port(8)).zip(address(ip(4), port(10)))
        }
        (1, 2) => {
            let ip = |at: usize| {
                let octets: [u8; 16] = addresses.get(at..at + 16)?.try_into().ok()?;
                Some(IpAddr::V6(Ipv6Addr::from(octets)))
            };
            address(ip(0), port(32)).zip(address(ip(16), port(34)))
        }
        _ => None,
    };
    RelayParse::Complete(end, Some(RelayEvent::ProxyHeader { version: 2, ends }), None)
}

fn address(ip: Option<IpAddr>, port: Option<u16>) -> Option<SocketAddr> {
    Some(SocketAddr::new(ip?, port?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(version: u8, ends: Option<(&str, &str)>) -> RelayEvent {
        let ends = ends.map(|(source, destination)| (source.parse().unwrap(), destination.parse().unwrap()));
        RelayEvent::ProxyHeader { version, ends }
    }

    #[test]
    fn both_versions_are_read_to_their_end_and_not_beyond() {
        let line = |line: &[u8], ends| {
            let whole = [line, b"GET / HTTP/1.1\r\n"].concat();
            assert_eq!(parse(&whole), RelayParse::Complete(line.len(), Some(header(1, ends)), None));
            (1..line.len())
                .for_each(|end| assert_eq!(version_1(&whole[..end]), RelayParse::NeedMore, "{end}"));
        };
        line(
            b"PROXY TCP4 192.0.2.10 198.51.100.7 51000 443\r\n",
            Some(("192.0.2.10:51000", "198.51.100.7:443")),
        );
        line(b"PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n", Some(("[2001:db8::1]:1", "[2001:db8::2]:2")));
        line(b"PROXY UNKNOWN\r\n", None);
        let binary = |command: u8, family: u8, addresses: &[u8], ends| {
            let length = (addresses.len() as u16).to_be_bytes();
            let header_bytes = [&SIGNATURE[..], &[command, family], &length, addresses].concat();
            let whole = [&header_bytes[..], b"GET"].concat();
            assert_eq!(parse(&whole), RelayParse::Complete(header_bytes.len(), Some(header(2, ends)), None));
            (12..header_bytes.len()).for_each(|end| assert_eq!(parse(&whole[..end]), RelayParse::NeedMore));
        };
        let with_tlv = [&[192, 0, 2, 10, 198, 51, 100, 7, 0xC7, 0x38, 1, 0xBB][..], &[4, 0, 1, 9]].concat();
        binary(0x21, 0x11, &with_tlv, Some(("192.0.2.10:51000", "198.51.100.7:443")));
        let wide = [&Ipv6Addr::LOCALHOST.octets()[..], &Ipv6Addr::LOCALHOST.octets(), &[0, 1, 0, 2]].concat();
        binary(0x21, 0x21, &wide, Some(("[::1]:1", "[::1]:2")));
        binary(0x20, 0x00, &[], None);
    }

    #[test]
    fn anything_else_is_none() {
        for bytes in [
            &b"PROXY TCP4 192.0.2.10 198.51.100.7 51000\r\n"[..],
            b"PROXY TCP4 a b 1 2\r\n",
            b"PROXY /path HTTP/1.1\r\n",
            &[b"PROXY ".as_slice(), &[b'x'; 200]].concat(),
            b"\r\n\r\n\0\r\nQUIT\n\x31\x11\0\0",
            b"\r\n\r\n\0\r\nQUIT\n\x22\x11\0\0",
        ] {
            assert_eq!(parse(bytes), RelayParse::Other, "{bytes:?}");
        }
        assert!(!is_begun(b"\r\n\r\n") && !is_begun(b"POST ") && !is_begun(b"\r\n\r\nGET"));
        assert!(
            is_begun(b"\r\n\r\n\0") && is_begun(b"PROXY TCP4") && is_begun(&[&SIGNATURE[..], b"!"].concat())
        );
    }
}
