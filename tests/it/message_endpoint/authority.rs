//! What a session may do, it may as long as it lives: its end by itself (4003), by a kick, by a newer login, while it is
//! connected and while it connects.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::{expect_close, expect_presence, expect_quiet, two_online, until_presence};
use crate::support::crowd::{crowd, expire, expiring};
use crate::support::http::Request;
use crate::support::people::{self, Login, admin, presence};
use crate::support::server::Server;
use crate::support::ws::Event;
use crate::support::{PATIENCE, wait_until};

/// A whole second, so many seconds from now or up to one less.
fn whole_second_in(seconds: u64) -> SystemTime {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    UNIX_EPOCH + Duration::from_secs(now + seconds)
}

/// The status of what a login's token asks.
fn by_token(server: &Server, login: &Login) -> u16 {
    Request::new("GET", "/user/info").bearer(&login.token).send(server.addr()).status
}

/// The session is over: for the API and for a new connection.
#[track_caller]
fn expect_over(server: &Server, login: &Login) {
    assert_eq!(login.try_connect(server, &[]).expect_err("a refusal").status, 401);
    assert_eq!(by_token(server, login), 401);
}

#[test]
fn a_session_that_expires_is_closed_at_that_moment() {
    let server = people::server(&[]);
    let (ann, bob) = (Login::register(&server, "Ann"), Login::register(&server, "Bob"));
    let ann_elsewhere = Login::again(&server, "Ann");
    let mut watcher = bob.connect(&server);
    expect_presence(&mut watcher, 1);
    let mut other = ann_elsewhere.connect(&server);
    expect_presence(&mut other, 2);
    expect_presence(&mut watcher, 2);

    let end = whole_second_in(3);
    expire(&server, &ann, end);
    let mut client = ann.connect(&server);
    expect_presence(&mut client, 2);
    assert_eq!((by_token(&server, &ann), presence(&server)), (200, (2, 3)));
    assert_eq!(expect_close(&mut client, 4003), "session expired");
    let late = SystemTime::now().duration_since(end).expect("not before");
    println!("A5: closed {late:?} after the session's end");
    assert_eq!(presence(&server), (2, 2), "off the list when the client reads it");
    expect_over(&server, &ann);
    // Her other session is not concerned.
    expect_quiet(&mut other);
    expect_quiet(&mut watcher);
}

#[test]
fn the_count_falls_when_a_session_expires_whatever_its_client_does() {
    let server = people::server(&[]);
    let watching = Login::register(&server, "Bob");
    let mut watcher = watching.connect(&server);
    expect_presence(&mut watcher, 1);
    let ann = expiring(&server, 1, whole_second_in(3)).remove(0);
    // It reads nothing, not even the Close.
    let _silent = ann.connect(&server);
    expect_presence(&mut watcher, 2);
    expect_presence(&mut watcher, 1);
    assert_eq!(presence(&server), (1, 1));
}

#[test]
fn of_hundreds_of_sessions_only_the_expired_end() {
    let server = people::server(&[]);
    let staying = crowd(&server, 100);
    let mut stay: Vec<_> = staying.iter().map(|login| login.connect(&server)).collect();
    let end = whole_second_in(6);
    let ending = expiring(&server, 150, end);
    let mut gone: Vec<_> = ending.iter().map(|login| login.connect(&server)).collect();
    assert_eq!(presence(&server), (250, 250));
    // Some have gone before, and one connects again: its new connection ends, and only once.
    gone.truncate(140);
    gone[0] = ending[0].connect(&server);
    wait_until("the time has come", PATIENCE * 2, || presence(&server) == (100, 100));
    assert!(SystemTime::now() >= end, "not before");
    for client in &mut gone {
        until_close(client, 4003);
    }
    for login in &ending[..5] {
        assert_eq!(login.try_connect(&server, &[]).expect_err("a refusal").status, 401);
    }
    admin(&server, "/api/broadcast", &json!({ "message": "still here" }));
    for client in &mut stay {
        while !client.text().contains("still here") {}
    }
}

/// Reads counts until the Close.
#[track_caller]
fn until_close(client: &mut crate::support::ws::Client, code: u16) {
    loop {
        match client.next(PATIENCE) {
            Some(Event::Text(_)) => {}
            Some(Event::Close(frame)) => return assert_eq!(frame.code().0, code),
            other => panic!("expected Close {code}, got {other:?}"),
        }
    }
}

#[test]
fn a_kick_ends_the_session_for_good_and_no_other() {
    let mut server = people::server(&[]);
    let (ann, mut client, mut watcher) = two_online(&server);
    let ann_elsewhere = Login::again(&server, "Ann");
    let kick = json!({ "sessionId": ann.session, "reason": "be nice" });
    assert_eq!(admin(&server, "/api/kick", &kick).json()["data"], json!({ "delivered": 1 }));
    expect_over(&server, &ann);
    assert_eq!(super::Notice::next(&mut client), super::Notice::removed(1, "已被管理员移出", "be nice"));
    assert_eq!(expect_close(&mut client, 4001), "be nice");
    until_presence(&mut watcher, 1);
    // Over is over: not even a kick is possible.
    assert_eq!(admin(&server, "/api/kick", &kick).status, 404);

    assert_eq!(by_token(&server, &ann_elsewhere), 200);
    server.restart();
    expect_over(&server, &ann);
    let mut back = ann_elsewhere.connect(&server);
    expect_presence(&mut back, 1);
}

#[test]
fn a_kick_of_a_user_ends_also_sessions_without_connection() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let [second, away] = [(); 2].map(|()| Login::again(&server, "Ann"));
    let bob = Login::register(&server, "Bob");
    let mut other = bob.connect(&server);
    let mut open = [ann.connect(&server), second.connect(&server)];
    let kick = json!({ "userId": ann.user, "reason": "be nice" });
    assert_eq!(admin(&server, "/api/kick", &kick).json()["data"], json!({ "delivered": 2 }));
    for client in &mut open {
        until_close(client, 4001);
    }
    for login in [&ann, &second, &away] {
        expect_over(&server, login);
    }
    assert_eq!(by_token(&server, &bob), 200);
    assert_eq!(presence(&server), (1, 1));
    until_presence(&mut other, 1);

    // She may sign in again; a session that is kept but not connected is ended too, and then there is none.
    let again = Login::again(&server, "Ann");
    assert_eq!(admin(&server, "/api/kick", &kick).json()["data"], json!({ "delivered": 0 }));
    expect_over(&server, &again);
    assert_eq!(admin(&server, "/api/kick", &kick).status, 404);
    // One that has expired is none to end.
    let late = Login::again(&server, "Ann");
    expire(&server, &late, SystemTime::now() - Duration::from_mins(1));
    assert_eq!(admin(&server, "/api/kick", &kick).status, 404);
}

#[test]
fn a_client_that_keeps_reconnecting_stays_out_after_a_kick() {
    let server = people::server(&[]);
    for login in crowd(&server, 8) {
        let (stop, connected) = (AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let persistent = scope.spawn(|| {
                let mut refusals = Vec::new();
                while !stop.load(Ordering::Relaxed) && refusals.len() < 3 {
                    match login.try_connect(&server, &[]) {
                        // Dropped at once, to try again while the server is at it.
                        Ok(_) => connected.store(true, Ordering::Relaxed),
                        Err(answer) => refusals.push(answer.status),
                    }
                }
                refusals
            });
            wait_until("connected", PATIENCE, || connected.load(Ordering::Relaxed));
            let kick = json!({ "userId": login.user });
            assert_eq!(admin(&server, "/api/kick", &kick).status, 200);
            // One who was about to come in may be on the list until its session is looked up again.
            wait_until("nobody is left", PATIENCE, || presence(&server) == (0, 0));
            let refusals = persistent.join();
            stop.store(true, Ordering::Relaxed);
            let refusals = refusals.expect("no panic");
            // 429: too many wrong sessions from this address.
            assert!(refusals.iter().all(|status| [401, 429].contains(status)), "{refusals:?}");
        });
    }
}

#[test]
fn single_login_ends_the_older_token_too() {
    let server = people::server(&["--login-policy", "single"]);
    let older = Login::register(&server, "Ann");
    assert_eq!(by_token(&server, &older), 200);
    let newer = Login::again(&server, "Ann");
    assert_eq!((by_token(&server, &older), by_token(&server, &newer)), (401, 200));
}

#[test]
fn single_login_keeps_the_older_out_after_the_newer_ends() {
    let mut server = people::server(&["--login-policy", "single"]);
    let ends: [fn(&Server, &Login) -> u16; 2] = [
        |server, login| login.logout(server).status,
        |server, login| admin(server, "/api/kick", &json!({ "sessionId": login.session })).status,
    ];
    Login::register(&server, "Ann");
    for end in ends {
        let older = Login::again(&server, "Ann");
        let newer = Login::again(&server, "Ann");
        assert_eq!(end(&server, &newer), 200);
        // A login of anyone removes what has ended from the accounts, and a restart what is remembered.
        Login::register(&server, &format!("Someone {}", &newer.session[..8]));
        for login in [&older, &newer] {
            assert_eq!(by_token(&server, login), 401);
        }
        server.restart();
        for login in [&older, &newer] {
            expect_over(&server, login);
        }
    }
}
