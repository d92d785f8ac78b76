//! Messages of SOCKS 4, 4a and 5 (RFC 1928, RFC 1929). Names and passwords are skipped.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::relay::{RelayMessage, RelayParse};
use crate::observe::facts::RelayEvent;

/// The longest name in a message of SOCKS 4, in bytes.
const MAX_NAME: usize = 512;

/// Returns `true` if bytes behind a version and a number may be so many methods, as far as they have come.
pub(super) fn are_methods(number: u8, rest: &[u8]) -> bool {
    let number = usize::from(number);
    // 0xFF is the proxy's, for none. A client that does not wait goes on with name and password, or the request.
    number > 0
        && !rest.iter().take(number).any(|method| *method == 0xFF)
        && rest.get(number).is_none_or(|next| matches!(next, 1 | 5))
}

pub(super) fn methods(bytes: &[u8]) -> RelayParse {
    let [5, number, rest @ ..] = bytes else { return incomplete(bytes, &[5]) };
    if rest.len() < usize::from(*number) {
        return RelayParse::NeedMore;
    }
    RelayParse::Complete(2 + usize::from(*number), None, Some(RelayMessage::Socks5Request))
}

pub(super) fn method(bytes: &[u8]) -> RelayParse {
    match bytes {
        [5, 0xFF, ..] => {
            RelayParse::Complete(2, Some(RelayEvent::SocksReply { version: 5, code: 0xFF }), None)
        }
        [5, _, ..] => RelayParse::Complete(2, None, Some(RelayMessage::Socks5Reply)),
        _ => incomplete(bytes, &[5]),
    }
}

pub(super) fn request_5(bytes: &[u8]) -> RelayParse {
    match bytes {
        // RFC 1929 §2: name and password, each behind its length.
        [1, rest @ ..] => {
            let name = rest.first().map(|length| 1 + usize::from(*length));
            let password = name.and_then(|name| Some(name + 1 + usize::from(*rest.get(name)?)));
            match password.filter(|end| rest.len() >= *end) {
                Some(end) => RelayParse::Complete(1 + end, None, Some(RelayMessage::Socks5Request)),
                None => RelayParse::NeedMore,
            }
        }
        [5, 1..=3, 0, rest @ ..] => match address(rest) {
            Some((target, length)) => {
                let event = RelayEvent::SocksRequest { version: 5, target };
                RelayParse::Complete(3 + length, Some(event), None)
            }
            None => address_incomplete(rest),
        },
        _ if bytes.len() < 3 => incomplete(bytes, &[5]),
        _ => RelayParse::Other,
    }
}

pub(super) fn reply_5(bytes: &[u8]) -> RelayParse {
    match bytes {
        // RFC 1929 §2: the answer to name and password.
        [1, _, ..] => RelayParse::Complete(2, None, Some(RelayMessage::Socks5Reply)),
        [5, code, 0, rest @ ..] => match address(rest) {
            Some((_, length)) => {
                let event = RelayEvent::SocksReply { version: 5, code: *code };
                RelayParse::Complete(3 + length, Some(event), None)
            }
            None => address_incomplete(rest),
        },
        [1] => RelayParse::NeedMore,
        _ if bytes.len() < 3 => incomplete(bytes, &[5]),
        _ => RelayParse::Other,
    }
}

pub(super) fn request_4(bytes: &[u8]) -> RelayParse {
    let Some((fixed, rest)) = bytes.split_at_checked(8) else { return RelayParse::NeedMore };
    let port = u16::from_be_bytes([fixed[2], fixed[3]]);
    let ip = Ipv4Addr::new(fixed[4], fixed[5], fixed[6], fixed[7]);
    let name = |rest: &[u8]| rest.iter().take(MAX_NAME).position(|byte| *byte == 0);
    let Some(user) = name(rest) else { return unless_too_long(rest) };
    // 4a: an address of this form says that a host's name follows.
    let (host, length) = match ip.octets() {
        [0, 0, 0, last] if last > 0 => {
            let behind = &rest[user + 1..];
            let Some(host) = name(behind) else { return unless_too_long(behind) };
            (String::from_utf8_lossy(&behind[..host]).into_owned(), user + 1 + host + 1)
        }
        _ => (ip.to_string(), user + 1),
    };
    let event = RelayEvent::SocksRequest { version: 4, target: format!("{host}:{port}") };
    RelayParse::Complete(8 + length, Some(event), None)
}

pub(super) const fn reply_4(bytes: &[u8]) -> RelayParse {
    match bytes {
        [0, code @ 90..=93, _, _, _, _, _, _, ..] => {
            RelayParse::Complete(8, Some(RelayEvent::SocksReply { version: 4, code: *code }), None)
        }
        [] | [0] | [0, 90..=93, ..] => RelayParse::NeedMore,
        _ => RelayParse::Other,
    }
}

/// A host and a port behind the type of the address, and the length of all of it; `None` if that has not come, or is no
/// address.
fn address(bytes: &[u8]) -> Option<(String, usize)> {
    let (kind, rest) = bytes.split_first()?;
    let (host, length) = match kind {
        1 => (Ipv4Addr::from(<[u8; 4]>::try_from(rest.get(..4)?).ok()?).to_string(), 4),
        4 => (format!("[{}]", Ipv6Addr::from(<[u8; 16]>::try_from(rest.get(..16)?).ok()?)), 16),
        3 => {
            let length = usize::from(*rest.first()?);
            (String::from_utf8_lossy(rest.get(1..=length)?).into_owned(), 1 + length)
        }
        _ => return None,
    };
    let port = u16::from_be_bytes([*rest.get(length)?, *rest.get(length + 1)?]);
    Some((format!("{host}:{port}"), 1 + length + 2))
}

const fn address_incomplete(bytes: &[u8]) -> RelayParse {
    match bytes {
        [] | [1 | 3 | 4, ..] => RelayParse::NeedMore,
        _ => RelayParse::Other,
    }
}

const fn unless_too_long(name: &[u8]) -> RelayParse {
    if name.len() < MAX_NAME { RelayParse::NeedMore } else { RelayParse::Other }
}

fn incomplete(bytes: &[u8], begin: &[u8]) -> RelayParse {
    if bytes.is_empty() || bytes.starts_with(begin) { RelayParse::NeedMore } else { RelayParse::Other }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RelayMessage::{Socks5Reply, Socks5Request};

    fn request(version: u8, target: &str) -> RelayEvent {
        RelayEvent::SocksRequest { version, target: target.to_owned() }
    }

    /// `parse` reads `bytes` to their end and not beyond, and none of their beginnings.
    fn reads(
        parse: impl Fn(&[u8]) -> RelayParse,
        bytes: &[u8],
        event: Option<RelayEvent>,
        next: Option<RelayMessage>,
    ) {
        let whole = [bytes, b"GET"].concat();
        assert_eq!(parse(&whole), RelayParse::Complete(bytes.len(), event, next), "{bytes:?}");
        for end in 0..bytes.len() {
            assert_eq!(parse(&bytes[..end]), RelayParse::NeedMore, "{end} of {bytes:?}");
        }
    }

    #[test]
    fn messages_of_socks_5() {
        reads(methods, &[5, 2, 0, 2], None, Some(Socks5Request));
        reads(method, &[5, 2], None, Some(Socks5Reply));
        reads(request_5, b"\x01\x04user\x08password", None, Some(Socks5Request));
        reads(reply_5, &[1, 0], None, Some(Socks5Reply));
        reads(request_5, b"\x05\x01\0\x03\x0bapp.example\0\x50", Some(request(5, "app.example:80")), None);
        reads(request_5, &[5, 1, 0, 1, 192, 0, 2, 1, 0x23, 0x29], Some(request(5, "192.0.2.1:9001")), None);
        let wide = [&[5, 1, 0, 4][..], &Ipv6Addr::LOCALHOST.octets(), &[0, 80]].concat();
        reads(request_5, &wide, Some(request(5, "[::1]:80")), None);
        let reply = |code| RelayEvent::SocksReply { version: 5, code };
        reads(reply_5, &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0], Some(reply(0)), None);
        reads(reply_5, &[5, 5, 0, 1, 0, 0, 0, 0, 0, 0], Some(reply(5)), None);
        reads(method, &[5, 0xFF], Some(reply(0xFF)), None);
        assert!(reply(0).is_granted() && !reply(5).is_granted());
    }

    #[test]
    fn messages_of_socks_4_and_4a() {
        reads(request_4, b"\x04\x01\0\x50\xc0\0\x02\x01user\0", Some(request(4, "192.0.2.1:80")), None);
        reads(
            request_4,
            b"\x04\x01\0\x50\0\0\0\x01\0app.example\0",
            Some(request(4, "app.example:80")),
            None,
        );
        let reply = |code| RelayEvent::SocksReply { version: 4, code };
        reads(reply_4, &[0, 90, 0, 0, 0, 0, 0, 0], Some(reply(90)), None);
        reads(reply_4, &[0, 91, 0, 0, 0, 0, 0, 0], Some(reply(91)), None);
        assert!(reply(90).is_granted() && !reply(91).is_granted());
    }

    #[test]
    fn anything_else_is_none() {
        let long = [&b"\x04\x01\0\x50\xc0\0\x02\x01"[..], &[b'x'; 600]].concat();
        assert_eq!(request_4(&long), RelayParse::Other);
        for bytes in [&[5, 9, 0, 1][..], &[5, 1, 0, 7], &[6], b"GET", &[5, 1, 1, 1]] {
            assert_eq!(request_5(bytes), RelayParse::Other, "{bytes:?}");
            assert_eq!(reply_4(bytes), RelayParse::Other, "{bytes:?}");
        }
        for bytes in [&[5, 0, 0, 9][..], b"HTTP/1.1", &[0]] {
            assert_eq!(reply_5(bytes), RelayParse::Other, "{bytes:?}");
        }
        // DCE/RPC begins with 5 and a minor version of 0.
        assert!(!are_methods(0, &[11, 3]) && are_methods(1, &[0]) && are_methods(2, &[0]));
        assert!(are_methods(1, &[0, 5, 1]) && !are_methods(1, &[0, 7]) && !are_methods(1, &[0xFF]));
    }
}
