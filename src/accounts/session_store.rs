//! Sessions in the [`Store`]: added, asked for, ended.

use super::session::from_unix;
use super::store::Store;
use super::token::Claims;
use super::{Identity, SessionGrant, SessionScope, SignIn, StoreError, User, known_networks};
use sqlx::sqlite::SqliteConnection;
use std::num::NonZeroU32;
use uuid::Uuid;

// Two statements, as SQLite reads the whole table for the two conditions in one.
const SWEEP_EXPIRED: &str = "DELETE FROM sessions WHERE expires <= ?";
const SWEEP_ENDED: &str = "DELETE FROM sessions WHERE ended > 0";
const COUNT_USERS: &str = "SELECT count(*) FROM users WHERE id = ?1 AND (?2 IS NULL OR password_hash = ?2)";
const ADD_SESSION: &str =
    "INSERT INTO sessions (id, user_id, generation, issued, expires) VALUES (?, ?, ?, ?, ?)";
const END_SESSION: &str = "UPDATE sessions SET ended = unixepoch()
    WHERE id = ? AND ended IS NULL AND expires > ? RETURNING id";
const END_SESSION_AND_OLDER: &str = "UPDATE sessions SET ended = unixepoch()
    WHERE user_id = (SELECT user_id FROM sessions WHERE id = ?1)
    AND generation <= (SELECT generation FROM sessions WHERE id = ?1)
    AND ended IS NULL AND expires > ?2 RETURNING id";
/// Session and password are asked for too: either may have gone while the new one was hashed.
const CHANGE_PASSWORD: &str =
    "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ? AND EXISTS
    (SELECT 1 FROM sessions WHERE sessions.id = ? AND user_id = users.id AND ended IS NULL AND expires > ?)";
const NEWEST: &str = "SELECT max(generation) FROM sessions WHERE user_id = ?";

/// A session that was added.
#[derive(Debug)]
pub(super) struct AddedSession {
    /// Greater than those of the user's other sessions.
    pub(super) generation: u64,
    /// Sessions that were ended to keep within the most that the user may have.
    pub(super) displaced: Vec<Uuid>,
}

impl Store {
    /// Adds the session that `claims` name, and removes those that are over. `None`, and nothing has changed, if there
    /// is no such user, or their password is no longer the one that made `password_hash`.
    pub(super) async fn add_session(
        &self,
        claims: &Claims,
        sign_in: &SignIn<'_>,
        password_hash: Option<&str>,
    ) -> Result<Option<AddedSession>, StoreError> {
        let (claims, password_hash) = (claims.clone(), password_hash.map(str::to_owned));
        let (generation, from, max_sessions) = (sign_in.generation, sign_in.from, sign_in.max_sessions);
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    // In this transaction: a change of the password before it is seen here, and one after it ends the
                    // session.
                    let users: i64 = sqlx::query_scalar(COUNT_USERS)
                        .bind(claims.user_id)
                        .bind(password_hash)
                        .fetch_one(&mut *connection)
                        .await?;
                    if users == 0 {
                        return Ok(None);
                    }
                    // Before the sweep: what goes now was an earlier login all the same.
                    let newest: Option<i64> =
                        sqlx::query_scalar(NEWEST).bind(claims.user_id).fetch_one(&mut *connection).await?;
                    // SQLite's integers have a sign; the same 64 bits come back.
                    let given = generation.cast_signed();
                    let generation = newest.map_or(given, |newest| given.max(newest.saturating_add(1)));
                    sqlx::query(SWEEP_EXPIRED).bind(claims.issued).execute(&mut *connection).await?;
                    sqlx::query(SWEEP_ENDED).execute(&mut *connection).await?;
                    let displaced = match max_sessions {
                        Some(most) => make_room(connection, claims.user_id, most).await?,
                        None => Vec::new(),
                    };
                    sqlx::query(ADD_SESSION)
                        .bind(claims.session.to_string())
                        .bind(claims.user_id)
                        .bind(generation)
                        .bind(claims.issued)
                        .bind(claims.expires)
                        .execute(&mut *connection)
                        .await?;
                    known_networks::remember(connection, claims.user_id, from, claims.issued).await?;
                    Ok(Some(AddedSession { generation: generation.cast_unsigned(), displaced }))
                })
            })
            .await
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

    /// Gives a session a later generation than it was added with.
    pub(super) async fn raise_generation(&self, session: Uuid, generation: u64) -> Result<(), StoreError> {
        let raised = self.writer.write(move |connection| {
            Box::pin(async move {
                let query = sqlx::query("UPDATE sessions SET generation = ? WHERE id = ?");
                query.bind(generation.cast_signed()).bind(session.to_string()).execute(connection).await
            })
        });
        raised.await.map(drop)
    }

    /// Ends the session; again, or one that never was, is no error.
    pub(super) async fn end_session(&self, session: Uuid) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE sessions SET ended = unixepoch() WHERE id = ? AND ended IS NULL")
                        .bind(session.to_string())
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Ends those of the sessions that live at `now` (Unix seconds), and says which.
    pub(super) async fn end_sessions(&self, scope: SessionScope, now: i64) -> Result<Vec<Uuid>, StoreError> {
        let ended = self.writer.write(move |connection| {
            Box::pin(async move {
                let (query, session) = match scope {
                    SessionScope::Session(session) => (END_SESSION, session),
                    SessionScope::SessionAndOlder(session) => (END_SESSION_AND_OLDER, session),
                    SessionScope::User(user_id) => return end_others(connection, user_id, None, now).await,
                };
                sqlx::query_scalar(query).bind(session.to_string()).bind(now).fetch_all(connection).await
            })
        });
        Ok(to_uuids(&ended.await?))
    }

    /// Gives the user of a session another password, and ends their other sessions: which, or `None` if the session
    /// does not live at `now` (Unix seconds) or the current password is another one, and nothing has changed.
    pub(super) async fn change_password(
        &self,
        who: &Identity,
        (current, new): (&str, &str),
        now: i64,
    ) -> Result<Option<Vec<Uuid>>, StoreError> {
        let (user_id, session) = (who.user.id, who.session);
        let (current, new) = (current.to_owned(), new.to_owned());
        let ended = self.writer.write(move |connection| {
            Box::pin(async move {
                let changed = sqlx::query(CHANGE_PASSWORD)
                    .bind(new)
                    .bind(user_id)
                    .bind(current)
                    .bind(session.to_string())
                    .bind(now)
                    .execute(&mut *connection)
                    .await?;
                if changed.rows_affected() == 0 {
                    return Ok(None);
                }
                end_others(connection, user_id, Some(session), now).await.map(Some)
            })
        });
        Ok(ended.await?.map(|ended| to_uuids(&ended)))
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

/// Ends the oldest sessions of a user so that, with one more, there are at most `most`. Returns those that it ended.
async fn make_room(
    connection: &mut SqliteConnection,
    user_id: i64,
    most: NonZeroU32,
) -> sqlx::Result<Vec<Uuid>> {
    let oldest: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM sessions WHERE user_id = ? AND ended IS NULL
         ORDER BY generation DESC, issued DESC LIMIT -1 OFFSET ?",
    )
    .bind(user_id)
    .bind(i64::from(most.get()) - 1)
    .fetch_all(&mut *connection)
    .await?;
    for id in &oldest {
        sqlx::query("UPDATE sessions SET ended = unixepoch() WHERE id = ?")
            .bind(id)
            .execute(&mut *connection)
            .await?;
    }
    // Ids are written by us; any other has no session.
    Ok(oldest.iter().filter_map(|id| id.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::UserName;
    use sqlx::AssertSqlSafe;
    use std::net::IpAddr;

    const NOW: i64 = 1_700_000_000;

    async fn store_with_user() -> (Store, User) {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let user = store.add_user(&UserName::parse("Ann").unwrap(), "hash").await.unwrap().unwrap();
        (store, user)
    }

    /// Adds a session; returns those that it displaced. `None` if there is no such user.
    async fn add(store: &Store, claims: &Claims, generation: u64, most: u32) -> Option<Vec<Uuid>> {
        let user = User { id: claims.user_id, name: String::new() };
        let sign_in = SignIn {
            user: &user,
            generation,
            from: IpAddr::from([192, 0, 2, 1]),
            max_sessions: NonZeroU32::new(most),
            now: from_unix(claims.issued),
        };
        store.add_session(claims, &sign_in, None).await.unwrap().map(|added| added.displaced)
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
            add(&store, claims, 1, 0).await.unwrap();
        }
        store.end_session(ended.session).await.unwrap();
        assert_eq!(sessions(&store).await, 3);
        add(&store, &claims(&user, NOW + 10), 1, 0).await.unwrap();
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
        let unknown = User { id: user.id + 1, name: "Bob".into() };
        assert!(add(&store, &claims(&unknown, NOW), 1, 0).await.is_none());
        assert_eq!(sessions(&store).await, 0);
    }

    #[tokio::test]
    async fn a_later_login_has_the_greater_generation() {
        let (store, user) = store_with_user().await;
        let mut claims = claims(&user, NOW);
        // The clock goes on, stands, jumps back; what was logged out in between counts all the same.
        for (given, kept) in
            [(0, 0), (1, 1), (7, 7), (7, 8), (3, 9), (i64::MAX.cast_unsigned(), i64::MAX.cast_unsigned())]
        {
            claims.session = Uuid::new_v4();
            add(&store, &claims, given, 0).await.unwrap();
            let grant = store.session(claims.session, user.id, NOW).await.unwrap().unwrap();
            assert_eq!(grant.generation, kept);
            store.end_session(claims.session).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_session_reports_later_logins_of_its_own_user_only() {
        let (store, ann) = store_with_user().await;
        let bob = store.add_user(&UserName::parse("Bob").unwrap(), "hash").await.unwrap().unwrap();
        let older = claims(&ann, NOW);
        for (claims, generation) in [(&older, 5), (&claims(&ann, NOW), 7), (&claims(&bob, NOW), 9)] {
            add(&store, claims, generation, 0).await.unwrap();
        }
        let grant = store.session(older.session, ann.id, NOW).await.unwrap().unwrap();
        assert_eq!((grant.generation, grant.newest), (5, 7));
    }

    #[tokio::test]
    async fn one_session_too_many_ends_the_oldest_of_that_user() {
        let (store, ann) = store_with_user().await;
        let bob = store.add_user(&UserName::parse("Bob").unwrap(), "hash").await.unwrap().unwrap();
        let bobs = claims(&bob, NOW);
        add(&store, &bobs, 1, 3).await.unwrap();
        let anns: Vec<_> = (0..5).map(|_| claims(&ann, NOW)).collect();
        for (generation, claims) in (1..).zip(&anns[..3]) {
            assert!(add(&store, claims, generation, 3).await.unwrap().is_empty());
        }
        // One that has ended does not count.
        store.end_session(anns[1].session).await.unwrap();
        assert!(add(&store, &anns[3], 4, 3).await.unwrap().is_empty());
        assert_eq!(add(&store, &anns[4], 5, 3).await.unwrap(), [anns[0].session]);
        assert!(store.session(anns[0].session, ann.id, NOW).await.unwrap().is_none());
        for (claims, user) in [(&anns[2], &ann), (&anns[3], &ann), (&anns[4], &ann), (&bobs, &bob)] {
            assert!(store.session(claims.session, user.id, NOW).await.unwrap().is_some());
        }
        let newest = claims(&ann, NOW);
        let displaced = add(&store, &newest, 6, 1).await.unwrap();
        assert_eq!(
            displaced,
            [anns[4].session, anns[3].session, anns[2].session],
            "a lower limit than before"
        );
        let many = add(&store, &claims(&ann, NOW), 7, 0).await.unwrap();
        assert!(many.is_empty(), "no limit");
    }
}
