//! The hosts that a server answers to (RFC 9110 §7.2 and §7.4).
//!
//! A page can have its own name resolve to this machine's address (DNS rebinding). To its browser the server then belongs
//! to the page's own origin: neither `Origin` nor an attribute of a cookie keeps the page out. The name in `Host` does, for
//! no page can change it.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::os::fd::AsFd;

use socket2::SockRef;

use super::field::Field;
use super::settings::Settings;
use crate::wire::http::{Request, Response, Status, Version};

/// A host: a name, or an IP address. Without the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host<'a> {
    /// A name, without the dot that may end it.
    Name(&'a str),
    /// An address; IPv4 even if it came mapped into IPv6.
    Address(IpAddr),
}

impl<'a> Host<'a> {
    /// Parses the value of a `Host` header: a host, and perhaps a port (RFC 3986 §3.2.2 and §3.2.3).
    #[must_use]
    pub fn parse(authority: &'a str) -> Option<Self> {
        if let Some(rest) = authority.strip_prefix('[') {
            let (address, port) = rest.split_once(']')?;
            let address: Ipv6Addr = address.parse().ok()?;
            let is_port =
                port.is_empty() || port.strip_prefix(':').is_some_and(|port| is_port(port.as_bytes()));
            return is_port.then(|| Self::Address(IpAddr::from(address).to_canonical()));
        }
        let (name, port) = authority.split_once(':').unwrap_or((authority, ""));
        if !is_port(port.as_bytes()) {
            return None;
        }
        if let Ok(address) = name.parse() {
            return Some(Self::Address(address));
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%".contains(&byte);
        let name = name.strip_suffix('.').unwrap_or(name);
        (!name.is_empty() && name.bytes().all(plain)).then_some(Self::Name(name))
    }

    /// Parses a host that has no port; an IPv6 address may come without its brackets.
    #[must_use]
    pub fn parse_bare(text: &'a str) -> Option<Self> {
        match text.parse::<IpAddr>() {
            Ok(address) => Some(Self::Address(address.to_canonical())),
            Err(_) => Self::parse(text).filter(|_| !text.contains(':') || text.ends_with(']')),
        }
    }
}

/// Whether this is a port, or none: digits are optional behind the colon.
fn is_port(text: &[u8]) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit().then_some(u16::from(byte & 0xF));
    text.iter().try_fold(0_u16, |port, byte| port.checked_mul(10)?.checked_add(digit(*byte)?)).is_some()
}

/// The address at which a connection reached the server, as far as a `Host` may name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    /// One of this machine's loopback addresses: which of them makes no difference.
    Loopback,
    Address(IpAddr),
}

impl Reached {
    fn at(address: IpAddr) -> Self {
        let address = address.to_canonical();
        if address.is_loopback() { Self::Loopback } else { Self::Address(address) }
    }

    fn is(self, address: IpAddr) -> bool {
        match self {
            Self::Loopback => address.is_loopback(),
            Self::Address(own) => own == address,
        }
    }
}

/// The hosts that a server answers to: its own addresses, `localhost`, and those of its settings.
#[derive(Debug)]
pub(super) struct Hosts {
    listen: IpAddr,
    names: Vec<String>,
    addresses: Vec<IpAddr>,
    /// Those of all these that need no look at the connection, as a client is likely to write them.
    literal: Vec<String>,
}

impl Hosts {
    pub(super) fn new(settings: &Settings) -> Self {
        let mut hosts = Self::listening(settings.listen.ip());
        let given = settings.hosts.iter().filter_map(|host| Host::parse_bare(host));
        let origins = settings.allowed_origins.iter().filter_map(|origin| {
            let (_, authority) = origin.split_once("://")?;
            Host::parse(authority.strip_suffix(":*").unwrap_or(authority))
        });
        given.chain(origins).for_each(|host| hosts.add(host));
        hosts
    }

    fn listening(address: IpAddr) -> Self {
        let listen = address.to_canonical();
        let mut hosts =
            Self { listen, names: Vec::new(), addresses: Vec::new(), literal: vec![literal(listen)] };
        hosts.add(Host::Name("localhost"));
        hosts
    }

    fn add(&mut self, host: Host<'_>) {
        match host {
            Host::Name(name) if !self.has_name(name) => {
                self.names.push(name.to_ascii_lowercase());
                self.literal.push(name.to_ascii_lowercase());
            }
            Host::Address(address) if !self.addresses.contains(&address) => {
                self.addresses.push(address);
                self.literal.push(literal(address));
            }
            Host::Name(_) | Host::Address(_) => {}
        }
    }

    /// Where this connection reached the server. The kernel is asked only if the server listens on all addresses.
    pub(super) fn reached(&self, stream: &impl AsFd) -> Reached {
        if !self.listen.is_unspecified() {
            return Reached::at(self.listen);
        }
        let local = SockRef::from(stream).local_addr().ok().and_then(|address| address.as_socket());
        Reached::at(local.map_or(self.listen, |address| address.ip()))
    }

    /// Checks whom a request is for: the host and port that it names; empty if it is of HTTP/1.0 and names none. Ports are
    /// not compared: a proxy or a port mapping changes them, and who rebinds a name changes the name.
    ///
    /// # Errors
    /// The refusal to send: 400 for a `Host` that is none, 421 for one that is not ours.
    pub(super) fn check<'r>(
        &self,
        request: &Request<'r>,
        host: Field<'r>,
        reached: Reached,
    ) -> Result<&'r [u8], Response> {
        let authority = match (host, absolute(request.target)) {
            (Field::Repeated, _) => return Err(malformed("one Host header is needed")),
            (Field::Missing, _) if request.version != Version::Http10 => {
                return Err(malformed("one Host header is needed"));
            }
            // No browser speaks it.
            (Field::Missing, None) => return Ok(b""),
            (Field::Once(authority), None) => authority,
            (Field::Missing | Field::Once(_), Some(authority)) => authority.as_bytes(),
        };
        if self.is_literal(authority) {
            return Ok(authority);
        }
        let host = std::str::from_utf8(authority).ok().and_then(Host::parse);
        match host.ok_or_else(|| malformed("Host is not a host and a port"))? {
            Host::Name(name) if self.has_name(name) => Ok(authority),
            Host::Address(address) if self.has_address(address, reached) => Ok(authority),
            host => Err(Response::refusal(
                Status::MISDIRECTED,
                &format!(
                    "this server does not answer to {host}; if it should, start wirewalk with --host {host}"
                ),
            )),
        }
    }

    /// Whether this is one of ours at first sight, in less time than it takes to parse it.
    fn is_literal(&self, authority: &[u8]) -> bool {
        let port = |known: &String| authority.strip_prefix(known.as_bytes());
        self.literal.iter().filter_map(port).any(|rest| match rest {
            [] => true,
            [b':', port @ ..] => is_port(port),
            _ => false,
        })
    }

    fn has_name(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    fn has_address(&self, address: IpAddr, reached: Reached) -> bool {
        // The address of all addresses is printed when the server starts, and somebody will open it.
        reached.is(address) || address == self.listen || self.addresses.contains(&address)
    }
}

/// What may stand in `Host`, as the log says it.
impl fmt::Display for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.listen.is_unspecified() {
            f.write_str("this machine's addresses")?;
        } else {
            self.listen.fmt(f)?;
        }
        self.names.iter().try_for_each(|name| write!(f, ", {name}"))?;
        self.addresses.iter().try_for_each(|address| write!(f, ", {address}"))
    }
}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// An address as it stands in `Host`.
fn literal(address: IpAddr) -> String {
    if address.is_ipv4() { address.to_string() } else { format!("[{address}]") }
}

fn malformed(why: &str) -> Response {
    Response::refusal(Status::BAD_REQUEST, why)
}

/// The host and port of a target in absolute form, which count whatever `Host` says (RFC 9112 §3.2.2).
fn absolute(target: &str) -> Option<&str> {
    if target.starts_with('/') {
        return None;
    }
    let (_, rest) = target.split_once("://").filter(|(scheme, _)| !scheme.contains(['/', '?']))?;
    rest.split(['/', '?', '#']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request<'r>(target: &'r str, hosts: &[&'r str]) -> Request<'r> {
        let headers = hosts.iter().map(|host| ("Host", host.as_bytes())).collect();
        Request { method: "GET", target, version: Version::Http11, headers }
    }

    fn hosts(listen: &str, others: &[&str]) -> Hosts {
        let mut hosts = Hosts::listening(listen.parse().unwrap());
        for other in others {
            hosts.add(Host::parse_bare(other).expect("a host"));
        }
        hosts
    }

    /// The status of a request with these `Host` headers, or the host and port that it is for.
    fn check<'r>(hosts: &Hosts, request: &Request<'r>) -> Result<&'r [u8], u16> {
        let host = request.headers.all("Host").collect();
        hosts.check(request, host, Reached::at(hosts.listen)).map_err(|refusal| refusal.status().0)
    }

    /// The status of a request for this host to a server that listens on `listen`.
    fn status(listen: &str, host: &str) -> u16 {
        let hosts = hosts(listen, &["Ws.Example.com.", "192.0.2.7", "2001:db8::7"]);
        let checked = check(&hosts, &request("/", &[host]));
        assert!(checked.is_err() || checked == Ok(host.as_bytes()), "{host}");
        checked.map_or_else(|status| status, |_| 200)
    }

    #[test]
    fn own_addresses_localhost_and_what_was_given() {
        for (listen, host, expected) in [
            ("127.0.0.1", "127.0.0.1:9001", 200),
            ("127.0.0.1", "127.0.0.1", 200),
            ("127.0.0.1", "127.8.9.1:1", 200),
            ("127.0.0.1", "[::1]:9001", 200),
            ("::1", "[::ffff:127.0.0.1]", 200),
            ("127.0.0.1", "localhost", 200),
            ("127.0.0.1", "LocalHost.:80", 200),
            ("127.0.0.1", "localhost:", 200),
            ("127.0.0.1", "ws.example.com", 200),
            ("127.0.0.1", "WS.EXAMPLE.COM.:443", 200),
            ("127.0.0.1", "192.0.2.7:9001", 200),
            ("127.0.0.1", "[2001:db8::7]:9001", 200),
            ("127.0.0.1", "[2001:DB8:0:0::7]", 200),
            ("127.0.0.1", "192.0.2.1", 421),
            ("127.0.0.1", "0.0.0.0:9001", 421),
            ("192.0.2.1", "192.0.2.1:9001", 200),
            ("192.0.2.1", "192.0.2.2", 421),
            ("192.0.2.1", "127.0.0.1", 421),
            ("192.0.2.1", "localhost", 200),
            ("0.0.0.0", "0.0.0.0:9001", 200),
            // Names that only look like ours.
            ("127.0.0.1", "evil.example", 421),
            ("127.0.0.1", "localhost.evil.example", 421),
            ("127.0.0.1", "evil.localhost", 421),
            ("127.0.0.1", "ws.example.com.evil.example", 421),
            ("127.0.0.1", "xws.example.com", 421),
            ("127.0.0.1", "localhost..", 421),
            ("127.0.0.1", "127.1", 421),
            ("127.0.0.1", "127.0.0.1.evil.example", 421),
            ("127.0.0.1", "2130706433", 421),
            ("127.0.0.1", "[::2]", 421),
        ] {
            assert_eq!(status(listen, host), expected, "{host} at {listen}");
        }
    }

    #[test]
    fn rfc_3986_section_3_2_what_is_no_host() {
        for host in [
            "",
            ":80",
            ".",
            "a b",
            "localhost/",
            "me@localhost",
            "localhost:x",
            "localhost:65536",
            "localhost:-1",
            "localhost:80:80",
            "::1",
            "[::1",
            "[::1]x",
            "[::1]:x",
            "[localhost]",
            "http://localhost",
            "localhost\u{e9}",
        ] {
            assert_eq!(status("127.0.0.1", host), 400, "{host:?}");
        }
        for lines in [&[][..], &["localhost", "localhost"], &["localhost", "evil.example"]] {
            for target in ["/", "http://localhost/"] {
                let checked = check(&hosts("127.0.0.1", &[]), &request(target, lines));
                assert_eq!(checked, Err(400), "{target} {lines:?}");
            }
        }
        let old = Request { version: Version::Http10, ..request("/", &[]) };
        assert_eq!(check(&hosts("127.0.0.1", &[]), &old), Ok(&b""[..]));
    }

    #[test]
    fn rfc_9112_section_3_2_2_the_target_has_the_last_word() {
        let hosts = hosts("127.0.0.1", &[]);
        for (target, host, expected) in [
            ("http://localhost:9001/echo", "evil.example", Ok("localhost:9001")),
            ("http://evil.example/", "localhost", Err(421)),
            ("http://evil.example?http://localhost", "localhost", Err(421)),
            ("http:///", "localhost", Err(400)),
            ("http://localhost@evil.example/", "localhost", Err(400)),
            ("/http://evil.example/", "localhost", Ok("localhost")),
            ("/?x=http://evil.example/", "localhost", Ok("localhost")),
        ] {
            let checked = check(&hosts, &request(target, &[host]));
            let expected = expected.map(str::as_bytes);
            assert_eq!(checked, expected, "{target} {host}");
        }
    }
}
