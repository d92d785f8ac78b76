//! Time as values: when something is due, and what happens then.

use std::time::Duration;

use super::config::Timers;
use super::connection::Connection;
use super::error::{EndCause, ProtocolError};
use super::state::State;

/// What is waited for, and since when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    since: Duration,
    wait: Wait,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// For anything, since something came last.
    Anything,
    /// For anything too, but since our Ping.
    Pong,
    /// For the end, since our Close.
    End,
}

impl Clock {
    pub(super) const fn new(now: Duration) -> Self {
        Self { since: now, wait: Wait::Anything }
    }

    /// Something came.
    #[inline]
    pub(super) const fn heard(&mut self, now: Duration) {
        if !matches!(self.wait, Wait::End) {
            *self = Self::new(now);
        }
    }

    /// A Ping of ours goes out.
    const fn pinged(&mut self, now: Duration) {
        *self = Self { since: now, wait: Wait::Pong };
    }

    /// Our Close goes out.
    pub(super) const fn closing(&mut self, now: Duration) {
        *self = Self { since: now, wait: Wait::End };
    }

    /// When there was nothing for too long; `None`: never.
    fn due(&self, timers: &Timers) -> Option<Duration> {
        let patience = match self.wait {
            Wait::Anything => timers.ping_interval?,
            Wait::Pong => timers.ping_timeout,
            Wait::End => timers.close_timeout,
        };
        Some(self.since + patience)
    }
}

impl Connection {
    /// When [`handle_timeout`](Self::handle_timeout) wants to be called, at the latest; `None`: not by time alone.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        let due = self.clock.due(&self.config.timers);
        match self.state {
            State::Closed(_) => None,
            State::Closing(_) => due,
            State::Open => {
                let alive = due.filter(|_| !self.is_writing());
                [alive, self.assembler.deadline(&self.config.limits)].into_iter().flatten().min()
            }
        }
    }

    /// Does what is due at `now`: sends a Ping, gives up on a silent peer, a slow message or an unanswered Close.
    /// Called early it does nothing.
    pub fn handle_timeout(&mut self, now: Duration) {
        let is_open = matches!(self.state, State::Open);
        if is_open && self.assembler.deadline(&self.config.limits).is_some_and(|due| due <= now) {
            return self.fail(ProtocolError::MessageTooSlow, now);
        }
        if self.poll_timeout().is_none_or(|due| due > now) {
            return;
        }
        match self.clock.wait {
            Wait::Anything => {
                // An empty Ping in an open connection cannot be refused.
                let _ = self.ping(&[]);
                self.clock.pinged(now);
            }
            Wait::Pong => self.end(EndCause::PingTimeout),
            Wait::End => self.end(EndCause::CloseTimeout),
        }
    }

    /// Whether something waits to be written. A Ping would wait behind it, and so would the answer of a peer that is
    /// slow but alive: until it is gone, silence tells nothing. A peer that takes nothing is for whoever writes to see.
    fn is_writing(&self) -> bool {
        self.unsent() > 0
    }
}
