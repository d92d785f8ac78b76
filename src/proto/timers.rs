//! Timers as values: the next deadline, and its effect.

use std::time::Duration;

use super::config::Timers;
use super::connection::Connection;
use super::error::{EndCause, ProtocolError};
use super::state::State;

/// The one wait of a connection, and its start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    since: Duration,
    wait: Wait,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// For any input, since the last.
    Anything,
    /// For any input, since our Ping.
    Pong,
    /// For the end of the connection, since our Close.
    End,
}

impl Clock {
    pub(super) const fn new(now: Duration) -> Self {
        Self { since: now, wait: Wait::Anything }
    }

    /// Input came: restarts the idle timer.
    #[inline]
    pub(super) const fn received(&mut self, now: Duration) {
        if !matches!(self.wait, Wait::End) {
            *self = Self::new(now);
        }
    }

    /// Our Ping was sent.
    const fn ping_sent(&mut self, now: Duration) {
        *self = Self { since: now, wait: Wait::Pong };
    }

    /// Our Close was sent.
    pub(super) const fn closing(&mut self, now: Duration) {
        *self = Self { since: now, wait: Wait::End };
    }

    /// The deadline of the wait; `None`: never.
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
    /// The next deadline: call [`handle_timeout`](Self::handle_timeout) then. `None`: no timer runs.
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

    /// Handles the deadlines up to `now`: sends a Ping; fails a slow message; ends the connection after an unanswered
    /// Ping or Close. Called early it does nothing.
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
                self.clock.ping_sent(now);
            }
            Wait::Pong => self.end(EndCause::PingTimeout),
            Wait::End => self.end(EndCause::CloseTimeout),
        }
    }

    /// Returns `true` if bytes wait to be written. A Ping would queue behind them, and a slow peer could not answer it
    /// yet: silence then proves nothing. A peer that reads nothing is the writer's to time out.
    fn is_writing(&self) -> bool {
        self.unsent() > 0
    }
}
