//! The sender of a request: the peer of the TCP connection, or the client that a trusted proxy names.

mod forwarded;

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use ipnet::IpNet;
use tracing::warn;

use crate::wire::http::Headers;
use forwarded::Hop;

/// Scheme by which a client reached the server, or the proxy in front of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Scheme {
    /// Without TLS.
    Http,
    /// With TLS.
    Https,
}

/// Source of a client's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    /// The peer of the TCP connection.
    DirectWrite,
    /// Named by trusted proxies on this machine.
    LocalProxy,
    /// Named by a trusted proxy on another machine.
    RemoteProxy,
    /// The last proxy that is known: beyond it the headers are malformed, or contradict each other.
    Obscure,
}

/// The sender of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::server) struct Requester {
    /// The address that counts: for quotas, wrong passwords and wrong sessions. Never IPv4 written as IPv6.
    pub(in crate::server) address: IpAddr,
    /// The scheme of this server's address in the client's browser (see `boundary::scheme` for what an `Origin` says).
    /// Only a trusted proxy can say `https`.
    pub(in crate::server) scheme: Scheme,
    /// The host and port of that address, if a trusted proxy says them; to be checked like those of `Host`.
    pub(in crate::server) host: Option<Box<str>>,
    route: Route,
}

impl Requester {
    /// The peer itself, before a head is read.
    pub(in crate::server) const fn direct(peer: IpAddr) -> Self {
        Self { address: peer.to_canonical(), scheme: Scheme::Http, host: None, route: Route::DirectWrite }
    }

    /// Returns `true` if it is the peer of the TCP connection.
    pub(super) fn is_direct(&self) -> bool {
        self.route == Route::DirectWrite
    }

    /// Returns `true` if it is on this machine: a proxy or a load generator, which no count holds up. Not one who made
    /// the headers of a local proxy unreadable.
    pub(in crate::server) const fn is_local(&self) -> bool {
        self.address.is_loopback() && matches!(self.route, Route::DirectWrite | Route::LocalProxy)
    }
}

/// Handlers take it as an argument; each request has one, put there by `accept::http`.
impl<S: Sync> FromRequestParts<S> for Requester {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().expect("each request has its client"))
    }
}

/// The proxies that may name their clients.
#[derive(Debug)]
pub(in crate::server) struct TrustedProxies {
    networks: Vec<IpNet>,
    /// `true` if a warning was logged of headers from a peer that is not trusted.
    warned_untrusted: AtomicBool,
    /// `true` if a warning was logged of headers that contradict each other.
    warned_conflict: AtomicBool,
}

impl TrustedProxies {
    pub(in crate::server) const fn new(networks: Vec<IpNet>) -> Self {
        let (warned_untrusted, warned_conflict) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { networks, warned_untrusted, warned_conflict }
    }

    /// Returns `true` if the peer is a trusted proxy.
    pub(in crate::server) fn trust(&self, peer: IpAddr) -> bool {
        !self.networks.is_empty() && {
            let peer = peer.to_canonical();
            self.networks.iter().any(|network| network.contains(&peer))
        }
    }

    /// The sender of a request with these headers on a connection of `peer`.
    ///
    /// The list of addresses is walked from the right, where the nearest proxy writes, as long as the address reached
    /// is trusted: what stands left of that the client could have sent itself. A proxy appends to one of `Forwarded`
    /// and `X-Forwarded-For`, and may pass the other on as the client sent it: where both stand and differ, neither is
    /// believed.
    pub(in crate::server) fn client(&self, peer: SocketAddr, headers: &Headers<'_>) -> Requester {
        let direct = Requester::direct(peer.ip());
        if !self.trust(direct.address) {
            self.warn_of_untrusted(direct.address, headers);
            return direct;
        }
        let forwarded = self.walk(&direct, hops(headers, "Forwarded", forwarded::forwarded));
        let listed = self.walk(&direct, hops(headers, "X-Forwarded-For", forwarded::x_forwarded_for));
        let walk = match (forwarded, listed) {
            (None, None) => Walk { client: direct, scheme: None, host: None, count: 1 },
            (Some(walk), None) | (None, Some(walk)) => walk,
            (Some(one), Some(other)) if one.client == other.client => Walk { count: other.count, ..one },
            (Some(_), Some(_)) => {
                if !self.warned_conflict.swap(true, Ordering::Relaxed) {
                    warn!(
                        "Forwarded and X-Forwarded-For from the proxy {} name different clients, so neither is \
                         believed; let the proxy remove the one it does not set",
                        direct.address
                    );
                }
                return Requester { route: Route::Obscure, ..direct };
            }
        };
        let said = |name| x_forwarded(headers, name, walk.count);
        let scheme = walk.scheme.or_else(|| forwarded::scheme(said("X-Forwarded-Proto")?));
        let host = walk.host.or_else(|| said("X-Forwarded-Host").map(str::to_owned));
        Requester {
            scheme: scheme.unwrap_or(Scheme::Http),
            host: host.map(String::into_boxed_str),
            ..walk.client
        }
    }

    /// Walks from the right; `None` if there is nothing to walk.
    fn walk(&self, direct: &Requester, hops: Vec<Option<Hop>>) -> Option<Walk> {
        let is_some = !hops.is_empty();
        let mut walk = Walk { client: direct.clone(), scheme: None, host: None, count: 0 };
        for hop in hops {
            if !self.trust(walk.client.address) {
                break;
            }
            let Some(hop) = hop else {
                walk.client.route = Route::Obscure;
                break;
            };
            // What another machine calls loopback is its own.
            let route = if walk.client.is_local() { Route::LocalProxy } else { Route::RemoteProxy };
            walk.client = Requester { address: hop.from, route, ..direct.clone() };
            (walk.scheme, walk.host) = (hop.scheme, hop.host);
            walk.count += 1;
        }
        is_some.then_some(walk)
    }

    fn warn_of_untrusted(&self, peer: IpAddr, headers: &Headers<'_>) {
        let forwarded = || {
            // By length first: each head is looked at, and hardly one has them.
            headers.iter().any(|(name, _)| match name.len() {
                9 => name.eq_ignore_ascii_case("Forwarded"),
                15 => name.eq_ignore_ascii_case("X-Forwarded-For"),
                _ => false,
            })
        };
        if !self.warned_untrusted.load(Ordering::Relaxed) && forwarded() {
            self.warned_untrusted.store(true, Ordering::Relaxed);
            warn!(
                "{peer} says for whom it asks (Forwarded, X-Forwarded-For), and is not trusted: everyone behind it \
                 shares one quota; if it is your proxy, add --trust-proxy {peer}"
            );
        }
    }
}

/// Returns `true` if this is the name of a header in which a proxy says what it was asked for.
pub(super) fn is_forwarding(name: &str) -> bool {
    let names = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Result of a walk over the proxies.
struct Walk {
    client: Requester,
    /// Scheme that the last proxy names.
    scheme: Option<Scheme>,
    /// Host and port that it names.
    host: Option<String>,
    /// Number of elements used.
    count: usize,
}

/// The elements of a header, over all its lines, last first.
fn hops(headers: &Headers<'_>, name: &str, read: fn(&[u8]) -> Vec<Option<Hop>>) -> Vec<Option<Hop>> {
    let mut lines: Vec<_> = headers.all(name).collect();
    lines.reverse();
    lines.into_iter().flat_map(read).collect()
}

/// What the proxy reached after so many hops says in `X-Forwarded-Proto` or `X-Forwarded-Host`, or the first one that
/// says any: many proxies overwrite the header, so that it has one element for all of them.
fn x_forwarded<'h>(headers: &Headers<'h>, name: &str, hops: usize) -> Option<&'h str> {
    let said: Vec<_> = headers.list(name).collect();
    said.get(said.len().saturating_sub(hops)).copied()
}

#[cfg(test)]
mod tests;
