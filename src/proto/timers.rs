//! Time as values: when something is due, and what happens then.

use std::time::Duration;

use super::connection::Connection;
use super::error::{EndCause, ProtocolError};
use super::state::State;
use crate::wire::ws::ReadyState;

/// When things happened that a timer counts from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    /// The last time anything came in.
    pub(super) heard: Duration,
    /// Our Ping that nothing came after.
    pub(super) pinged: Option<Duration>,
    /// When the closing handshake must have ended.
    pub(super) close_by: Option<Duration>,
}

impl Clock {
    pub(super) const fn new(now: Duration) -> Self {
        Self { heard: now, pinged: None, close_by: None }
    }

    pub(super) const fn heard(&mut self, now: Duration) {
        self.heard = now;
        self.pinged = None;
    }
}

impl Connection {
    /// When [`handle_timeout`](Self::handle_timeout) wants to be called, at the latest; `None`: not by time alone.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        match self.state {
            State::Closed(_) => None,
            State::Closing(_) => self.clock.close_by,
            State::Open => {
                let timers = &self.config.timers;
                let alive = match self.clock.pinged {
                    _ if self.is_writing() => None,
                    Some(pinged) => Some(pinged + timers.ping_timeout),
                    None => timers.ping_interval.map(|interval| self.clock.heard + interval),
                };
                [alive, self.assembler.deadline(&self.config.limits)].into_iter().flatten().min()
            }
        }
    }

    /// Does what is due at `now`: sends a Ping, gives up on a silent peer, a slow message or an unanswered Close.
    /// Called early it does nothing.
    pub fn handle_timeout(&mut self, now: Duration) {
        match self.ready_state() {
            ReadyState::Closing if self.clock.close_by.is_some_and(|due| due <= now) => {
                self.end(EndCause::CloseTimeout);
            }
            ReadyState::Open => {
                if self.assembler.deadline(&self.config.limits).is_some_and(|due| due <= now) {
                    self.fail(ProtocolError::MessageTooSlow, now);
                } else if self.is_writing() {
                    // Nothing is due.
                } else if let Some(pinged) = self.clock.pinged {
                    if pinged + self.config.timers.ping_timeout <= now {
                        self.end(EndCause::PingTimeout);
                    }
                } else if let Some(interval) = self.config.timers.ping_interval
                    && self.clock.heard + interval <= now
                {
                    // An empty Ping in an open connection cannot be refused.
                    let _ = self.ping(&[]);
                    self.clock.pinged = Some(now);
                }
            }
            _ => {}
        }
    }

    /// Whether something waits to be written. A Ping would wait behind it, and so would the answer of a peer that is
    /// slow but alive: until it is gone, silence tells nothing. A peer that takes nothing is for whoever writes to see.
    fn is_writing(&self) -> bool {
        self.unsent() > 0
    }
}
