//! A new password: the current one is needed, and the user's other sessions end.

use serde_json::json;

use super::{data, refused};
use crate::support::http::{self, Answer, Request};
use crate::support::people::{self, Login, PASSWORD, presence};
use crate::support::server::Server;
use crate::support::ws::{Client, Event};
use crate::support::{PATIENCE, wait_until};

const NEW: &str = "another horse battery";

fn change(server: &Server, login: &Login, current: &str, new: &str) -> Answer {
    let body = json!({ "password": current, "newPassword": new });
    Request::new("POST", "/user/password").bearer(&login.token).json(&body).send(server.addr())
}

fn sign_in(server: &Server, password: &str) -> u16 {
    let body = json!({ "userName": "Ann", "password": password });
    http::post_json(server.addr(), "/login", &body).status
}

fn by_token(server: &Server, login: &Login) -> u16 {
    Request::new("GET", "/user/info").bearer(&login.token).send(server.addr()).status
}

/// The last message before the Close, and the code and reason of that.
#[track_caller]
fn ending(client: &mut Client) -> (String, u16, String) {
    let mut last = String::new();
    loop {
        match client.next(PATIENCE) {
            Some(Event::Text(text)) => last = text,
            Some(Event::Close(frame)) => return (last, frame.code().0, frame.reason().to_owned()),
            other => panic!("expected a Close, got {other:?}"),
        }
    }
}

#[test]
fn a_new_password_ends_the_other_sessions_and_keeps_this_one() {
    let mut server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let [other, away] = [(); 2].map(|()| Login::again(&server, "Ann"));
    let bob = Login::register(&server, "Bob");
    let (mut here, _bob) = (ann.connect(&server), bob.connect(&server));
    let mut there = other.try_connect(&server, &[("Accept-Language", "en")]).expect("101");
    assert_eq!(presence(&server), (2, 3));

    assert_eq!(data(&change(&server, &ann, PASSWORD, NEW), 200), json!(null));
    // At once: the answer comes when they are off the list.
    assert_eq!(presence(&server), (2, 2));
    let (notice, code, reason) = ending(&mut there);
    assert_eq!((code, reason.as_str()), (4001, "password changed"));
    assert_eq!(
        notice,
        r#"{"code":200,"message":"The password was changed: sign in again","event":"kicked","online":2,"why":"password"}"#
    );
    for login in [&other, &away] {
        assert_eq!(login.try_connect(&server, &[]).expect_err("a refusal").status, 401);
        assert_eq!(by_token(&server, login), 401);
    }
    assert_eq!((by_token(&server, &ann), by_token(&server, &bob)), (200, 200));
    here.send_text(&ann.question());
    while !here.text().contains("answer") {}
    assert_eq!((sign_in(&server, PASSWORD), sign_in(&server, NEW)), (401, 200));

    server.restart();
    assert_eq!((sign_in(&server, PASSWORD), sign_in(&server, NEW)), (401, 200));
    assert_eq!(by_token(&server, &ann), 200);
}

#[test]
fn a_form_and_the_cookie_change_a_password() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let change = |origin: &str| {
        Request::new("POST", "/user/password")
            .cookie("wirewalk_token", &ann.token)
            .header("Origin", origin)
            .form(&[("password", PASSWORD), ("newPassword", NEW)])
            .send(server.addr())
    };
    // Not for the pages of others.
    refused(&change("http://evil.example"), 403);
    data(&change(&format!("http://{}", server.addr())), 200);
    assert_eq!((sign_in(&server, PASSWORD), sign_in(&server, NEW)), (401, 200));
}

#[test]
fn a_refused_password_change_changes_nothing() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let other = Login::again(&server, "Ann");
    let _open = other.connect(&server);
    // Of the two 401 the one that no sign-in helps.
    assert_eq!(data(&change(&server, &ann, "not her password", NEW), 401), json!({ "why": "password" }));
    for (weak, why) in [
        ("short", "password-short"),
        ("aaaaaaaaaaaa", "password-repeated"),
        ("12345678", "password-common"),
        ("", "password-short"),
    ] {
        assert_eq!(data(&change(&server, &ann, PASSWORD, weak), 400), json!({ "why": why }));
    }
    for body in [json!({}), json!({ "password": PASSWORD }), json!({ "newPassword": NEW }), json!([1])] {
        let request = Request::new("POST", "/user/password").bearer(&ann.token).json(&body);
        refused(&request.send(server.addr()), 400);
    }
    let body = json!({ "password": PASSWORD, "newPassword": NEW });
    refused(&Request::new("POST", "/user/password").json(&body).send(server.addr()), 401);
    refused(&Request::new("GET", "/user/password").bearer(&ann.token).send(server.addr()), 405);
    let mut over = ann.clone();
    over.token = { Login::again(&server, "Ann") }.token;
    Request::new("POST", "/logout").bearer(&over.token).send(server.addr());
    refused(&change(&server, &over, PASSWORD, NEW), 401);

    assert_eq!((sign_in(&server, NEW), sign_in(&server, PASSWORD)), (401, 200));
    assert_eq!((by_token(&server, &other), presence(&server)), (200, (1, 1)));
}

#[test]
fn wrong_current_passwords_are_counted_as_wrong_logins() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    for turn in 0..10 {
        data(&change(&server, &ann, &format!("wrong guess {turn}"), NEW), 401);
    }
    let answer = change(&server, &ann, PASSWORD, NEW);
    refused(&answer, 429);
    let wait: u64 = answer.header("Retry-After").and_then(|it| it.parse().ok()).expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(sign_in(&server, PASSWORD), 429);
    assert_eq!(by_token(&server, &ann), 200);
}

#[test]
fn of_two_concurrent_password_changes_one_wins() {
    let server = people::server(&[]);
    let ann = Login::register(&server, "Ann");
    let other = Login::again(&server, "Ann");
    let passwords = ["one more horse battery", "two more horse battery"];
    let statuses: Vec<_> = std::thread::scope(|scope| {
        let logins = [&ann, &other].into_iter().zip(passwords);
        let threads: Vec<_> = logins
            .map(|(login, new)| {
                let server = &server;
                scope.spawn(move || change(server, login, PASSWORD, new).status)
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(statuses == [200, 401] || statuses == [401, 200], "{statuses:?}");
    let (kept, ended, password) =
        if statuses[0] == 200 { (&ann, &other, passwords[0]) } else { (&other, &ann, passwords[1]) };
    assert_eq!((by_token(&server, kept), by_token(&server, ended)), (200, 401));
    assert_eq!(sign_in(&server, password), 200);
    wait_until("nobody is online", PATIENCE, || presence(&server) == (0, 0));
}
