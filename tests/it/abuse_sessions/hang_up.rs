//! Requests that hang up half-way: a session that has ended keeps no connection.

use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::PATIENCE;
use crate::support::database::Database;
use crate::support::http::{self, Request};
use crate::support::people::{self, ADMIN, Login, PASSWORD, credentials};
use crate::support::server::Server;
use crate::support::ws::{Client, Event};

/// How long a write has to wait for the lock: less than the server waits.
const LOCKED: Duration = Duration::from_millis(300);

fn has_ended(server: &Server, login: &Login) -> bool {
    Request::new("GET", "/user/info").bearer(&login.token).send(server.addr()).status == 401
}

#[track_caller]
fn expect_4001(client: &mut Client, what: &str) {
    loop {
        match client.next(PATIENCE) {
            Some(Event::Text(_)) => {}
            Some(Event::Close(frame)) => return assert_eq!(frame.code().0, 4001, "{what}"),
            other => panic!("{what}: expected a Close, got {other:?}"),
        }
    }
}

/// Sends a request that ends the session of `victim`, and hangs up while the database is locked.
fn hang_up(server: &Server, request: &Request, victim: &Login) {
    let mut database = Database::open(server);
    // The caller may be gone before the write has begun, as long as a password is hashed; then nothing has happened.
    for _ in 0..20 {
        database.lock();
        let mut caller = http::connect(server.addr());
        caller.write_all(&request.encode(server.addr())).expect("an open connection");
        std::thread::sleep(LOCKED);
        drop(caller);
        std::thread::sleep(LOCKED / 4);
        database.unlock();
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(1) {
            if has_ended(server, victim) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    panic!("the session did not end");
}

#[test]
fn a_request_that_hangs_up_leaves_no_connection_of_an_ended_session() {
    let post = |path: &str| Request::new("POST", path);
    let change = json!({ "password": PASSWORD, "newPassword": "another horse battery" });
    for (args, path) in [
        (&[][..], "/api/kick"),
        (&[], "/logout"),
        (&[], "/user/password"),
        (&["--max-sessions", "2"], "/login"),
        (&["--login-policy", "single"], "/login"),
    ] {
        let server = people::server(args);
        let victim = Login::register(&server, "Ann");
        // Where a user has one login, another would end the first one here.
        let other = if args.contains(&"single") { None } else { Some(Login::again(&server, "Ann")) };
        let mut client = victim.connect(&server);
        client.text();
        let request = match path {
            "/api/kick" => post(path).bearer(ADMIN).json(&json!({ "sessionId": victim.session })),
            "/logout" => post(path).bearer(&victim.token),
            "/user/password" => post(path).bearer(&other.expect("another login").token).json(&change),
            _ => post(path).json(&credentials("Ann")),
        };
        hang_up(&server, &request, &victim);
        expect_4001(&mut client, &format!("{path} {args:?}"));
    }
}

/// A login that cannot be told of is none; those that it has ended have ended.
#[test]
fn a_login_that_fails_late_leaves_no_connection_of_an_ended_session() {
    let server = people::server(&["--max-sessions", "2"]);
    let victim = Login::register(&server, "Ann");
    let mut client = victim.connect(&server);
    client.text();
    let mut database = Database::open(&server);
    // Presence learns of a login far in the future, of which the database then knows nothing.
    database.run("UPDATE sessions SET generation = 9000000000000000");
    let other = Login::again(&server, "Ann");
    database.run("UPDATE sessions SET generation = CASE generation WHEN 9000000000000000 THEN 1 ELSE 2 END");
    database.run(
        "CREATE TRIGGER refuse BEFORE UPDATE OF generation ON sessions BEGIN SELECT RAISE(ABORT, 'no'); END",
    );
    let answer = http::post_json(server.addr(), "/login", &credentials("Ann"));
    assert_eq!(answer.status, 500, "{}", answer.text());
    assert!(has_ended(&server, &victim) && !has_ended(&server, &other));
    expect_4001(&mut client, "the oldest session");
}
