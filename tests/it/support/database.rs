//! Another program that uses the account database of a server.

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::runtime::{Builder, Runtime};

use super::server::Server;

/// A connection to the database.
pub(crate) struct Database {
    runtime: Runtime,
    connection: SqliteConnection,
}

impl Database {
    /// # Panics
    /// If the server has no database where servers of tests have it.
    pub(crate) fn open(server: &Server) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let options = SqliteConnectOptions::new().filename(server.dir().join("wirewalk.db"));
        let connection = runtime.block_on(SqliteConnection::connect_with(&options)).expect("a database");
        Self { runtime, connection }
    }

    /// # Panics
    /// If a statement fails.
    pub(crate) fn run(&mut self, sql: &'static str) {
        self.runtime.block_on(sqlx::raw_sql(sql).execute(&mut self.connection)).expect(sql);
    }

    /// Keeps others from writing until [`unlock`](Self::unlock).
    ///
    /// # Panics
    /// If somebody else does.
    pub(crate) fn lock(&mut self) {
        self.run("BEGIN IMMEDIATE");
    }

    /// # Panics
    /// If it is not locked.
    pub(crate) fn unlock(&mut self) {
        self.run("ROLLBACK");
    }
}
