//! What can go wrong once the accounts are open.

use super::{BadName, WeakPassword};
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Something broke on our side: the database, the system's random numbers, a task that hashes. The cause is for the
/// log; there is nothing in it that whoever asked could act on.
#[derive(Debug)]
pub struct StoreError(Box<dyn Error + Send + Sync>);

impl StoreError {
    pub(super) fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the accounts are out of order: {}", self.0)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(cause: sqlx::Error) -> Self {
        Self::new(cause)
    }
}

/// Why nobody was registered.
#[derive(Debug)]
pub enum RegisterError {
    /// The name breaks a rule.
    BadName(BadName),
    /// The password is too easy to guess, or too long.
    WeakPassword(WeakPassword),
    /// Someone has this name, perhaps in other case.
    Taken,
    /// The accounts are out of order.
    Store(StoreError),
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadName(reason) => reason.fmt(f),
            Self::WeakPassword(reason) => reason.fmt(f),
            Self::Taken => f.write_str("the name is taken"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl Error for RegisterError {}

impl From<BadName> for RegisterError {
    fn from(reason: BadName) -> Self {
        Self::BadName(reason)
    }
}

impl From<WeakPassword> for RegisterError {
    fn from(reason: WeakPassword) -> Self {
        Self::WeakPassword(reason)
    }
}

impl From<StoreError> for RegisterError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Why nobody was logged in.
#[derive(Debug)]
pub enum LoginError {
    /// No such user, or not the password; which of the two is not told.
    Wrong,
    /// Too many wrong attempts lately; the password was not looked at.
    TooMany {
        /// When to try again.
        retry_after: Duration,
    },
    /// The accounts are out of order.
    Store(StoreError),
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong => f.write_str("wrong name or password"),
            Self::TooMany { retry_after } => {
                // Up, not down: half a second of waiting is not none.
                let seconds = retry_after.as_millis().div_ceil(1000);
                write!(f, "too many wrong attempts: try again in {seconds} s")
            }
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl Error for LoginError {}

impl From<StoreError> for LoginError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Why a token names nobody.
#[derive(Debug)]
pub enum AuthError {
    /// Forged, expired, logged out, or no token at all; which is not told.
    Invalid,
    /// The accounts are out of order.
    Store(StoreError),
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid => f.write_str("not logged in"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl Error for AuthError {}

impl From<StoreError> for AuthError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
