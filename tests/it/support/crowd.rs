//! Many users at once, written straight into the account database: hashing two hundred passwords takes a minute.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use uuid::Uuid;

use super::people::Login;
use super::server::Server;

/// So many new users with a session each, but neither a password nor a token.
///
/// # Panics
/// If the server keeps its accounts elsewhere or in other tables than it did.
pub(crate) fn crowd(server: &Server, size: usize) -> Vec<Login> {
    sessions(server, size, SystemTime::now() + Duration::from_hours(1))
}

/// A user whose session ended by itself a while ago.
///
/// # Panics
/// As [`crowd`] does.
pub(crate) fn expired(server: &Server) -> Login {
    sessions(server, 1, SystemTime::now() - Duration::from_mins(1)).remove(0)
}

/// So many new users whose sessions end by themselves at this whole second.
///
/// # Panics
/// As [`crowd`] does.
pub(crate) fn expiring(server: &Server, size: usize, expires: SystemTime) -> Vec<Login> {
    sessions(server, size, expires)
}

/// Has the session of a login end by itself at this whole second.
///
/// # Panics
/// As [`crowd`] does.
pub(crate) fn expire(server: &Server, login: &Login, expires: SystemTime) {
    block_on(async {
        let mut connection = connect(server).await?;
        let changed = sqlx::query("UPDATE sessions SET expires = ? WHERE id = ?")
            .bind(to_unix(expires))
            .bind(&login.session)
            .execute(&mut connection)
            .await?;
        assert_eq!(changed.rows_affected(), 1, "the session is kept");
        connection.close().await
    });
}

fn sessions(server: &Server, size: usize, expires: SystemTime) -> Vec<Login> {
    block_on(insert(server, size, to_unix(expires)))
}

fn to_unix(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).expect("after 1970").as_secs().cast_signed()
}

fn block_on<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work).expect("the accounts of the server")
}

async fn connect(server: &Server) -> Result<SqliteConnection, sqlx::Error> {
    let file = SqliteConnectOptions::new()
        .filename(server.dir().join("wirewalk.db"))
        .busy_timeout(super::PATIENCE)
        .foreign_keys(true);
    SqliteConnection::connect_with(&file).await
}

async fn insert(server: &Server, size: usize, expires: i64) -> Result<Vec<Login>, sqlx::Error> {
    let mut connection = connect(server).await?;
    let mut transaction = connection.begin().await?;
    let mut logins = Vec::new();
    for _ in 0..size {
        let session = Uuid::new_v4().to_string();
        let user: i64 = sqlx::query_scalar(
            "INSERT INTO users (name, folded, password_hash) VALUES (?1, ?1, '') RETURNING id",
        )
        .bind(format!("crowd {}", &session[..13]))
        .fetch_one(&mut *transaction)
        .await?;
        sqlx::query("INSERT INTO sessions (id, user_id, generation, issued, expires) VALUES (?, ?, 1, ?, ?)")
            .bind(&session)
            .bind(user)
            .bind(expires - 3600)
            .bind(expires)
            .execute(&mut *transaction)
            .await?;
        logins.push(Login { token: String::new(), session, user });
    }
    transaction.commit().await?;
    connection.close().await?;
    Ok(logins)
}
