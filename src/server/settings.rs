//! Configuration of a server.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use ipnet::IpNet;

use crate::explain;
use crate::presence::{Language, LoginPolicy};
use crate::proto::{Config, Limits, Rate, Timers};
use crate::server::admission::quota::Quotas;
use crate::server::base_path::BasePath;
use crate::server::recorder::Recording;

/// Settings of a server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address to listen on; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// Number of threads that serve connections, with the one that runs the server.
    pub workers: NonZeroUsize,
    /// Language for clients that ask for none.
    pub language: Language,
    /// The policy for a user's second login.
    pub login_policy: LoginPolicy,
    /// The most sessions of a user: the oldest ends for one more. `None`: no limit.
    pub max_sessions: Option<NonZeroU32>,
    /// Path below which everything is.
    pub base_path: BasePath,
    /// Hosts that requests may be for, besides the address listened on, `localhost` and the hosts of
    /// `allowed_origins`. Without a port.
    pub hosts: Vec<String>,
    /// Origins whose pages may open a WebSocket and, on the same site, change something, besides the server's own; `*`
    /// as a port is any.
    pub allowed_origins: Vec<String>,
    /// The longest message, in bytes. `/message` and `/broadcast` have tighter limits of their own.
    pub max_message_size: u64,
    /// The most TCP connections at a time.
    pub max_connections: usize,
    /// Time limit of a request head, from the accept to the empty line.
    pub handshake_timeout: Duration,
    /// Silence after which a peer is pinged; `None`: never.
    pub ping_interval: Option<Duration>,
    /// Time limit of the Pong.
    pub ping_timeout: Duration,
    /// Time limit of the closing handshake.
    pub close_timeout: Duration,
    /// The most that may be queued for one connection, in bytes.
    pub send_buffer: usize,
    /// Time limit for connections to close when the server stops.
    pub drain_timeout: Duration,
    /// Token of `/api/`; `None`: there is no such API.
    pub admin_token: Option<String>,
    /// The users online that a user may see.
    pub visible_users: VisibleUsers,
    /// Proxies that may name the addresses of their clients, and the scheme and host that these used.
    pub trusted_proxies: Vec<IpNet>,
    /// Limits for one network or one user.
    pub quotas: Quotas,
    /// Capture of the connections; `None`: none.
    pub recording: Option<Recording>,
    /// Access to the lab; `None`: there is none.
    pub lab: Option<LabAccess>,
    /// Shell of an HTML report that a page exports.
    pub report: fn(Option<explain::Language>) -> explain::Shell,
}

/// The users online that a user may see on the pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum VisibleUsers {
    /// Only themselves.
    #[default]
    Oneself,
    /// Everyone, by name.
    Everyone,
}

/// Access to the lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabAccess {
    /// This machine: the server may only listen on a loopback address.
    Loopback,
    /// Every client of the server.
    Any,
}

/// Rate of Pings that a peer may send, on every endpoint but `/echo`.
pub(super) const PINGS: Rate = Rate { per_second: 20, burst: 40 };

impl Settings {
    fn timers(&self) -> Timers {
        Timers {
            ping_interval: self.ping_interval,
            ping_timeout: self.ping_timeout,
            close_timeout: self.close_timeout,
        }
    }

    /// `/echo` takes all that RFC 6455 allows, up to the longest message; but none may take for ever. Pings come as
    /// fast as their pongs are read: while a pong waits to be sent, nothing more is taken in.
    pub(super) fn echo(&self) -> Config {
        let limits = Limits {
            message: self.max_message_size,
            message_time: Some(Duration::from_mins(5)),
            ..Limits::default()
        };
        Config { limits, timers: self.timers() }
    }

    /// `/broadcast` takes only messages that fit the queue of a receiver.
    pub(super) fn broadcast(&self) -> Config {
        let mut config = self.echo();
        config.limits.message = config.limits.message.min(self.send_buffer as u64 / 2);
        config.limits.pings = Some(PINGS);
        config
    }

    /// `/message` takes short queries at a limited rate.
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
