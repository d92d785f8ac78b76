//! Limits and timeouts of an endpoint.

use std::time::Duration;

use super::rate::Rate;
use crate::wire::ws::MaskKey;

/// The source of a client's masking keys; each call must return a new, unpredictable one (RFC 6455 §10.3).
pub type MaskSource = Box<dyn FnMut() -> MaskKey + Send>;

/// The configuration of an endpoint, shared by all its connections.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Limits on input.
    pub limits: Limits,
    /// Timeouts.
    pub timers: Timers,
}

/// Limits on input.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest message, in bytes; a longer one fails with 1009 at the header that exceeds it.
    pub message: u64,
    /// The most fragments of a message; more fail with 1008. `None`: any number.
    pub fragments: Option<u32>,
    /// The most empty fragments of a message; more fail with 1008. `None`: any number.
    pub empty_fragments: Option<u32>,
    /// The longest time from a message's first fragment to its last; longer fails with 1008.
    pub message_time: Option<Duration>,
    /// The highest rate of the peer's pings; more fails with 1008.
    pub pings: Option<Rate>,
    /// The highest rate of the peer's messages; more fails with 1008.
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

/// Timeouts.
#[derive(Debug, Clone, Copy)]
pub struct Timers {
    /// Silence after which a Ping is sent. `None`: never.
    pub ping_interval: Option<Duration>,
    /// Silence after our Ping after which the peer is gone.
    pub ping_timeout: Duration,
    /// Longest closing handshake, the end of TCP included.
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
