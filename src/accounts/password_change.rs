//! A new password in the place of the old one, and what becomes of the user's other sessions.

use super::error::OVERLOADED;
use super::hash_queue::Purpose;
use super::session::to_unix;
use super::strength::check_strength;
use super::{Accounts, Identity, LoginError, StoreError, UserName, WeakPassword};
use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, Instant, SystemTime};
use uuid::Uuid;

/// The reason why a password was not changed.
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
    /// Too many passwords wait to be hashed, in all or from this network.
    Overloaded {
        /// When to try again.
        retry_after: Duration,
    },
    /// The session has ended meanwhile, or another change came first.
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
            Self::Overloaded { .. } => f.write_str(OVERLOADED),
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
            LoginError::Overloaded { retry_after } => Self::Overloaded { retry_after },
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
    /// The address of the client.
    pub from: IpAddr,
}

/// The hash of a new password whose user gave the current one.
pub struct PasswordHash {
    new: String,
    /// The hash that the current password was checked against.
    current: String,
}

/// Without the hash.
impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordHash").finish_non_exhaustive()
    }
}

impl Accounts {
    /// Checks the current password of `who` and hashes the new one, for [`Accounts::replace_password`].
    /// Nothing has changed yet.
    ///
    /// # Errors
    /// A wrong current password is counted as a wrong login.
    pub async fn hash_new_password(
        &self,
        who: &Identity,
        change: PasswordChange<'_>,
    ) -> Result<PasswordHash, PasswordError> {
        // Of someone registered, so it is a name.
        let name = UserName::parse(&who.user.name).map_err(|_| PasswordError::Wrong)?;
        // Before the current one costs a hash.
        check_strength(change.new, &name).map_err(PasswordError::Weak)?;
        let verified = self.verify(&who.user.name, change.current, change.from, Instant::now()).await?;
        let slot = self.0.hasher.slot(Purpose::Login, change.from).await.map_err(LoginError::from)?;
        let new = self.0.hasher.hash(change.new, slot).await?;
        Ok(PasswordHash { new, current: verified.password_hash })
    }

    /// Changes the password of `who`, and ends their other sessions. Returns which those were.
    ///
    /// # Errors
    /// With any error the password and the sessions are as before.
    pub async fn replace_password(
        &self,
        who: &Identity,
        hash: &PasswordHash,
    ) -> Result<Vec<Uuid>, PasswordError> {
        let now = to_unix(SystemTime::now());
        let PasswordHash { new, current } = hash;
        let ended = self.0.store.change_password(who, (current, new), now).await?;
        ended.ok_or(PasswordError::SessionEnded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::tests::issue;
    use crate::accounts::{Login, SessionScope, SignIn, User};
    use std::net::Ipv4Addr;
    use std::num::NonZeroU32;

    const OLD: &str = "correct horse";
    const NEW: &str = "another horse";
    const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    async fn ann() -> (Accounts, User) {
        let accounts = Accounts::open("sqlite::memory:").await.unwrap();
        let ann = accounts.register("Ann", OLD, HOME).await.unwrap();
        (accounts, ann)
    }

    fn sign_in(user: &User, generation: u64) -> SignIn<'_> {
        SignIn { user, generation, from: HOME, max_sessions: None, now: SystemTime::now() }
    }

    async fn identity(accounts: &Accounts, login: &Login) -> Identity {
        accounts.authenticate(&login.token, SystemTime::now()).await.unwrap()
    }

    async fn change_password(
        accounts: &Accounts,
        who: &Identity,
        (current, new): (&str, &str),
    ) -> Result<Vec<Uuid>, PasswordError> {
        let hash = accounts.hash_new_password(who, PasswordChange { current, new, from: HOME }).await?;
        accounts.replace_password(who, &hash).await
    }

    async fn lives(accounts: &Accounts, login: &Login) -> bool {
        accounts.session(login.session, login.user.id, SystemTime::now()).await.unwrap().is_some()
    }

    #[tokio::test]
    async fn of_changes_at_the_same_time_one_is_made() {
        let (accounts, ann) = ann().await;
        let mine = issue(&accounts, &ann, 1, SystemTime::now()).await;
        let who = identity(&accounts, &mine).await;
        let wish = |new| PasswordChange { current: OLD, new, from: HOME };
        let one = accounts.hash_new_password(&who, wish(NEW)).await.unwrap();
        let other = accounts.hash_new_password(&who, wish("a third horse")).await.unwrap();
        accounts.replace_password(&who, &one).await.unwrap();
        let late = accounts.replace_password(&who, &other).await;
        assert!(matches!(late, Err(PasswordError::SessionEnded)), "{late:?}");
        accounts.verify("Ann", NEW, HOME, Instant::now()).await.unwrap();
    }

    #[tokio::test]
    async fn ends_the_others_that_live_and_names_them() {
        let (accounts, ann) = ann().await;
        let (now, bob) = (SystemTime::now(), accounts.register("Bob", OLD, HOME).await.unwrap());
        let [mine, other, ended] = {
            let login = || issue(&accounts, &ann, 1, now);
            [login().await, login().await, login().await]
        };
        let bobs = issue(&accounts, &bob, 1, now).await;
        accounts.logout(ended.session).await.unwrap();
        let who = identity(&accounts, &mine).await;
        let change = |current, new| change_password(&accounts, &who, (current, new));
        assert!(matches!(change("wrong horse", NEW).await, Err(PasswordError::Wrong)));
        assert!(matches!(change(OLD, "ann").await, Err(PasswordError::Weak(WeakPassword::TooShort))));
        assert_eq!(change(OLD, NEW).await.unwrap(), [other.session]);
        assert!(lives(&accounts, &mine).await && lives(&accounts, &bobs).await);
        assert!(!lives(&accounts, &other).await);
        assert!(matches!(change(OLD, NEW).await, Err(PasswordError::Wrong)));

        // A session that has ended meanwhile changes nothing.
        accounts.logout(mine.session).await.unwrap();
        assert!(matches!(change(NEW, OLD).await, Err(PasswordError::SessionEnded)));
        accounts.verify("Ann", NEW, HOME, Instant::now()).await.unwrap();
    }

    #[tokio::test]
    async fn a_login_that_was_verified_before_is_no_login_after() {
        let (accounts, ann) = ann().await;
        let now = SystemTime::now();
        let mine = issue(&accounts, &ann, 1, now).await;
        let who = identity(&accounts, &mine).await;
        let verified = accounts.verify("Ann", OLD, HOME, Instant::now()).await.unwrap();
        change_password(&accounts, &who, (OLD, NEW)).await.unwrap();
        // Not even for a moment: with one session allowed, it would have ended the one there is.
        let one = SignIn { max_sessions: NonZeroU32::new(1), ..sign_in(&verified.user, 2) };
        assert!(matches!(accounts.sign_in(&verified, &one).await, Err(LoginError::Wrong)));
        let left = accounts.end_sessions(SessionScope::User(ann.id), now).await.unwrap();
        assert_eq!(left, [mine.session], "nothing is left of it");
        let verified = accounts.verify("Ann", NEW, HOME, Instant::now()).await.unwrap();
        let login = accounts.sign_in(&verified, &sign_in(&verified.user, 3)).await.unwrap();
        assert!(lives(&accounts, &login).await);
    }

    #[tokio::test]
    async fn sessions_are_ended_once_and_only_those_that_live() {
        let (accounts, ann) = ann().await;
        let now = SystemTime::now();
        let (one, two) = (issue(&accounts, &ann, 1, now).await, issue(&accounts, &ann, 2, now).await);
        let end = |scope, at| accounts.end_sessions(scope, at);
        assert!(end(SessionScope::User(ann.id + 1), now).await.unwrap().is_empty());
        assert!(end(SessionScope::User(ann.id), one.expires).await.unwrap().is_empty(), "expired by then");
        assert_eq!(end(SessionScope::Session(one.session), now).await.unwrap(), [one.session]);
        assert!(end(SessionScope::Session(one.session), now).await.unwrap().is_empty());
        assert_eq!(end(SessionScope::User(ann.id), now).await.unwrap(), [two.session]);
        assert!(!lives(&accounts, &one).await && !lives(&accounts, &two).await);

        let bob = accounts.register("Bob", OLD, HOME).await.unwrap();
        let issue = async |generation| issue(&accounts, &bob, generation, now).await;
        let (older, newer, newest) = (issue(1).await, issue(2).await, issue(3).await);
        let mut ended = end(SessionScope::SessionAndOlder(newer.session), now).await.unwrap();
        let mut expected = [older.session, newer.session];
        ended.sort_unstable();
        expected.sort_unstable();
        assert_eq!(ended, expected);
        assert!(lives(&accounts, &newest).await);
    }
}
