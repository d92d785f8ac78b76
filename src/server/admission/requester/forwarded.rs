//! The elements of `Forwarded` (RFC 7239 §4) and `X-Forwarded-For`, one for each proxy.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use super::Scheme;
use crate::wire::http::is_token;

/// The most elements that are read: no chain of proxies is longer.
const MOST_HOPS: usize = 32;

/// One element: the client of a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hop {
    /// The address that sent the request to the proxy.
    pub(super) from: IpAddr,
    /// Scheme, if the proxy names it.
    pub(super) scheme: Option<Scheme>,
    /// Host and port that the client asked for, if the proxy names them.
    pub(super) host: Option<String>,
}

/// The elements of a `Forwarded` header line, last first; `None` for one without an address to be used: malformed,
/// `unknown`, obfuscated (RFC 7239 §6). A line whose quotes do not close is one such element.
pub(super) fn forwarded(line: &[u8]) -> Vec<Option<Hop>> {
    let Some(elements) = std::str::from_utf8(line).ok().and_then(|line| split(line, b',')) else {
        return vec![None];
    };
    // Empty elements of a list are skipped (RFC 9110 §5.6.1).
    let elements = elements.iter().rev().filter(|element| !element.is_empty());
    elements.take(MOST_HOPS).map(|element| hop(element)).collect()
}

/// The elements of an `X-Forwarded-For` header line, last first; `None` for what is no address.
pub(super) fn x_forwarded_for(line: &[u8]) -> Vec<Option<Hop>> {
    let Ok(line) = std::str::from_utf8(line) else { return vec![None] };
    let elements = line.rsplit(',').map(str::trim).filter(|element| !element.is_empty());
    elements
        .take(MOST_HOPS)
        .map(|element| Some(Hop { from: node(element)?, scheme: None, host: None }))
        .collect()
}

/// `proto=…` of `Forwarded`, and an element of `X-Forwarded-Proto`.
pub(super) fn scheme(text: &str) -> Option<Scheme> {
    let is = |name| text.eq_ignore_ascii_case(name);
    if is("https") || is("wss") {
        Some(Scheme::Https)
    } else if is("http") || is("ws") {
        Some(Scheme::Http)
    } else {
        None
    }
}

/// One element: pairs of which each name stands once, `for` among them.
fn hop(element: &str) -> Option<Hop> {
    let (mut from, mut proto, mut host) = (None, None, None);
    for pair in split(element, b';')?.into_iter().filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        let value = value_of(value)?;
        if name.is_empty() || !name.bytes().all(is_token) {
            return None;
        }
        let seen = if name.eq_ignore_ascii_case("for") {
            from.replace(value)
        } else if name.eq_ignore_ascii_case("proto") {
            proto.replace(value)
        } else if name.eq_ignore_ascii_case("host") {
            host.replace(value)
        } else {
            None
        };
        if seen.is_some() {
            return None;
        }
    }
    Some(Hop { from: node(&from?)?, scheme: proto.and_then(|proto| scheme(&proto)), host })
}

/// A token, or what a quoted string holds (RFC 9110 §5.6.4).
fn value_of(text: &str) -> Option<String> {
    let Some(quoted) = text.strip_prefix('"') else {
        return (!text.is_empty() && text.bytes().all(is_token)).then(|| text.to_owned());
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => return characters.as_str().is_empty().then_some(value),
            '\\' => value.push(characters.next()?),
            other => value.push(other),
        }
    }
}

/// The address of a node, with a port or without: `192.0.2.7`, `192.0.2.7:80`, `[2001:db8::1]`, `[2001:db8::1]:80`; and
/// as `X-Forwarded-For` has it, an IPv6 address without brackets.
fn node(text: &str) -> Option<IpAddr> {
    if let Some(inside) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        return inside.parse::<Ipv6Addr>().ok().map(|address| IpAddr::from(address).to_canonical());
    }
    let address = text.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

/// The parts of a text between separators that are not within quotes, trimmed; `None` if a quote does not close.
fn split(text: &str, separator: u8) -> Option<Vec<&str>> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if byte == separator && !quoted => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    (!quoted).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(hops: &[Option<Hop>]) -> Vec<String> {
        hops.iter()
            .map(|hop| hop.as_ref().map_or_else(|| "-".to_owned(), |hop| hop.from.to_string()))
            .collect()
    }

    #[test]
    fn rfc_7239_elements_last_first() {
        for (line, expected) in [
            ("for=192.0.2.43", &["192.0.2.43"][..]),
            ("For=\"[2001:db8:cafe::17]:4711\"", &["2001:db8:cafe::17"]),
            ("for=192.0.2.60;proto=http;by=203.0.113.43", &["192.0.2.60"]),
            ("for=192.0.2.43, for=198.51.100.17", &["198.51.100.17", "192.0.2.43"]),
            ("for=\"192.0.2.43:47011\" ,, for=\"[::ffff:10.0.0.1]\"", &["10.0.0.1", "192.0.2.43"]),
            ("for=_hidden, for=unknown, for=\"_SEVKISEK\"", &["-", "-", "-"]),
            ("by=\"a,b;c\\\"\";for=192.0.2.1", &["192.0.2.1"]),
            ("proto=https", &["-"]),
            ("for=192.0.2.1;for=192.0.2.2", &["-"]),
            ("for=192.0.2.1;host=a;host=b", &["-"]),
            ("for=2001:db8::1", &["-"]),
            ("for=192.0.2.1 x, for=192.0.2.2", &["192.0.2.2", "-"]),
            ("garbage, for=192.0.2.2;", &["192.0.2.2", "-"]),
            ("", &[]),
        ] {
            assert_eq!(addresses(&forwarded(line.as_bytes())), expected, "{line}");
        }
        let schemes: Vec<_> =
            forwarded(b"for=1.1.1.1;proto=https, for=2.2.2.2;Proto=\"HTTP\", for=3.3.3.3;proto=x")
                .into_iter()
                .map(|hop| hop.unwrap().scheme)
                .collect();
        assert_eq!(schemes, [None, Some(Scheme::Http), Some(Scheme::Https)]);
        let hosts: Vec<_> =
            forwarded(b"for=1.1.1.1;host=\"a.example:8443\", for=2.2.2.2;Host=b, for=3.3.3.3")
                .into_iter()
                .map(|hop| hop.unwrap().host)
                .collect();
        assert_eq!(hosts, [None, Some("b".to_owned()), Some("a.example:8443".to_owned())]);
    }

    /// Elements sent by a client stand left of the proxy's own, and must not swallow it.
    #[test]
    fn an_unclosed_quote_invalidates_the_line() {
        for line in [
            "for=6.6.6.6;x=\", for=192.0.2.1",
            "for=6.6.6.6;x=\", for=\"[2001:db8::1]:80\"",
            "for=6.6.6.6;x=\"\\, for=\"192.0.2.1:80\"",
            "x=\"\\\", for=192.0.2.1",
        ] {
            assert_eq!(addresses(&forwarded(line.as_bytes())), ["-"], "{line}");
        }
        assert_eq!(addresses(&forwarded(b"for=\xFF, for=192.0.2.1")), ["-"]);
    }

    #[test]
    fn x_forwarded_for_has_plain_addresses() {
        let line = b" 6.6.6.6 ,2001:db8::1, unknown,, [2001:db8::2]:80 , 192.0.2.1:1234";
        assert_eq!(
            addresses(&x_forwarded_for(line)),
            ["192.0.2.1", "2001:db8::2", "-", "2001:db8::1", "6.6.6.6"]
        );
        assert!(x_forwarded_for(b" , ").is_empty());
        assert_eq!(x_forwarded_for("1.1.1.1,".repeat(2000).as_bytes()).len(), MOST_HOPS);
        assert_eq!(forwarded("for=1.1.1.1,".repeat(2000).as_bytes()).len(), MOST_HOPS);
        assert_eq!(addresses(&x_forwarded_for(b"\xFF")), ["-"]);
    }
}
