//! The tables as questions and commands; every SQL statement of a running server is here.

use super::open::{OpenError, open};
use super::session::from_unix;
use super::token::Claims;
use super::{Name, SessionGrant, SessionScope, StoreError, User};
use argon2::password_hash::try_generate_salt;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqlitePool;
use uuid::Uuid;

// Two statements, as SQLite reads the whole table for the two conditions in one.
const SWEEP_EXPIRED: &str = "DELETE FROM sessions WHERE expires <= ?";
const SWEEP_ENDED: &str = "DELETE FROM sessions WHERE ended > 0";

/// The account database.
pub(super) struct Store {
    pool: SqlitePool,
}

/// A user and what their password is checked against.
pub(super) struct Account {
    pub(super) user: User,
    pub(super) password_hash: String,
}

impl Store {
    pub(super) async fn open(url: &str) -> Result<Self, OpenError> {
        Ok(Self { pool: open(url).await? })
    }

    /// The key that tokens are signed with, made when first asked for.
    pub(super) async fn signing_key(&self) -> Result<Vec<u8>, StoreError> {
        let random = || try_generate_salt().map_err(StoreError::new);
        let fresh = [random()?, random()?].concat();
        // Of two servers that start at once, the first to write decides for both.
        sqlx::query("INSERT INTO meta (key, value) VALUES ('signing_key', ?) ON CONFLICT DO NOTHING")
            .bind(fresh)
            .execute(&self.pool)
            .await?;
        Ok(sqlx::query_scalar("SELECT value FROM meta WHERE key = 'signing_key'")
            .fetch_one(&self.pool)
            .await?)
    }

    /// Whoever has this name, in any case.
    pub(super) async fn account(&self, name: &Name) -> Result<Option<Account>, StoreError> {
        let row: Option<(i64, String, String)> =
            sqlx::query_as("SELECT id, name, password_hash FROM users WHERE folded = ?")
                .bind(name.folded())
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|(id, name, password_hash)| Account { user: User { id, name }, password_hash }))
    }

    /// Whether the user's password is still the one that made this hash.
    pub(super) async fn has_password_hash(
        &self,
        user_id: i64,
        password_hash: &str,
    ) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar("SELECT count(*) FROM users WHERE id = ? AND password_hash = ?")
            .bind(user_id)
            .bind(password_hash)
            .fetch_one(&self.pool)
            .await?;
        Ok(found == 1)
    }

    /// Adds a user; `None` if the name is taken.
    pub(super) async fn add_user(
        &self,
        name: &Name,
        password_hash: &str,
    ) -> Result<Option<User>, StoreError> {
        let id: Option<i64> = sqlx::query_scalar(
            "INSERT INTO users (name, folded, password_hash) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
        )
        .bind(name.as_str())
        .bind(name.folded())
        .bind(password_hash)
        .fetch_optional(&self.pool)
        .await?;
        Ok(id.map(|id| User { id, name: name.as_str().to_owned() }))
    }

    /// Adds the session that `claims` name, and removes those that are over.
    pub(super) async fn add_session(&self, claims: &Claims, generation: u64) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(SWEEP_EXPIRED).bind(claims.issued).execute(&mut *transaction).await?;
        sqlx::query(SWEEP_ENDED).execute(&mut *transaction).await?;
        sqlx::query("INSERT INTO sessions (id, user_id, generation, issued, expires) VALUES (?, ?, ?, ?, ?)")
            .bind(claims.session.to_string())
            .bind(claims.user_id)
            // SQLite's integers have a sign; the same 64 bits come back.
            .bind(generation.cast_signed())
            .bind(claims.issued)
            .bind(claims.expires)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// The session, if it is this user's and lives at `now` (Unix seconds). One question, so that one answer covers
    /// everything that can be wrong.
    pub(super) async fn session(
        &self,
        session: Uuid,
        user_id: i64,
        now: i64,
    ) -> Result<Option<SessionGrant>, StoreError> {
        let row: Option<(String, i64, i64, i64)> = sqlx::query_as(
            "SELECT users.name, generation, (SELECT max(generation) FROM sessions WHERE user_id = users.id), expires
             FROM sessions JOIN users ON users.id = user_id
             WHERE sessions.id = ? AND user_id = ? AND ended IS NULL AND expires > ?",
        )
        .bind(session.to_string())
        .bind(user_id)
        .bind(now)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(name, generation, newest, expires)| SessionGrant {
            user: User { id: user_id, name },
            session,
            generation: generation.cast_unsigned(),
            newest: newest.cast_unsigned(),
            expires: from_unix(expires),
        }))
    }

    /// Ends the session; again, or one that never was, is no error.
    pub(super) async fn end_session(&self, session: Uuid) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET ended = unixepoch() WHERE id = ? AND ended IS NULL")
            .bind(session.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends those of the sessions that live at `now` (Unix seconds), and says which.
    pub(super) async fn end_sessions(&self, scope: SessionScope, now: i64) -> Result<Vec<Uuid>, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let ended = match scope {
            SessionScope::Session(session) => {
                let query = "UPDATE sessions SET ended = unixepoch()
                             WHERE id = ? AND ended IS NULL AND expires > ? RETURNING id";
                let query = sqlx::query_scalar(query).bind(session.to_string()).bind(now);
                query.fetch_all(&mut *transaction).await?
            }
            SessionScope::SessionAndOlder(session) => {
                let query = "UPDATE sessions SET ended = unixepoch()
                             WHERE user_id = (SELECT user_id FROM sessions WHERE id = ?1)
                             AND generation <= (SELECT generation FROM sessions WHERE id = ?1)
                             AND ended IS NULL AND expires > ?2 RETURNING id";
                let query = sqlx::query_scalar(query).bind(session.to_string()).bind(now);
                query.fetch_all(&mut *transaction).await?
            }
            SessionScope::User(user_id) => end_others(&mut transaction, user_id, None, now).await?,
        };
        transaction.commit().await?;
        Ok(to_uuids(&ended))
    }

    /// Gives the user of a session another password, and ends their other sessions: which, or `None` if the session
    /// does not live at `now` (Unix seconds), and nothing has changed.
    pub(super) async fn change_password(
        &self,
        user_id: i64,
        session: Uuid,
        password_hash: &str,
        now: i64,
    ) -> Result<Option<Vec<Uuid>>, StoreError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        // The session is asked for here too: it may have ended while the password was hashed.
        let changed = sqlx::query(
            "UPDATE users SET password_hash = ? WHERE id = ? AND EXISTS
             (SELECT 1 FROM sessions WHERE sessions.id = ? AND user_id = users.id AND ended IS NULL AND expires > ?)",
        )
        .bind(password_hash)
        .bind(user_id)
        .bind(session.to_string())
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        if changed.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(None);
        }
        let ended = end_others(&mut transaction, user_id, Some(session), now).await?;
        transaction.commit().await?;
        Ok(Some(to_uuids(&ended)))
    }
}

/// Ends the user's sessions that live at `now`, except one if it is named.
async fn end_others(
    connection: &mut SqliteConnection,
    user_id: i64,
    except: Option<Uuid>,
    now: i64,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "UPDATE sessions SET ended = unixepoch()
         WHERE user_id = ? AND id IS NOT ? AND ended IS NULL AND expires > ? RETURNING id",
    )
    .bind(user_id)
    .bind(except.map(|session| session.to_string()))
    .bind(now)
    .fetch_all(connection)
    .await
}

/// The ids as they were stored. One that someone else wrote otherwise was never good for a connection.
fn to_uuids(ids: &[String]) -> Vec<Uuid> {
    ids.iter().filter_map(|id| id.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::AssertSqlSafe;

    const NOW: i64 = 1_700_000_000;

    async fn store_with_user() -> (Store, User) {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let user = store.add_user(&Name::parse("Ann").unwrap(), "hash").await.unwrap().unwrap();
        (store, user)
    }

    fn claims(user: &User, issued: i64) -> Claims {
        Claims { user_id: user.id, session: Uuid::new_v4(), issued, expires: issued + 10 }
    }

    async fn sessions(store: &Store) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM sessions").fetch_one(&store.pool).await.unwrap()
    }

    #[tokio::test]
    async fn a_login_sweeps_what_is_over() {
        let (store, user) = store_with_user().await;
        let [old, ended, live] = [claims(&user, NOW), claims(&user, NOW + 5), claims(&user, NOW + 5)];
        for claims in [&old, &ended, &live] {
            store.add_session(claims, 1).await.unwrap();
        }
        store.end_session(ended.session).await.unwrap();
        assert_eq!(sessions(&store).await, 3);
        store.add_session(&claims(&user, NOW + 10), 1).await.unwrap();
        assert_eq!(sessions(&store).await, 2);
        assert!(store.session(live.session, user.id, NOW + 10).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn the_sweep_reads_indexes_and_not_the_table() {
        let (store, _) = store_with_user().await;
        for sweep in [SWEEP_EXPIRED, SWEEP_ENDED] {
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sweep}")))
                    .fetch_all(&store.pool)
                    .await
                    .unwrap();
            assert!(!plan.is_empty());
            assert!(plan.iter().all(|(.., step)| step.starts_with("SEARCH")), "{plan:?}");
        }
    }

    #[tokio::test]
    async fn a_session_needs_its_user() {
        let (store, user) = store_with_user().await;
        let nobody = User { id: user.id + 1, name: "Bob".into() };
        assert!(store.add_session(&claims(&nobody, NOW), 1).await.is_err());
        assert_eq!(sessions(&store).await, 0);
    }

    #[tokio::test]
    async fn every_generation_comes_back() {
        let (store, user) = store_with_user().await;
        for generation in [0, 1, i64::MAX.cast_unsigned(), u64::MAX] {
            let claims = claims(&user, NOW);
            store.add_session(&claims, generation).await.unwrap();
            let grant = store.session(claims.session, user.id, NOW).await.unwrap().unwrap();
            assert_eq!(grant.generation, generation);
        }
    }

    #[tokio::test]
    async fn a_session_tells_of_a_later_login_of_its_user_only() {
        let (store, ann) = store_with_user().await;
        let bob = store.add_user(&Name::parse("Bob").unwrap(), "hash").await.unwrap().unwrap();
        let older = claims(&ann, NOW);
        for (claims, generation) in [(&older, 5), (&claims(&ann, NOW), 7), (&claims(&bob, NOW), 9)] {
            store.add_session(claims, generation).await.unwrap();
        }
        let grant = store.session(older.session, ann.id, NOW).await.unwrap().unwrap();
        assert_eq!((grant.generation, grant.newest), (5, 7));
    }

    #[tokio::test]
    async fn the_signing_key_is_made_once() {
        let (store, _) = store_with_user().await;
        let key = store.signing_key().await.unwrap();
        assert_eq!(key.len(), 32);
        assert_eq!(store.signing_key().await.unwrap(), key);
        assert_ne!(store_with_user().await.0.signing_key().await.unwrap(), key);
    }
}
