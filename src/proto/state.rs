//! The states of an open connection, and the one place where they change.
//!
//! ```text
//!              close sent or received            both Closes seen, or failed,
//!              (or a rule broken)                and TCP ended, or time is up
//!   Open ────────────────────────────▶ Closing ────────────────────────────▶ Closed
//!     └───────────────── TCP ended, or no answer to a Ping ─────────────────────▲
//! ```

use super::error::EndCause;
use crate::wire::Side;
use crate::wire::ws::{CloseCode, CloseFrame, ReadyState};

/// The state of a connection (RFC 6455 §7.1).
#[derive(Debug)]
pub(super) enum State {
    Open,
    Closing(Box<CloseRecord>),
    Closed(Box<CloseRecord>),
}

impl State {
    pub(super) const fn ready_state(&self) -> ReadyState {
        match self {
            Self::Open => ReadyState::Open,
            Self::Closing(_) => ReadyState::Closing,
            Self::Closed(_) => ReadyState::Closed,
        }
    }

    pub(super) const fn record(&self) -> Option<&CloseRecord> {
        match self {
            Self::Open => None,
            Self::Closing(record) | Self::Closed(record) => Some(record),
        }
    }

    /// The record, begun by `first` if none is; `None` once it is final.
    pub(super) fn closing(&mut self, first: Side) -> Option<&mut CloseRecord> {
        if matches!(self, Self::Open) {
            *self = Self::Closing(Box::new(CloseRecord { first, sent: None, received: None, cause: None }));
        }
        match self {
            Self::Closing(record) => Some(record),
            _ => None,
        }
    }

    /// Enters Closed: the record is now final.
    pub(super) fn end(&mut self, first: Side, cause: Option<EndCause>) {
        if let Some(record) = self.closing(first) {
            record.cause = record.cause.or(cause);
        }
        *self = match std::mem::replace(self, Self::Open) {
            Self::Closing(record) | Self::Closed(record) => Self::Closed(record),
            Self::Open => unreachable!("closing() left Open"),
        };
    }
}

/// The close of a connection, as this endpoint saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseRecord {
    /// The side that began, as far as this endpoint knows. When both Closes cross, each end names itself.
    pub first: Side,
    /// The Close we sent.
    pub sent: Option<CloseFrame>,
    /// The Close we received.
    pub received: Option<CloseFrame>,
    /// The cause that ended it; `None` after an orderly closing handshake.
    pub cause: Option<EndCause>,
}

impl CloseRecord {
    /// Returns `true` if the closing handshake was completed (RFC 6455 §7.1.4): `wasClean` in a browser.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.sent.is_some() && self.received.is_some() && self.cause.is_none()
    }

    /// The close code that an API reports (RFC 6455 §7.1.5): the peer's, 1005 if its Close had none, 1006 if there
    /// was no Close.
    #[must_use]
    pub fn reported_code(&self) -> CloseCode {
        self.received.as_ref().map_or(CloseCode::ABNORMAL, CloseFrame::code)
    }
}
