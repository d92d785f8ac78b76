//! Quotas: what one network, or one user, may have before the others go short.
//!
//! A network is an IPv4 address or an IPv6 /64. [`networks`] counts what each has open, [`Refusals`] what was refused; who
//! has a place gives it back by dropping it. Loopback addresses are exempt from counts, because a proxy or a load generator
//! sits there, and not from shares of memory. The sockets of a user are counted by the
//! [registry](crate::presence::Registry), wherever the user comes from.

mod networks;
mod refusals;

use std::num::NonZeroUsize;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::IntoResponse;

use crate::server::answer::{Answer, whole_seconds};
use crate::wire::http::{Response, Status};

pub(in crate::server) use networks::{ConnectionPermit, Network, Networks, Permit, add};
pub(in crate::server) use refusals::Refusals;

/// When it is worth asking again for a place that somebody must leave first.
pub(in crate::server) const RETRY: Duration = Duration::from_secs(5);

/// The most of each; `None`: no quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Accounts that a network makes in an hour.
    pub registrations: Option<NonZeroUsize>,
    /// Connections of a network.
    pub connections: Option<NonZeroUsize>,
    /// Connections of a user to `/message`.
    pub user_sockets: Option<NonZeroUsize>,
    /// Inspect feeds of a network.
    pub feeds: Option<NonZeroUsize>,
    /// Lab experiments of a network at a time.
    pub lab_runs: Option<NonZeroUsize>,
    /// Bytes that the connections of a network hold, each beyond its first MiB: of messages that have not ended, and of
    /// answers that were not taken.
    pub held_bytes: Option<NonZeroUsize>,
    /// Password hashes of a network that wait for registrations, and as many for logins.
    pub hashes: Option<NonZeroUsize>,
}

impl Quotas {
    /// What is right for most: a class sits behind one address.
    pub const DEFAULT: Self = Self {
        registrations: NonZeroUsize::new(100),
        connections: NonZeroUsize::new(1000),
        user_sockets: NonZeroUsize::new(50),
        feeds: NonZeroUsize::new(8),
        lab_runs: NonZeroUsize::new(16),
        held_bytes: NonZeroUsize::new(32 << 20),
        hashes: NonZeroUsize::new(128),
    };
}

/// What there is a quota of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Quota {
    Registrations,
    Connections,
    UserSockets,
    Feeds,
    LabRuns,
    HeldBytes,
    Hashes,
}

impl Quota {
    /// In the order of their numbers.
    const ALL: [Self; 7] = [
        Self::Registrations,
        Self::Connections,
        Self::UserSockets,
        Self::Feeds,
        Self::LabRuns,
        Self::HeldBytes,
        Self::Hashes,
    ];

    /// The option that sets it, without `--quota-`.
    const fn name(self) -> &'static str {
        match self {
            Self::Registrations => "registrations",
            Self::Connections => "connections",
            Self::UserSockets => "user-sockets",
            Self::Feeds => "feeds",
            Self::LabRuns => "lab-runs",
            Self::HeldBytes => "held-bytes",
            Self::Hashes => "hashes",
        }
    }

    /// Why a client is refused, in words for the client.
    pub(in crate::server) const fn reason(self) -> &'static str {
        match self {
            Self::Registrations => "too many accounts were made from your network; try again later",
            Self::Connections => "too many connections from your network; close some",
            Self::UserSockets => "too many connections of this user",
            Self::Feeds => "too many feeds are open from your network; close one",
            Self::LabRuns => "too many experiments run from your network; wait for one to end",
            Self::HeldBytes => "too much is held of unfinished messages and answers not taken",
            Self::Hashes => "too many others are registering or signing in; try again",
        }
    }
}

impl Quotas {
    /// The most of this.
    const fn of(&self, quota: Quota) -> Option<NonZeroUsize> {
        match quota {
            Quota::Registrations => self.registrations,
            Quota::Connections => self.connections,
            Quota::UserSockets => self.user_sockets,
            Quota::Feeds => self.feeds,
            Quota::LabRuns => self.lab_runs,
            Quota::HeldBytes => self.held_bytes,
            Quota::Hashes => self.hashes,
        }
    }
}

/// A request that goes over a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) struct OverQuota {
    pub(in crate::server) quota: Quota,
    /// When it is worth trying again.
    pub(in crate::server) retry_after: Duration,
}

impl OverQuota {
    /// The refusal of an Upgrade, after which the connection is closed.
    pub(in crate::server) fn refusal(self) -> Response {
        Response::refusal(Status::TOO_MANY_REQUESTS, self.quota.reason())
            .header("Retry-After", whole_seconds(self.retry_after).to_string())
    }
}

/// The answer to any other request.
impl IntoResponse for OverQuota {
    fn into_response(self) -> axum::response::Response {
        Answer::error(StatusCode::TOO_MANY_REQUESTS, self.quota.reason())
            .retry_after(self.retry_after)
            .into_response()
    }
}
