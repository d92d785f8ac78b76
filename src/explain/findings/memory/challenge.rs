//! Challenges to Upgrade requests, and the Upgrades that were accepted after one (RFC 9110 §11.4).

use std::net::{IpAddr, SocketAddr};

use super::packet_ref::PacketRef;
use crate::observe::{Request, Response, Stream};

/// A request for an Upgrade that was answered with 401 or 407.
#[derive(Debug)]
pub(in crate::explain::findings) struct Challenge {
    pub(in crate::explain::findings) request: Request,
    pub(in crate::explain::findings) response: Response,
    pub(in crate::explain::findings) at: PacketRef,
}

/// Time after a challenge within which an accepted request answers it, in nanoseconds.
const ANSWERED_WITHIN_NS: u64 = 60_000_000_000;

impl Challenge {
    /// Returns `true` if a response is a challenge to an Upgrade request.
    pub(in crate::explain::findings) const fn is_one(response: &Response) -> bool {
        matches!(response.status.0, 401 | 407) && response.upgrade.is_some()
    }
}

/// An Upgrade that was accepted.
#[derive(Debug)]
pub(in crate::explain::findings) struct AcceptedUpgrade {
    client: IpAddr,
    server: SocketAddr,
    target: String,
    at: PacketRef,
}

impl AcceptedUpgrade {
    pub(in crate::explain::findings) fn new(about: &Stream, request: &Request, at: PacketRef) -> Self {
        let target = request.target.clone();
        Self { client: about.ends.client.ip(), server: about.ends.server, target, at }
    }

    /// The packet of its 101, if it answers a challenge on this connection.
    pub(in crate::explain::findings) fn answers(&self, about: &Stream, challenge: &Challenge) -> Option<u64> {
        let is_same = self.client == about.ends.client.ip()
            && self.server == about.ends.server
            && self.target == challenge.request.target;
        let is_after =
            self.at.packet > challenge.at.packet && self.at.since(challenge.at) < ANSWERED_WITHIN_NS;
        (is_same && is_after).then_some(self.at.packet)
    }
}
