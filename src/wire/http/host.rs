//! The host that a request is for: a name or an address, and a port (RFC 9110 §7.2).

use std::fmt;
use std::net::Ipv6Addr;

/// A valid `uri-host [ ":" port ]` (RFC 3986 §3.2.2, §3.2.3): the value of Host, or the authority of a target.
///
/// Only a host that can be connected to: not empty, no user name, no address of a future version, a port below 65536.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host<'a> {
    text: &'a str,
    name: &'a str,
    port: Option<u16>,
}

impl<'a> Host<'a> {
    /// Parses a header's value, or an authority; `None` if it is not valid.
    #[must_use]
    pub fn parse(value: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(value).ok()?;
        let end = if text.starts_with('[') {
            let end = text.find(']')?;
            text[1..end].parse::<Ipv6Addr>().ok()?;
            end + 1
        } else {
            reg_name(value).filter(|len| *len > 0)?
        };
        let (name, rest) = text.split_at(end);
        let port = match rest.as_bytes() {
            // A colon without a port is valid, and says nothing.
            [] | [b':'] => None,
            [b':', digits @ ..] => Some(port(digits)?),
            _ => return None,
        };
        Some(Self { text, name, port })
    }

    /// As it came.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.text
    }

    /// The name or the address, an IPv6 address in its brackets.
    #[must_use]
    pub const fn name(self) -> &'a str {
        self.name
    }

    /// The port, if there is one.
    #[must_use]
    pub const fn port(self) -> Option<u16> {
        self.port
    }
}

/// The fault of a request's host; each is answered 400 (RFC 9112 §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostError {
    /// There is no Host header.
    Missing,
    /// There is more than one.
    Repeated,
    /// Its value is not valid.
    Malformed,
    /// The target is in absolute-form, and its scheme or its authority is none to connect to.
    Target,
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "one Host header is needed",
            Self::Repeated => "Host may come only once",
            Self::Malformed => "Host must be a name or an address, and a port where there is one",
            Self::Target => "the request target must be a path, or a URL of this server",
        })
    }
}

impl std::error::Error for HostError {}

/// The length of the registered name or IPv4 address that a value begins with: of unreserved characters, sub-delims and
/// percent-encodings (RFC 3986 §3.2.2). `None`: a percent sign encodes nothing.
fn reg_name(value: &[u8]) -> Option<usize> {
    let mut len = 0;
    while let Some(byte) = value.get(len) {
        len += match byte {
            b'%' => {
                let digits = value.get(len + 1..len + 3)?;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(3)?
            }
            b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&'..=b',' | b';' | b'=' => 1,
            other if other.is_ascii_alphanumeric() => 1,
            _ => break,
        };
    }
    Some(len)
}

/// A port of digits alone, with zeros before it or not.
fn port(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0u16, |port, byte| {
        let digit = byte.is_ascii_digit().then_some(byte & 0x0F)?;
        port.checked_mul(10)?.checked_add(digit.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_3986_section_3_2_2_hosts() {
        for (text, name, port) in [
            ("localhost", "localhost", None),
            ("localhost:9001", "localhost", Some(9001)),
            ("127.0.0.1:0", "127.0.0.1", Some(0)),
            ("example.com:", "example.com", None),
            ("example.com:00080", "example.com", Some(80)),
            ("EXAMPLE.com.:65535", "EXAMPLE.com.", Some(65535)),
            ("a_b-c~d", "a_b-c~d", None),
            ("caf%C3%A9.example", "caf%C3%A9.example", None),
            ("[::1]", "[::1]", None),
            ("[::ffff:1.2.3.4]:443", "[::ffff:1.2.3.4]", Some(443)),
        ] {
            let host = Host::parse(text.as_bytes()).expect(text);
            assert_eq!((host.as_str(), host.name(), host.port()), (text, name, port));
        }
    }

    #[test]
    fn rfc_3986_section_3_2_2_what_is_no_host() {
        for wrong in [
            "",
            ":",
            ":80",
            "/",
            "a/b",
            "a/",
            "@",
            "user@a",
            "user:pw@a",
            "a b",
            "a\tb",
            "a?b",
            "a#b",
            "a\\b",
            "a\"b",
            "<a>",
            "a|b",
            "a^b",
            "a`b",
            "{a}",
            "a:b",
            "a:80b",
            "a:+80",
            "a:-1",
            "a:65536",
            "a:99999999999999999999",
            "a:80:80",
            "a::80",
            "a%",
            "a%4",
            "a%4g",
            "a%%41",
            "::1",
            "[::1",
            "::1]",
            "[]",
            "[:::1]",
            "[::1]x",
            "[::1]:x",
            "[::1]80",
            "[[::1]]",
            "[127.0.0.1]",
            "[localhost]",
            "[fe80::1%25eth0]",
            "[v1.a]",
            "a]",
            "a[",
            "caf\u{e9}",
            "a\0",
            "http://a",
        ] {
            assert_eq!(Host::parse(wrong.as_bytes()), None, "{wrong:?}");
        }
        assert_eq!(Host::parse(b"a\xff"), None);
    }
}
