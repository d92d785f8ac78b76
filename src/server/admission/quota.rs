//! Quotas: limits for one network or one user.
//!
//! A network is an IPv4 address or an IPv6 /64. [`networks`] counts what each has open by permits, which are given back
//! when dropped; [`memory`] bounds what its connections hold, and [`Refusals`] counts what was refused. Loopback
//! addresses are exempt from counts, because a proxy or a load generator sits there, and not from shares of memory. The
//! sockets of a user are counted by the [registry](crate::presence::Registry), wherever the user comes from.

pub(in crate::server) mod memory;
mod networks;
mod refusals;

use std::num::NonZeroUsize;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::IntoResponse;

use crate::server::answer::{Answer, whole_seconds};
use crate::wire::http::{Response, Status};

pub(in crate::server) use networks::{Network, NetworkPermit, Networks, QuotaPermit};
pub(in crate::server) use refusals::Refusals;

/// `Retry-After` of a quota that frees only when somebody leaves.
pub(in crate::server) const RETRY: Duration = Duration::from_secs(5);

/// The limits; `None`: no quota.
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
    /// Bytes that the connections of a network hold, each beyond its first MiB, of unfinished messages and unsent
    /// answers.
    pub held_bytes: Option<NonZeroUsize>,
    /// Password hashes of a network that wait for registrations, and as many for logins.
    pub hashes: Option<NonZeroUsize>,
}

impl Quotas {
    /// Room for a class behind one address.
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

/// One of the quotas.
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
    /// In the order of the discriminants.
    const ALL: [Self; 7] = [
        Self::Registrations,
        Self::Connections,
        Self::UserSockets,
        Self::Feeds,
        Self::LabRuns,
        Self::HeldBytes,
        Self::Hashes,
    ];

    /// Name of its option, without `--quota-`.
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

    /// Reason of a refusal, for the client.
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
    /// The limit of one quota.
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
    /// Value of `Retry-After`.
    pub(in crate::server) retry_after: Duration,
}

impl OverQuota {
    /// The response to an Upgrade, after which the connection is closed.
    pub(in crate::server) fn refusal(self) -> Response {
        Response::refusal(Status::TOO_MANY_REQUESTS, self.quota.reason())
            .header("Retry-After", whole_seconds(self.retry_after).to_string())
    }
}

/// The response to any other request.
impl IntoResponse for OverQuota {
    fn into_response(self) -> axum::response::Response {
        Answer::error(StatusCode::TOO_MANY_REQUESTS, self.quota.reason())
            .retry_after(self.retry_after)
            .into_response()
    }
}
