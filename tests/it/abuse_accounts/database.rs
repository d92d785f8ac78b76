//! An account database that another program has locked, and one that is damaged.

use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::runtime::{Builder, Runtime};

use super::{ask_all, login, refused_for_now, register};
use crate::support::crowd::crowd;
use crate::support::people::Login;
use crate::support::server::Server;
use crate::support::{PATIENCE, http, process};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn connect(file: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await.unwrap()
}

#[test]
fn a_locked_database_gets_503_until_the_lock_is_released() {
    let server = Server::start(&[]);
    let ann = Login::register(&server, "Ann");
    runtime().block_on(async {
        let mut other = connect(&server.dir().join("wirewalk.db")).await;
        let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let begin = Instant::now();
        // Registrations and logins, many at a time: they wait together, not one after the other.
        let answers = ask_all(12, 0..12, |number| match number % 2 {
            0 => register(&server, &format!("user {number}")),
            _ => login(&server, "Ann"),
        });
        let took = begin.elapsed();
        for (_, answer) in &answers {
            refused_for_now(answer);
            assert!(answer.text().contains("busy"), "{}", answer.text());
        }
        assert!(took < Duration::from_secs(5), "{took:?}");
        // Who only reads does not wait for a lock.
        let info = http::Request::new("GET", "/user/info").bearer(&ann.token).send(server.addr());
        assert_eq!(info.status, 200, "{}", info.text());
        ann.connect(&server);
        lock.rollback().await.unwrap();
    });
    assert_eq!(register(&server, "user 0").status, 200);
    assert_eq!(login(&server, "Ann").status, 200);
}

/// Where a user has one login, a newer one ends the older: not before the newer one is kept.
#[test]
fn a_login_that_cannot_be_stored_ends_no_other_session() {
    let server = Server::start(&["--login-policy", "single"]);
    let ann = Login::register(&server, "Ann");
    let mut client = ann.connect(&server);
    client.text();
    runtime().block_on(async {
        let mut other = connect(&server.dir().join("wirewalk.db")).await;
        let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
        refused_for_now(&login(&server, "Ann"));
        lock.rollback().await.unwrap();
    });
    client.send_text(&ann.question());
    assert_eq!(client.json()["event"], "answer", "still connected");
    let info = http::Request::new("GET", "/user/info").bearer(&ann.token).send(server.addr());
    assert_eq!(info.status, 200, "still signed in: {}", info.text());
    assert_eq!(login(&server, "Ann").status, 200);
    assert_eq!(client.json()["why"], "elsewhere", "and this one ends it");
}

#[test]
fn damaged_pages_are_reported_at_start() {
    const PAGE: u64 = 4096;
    let mut server = Server::start(&[]);
    crowd(&server, 300);
    server.signal("TERM");
    server.wait_exit(PATIENCE);
    let file = server.dir().join("wirewalk.db");
    // What is in the log goes into the file.
    runtime().block_on(async {
        let mut connection = connect(&file).await;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
    let whole = std::fs::read(&file).unwrap();
    let pages = whole.len() as u64 / PAGE;
    assert!(pages > 10, "{pages} pages");
    // The second page is the root of a table, the last is somewhere in one; the first holds the schema behind its header.
    for at in [100, PAGE, (pages - 1) * PAGE] {
        std::fs::write(&file, &whole).unwrap();
        let mut damaged = OpenOptions::new().write(true).open(&file).unwrap();
        damaged.seek(SeekFrom::Start(at)).unwrap();
        damaged.write_all(&[0xAB; 2048]).unwrap();
        drop(damaged);
        let before = std::fs::read(&file).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wirewalk"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--database"]).arg(&file);
        let exit = process::run(&mut command, PATIENCE);
        assert_eq!((exit.code, exit.stdout.as_str()), (Some(2), ""), "at {at}: {exit:?}");
        let sentence = exit.stderr.strip_prefix("wirewalk: cannot keep accounts in ").unwrap_or_default();
        assert!(sentence.contains(": it is damaged ("), "at {at}: {exit:?}");
        assert!(sentence.contains("restore a backup") && sentence.contains(".recover"), "at {at}: {exit:?}");
        assert_eq!(exit.stderr.lines().count(), 1, "at {at}: {exit:?}");
        assert!(before == std::fs::read(&file).unwrap(), "at {at}: it is left as it is");
    }
    std::fs::write(&file, &whole).unwrap();
    server.restart();
    assert_eq!(register(&server, "Ann").status, 200);
}
