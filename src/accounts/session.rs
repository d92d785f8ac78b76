//! A login, and the identity that it proves later.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// The lifetime of a login.
pub const SESSION_LIFETIME: Duration = Duration::from_hours(7 * 24);

/// Someone registered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct User {
    /// The id, which never changes.
    pub id: i64,
    /// Their name, as they wrote it when they registered.
    pub name: String,
}

/// Someone whose password was right when it was checked.
pub struct Verified {
    /// The user.
    pub user: User,
    /// The hash that the password was checked against.
    pub(super) password_hash: String,
}

/// A login to be made; see [`Accounts::issue`](super::Accounts::issue).
#[derive(Debug, Clone)]
pub struct SignIn<'a> {
    /// The user whose name and password were right.
    pub user: &'a User,
    /// Least generation of the session; it is greater than those of the user's other sessions in any case.
    pub generation: u64,
    /// The address of the client; its network becomes one that the user has signed in from.
    pub from: IpAddr,
    /// Most sessions of the user, this one included; `None`: no limit.
    pub max_sessions: Option<NonZeroU32>,
    /// When.
    pub now: SystemTime,
}

/// A login just made. Token and session id are secrets of the user; they do not show in `Debug`.
#[derive(Clone)]
pub struct Login {
    /// For `Authorization: Bearer`.
    pub token: String,
    /// The session id that a WebSocket is opened with.
    pub session: Uuid,
    /// The user who logged in.
    pub user: User,
    /// The place of this login among those of the user.
    pub generation: u64,
    /// When token and session end by themselves.
    pub expires: SystemTime,
    /// The user's oldest sessions, ended because this one was too many.
    pub displaced: Vec<Uuid>,
}

/// The identity behind a token. Its `Debug` omits the session id.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The user.
    pub user: User,
    /// The session of the login that made the token.
    pub session: Uuid,
    /// Generation of the login that it comes from.
    pub generation: u64,
    /// The newest generation among the sessions of the user that are kept: of a later login, perhaps.
    pub newest: u64,
}

/// A session that a WebSocket may be opened with. The session id does not show in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionGrant {
    /// The session's user.
    pub user: User,
    /// Its id.
    pub session: Uuid,
    /// The place of its login among those of the user.
    pub generation: u64,
    /// The newest generation among the sessions of the user that are kept: of a later login, perhaps.
    pub newest: u64,
    /// When it ends by itself.
    pub expires: SystemTime,
}

/// The sessions meant by a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionScope {
    /// One.
    Session(Uuid),
    /// One, and those of the same user from earlier logins: with it goes what says that they are superseded.
    SessionAndOlder(Uuid),
    /// All of a user.
    User(i64),
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("user", &self.user).finish_non_exhaustive()
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("user", &self.user)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("user", &self.user).finish_non_exhaustive()
    }
}

impl fmt::Debug for SessionGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionGrant")
            .field("user", &self.user)
            .field("generation", &self.generation)
            .field("newest", &self.newest)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// Whole seconds since 1970, as the database and the token count; nothing before counts.
pub(super) fn to_unix(time: SystemTime) -> i64 {
    let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

/// The inverse of [`to_unix`].
pub(super) fn from_unix(seconds: i64) -> SystemTime {
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
}
