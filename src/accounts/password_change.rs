//! A new password in the place of the old one, and what becomes of the user's other sessions.

use super::password::check_strength;
use super::session::to_unix;
use super::{Accounts, Identity, LoginError, Name, StoreError, WeakPassword};
use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, Instant, SystemTime};
use uuid::Uuid;

/// Why a password was not changed.
#[derive(Debug)]
pub enum PasswordError {
    /// The new password is too easy to guess, or too long.
    Weak(WeakPassword),
    /// The current password is another one.
    Wrong,
    /// Too many wrong attempts lately; the current password was not looked at.
    TooMany {
        /// When to try again.
        retry_after: Duration,
    },
    /// The session has ended meanwhile.
    SessionEnded,
    /// The accounts are out of order.
    Store(StoreError),
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weak(reason) => reason.fmt(f),
            Self::Wrong => f.write_str("wrong current password"),
            Self::TooMany { .. } => f.write_str("too many wrong attempts: try again later"),
            Self::SessionEnded => f.write_str("not logged in"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl Error for PasswordError {}

impl From<LoginError> for PasswordError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Wrong => Self::Wrong,
            LoginError::TooMany { retry_after } => Self::TooMany { retry_after },
            LoginError::Store(error) => Self::Store(error),
        }
    }
}

impl From<StoreError> for PasswordError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A wish for a new password.
#[derive(Clone, Copy)]
pub struct PasswordChange<'a> {
    /// The current password.
    pub current: &'a str,
    /// The one to be.
    pub new: &'a str,
    /// Where the wish comes from.
    pub from: IpAddr,
}

impl Accounts {
    /// Changes the password of whoever `who` is, and ends their other sessions. Returns which those were.
    ///
    /// # Errors
    /// A wrong current password is counted as a wrong login. With any error the password and the sessions are as before.
    pub async fn change_password(
        &self,
        who: &Identity,
        change: PasswordChange<'_>,
    ) -> Result<Vec<Uuid>, PasswordError> {
        // Of someone registered, so it is a name.
        let name = Name::parse(&who.user.name).map_err(|_| PasswordError::Wrong)?;
        // Before the current one costs a hash.
        check_strength(change.new, &name).map_err(PasswordError::Weak)?;
        self.verify(&who.user.name, change.current, change.from, Instant::now()).await?;
        let slot = self.0.hasher.slot().await?;
        let hash = self.0.hasher.hash(change.new, slot).await?;
        let now = to_unix(SystemTime::now());
        let ended = self.0.store.change_password(who.user.id, who.session, &hash, now).await?;
        ended.ok_or(PasswordError::SessionEnded)
    }
}
