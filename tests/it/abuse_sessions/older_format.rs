//! A database of an older format: it is migrated, and all its users can sign in.

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::support::http::{self, Answer, Request};
use crate::support::people::{PASSWORD, credentials};
use crate::support::server::Server;
use crate::support::temp::TempDir;

const FORMAT_1: &str = include_str!("format_1.sql");

/// Of Ann's session in that database, signed with its key.
const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.\
    eyJzdWIiOiIxIiwic2lkIjoiYjE0YWE5NGEtMmI5MC00MWVmLWEzM2ItOWRmN2JmMzA1ZWM0\
    IiwiaWF0IjoxNzk2MDQ4MDIxLCJleHAiOjQxMDI0NDQ4MDB9.\
    v862qt_Xfo1WuFRtSHrHvDlCMpdHDWSheDzBGm0tPVc";

/// Runs SQL on a database file, and gives the number that the last statement answers with.
fn run(dir: &TempDir, sql: &'static str) -> Option<i64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(dir.join("wirewalk.db")).create_if_missing(true);
        let mut connection = options.connect().await.expect("a database");
        let row = sqlx::raw_sql(sql).fetch_optional(&mut connection).await.expect("SQL");
        connection.close().await.expect("a database");
        row.and_then(|row| sqlx::Row::try_get(&row, 0).ok())
    })
}

fn login(server: &Server, name: &str) -> Answer {
    http::post_json(server.addr(), "/login", &credentials(name))
}

#[test]
fn a_database_of_format_1_is_migrated_and_its_users_sign_in() {
    let dir = TempDir::new();
    run(&dir, FORMAT_1);
    assert_eq!(run(&dir, "PRAGMA user_version"), Some(1));
    let url = format!("sqlite://{}", dir.join("wirewalk.db").display());
    let server = Server::start(&["--database", &url]);
    assert_eq!(run(&dir, "PRAGMA user_version"), Some(2));

    // `user1` and `userL` have become the same name, and are still two users.
    for (name, user) in [
        ("Ann", 1),
        ("aNN", 1),
        ("ａｎｎ", 1),
        ("user1", 2),
        ("USER1", 2),
        ("userL", 3),
        ("USERl", 3),
        ("jürgen", 4),
        ("аnnа", 5),
        ("anna", 5),
        ("Admin", 6),
    ] {
        let answer = login(&server, name);
        assert_eq!((answer.status, &answer.json()["data"]["userId"]), (200, &Value::from(user)), "{name}");
    }
    let info = Request::new("GET", "/user/info").bearer(TOKEN).send(server.addr());
    assert_eq!((info.status, &info.json()["data"]["userName"]), (200, &"Ann".into()), "{}", info.text());

    for (name, status) in [("user1", 409), ("UserL", 409), ("anna", 409), ("admin", 400), ("user2", 200)] {
        let new = json!({ "userName": name, "password": PASSWORD });
        assert_eq!(http::post_json(server.addr(), "/register", &new).status, status, "{name}");
    }
}
