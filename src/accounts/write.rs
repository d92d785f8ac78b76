//! Writing: each write is one transaction that runs to its end, and only a checked commit confirms it.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{Sqlite, SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, Notify};
use tokio::time::timeout;

use super::StoreError;

/// Longest wait for the writes before this one, each of which waits for the disk.
const TURN: Duration = Duration::from_secs(5);

/// The statements of one write. Read each to its end (`execute`, `fetch_all`): `SQLite` reports some failures only
/// there, and `fetch_optional` stops before.
pub(super) type Statements<'c, T> = Pin<Box<dyn Future<Output = Result<T, sqlx::Error>> + Send + 'c>>;

/// The one way to write to the database.
#[derive(Clone)]
pub(super) struct Writer {
    pool: SqlitePool,
    /// `SQLite` has one writer at a time. Waiting here leaves the other connections to those who only read.
    turn: Arc<Mutex<()>>,
    /// Notified when another program holds the lock: the writes that wait then fail at once, not one after the other.
    locked: Arc<Notify>,
}

impl Writer {
    pub(super) fn new(pool: SqlitePool) -> Self {
        Self { pool, turn: Arc::default(), locked: Arc::default() }
    }

    /// Runs `statements` in one transaction and commits it. A write that has begun goes on when the caller is dropped,
    /// so that no transaction is left open.
    ///
    /// # Errors
    /// When a statement or the commit failed; then nothing was written.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        statements: impl for<'c> FnOnce(&'c mut SqliteConnection) -> Statements<'c, T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = tokio::select! {
            // In this order: the one before leaves its turn to us at the moment it finds the lock.
            biased;
            () = self.locked.notified() => None,
            turn = timeout(TURN, Arc::clone(&self.turn).lock_owned()) => turn.ok(),
        };
        let turn = turn.ok_or_else(|| StoreError::Busy("the writes before this one take too long".into()))?;
        let connection = self.pool.acquire().await?;
        let locked = Arc::clone(&self.locked);
        let transaction = async move {
            let result = transact(connection, statements).await;
            if let Err(StoreError::Busy(_)) = result {
                locked.notify_waiters();
            }
            drop(turn);
            result
        };
        tokio::spawn(transaction).await.map_err(StoreError::broken)?
    }
}

/// Fitness of a connection for another use.
enum Condition {
    /// No transaction is open.
    Clean,
    /// A transaction may be open, or sqlx counts one that `SQLite` has ended: every later transaction would fail.
    Unknown,
}

async fn transact<T>(
    mut connection: PoolConnection<Sqlite>,
    statements: impl for<'c> FnOnce(&'c mut SqliteConnection) -> Statements<'c, T>,
) -> Result<T, StoreError> {
    let (result, condition) = attempt(&mut connection, statements).await;
    if let Condition::Unknown = condition {
        // A failure to close leaves nothing more to do: the connection is not pooled again either way.
        let _ = connection.close().await;
    }
    result
}

async fn attempt<T>(
    connection: &mut SqliteConnection,
    statements: impl for<'c> FnOnce(&'c mut SqliteConnection) -> Statements<'c, T>,
) -> (Result<T, StoreError>, Condition) {
    // IMMEDIATE takes the lock now: a later upgrade from reading to writing cannot wait for it.
    let mut transaction = match connection.begin_with("BEGIN IMMEDIATE").await.map_err(StoreError::from) {
        Ok(transaction) => transaction,
        Err(error @ StoreError::Busy(_)) => return (Err(error), Condition::Clean),
        Err(error) => return (Err(error), Condition::Unknown),
    };
    match statements(&mut transaction).await {
        Ok(value) => match transaction.commit().await {
            Ok(()) => (Ok(value), Condition::Clean),
            Err(error) => (Err(error.into()), Condition::Unknown),
        },
        Err(error) => {
            // A full disk makes SQLite roll back by itself, and then this fails.
            let condition = match transaction.rollback().await {
                Ok(()) => Condition::Clean,
                Err(_) => Condition::Unknown,
            };
            (Err(error.into()), condition)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
    use std::time::Instant;
    use tempfile::TempDir;

    /// Longest wait of the tests for a lock of another program.
    const LOCK: Duration = Duration::from_millis(500);

    /// A file with one connection, so that a connection left in disorder meets the next write.
    async fn writer(directory: &TempDir) -> Writer {
        let options = SqliteConnectOptions::new()
            .filename(directory.path().join("x.db"))
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(LOCK);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
        let tables = "CREATE TABLE parent (id INTEGER PRIMARY KEY);
            CREATE TABLE child (
                id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED
            );";
        sqlx::raw_sql(tables).execute(&pool).await.unwrap();
        Writer::new(pool)
    }

    async fn insert(writer: &Writer, sql: &'static str) -> Result<Vec<i64>, StoreError> {
        writer
            .write(move |connection| {
                Box::pin(async move { sqlx::query_scalar(sql).fetch_all(connection).await })
            })
            .await
    }

    async fn rows(writer: &Writer, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&writer.pool).await.unwrap()
    }

    #[tokio::test]
    async fn a_commit_that_fails_confirms_nothing_and_ends_its_connection() {
        let directory = tempfile::tempdir().unwrap();
        let writer = writer(&directory).await;
        // The foreign key is checked by the commit: the statement itself succeeds.
        let error = insert(&writer, "INSERT INTO child (parent) VALUES (7) RETURNING id").await.unwrap_err();
        assert!(matches!(error, StoreError::Broken(_)), "{error:?}");
        assert_eq!(insert(&writer, "INSERT INTO parent (id) VALUES (1) RETURNING id").await.unwrap(), [1]);
        assert_eq!(rows(&writer, "SELECT count(*) FROM child").await, 0);
        assert_eq!(rows(&writer, "SELECT count(*) FROM parent").await, 1);
    }

    #[tokio::test]
    async fn a_transaction_that_sqlite_rolled_back_ends_its_connection() {
        let directory = tempfile::tempdir().unwrap();
        let writer = writer(&directory).await;
        insert(&writer, "INSERT INTO parent (id) VALUES (1) RETURNING id").await.unwrap();
        for _ in 0..3 {
            insert(&writer, "INSERT OR ROLLBACK INTO parent (id) VALUES (1) RETURNING id").await.unwrap_err();
        }
        assert_eq!(insert(&writer, "INSERT INTO parent (id) VALUES (2) RETURNING id").await.unwrap(), [2]);
    }

    #[tokio::test]
    async fn a_full_database_is_said_to_be_full_and_serves_again_with_room() {
        let directory = tempfile::tempdir().unwrap();
        let writer = writer(&directory).await;
        sqlx::query("PRAGMA max_page_count = 4").execute(&writer.pool).await.unwrap();
        let many = "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
            INSERT INTO parent (id) SELECT i FROM n RETURNING id";
        let error = insert(&writer, many).await.unwrap_err();
        assert!(matches!(error, StoreError::Full(_)), "{error:?}");
        assert_eq!(rows(&writer, "SELECT count(*) FROM parent").await, 0);
        sqlx::query("PRAGMA max_page_count = 1000").execute(&writer.pool).await.unwrap();
        assert_eq!(insert(&writer, many).await.unwrap().len(), 5000);
    }

    #[tokio::test]
    async fn a_locked_database_is_busy_and_its_connection_reused() {
        let directory = tempfile::tempdir().unwrap();
        let writer = writer(&directory).await;
        let other = SqliteConnectOptions::new().filename(directory.path().join("x.db"));
        let mut other = SqliteConnection::connect_with(&other).await.unwrap();
        let lock = other.begin_with("BEGIN EXCLUSIVE").await.unwrap();
        let one = || insert(&writer, "INSERT INTO parent (id) VALUES (1) RETURNING id");
        let begin = Instant::now();
        // Those that wait for the first get its result.
        let (first, second, third) = tokio::join!(one(), one(), one());
        for error in [first.unwrap_err(), second.unwrap_err(), third.unwrap_err()] {
            assert!(matches!(error, StoreError::Busy(_)), "{error:?}");
        }
        assert!(begin.elapsed() < 2 * LOCK, "{:?}", begin.elapsed());
        drop(lock);
        // The rollback of what was dropped comes before this.
        other.ping().await.unwrap();
        assert_eq!(insert(&writer, "INSERT INTO parent (id) VALUES (1) RETURNING id").await.unwrap(), [1]);
    }

    #[tokio::test]
    async fn a_write_that_has_begun_outlives_its_caller() {
        let directory = tempfile::tempdir().unwrap();
        let writer = writer(&directory).await;
        let (start, started) = tokio::sync::oneshot::channel();
        let (finish, end) = tokio::sync::oneshot::channel::<()>();
        let mut write = Box::pin(writer.write(move |connection| {
            Box::pin(async move {
                start.send(()).unwrap();
                end.await.unwrap();
                sqlx::query("INSERT INTO parent (id) VALUES (1)").execute(connection).await
            })
        }));
        tokio::select! { result = &mut write => panic!("{result:?}"), begun = started => begun.unwrap() }
        drop(write);
        finish.send(()).unwrap();
        assert_eq!(insert(&writer, "INSERT INTO parent (id) VALUES (2) RETURNING id").await.unwrap(), [2]);
        assert_eq!(rows(&writer, "SELECT count(*) FROM parent").await, 2);
    }
}
