//! The hosts that a server answers to (RFC 9110 §7.2 and §7.4).
//!
//! A page can have its own name resolve to this machine's address (DNS rebinding). To its browser the server then
//! belongs to the page's own origin: neither `Origin` nor an attribute of a cookie keeps the page out. The name in
//! `Host` does, for no page can change it.

use std::fmt;
use std::net::IpAddr;
use std::os::fd::AsFd;

use socket2::SockRef;

use crate::server::settings::Settings;
use crate::wire::http::{Host, HostError, Request, Response, Status};

/// The host that a request is for, without the port: a name, or an IP address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetHost<'a> {
    /// A name, without the dot that may end it.
    Name(&'a str),
    /// An address; IPv4 even if it came mapped into IPv6.
    Address(IpAddr),
}

impl<'a> TargetHost<'a> {
    fn of(host: Host<'a>) -> Self {
        let name = host.name();
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        match bare.parse::<IpAddr>() {
            Ok(address) => Self::Address(address.to_canonical()),
            Err(_) => Self::Name(name.strip_suffix('.').unwrap_or(name)),
        }
    }

    /// Parses a host that has no port; an IPv6 address may come without its brackets.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(Self::Address(address.to_canonical()));
        }
        let host = Host::parse(text.as_bytes()).filter(|host| host.name() == text).map(Self::of);
        host.filter(|host| *host != Self::Name(""))
    }
}

/// The address at which a connection reached the server, as far as a `Host` may name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum LocalAddress {
    /// One of this machine's loopback addresses: which of them makes no difference.
    Loopback,
    Address(IpAddr),
}

impl LocalAddress {
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
pub(in crate::server) struct Hosts {
    listen: IpAddr,
    names: Vec<String>,
    addresses: Vec<IpAddr>,
    /// Those of all these that need no look at the connection, as a client is likely to write them.
    literal: Vec<String>,
}

impl Hosts {
    pub(in crate::server) fn new(settings: &Settings) -> Self {
        let mut hosts = Self::listening(settings.listen.ip());
        let given = settings.hosts.iter().filter_map(|host| TargetHost::parse(host));
        let origins = settings.allowed_origins.iter().filter_map(|origin| {
            let (_, authority) = origin.split_once("://")?;
            Host::parse(authority.strip_suffix(":*").unwrap_or(authority).as_bytes()).map(TargetHost::of)
        });
        given.chain(origins).for_each(|host| hosts.add(host));
        hosts
    }

    fn listening(address: IpAddr) -> Self {
        let listen = address.to_canonical();
        let mut hosts =
            Self { listen, names: Vec::new(), addresses: Vec::new(), literal: vec![literal(listen)] };
        hosts.add(TargetHost::Name("localhost"));
        hosts
    }

    fn add(&mut self, host: TargetHost<'_>) {
        match host {
            TargetHost::Name(name) if !self.has_name(name) => {
                self.names.push(name.to_ascii_lowercase());
                self.literal.push(name.to_ascii_lowercase());
            }
            TargetHost::Address(address) if !self.addresses.contains(&address) => {
                self.addresses.push(address);
                self.literal.push(literal(address));
            }
            TargetHost::Name(_) | TargetHost::Address(_) => {}
        }
    }

    /// Local address of a connection. The kernel is asked only if the server listens on all addresses.
    pub(in crate::server) fn reached(&self, stream: &impl AsFd) -> LocalAddress {
        if !self.listen.is_unspecified() {
            return LocalAddress::at(self.listen);
        }
        let local = SockRef::from(stream).local_addr().ok().and_then(|address| address.as_socket());
        LocalAddress::at(local.map_or(self.listen, |address| address.ip()))
    }

    /// Checks whom a request is for: the host and port that it names; empty if it is of HTTP/1.0 and names none. Ports
    /// are not compared: a proxy or a port mapping changes them, and who rebinds a name changes the name.
    ///
    /// # Errors
    /// The refusal to send: 400 for a `Host` that is none, 421 for one that is not ours.
    pub(in crate::server) fn check<'r>(
        &self,
        request: &Request<'r>,
        reached: LocalAddress,
    ) -> Result<&'r str, Response> {
        if let Some(host) = self.literal(request) {
            return Ok(host);
        }
        let malformed = |error: HostError| Response::refusal(Status::BAD_REQUEST, &error.to_string());
        // No browser speaks HTTP/1.0.
        let Some(host) = request.host().map_err(malformed)? else { return Ok("") };
        let target = TargetHost::of(host);
        if self.has(target, reached) { Ok(host.as_str()) } else { Err(misdirected(target)) }
    }

    /// Checks the host that a trusted proxy says its client asked for: the name of a page that rebinds it comes so too.
    ///
    /// # Errors
    /// The refusal to send, as for `Host`.
    pub(in crate::server) fn check_forwarded(
        &self,
        host: &str,
        reached: LocalAddress,
    ) -> Result<(), Response> {
        let malformed = || Response::refusal(Status::BAD_REQUEST, "the forwarded host is malformed");
        let target = Host::parse(host.as_bytes()).map(TargetHost::of).ok_or_else(malformed)?;
        if self.has(target, reached) { Ok(()) } else { Err(misdirected(target)) }
    }

    fn has(&self, target: TargetHost<'_>, reached: LocalAddress) -> bool {
        match target {
            TargetHost::Name(name) => self.has_name(name),
            TargetHost::Address(address) => self.has_address(address, reached),
        }
    }

    /// The `Host` of a request, if it is one of ours at first sight: found in a third of the time that parsing takes.
    fn literal<'r>(&self, request: &Request<'r>) -> Option<&'r str> {
        let value = request.headers.single("Host").ok()?.filter(|_| request.target.starts_with('/'))?;
        let port = self.literal.iter().find_map(|known| value.strip_prefix(known.as_bytes()))?;
        let is_port = match port {
            [] => true,
            // Of as many digits, the greater number is the greater text.
            [b':', digits @ ..] => {
                let is_small = digits.len() < 5 || digits.len() == 5 && digits <= &b"65535"[..];
                is_small && digits.iter().all(u8::is_ascii_digit)
            }
            _ => false,
        };
        std::str::from_utf8(value).ok().filter(|_| is_port)
    }

    fn has_name(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    fn has_address(&self, address: IpAddr, reached: LocalAddress) -> bool {
        // The address of all addresses is printed when the server starts, and somebody will open it.
        reached.is(address) || address == self.listen || self.addresses.contains(&address)
    }
}

/// The accepted values of `Host`, for the log.
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

impl fmt::Display for TargetHost<'_> {
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

fn misdirected(host: TargetHost<'_>) -> Response {
    let why =
        format!("this server does not answer to {host}; if it should, start wirewalk with --host {host}");
    Response::refusal(Status::MISDIRECTED, &why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::http::Version;

    fn request<'r>(target: &'r str, hosts: &[&'r str]) -> Request<'r> {
        let headers = hosts.iter().map(|host| ("Host", host.as_bytes())).collect();
        Request { method: "GET", target, version: Version::Http11, headers }
    }

    fn hosts(listen: &str, others: &[&str]) -> Hosts {
        let mut hosts = Hosts::listening(listen.parse().unwrap());
        for other in others {
            hosts.add(TargetHost::parse(other).expect("a host"));
        }
        hosts
    }

    /// The status of a request with these `Host` headers, or the host and port that it is for.
    fn check<'r>(hosts: &Hosts, request: &Request<'r>) -> Result<&'r str, u16> {
        hosts.check(request, LocalAddress::at(hosts.listen)).map_err(|refusal| refusal.status().0)
    }

    /// The status of a request for this host to a server that listens on `listen`.
    fn status(listen: &str, host: &str) -> u16 {
        let hosts = hosts(listen, &["Ws.Example.com.", "192.0.2.7", "2001:db8::7"]);
        let checked = check(&hosts, &request("/", &[host]));
        assert!(checked.is_err() || checked == Ok(host), "{host}");
        checked.map_or_else(|status| status, |_| 200)
    }

    #[test]
    fn own_addresses_localhost_and_configured_hosts_are_accepted() {
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
    fn rfc_3986_section_3_2_a_malformed_host_is_400() {
        for host in [
            "",
            ":80",
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
        assert_eq!(check(&hosts("127.0.0.1", &[]), &old), Ok(""));
    }

    #[test]
    fn rfc_9112_section_3_2_2_the_target_overrides_host() {
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
            assert_eq!(checked, expected, "{target} {host}");
        }
    }
}
