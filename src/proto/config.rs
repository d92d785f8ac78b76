//! What an endpoint allows and how long it waits.

use std::time::Duration;

use super::rate::Rate;
use crate::wire::ws::MaskKey;

/// Where a client's masking keys come from; each call must give a new one that nobody can foresee (RFC 6455 §10.3).
pub type MaskSource = Box<dyn FnMut() -> MaskKey + Send>;

/// How an endpoint behaves; shared by all its connections.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// How much may come in.
    pub limits: Limits,
    /// How long to wait.
    pub timers: Timers,
}

/// How much may come in.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest message, in bytes; a longer one fails with 1009 as soon as a header tells.
    pub message: u64,
    /// The most fragments of a message; more fail with 1008. `None`: any number.
    pub fragments: Option<u32>,
    /// The most empty fragments of a message; more fail with 1008. `None`: any number.
    pub empty_fragments: Option<u32>,
    /// The longest time from a message's first fragment to its last; longer fails with 1008.
    pub message_time: Option<Duration>,
    /// How often the peer may ping; more fails with 1008.
    pub pings: Option<Rate>,
    /// How often the peer may send a message; more fails with 1008.
    pub messages: Option<Rate>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: 16 * 1024 * 1024,
            fragments: None,
            empty_fragments: None,
            message_time: None,
            pings: None,
            messages: None,
        }
    }
}

/// How long to wait.
#[derive(Debug, Clone, Copy)]
pub struct Timers {
    /// A Ping is sent when nothing came in for this long. `None`: never.
    pub ping_interval: Option<Duration>,
    /// The peer is gone when nothing comes for this long after our Ping.
    pub ping_timeout: Duration,
    /// How long the closing handshake, the end of TCP included, may take.
    pub close_timeout: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            ping_interval: None,
            ping_timeout: Duration::from_secs(10),
            close_timeout: Duration::from_secs(5),
        }
    }
}
