//! Accounts: users, their passwords and their sessions.
//!
//! Users and their sessions are kept in one `SQLite` file, with the key that tokens are signed with beside them, so
//! that logins survive a restart. Passwords are hashed with Argon2id. A login is known by two secrets: a token (a JWT)
//! for HTTP, and a session id for the WebSocket. Both are good for as long as the session's row says, so logging out
//! ends both at once.
//!
//! A confirmed write is committed: every write is a transaction of its own, run to its end. Hashing is bounded in
//! memory and in its queue, and registrations cannot delay logins.
//!
//! Storage, secrets and the limits on guessing live here; HTTP, cookies and the texts of pages do not.
//!
//! Reading order: [`Accounts`], then `store`, `session_store`, `write`, `location`, `open` and `migration` (the file),
//! `hasher` and `hash_queue` (Argon2id in bounded memory), `token`, `attempts` (the limits on guessing: a `throttle`, a
//! `limiter` and a `name_delay`, and `known_networks`), `name` and `fold` (the equality of names), `reserved` and
//! `strength` (refused names and passwords).

mod attempts;
mod error;
mod fold;
mod hash_queue;
mod hasher;
mod known_networks;
mod limiter;
mod location;
mod migration;
mod name;
mod name_delay;
mod open;
mod password_change;
mod reserved;
mod session;
mod session_store;
mod store;
mod strength;
mod throttle;
mod token;
mod write;

#[cfg(test)]
mod tests;

pub use error::{AuthError, LoginError, RegisterError, StoreError};
pub use limiter::{Limiter, LimiterRule, network};
pub use location::database_file;
pub use name::{BadName, UserName};
pub use open::{DatabaseError, DatabaseFault};
pub use password_change::{PasswordChange, PasswordError, PasswordHash};
pub use session::{Identity, Login, SESSION_LIFETIME, SessionGrant, SessionScope, SignIn, User, Verified};
pub use strength::WeakPassword;
pub use throttle::{Allowance, Growth, Throttle};

use attempts::{Attempt, Attempts, Familiarity};
use hash_queue::Purpose;
use hasher::Hasher;
use session::{from_unix, to_unix};
use session_store::AddedSession;
use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};
use store::Store;
use strength::check_strength;
use token::{Claims, Signer};
use uuid::Uuid;

/// The accounts of one server. Cloning gives another handle to the same.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

struct Inner {
    store: Store,
    hasher: Hasher,
    signer: Signer,
    attempts: Mutex<Attempts>,
}

impl Accounts {
    /// Opens the accounts kept at `url`, and makes the file if there is none. A URL is `sqlite://FILE`, `sqlite:FILE`,
    /// a bare path, or `sqlite::memory:` for accounts that end with the process.
    ///
    /// # Errors
    /// When there is no database to be had there that is ours and can be written.
    pub async fn open(url: &str) -> Result<Self, DatabaseError> {
        let store = Store::open(url).await?;
        let signer = Signer::new(&store.signing_key().await?);
        let hasher = Hasher::new()?;
        Ok(Self(Arc::new(Inner { store, hasher, signer, attempts: Mutex::new(Attempts::new()) })))
    }

    /// Sets how many hashes for registrations, and how many for logins, may wait from one network; `None`: as many as
    /// there is room for. Half of the room, if this is never called.
    pub fn set_hash_quota(&self, quota: Option<NonZeroUsize>) {
        self.0.hasher.set_quota(quota);
    }

    /// Adds a user: when this returns, the account outlives a crash. `from` is where the question comes from.
    ///
    /// # Errors
    /// A name or password that breaks a rule, or a name that someone has, in whatever case or look-alike spelling;
    /// [`RegisterError::Overloaded`] when too many wait for a hash.
    pub async fn register(&self, name: &str, password: &str, from: IpAddr) -> Result<User, RegisterError> {
        let name = UserName::parse(name)?.unreserved()?;
        check_strength(password, &name)?;
        // Asked first, so that a taken name does not cost a hash; what counts is the answer of `add_user`.
        if self.0.store.is_taken(&name).await? {
            return Err(RegisterError::Taken);
        }
        let slot = self.0.hasher.slot(Purpose::Registration, from).await?;
        let hash = self.0.hasher.hash(password, slot).await?;
        self.0.store.add_user(&name, &hash).await?.ok_or(RegisterError::Taken)
    }

    /// The user with this name and password. `from` is the address of the client.
    ///
    /// # Errors
    /// - [`LoginError::Wrong`]: it takes the same time whether the user or the password is wrong.
    /// - [`LoginError::TooMany`], and the password is not looked at, after more wrong answers than
    ///   - 10 a minute for one network and name: the waits double, up to 15 minutes;
    ///   - 100 a minute for one network;
    ///   - 20 for one name, in a network that the user has not signed in from: a minute at most.
    /// - [`LoginError::Overloaded`]: too many wait for a hash. Logins wait only for each other and for one registration
    ///   in four turns.
    /// - [`LoginError::Store`]: the accounts are out of order.
    pub async fn verify(
        &self,
        name: &str,
        password: &str,
        from: IpAddr,
        now: Instant,
    ) -> Result<Verified, LoginError> {
        let name = UserName::parse(name).ok();
        let account = match &name {
            Some(name) => self.0.store.account(name, from).await?,
            None => None,
        };
        let familiarity = account.as_ref().map_or(Familiarity::New, |account| account.familiarity);
        let attempt = Attempt::new(from, name.as_ref(), familiarity);
        // Asked here so as not to queue for nothing, and again by `charge` when the turn has come.
        if let Some(retry_after) = self.attempts().retry_after(&attempt, now) {
            return Err(LoginError::TooMany { retry_after });
        }
        let slot = self.0.hasher.slot(Purpose::Login, from).await?;
        self.attempts().charge(&attempt, now).map_err(|retry_after| LoginError::TooMany { retry_after })?;
        // A client that hangs up here stays charged.
        let hash = account.as_ref().map(|account| account.password_hash.as_str());
        let right = self.0.hasher.verify(password, hash, slot).await;
        if !matches!(right, Ok(false)) {
            self.attempts().forgive(&attempt, now);
        }
        let right = right?;
        let account = account.filter(|_| right).ok_or(LoginError::Wrong)?;
        Ok(Verified { user: account.user, password_hash: account.password_hash })
    }

    /// Logs in who was verified, as [`Accounts::issue`] does.
    ///
    /// # Errors
    /// [`LoginError::Wrong`] when the password has been changed since it was verified: no session has ended then.
    pub async fn sign_in(&self, verified: &Verified, sign_in: &SignIn<'_>) -> Result<Login, LoginError> {
        self.add_session(sign_in, Some(&verified.password_hash)).await?.ok_or(LoginError::Wrong)
    }

    /// Logs a user in: a new session, good for [`SESSION_LIFETIME`], and its token. With too many sessions the oldest
    /// ones end.
    ///
    /// # Errors
    /// When the accounts are out of order, or there is no such user.
    pub async fn issue(&self, sign_in: &SignIn<'_>) -> Result<Login, StoreError> {
        self.add_session(sign_in, None).await?.ok_or_else(|| StoreError::broken("there is no such user"))
    }

    /// `None` if there is no such user, or their password is not the one that made this hash.
    async fn add_session(
        &self,
        sign_in: &SignIn<'_>,
        password_hash: Option<&str>,
    ) -> Result<Option<Login>, StoreError> {
        let user = sign_in.user.clone();
        let issued = to_unix(sign_in.now);
        let expires = issued.saturating_add_unsigned(SESSION_LIFETIME.as_secs());
        let claims = Claims { user_id: user.id, session: Uuid::new_v4(), issued, expires };
        let token = self.0.signer.sign(&claims);
        let added = self.0.store.add_session(&claims, sign_in, password_hash).await?;
        let (session, expires) = (claims.session, from_unix(expires));
        Ok(added.map(|AddedSession { generation, displaced }| Login {
            token,
            session,
            user,
            generation,
            expires,
            displaced,
        }))
    }

    /// Gives a session a later generation: presence knew of a later login than the sessions that are kept.
    ///
    /// # Errors
    /// When the accounts are out of order.
    pub async fn raise_generation(&self, session: Uuid, generation: u64) -> Result<(), StoreError> {
        self.0.store.raise_generation(session, generation).await
    }

    /// The identity that `token` proves at `now`.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] when it is not ours, has expired, or its session has ended.
    pub async fn authenticate(&self, token: &str, now: SystemTime) -> Result<Identity, AuthError> {
        let now = to_unix(now);
        let claims = self.0.signer.check(token, now).ok_or(AuthError::Invalid)?;
        let grant = self.0.store.session(claims.session, claims.user_id, now).await?;
        let SessionGrant { user, session, generation, newest, .. } = grant.ok_or(AuthError::Invalid)?;
        Ok(Identity { user, session, generation, newest })
    }

    /// The session, if it was issued to this user and is good at `now`: the question before a WebSocket is opened.
    /// `None` does not reveal the fault.
    ///
    /// # Errors
    /// When the accounts are out of order.
    pub async fn session(
        &self,
        session: Uuid,
        user_id: i64,
        now: SystemTime,
    ) -> Result<Option<SessionGrant>, StoreError> {
        self.0.store.session(session, user_id, to_unix(now)).await
    }

    /// Ends the session, and its token with it. One that has ended, or never was, stays so.
    ///
    /// # Errors
    /// When the accounts are out of order.
    pub async fn logout(&self, session: Uuid) -> Result<(), StoreError> {
        self.0.store.end_session(session).await
    }

    /// Ends the sessions that are meant and still good at `now`, and their tokens with them. Returns which they were.
    ///
    /// # Errors
    /// When the accounts are out of order; then none has ended.
    pub async fn end_sessions(&self, scope: SessionScope, now: SystemTime) -> Result<Vec<Uuid>, StoreError> {
        self.0.store.end_sessions(scope, to_unix(now)).await
    }

    fn attempts(&self) -> MutexGuard<'_, Attempts> {
        // Counts are sound after any panic: each change to them is complete.
        self.0.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").finish_non_exhaustive()
    }
}
