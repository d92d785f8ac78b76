//! The errors of open accounts.

use super::hash_queue::QueueFull;
use super::{BadName, WeakPassword};
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// The database, the system's random numbers, or a task that hashes failed. The cause is for the log; it may name
/// files.
#[derive(Debug)]
pub enum StoreError {
    /// Another program holds the database locked, or too many wait to write to it. Nothing was written.
    Busy(Box<dyn Error + Send + Sync>),
    /// The disk has no room. Nothing was written.
    Full(Box<dyn Error + Send + Sync>),
    /// Anything else: trying again does not help.
    Broken(Box<dyn Error + Send + Sync>),
}

impl StoreError {
    pub(super) fn broken(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken(cause.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(cause) => write!(f, "the account database is busy: {cause}"),
            Self::Full(cause) => write!(f, "the disk of the account database is full: {cause}"),
            Self::Broken(cause) => write!(f, "the accounts are out of order: {cause}"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let (Self::Busy(cause) | Self::Full(cause) | Self::Broken(cause)) = self;
        Some(&**cause)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(cause: sqlx::Error) -> Self {
        match Refusal::of(&cause) {
            Some(Refusal::Locked) => Self::Busy(cause.into()),
            Some(Refusal::Full) => Self::Full(cause.into()),
            // All connections are in use.
            None if matches!(cause, sqlx::Error::PoolTimedOut) => Self::Busy(cause.into()),
            _ => Self::Broken(cause.into()),
        }
    }
}

/// The failures of `SQLite` that are treated apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Locked,
    Full,
    NotWritable,
    NotADatabase,
    Damaged,
}

impl Refusal {
    /// By result code: <https://www.sqlite.org/rescode.html>
    pub(super) fn of(error: &sqlx::Error) -> Option<Self> {
        const IOERR_SHMSIZE: i32 = 4874;
        let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
        // The low byte is the primary result code.
        match code & 0xFF {
            5 | 6 | 15 => Some(Self::Locked),
            8 | 14 => Some(Self::NotWritable),
            11 => Some(Self::Damaged),
            // The index of the write-ahead log cannot be made longer: a full disk, where it is not SQLITE_FULL.
            13 => Some(Self::Full),
            _ if code == IOERR_SHMSIZE => Some(Self::Full),
            26 => Some(Self::NotADatabase),
            _ => None,
        }
    }
}

/// About as long as a full queue of hashes takes on two cores.
const QUEUE_TIME: Duration = Duration::from_secs(5);

pub(super) const OVERLOADED: &str = "too many passwords are waiting to be hashed";

/// The reason why a registration failed.
#[derive(Debug)]
pub enum RegisterError {
    /// The name breaks a rule.
    BadName(BadName),
    /// The password is too easy to guess, or too long.
    WeakPassword(WeakPassword),
    /// Someone has this name, in whatever case or look-alike spelling.
    Taken,
    /// Too many passwords wait to be hashed, in all or from this network.
    Overloaded {
        /// When to try again.
        retry_after: Duration,
    },
    /// The accounts are out of order.
    Store(StoreError),
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadName(reason) => reason.fmt(f),
            Self::WeakPassword(reason) => reason.fmt(f),
            Self::Taken => f.write_str("the name is taken"),
            Self::Overloaded { .. } => f.write_str(OVERLOADED),
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

impl From<QueueFull> for RegisterError {
    fn from(QueueFull: QueueFull) -> Self {
        Self::Overloaded { retry_after: QUEUE_TIME }
    }
}

impl From<StoreError> for RegisterError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The reason why a login failed.
#[derive(Debug)]
pub enum LoginError {
    /// No such user, or a wrong password; which of the two is not revealed.
    Wrong,
    /// Too many wrong attempts lately; the password was not looked at.
    TooMany {
        /// When to try again.
        retry_after: Duration,
    },
    /// Too many passwords wait to be checked, in all or from this network.
    Overloaded {
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
            Self::Overloaded { .. } => f.write_str(OVERLOADED),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl Error for LoginError {}

impl From<QueueFull> for LoginError {
    fn from(QueueFull: QueueFull) -> Self {
        Self::Overloaded { retry_after: QUEUE_TIME }
    }
}

impl From<StoreError> for LoginError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The reason why a token is not accepted.
#[derive(Debug)]
pub enum AuthError {
    /// Forged, expired, logged out, or no token at all; which is not revealed.
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
