//! What an operator can set.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use ipnet::IpNet;

use super::endpoints::lab;
use crate::explain;
use crate::presence::{Language, LoginPolicy};
use crate::proto::{Config, Limits, Rate, Timers};
use crate::server::admission::quota::Quotas;
use crate::server::recorder::Recording;

/// How the server behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// How many threads serve connections: the one that runs the server, and this many less one of its own.
    pub workers: NonZeroUsize,
    /// The language of those who ask for none.
    pub language: Language,
    /// Whether a user may be signed in more than once.
    pub login_policy: LoginPolicy,
    /// How many sessions a user may have: the oldest ends for one more. `None`: as many as they like.
    pub max_sessions: Option<NonZeroU32>,
    /// Hosts that requests may be for, besides the address listened on, `localhost` and the hosts of
    /// `allowed_origins`. Without a port.
    pub hosts: Vec<String>,
    /// Origins whose pages may open a WebSocket and, on the same site, change something, besides the server's own; `*` as a
    /// port is any.
    pub allowed_origins: Vec<String>,
    /// The longest message, in bytes. `/message` and `/broadcast` have tighter limits of their own.
    pub max_message_size: u64,
    /// The most TCP connections at a time.
    pub max_connections: usize,
    /// How long a request head may take, from accepting the connection to the empty line.
    pub handshake_timeout: Duration,
    /// When a silent peer is pinged; `None`: never.
    pub ping_interval: Option<Duration>,
    /// How long the answer to a Ping may take.
    pub ping_timeout: Duration,
    /// How long the closing handshake may take.
    pub close_timeout: Duration,
    /// The most that may wait to be sent to one connection, in bytes.
    pub send_buffer: usize,
    /// How long connections have to close when the server stops.
    pub drain_timeout: Duration,
    /// What unlocks `/api/`; `None`: nothing does.
    pub admin_token: Option<String>,
    /// The proxies whose word on their clients' addresses is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// What one network, or one user, may have.
    pub quotas: Quotas,
    /// Where to capture the connections; `None`: they are not captured.
    pub recording: Option<Recording>,
    /// Who may reach the lab; `None`: there is none.
    pub lab: Option<lab::Reach>,
    /// What stands around a report that a page saves.
    pub report: fn(Option<explain::Language>) -> explain::Shell,
}

/// How often a peer may ping, on every endpoint but `/echo`.
pub(super) const PINGS: Rate = Rate { per_second: 20, burst: 40 };

impl Settings {
    fn timers(&self) -> Timers {
        Timers {
            ping_interval: self.ping_interval,
            ping_timeout: self.ping_timeout,
            close_timeout: self.close_timeout,
        }
    }

    /// `/echo` takes all that RFC 6455 allows, up to the longest message; but none may take for ever. Pings come as fast as
    /// their pongs are read: while a pong waits to be sent, nothing more is taken in.
    pub(super) fn echo(&self) -> Config {
        let limits = Limits {
            message: self.max_message_size,
            message_time: Some(Duration::from_mins(5)),
            ..Limits::default()
        };
        Config { limits, timers: self.timers() }
    }

    /// `/broadcast` takes only what fits the queue of a receiver.
    pub(super) fn broadcast(&self) -> Config {
        let mut config = self.echo();
        config.limits.message = config.limits.message.min(self.send_buffer as u64 / 2);
        config.limits.pings = Some(PINGS);
        config
    }

    /// `/message` takes small questions, and not too many.
    pub(super) fn message(&self) -> Config {
        let limits = Limits {
            message: self.max_message_size.min(64 * 1024),
            fragments: Some(64),
            empty_fragments: Some(16),
            message_time: Some(Duration::from_secs(30)),
            pings: Some(PINGS),
            messages: Some(Rate { per_second: 10, burst: 20 }),
        };
        Config { limits, timers: self.timers() }
    }
}
