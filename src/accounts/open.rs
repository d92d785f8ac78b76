//! From a URL to a database that is ready: found or made, ours, of a known format, and writable.

use super::error::Refusal;
use super::location::{Location, locate};
use super::{StoreError, migration};
use sqlx::Connection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::error::Error;
use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The format this version reads and writes. A change of the tables adds one, and a step in [`prepare`].
const FORMAT: i64 = 2;

/// `PRAGMA application_id`: "wwlk". Distinguishes our files from those of other programs.
const APPLICATION: i64 = 0x7777_6C6B;

/// Longest wait of opening for a lock of another process.
const PATIENCE: Duration = Duration::from_secs(5);

/// Longest wait of a running server for such a lock: the client waits too, and may retry.
const BUSY: Duration = Duration::from_secs(1);

/// Longest wait while all connections are in use.
const ACQUIRE: Duration = Duration::from_secs(2);

/// Everything there is, and the two numbers above.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS users (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        folded TEXT NOT NULL UNIQUE,
        look TEXT NOT NULL DEFAULT '',
        password_hash TEXT NOT NULL,
        created INTEGER NOT NULL DEFAULT (unixepoch())
    ) STRICT;
    CREATE INDEX IF NOT EXISTS users_by_look ON users (look);
    CREATE TABLE IF NOT EXISTS sessions (
        id TEXT PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        generation INTEGER NOT NULL,
        issued INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        ended INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user_id, generation);
    CREATE INDEX IF NOT EXISTS sessions_by_expiry ON sessions (expires);
    CREATE INDEX IF NOT EXISTS sessions_ended ON sessions (ended) WHERE ended IS NOT NULL;
    CREATE TABLE IF NOT EXISTS known_networks (
        user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        network TEXT NOT NULL,
        last INTEGER NOT NULL,
        PRIMARY KEY (user_id, network)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS meta (
        key TEXT PRIMARY KEY,
        value ANY NOT NULL
    ) STRICT, WITHOUT ROWID;
    PRAGMA application_id = 0x77776C6B;
    PRAGMA user_version = 2;
";

/// The reason why the accounts cannot be opened: one sentence that says what to do. It never holds the URL itself,
/// which may hold a password.
#[derive(Debug)]
pub enum DatabaseError {
    /// A URL of another kind of database.
    Unsupported {
        /// The part before the colon.
        scheme: String,
    },
    /// A `sqlite:` URL that cannot be read; the text says why.
    BadUrl(&'static str),
    /// A file that cannot be used.
    Unusable {
        /// The file.
        path: PathBuf,
        /// The fault.
        fault: DatabaseFault,
    },
    /// The file is fine, and the accounts still cannot start.
    Store(StoreError),
}

/// The fault of a database file.
#[derive(Debug)]
pub enum DatabaseFault {
    /// It is a directory.
    Directory,
    /// There is no such folder to make it in.
    NoFolder,
    /// The file or its folder may not be written.
    NotWritable,
    /// It is not an `SQLite` file.
    NotADatabase,
    /// It is one, of another program.
    Foreign,
    /// A later wirewalk wrote it.
    Newer {
        /// The format it has.
        format: i64,
    },
    /// Another program holds it.
    Locked,
    /// The disk has no room.
    Full,
    /// Pages of it are damaged.
    Damaged {
        /// The first fault found.
        what: String,
    },
    /// Anything else.
    Other(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported { scheme } => write!(
                f,
                "cannot keep accounts in {scheme}: only SQLite is supported yet; \
                 give a file, as in sqlite://wirewalk.db"
            ),
            Self::BadUrl(why) => {
                write!(f, "the URL of the account database {why}; give a file, as in sqlite://wirewalk.db")
            }
            Self::Unusable { path, fault } => {
                write!(f, "cannot keep accounts in {}: {fault}", path.display())
            }
            Self::Store(error) => write!(f, "{error}; try again"),
        }
    }
}

impl fmt::Display for DatabaseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Directory => "it is a directory; name a file in it",
            Self::NoFolder => "its folder does not exist; make the folder or name another",
            Self::NotWritable => {
                "it cannot be written; check who owns the file and its folder, or name another"
            }
            Self::NotADatabase => "it is not a SQLite database; move it away or name another file",
            Self::Foreign => "it is the database of another program; name another file",
            Self::Newer { format } => {
                return write!(
                    f,
                    "a newer wirewalk wrote it (format {format}, this one knows {FORMAT}); \
                     update wirewalk or name another file"
                );
            }
            Self::Locked => "another program holds it locked; end that program or name another file",
            Self::Full => "the disk is full; make room or name another file",
            Self::Damaged { what } => {
                return write!(
                    f,
                    "it is damaged ({what}); restore a backup, or save what can be read with sqlite3 FILE .recover"
                );
            }
            Self::Other(cause) => return write!(f, "{cause}; mend that or name another file"),
        })
    }
}

impl Error for DatabaseError {}

impl From<StoreError> for DatabaseError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<sqlx::Error> for DatabaseFault {
    fn from(error: sqlx::Error) -> Self {
        match Refusal::of(&error) {
            Some(Refusal::Locked) => Self::Locked,
            Some(Refusal::Full) => Self::Full,
            Some(Refusal::NotWritable) => Self::NotWritable,
            Some(Refusal::NotADatabase) => Self::NotADatabase,
            Some(Refusal::Damaged) => Self::Damaged { what: "its pages contradict each other".into() },
            None => Self::Other(error.into()),
        }
    }
}

/// Opens the database that `url` names, and makes it if there is none.
pub(super) async fn open(url: &str) -> Result<SqlitePool, DatabaseError> {
    match locate(url)? {
        Location::Memory => {
            open_memory().await.map_err(|fault| DatabaseError::Unusable { path: ":memory:".into(), fault })
        }
        Location::File(path) => {
            open_file(&path).await.map_err(|fault| DatabaseError::Unusable { path, fault })
        }
    }
}

async fn open_memory() -> Result<SqlitePool, DatabaseFault> {
    // The database lives in its connection: one, and kept.
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(SqliteConnectOptions::new().foreign_keys(true))
        .await?;
    prepare(&mut *pool.acquire().await?).await?;
    Ok(pool)
}

async fn open_file(path: &Path) -> Result<SqlitePool, DatabaseFault> {
    if path.is_dir() {
        return Err(DatabaseFault::Directory);
    }
    create(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        // A commit outlives a loss of power, not only the end of the process.
        .synchronous(SqliteSynchronous::Full);
    let mut opening = SqliteConnection::connect_with(&options.clone().busy_timeout(PATIENCE)).await?;
    check_pages(&mut opening).await?;
    prepare(&mut opening).await?;
    // Only now that the file is known to be ours: the mode is written into it, and every connection follows.
    write_ahead(&mut opening).await?;
    let pool = SqlitePoolOptions::new()
        .max_connections(4)
        .acquire_timeout(ACQUIRE)
        .connect_with(options.busy_timeout(BUSY))
        .await?;
    opening.close().await?;
    Ok(pool)
}

/// Refuses a file of ours with damaged pages, before anything is written to it.
async fn check_pages(connection: &mut SqliteConnection) -> Result<(), DatabaseFault> {
    let application: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await?;
    if application != APPLICATION {
        return Ok(());
    }
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(connection).await?;
    match found.as_str() {
        "ok" => Ok(()),
        // A heading may come before.
        found => Err(DatabaseFault::Damaged { what: found.lines().last().unwrap_or_default().to_owned() }),
    }
}

/// Turns on the write-ahead log, so that reading does not wait for writing. This is the one step that `SQLite` does not
/// wait for the lock with, and servers that start together do meet here.
async fn write_ahead(connection: &mut SqliteConnection) -> Result<(), DatabaseFault> {
    const PAUSE: Duration = Duration::from_millis(20);
    let mut waited = Duration::ZERO;
    loop {
        match sqlx::query("PRAGMA journal_mode = WAL")
            .execute(&mut *connection)
            .await
            .map_err(DatabaseFault::from)
        {
            Err(DatabaseFault::Locked) if waited < PATIENCE => {
                tokio::time::sleep(PAUSE).await;
                waited += PAUSE;
            }
            done => return done.map(drop),
        }
    }
}

/// Makes an empty file, which is an empty database, if there is none. Left to make it, `SQLite` would let
/// everyone read it, and it will hold password hashes and the signing key.
fn create(path: &Path) -> Result<(), DatabaseFault> {
    let mut options = OpenOptions::new();
    // Never one that exists: to close it would drop the locks that SQLite may have on it in this process.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let Err(error) = options.open(path) else { return Ok(()) };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match error.kind() {
        io::ErrorKind::AlreadyExists => Ok(()),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory if !folder.is_dir() => {
            Err(DatabaseFault::NoFolder)
        }
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Err(DatabaseFault::NotWritable)
        }
        _ => Err(DatabaseFault::Other(error.into())),
    }
}

/// Makes the tables where they are missing, in one transaction, after a look at whose database this is. The version is
/// written each time: that also shows that the file can be.
async fn prepare(connection: &mut SqliteConnection) -> Result<(), DatabaseFault> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let application: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *transaction).await?;
    let format: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *transaction).await?;
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut *transaction).await?;
    match (application, format) {
        (APPLICATION, ..=FORMAT) => {}
        (APPLICATION, _) => return Err(DatabaseFault::Newer { format }),
        (0, 0) if tables == 0 => {}
        _ => return Err(DatabaseFault::Foreign),
    }
    if format == 1 {
        migration::fold_names(&mut transaction).await?;
    }
    sqlx::raw_sql(TABLES).execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}
